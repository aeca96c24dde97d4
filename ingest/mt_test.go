package ingest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// expectedMT is a transaction as the samples' own project expects it.
type expectedMT struct{ Amount, Currency, Status, Date, Entry, Bank string }

// fragments are samples of single fields: no statement, so refused.
var fragments = map[string]string{
	"betterplace-amount_formats":       "not a statement in a known format, and no CSV profile fits",
	"betterplace-empty_86":             "not a statement in a known format, and no CSV profile fits",
	"betterplace-empty_line":           "not a statement in a known format, and no CSV profile fits",
	"cmxl-account_identification_iban": "file ends before the opening balance (:60F:) of its last statement",
	"cmxl-account_balance_credit":      "not a statement in a known format, and no CSV profile fits",
	"cmxl-available_balance":           "not a statement in a known format, and no CSV profile fits",
	"cmxl-statement_details":           "not a statement in a known format, and no CSV profile fits",
	"cmxl-statement_number":            "not a statement in a known format, and no CSV profile fits",
	"self-provided-invalid_statement":  "not a statement in a known format, and no CSV profile fits",
}

// TestMT940Samples compares every sample with the parse that its project
// expects, except that a reversed credit (RC) is money out, as SWIFT defines
// it and as the opening and closing balances of the sample show.
func TestMT940Samples(t *testing.T) {
	files, err := filepath.Glob("testdata/mt940/*.sta")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".sta")
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			r, err := testImporter(t).File(context.Background(), m, Path(f), Options{})
			if reason, ok := fragments[name]; ok {
				if err == nil || !strings.HasSuffix(err.Error(), ": "+reason) {
					t.Errorf("error %v, want %q", err, reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			compareMT(t, m, strings.TrimSuffix(f, ".sta")+".expected.json")
			golden(t, strings.TrimSuffix(f, ".sta")+".golden", describe(m, r))
		})
	}
}

func compareMT(t *testing.T, m *memory, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []expectedMT
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(m.rows) {
		t.Fatalf("%d transactions, want %d", len(m.rows), len(want))
	}
	for i, w := range want {
		booked := w.Entry
		if booked == "" {
			booked = w.Date
		}
		money, err := store.ParseMoney(w.Amount, w.Currency)
		if err != nil {
			t.Fatal(err)
		}
		if w.Status == "RC" {
			money.Minor = -money.Minor
		}
		got := m.rows[i].Transaction
		if got.Amount != money || got.Booked.String() != booked {
			t.Errorf("transaction %d: %s %+v, want %s %+v", i, got.Booked, got.Amount, booked, money)
		}
	}
}

// TestMT940Arithmetic adds the entries of a real file to its opening balance.
func TestMT940Arithmetic(t *testing.T) {
	m := &memory{}
	text, err := os.ReadFile("testdata/mt940/betterplace-sepa_mt9401.sta")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n-\n")
	r := mustImport(t, m, Bytes("first.sta", []byte(first)), Options{})
	const opening, closing = -123471836, -123762823
	if got := opening + r.Totals[0].In + r.Totals[0].Out; got != closing {
		t.Errorf("closing balance %d, want %d", got, closing)
	}
}

// mtStatement is a statement with one entry, of the account as :25: has it.
func mtStatement(account, closing string) Input {
	return Bytes("statement.sta", []byte(":20:STARTUMS\n:25:"+account+"\n:28C:1\n:60F:C250313EUR0,\n:61:2503140314D23,50NMSCNONREF//B1\n:86:REWE\n"+closing))
}

