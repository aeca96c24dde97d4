// Package tabular reads statements in delimited text (CSV) by profile: which
// column means what, how dates and amounts are written, which sign is money
// out. Profiles for common banks are embedded; a person can write more in the
// same YAML.
package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Profile describes one bank's export. Column references are header texts
// (compared without case and surrounding space) or "#N" for the N-th column,
// from 1. Where several are given, texts are joined and for other fields the
// first that is not empty counts.
type Profile struct {
	Name       string   `yaml:"name"`       // lower case, for --profile
	Title      string   `yaml:"title"`      // for people; also the account's name where a file has none
	Family     string   `yaml:"family"`     // profiles whose rows are compared in full with each other; default Name
	Delimiter  string   `yaml:"delimiter"`  // one character, or several that are tried; default ","
	Header     []string `yaml:"header"`     // column names that must all occur in the header line
	Shape      []string `yaml:"shape"`      // instead of Header, for exports without one: date, amount, amount?, text, any per column
	Positional bool     `yaml:"positional"` // instead of Header and Shape: columns are "#N" and Skip lines come first; never chosen unless named
	Skip       int      `yaml:"skip"`
	Date       List     `yaml:"date"`     // layouts, see statement.Layout; the first that fits
	Decimal    string   `yaml:"decimal"`  // "." (default) or ","
	Group      string   `yaml:"group"`    // thousands separator, default none
	Currency   string   `yaml:"currency"` // where the file names none
	Sign       string   `yaml:"sign"`     // "as_is" (default) or "negate": positive amounts are money out
	Sides      string   `yaml:"sides"`    // of debit and credit: "positive" (default; a minus is refused), "signed" (debits have a minus), "absolute" (signs mean nothing)
	Manual     bool     `yaml:"manual"`   // never chosen unless named: too many banks write its header
	Columns    Columns  `yaml:"columns"`
	Account    Account  `yaml:"account"`
	Direction  *Choice  `yaml:"direction"` // tells money in from out where amounts have no sign
	Pending    []Match  `yaml:"pending"`   // rows that are not booked yet
	Ignore     []Match  `yaml:"ignore"`    // rows that are no bookings
	Transfer   []Match  `yaml:"transfer"`  // rows between own accounts
	Preamble   []Label  `yaml:"preamble"`  // values that stand above the header line
	Footer     bool     `yaml:"footer"`    // rows whose date is empty are no bookings
	Rules      []Rule   `yaml:"rules"`     // in order; later ones win

	delimiter byte // of the file at hand
	decimals  statement.Decimals
	layouts   []statement.Layout
}

// Columns says where each field of a transaction comes from.
type Columns struct {
	Date             List `yaml:"date"`
	Authorised       List `yaml:"authorised"`
	Amount           List `yaml:"amount"`
	Debit            List `yaml:"debit"`  // money out, with or without a minus
	Credit           List `yaml:"credit"` // money in
	Fee              List `yaml:"fee"`    // charged on top of the amount
	Currency         List `yaml:"currency"`
	OriginalAmount   List `yaml:"original_amount"`
	OriginalCurrency List `yaml:"original_currency"`
	Description      List `yaml:"description"`
	Merchant         List `yaml:"merchant"`
	Counterparty     List `yaml:"counterparty"`
	Payer            List `yaml:"payer"` // the counterparty of money in, where it has a column of its own
	Memo             List `yaml:"memo"`
	Category         List `yaml:"category"`
	MCC              List `yaml:"mcc"`
	ID               List `yaml:"id"`
	Balance          List `yaml:"balance"` // after the row
}

// Account says which account a row belongs to.
type Account struct {
	Number List   `yaml:"number"` // column with the full number or IBAN
	Bank   List   `yaml:"bank"`   // column with the sort code or BLZ
	Name   List   `yaml:"name"`   // columns whose values, joined, become one account each
	Prefix string `yaml:"prefix"` // put before Name
	Kind   string `yaml:"kind"`   // default "checking"
}

// Choice is a column whose value says the direction.
type Choice struct {
	Column string `yaml:"column"`
	In     List   `yaml:"in"`
	Out    List   `yaml:"out"`
}

// Match holds if a column has one of the values.
type Match struct {
	Column string `yaml:"column"`
	Values List   `yaml:"values"`
}

