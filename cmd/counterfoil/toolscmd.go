package main

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/tools"
)

func newToolsCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "tools [NAME]",
		Short: "List the tools, or show one with its schemas",
		Example: `  counterfoil tools
  counterfoil tools search_transactions
  counterfoil tools --json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeTools,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.showTool(args[0])
			}
			return a.listTools()
		},
	}
}

// toolJSON is a tool as MCP's tools/list has it, with its effect.
type toolJSON struct {
	Name         string          `json:"name"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	Effect       string          `json:"effect"`
	Annotations  annotationsJSON `json:"annotations"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema"`
}

type annotationsJSON struct {
	ReadOnly    bool `json:"readOnlyHint"`
	Destructive bool `json:"destructiveHint"`
	Idempotent  bool `json:"idempotentHint"`
	OpenWorld   bool `json:"openWorldHint"`
}

func describe(s tools.Spec) toolJSON {
	return toolJSON{
		Name: s.Name, Title: s.Title, Description: s.Description, Effect: string(s.Effect),
		Annotations: annotationsJSON(s.Annotations),
		InputSchema: s.InputSchema, OutputSchema: s.OutputSchema,
	}
}

func (a *app) listTools() error {
	specs := tools.Specs()
	out := make([]toolJSON, len(specs))
	rows := make([][]string, len(specs))
	for i, s := range specs {
		out[i] = describe(s)
		rows[i] = []string{s.Name, string(s.Effect), hints(s.Annotations), s.Title}
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"tools": out})
	}
	a.UI.Table([]string{"NAME", "EFFECT", "HINTS", "TITLE"}, rows)
	return nil
}

func hints(h tools.Annotations) string {
	var out []string
	for _, x := range []struct {
		on   bool
		name string
	}{{h.ReadOnly, "read-only"}, {h.Destructive, "destructive"}, {h.Idempotent, "idempotent"}, {h.OpenWorld, "open-world"}} {
		if x.on {
			out = append(out, x.name)
		}
	}
	return console.OrDash(strings.Join(out, ","))
}

func (a *app) showTool(name string) error {
	for _, s := range tools.Specs() {
		if s.Name != name {
			continue
		}
		if a.UI.JSON {
			return a.UI.Document(describe(s))
		}
		a.UI.Printf("%s: %s\n\n%s\n\neffect: %s; hints: %s\n\narguments:\n", s.Name, s.Title, s.Description, s.Effect, hints(s.Annotations))
		if err := a.UI.Document(json.RawMessage(s.InputSchema)); err != nil {
			return err
		}
		a.UI.Printf("\nresult:\n")
		return a.UI.Document(json.RawMessage(s.OutputSchema))
	}
	return exit.Fail(exit.NotFound, "counterfoil tools lists them", "there is no tool %s", exit.WithoutNumbers(name))
}
