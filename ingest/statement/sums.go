package statement

import "github.com/counterfoil/counterfoil/store"

// Sums is what a statement says of itself: what the account held before and
// after it, and what its bookings come to, all in one currency. Announcements
// and entries that only inform move nothing and are not in it.
type Sums struct {
	Account                    int // what Sink.Account returned
	Opening, Bookings, Closing store.Money
	Line, Column               int // where the closing balance begins
}

// Agree reports whether the bookings lead from the opening balance to the
// closing one. If they do not, bookings are missing or changed.
func (s Sums) Agree() bool {
	sum, err := store.AddMinor(s.Opening.Minor, s.Bookings.Minor)
	return err == nil && sum == s.Closing.Minor
}

// Ledger adds up one statement. Its zero value is that of an empty one.
type Ledger struct {
	sums               Sums
	openings, closings int
	lost               bool // bookings in several currencies, or beyond the exact range
}

// Open notes an opening balance.
func (l *Ledger) Open(m store.Money) {
	l.sums.Opening = m
	l.openings++
}

// Book notes a booking.
func (l *Ledger) Book(m store.Money) {
	b := &l.sums.Bookings
	sum, err := store.AddMinor(b.Minor, m.Minor)
	if err != nil || b.Currency != "" && b.Currency != m.Currency {
		l.lost = true
	}
	*b = store.Money{Minor: sum, Currency: m.Currency}
}

// Close notes a closing balance and where it begins.
func (l *Ledger) Close(m store.Money, line, column int) {
	l.sums.Closing, l.sums.Line, l.sums.Column = m, line, column
	l.closings++
}

// Sums returns the sums of a statement that states one opening and one closing
// balance, in the currency of its bookings. Of others nothing can be said.
func (l *Ledger) Sums(account int) (s Sums, ok bool) {
	s = l.sums
	s.Account = account
	if s.Bookings.Currency == "" {
		s.Bookings.Currency = s.Opening.Currency
	}
	currency := s.Opening.Currency
	return s, l.openings == 1 && l.closings == 1 && !l.lost && s.Bookings.Currency == currency && s.Closing.Currency == currency
}
