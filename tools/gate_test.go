package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

func TestEveryToolAnswersAndIsRecorded(t *testing.T) {
	r := newRig(t)
	first := r.accountID(t, "Everyday")
	found := decodeItems(t, r.call(t, alice, "search_transactions", `{"limit":1}`))
	tx := found[0]["id"].(string)
	calls := []struct {
		tool, args string
		rows       int64
		want       string
	}{
		{"list_accounts", `{}`, 2, `"name":"Everyday"`},
		{"search_transactions", `{"query":"landlord"}`, 11, `"merchant":"Landlord"`},
		{"search_transactions", `{"direction":"in","min_amount":"2500"}`, 11, `"decimal":"2500.00"`},
		{"search_transactions", `{"query":"landlord","from":"2026-03-01","to":"2026-03-31"}`, 1, `"date":"2026-03-01"`},
		{"search_transactions", `{"query":"*"}`, 0, `query has no word`},
		{"search_transactions", `{"categories":["rent"]}`, 0, `compared exactly: take them from list_accounts`},
		{"search_transactions", `{"account_ids":["Everyday"]}`, 0, `compared exactly`},
		{"summarize_transactions", `{"group_by":["month"],"merchants":["landlord"]}`, 0, `compared exactly`},
		{"summarize_transactions", `{"group_by":["month"],"from":"2020-01-01","to":"2020-02-01"}`, 0, `"warnings":[]`},
		{"get_cash_flow", `{"account_ids":["Everyday"]}`, 0, `compared exactly`},
		{"detect_recurring", `{"account_ids":["Everyday"]}`, 0, `compared exactly`},
		{"detect_recurring", `{"months":3}`, 4, `"first_amount":{"minor":-4258,"currency":"GBP","decimal":"-42.58"},"last_amount":{"minor":-4261,"currency":"GBP","decimal":"-42.61"}`},
		{"get_transactions", fmt.Sprintf(`{"ids":[%q]}`, tx), 1, tx},
		{"summarize_transactions", `{"group_by":["category"]}`, 5, `"value":"Rent"`},
		{"summarize_transactions", `{"group_by":["category","month"],"top_n":3}`, 3, `"truncated":true`},
		{"get_cash_flow", `{"from":"2026-01-01"}`, 22, `"period":"2026-01"`},
		{"get_balance_history", fmt.Sprintf(`{"account_id":%q,"from":"2026-01-01"}`, first), 11, `"basis":"transactions"`},
		{"detect_recurring", `{}`, 4, `"every":"month"`},
		{"list_categories", `{}`, 5, `"name":"Food"`},
		{"list_merchants", `{"prefix":"str"}`, 1, `"name":"Streamflix"`},
		{"list_imports", `{}`, 1, `"source":"household.csv"`},
		{"@complete", `{"argument":"category","value":"R"}`, 1, `"values":["Rent"]`},
		{"@prompt", `{"prompt":"monthly_review","month":"2026-10"}`, 1, `2026-10`},
		{"@resource", `{"uri":"counterfoil://limits"}`, 1, `rows_per_call`},
	}
	for _, c := range calls {
		t.Run(c.tool+c.args, func(t *testing.T) {
			got := r.call(t, alice, c.tool, c.args)
			if got.Err != nil {
				t.Fatalf("%v: %v", got.Err, got.Err.Err)
			}
			mustHave(t, got.Document, c.want)
			rec := r.last(t).Record
			if rec.Tool != c.tool || rec.CallID != got.CallID || rec.Decision != "allow" || rec.Rows != c.rows || rec.Phase != audit.PhaseOutcome {
				t.Errorf("record is %+v, want tool %s and %d rows", rec, c.tool, c.rows)
			}
			if !got.Receipt.Matches(got.Document) {
				t.Error("the receipt does not match the document")
			}
		})
	}
}

func decodeItems(t *testing.T, res Result) []map[string]any {
	t.Helper()
	if res.Err != nil {
		t.Fatalf("%v: %v", res.Err, res.Err.Err)
	}
	var l struct{ Items []map[string]any }
	if err := json.Unmarshal(res.Document, &l); err != nil {
		t.Fatal(err)
	}
	return l.Items
}

