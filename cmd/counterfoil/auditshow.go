package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
)

func newAuditShowCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show INDEX|CALL",
		Short: "Show one call in full",
		Long: `Show a record by its index, or all records of a call by its id, in full. What the
log itself holds is shown: digests, not content.`,
		Example: `  counterfoil audit show 42
  counterfoil audit show 42 --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.auditShow(cmd.Context(), args[0]) },
	}
	return cmd
}

// shown is what `audit show` prints for a record.
type shown struct {
	Index    int64           `json:"index"`
	LeafHash string          `json:"leaf_hash"`
	Sidecar  int             `json:"sidecar_bytes"`
	Record   json.RawMessage `json:"record"`
}

func (a *app) auditShow(ctx context.Context, which string) error {
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	items, err := findRecords(r.Reader, which)
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	var out []shown
	for _, it := range items {
		h := it.LeafHash()
		out = append(out, shown{it.Index, hex.EncodeToString(h[:]), len(it.Sidecar), it.Leaf})
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"records": out})
	}
	for i, s := range out {
		if i > 0 {
			a.UI.Printf("\n")
		}
		if err := a.printShown(s); err != nil {
			return err
		}
	}
	return a.UI.Broken
}

func findRecords(r *audit.Reader, which string) ([]*audit.Item, error) {
	if index, err := strconv.ParseInt(which, 10, 64); err == nil {
		it, err := r.Entry(index)
		return []*audit.Item{it}, err
	}
	return r.Call(which)
}

// printShown prints the members in their canonical order, one a line.
func (a *app) printShown(s shown) error {
	a.UI.Printf("%-16s %d\n%-16s %s\n", "index", s.Index, "leaf_hash", s.LeafHash)
	if s.Sidecar > 0 {
		a.UI.Printf("%-16s %d bytes, sealed\n", "content", s.Sidecar)
	}
	dec := json.NewDecoder(strings.NewReader(string(s.Record)))
	dec.UseNumber()
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		text := string(value)
		var s string
		if json.Unmarshal(value, &s) == nil {
			text = s
		}
		a.UI.Printf("%-16s %s\n", name, console.Plain(text))
	}
	return nil
}
