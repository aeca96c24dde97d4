package home

import "github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"

// Asker asks whoever sits at the terminal, or the program that answers instead.
func (h *Home) Asker() *console.Asker {
	return console.NewAsker(&h.UI, h.Stdin)
}

// TerminalAsker is nil unless a person sits there: a script must never wait.
func (h *Home) TerminalAsker() *console.Asker {
	if !h.Terminal || h.UI.JSON {
		return nil
	}
	return h.Asker()
}