func TestKnownNumberNeverLeaves(t *testing.T) {
	r := newRig(t)
	for _, call := range []Call{
		{Tool: "search_transactions", Args: []byte(`{"query":"landlord"}`)},
		{Tool: "list_accounts"},
	} {
		got := r.Call(t.Context(), alice, call)
		if got.Err != nil {
			t.Fatal(got.Err)
		}
		for _, secret := range []string{"31926819", "3192 6819", "60-16-13"} {
			mustLack(t, got.Document, secret)
		}
		mustHave(t, got.Document, "ACCT_")
	}
	if n := r.last(t); len(n.Record.Findings) != 0 {
		t.Errorf("a list of accounts, which holds only tokens, reports findings %v", n.Record.Findings)
	}
}

func TestRefusalsAreRecordedWithoutWhatWasSent(t *testing.T) {
	r := newRig(t)
	nobody := policy.Principal{Tenant: "default", Name: "nobody", Auth: "bearer"}
	tests := []struct {
		name       string
		who        policy.Principal
		tool, args string
		code       Code
	}{
		{"unknown tool", alice, "tool-4111111111111111", `{}`, CodeNotFound},
		{"bad argument", alice, "search_transactions", `{"limit":"4111111111111111"}`, CodeInvalid},
		{"unknown argument", alice, "search_transactions", `{"4111111111111111":1}`, CodeInvalid},
		{"not JSON", alice, "search_transactions", `4111111111111111`, CodeInvalid},
		{"denied", nobody, "search_transactions", `{"query":"4111111111111111"}`, CodeDenied},
		{"denied by limit", alice, "search_transactions", `{"limit":200,"query":"4111111111111111"}`, CodeDenied},
		{"cursor", alice, "search_transactions", `{"cursor":"4111111111111111"}`, CodeInvalid},
		{"account", alice, "get_balance_history", `{"account_id":"4111111111111111"}`, CodeNotFound},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := r.call(t, tt.who, tt.tool, tt.args)
			if got.Err == nil || got.Err.Code != tt.code || got.Document != nil {
				t.Fatalf("got %+v, want code %s", got, tt.code)
			}
			mustLack(t, []byte(got.Err.Message), "4111")
			all := r.records(t)
			if len(all) != i+1 {
				t.Fatalf("%d records after %d calls", len(all), i+1)
			}
			last := all[i]
			mustLack(t, last.Leaf, "4111111111111111")
			if last.Record.Error != string(tt.code) || last.Record.CallID != got.CallID {
				t.Errorf("record is %s", last.Leaf)
			}
			if got.Receipt.Leaf == "" {
				t.Error("a refusal has no receipt")
			}
		})
	}
}

// faultyStore breaks one method of a store.
type faultyStore struct {
	store.Reader
	search func(context.Context) error
}

func (f faultyStore) Search(ctx context.Context, q store.Query) (store.Page, error) {
	if err := f.search(ctx); err != nil {
		return store.Page{}, err
	}
	return f.Reader.Search(ctx, q)
}

func TestFaultsOfTheStore(t *testing.T) {
	const inside = "secret detail 4111111111111111"
	tests := []struct {
		name  string
		fault func(context.Context) error
		code  Code
	}{
		{"unavailable", func(context.Context) error { return fmt.Errorf("%w: %s", store.ErrUnavailable, inside) }, CodeUnavailable},
		{"unexpected", func(context.Context) error { return errors.New(inside) }, CodeInternal},
		{"panic", func(context.Context) error { panic(inside) }, CodeInternal},
		{"too large to be exact", func(context.Context) error { return store.ErrRange }, CodeLimit},
		{"snapshot gone", func(context.Context) error { return store.ErrSnapshotGone }, CodeConflict},
		{"slow", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, CodeTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, func(c *Config) {
				c.Store = faultyStore{c.Store, tt.fault}
				if tt.code == CodeTimeout {
					c.Limits.Timeout = 50 * time.Millisecond
				}
			})
			got := r.call(t, alice, "search_transactions", `{}`)
			if got.Err == nil || got.Err.Code != tt.code || got.Document != nil {
				t.Fatalf("got %+v, want code %s", got.Err, tt.code)
			}
			mustLack(t, []byte(got.Err.Message), "secret")
			rec := r.last(t)
			if rec.Record.Error != string(tt.code) || rec.Record.ResultDigest != "" {
				t.Errorf("record is %s", rec.Leaf)
			}
			mustLack(t, rec.Leaf, "secret")
		})
	}
}

