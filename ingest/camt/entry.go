package camt

import (
	"bytes"

	"github.com/counterfoil/counterfoil/ingest/markup"
	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// entry holds the leaves of one Ntry. Texts of several transaction details are
// joined; a counterparty is only kept if all details have the same.
type entry struct {
	open     markup.Token // place of the tag
	details  int
	amount   value
	original value
	side     value
	status   value
	booked   value
	valued   value
	ref      value // AcctSvcrRef: the bank's id of the entry
	info     string
	debtor   party
	creditor party
	purpose  []string
	length   int // of purpose
}

// party is one side of a payment.
type party struct {
	name     string
	ultimate string
	several  bool
}

func (p *party) set(to *string, name string) {
	if *to != "" && *to != name {
		p.several = true
	}
	*to = name
}

func (e *entry) reset(t *markup.Token) {
	*e = entry{
		open:   markup.Token{Line: t.Line, Column: t.Column},
		amount: e.amount, original: e.original, side: e.side, status: e.status, booked: e.booked, valued: e.valued, ref: e.ref,
		purpose: e.purpose[:0],
	}
	for _, v := range []*value{&e.amount, &e.original, &e.side, &e.status, &e.booked, &e.valued, &e.ref} {
		v.clear()
	}
}

// balance holds the leaves of one Bal.
type balance struct {
	open   markup.Token
	kind   value
	amount value
	side   value
	date   value
}

func (b *balance) reset(t *markup.Token) {
	b.open = markup.Token{Line: t.Line, Column: t.Column}
	for _, v := range []*value{&b.kind, &b.amount, &b.side, &b.date} {
		v.clear()
	}
}

// currency keeps the Ccy attribute of an amount.
func (p *parser) currency(t *markup.Token) {
	var v *value
	switch string(p.xml.Below(p.base)) {
	case "Ntry/Amt":
		v = &p.entry.amount
	case "Bal/Amt":
		v = &p.bal.amount
	case "Ntry/NtryDtls/TxDtls/AmtDtls/InstdAmt/Amt", "Ntry/AmtDtls/InstdAmt/Amt", "Ntry/TxDtls/AmtDtls/InstdAmt/Amt":
		v = &p.entry.original
	default:
		return
	}
	v.currency = append(v.currency[:0], bytes.TrimSpace(t.Attribute("Ccy"))...)
	if p.msg.account.Currency == "" && v != &p.entry.original {
		p.msg.account.Currency = string(v.currency)
	}
}

// text files a leaf's value by its path below the message.
func (p *parser) text(t *markup.Token) error {
	if len(t.Text) > statement.MaxText {
		return statement.At(t.Line, t.Column, reasonLong)
	}
	path := p.xml.Below(p.base)
	switch {
	case bytes.HasPrefix(path, []byte("Ntry/")):
		p.entry.text(path[len("Ntry/"):], t)
	case bytes.HasPrefix(path, []byte("Bal/")):
		p.bal.text(path[len("Bal/"):], t)
	case bytes.HasPrefix(path, []byte("Acct/")):
		p.msg.text(path[len("Acct/"):], t)
	case string(path) == "CreDtTm":
		p.msg.made.set(t)
	case string(path) == "StmtPgntn/PgNb" || string(path) == "RptPgntn/PgNb":
		p.msg.paged = p.msg.paged || string(t.Text) != "1"
	case string(path) == "StmtPgntn/LastPgInd" || string(path) == "RptPgntn/LastPgInd":
		p.msg.paged = p.msg.paged || string(t.Text) != "true" && string(t.Text) != "1"
	case string(path) == "FrToDt/ToDtTm":
		p.msg.until.set(t)
	}
	return nil
}

func (m *message) text(path []byte, t *markup.Token) {
	a := &m.account
	switch string(path) {
	case "Id/IBAN", "Id/BBAN", "Id/UPIC", "Id/Othr/Id", "Id/PrtryAcct/Id":
		a.Number = statement.Clean(t.Text)
		m.line, m.col = t.Line, t.Column
	case "Ccy":
		a.Currency = statement.Clean(t.Text)
	case "Nm":
		a.Name = statement.Clean(t.Text)
	case "Ownr/Nm", "Ownr/Pty/Nm":
		m.owner = statement.Clean(t.Text)
	case "Tp/Cd":
		a.Kind = kinds[string(t.Text)]
	case "Svcr/FinInstnId/BIC", "Svcr/FinInstnId/BICFI", "Svcr/FinInstnId/CmbndId/BIC":
		a.Bank = statement.Clean(t.Text)
	}
}

func (b *balance) text(path []byte, t *markup.Token) {
	switch string(path) {
	case "Tp/CdOrPrtry/Cd", "Tp/Cd":
		b.kind.set(t)
	case "Amt":
		b.amount.set(t)
	case "CdtDbtInd":
		b.side.set(t)
	case "Dt/Dt", "Dt/DtTm":
		b.date.set(t)
	}
}

// text files a leaf of the entry itself, or of its transaction details, which
// version 1 has right below the entry.
func (e *entry) text(path []byte, t *markup.Token) {
	switch string(path) {
	case "Amt":
		e.amount.set(t)
	case "CdtDbtInd":
		e.side.set(t)
	case "Sts", "Sts/Cd", "Sts/Prtry":
		e.status.set(t)
	case "BookgDt/Dt", "BookgDt/DtTm":
		e.booked.set(t)
	case "ValDt/Dt", "ValDt/DtTm":
		e.valued.set(t)
	case "AcctSvcrRef":
		e.ref.set(t)
	case "AddtlNtryInf":
		e.info = statement.Join(" ", e.info, statement.Clean(t.Text))
	case "AmtDtls/InstdAmt/Amt":
		e.original.set(t)
	default:
		path = bytes.TrimPrefix(path, []byte("NtryDtls/"))
		if rest, ok := bytes.CutPrefix(path, []byte("TxDtls/")); ok {
			e.detail(rest, t)
		}
	}
}

// detail files a leaf of the transaction details. Account numbers of the other
// side are not kept.
func (e *entry) detail(path []byte, t *markup.Token) {
	switch string(path) {
	case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Agt/FinInstnId/Nm":
		e.debtor.set(&e.debtor.name, statement.Clean(t.Text))
	case "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Agt/FinInstnId/Nm":
		e.creditor.set(&e.creditor.name, statement.Clean(t.Text))
	case "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm":
		e.debtor.set(&e.debtor.ultimate, statement.Clean(t.Text))
	case "RltdPties/UltmtCdtr/Nm", "RltdPties/UltmtCdtr/Pty/Nm":
		e.creditor.set(&e.creditor.ultimate, statement.Clean(t.Text))
	case "RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef", "AddtlTxInf":
		e.say(statement.Clean(t.Text))
	case "AmtDtls/InstdAmt/Amt":
		e.original.set(t)
	}
}

// between separates the texts of an entry's transactions.
const between = " · "

// say adds to the purpose, up to the limit of a text: a batch of a thousand
// salaries has more than fits.
func (e *entry) say(s string) {
	for _, old := range e.purpose {
		if old == s {
			return
		}
	}
	if s != "" && e.length+len(s)+len(between) <= statement.MaxText {
		e.purpose = append(e.purpose, s)
		e.length += len(s) + len(between)
	}
}

func (p *parser) finishEntry() error {
	if err := p.announce(); err != nil {
		return err
	}
	e := &p.entry
	t := statement.Transaction{Account: p.msg.index, Line: e.open.Line, Column: e.open.Column}
	skip, err := e.standing(&t)
	if skip || err != nil {
		return err
	}
	if len(e.amount.currency) == 0 {
		e.amount.currency = append(e.amount.currency, p.msg.account.Currency...)
	}
	if t.Amount, err = e.amount.money(e.side, reasonNoAmount, reasonNoSide, &e.open); err != nil {
		return err
	}
	if t.Booked, err = p.date(); err != nil {
		return err
	}
	if !t.Pending {
		p.msg.ledger.Book(t.Amount)
	}
	e.foreign(&t)
	e.describe(&t)
	return p.sink.Transaction(&t)
}

// standing reads the status. Entries that only inform are no bookings.
func (e *entry) standing(t *statement.Transaction) (skip bool, err error) {
	switch string(e.status.text) {
	case "", "BOOK":
		return false, nil
	case "PDNG", "FUTR":
		t.Pending = true
		return false, nil
	case "INFO":
		return true, nil
	}
	return false, statement.At(e.status.line, e.status.col, reasonStatus)
}

// date returns the booking date, or if there is none (it is optional) the value
// date, the end of the statement's period, or the day it was made.
func (p *parser) date() (store.Date, error) {
	e := &p.entry
	for _, v := range []*value{&e.booked, &e.valued, &p.msg.until, &p.msg.made, &p.header} {
		if v.line == 0 {
			continue
		}
		date, ok := statement.Compact(v.text)
		if !ok {
			return 0, statement.At(v.line, v.col, statement.ReasonDate)
		}
		return date, nil
	}
	return 0, statement.At(e.open.Line, e.open.Column, reasonNoDate)
}

// foreign keeps the instructed amount if it is in another currency, for an
// entry with one transaction.
func (e *entry) foreign(t *statement.Transaction) {
	if e.original.line == 0 || e.details > 1 || string(e.original.currency) == t.Amount.Currency {
		return
	}
	if m, reason := decimals.Parse(e.original.text, string(e.original.currency)); reason == "" {
		if t.Amount.Minor < 0 {
			m.Minor = -m.Minor
		}
		t.Original = m
	}
}

// describe fills in the texts: the other side is the debtor of money in and
// the creditor of money out.
func (e *entry) describe(t *statement.Transaction) {
	t.ID = string(e.ref.text)
	other := &e.creditor
	if t.Amount.Minor > 0 {
		other = &e.debtor
	}
	if !other.several {
		t.Counterparty = statement.Join("", other.ultimate)
		if t.Counterparty == "" {
			t.Counterparty = other.name
		}
	}
	t.Description = statement.Join(between, e.purpose...)
	t.Memo = e.info
	if t.Description == "" {
		t.Description, t.Memo = t.Memo, ""
	}
	if t.Description == "" {
		t.Description = t.Counterparty
	}
}

// balanceKinds are the balances that say what was held at the end of a day.
// Opening balances repeat the day before; forward and expected ones are
// forecasts.
var balanceKinds = map[string]string{
	"CLBD": "booked", "ITBD": "booked", "PRCD": "booked", "CLAV": "available", "ITAV": "available",
}

func (p *parser) finishBalance() error {
	b := &p.bal
	kind, ok := balanceKinds[string(b.kind.text)]
	if !ok {
		if m, err := b.amount.money(b.side, reasonBalance, reasonBalance, &b.open); err == nil {
			p.msg.state(string(b.kind.text), m, &b.open) // an opening balance
		}
		return nil
	}
	if err := p.announce(); err != nil {
		return err
	}
	m, err := b.amount.money(b.side, reasonBalance, reasonBalance, &b.open)
	if err != nil {
		return err
	}
	if b.date.line == 0 {
		return statement.At(b.open.Line, b.open.Column, reasonBalance)
	}
	date, ok := statement.Compact(b.date.text)
	if !ok {
		return statement.At(b.date.line, b.date.col, statement.ReasonDate)
	}
	p.msg.state(string(b.kind.text), m, &b.open)
	return p.sink.Balance(statement.Balance{Account: p.msg.index, Date: date, Amount: m, Kind: kind, Line: b.open.Line, Column: b.open.Column})
}
