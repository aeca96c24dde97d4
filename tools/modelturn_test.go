package tools

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/llm"
	"github.com/counterfoil/counterfoil/store"
)

func (r *rig) turn(t *testing.T, conversation string) (turn, Result) {
	t.Helper()
	args, err := json.Marshal(map[string]any{"conversation": conversation})
	if err != nil {
		t.Fatal(err)
	}
	got := r.call(t, alice, "@turn", string(args))
	var out turn
	if got.Err == nil {
		if err := json.Unmarshal(got.Document, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out, got
}

func TestTurnOfTheForm(t *testing.T) {
	said := `{"do":"totals","by":"month","period":"last_month"}`
	f := &fakeModel{answer: func(llm.Request) (string, error) { return said, nil }}
	r := newRig(t, withModel(f))
	out, got := r.turn(t, `[{"role":"user","content":"How much to 60-16-13 31926819?"}]`)
	if got.Err != nil || len(out.Calls) != 1 {
		t.Fatalf("%v %+v", got.Err, out)
	}
	if c := out.Calls[0]; c.Name != "summarize_transactions" || !strings.Contains(c.Args, `"from":"2026-10-01"`) || !strings.Contains(c.Args, `"to":"2026-10-31"`) {
		t.Errorf("call %+v", c)
	}
	if strings.Contains(f.heard[0], "31926819") {
		t.Errorf("the question's number reached the model: %s", f.heard[0])
	}
	said = `{"do":"answer","text":"It was 5 and 77."}`
	out, _ = r.turn(t, `[{"role":"user","content":"?"},{"role":"tool","content":"{\"sum\":5}"}]`)
	if len(out.Calls) != 0 || out.Text != "" || !out.Withheld || len(out.Invented) != 2 {
		t.Errorf("answer %+v", out)
	}
	if v := r.replayLast(t); v.Verdict != Identical {
		t.Errorf("replay: %+v", v)
	}
}

func TestTurnRefusesWhatIsNoConversation(t *testing.T) {
	r := newRig(t, withModel(&fakeModel{answer: func(llm.Request) (string, error) { return "", nil }}))
	for _, bad := range []string{`x`, `[]`, `{}`, `[` + strings.Repeat(`{"role":"user"},`, maxTurns) + `{"role":"user"}]`} {
		if _, got := r.turn(t, bad); got.Err == nil || got.Err.Code != CodeInvalid {
			t.Errorf("%.20s: %v", bad, got.Err)
		}
	}
}

func TestAnswerHasNoLinks(t *testing.T) {
	token := "ACCT_QXKWMTRBZAPLNE"
	for text, want := range map[string]string{
		"Paid " + token + ", twice.\nOn 2026-01-02.":   "Paid " + token + ", twice.\nOn 2026-01-02.",
		"see HTTP://evil.example/?q=" + token + " now": "see (link left out) now",
		"![x](//evil/" + token + ")":                   "(link left out)",
		"evil.example/" + token:                        "(link left out)",
		"<img src=" + token + ">":                      "(link left out) (link left out)",
		"mailto:x@evil.example":                        "(link left out)",
		"food and/or rent: 50 GBP":                     "food and/or rent: 50 GBP",
	} {
		if got := withoutLinks(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	today, err := store.ParseDate("2026-03-15")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"this_month": "2026-03-01 2026-03-15", "last_month": "2026-02-01 2026-02-28", "last_3_months": "2026-01-01 2026-03-15",
		"this_year": "2026-01-01 2026-03-15", "last_year": "2025-01-01 2025-12-31", "last_12_months": "2025-04-01 2026-03-15",
	} {
		if from, to := period(name, today); from.String()+" "+to.String() != want {
			t.Errorf("%s: %s %s, want %s", name, from, to, want)
		}
	}
}

func TestFiguresOfAnAnswer(t *testing.T) {
	rows := Figures([]byte(`{"items":[
		{"keys":[{"by":"category","value":"Rent"}],"out":{"decimal":"-13200.00","currency":"GBP"},"in":{"decimal":"0.00","currency":"GBP"},"count":11},
		{"keys":[{"by":"category","value":"Food and drink"}],"out":{"decimal":"-1.00","currency":"GBP"},"count":3}],
		"totals":[{"out":{"decimal":"-13201.00","currency":"GBP"},"count":14}],"from":"2026-01-01","to":"2026-11-30"}`))
	if len(rows) != 3 || rows[0].Line != "Rent: 13200.00 GBP out (transactions: 11)" {
		t.Fatalf("rows %+v", rows)
	}
	for words, want := range map[string]bool{
		"Most went to Rent: 13200.00 GBP in 11 transactions.":         false, // the amount stands apart from its name
		"Most went to Rent with 13,200.00 GBP.":                       true,
		"You paid 1.00 GBP for Food and drink, £13200 for Rent.":      true,
		"You spent 13201.00 GBP in 14 transactions since 2026-01-01.": true,
		"Most went to Rent.":                 true,
		"Most went to Food and drink.":       false,
		"You paid 1.00 GBP for Rent.":        false,
		"You paid 13200.00 EUR for Rent.":    false,
		"You paid 11.00 GBP for Rent.":       false,
		"You paid 3 GBP for Food and drink.": false,
		"Rent 1.00 Food and drink 13200.00":  false,
		"You spent 1.00 GBP.":                false,
		"Rent took half of it.":              false,
		"Rent was 99%.":                      false,
		"Rent was １１.":                       false,
		"Nothing was found.":                 true,
	} {
		if got := supported(words, rows); got != want {
			t.Errorf("%q: got %v", words, got)
		}
	}
}

// TestNamedPeriod reads the month or year of a question, and its dates.
func TestNamedPeriod(t *testing.T) {
	today, err := store.ParseDate("2026-03-15")
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]string{
		"How much did I spend in March 2025?": "2025-03-01 2025-03-31",
		"Rent for Feb. 2024, please":          "2024-02-01 2024-02-29",
		"totals of sept 2025":                 "2025-09-01 2025-09-30",
		"What went out in 2025-12?":           "2025-12-01 2025-12-31",
		"How much on groceries in december?":  "2025-12-01 2025-12-31",
		"spending in March":                   "2026-03-01 2026-03-31",
		"What did I pay in 2024?":             "2024-01-01 2024-12-31",
		"May I see what I spent last year?":   "2025-01-01 2025-12-31",
		"Compare March 2025 with April 2025":  "2025-04-01 2026-03-15",
	} {
		_, names := lookupOf(question)
		if from, to := period(names[0], today); from.String()+" "+to.String() != want {
			t.Errorf("%q: %s %s, want %s", question, from, to, want)
		}
	}
}