func TestNothingIsServedWithoutARecord(t *testing.T) {
	r := newRig(t)
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	got := r.call(t, alice, "list_accounts", `{}`)
	if got.Err == nil || got.Err.Code != CodeUnavailable || got.Document != nil || got.Receipt.Leaf != "" {
		t.Errorf("got %+v with a closed log", got)
	}
}

func TestCancelledCallIsRecorded(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := r.Call(ctx, alice, Call{Tool: "list_accounts"})
	if got.Err == nil || got.Err.Code != CodeTimeout {
		t.Fatalf("got %+v", got)
	}
	if rec := r.last(t).Record; rec.CallID != got.CallID || rec.Error != string(CodeTimeout) {
		t.Errorf("record is %+v", rec)
	}
}

func TestGrantsBoundWhatIsSeen(t *testing.T) {
	r := newRig(t)
	mine, other := r.accountID(t, "Everyday"), r.accountID(t, "Travel")
	granted := alice
	granted.Name, granted.Accounts = "granted", []string{mine}
	for _, c := range []struct{ tool, args string }{
		{"list_accounts", `{}`},
		{"search_transactions", `{"limit":100}`},
		{"search_transactions", fmt.Sprintf(`{"account_ids":[%q]}`, other)},
		{"summarize_transactions", `{"group_by":["account"]}`},
		{"get_cash_flow", `{"from":"2026-01-01"}`},
		{"list_merchants", `{}`},
		{"list_categories", `{}`},
		{"detect_recurring", `{}`},
	} {
		got := r.call(t, granted, c.tool, c.args)
		if got.Err != nil {
			t.Fatalf("%s: %v", c.tool, got.Err)
		}
		for _, secret := range []string{other, `"EUR"`, "Metro", "Transport"} {
			mustLack(t, got.Document, secret)
		}
	}
	got := r.call(t, granted, "get_balance_history", fmt.Sprintf(`{"account_id":%q}`, other))
	if got.Err == nil || got.Err.Code != CodeNotFound {
		t.Errorf("balance of another's account: %+v", got)
	}
}

func TestReleaseRuleWithholdsAResult(t *testing.T) {
	r := newRig(t, withPolicy(t, `
name: test
after:
  match:
    - output: allow()
release:
  match:
    - condition: result.rows > 3
      output: deny("too many rows at once")
    - output: allow()
`))
	if got := r.call(t, alice, "search_transactions", `{"limit":3}`); got.Err != nil {
		t.Fatal(got.Err)
	}
	got := r.call(t, alice, "search_transactions", `{"limit":4}`)
	if got.Err == nil || got.Err.Code != CodeDenied || !strings.Contains(got.Err.Message, "too many rows at once") || got.Document != nil {
		t.Errorf("got %+v", got.Err)
	}
	if rec := r.last(t).Record; rec.Decision != "deny" || rec.Rows != 0 || rec.ResultDigest != "" {
		t.Errorf("record is %+v", rec)
	}
}

// withPolicy replaces the default policy.
func withPolicy(t testing.TB, text string) func(*Config) {
	t.Helper()
	p, err := policy.Compile(policy.Source{Name: "test.yaml", Text: []byte(text)}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Policy = p }
}

func TestObligationsTightenAResult(t *testing.T) {
	r := newRig(t, withPolicy(t, `
name: test
after:
  match:
    - output: allow().max_rows(2).drop(["memo", "description"])
`))
	got := r.call(t, alice, "search_transactions", `{"limit":100}`)
	if got.Err != nil {
		t.Fatalf("%v: %v", got.Err, got.Err.Err)
	}
	if items := decodeItems(t, got); len(items) != 2 {
		t.Errorf("%d rows under max_rows(2)", len(items))
	}
	mustLack(t, got.Document, `"memo"`)
	mustLack(t, got.Document, `"description"`)
	mustHave(t, got.Document, `"next_cursor"`)
}

// TestDropReachesNames leaves out a dropped field also where a tool has its values
// under another name: as the key of a total, as the names that it lists.
func TestDropReachesNames(t *testing.T) {
	r := newRig(t, withPolicy(t, `
name: test
after:
  match:
    - output: allow().max_rows(50).drop(["merchant"])
`))
	for _, c := range []struct{ tool, args, want string }{
		{"search_transactions", `{}`, `"category":"Rent"`},
		{"summarize_transactions", `{"group_by":["merchant"]}`, `"by":"merchant"`},
		{"summarize_transactions", `{"group_by":["category","merchant"]}`, `"value":"Rent"`},
		{"list_merchants", `{}`, `"transactions":`},
		{"list_categories", `{}`, `"name":"Rent"`},
		{"detect_recurring", `{}`, `"every":"month"`},
	} {
		got := r.call(t, alice, c.tool, c.args)
		if got.Err != nil {
			t.Fatalf("%s: %v", c.tool, got.Err)
		}
		mustHave(t, got.Document, c.want)
		if c.tool != "search_transactions" { // its descriptions begin with the merchant here
			mustLack(t, got.Document, "Streamflix")
		}
	}
}