// TestMT940Accounts finds one account again in every way that banks write an
// IBAN, or what it consists of, in :25:.
func TestMT940Accounts(t *testing.T) {
	m := &memory{}
	for i, account := range []string{
		"DE89370400440532013000", "DE89370400440532013000EUR", "DE89 3704 0044 0532 0130 00 EUR", "DE89370400440532013000/EUR",
		"COBADEFFXXX/DE89370400440532013000", "COBADEFFXXX/DE89370400440532013000EUR", "37040044/0532013000", "37040044/0532013000EUR", "37040044/532013000 SEK",
	} {
		r := mustImport(t, m, mtStatement(account, ":62F:D250314EUR23,50\n-\n"), Options{})
		if want := int64(1); i > 0 && r.Added != 0 || i == 0 && r.Added != want {
			t.Errorf("%s: %d added", account, r.Added)
		}
	}
	if len(m.accounts) != 1 || m.accounts[0].Last4 != "3000" {
		t.Errorf("%d accounts, last four %s", len(m.accounts), m.accounts[0].Last4)
	}
}

// TestMT940Currency leaves the currency behind a national number out of what is
// shown of it.
func TestMT940Currency(t *testing.T) {
	m := &memory{}
	mustImport(t, m, mtStatement("517852257 EUR", ":62F:D250314EUR23,50\n-\n"), Options{})
	if m.accounts[0].Last4 != "2257" {
		t.Errorf("last four %q", m.accounts[0].Last4)
	}
}

// TestMT940Cut refuses a statement that ends before its closing balance, which
// MT940 always has.
func TestMT940Cut(t *testing.T) {
	m := &memory{}
	_, err := testImporter(t).File(context.Background(), m, mtStatement("123456789", ""), Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "statement.sta:6: file ends before the closing balance") || len(m.rows) != 0 {
		t.Errorf("%v, %d rows", err, len(m.rows))
	}
}

// TestMT940CutHead refuses a file that ends in the head of a statement: what it
// had is lost, whole statements before it or not.
func TestMT940CutHead(t *testing.T) {
	const whole = ":20:STARTUMS\n:25:123456789\n:28C:1\n:60F:C250313EUR0,\n:61:2503140314D23,50NMSCNONREF//B1\n:62F:D250314EUR23,50\n-\n"
	for _, before := range []string{"", whole} {
		for _, head := range []string{":20:STARTUMS\n", ":20:STARTUMS\n:25:987654321\n", ":25:987654321\n:28C:2\n", ":20:STARTUMS\n:25:987654321\n:28C:2\n:60"} {
			m := &memory{}
			_, err := testImporter(t).File(context.Background(), m, Bytes("statement.sta", []byte(before+head)), Options{})
			if err == nil || len(m.rows) != 0 {
				t.Errorf("%q: %v, %d rows", before+head, err, len(m.rows))
			}
		}
	}
}

// TestMT940Counterparty takes the other side's name out of the slash structure of
// ING in the Netherlands, and not out of a purpose.
func TestMT940Counterparty(t *testing.T) {
	for text, want := range map[string]string{
		"/CNTP/NL02ABNA0123456789/ABNANL2A/Energie NV///REMI/USTD//Termijn ja\nnuari/":   "Termijn januari|Energie NV",
		"/EREF/E1//CNTP/NL02ABNA0123456789/ABNANL2A/Werk B\nV/Utrecht//REMI/USTD//Loon/": "Loon|Werk BV",
		"/CNTP/NL02ABNA0123456789/ABNANL2A/Energie NV/Utrecht/":                          "Energie NV|Energie NV",
		"/REMI/USTD//x /CNTP/a/b/Other/c//":                                              "x|",
		"/CNTP/NL02":                                                                     "/CNTP/NL02|",
	} {
		m := &memory{}
		mustImport(t, m, Bytes("x.sta", []byte(":20:X\n:25:NL91INGB0001234567\n:60F:C260101EUR10,00\n:61:2601020102D2,50NTRFx//1\n:86:"+text+"\n:62F:C260102EUR7,50\n")), Options{})
		if x := m.rows[0].Transaction; x.Description+"|"+x.Counterparty != want {
			t.Errorf("%q: %s|%s, want %s", text, x.Description, x.Counterparty, want)
		}
	}
}
