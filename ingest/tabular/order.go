package tabular

import (
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// ordered reports whether rows tell that the profile's order of day and month
// is the right one: read the other way round some date is not in the calendar,
// or the dates are no longer in order, or all mean the same day. It matters for
// columns that banks of several countries write (Profile.Shared).
func (p *Profile) ordered(header []Field, rows [][]Field) bool {
	b, err := p.bind(header)
	if err != nil {
		return false
	}
	other := p.turned()
	var one, two dates
	same := true
	for _, row := range rows {
		i := first(row, b.date)
		if i < 0 {
			continue
		}
		text := row[i].Text
		date, ok := readDate(p.layouts, text)
		if !ok {
			continue
		}
		turned, ok := readDate(other, text)
		if !ok {
			return true
		}
		same = same && date == turned
		one.add(date)
		two.add(turned)
	}
	return same || one.sorted() && !two.sorted()
}

// turned are the profile's layouts with day and month changed over.
func (p *Profile) turned() (out []statement.Layout) {
	swap := strings.NewReplacer("MMM", "MMM", "DD", "MM", "MM", "DD")
	for _, notation := range p.Date {
		if l, err := statement.ParseLayout(swap.Replace(notation)); err == nil {
			out = append(out, l)
		}
	}
	return out
}

func readDate(layouts []statement.Layout, text []byte) (store.Date, bool) {
	for _, l := range layouts {
		if date, ok := l.Parse(text); ok {
			return date, true
		}
	}
	return 0, false
}

// dates is a run of dates and whether it rises or falls.
type dates struct {
	last       store.Date
	rose, fell bool // some date is later, earlier than the one before
	some       bool
}

func (d *dates) add(date store.Date) {
	if d.some {
		d.rose = d.rose || date > d.last
		d.fell = d.fell || date < d.last
	}
	d.last, d.some = date, true
}

func (d *dates) sorted() bool { return !(d.rose && d.fell) }
