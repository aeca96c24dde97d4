package tabular

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Draft is a profile guessed from a file, with what only a person can say.
type Draft struct {
	Profile   *Profile
	Questions []Question
	Columns   []string // the header cells
}

// Question is something a file leaves open. Field is the profile's key in YAML,
// Choices the answers the file allows (none: anything).
type Question struct {
	Field   string
	Ask     string
	Choices []string
}

// roles maps words of column names to fields, in the languages of the shipped
// profiles. Longer words are looked for first.
var roles = []struct {
	words string
	to    func(*Columns) *List
}{
	{"balance|saldo|solde|kontostand", func(c *Columns) *List { return &c.Balance }},
	{"transaction id|buchungs-id|fitid", func(c *Columns) *List { return &c.ID }},
	{"paid out|money out|debit|withdrawal|soll|uitgaand|débit", func(c *Columns) *List { return &c.Debit }},
	{"paid in|money in|credit|deposit|haben|inkomend|crédit", func(c *Columns) *List { return &c.Credit }},
	{"currency|währung|waehrung|devise|munt|valuta|divisa|ccy", func(c *Columns) *List { return &c.Currency }},
	{"amount|betrag|bedrag|montant|importe|importo|value", func(c *Columns) *List { return &c.Amount }},
	{"posting date|booking date|buchungstag|buchungsdatum|completed date|date|datum|fecha|data", func(c *Columns) *List { return &c.Date }},
	{"category|kategorie|categorie|catégorie", func(c *Columns) *List { return &c.Category }},
	{"payee|counterparty|empfänger|auftraggeber|beneficiary|naam|tegenpartij|contrepartie|name", func(c *Columns) *List { return &c.Counterparty }},
	{"description|narrative|details|verwendungszweck|omschrijving|mededeling|libellé|communication|buchungstext|text|memo|concepto", func(c *Columns) *List { return &c.Description }},
	{"mcc", func(c *Columns) *List { return &c.MCC }},
}

// layouts are the date forms that a draft tries.
var layouts = []string{"YYYY-MM-DD", "YYYY-MM-DD*", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "DD/MM/YY", "MM/DD/YY", "DD.MM.YY", "DD MMM YYYY", "YYYYMMDD", "DD/MM/YYYY*", "MM/DD/YYYY*"}

// NewDraft guesses a profile from a file's beginning. It returns false if no
// line looks like a header.
func NewDraft(name string, head []byte) (Draft, bool) {
	delimiter, columns := header(head)
	if len(columns) < 2 {
		return Draft{}, false
	}
	p := &Profile{Name: name, Title: name, Delimiter: string(delimiter), Header: slices.DeleteFunc(slices.Clone(columns), func(s string) bool { return s == "" })}
	d := Draft{Profile: p, Columns: columns}
	for _, column := range columns {
		assign(&p.Columns, column)
	}
	if c := &p.Columns; len(c.Amount) > 0 {
		c.Debit, c.Credit = nil, nil
	}
	rows := below(readHead(head, delimiter), columns)
	d.dates(values(rows, columns, p.Columns.Date))
	d.amounts(values(rows, columns, slices.Concat(p.Columns.Amount, p.Columns.Debit, p.Columns.Credit)))
	if len(p.Columns.Currency) == 0 {
		d.ask("currency", "Which currency are the amounts in (ISO 4217)?")
	}
	if len(p.Columns.Description) == 0 && len(p.Columns.Counterparty) == 0 {
		d.ask("columns.description", "Which column has the text?", columns...)
	}
	return d, true
}

// assign gives a column the first role that is still free and whose words it has.
func assign(c *Columns, column string) {
	folded := fold(column)
	for _, role := range roles {
		for _, word := range strings.Split(role.words, "|") {
			if strings.Contains(folded, word) {
				if to := role.to(c); len(*to) == 0 {
					*to = List{column}
				}
				return
			}
		}
	}
}

// below returns the rows after the header.
func below(rows [][]Field, columns []string) [][]Field {
	for i, row := range rows {
		if len(row) == len(columns) && statement.Clean(row[0].Text) == columns[0] {
			return rows[i+1:]
		}
	}
	return nil
}

// values returns what stands in the columns, without blanks.
func values(rows [][]Field, columns []string, list List) (out [][]byte) {
	for _, name := range list {
		i := slices.Index(columns, name)
		for _, row := range rows {
			if text := statement.Trim(cell(row, i)); len(text) > 0 {
				out = append(out, text)
			}
		}
	}
	return out
}

func (d *Draft) ask(field, text string, choices ...string) {
	d.Questions = append(d.Questions, Question{field, text, choices})
}

// dates takes the one layout that reads all samples, or asks.
func (d *Draft) dates(samples [][]byte) {
	if len(d.Profile.Columns.Date) == 0 {
		d.ask("columns.date", "Which column has the booking date?", d.Columns...)
	}
	var fit []string
	for _, notation := range layouts {
		l, err := statement.ParseLayout(notation)
		if err == nil && len(samples) > 0 && !slices.ContainsFunc(samples, func(b []byte) bool { _, ok := l.Parse(b); return !ok }) {
			fit = append(fit, notation)
		}
	}
	// "…*" only matters if the form without it does not fit.
	fit = slices.DeleteFunc(fit, func(s string) bool {
		plain, wild := strings.CutSuffix(s, "*")
		return wild && slices.Contains(fit, plain)
	})
	if len(fit) == 1 {
		d.Profile.Date = fit
		return
	}
	d.ask("date", "How are dates written?", fit...)
}

// amounts tells the decimal point and whether signs are there.
func (d *Draft) amounts(samples [][]byte) {
	p := d.Profile
	if len(p.Columns.Amount)+len(p.Columns.Debit)+len(p.Columns.Credit) == 0 {
		d.ask("columns.amount", "Which column has the amount?", d.Columns...)
		return
	}
	point, comma, negative := 0, 0, false
	for _, b := range samples {
		b = bare(b)
		negative = negative || bytes.ContainsAny(b, "-(−")
		if _, reason := (statement.Decimals{Point: '.', Group: ','}).Parse(b, "EUR"); reason == "" {
			point++
		}
		if _, reason := (statement.Decimals{Point: ',', Group: '.'}).Parse(b, "EUR"); reason == "" {
			comma++
		}
	}
	switch {
	case point == len(samples) && comma < len(samples):
		p.Decimal, p.Group = ".", ","
	case comma == len(samples) && point < len(samples):
		p.Decimal, p.Group = ",", "."
	default:
		d.ask("decimal", "What stands before the decimals?", ".", ",")
	}
	if len(p.Columns.Amount) > 0 && !negative {
		d.ask("sign", "No amount has a minus. Are positive amounts money in (as_is) or out (negate)? Or name a direction column.", "as_is", "negate")
	}
}

// YAML returns the profile as ReadProfile reads it.
func (p *Profile) YAML() ([]byte, error) { return yaml.Marshal(p) }
