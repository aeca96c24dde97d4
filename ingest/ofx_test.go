package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOFXSamples reads real files of many banks. A file that says nothing
// usable is refused with its reason and place.
func TestOFXSamples(t *testing.T) {
	type outcome struct {
		Rows, Accounts, Balances int
		Err                      string
	}
	cases := map[string]outcome{
		"account_listing_aggregation.ofx": {Err: "account_listing_aggregation.ofx: no account statement in this file"},
		"bank_small.ofx":                  {Err: "bank_small.ofx: no account statement in this file"},
		"checking.ofx":                    {Rows: 3, Accounts: 1, Balances: 2},
		"error_message.ofx":               {Err: "error_message.ofx: the bank's answer in this file is an error message, not a statement"},
		"fidelity-savings.ofx":            {Err: "fidelity-savings.ofx:66:23: amount has more digits after the point than its currency allows"},
		"fidelity.ofx":                    {Rows: 17, Accounts: 1},
		"investment_401k.ofx":             {Rows: 1, Accounts: 1},
		"investment_medium.ofx":           {Rows: 3, Accounts: 1},
		"multiple_accounts.ofx":           {Accounts: 2, Balances: 2},
		"signon_fail.ofx":                 {Err: "signon_fail.ofx: the bank's answer in this file is an error message, not a statement"},
		"signon_success.ofx":              {Err: "signon_success.ofx: no account statement in this file"},
		"signon_success_no_message.ofx":   {Err: "signon_success_no_message.ofx: no account statement in this file"},
		"tiaacref.ofx":                    {Accounts: 1},
		"vanguard.ofx":                    {Rows: 1, Accounts: 1},
		"vanguard401k.ofx":                {Rows: 4, Accounts: 1},
		"fail_nice/date_missing.ofx":      {Err: "date_missing.ofx:33:5: transaction has no posting date"},
		"fail_nice/empty_balance.ofx":     {Err: "empty_balance.ofx:38:26: amount is not a decimal number in the expected form"},
	}
	for name, want := range cases {
		m := &memory{}
		r, err := testImporter(t).File(context.Background(), m, Path("testdata/ofx/"+name), Options{})
		got := outcome{Rows: int(r.Rows), Accounts: len(r.Accounts), Balances: r.Balances}
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Errorf("%s: %T, want *Error", name, err)
			}
			got.Err = err.Error()
			if len(m.rows)+len(m.accounts)+len(m.balances) > 0 {
				t.Errorf("%s: something was kept of a refused file", name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestOFXCurrency: a statement that does not say its currency has the one that
// was named, and is refused without; what it says counts more.
func TestOFXCurrency(t *testing.T) {
	text := readInput(t, ofxFile(ofxRow("1", "30", "-1.50", "A")))
	const curdef = "<CURDEF>GBP\n"
	later := strings.Replace(strings.Replace(text, curdef, "", 1), "</BANKTRANLIST>", "</BANKTRANLIST><CURDEF>JPY\n", 1)
	for name, c := range map[string]struct{ text, currency, want string }{
		"said":                   {text, "", "-1.50 GBP"},
		"said, another is named": {text, "USD", "-1.50 GBP"},
		"named":                  {strings.Replace(text, curdef, "", 1), "USD", "-1.50 USD"},
		"empty, named":           {strings.Replace(text, curdef, "<CURDEF></CURDEF>\n", 1), "USD", "-1.50 USD"},
		"neither":                {strings.Replace(text, curdef, "", 1), "", "statement.ofx:9:1: statement does not say its currency (CURDEF)"},
		"said too late":          {later, "USD", "statement.ofx:10:24: currency (CURDEF) stands behind bookings or balances"},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			_, err := testImporter(t).File(context.Background(), m, Bytes("statement.ofx", []byte(c.text)), Options{Currency: c.currency})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				amount := m.rows[0].Transaction.Amount
				got = amount.Decimal() + " " + amount.Currency
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
