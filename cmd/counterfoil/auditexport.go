package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

func newAuditExportCmd(a *app) *cobra.Command {
	var f filterFlags
	var format, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Export records for other tools",
		Long: `Export records: ocsf (OCSF 1.8 API Activity), otlp (OpenTelemetry logs as
OTLP/JSON), csv, or jsonl (the canonical leaves). Content is not exported, only what
the log shows.`,
		Example: `  counterfoil audit export --format ocsf --from 2026-01-01 --to 2026-02-01 > january.jsonl
  counterfoil audit export --format csv --out calls.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditExport(cmd.Context(), &f, format, out) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&format, "format", "jsonl", "`format`: "+strings.Join(audit.ExportFormats, ", "))
	cmd.Flags().StringVar(&out, "out", "", "`file` to write instead of standard output; it must not exist")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(audit.ExportFormats, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func (a *app) auditExport(ctx context.Context, f *filterFlags, format, out string) (err error) {
	if !slices.Contains(audit.ExportFormats, format) {
		return exit.Fail(exit.Usage, "there are "+strings.Join(audit.ExportFormats, ", "), "unknown format")
	}
	filter, err := f.filter(a)
	if err != nil {
		return err
	}
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	var w io.Writer = uiWriter{&a.UI}
	if out != "" {
		file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return exit.Fail(exit.Usage, "", "creating --out: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		w = file
	}
	n, err := audit.Export(w, format, r.Select(filter))
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	a.UI.Notef("%s exported", console.Counted(n, "record"))
	return nil
}
