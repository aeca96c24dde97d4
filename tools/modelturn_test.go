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
	if len(out.Calls) != 0 || out.Text != "It was 5 and 77." || len(out.Invented) != 1 || out.Invented[0] != "77" {
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
