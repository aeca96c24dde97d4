package tools

import (
	"fmt"
	"testing"
	"time"
)

// Many calls of one row each hit the same wall as one big call.
func TestSlowExfiltrationHitsTheSameWall(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Limits.RowsPerDay, c.Limits.CallsPerMinute = 20, 1000
	})
	rows := 0
	for range 100 {
		got := r.call(t, alice, "search_transactions", `{"limit":1}`)
		if got.Err != nil {
			if got.Err.Code != CodeLimit {
				t.Fatal(got.Err)
			}
			mustHave(t, []byte(got.Err.Message), "midnight UTC")
			break
		}
		rows += len(decodeItems(t, got))
	}
	if rows != 20 {
		t.Errorf("%d rows left one at a time, the budget is 20", rows)
	}
	if got := r.call(t, alice, "list_accounts", ``); got.Err == nil || got.Err.Code != CodeLimit {
		t.Errorf("another tool still answers: %+v", got)
	}
}

// Calls at once take no more out than calls one after the other, whatever each
// was refused for.
func TestBudgetsAtOnce(t *testing.T) {
	const budget = 40
	r := newRig(t, func(c *Config) { c.Limits.RowsPerDay, c.Limits.CallsPerMinute = budget, 1000 })
	results := make(chan Result)
	const calls = 60
	for range calls {
		go func() { results <- r.call(t, alice, "search_transactions", `{"limit":3}`) }()
	}
	rows := 0
	for range calls {
		got := <-results
		if got.Err == nil {
			rows += len(decodeItems(t, got))
		} else if got.Err.Code != CodeLimit {
			t.Error(got.Err)
		}
	}
	if used := r.usageOf(r.pseudonym("principal", alice.Tenant, alice.Name)); rows > budget || int64(rows) != used.Rows {
		t.Errorf("%d rows left at once, the budget is %d and counts %+v", rows, budget, used)
	}
}

func TestBudgetSurvivesARestart(t *testing.T) {
	small := func(c *Config) { c.Limits.RowsPerDay, c.Limits.CallsPerMinute = 20, 1000 }
	r := newRig(t, small)
	if got := r.call(t, alice, "search_transactions", `{"limit":20}`); got.Err != nil {
		t.Fatal(got.Err)
	}
	again, err := New(t.Context(), r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	got := again.Call(t.Context(), alice, Call{Tool: "list_accounts"})
	if got.Err == nil || got.Err.Code != CodeLimit {
		t.Errorf("after a restart: %+v", got)
	}
	later := r.cfg
	later.Now = func() time.Time { return testNow.Add(24 * time.Hour) }
	tomorrow, err := New(t.Context(), later)
	if err != nil {
		t.Fatal(err)
	}
	if got := tomorrow.Call(t.Context(), alice, Call{Tool: "list_accounts"}); got.Err != nil {
		t.Errorf("the next day: %v", got.Err)
	}
}

func TestCallsPerMinute(t *testing.T) {
	now := testNow
	r := newRig(t, func(c *Config) {
		c.Limits.CallsPerMinute = 3
		c.Now = func() time.Time { return now }
	})
	answered := func() (n int) {
		for range 10 {
			if r.call(t, alice, "list_accounts", ``).Err == nil {
				n++
			}
		}
		return n
	}
	if n := answered(); n != 3 {
		t.Errorf("%d calls answered in the first minute, want 3", n)
	}
	now = now.Add(40 * time.Second)
	if n := answered(); n != 2 {
		t.Errorf("%d calls answered after 40 s, want 2", n)
	}
}

// A refused call costs a call, and nothing else.
func TestRefusedCallGivesItsReservationBack(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.RowsPerDay = 250 })
	for range 5 {
		if got := r.call(t, alice, "search_transactions", `{"limit":200}`); got.Err == nil || got.Err.Code != CodeDenied {
			t.Fatalf("got %+v", got)
		}
	}
	used := r.usageOf(r.pseudonym("principal", alice.Tenant, alice.Name))
	if used.Calls != 5 || used.Rows != 0 || used.Bytes != 0 {
		t.Errorf("five denied calls used %+v", used)
	}
}

