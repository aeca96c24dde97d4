// Package mt reads customer statements (MT940) and interim reports (MT942) as
// SWIFT defines them (Category 9, Standards MT) and as banks write them: with
// or without the envelope of blocks, wrapped anywhere, with fields of their
// own.
//
// Of an entry (:61:) the entry date is the booking date, or the value date
// where there is none; a reversal of a credit is money out. What follows it
// (:86:) is read in the German structure (?20), in the SEPA slash structure
// (/REMI/) or as plain text.
package mt

import (
	"bytes"
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Kind is the source kind of MT rows.
const Kind = "mt940"

// Reasons for which a file is refused.
const (
	reasonNone     = "no statement in this file"
	reasonEntry    = "entry (:61:) is not in the expected form"
	reasonAccount  = "entry or balance before the account (:25:)"
	reasonCurrency = "entry before a balance (:60F:) or limit (:34F:) that names the currency"
	reasonBalance  = "balance is not in the expected form"
	reasonLong     = "field is longer than the limit"
	reasonOrder    = "account (:25:) in the middle of a statement"
	reasonNoNumber = "account (:25:) is empty"
	reasonCut      = "file ends before the closing balance (:62F:) of its last statement"
	reasonHead     = "file ends before the opening balance (:60F:) of its last statement"
)

// tags are the fields of MT940 and MT942 and the ones banks add. A line that
// begins with any other :NN: is text: times of day are wrapped like this.
var tags = map[string]bool{
	"20": true, "21": true, "25": true, "25P": true, "28": true, "28C": true, "60F": true, "60M": true, "61": true,
	"62F": true, "62M": true, "64": true, "65": true, "86": true, "NS": true, "13": true, "13D": true, "34F": true,
	"90C": true, "90D": true, "940": true, "942": true,
}

// Parse reads the messages of UTF-8 text.
func Parse(src io.Reader, sink statement.Sink) error {
	p := parser{lines: statement.NewLines(src), sink: sink}
	for {
		line, err := p.lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.line(line)
		}
		if err != nil {
			return err
		}
	}
	if err := p.flush(); err != nil {
		return err
	}
	if err := p.close(); err != nil {
		return err
	}
	if p.accounts == 0 {
		return statement.At(0, 0, reasonNone)
	}
	switch {
	case p.open:
		return statement.At(p.lines.Number(), 0, reasonCut)
	case p.begun:
		return statement.At(p.lines.Number(), 0, reasonHead)
	}
	return nil
}

// parser collects the lines of one field, then handles it.
type parser struct {
	lines    *statement.Lines
	sink     statement.Sink
	accounts int

	tag   string
	first int // line on which the field begins
	field []byte
	ends  []int // ends of the field's lines in field

	account   statement.Account
	line25    int
	announced bool
	index     int
	currency  string
	begun     bool // between the head of a statement and its first balance or limit
	open      bool // between an opening and its closing balance
	ledger    statement.Ledger

	pending bool // an entry waits for its :86:
	tx      statement.Transaction
	detail  []byte // supplementary details of :61:
}

// line adds a line to the field at hand or begins another.
func (p *parser) line(line []byte) error {
	tag, rest := splitTag(line)
	switch {
	case tag != "":
		if err := p.flush(); err != nil {
			return err
		}
		p.tag, p.first = tag, p.lines.Number()
		p.field, p.ends = p.field[:0], p.ends[:0]
		line = rest
	case p.tag == "":
		return nil // envelope, or before the first field
	case bytes.HasPrefix(line, []byte("-}")) || len(line) == 1 && line[0] == '-' || bytes.HasPrefix(line, []byte("{")):
		err := p.flush()
		p.tag = ""
		return err
	}
	if len(p.field)+len(line) > statement.MaxText {
		return statement.At(p.lines.Number(), 0, reasonLong)
	}
	p.field = append(p.field, line...)
	p.ends = append(p.ends, len(p.field))
	return nil
}

// splitTag returns the known tag that a line begins with and the rest.
func splitTag(line []byte) (tag string, rest []byte) {
	if i := bytes.Index(line, []byte("{4:")); i >= 0 && len(line) > 0 && line[0] == '{' {
		line = line[i+3:]
	}
	if len(line) < 4 || line[0] != ':' {
		return "", nil
	}
	end := bytes.IndexByte(line[1:min(len(line), 5)], ':')
	if end < 0 || !tags[string(line[1:1+end])] {
		return "", nil
	}
	return string(line[1 : 1+end]), line[2+end:]
}

// flush handles the field at hand.
func (p *parser) flush() error {
	tag := p.tag
	p.tag = ""
	if tag == "25" && p.pending && structured(p.field) {
		tag = "86" // mistyped, as one bank's files have it
	}
	if tag != "86" && tag != "NS" && tag != "" {
		if err := p.close(); err != nil {
			return err
		}
	}
	switch tag {
	case "20":
		p.begun = true
		p.account, p.announced, p.currency, p.ledger = statement.Account{}, false, "", statement.Ledger{}
	case "25", "25P":
		return p.identify()
	case "60F", "60M", "34F":
		p.begun = false
		return p.opening(tag)
	case "61":
		return p.entry()
	case "86":
		if p.pending {
			p.describe()
			return p.close()
		}
	case "NS":
		if p.pending {
			p.nonSwift()
		}
	case "64":
		p.begun, p.open = false, false
		return p.balance("available")
	case "62F":
		p.begun, p.open = false, false
		if err := p.balance("booked"); err != nil {
			return err
		}
		return p.add()
	case "62M":
		p.begun, p.open = false, false
		return p.add()
	}
	return nil
}

