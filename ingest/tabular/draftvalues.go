package tabular

import (
	"bytes"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// layouts are the date forms that a draft tries.
var layouts = []string{
	"YYYY-MM-DD", "YYYY-MM-DD*", "YYYY/MM/DD", "YYYY/MM/DD*", "YYYY.MM.DD", "YYYYMMDD",
	"DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "DD/MM/YY", "MM/DD/YY", "DD.MM.YY", "DD-MM-YY", "MM-DD-YY",
	"DD MMM YYYY", "DD-MMM-YYYY", "DD MMM YY", "DD-MMM-YY", "MMM DD, YYYY", "DD/MM/YYYY*", "MM/DD/YYYY*", "DD.MM.YYYY*", "DD-MM-YYYY*",
}

// layoutsOf are the forms in which a text is a date.
func layoutsOf(text []byte) (fit []string) {
	for _, notation := range layouts {
		if l, err := statement.ParseLayout(notation); err == nil {
			if _, ok := l.Parse(text); ok {
				fit = append(fit, notation)
			}
		}
	}
	return fit
}

// notations are how amounts are written, likelier ones first. A space stands
// for apostrophes and no-break spaces too.
var notationsOf = []struct{ point, group string }{{".", ","}, {",", "."}, {",", " "}, {".", " "}}

func readsAs(text []byte, point, group string) bool {
	_, reason := statement.Decimals{Point: point[0], Group: group[0]}.Parse(statement.UnitOf(text).Number, "EUR")
	return reason == ""
}

// isAmount reports whether a text is an amount in some notation.
func isAmount(text []byte) bool {
	for _, n := range notationsOf {
		if readsAs(text, n.point, n.group) {
			return true
		}
	}
	return false
}

// maxIgnored bounds the words in the date column that a draft lists as no
// bookings; a file with more is not understood.
const maxIgnored = 5

// dates finds the date column and its form, and returns the rows that have a
// date. The others are listed as no bookings if that can be told by a word.
func (d *Draft) dates(rows [][]Field) (dated [][]Field) {
	c := d.dateColumn(rows)
	if c == nil {
		d.ask("columns.date", "Which column has the booking date?", d.Columns...)
		d.ask("date", "How are dates written?")
		return rows
	}
	d.Profile.Columns.Date = List{c.ref}
	var fit []string
	for _, row := range rows {
		text := statement.Trim(cell(row, c.index))
		forms := layoutsOf(text)
		if len(forms) == 0 {
			d.noBooking(c, text)
			continue
		}
		if dated = append(dated, row); len(dated) == 1 {
			fit = forms
		}
		fit = slices.DeleteFunc(fit, func(s string) bool { return !slices.Contains(forms, s) })
	}
	// "…*" only matters if the form without it does not fit.
	fit = slices.DeleteFunc(fit, func(s string) bool {
		plain, wild := strings.CutSuffix(s, "*")
		return wild && slices.Contains(fit, plain)
	})
	if len(fit) == 1 {
		d.Profile.Date = fit
	} else {
		d.ask("date", "How are dates written?", fit...)
	}
	return dated
}

// noBooking lists a row without a date: by its blank, or by the word there.
func (d *Draft) noBooking(c *column, text []byte) {
	p, word := d.Profile, statement.Clean(text)
	if word == "" {
		p.Footer = true
		return
	}
	if len(p.Ignore) == 0 {
		p.Ignore = []Match{{Column: c.ref}}
	}
	if v := &p.Ignore[0].Values; len(*v) < maxIgnored && !slices.Contains(*v, word) {
		*v = append(*v, word)
	}
}

// unpaid lists rows that have a date and no amount, such as the balance carried
// over, by their text, if no row with an amount has the same.
func (d *Draft) unpaid(rows [][]Field) {
	p := d.Profile
	text := d.find(slices.Concat(p.Columns.Description, p.Columns.Counterparty))
	paid := d.find(slices.Concat(p.Columns.Amount, p.Columns.Debit, p.Columns.Credit))
	if len(text) == 0 || len(paid) == 0 {
		return
	}
	var words, others List
	for _, row := range rows {
		word := statement.Clean(cell(row, text[0]))
		if first(row, paid) >= 0 {
			others = append(others, word)
		} else if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" || slices.Contains(others, s) })
	if len(words) > 0 && len(words) <= maxIgnored {
		p.Ignore = append(p.Ignore, Match{Column: d.columns[text[0]].ref, Values: words})
	}
}

// find returns the indexes of columns.
func (d *Draft) find(refs List) (at []int) {
	for _, ref := range refs {
		for _, c := range d.columns {
			if c.ref == ref {
				at = append(at, c.index)
				break
			}
		}
	}
	return at
}

// dateColumn is the first whose name says date and whose values mostly are;
// without such a name the first whose values mostly are.
func (d *Draft) dateColumn(rows [][]Field) *column {
	var found *column
	for i := range d.columns {
		c := &d.columns[i]
		c.fill(rows)
		good := 0
		for _, s := range c.samples {
			if len(layoutsOf(s)) > 0 {
				good++
			}
		}
		if good == 0 || 2*good < len(c.samples) {
			continue
		}
		if said(c.name, dateWords) && !said(c.name, valueWords) {
			return c
		}
		if found == nil {
			found = c
		}
	}
	return found
}

// amounts tells the notation and the signs of the amount columns.
func (d *Draft) amounts() {
	p := d.Profile
	d.amountColumns()
	var samples, debits [][]byte
	for _, c := range d.columns {
		switch {
		case slices.Contains(p.Columns.Debit, c.ref):
			debits = append(debits, c.samples...)
			fallthrough
		case slices.Contains(p.Columns.Amount, c.ref), slices.Contains(p.Columns.Credit, c.ref):
			samples = append(samples, c.samples...)
		}
	}
	if len(samples) == 0 {
		return
	}
	d.notation(samples)
	if slices.ContainsFunc(debits, negative) {
		p.Sides = "signed"
	}
	d.settle()
	if len(p.Columns.Amount) > 0 && !slices.ContainsFunc(samples, negative) && !d.direction() {
		d.ask("sign", "No amount has a minus. Are positive amounts money in (as_is) or out (negate)? Or name a direction column.", "as_is", "negate")
	}
}

// settle leaves out a balance that is written otherwise than the amounts, and
// lists the words that announce a booking.
func (d *Draft) settle() {
	p := d.Profile
	for _, c := range d.columns {
		if p.Decimal != "" && slices.Contains(p.Columns.Balance, c.ref) && !c.all(func(b []byte) bool { return readsAs(b, p.Decimal, p.Group) }) {
			p.Columns.Balance = nil
		}
		for _, word := range announced {
			if slices.ContainsFunc(c.samples, func(b []byte) bool { return strings.EqualFold(string(b), word) }) {
				p.Pending = append(p.Pending, Match{Column: c.ref, Values: List{word}})
			}
		}
	}
}

// announced are the words of a status column for what is not booked yet.
var announced = []string{"Pending", "Vorgemerkt", "Umsatz vorgemerkt", "Venter", "Reserverat", "In attesa", "Pendiente", "En attente"}

func negative(b []byte) bool {
	u := statement.UnitOf(b)
	return u.Side != 0 || bytes.ContainsAny(u.Number, "-(−–")
}

// notation takes the one that reads all samples; of several with the same point
// the likeliest, because the file has no thousands.
func (d *Draft) notation(samples [][]byte) {
	p, points := d.Profile, map[string]bool{}
	for i := len(notationsOf) - 1; i >= 0; i-- {
		n := notationsOf[i]
		if !slices.ContainsFunc(samples, func(b []byte) bool { return !readsAs(b, n.point, n.group) }) {
			p.Decimal, p.Group = n.point, n.group
			points[n.point] = true
		}
	}
	if len(points) != 1 {
		p.Decimal, p.Group = "", ""
		d.ask("decimal", "What stands before the decimals?", ".", ",")
	}
}

// marks are pairs of words for money in and out.
var marks = []struct{ in, out string }{
	{"C", "D"}, {"CR", "DR"}, {"Credit", "Debit"}, {"CRDT", "DBIT"}, {"H", "S"}, {"Haben", "Soll"}, {"Bij", "Af"}, {"Credit", "Debet"}, {"In", "Out"}, {"收入", "支出"}, {"+", "-"},
}

// direction finds a column that says which way the money went.
func (d *Draft) direction() bool {
	for _, c := range d.columns {
		for _, m := range marks {
			if c.all(func(b []byte) bool { return strings.EqualFold(string(b), m.in) || strings.EqualFold(string(b), m.out) }) {
				d.Profile.Direction = &Choice{Column: c.ref, In: List{m.in}, Out: List{m.out}}
				return true
			}
		}
	}
	return false
}

// currency takes what a column, the amounts or their column's name say.
func (d *Draft) currency() {
	p := d.Profile
	if len(p.Columns.Currency) == 0 {
		p.Columns.Currency = d.codes()
	}
	if len(p.Columns.Currency) > 0 {
		return
	}
	found := map[string]bool{}
	for _, c := range d.columns {
		if !slices.Contains(slices.Concat(p.Columns.Amount, p.Columns.Debit, p.Columns.Credit), c.ref) {
			continue
		}
		found[currencyIn(c.ref)] = true
		for _, s := range c.samples {
			found[statement.UnitOf(s).Code] = true
		}
	}
	delete(found, "")
	for code := range found {
		if _, ok := store.Exponent(code); ok && len(found) == 1 {
			p.Currency = code
			return
		}
	}
	d.ask("currency", "Which currency are the amounts in (ISO 4217)?")
}

// codes is the one column that has nothing but currency codes, whatever its name.
func (d *Draft) codes() (found List) {
	for _, c := range d.columns {
		if c.ref != "" && c.blank == 0 && c.all(func(b []byte) bool { _, ok := store.Exponent(string(b)); return ok }) {
			found = append(found, c.ref)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}

// euros are the words that columns are called by: "Débit euros", "Määrä EUROA".
var euros = []string{"euro", "euros", "euroa"}

// currencyIn finds a currency in a column's name: "Betrag (€)", "Amount EUR".
func currencyIn(name string) string {
	if code := statement.SymbolIn(name); code != "" {
		return code
	}
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" ()[]/.,:$_-", r) }) {
		if slices.Contains(euros, strings.ToLower(word)) {
			return "EUR"
		}
		if _, ok := store.Exponent(currencyCode(word)); ok && (word == strings.ToUpper(word)) {
			return currencyCode(word)
		}
	}
	return ""
}
