// Package statement is what every statement format is parsed into: accounts,
// transactions and stated balances, as a stream, with amounts exact and text
// as the source wrote it.
//
// A parser reads UTF-8 text from front to back, hands each thing to a Sink as
// soon as it is complete, keeps no more than one record in memory and refuses
// what it cannot read exactly with an *Error that names line and column and
// never holds a value of the file.
package statement

import (
	"fmt"
	"strconv"

	"github.com/counterfoil/counterfoil/store"
)

// Bounds on what one file may hold, so that no input makes memory grow.
const (
	// MaxRecord bounds one line of CSV, one tag or one run of text, in bytes.
	// The longest record seen in a real statement is 14 kB.
	MaxRecord = 1 << 20
	// MaxText bounds one text field in bytes, before it is redacted: a CAMT
	// entry may repeat its 140 characters of remittance, 10 kB is generous.
	MaxText = 16 << 10
	// MaxFields bounds the columns of a line; the widest shipped profile has 30.
	MaxFields = 512
)

// Account is an account as a file describes it.
type Account struct {
	Number   string // full number or IBAN as the source writes it, "" if it gives none
	Bank     string // sort code, BLZ, routing number or BIC that belongs to Number, "" if none
	Name     string // what to call it, "" if the source has no name for it
	Masked   string // a masked number such as "****1234", shown but not secret
	Kind     string // as store.Account.Kind; "" is "other"
	Currency string // ISO 4217; "" if the source does not say
}

// Transaction is one booking. The strings belong to the receiver; the struct
// itself is reused for the next one.
type Transaction struct {
	Account      int    // what Sink.Account returned
	ID           string // the source's own id, "" if it has none
	Booked       store.Date
	Authorised   store.Date // zero if unknown
	Amount       store.Money
	Original     store.Money // amount in the currency of purchase; zero Currency if same or unknown
	Pending      bool        // announced, not booked
	Transfer     bool        // the source says that it moves between own accounts
	Description  string
	Merchant     string
	Counterparty string
	Memo         string
	Category     string
	MCC          string // ISO 18245
	Corrects     bool   // the source says that it corrects or replaces an earlier booking
	Matched      int    // rules of the profile that set something of it
	Passed       int    // rules of the profile that did not fit it
	Line, Column int    // where the record begins, from 1; Column counts bytes of UTF-8
}

// Balance is what the account held at the end of a day, as the file states it.
type Balance struct {
	Account      int
	Date         store.Date
	Amount       store.Money
	Kind         string // "booked" or "available"
	Line, Column int
}

// Sink receives a file as it is parsed. An error stops the parser, which
// returns it unchanged.
type Sink interface {
	// Account announces an account and returns the number by which transactions
	// and balances name it; the same account announced again has the same one.
	Account(a Account, line, column int) (int, error)
	// Transaction takes one booking; t is only valid during the call.
	Transaction(t *Transaction) error
	Balance(b Balance) error
	// Sums takes what a statement says of itself, at its end and only if it states
	// both an opening and a closing balance.
	Sums(s Sums) error
}

// Discard is a Sink that keeps nothing, for trying a parser.
type Discard struct{}

// Account implements Sink.
func (Discard) Account(Account, int, int) (int, error) { return 0, nil }

// Transaction implements Sink.
func (Discard) Transaction(*Transaction) error { return nil }

// Balance implements Sink.
func (Discard) Balance(Balance) error { return nil }

// Sums implements Sink.
func (Discard) Sums(Sums) error { return nil }

// Error is why a file was refused. Reason is one of a fixed set of sentences
// and never holds anything the file contains.
type Error struct {
	File   string // base name, "" until the importer fills it in
	Line   int    // from 1; 0 if the reason concerns the whole file
	Column int    // from 1 in bytes of the UTF-8 text; 0 if the reason concerns the line
	Reason string
}

// Error returns "file:line:column: reason" without the parts that are unknown.
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at += ":" + strconv.Itoa(e.Line)
		if e.Column > 0 {
			at += ":" + strconv.Itoa(e.Column)
		}
	}
	if at == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: %s", at, e.Reason)
}

// At returns an *Error at a position. It is called with constant reasons
// only: nothing from the file may be formatted into one.
func At(line, column int, reason string) *Error {
	return &Error{Line: line, Column: column, Reason: reason}
}
