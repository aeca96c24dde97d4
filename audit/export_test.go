package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite golden files")

// exportItems are a call, a denial and an event.
func exportItems(t *testing.T) iter.Seq2[*Item, error] {
	t.Helper()
	call := testEntry(1).Record
	call.ClientName, call.ClientVersion, call.Protocol = `=HYPERLINK("x"),"<b>`, "1.0", "2026-07-28"
	call.TraceID, call.Build, call.Labels = strings.Repeat("0af7", 8), "v1", []string{"private", "untrusted"}
	call.ResultDigest, call.PolicyDigest, call.Rule = strings.Repeat("ab", 32), strings.Repeat("cd", 32), "allow-all"
	denied := Record{Phase: PhaseOutcome, CallID: "call-2", Time: testTime, Principal: "p-2", Tool: "get_transactions", Decision: "deny", Reason: "no grant", Error: "denied"}
	event := Record{Phase: PhaseEvent, Event: EventBatch, Time: testTime.Add(time.Second), Batch: 3}
	return func(yield func(*Item, error) bool) {
		for i, r := range []Record{call, denied, event} {
			r.Schema, r.Origin = SchemaVersion, testOrigin
			leaf, err := r.Encode()
			if !yield(&Item{Index: int64(i), Record: &r, Leaf: leaf}, err) {
				return
			}
		}
	}
}

func TestExportGolden(t *testing.T) {
	for _, format := range ExportFormats {
		var out bytes.Buffer
		n, err := Export(&out, format, exportItems(t))
		if err != nil || n != 3 {
			t.Fatalf("%s: %d, %v", format, n, err)
		}
		path := filepath.Join("testdata", "export", format+".golden")
		if *update {
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, out.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s differs from %s:\n%s", format, path, out.Bytes())
		}
		checkShape(t, format, out.Bytes())
	}
}

// checkShape checks that every line parses and holds what the format requires.
func checkShape(t *testing.T, format string, data []byte) {
	t.Helper()
	if format == "csv" {
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil || len(rows) != 4 {
			t.Fatalf("csv: %d rows, %v", len(rows), err)
		}
		if got := rows[1][7]; got != `'=HYPERLINK("x"),"<b>` {
			t.Errorf("csv: a formula survives: %s", got)
		}
		return
	}
	for line := range bytes.Lines(data) {
		var v map[string]any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if format != "ocsf" {
			continue
		}
		for _, name := range []string{"activity_id", "actor", "api", "category_uid", "class_uid", "metadata", "severity_id", "src_endpoint", "time", "type_uid"} {
			if v[name] == nil {
				t.Errorf("ocsf: required attribute %s is missing", name)
			}
		}
	}
}

func TestExportErrors(t *testing.T) {
	if _, err := Export(new(bytes.Buffer), "xml", exportItems(t)); !errors.Is(err, ErrInvalid) {
		t.Errorf("unknown format: %v, want ErrInvalid", err)
	}
	boom := errors.New("boom")
	items := func(yield func(*Item, error) bool) { yield(nil, boom) }
	if _, err := Export(new(bytes.Buffer), "jsonl", items); !errors.Is(err, boom) {
		t.Errorf("failing items: %v", err)
	}
}
