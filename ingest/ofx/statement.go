package ofx

import (
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// stmt is the statement response being read.
type stmt struct {
	open      bool
	announced bool
	index     int
	kind      string
	account   statement.Account
	line, col int
}

// value is a leaf's text and place.
type value struct {
	text      []byte
	line, col int
}

func (v *value) set(text []byte, line, col int) {
	v.text = append(v.text[:0], text...)
	v.line, v.col = line, col
}

func (v *value) clear() { v.text, v.line, v.col = v.text[:0], 0, 0 }

// record holds the leaves of one transaction or balance.
type record struct {
	open      bool
	line      int
	col       int
	kind      string // element name
	amount    value
	posted    value
	user      value
	id        value
	name      value
	payee     value
	memo      value
	trntype   value
	sic       value
	symbol    value // CURSYM of CURRENCY
	corrected bool
}

func (r *record) reset(kind string, line, col int) {
	r.open, r.kind, r.line, r.col, r.corrected = true, kind, line, col, false
	for _, v := range []*value{&r.amount, &r.posted, &r.user, &r.id, &r.name, &r.payee, &r.memo, &r.trntype, &r.sic, &r.symbol} {
		v.clear()
	}
}

// begin handles the start of an aggregate.
func (p *parser) begin(name string) {
	switch name {
	case "STMTRS", "CCSTMTRS", "INVSTMTRS":
		p.stmt = stmt{open: true, kind: accountKinds[name], line: p.line, col: p.col, account: statement.Account{Currency: p.currency}}
		p.statements++
	case "STMTTRN", "INVBUY", "INVSELL", "INCOME", "INVEXPENSE", "RETOFCAP", "MARGININTEREST":
		p.trn.reset(name, p.line, p.col)
	case "LEDGERBAL", "AVAILBAL":
		p.bal.reset(name, p.line, p.col)
	}
}

// close handles the end of an aggregate.
func (p *parser) close(name string, line int) error {
	switch name {
	case "OFX":
		p.closed = true
	case "STMTRS", "CCSTMTRS", "INVSTMTRS":
		err := p.announce()
		p.stmt.open = false
		return err
	case "LEDGERBAL", "AVAILBAL":
		return p.balance()
	case p.trn.kind:
		if p.trn.open {
			return p.transaction()
		}
	}
	return nil
}

// accountKinds maps response names and OFX account types to store kinds.
var accountKinds = map[string]string{
	"STMTRS": "checking", "CCSTMTRS": "card", "INVSTMTRS": "investment",
	"CHECKING": "checking", "SAVINGS": "savings", "MONEYMRKT": "savings", "CD": "savings",
	"CREDITLINE": "loan", "LOAN": "loan", "CMA": "investment",
}

// leaf handles an element with a value.
func (p *parser) leaf(name string, text []byte, line, col int) error {
	if len(text) > statement.MaxText {
		return statement.At(line, col, reasonLong)
	}
	parent := p.parent()
	switch {
	case name == "OFX":
		p.closed = true // an empty document
	case parent == "STATUS" && name == "SEVERITY":
		p.refused = p.refused || string(text) == "ERROR"
	case parent == "FI" && name == "ORG":
		p.org = statement.Clean(text)
	case !p.stmt.open:
	case p.trn.open:
		p.trn.leaf(parent, name, text, line, col)
	case p.bal.open:
		switch name {
		case "BALAMT":
			p.bal.amount.set(text, line, col)
		case "DTASOF":
			p.bal.posted.set(text, line, col)
		}
	default:
		return p.accountLeaf(parent, name, text, line, col)
	}
	return nil
}

func (p *parser) accountLeaf(parent, name string, text []byte, line, col int) error {
	a := &p.stmt.account
	switch name {
	case "CURDEF":
		return p.currencyOf(strings.ToUpper(string(text)), line, col)
	case "ACCTID":
		if parent == "BANKACCTFROM" || parent == "CCACCTFROM" || parent == "INVACCTFROM" {
			a.Number = statement.Clean(text)
			p.stmt.line, p.stmt.col = line, col
		}
	case "BANKID", "BROKERID":
		if parent == "BANKACCTFROM" || parent == "INVACCTFROM" {
			a.Bank = statement.Clean(text)
		}
	case "ACCTTYPE":
		if kind, ok := accountKinds[strings.ToUpper(string(text))]; ok && parent == "BANKACCTFROM" {
			p.stmt.kind = kind
		}
	}
	return nil
}

// currencyOf takes what a statement says of its currency, which stands before
// all that has an amount.
func (p *parser) currencyOf(code string, line, col int) error {
	a := &p.stmt.account
	switch {
	case code == "" || code == a.Currency:
		return nil
	case p.stmt.announced:
		return statement.At(line, col, reasonLate)
	}
	a.Currency = code
	return nil
}

// leaf files a leaf of a transaction; those of BANKACCTTO and CCACCTTO (the
// other side's number) and of a security are not kept.
func (r *record) leaf(parent, name string, text []byte, line, col int) {
	var v *value
	switch name {
	case "TRNAMT", "TOTAL":
		v = &r.amount
	case "DTPOSTED", "DTSETTLE":
		v = &r.posted
	case "DTUSER", "DTTRADE":
		v = &r.user
	case "FITID":
		v = &r.id
	case "MEMO":
		v = &r.memo
	case "NAME":
		if v = &r.name; parent == "PAYEE" {
			v = &r.payee
		}
	case "TRNTYPE", "INCOMETYPE":
		v = &r.trntype
	case "SIC":
		v = &r.sic
	case "CURSYM":
		if parent == "CURRENCY" {
			v = &r.symbol
		}
	case "CORRECTFITID":
		r.corrected = true
	}
	if v != nil {
		v.set(text, line, col)
	}
}

// announce tells the sink about the account, once per statement.
func (p *parser) announce() error {
	s := &p.stmt
	if s.announced {
		return nil
	}
	if s.account.Number == "" {
		return statement.At(s.line, s.col, reasonNoNumber)
	}
	s.account.Kind = s.kind
	s.account.Name = statement.Join(" ", p.org, s.kind)
	index, err := p.sink.Account(s.account, s.line, s.col)
	s.index, s.announced = index, true
	return err
}

var decimals = statement.Decimals{Point: '.', Lenient: true}

func (p *parser) transaction() error {
	r := &p.trn
	r.open = false
	if err := p.announce(); err != nil {
		return err
	}
	t := statement.Transaction{Account: p.stmt.index, Line: r.line, Column: r.col}
	var err error
	if t.Booked, t.Authorised, err = r.dates(); err != nil {
		return err
	}
	currency := p.stmt.account.Currency
	if len(r.symbol.text) > 0 {
		// Section 5.2: inside CURRENCY the amounts are in CURSYM.
		currency = strings.ToUpper(string(r.symbol.text))
	}
	if t.Amount, err = r.money(currency, reasonNoAmount); err != nil {
		return err
	}
	r.describe(&t)
	return p.sink.Transaction(&t)
}

func (r *record) dates() (booked, authorised store.Date, err error) {
	v := &r.posted
	if len(v.text) == 0 && r.kind != "STMTTRN" {
		v = &r.user // an investment that has not settled: the day of the trade
	}
	if v.line == 0 {
		return 0, 0, statement.At(r.line, r.col, reasonNoDate)
	}
	booked, ok := statement.Compact(v.text)
	if !ok {
		return 0, 0, statement.At(v.line, v.col, statement.ReasonDate)
	}
	if len(r.user.text) > 0 {
		if authorised, ok = statement.Compact(r.user.text); !ok {
			return 0, 0, statement.At(r.user.line, r.user.col, statement.ReasonDate)
		}
	}
	return booked, authorised, nil
}

func (r *record) money(currency, missing string) (store.Money, error) {
	if r.amount.line == 0 {
		return store.Money{}, statement.At(r.line, r.col, missing)
	}
	if currency == "" {
		return store.Money{}, statement.At(r.line, r.col, reasonCurrency)
	}
	m, reason := decimals.Parse(r.amount.text, currency)
	if reason != "" {
		return store.Money{}, statement.At(r.amount.line, r.amount.col, reason)
	}
	return m, nil
}

// describe fills in the texts. Banks put the other side into NAME or
// PAYEE/NAME and the purpose, or a repetition, into MEMO.
func (r *record) describe(t *statement.Transaction) {
	t.ID = string(r.id.text)
	t.Counterparty = statement.Clean(r.payee.text)
	t.Description = statement.Clean(r.name.text)
	t.Memo = statement.Clean(r.memo.text)
	if t.Description == "" {
		t.Description = t.Counterparty
	}
	if t.Description == "" {
		t.Description, t.Memo = t.Memo, ""
	}
	if t.Memo == t.Description {
		t.Memo = ""
	}
	if t.Description == "" && r.kind != "STMTTRN" {
		t.Description = cashNames[r.kind]
	}
	if string(r.trntype.text) == "XFER" {
		t.Transfer = true
	}
	if len(r.sic.text) == 4 {
		t.MCC = string(r.sic.text)
	}
	t.Corrects = r.corrected
}

// cashNames describe investment records that have no memo.
var cashNames = map[string]string{
	"INVBUY": "investment purchase", "INVSELL": "investment sale", "INCOME": "investment income",
	"INVEXPENSE": "investment expense", "RETOFCAP": "return of capital", "MARGININTEREST": "margin interest",
}

func (p *parser) balance() error {
	r := &p.bal
	r.open = false
	if !p.stmt.open {
		return nil
	}
	if err := p.announce(); err != nil {
		return err
	}
	m, err := r.money(p.stmt.account.Currency, reasonBalance)
	if err != nil {
		return err
	}
	if r.posted.line == 0 {
		return statement.At(r.line, r.col, reasonBalance)
	}
	date, ok := statement.Compact(r.posted.text)
	if !ok {
		return statement.At(r.posted.line, r.posted.col, statement.ReasonDate)
	}
	kind := "booked"
	if r.kind == "AVAILBAL" {
		kind = "available"
	}
	return p.sink.Balance(statement.Balance{Account: p.stmt.index, Date: date, Amount: m, Kind: kind, Line: r.line, Column: r.col})
}
