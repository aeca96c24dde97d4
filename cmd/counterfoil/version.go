package main

import (
	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
)

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version and how it was built",
		Example: "  counterfoil version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := build.Read()
			if a.UI.JSON {
				return a.UI.Document(b)
			}
			a.UI.Printf("counterfoil %s\n%s %s\n", b, b.Go, b.Platform)
			return nil
		},
	}
}
