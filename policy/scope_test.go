package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func scopePolicy(t testing.TB, expr string) *Policy {
	t.Helper()
	return mustCompile(t, "name: x\nscopes:\n  s: >-\n    "+expr+"\nafter:\n  match:\n    - output: allow().rows('s')\n")
}

// TestScopeTree pins what a scope becomes for one principal and moment.
func TestScopeTree(t *testing.T) {
	who := Principal{Name: "ada", Roles: []string{"reader"}, Accounts: []string{"acc_a", "acc_b"}}
	cmpOp := func(op ScopeOp, f string, v ...any) *Scope { return &Scope{Op: op, Field: f, Values: v} }
	tests := []struct {
		expr string
		want *Scope
	}{
		{"transaction.account in principal.accounts && transaction.date >= now - duration('2160h')",
			&Scope{Op: OpAnd, Args: []*Scope{cmpOp(OpIn, "account", "acc_a", "acc_b"), cmpOp(OpGe, "date", day("2026-08-25"))}}},
		{"transaction.date > now", cmpOp(OpGt, "date", day("2026-11-22"))},
		{"transaction.date < now", cmpOp(OpLt, "date", day("2026-11-23"))},
		{"transaction.date <= now", cmpOp(OpLe, "date", day("2026-11-22"))},
		{"now >= transaction.date", cmpOp(OpLe, "date", day("2026-11-22"))},
		{"transaction.date == now", Nothing()},
		{"transaction.date != now", nil},
		{"transaction.date >= date('2026-01-01')", cmpOp(OpGe, "date", day("2026-01-01"))},
		{"transaction.date in [date('2026-01-01'), now]", cmpOp(OpIn, "date", day("2026-01-01"))},
		{"'admin' in principal.roles || transaction.currency == 'GBP'", cmpOp(OpEq, "currency", "GBP")},
		{"'reader' in principal.roles || transaction.currency == 'GBP'", nil},
		{"'admin' in principal.roles && transaction.currency == 'GBP'", Nothing()},
		{"'admin' in principal.roles ? true : transaction.direction == 'out'", cmpOp(OpEq, "direction", "out")},
		{"!transaction.pending", &Scope{Op: OpNot, Args: []*Scope{cmpOp(OpEq, "pending", true)}}},
		{"transaction.pending == false", cmpOp(OpEq, "pending", false)},
		{"!(transaction.category in [])", nil},
		{"transaction.category in []", Nothing()},
		{"transaction.category != 'Rent' && (transaction.merchant != 'X' && !transaction.pending)",
			&Scope{Op: OpAnd, Args: []*Scope{cmpOp(OpNe, "category", "Rent"), cmpOp(OpNe, "merchant", "X"),
				{Op: OpNot, Args: []*Scope{cmpOp(OpEq, "pending", true)}}}}},
		{"principal.accounts.size() == 0 || transaction.account == principal.accounts[0]", cmpOp(OpEq, "account", "acc_a")},
		{"transaction.date < timestamp('9999-12-31T12:00:00Z')", nil},
	}
	for _, tt := range tests {
		p := scopePolicy(t, tt.expr)
		got, err := p.Scope("s", who, testNow)
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.expr, diff)
		}
	}
}

// TestScopeRefused lists what SQL could not say, or could say differently.
func TestScopeRefused(t *testing.T) {
	for _, expr := range []string{
		"transaction.merchant.startsWith('A')",
		"transaction.merchant.matches('^A')",
		"transaction.merchant < 'B'",
		"transaction.merchant == transaction.category",
		"transaction.date.getFullYear() == 2026",
		"transaction.date + days(1) > now",
		"principal.accounts.exists(a, a == transaction.account)",
		"[transaction.account].exists(a, a == 'x')",
		"size(transaction.merchant) > 3",
		"has(transaction.merchant)",
		"transaction.pending ? true : false",
		"transaction.account in [transaction.merchant]",
		"'x' in [transaction.merchant]",
		"transaction.pending == (transaction.direction == 'in')",
		"transaction.direction == 'inwards'",
		"transaction.amount > 5",
		"transaction == transaction",
		"history.rows > 5",
		"tool.name == 'x'",
		"args.limit == 5",
		"'yes'",
		"{'a': transaction.pending}['a']",
	} {
		_, err := Compile(Source{Name: "p.yaml", Text: []byte("name: x\nscopes:\n  s: >-\n    " + expr + "\n")}, toolSchemas())
		if err == nil {
			t.Errorf("%s: compiled; want a refusal", expr)
		}
		if err != nil && !strings.Contains(err.Error(), "p.yaml:4:") {
			t.Errorf("%s: no place in %v", expr, err)
		}
	}
}