// TestDropReachesAmounts: who may not see the typical amount of a recurring payment
// sees none of its amounts.
func TestDropReachesAmounts(t *testing.T) {
	for _, drop := range []string{`"typical"`, `"minor", "decimal"`} {
		r := newRig(t, withPolicy(t, "name: test\nafter:\n  match:\n    - output: 'allow().max_rows(50).drop(["+drop+", \"total\"])'\n"))
		got := r.call(t, alice, "detect_recurring", `{}`)
		if got.Err != nil {
			t.Fatalf("%s: %v", drop, got.Err)
		}
		mustHave(t, got.Document, `"merchant":"Streamflix"`)
		mustLack(t, got.Document, "10.99")
		mustLack(t, got.Document, "1099")
	}
}

// TestImportsUnderAScope lists only imports into accounts that the caller sees.
func TestImportsUnderAScope(t *testing.T) {
	r := newRig(t)
	add := func(source, key string) {
		t.Helper()
		im := store.Import{Source: source, Format: "csv", At: testNow, Accounts: []store.NewAccount{{Key: []byte(key), Name: key, Kind: "checking", Currency: "GBP"}}}
		row := store.Row{AccountKey: []byte(key), ContentKey: []byte(source), SourceKind: "csv", Transaction: store.Transaction{
			Booked: store.DateOf(testNow), Amount: store.Money{Minor: -1, Currency: "GBP"}, Status: store.Booked, Description: source}}
		if _, err := r.store.Import(t.Context(), im, func(yield func(store.Row, error) bool) { yield(row, nil) }, false); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		add(fmt.Sprintf("theirs-%d.csv", i), "k3")
	}
	add("mine.csv", "k4")
	for i := range 5 {
		add(fmt.Sprintf("later-%d.csv", i), "k3")
	}
	mine := ""
	accounts, err := r.store.Accounts(t.Context(), 12, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		if a.Name == "k4" {
			mine = a.ID
		}
	}
	granted := alice
	granted.Accounts = []string{mine}
	got := r.call(t, granted, "list_imports", `{"limit":2}`)
	mustHave(t, got.Document, `"source":"mine.csv"`)
	mustHave(t, got.Document, `left out`)
	mustHave(t, got.Document, `"truncated":false`)
	for _, other := range []string{"theirs", "later", "household"} {
		mustLack(t, got.Document, other)
	}
	if all := r.call(t, alice, "list_imports", `{}`); len(decodeItems(t, all)) != 12 {
		t.Errorf("without a grant: %s", all.Document)
	}
}

func TestLongResultIsCutByWholeRows(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.BytesPerCall = 6000 })
	seen := map[string]bool{}
	cursor := ""
	for page := 0; ; page++ {
		if page > 60 {
			t.Fatal("paging does not end")
		}
		args := `{"limit":50` + cursor + `}`
		got := r.call(t, alice, "search_transactions", args)
		if got.Err != nil {
			t.Fatal(got.Err)
		}
		if len(got.Document) > 6000 {
			t.Fatalf("document of %d bytes over the bound", len(got.Document))
		}
		for _, it := range decodeItems(t, got) {
			id := it["id"].(string)
			if seen[id] {
				t.Fatalf("row %s came twice", id)
			}
			seen[id] = true
		}
		var l struct {
			Next      string `json:"next_cursor"`
			Truncated bool   `json:"truncated"`
		}
		if err := json.Unmarshal(got.Document, &l); err != nil {
			t.Fatal(err)
		}
		if l.Truncated != (l.Next != "") {
			t.Errorf("truncated %v with cursor %q", l.Truncated, l.Next)
		}
		if l.Next == "" {
			break
		}
		cursor = fmt.Sprintf(`,"cursor":%q`, l.Next)
	}
	if len(seen) != 55 {
		t.Errorf("saw %d rows of 55", len(seen))
	}
}
