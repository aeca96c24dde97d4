package tabular

import (
	"cmp"
	"slices"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// maxDays bounds the account-days whose balance is kept while a file is read,
// 500 years of one account; a file with more states none.
const maxDays = 200_000

// balances turns a balance after each row into one at the end of each day.
// Whether the file runs forwards or backwards is told by its own arithmetic:
// if neither direction adds up throughout, the column is not a running balance
// of these rows (a filtered export, for example) and nothing is stated.
type balances struct {
	runs map[int]*run
	days int
}

// run is the running balance of one account.
type run struct {
	currency  string
	previous  int64 // balance after the previous row
	amount    int64 // of the previous row
	rows      int
	forwards  int // rows that follow from the one above
	backwards int // rows from which the one above follows
	days      map[store.Date]*day
}

// day holds the balance after the first and last row of a date in file order.
type day struct{ first, last statement.Balance }

func (f *file) stated(row []Field, t *statement.Transaction) error {
	i := first(row, f.balance)
	if i < 0 {
		return nil
	}
	m, err := f.parseCell(row, i, t.Amount.Currency)
	if err != nil {
		return err
	}
	f.balances.add(t, m)
	return nil
}

func (b *balances) add(t *statement.Transaction, after store.Money) {
	if b.runs == nil {
		b.runs = map[int]*run{}
	}
	r := b.runs[t.Account]
	if r == nil {
		r = &run{currency: after.Currency, days: map[store.Date]*day{}}
		b.runs[t.Account] = r
	}
	if r.rows > 0 {
		if r.previous+t.Amount.Minor == after.Minor {
			r.forwards++
		}
		if after.Minor+r.amount == r.previous {
			r.backwards++
		}
	}
	if after.Currency != r.currency {
		r.rows = -1 << 40 // several currencies in one column: never consistent
	}
	r.rows++
	r.previous, r.amount = after.Minor, t.Amount.Minor
	b.note(r, t, after)
}

func (b *balances) note(r *run, t *statement.Transaction, after store.Money) {
	state := statement.Balance{Account: t.Account, Date: t.Booked, Amount: after, Kind: "booked", Line: t.Line, Column: t.Column}
	d := r.days[t.Booked]
	switch {
	case d != nil:
		d.last = state
	case b.days < maxDays:
		r.days[t.Booked] = &day{first: state, last: state}
		b.days++
	default:
		r.rows = -1 << 40
	}
}

// emit states the balances of every account whose column adds up.
func (b *balances) emit(sink statement.Sink) error {
	var out []statement.Balance
	for _, r := range b.runs {
		forwards := r.forwards == r.rows-1
		if !forwards && r.backwards != r.rows-1 {
			continue
		}
		for _, d := range r.days {
			if forwards {
				out = append(out, d.last)
			} else {
				out = append(out, d.first)
			}
		}
	}
	slices.SortFunc(out, func(a, b statement.Balance) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Date, b.Date))
	})
	for _, state := range out {
		if err := sink.Balance(state); err != nil {
			return err
		}
	}
	return nil
}