// add hands over the sums of a statement, or of the part that ends with an
// intermediate balance.
func (p *parser) add() error {
	if m, ok := p.stated(); ok {
		p.ledger.Close(m, p.first, 1)
	}
	sums, ok := p.ledger.Sums(p.index)
	p.ledger = statement.Ledger{}
	if !ok || !p.announced {
		return nil
	}
	return p.sink.Sums(sums)
}

// stated reads the balance of a field for the sums only: what is wrong with it
// is not said here.
func (p *parser) stated() (m store.Money, ok bool) {
	side, _, currency, amount, ok := p.splitBalance()
	if !ok {
		return store.Money{}, false
	}
	m, reason := decimals.Parse(amount, currency)
	if side == 'D' {
		m.Minor = -m.Minor
	}
	return m, reason == ""
}

// part returns the n-th line of the field.
func (p *parser) part(n int) []byte {
	if n >= len(p.ends) {
		return nil
	}
	start := 0
	if n > 0 {
		start = p.ends[n-1]
	}
	return p.field[start:p.ends[n]]
}

func (p *parser) identify() error {
	if p.currency != "" {
		return statement.At(p.first, 0, reasonOrder)
	}
	number := statement.Clean(p.part(0))
	if number == "" {
		return statement.At(p.first, 0, reasonNoNumber)
	}
	p.account = statement.Account{Number: number, Kind: "checking", Name: "Account"}
	p.line25, p.announced, p.begun = p.first, false, true
	p.accounts++
	return nil
}

// opening takes the currency from an opening balance or floor limit.
func (p *parser) opening(tag string) error {
	if tag == "34F" {
		if len(p.field) < 3 {
			return statement.At(p.first, 0, reasonBalance)
		}
		p.currency = string(p.field[:3])
		return nil
	}
	_, _, currency, _, ok := p.splitBalance()
	if !ok {
		return statement.At(p.first, 0, reasonBalance)
	}
	p.currency, p.open, p.ledger = currency, true, statement.Ledger{}
	if m, ok := p.stated(); ok {
		p.ledger.Open(m)
	}
	return nil
}

// splitBalance reads "C" or "D", YYMMDD, currency, amount.
func (p *parser) splitBalance() (side byte, date []byte, currency string, amount []byte, ok bool) {
	b := statement.Trim(p.part(0))
	if len(b) < 11 || b[0] != 'C' && b[0] != 'D' {
		return 0, nil, "", nil, false
	}
	if b[7] <= '9' && p.currency != "" {
		return b[0], b[1:7], p.currency, b[7:], true // left out: it is the opening balance's
	}
	return b[0], b[1:7], string(b[7:10]), b[10:], true
}

func (p *parser) balance(kind string) error {
	side, text, currency, amount, ok := p.splitBalance()
	if !ok {
		return statement.At(p.first, 0, reasonBalance)
	}
	date, ok := shortDate(text)
	if !ok {
		return statement.At(p.first, 0, statement.ReasonDate)
	}
	m, reason := decimals.Parse(amount, currency)
	if reason != "" {
		return statement.At(p.first, 0, reason)
	}
	if side == 'D' {
		m.Minor = -m.Minor
	}
	if p.currency == "" {
		p.currency = currency
	}
	if err := p.announce(); err != nil {
		return err
	}
	return p.sink.Balance(statement.Balance{Account: p.index, Date: date, Amount: m, Kind: kind, Line: p.first, Column: 1})
}

var decimals = statement.Decimals{Point: ','}

// announce tells the sink about the account, once per message.
func (p *parser) announce() error {
	if p.announced {
		return nil
	}
	if p.account.Number == "" {
		return statement.At(p.first, 0, reasonAccount)
	}
	p.account.Currency = p.currency
	index, err := p.sink.Account(p.account, p.line25, 5)
	p.index, p.announced = index, true
	return err
}

// close hands over the entry at hand.
func (p *parser) close() error {
	if !p.pending {
		return nil
	}
	p.pending = false
	if p.tx.Description == "" {
		p.tx.Description = statement.Clean(p.detail)
	}
	if !p.tx.Pending {
		p.ledger.Book(p.tx.Amount)
	}
	return p.sink.Transaction(&p.tx)
}

// shortDate reads YYMMDD. German banks compute interest in months of thirty
// days and date it 30 February, which is its last day.
func shortDate(b []byte) (store.Date, bool) {
	if len(b) != 6 {
		return 0, false
	}
	var n [3]int
	for i, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n[i/2] = n[i/2]*10 + int(c-'0')
	}
	year := 2000 + n[0]
	if n[0] >= statement.Pivot {
		year -= 100
	}
	return lastOfFebruary(year, n[1], n[2])
}

func lastOfFebruary(year, month, day int) (store.Date, bool) {
	if month == 2 && (day == 29 || day == 30) {
		if date, ok := statement.Civil(year, 2, 29); ok {
			return date, true
		}
		return statement.Civil(year, 2, 28)
	}
	return statement.Civil(year, month, day)
}
