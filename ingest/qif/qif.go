// Package qif reads Quicken Interchange Format: lines of a letter and a value,
// records ended by "^", sections headed by "!".
//
// The format says neither currency nor the order of day and month nor which
// character is the decimal point. The currency is an option. The other two are
// told from the whole file before it is parsed: a number over 12, or, if there
// is none, the order in which dates rise or fall throughout; a file that fits
// both readings is refused until the order is named.
//
// Bank, cash, card and other asset or liability sections are read, investment
// sections refused, lists (categories, classes, securities) skipped.
package qif

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Kind is the source kind of QIF rows.
const Kind = "qif"

// Reasons for which a file is refused.
const (
	reasonNone       = "no transactions section in this file"
	reasonInvestment = "investment sections of QIF are not supported"
	reasonEOF        = "file ends inside a record"
	reasonNoAmount   = "record has no amount"
	reasonNoDate     = "record has no date"
	reasonOrder      = "dates can be read day first or month first; say which"
	reasonPoint      = "amounts are partly written with a decimal point and partly with a comma"
	reasonOther      = "amount is marked with another currency than the one that was named"
	reasonCurrency   = "QIF does not say its currency; name it"
	reasonLong       = "value is longer than the limit"
)

// Options are what a file cannot say.
type Options struct {
	Currency string // ISO 4217
	Order    string // "dmy", "mdy" or "ymd"; "" tells it from the file
	point    byte
}

// kinds maps section names to store kinds.
var kinds = map[string]string{
	"bank": "checking", "ccard": "card", "cash": "other", "oth a": "other", "oth l": "loan",
}

// Parse reads a file of UTF-8 text with the options that Learn returned.
func Parse(src io.Reader, opts Options, sink statement.Sink) error {
	p := parser{lines: statement.NewLines(src), opts: opts, sink: sink}
	p.decimals = statement.Decimals{Point: '.', Group: ','}
	if opts.point == ',' {
		p.decimals = statement.Decimals{Point: ',', Group: '.'}
	}
	if _, ok := store.Exponent(opts.Currency); !ok {
		return statement.At(0, 0, reasonCurrency)
	}
	for {
		line, err := p.lines.Next()
		if errors.Is(err, io.EOF) {
			return p.finish()
		}
		if err == nil {
			err = p.line(line)
		}
		if err != nil {
			return err
		}
	}
}

// section is what the records at hand are.
type section uint8

const (
	outside section = iota
	transactions
	accounts
	lists
)

type parser struct {
	lines    *statement.Lines
	opts     Options
	decimals statement.Decimals
	sink     statement.Sink
	section  section
	sections int
	account  statement.Account
	known    bool
	index    int
	open     bool // inside a record
	dated    bool
	paid     bool
	tx       statement.Transaction
	splits   []byte
}

func (p *parser) line(line []byte) error {
	line = statement.Trim(line)
	switch {
	case len(line) == 0:
		return nil
	case len(line) > statement.MaxText:
		return statement.At(p.lines.Number(), 0, reasonLong)
	case line[0] == '!':
		return p.header(strings.ToLower(string(statement.Trim(line[1:]))))
	case line[0] == '^':
		return p.end()
	case p.section == accounts:
		p.describeAccount(line[0], line[1:])
	case p.section == transactions:
		return p.field(line[0], line[1:])
	}
	return nil
}

// header begins a section.
func (p *parser) header(name string) error {
	if p.open {
		return statement.At(p.lines.Number(), 0, reasonEOF)
	}
	kind, isType := strings.CutPrefix(name, "type:")
	kind = strings.TrimSpace(kind)
	switch {
	case name == "account":
		p.section = accounts
		p.account, p.known = statement.Account{}, false
	case !isType:
		// !Option, !Clear: say nothing about records
	case kind == "invst":
		return statement.At(p.lines.Number(), 0, reasonInvestment)
	case kinds[kind] != "":
		p.section = transactions
		p.sections++
		p.account.Kind, p.known = kinds[kind], false
	default:
		p.section = lists
	}
	return nil
}

