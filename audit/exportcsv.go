package audit

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// csvColumns are the columns of a CSV export, in order. Lists are joined by
// spaces; a finding is name, "/" and layer if it has one, "=" and its count.
var csvColumns = []struct {
	name string
	get  func(it *Item) string
}{
	{"index", func(it *Item) string { return strconv.FormatInt(it.Index, 10) }},
	{"time", func(it *Item) string { return it.Record.Time.UTC().Format(timeLayout) }},
	{"phase", func(it *Item) string { return string(it.Record.Phase) }},
	{"event", func(it *Item) string { return it.Record.Event }},
	{"call_id", func(it *Item) string { return it.Record.CallID }},
	{"principal", func(it *Item) string { return it.Record.Principal }},
	{"auth", func(it *Item) string { return it.Record.Auth }},
	{"client_name", func(it *Item) string { return it.Record.ClientName }},
	{"client_version", func(it *Item) string { return it.Record.ClientVersion }},
	{"protocol", func(it *Item) string { return it.Record.Protocol }},
	{"trace_id", func(it *Item) string { return it.Record.TraceID }},
	{"tool", func(it *Item) string { return it.Record.Tool }},
	{"decision", func(it *Item) string { return it.Record.Decision }},
	{"rule", func(it *Item) string { return it.Record.Rule }},
	{"reason", func(it *Item) string { return it.Record.Reason }},
	{"error", func(it *Item) string { return it.Record.Error }},
	{"rows", func(it *Item) string { return strconv.FormatInt(it.Record.Rows, 10) }},
	{"bytes", func(it *Item) string { return strconv.FormatInt(it.Record.Bytes, 10) }},
	{"findings", func(it *Item) string { return joinCounts(it.Record.Findings) }},
	{"labels", func(it *Item) string { return strings.Join(it.Record.Labels, " ") }},
	{"snapshot", func(it *Item) string { return strconv.FormatInt(it.Record.Snapshot, 10) }},
	{"policy_digest", func(it *Item) string { return it.Record.PolicyDigest }},
	{"result_digest", func(it *Item) string { return it.Record.ResultDigest }},
	{"leaf_hash", hexHash},
}

func joinCounts(counts []Count) string {
	var b strings.Builder
	for i, c := range counts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.Name)
		if c.Layer != "" {
			b.WriteString("/" + c.Layer)
		}
		b.WriteString("=" + strconv.FormatInt(c.N, 10))
	}
	return b.String()
}

// csvLines writes the header at once and returns the writer of rows.
func csvLines(out io.Writer) (func(*Item) error, error) {
	w := csv.NewWriter(out)
	w.UseCRLF = true // RFC 4180
	row := make([]string, len(csvColumns))
	for i, c := range csvColumns {
		row[i] = c.name
	}
	write := func() error {
		if err := w.Write(row); err != nil {
			return err
		}
		w.Flush()
		return w.Error()
	}
	if err := write(); err != nil {
		return nil, err
	}
	return func(it *Item) error {
		for i, c := range csvColumns {
			row[i] = noFormula(c.get(it))
		}
		return write()
	}, nil
}

// noFormula keeps a spreadsheet from computing text that a client sent.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