// TestScopeMeansTheSame generates scopes and rows and compares CEL, which is
// what the author wrote, with the tree, which is what stores enforce.
func TestScopeMeansTheSame(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	who := Principal{Name: "a", Roles: []string{"reader"}, Accounts: []string{"a", "b"}}
	matched, total := 0, 0
	for range 150 {
		expr := randomScope(rnd, 3)
		p := scopePolicy(t, expr)
		tree, err := p.Scope("s", who, testNow)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		for range 60 {
			row := randomRow(rnd)
			want, err := p.ScopeMatches("s", who, testNow, row)
			if err != nil {
				t.Fatalf("%s: %v", expr, err)
			}
			if got := tree.Match(row); got != want {
				t.Fatalf("%s\nrow %+v\ntree says %v, CEL says %v", expr, row, got, want)
			}
			total++
			if want {
				matched++
			}
		}
	}
	if matched < total/10 || matched > total*9/10 {
		t.Errorf("%d of %d rows matched; the generator tests too little", matched, total)
	}
}

func pick[T any](rnd *rand.Rand, list ...T) T { return list[rnd.IntN(len(list))] }

func randomRow(rnd *rand.Rand) Row {
	return Row{
		Account:   pick(rnd, "a", "b", "c"),
		Date:      day("2026-11-20").AddDate(0, 0, rnd.IntN(5)),
		Category:  pick(rnd, "", "Rent", "Food"),
		Merchant:  pick(rnd, "", "A", "Ä'\""),
		Currency:  pick(rnd, "GBP", "EUR"),
		Direction: pick(rnd, "in", "out"),
		Pending:   pick(rnd, true, false),
	}
}

func randomScope(rnd *rand.Rand, depth int) string {
	if depth > 0 && rnd.IntN(3) > 0 {
		a, b := randomScope(rnd, depth-1), randomScope(rnd, depth-1)
		switch rnd.IntN(4) {
		case 0:
			return "(" + a + " && " + b + ")"
		case 1:
			return "(" + a + " || " + b + ")"
		case 2:
			return "!(" + a + ")"
		}
		return fmt.Sprintf("(%s ? %s : %s)", pick(rnd, "'reader' in principal.roles", "principal.name == 'z'"), a, b)
	}
	when := pick(rnd, "now", "now - days(1)", "date('2026-11-22')", "date('2026-11-21') + duration('1ns')", "date('2026-11-23') - duration('1s')")
	return pick(rnd,
		"transaction.account in principal.accounts",
		"transaction.account == principal.accounts[0]",
		"transaction.category in ['Rent', '']",
		"transaction.merchant != 'A'",
		"'EUR' == transaction.currency",
		"transaction.direction == 'in'",
		"transaction.pending",
		"transaction.pending != true",
		"principal.accounts.size() > 5",
		"transaction.date "+pick(rnd, "<", "<=", ">", ">=", "==", "!=")+" "+when,
		when+" "+pick(rnd, "<", "<=", ">", ">=", "==", "!=")+" transaction.date",
		"transaction.date in [date('2026-11-20'), "+when+"]",
	)
}

// TestMatchRefusesMalformed checks that a tree nobody could have meant matches
// nothing, not even under a negation.
func TestMatchRefusesMalformed(t *testing.T) {
	row := Row{Account: "a", Date: day("2026-11-20")}
	for _, s := range []*Scope{
		{}, {Op: "like", Field: "account", Values: []any{"a"}}, {Op: OpEq, Field: "owner", Values: []any{"a"}},
		{Op: OpEq, Field: "account"}, {Op: OpEq, Field: "account", Values: []any{int64(1)}},
		{Op: OpEq, Field: "date", Values: []any{"2026-11-20"}}, {Op: OpLt, Field: "account", Values: []any{"b"}},
		{Op: OpAnd}, {Op: OpOr}, {Op: OpNot}, {Op: OpIn, Field: "owner"}, {Op: OpAnd, Args: []*Scope{nil}},
	} {
		ok := &Scope{Op: OpEq, Field: "account", Values: []any{"a"}}
		for _, tree := range []*Scope{s, {Op: OpNot, Args: []*Scope{s}}, {Op: OpOr, Args: []*Scope{ok, s}}, {Op: OpNot, Args: []*Scope{{Op: OpAnd, Args: []*Scope{ok, s}}}}} {
			if tree.Match(row) {
				t.Errorf("%+v matched", tree)
			}
		}
	}
	if !(*Scope)(nil).Match(row) {
		t.Error("a nil scope restricts")
	}
}