func (p *parser) describeAccount(letter byte, value []byte) {
	switch letter {
	case 'N':
		p.account.Name = statement.Clean(value)
	case 'T':
		p.account.Kind = kinds[strings.ToLower(statement.Clean(value))]
	}
}

// field files one line of a record.
func (p *parser) field(letter byte, value []byte) error {
	t := &p.tx
	if !p.open {
		*t = statement.Transaction{Line: p.lines.Number(), Column: 1}
		p.open, p.dated, p.paid, p.splits = true, false, false, p.splits[:0]
	}
	switch letter {
	case 'D':
		date, ok := readDate(value, p.opts.Order)
		if !ok {
			return statement.At(p.lines.Number(), 2, statement.ReasonDate)
		}
		t.Booked, p.dated = date, true
	case 'T', 'U':
		u := statement.UnitOf(value)
		m, reason := p.decimals.Parse(u.Number, p.opts.Currency)
		if reason == "" && !u.Fits(p.opts.Currency) {
			reason = reasonOther
		}
		if reason != "" {
			return statement.At(p.lines.Number(), 2, reason)
		}
		if u.Side != 0 {
			m.Minor = u.Side * max(m.Minor, -m.Minor)
		}
		t.Amount, p.paid = m, true
	case 'P':
		t.Description = statement.Clean(value)
	case 'M':
		t.Memo = statement.Clean(value)
	case 'L':
		p.category(statement.Clean(value))
	case 'S', 'E', '$':
		if len(p.splits)+len(value) < statement.MaxText {
			p.splits = append(append(p.splits, value...), ' ')
		}
	}
	return nil
}

// category reads "L": a category with an optional class, or in brackets the
// own account that the money came from or went to.
func (p *parser) category(s string) {
	if len(s) > 2 && s[0] == '[' {
		name, _, _ := strings.Cut(s[1:], "]")
		p.tx.Transfer = true
		p.tx.Counterparty = name
		return
	}
	if strings.EqualFold(s, "--Split--") {
		return
	}
	s, _, _ = strings.Cut(s, "/")
	p.tx.Category = s
}

// end closes a record.
func (p *parser) end() error {
	if p.section != transactions || !p.open {
		return nil
	}
	p.open = false
	t := &p.tx
	switch {
	case !p.dated:
		return statement.At(t.Line, 0, reasonNoDate)
	case !p.paid:
		return statement.At(t.Line, 0, reasonNoAmount)
	}
	if err := p.announce(); err != nil {
		return err
	}
	if t.Description == "" {
		t.Description, t.Memo = t.Memo, ""
	}
	t.Memo = statement.Join(" · ", t.Memo, statement.Clean(p.splits))
	t.Account = p.index
	return p.sink.Transaction(t)
}

func (p *parser) announce() error {
	if p.known {
		return nil
	}
	a := p.account
	if a.Name == "" {
		a.Name = "Quicken " + a.Kind
	}
	a.Currency = p.opts.Currency
	index, err := p.sink.Account(a, p.tx.Line, 1)
	p.index, p.known = index, true
	return err
}

func (p *parser) finish() error {
	if p.open {
		return statement.At(p.tx.Line, 0, reasonEOF)
	}
	if p.sections == 0 {
		return statement.At(0, 0, reasonNone)
	}
	return nil
}

// Detect reports whether a file's beginning has a QIF header.
func Detect(head []byte) bool {
	for line := range bytes.Lines(head[:min(len(head), 4096)]) {
		line = bytes.ToLower(statement.Trim(line))
		if len(line) == 0 {
			continue
		}
		return bytes.HasPrefix(line, []byte("!type:")) || bytes.HasPrefix(line, []byte("!account")) || bytes.HasPrefix(line, []byte("!option:"))
	}
	return false
}
