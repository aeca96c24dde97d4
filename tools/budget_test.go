package tools

import (
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
	used := r.budgets.usage(r.pseudonym("principal", alice.Tenant, alice.Name), testNow, r.cfg.Limits.withDefaults())
	if used.Calls != 5 || used.Rows != 0 || used.Bytes != 0 {
		t.Errorf("five denied calls used %+v", used)
	}
}
