package storetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/counterfoil/counterfoil/store"
)

// randomFilter sets each condition now and then.
func (m *model) randomFilter(r *rand.Rand) (f store.Filter) {
	some := func() bool { return r.IntN(5) == 0 }
	rarely := func() bool { return r.IntN(25) == 0 }
	if r.IntN(3) == 0 {
		f.Query = pick(r, words) + " " + pick(r, words)[:2] // may cut a character, as a model may
	}
	if some() {
		f.Query = pick(r, words)
	}
	if some() {
		f.Query = "*" + pick(r, []string{"esco", "ESL", "offe", "afé", "card", "ymen", "tesco"}) + pick(r, []string{"", " ref", " *ard", " a1"})
	}
	if some() {
		f.From = randomDay(r)
	}
	if some() {
		f.To = randomDay(r)
	}
	if some() {
		f.Accounts = []string{m.account(r), m.account(r)}
	}
	if some() {
		f.Categories = []string{pick(r, categories), pick(r, categories), "nobody's"}
	}
	if some() {
		f.Merchants = []string{pick(r, merchants), pick(r, merchants)}
	}
	if some() {
		f.MinAmount = &store.Decimal{Unscaled: r.Int64N(3000) - 100, Scale: uint8(r.IntN(5))}
	}
	if some() {
		f.MaxAmount = &store.Decimal{Unscaled: r.Int64N(30000) - 100, Scale: uint8(r.IntN(5))}
	}
	if some() {
		f.Direction = pick(r, []store.Direction{store.In, store.Out})
	}
	if some() {
		f.Pending = new(bool)
		*f.Pending = r.IntN(2) == 0
	}
	f.Uncategorized, f.ExcludeTransfers = rarely(), some()
	if r.IntN(2) == 0 {
		f.Scope = m.randomScope(r, 3)
	}
	return f
}

func (m *model) account(r *rand.Rand) string {
	id, ok := m.names[string(key("account", pick(r, accounts)))]
	if !ok || r.IntN(10) == 0 {
		return "acc_2222222222222222"
	}
	return id
}

func (m *model) randomScope(r *rand.Rand, depth int) *store.Predicate {
	if depth > 0 && r.IntN(2) == 0 {
		p := &store.Predicate{Op: pick(r, []string{"and", "or", "not"})}
		n := 1
		if p.Op != "not" {
			n += r.IntN(3)
		}
		for range n {
			p.Args = append(p.Args, m.randomScope(r, depth-1))
		}
		return p
	}
	p := &store.Predicate{Field: pick(r, []string{"account", "date", "category", "merchant", "currency", "direction", "pending"})}
	ops := []string{"eq", "ne", "in", "lt", "le", "gt", "ge"}
	if p.Field == "direction" || p.Field == "pending" {
		ops = ops[:3]
	}
	p.Op = pick(r, ops)
	n := 1
	if p.Op == "in" {
		n = r.IntN(4)
	}
	for range n {
		var value any
		switch p.Field {
		case "account":
			value = m.account(r)
		case "date":
			value = randomDay(r)
		case "category":
			value = pick(r, append([]string{"m"}, categories...))
		case "merchant":
			value = pick(r, append([]string{"T"}, merchants...))
		case "currency":
			value = pick(r, currencies)
		case "direction":
			value = pick(r, []string{"in", "out"})
		case "pending":
			value = r.IntN(2) == 0
		}
		p.Values = append(p.Values, value)
	}
	return p
}

// describe shows a filter with what its pointers point to.
func describe(f store.Filter) string {
	text := fmt.Sprintf("%+v", f)
	if f.MinAmount != nil {
		text += " min " + f.MinAmount.String()
	}
	if f.MaxAmount != nil {
		text += " max " + f.MaxAmount.String()
	}
	if f.Pending != nil {
		text += fmt.Sprint(" pending ", *f.Pending)
	}
	return text + " scope " + tree(f.Scope)
}

func tree(p *store.Predicate) string {
	if p == nil {
		return "none"
	}
	text := "(" + p.Op + " " + p.Field
	for _, v := range p.Values {
		text += fmt.Sprintf(" %v", v)
	}
	for _, arg := range p.Args {
		text += " " + tree(arg)
	}
	return text + ")"
}
