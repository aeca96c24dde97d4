package main

import "github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"

func (a *app) asker() *console.Asker {
	return console.NewAsker(&a.ui, a.stdin)
}

// terminalAsker is nil unless a person sits there: a script must never wait.
func (a *app) terminalAsker() *console.Asker {
	if !a.terminal || a.ui.JSON {
		return nil
	}
	return a.asker()
}
