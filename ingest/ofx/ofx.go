// Package ofx reads statements in Open Financial Exchange, versions 1.0.2 to
// 1.6 (SGML: leaf elements need no closing tag) and 2.0 to 2.3 (XML), and in
// Quicken's QFX, which is OFX with tags of its own.
//
// Source: OFX 1.6 and 2.2 specifications, chapters 11 (banking) and 13
// (investments). Of an investment account only what moves cash is read:
// INVBANKTRAN, INVBUY, INVSELL, INCOME, INVEXPENSE, RETOFCAP, MARGININTEREST.
package ofx

import (
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/markup"
	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Kind is the source kind of OFX rows.
const Kind = "ofx"

// Reasons for which a file is refused.
const (
	reasonNone     = "no account statement in this file"
	reasonRefused  = "the bank's answer in this file is an error message, not a statement"
	reasonEOF      = "file ends before </OFX>"
	reasonDepth    = "elements are nested deeper than the limit"
	reasonNoAmount = "transaction has no amount"
	reasonNoDate   = "transaction has no posting date"
	reasonNoNumber = "statement does not say which account it is for"
	reasonLong     = "value is longer than the limit"
	reasonBalance  = "balance has no amount or date"
	reasonCurrency = "statement does not say its currency (CURDEF)"
	reasonLate     = "currency (CURDEF) stands behind bookings or balances"
)

// Parse reads one OFX document of UTF-8 text. Currency (ISO 4217) is that of
// statements which do not say theirs; "" refuses them.
func Parse(src io.Reader, currency string, sink statement.Sink) error {
	p := parser{r: markup.NewReader(src), currency: currency, sink: sink}
	var t markup.Token
	for {
		err := p.r.Next(&t)
		if errors.Is(err, io.EOF) {
			return p.finish(t.Line)
		}
		if err == nil {
			err = p.token(&t)
		}
		if err != nil {
			return err
		}
	}
}

// parser turns tokens into elements. A Start stays undecided in open until
// what follows tells whether it is a leaf (text, or its own end) or an
// aggregate; a leaf without text and end tag counts as an aggregate, which the
// end of its parent closes.
type parser struct {
	r        *markup.Reader
	sink     statement.Sink
	currency string // of statements that do not say theirs
	open     string // undecided element
	line     int    // where open begins
	col      int
	stack    []string

	statements int
	refused    bool
	closed     bool // </OFX> was seen
	org        string
	stmt       stmt
	trn        record
	bal        record
}

func (p *parser) token(t *markup.Token) error {
	switch t.Kind {
	case markup.Start:
		if err := p.push(); err != nil {
			return err
		}
		p.open, p.line, p.col = name(t.Name), t.Line, t.Column
	case markup.Text:
		if p.open == "" {
			return nil // the header, or text after a leaf's value
		}
		leaf := p.open
		p.open = ""
		return p.leaf(leaf, t.Text, t.Line, t.Column)
	case markup.End:
		return p.end(t)
	}
	return nil
}

// push makes the undecided element an aggregate.
func (p *parser) push() error {
	if p.open == "" {
		return nil
	}
	if len(p.stack) == markup.MaxDepth {
		return statement.At(p.line, p.col, reasonDepth)
	}
	p.stack = append(p.stack, p.open)
	p.begin(p.open)
	p.open = ""
	return nil
}

// end closes the innermost element of that name; the end tag of a leaf names
// none and is skipped.
func (p *parser) end(t *markup.Token) error {
	closing := name(t.Name)
	if p.open == closing {
		p.open = ""
		return p.leaf(closing, nil, t.Line, t.Column)
	}
	if err := p.push(); err != nil {
		return err
	}
	at := len(p.stack) - 1
	for at >= 0 && p.stack[at] != closing {
		at--
	}
	if at < 0 {
		return nil
	}
	for len(p.stack) > at {
		top := p.stack[len(p.stack)-1]
		p.stack = p.stack[:len(p.stack)-1]
		if err := p.close(top, t.Line); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) finish(line int) error {
	switch {
	case !p.closed:
		return statement.At(line, 0, reasonEOF)
	case p.statements > 0:
		return nil
	case p.refused:
		return statement.At(0, 0, reasonRefused)
	}
	return statement.At(0, 0, reasonNone)
}

// parent returns the innermost open aggregate.
func (p *parser) parent() string {
	if len(p.stack) == 0 {
		return ""
	}
	return p.stack[len(p.stack)-1]
}

// name interns the element names that the parser knows, in upper case; all
// others are kept only as long as they are open.
func name(b []byte) string {
	if known, ok := names[string(b)]; ok {
		return known
	}
	upper := make([]byte, len(b))
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return string(upper)
}

var names = intern("OFX", "STMTRS", "CCSTMTRS", "INVSTMTRS", "STMTTRN", "BANKTRANLIST", "INVTRANLIST", "CURDEF",
	"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "BANKID", "BRANCHID", "ACCTID", "ACCTTYPE", "BROKERID", "LEDGERBAL", "AVAILBAL",
	"BALAMT", "DTASOF", "TRNTYPE", "DTPOSTED", "DTUSER", "DTAVAIL", "TRNAMT", "FITID", "NAME", "MEMO", "PAYEE", "SIC",
	"CHECKNUM", "REFNUM", "CURRENCY", "ORIGCURRENCY", "CURSYM", "CURRATE", "INVBUY", "INVSELL", "INVTRAN", "DTTRADE",
	"DTSETTLE", "TOTAL", "CORRECTFITID", "CORRECTACTION", "STATUS", "CODE", "SEVERITY", "ORG", "BANKACCTTO", "CCACCTTO")

func intern(list ...string) map[string]string {
	m := make(map[string]string, len(list))
	for _, s := range list {
		m[s] = s
	}
	return m
}
