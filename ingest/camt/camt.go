// Package camt reads bank-to-customer cash management messages of ISO 20022:
// account reports (camt.052), statements (camt.053) and debit/credit
// notifications (camt.054), in every version from 1 to 13.
//
// The versions differ in where a few elements stand (Sts, BIC, party names,
// transaction details) and not in what they mean, so one parser reads all and
// takes no notice of the namespace's version. One Ntry is one booking: a batch
// entry is not split, because the account was moved once and other formats
// show it once.
package camt

import (
	"bytes"
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/markup"
	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Kind is the source kind of CAMT rows.
const Kind = "camt"

// Reasons for which a message is refused.
const (
	reasonNone     = "no statement, report or notification in this file"
	reasonNoNumber = "statement does not say which account it is for"
	reasonNoAmount = "entry has no amount"
	reasonNoSide   = "entry is marked neither credit nor debit"
	reasonNoDate   = "entry has no booking or value date, nor has its statement a date"
	reasonBalance  = "balance has no amount, side or date"
	reasonLong     = "value is longer than the limit"
	reasonStatus   = "entry has a status that is not known"
	reasonSign     = "amount has a sign, which belongs into CdtDbtInd"
)

// messages are the elements that hold one account's entries.
var messages = map[string]bool{"Stmt": true, "Rpt": true, "Ntfctn": true}

// messageDepth is how many elements are open inside one: Document,
// BkToCstmr…, and itself. An envelope around Document adds to it.
const messageDepth = 3

// Parse reads one message of UTF-8 text.
func Parse(src io.Reader, sink statement.Sink) error {
	p := parser{xml: markup.NewPath(src), sink: sink}
	var t markup.Token
	for {
		err := p.xml.Next(&t)
		if errors.Is(err, io.EOF) {
			if p.messages == 0 {
				return statement.At(0, 0, reasonNone)
			}
			return nil
		}
		if err == nil {
			err = p.token(&t)
		}
		if err != nil {
			return err
		}
	}
}

type parser struct {
	xml      *markup.Path
	sink     statement.Sink
	messages int
	header   value // GrpHdr/CreDtTm
	base     int   // depth of the message's element; 0 outside one
	msg      message
	entry    entry
	bal      balance
}

// message is the account and state of one Stmt, Rpt or Ntfctn.
type message struct {
	account   statement.Account
	owner     string
	until     value // end of the period it covers
	made      value // when it was made
	line, col int
	announced bool
	index     int
	paged     bool // one page of several: some banks state on each the balances of all
	ledger    statement.Ledger
	opened    bool // has an opening balance; without one,
	before    store.Money
	befores   int // the only balance with which the statement before closed stands for it
}

func (p *parser) token(t *markup.Token) error {
	switch t.Kind {
	case markup.Start:
		p.start(t)
	case markup.Text:
		if p.base > 0 {
			return p.text(t)
		}
		if bytes.HasSuffix(p.xml.Below(0), []byte("/GrpHdr/CreDtTm")) {
			p.header.set(t)
		}
	case markup.End:
		err := p.end(t)
		p.xml.Leave()
		return err
	}
	return nil
}

// start handles an opening tag.
func (p *parser) start(t *markup.Token) {
	depth := p.xml.Depth()
	if p.base == 0 {
		if depth >= messageDepth && messages[string(t.Name)] {
			p.base = depth
			p.msg = message{line: t.Line, col: t.Column}
			p.messages++
		}
		return
	}
	switch depth - p.base {
	case 1:
		switch string(t.Name) {
		case "Ntry":
			p.entry.reset(t)
		case "Bal":
			p.bal.reset(t)
		}
	default:
		if string(t.Name) == "TxDtls" {
			p.entry.details++
		}
	}
	if string(t.Name) == "Amt" || string(t.Name) == "InstdAmt" {
		p.currency(t)
	}
}

// end handles a closing tag, whose element is still on the path.
func (p *parser) end(t *markup.Token) error {
	depth := p.xml.Depth()
	switch {
	case p.base == 0:
	case depth == p.base:
		p.base = 0
		if err := p.announce(); err != nil {
			return err
		}
		return p.msg.add(p.sink)
	case depth == p.base+1:
		switch string(t.Name) {
		case "Ntry":
			return p.finishEntry()
		case "Bal":
			return p.finishBalance()
		}
	}
	return nil
}

// announce tells the sink about the account, once per message.
func (p *parser) announce() error {
	m := &p.msg
	if m.announced {
		return nil
	}
	if m.account.Number == "" {
		return statement.At(m.line, m.col, reasonNoNumber)
	}
	if m.account.Name == "" {
		m.account.Name = m.owner
	}
	if m.account.Kind == "" {
		m.account.Kind = "checking"
	}
	index, err := p.sink.Account(m.account, m.line, m.col)
	m.index, m.announced = index, true
	return err
}

// state notes a balance for the sums.
func (m *message) state(kind string, amount store.Money, at *markup.Token) {
	switch kind {
	case "OPBD":
		m.ledger.Open(amount)
		m.opened = true
	case "PRCD":
		m.before = amount
		m.befores++
	case "CLBD":
		m.ledger.Close(amount, at.Line, at.Column)
	}
}

// add hands over the sums.
func (m *message) add(sink statement.Sink) error {
	if !m.opened && m.befores == 1 {
		m.ledger.Open(m.before)
	}
	sums, ok := m.ledger.Sums(m.index)
	if !ok || m.paged {
		return nil
	}
	return sink.Sums(sums)
}

// kinds maps ISO 20022 cash account types to store kinds.
var kinds = map[string]string{
	"CACC": "checking", "TRAN": "checking", "CASH": "checking", "SVGS": "savings", "LLSV": "savings", "ONDP": "savings",
	"CARD": "card", "LOAN": "loan", "MGLD": "loan", "NREX": "checking",
}

// value is a leaf's text and place.
type value struct {
	text      []byte
	currency  []byte
	line, col int
}

func (v *value) clear() { v.text, v.currency, v.line, v.col = v.text[:0], v.currency[:0], 0, 0 }

func (v *value) set(t *markup.Token) {
	v.text = append(v.text[:0], t.Text...)
	v.line, v.col = t.Line, t.Column
}

// money reads an amount, which ISO 20022 writes without sign, and gives it the
// sign of its side.
func (v *value) money(side value, missing, noSide string, at *markup.Token) (store.Money, error) {
	if v.line == 0 {
		return store.Money{}, statement.At(at.Line, at.Column, missing)
	}
	m, reason := decimals.Parse(v.text, string(v.currency))
	if reason == "" && m.Minor < 0 {
		reason = reasonSign
	}
	if reason != "" {
		return store.Money{}, statement.At(v.line, v.col, reason)
	}
	switch string(side.text) {
	case "CRDT":
	case "DBIT":
		m.Minor = -m.Minor
	default:
		return m, statement.At(at.Line, at.Column, noSide)
	}
	return m, nil
}

var decimals = statement.Decimals{Point: '.'}