// Label takes a value from a line above the header: the cell after the one
// that begins with Label; or, if Inside is set, the rest of that cell; or, if
// Below is set, the cell under it.
type Label struct {
	Label  string `yaml:"label"`
	Set    string `yaml:"set"` // account_number, account_name or currency
	Inside bool   `yaml:"inside"`
	Below  bool   `yaml:"below"`
}

// Rule sets fields of the rows whose text matches an RE2 expression.
type Rule struct {
	If       string `yaml:"if"` // matched against description, counterparty, merchant and memo, without case
	Category string `yaml:"category"`
	Merchant string `yaml:"merchant"`
	Transfer bool   `yaml:"transfer"`

	expr *regexp.Regexp
}

// List is a string or a list of strings.
type List []string

// UnmarshalYAML accepts "a" for ["a"].
func (l *List) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*l = List{node.Value}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// ErrProfile is wrapped by every error about a profile; the text names the
// field, and it holds only what the profile's author wrote.
var ErrProfile = errors.New("profile")

// MaxProfile bounds a profile's text in bytes; the longest shipped one has 2 kB.
const MaxProfile = 64 << 10

// ReadProfile reads one profile in YAML; unknown keys are errors.
func ReadProfile(src io.Reader) (*Profile, error) {
	text, err := io.ReadAll(io.LimitReader(src, MaxProfile+1))
	if err != nil {
		return nil, fmt.Errorf("%w: reading: %w", ErrProfile, err)
	}
	if len(text) > MaxProfile {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrProfile, MaxProfile)
	}
	p := &Profile{}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	return p, p.compile()
}

// compile checks the profile and prepares what parsing needs.
func (p *Profile) compile() error {
	bad := func(field string) error { return fmt.Errorf("%w %s: %s", ErrProfile, p.Name, field) }
	if p.Name == "" {
		return bad("name is missing")
	}
	if p.Family == "" {
		p.Family = p.Name
	}
	if p.Title == "" {
		p.Title = p.Name
	}
	if p.Delimiter == "" {
		p.Delimiter = ","
	}
	if strings.Trim(p.Delimiter, ",;\t|") != "" {
		return bad("delimiter must be of , ; | and tab")
	}
	p.delimiter = p.Delimiter[0]
	if kinds := count(len(p.Header) > 0, len(p.Shape) > 0, p.Positional); kinds != 1 {
		return bad("one of header, shape and positional is needed")
	}
	if p.Skip < 0 || p.Skip > MaxPreamble || p.Skip > 0 && !p.Positional {
		return bad("skip goes with positional")
	}
	if p.Sign != "" && p.Sign != "as_is" && p.Sign != "negate" {
		return bad("sign must be as_is or negate")
	}
	if p.Sides != "" && p.Sides != "positive" && p.Sides != "signed" && p.Sides != "absolute" {
		return bad("sides must be positive, signed or absolute")
	}
	if p.Account.Kind == "" {
		p.Account.Kind = "checking"
	}
	c := &p.Columns
	if len(c.Date) == 0 || len(p.Date) == 0 {
		return bad("columns.date and date are needed")
	}
	if (len(c.Amount) > 0) == (len(c.Debit) > 0 || len(c.Credit) > 0) {
		return bad("either columns.amount or columns.debit and columns.credit are needed")
	}
	if err := p.compileDecimals(); err != nil {
		return err
	}
	for _, notation := range p.Date {
		layout, err := statement.ParseLayout(notation)
		if err != nil {
			return bad("date: " + err.Error())
		}
		p.layouts = append(p.layouts, layout)
	}
	for i := range p.Rules {
		expr, err := regexp.Compile("(?i)" + p.Rules[i].If)
		if err != nil || p.Rules[i].If == "" {
			return bad(fmt.Sprintf("rules[%d].if is not a regular expression", i))
		}
		p.Rules[i].expr = expr
	}
	return nil
}

func count(list ...bool) (n int) {
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

func (p *Profile) compileDecimals() error {
	if p.Decimal == "" {
		p.Decimal = "."
	}
	if p.Decimal != "." && p.Decimal != "," || len(p.Group) > 1 || p.Group == p.Decimal {
		return fmt.Errorf("%w %s: decimal must be \".\" or \",\", group another character or none", ErrProfile, p.Name)
	}
	p.decimals = statement.Decimals{Point: p.Decimal[0]}
	if p.Group != "" {
		p.decimals.Group = p.Group[0]
	}
	return nil
}

// fold is how column names are compared.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Trim(s, "\ufeff \t\r\n\"")), " "))
}