func TestDistinctAccountsAndSpanAreBudgets(t *testing.T) {
	t.Run("accounts", func(t *testing.T) {
		r := newRig(t, func(c *Config) { c.Limits.AccountsPerDay = 1 })
		first, other := r.accountID(t, "Everyday"), r.accountID(t, "Travel")
		search := func(id string) *Error {
			return r.call(t, alice, "search_transactions", `{"account_ids":["`+id+`"],"limit":1}`).Err
		}
		if err := search(first); err != nil {
			t.Fatal(err)
		}
		if err := search(other); err == nil || err.Code != CodeLimit {
			t.Errorf("a second account: %v", err)
		}
		if err := search(first); err != nil {
			t.Errorf("the first again: %v", err)
		}
		again, err := New(t.Context(), r.cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := again.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(`{"account_ids":["` + other + `"],"limit":1}`)})
		if got.Err == nil || got.Err.Code != CodeLimit {
			t.Errorf("a second account after a restart: %+v", got)
		}
	})
	t.Run("span", func(t *testing.T) {
		r := newRig(t, func(c *Config) { c.Limits.SpanDays = 60 })
		month := func(m string) *Error {
			return r.call(t, alice, "search_transactions", `{"from":"2026-`+m+`-01","to":"2026-`+m+`-28"}`).Err
		}
		if err := month("03"); err != nil {
			t.Fatal(err)
		}
		if err := month("04"); err != nil {
			t.Errorf("the month after: %v", err)
		}
		if err := month("09"); err == nil || err.Code != CodeLimit {
			t.Errorf("half a year later: %v", err)
		}
		if got := r.call(t, alice, "get_cash_flow", `{"from":"2023-03-01","to":"2023-04-30"}`); got.Err != nil {
			t.Errorf("years before, without bookings: %v", got.Err)
		}
	})
	t.Run("span of a balance", func(t *testing.T) {
		// A slip in the year reads no bookings of that year, and does not use up the
		// day's span for those that there are.
		r := newRig(t)
		for _, year := range []string{"2108", "1908"} {
			args := fmt.Sprintf(`{"account_id":%q,"from":"%s-01-01","to":"%s-03-01"}`, r.accountID(t, "Everyday"), year, year)
			if got := r.call(t, alice, "get_balance_history", args); got.Err != nil {
				t.Fatal(got.Err)
			}
		}
		if got := r.call(t, alice, "search_transactions", `{}`); got.Err != nil {
			t.Errorf("after it: %v", got.Err)
		}
	})
	t.Run("one tool", func(t *testing.T) {
		r := newRig(t, func(c *Config) { c.Limits.CallsPerTool = map[string]int64{"list_accounts": 2} })
		for i := range 3 {
			got := r.call(t, alice, "list_accounts", ``)
			if refused := got.Err != nil && got.Err.Code == CodeLimit; refused != (i == 2) {
				t.Errorf("call %d: %+v", i, got.Err)
			}
		}
		if got := r.call(t, alice, "list_categories", ``); got.Err != nil {
			t.Errorf("another tool: %v", got.Err)
		}
	})
}

// A budget refusal depends on the moment: replay says so, and does not call it
// different.
func TestBudgetRefusalDoesNotReplay(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.RowsPerDay = 1 })
	r.call(t, alice, "search_transactions", `{"limit":1}`)
	r.call(t, alice, "search_transactions", `{"limit":1}`)
	all := r.replayAll(t)
	if len(all) != 2 || all[0].Verdict != Identical || all[1].Verdict != NotReplayable || all[1].Why == "" {
		t.Errorf("%+v", all)
	}
}
