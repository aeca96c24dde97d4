package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/mcp"
)

// plantedStatement is a bank statement whose memo quotes the account's own
// number, a card and an IBAN, as real memos do. All three are the numbers that
// documentation uses for examples.
const plantedStatement = `OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20180131<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>GBP
<BANKACCTFROM><BANKID>601613<ACCTID>31926819<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20180101<DTEND>20180131
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20180126<TRNAMT>249.99<FITID>20180126-1<NAME>` + plantedMerchant + `<MEMO>` + plantedMemo + `</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>249.99<DTASOF>20180131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
`

const (
	plantedFile     = "planted.ofx"
	plantedAccount  = "Anna's current account"
	plantedMerchant = "PLANTED REFUND"
	plantedMemo     = "to 60-16-13 31926819, was card 4111 1111 1111 1111, or GB29 NWBK 6016 1331 9268 19"
)

// tourStop is one call of the demo's tour.
type tourStop struct {
	title  string
	tool   string
	args   map[string]any
	denied bool
	show   func(*mcp.CallResult) ([]string, error)
}

var tourStops = []tourStop{
	{
		title: "Which accounts are there?",
		tool:  "list_accounts",
		args:  map[string]any{"limit": 5},
		show:  showAccounts,
	},
	{
		title: "A memo with an account number, a card and an IBAN in it",
		tool:  "search_transactions",
		args:  map[string]any{"query": "planted refund"},
		show:  showPlanted,
	},
	{
		title: "How much, by category and month? The server adds up, exactly",
		tool:  "summarize_transactions",
		args:  map[string]any{"group_by": []string{"category", "month"}, "from": "2017-12-01", "to": "2018-02-28", "top_n": 6},
		show:  showSummary,
	},
	{
		title:  "More rows than the policy lets this principal have",
		tool:   "search_transactions",
		args:   map[string]any{"limit": 200},
		denied: true,
		show:   func(a *mcp.CallResult) ([]string, error) { return []string{a.Text}, nil },
	},
}

func argsText(args map[string]any) string {
	text, err := json.Marshal(args)
	must(err) // literals of this file
	return string(text)
}

func showAccounts(a *mcp.CallResult) ([]string, error) {
	var doc struct {
		Items []struct {
			Name, Kind, Currency, Number string
			Transactions                 int64
		}
	}
	if err := json.Unmarshal(a.Document, &doc); err != nil {
		return nil, err
	}
	var rows [][]string
	for _, it := range doc.Items {
		rows = append(rows, []string{it.Name, it.Kind, cmp.Or(it.Number, "no number"), console.Counted(it.Transactions, "booking"), it.Currency})
	}
	return aligned(rows), nil
}

func showPlanted(a *mcp.CallResult) ([]string, error) {
	var doc struct {
		Items []struct{ Date, Description, Memo string }
	}
	if err := json.Unmarshal(a.Document, &doc); err != nil {
		return nil, err
	}
	if len(doc.Items) == 0 {
		return nil, exit.Fail(exit.Internal, "", "the planted booking was not found")
	}
	return []string{
		"in the statement:      " + plantedMemo,
		"what the model gets:   " + console.Plain(doc.Items[0].Memo),
	}, nil
}

func showSummary(a *mcp.CallResult) ([]string, error) {
	type amount struct{ Decimal, Currency string }
	var doc struct {
		Items []struct {
			Keys  []struct{ Value string }
			Out   amount
			Count int64
		}
		Totals []struct {
			Out   amount
			Count int64
		}
	}
	if err := json.Unmarshal(a.Document, &doc); err != nil {
		return nil, err
	}
	var rows [][]string
	for _, it := range doc.Items {
		var keys []string
		for _, k := range it.Keys {
			keys = append(keys, k.Value)
		}
		rows = append(rows, append(keys, it.Out.Decimal+" "+it.Out.Currency, console.Counted(it.Count, "booking")))
	}
	lines := aligned(rows)
	for _, t := range doc.Totals {
		lines = append(lines, fmt.Sprintf("out in all: %s %s in %s", t.Out.Decimal, t.Out.Currency, console.Counted(t.Count, "booking")))
	}
	return lines, nil
}

// tourVerify checks the log as an auditor would: from its files, with the
// public key alone.
func tourVerify(ctx context.Context, f *folder.Folder, u *console.UI) error {
	key, err := storage.LogVerifier(f.Home)
	if err != nil {
		return err
	}
	u.Printf("   > counterfoil audit verify\n")
	report, err := audit.Verify(ctx, audit.VerifyOptions{Dir: f.Home.DataDir, Keys: []string{key}})
	if err != nil {
		return err
	}
	u.Printf("   %s\n   %d records in %d batches, root %s\n", report.Statement, report.Records, report.Batches, report.Root)
	return nil
}

// aligned lays rows out in columns.
func aligned(rows [][]string) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = console.Plain(c)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}
