package tabular

import (
	"bytes"
	"slices"
	"strings"
)

// Words of column names, in the languages of the shipped profiles and some
// more. valueWords mark the day from which interest counts.
var (
	dateWords  = "date|datum|dato|fecha|data|buchung|bokföring|reskontra|kirjaus|dag|日付|取引日|年月日|日期|时间|時間|дата|תאריך|tarih"
	valueWords = "value|valuta|valeur|valör|wertstell|rentedatum|arvopäivä|f.valor|data valor"
	accountOf  = "auftragskonto|rekeningnummer|iban/bban|account number|bank account|accountnum|account #|nr konta|rachunek|número de cuenta"
	notOthers  = "bankname|bank name|account name|file name|agt nm"
	othersOf   = "tegen|counter|gegen|payee|beneficiary|zahlungsbeteiligt|begünstigt|beguenstigt|contrepartie"
)

// roles maps words of column names to fields; the first that is free counts.
// Amounts must also look like amounts.
var roles = []struct {
	words  string
	amount bool
	to     func(*Columns) *List
}{
	{"balance|saldo|solde|kontostand|disponib|残高|余额|餘額|остаток|יתרה|bakiye|egyenleg|zůstatek", true, func(c *Columns) *List { return &c.Balance }},
	{"transaction id|buchungs-id|fitid|transaktions-nr|identificador|archive id|arkistointitunnus", false, func(c *Columns) *List { return &c.ID }},
	{"paid out|money out|debit|withdrawal|soll|uitgaand|débit|debet|belastung|lastschrift in|débito|cargo|addebit|dare|uscite|出金|引出|支払|支出|חובה|ut fra|expense", true, func(c *Columns) *List { return &c.Debit }},
	{"paid in|money in|credit|deposit|haben|inkomend|crédit|gutschrift in|gutschrift|crédito|abono|accredit|avere|entrate|入金|預入|預か|预收|收入|זכות|inn på|income", true, func(c *Columns) *List { return &c.Credit }},
	{"currency|währung|waehrung|devise|munt|divisa|valuta|waluta|moneda|ccy|valyuta|валюта|měna|币种|幣別|通貨|para birimi|pénznem", false, func(c *Columns) *List { return &c.Currency }},
	{"amount|betrag|bedrag|montant|importe|importo|umsatz in|umsatz|belopp|beløb|kwota|valor|määrä|сумма|cad$|金額|金额|入出金|částka|objem|tutar|összeg|suma", true, func(c *Columns) *List { return &c.Amount }},
	{"category|kategori|categori|catégorie|categoria|categoría", false, func(c *Columns) *List { return &c.Category }},
	{"payee|counterparty|empfänger|auftraggeber|begünstigt|beguenstigt|zahlungsbeteiligter|beneficiary|naam|namn|tegenpartij|contrepartie|name|nome|saaja|název protiúčtu|交易对方|对方户名|partner", false, func(c *Columns) *List { return &c.Counterparty }},
	{"description|narrati|details|verwendungszweck|omschrijving|mededeling|libellé|label|communication|buchungstext|beschreibung|avisierungstext|rubrik|tekst|text|descrizione|descrição|descripción|operazione|opis|selit|viesti|concepto|摘要|описание|תיאור|memo|remark|particulars|histórico|lançamento|beskrivning|forklaring|popis|zpráva|poznámka|açıklama|közlemény|内容|商品|附言|说明|備考", false, func(c *Columns) *List { return &c.Description }},
	{"mcc", false, func(c *Columns) *List { return &c.MCC }},
}

// said reports whether a name has one of the words.
func said(name, words string) bool {
	for word := range strings.SplitSeq(words, "|") {
		if name != "" && strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// roles gives each column the first field that is still free and whose words
// its name has, if its values can be that.
func (d *Draft) roles() {
	p := &d.Profile.Columns
	for _, c := range d.columns {
		if slices.Contains(p.Date, c.ref) {
			continue
		}
		for _, role := range roles {
			if !said(c.name, role.words) || role.amount && !c.all(isAmount) || role.to(p) == &p.Currency && !c.all(isCurrency) {
				continue
			}
			to := role.to(p)
			if other := to == &p.Counterparty; len(*to) == 0 && !(other && (c.all(isNumber) || said(c.name, notOthers))) {
				*to = List{c.ref}
			}
			break
		}
	}
	if len(p.Amount) > 0 {
		p.Debit, p.Credit = nil, nil
	}
}

func isCurrency(b []byte) bool {
	return currencyIn(string(b)) != "" || currencyCode(string(b)) == "USD"
}

// isNumber reports whether a text is an account's number or another code.
func isNumber(b []byte) bool {
	n := strings.IndexAny(string(b), "0123456789")
	return n >= 0 && !strings.Contains(string(b), " ")
}

// amountColumns finds by their values what no name said: one column of amounts
// that is left, or two of which each row fills one.
func (d *Draft) amountColumns() {
	p := &d.Profile.Columns
	if len(p.Amount)+len(p.Debit)+len(p.Credit) > 0 {
		return
	}
	var free []column
	for _, c := range d.columns {
		if c.ref != "" && !slices.Contains(slices.Concat(p.Date, p.Balance), c.ref) && c.all(isMoney) {
			free = append(free, c)
		}
	}
	if len(free) == 1 && (free[0].blank == 0 || len(p.Balance) > 0) {
		p.Amount = List{free[0].ref}
		return
	}
	for i, a := range free {
		for _, b := range free[i+1:] {
			if a.blank > 0 && a.blank == len(b.samples) && b.blank == len(a.samples) {
				p.Debit, p.Credit = List{a.ref}, List{b.ref}
				d.ask("columns.debit", "Which of the two is money out?", a.ref, b.ref)
				return
			}
		}
	}
	d.ask("columns.amount", "Which column has the amount?", d.Columns...)
}

// isMoney reports whether a text is an amount rather than a code or a count.
func isMoney(b []byte) bool {
	return isAmount(b) && strings.ContainsAny(string(b), ".,+-−£€$")
}

// account takes the column of the statement's own account number.
func (d *Draft) account() {
	for _, c := range d.columns {
		if said(c.name, accountOf) && !said(c.name, othersOf) && c.blank == 0 &&
			c.all(func(b []byte) bool {
				return isNumber(bytes.ReplaceAll(b, []byte(" "), nil)) && !bytes.Contains(b, []byte(".."))
			}) {
			d.Profile.Account.Number = List{c.ref}
			return
		}
	}
}
