package tabular

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDraft guesses a profile, answers what it asks, writes it, reads it back
// and reads the file with it.
func TestDraft(t *testing.T) {
	text := "Konto;123\n\nBuchungstag;Empfänger;Verwendungszweck;Betrag;Saldo\n31.12.2025;REWE;Einkauf;-1.012,50;100,00\n30.12.2025;ACME;Gehalt;2.000,00;1.112,50\n"
	d, ok := NewDraft("mine", []byte(text))
	if !ok || len(d.Questions) != 1 || d.Questions[0].Field != "currency" {
		t.Fatalf("%+v", d)
	}
	d.Profile.Currency = "EUR"
	out, err := d.Profile.YAML()
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadProfile(bytes.NewReader(out))
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	var got list
	if err := p.Parse(strings.NewReader(text), &got); err != nil {
		t.Fatal(err)
	}
	if want := "account mine\n2025-12-31 -1012.50 EUR|Einkauf|||false\n2025-12-30 2000.00 EUR|Gehalt|||false"; strings.Join(got.lines, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got.lines, "\n"))
	}
}

// TestDraftAsks lists what files leave open.
func TestDraftAsks(t *testing.T) {
	for text, want := range map[string]string{
		"Date,Description,Amount,Currency\n01/02/2025,X,-1.00,GBP\n": "date",
		"Date,Description,Amount,Currency\n2025-01-02,X,1.00,GBP\n":  "sign",
		"Date,Description,Amount,Currency\n2025-01-02,X,-1,GBP\n":    "decimal",
		"Date,What,Amount,Currency\n2025-01-02,X,-1.00,GBP\n":        "columns.description",
		"When,Description,Amount,Currency\n2025-01-02,X,-1.00,GBP\n": "columns.date date",
		"Date,Description,Number,Currency\n2025-01-02,X,-1.00,GBP\n": "columns.amount",
		"Date,Description,Paid out,Paid in\n2025-01-02,X,1.00,\n":    "currency",
	} {
		d, ok := NewDraft("x", []byte(text))
		var got []string
		for _, q := range d.Questions {
			got = append(got, q.Field)
		}
		if !ok || strings.Join(got, " ") != want {
			t.Errorf("%q asks %v, want %s", text, got, want)
		}
	}
	if _, ok := NewDraft("x", []byte("nothing\n")); ok {
		t.Error("a draft of no table")
	}
}

// TestDraftSamples drafts a profile for each sample export without a panic, and
// every draft without questions reads its file.
func TestDraftSamples(t *testing.T) {
	files, err := filepath.Glob("../testdata/profiles/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		head, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := NewDraft("x", head)
		if !ok || len(d.Questions) > 0 {
			continue
		}
		out, err := d.Profile.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadProfile(bytes.NewReader(out)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
