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
	Name       string   `yaml:"name,omitempty"`       // lower case, for --profile
	Title      string   `yaml:"title,omitempty"`      // for people; also the account's name where a file has none
	Family     string   `yaml:"family,omitempty"`     // profiles whose rows are compared in full with each other; default Name
	Delimiter  string   `yaml:"delimiter,omitempty"`  // one character, or several that are tried; default ","
	Header     []string `yaml:"header,omitempty"`     // column names that must all occur in the header line
	Shape      []string `yaml:"shape,omitempty"`      // instead of Header, for exports without one: date, amount, amount?, text, any per column
	Positional bool     `yaml:"positional,omitempty"` // instead of Header and Shape: columns are "#N" and Skip lines come first; never chosen unless named
	Skip       int      `yaml:"skip,omitempty"`
	Date       List     `yaml:"date,omitempty"`     // layouts, see statement.Layout; the first that fits
	Decimal    string   `yaml:"decimal,omitempty"`  // "." (default) or ","
	Group      string   `yaml:"group,omitempty"`    // thousands separator, default none
	Currency   string   `yaml:"currency,omitempty"` // where the file names none
	Sign       string   `yaml:"sign,omitempty"`     // "as_is" (default) or "negate": positive amounts are money out
	Sides      string   `yaml:"sides,omitempty"`    // of debit and credit: "positive" (default; a minus is refused), "signed" (debits have a minus), "absolute" (signs mean nothing)
	Manual     bool     `yaml:"manual,omitempty"`   // never chosen unless named: too many banks write its header
	Shared     bool     `yaml:"shared,omitempty"`   // banks that write the month first have the same columns: chosen unnamed only if the dates tell their order
	Columns    Columns  `yaml:"columns,omitempty"`
	Account    Account  `yaml:"account,omitempty"`
	Direction  *Choice  `yaml:"direction,omitempty"` // tells money in from out where amounts have no sign
	Pending    []Match  `yaml:"pending,omitempty"`   // rows that are not booked yet
	Ignore     []Match  `yaml:"ignore,omitempty"`    // rows that are no bookings
	Transfer   []Match  `yaml:"transfer,omitempty"`  // rows between own accounts
	Preamble   []Label  `yaml:"preamble,omitempty"`  // values that stand above the header line
	Footer     bool     `yaml:"footer,omitempty"`    // rows whose date is empty are no bookings
	Rules      []Rule   `yaml:"rules,omitempty"`     // in order; later ones win

	delimiter byte // of the file at hand
	decimals  statement.Decimals
	layouts   []statement.Layout
}

// Columns says where each field of a transaction comes from.
type Columns struct {
	Date             List `yaml:"date,omitempty"`
	Authorised       List `yaml:"authorised,omitempty"`
	Amount           List `yaml:"amount,omitempty"`
	Debit            List `yaml:"debit,omitempty"`  // money out, with or without a minus
	Credit           List `yaml:"credit,omitempty"` // money in
	Fee              List `yaml:"fee,omitempty"`    // charged on top of the amount
	Currency         List `yaml:"currency,omitempty"`
	OriginalAmount   List `yaml:"original_amount,omitempty"`
	OriginalCurrency List `yaml:"original_currency,omitempty"`
	Description      List `yaml:"description,omitempty"`
	Merchant         List `yaml:"merchant,omitempty"`
	Counterparty     List `yaml:"counterparty,omitempty"`
	Payer            List `yaml:"payer,omitempty"` // the counterparty of money in, where it has a column of its own
	Memo             List `yaml:"memo,omitempty"`
	Category         List `yaml:"category,omitempty"`
	MCC              List `yaml:"mcc,omitempty"`
	ID               List `yaml:"id,omitempty"`
	Balance          List `yaml:"balance,omitempty"` // after the row
}

// Account says which account a row belongs to.
type Account struct {
	Number List   `yaml:"number,omitempty"` // column with the full number or IBAN
	Bank   List   `yaml:"bank,omitempty"`   // column with the sort code or BLZ
	Name   List   `yaml:"name,omitempty"`   // columns whose values, joined, become one account each
	Prefix string `yaml:"prefix,omitempty"` // put before Name
	Kind   string `yaml:"kind,omitempty"`   // default "checking"
}

// Choice is a column whose value says the direction.
type Choice struct {
	Column string `yaml:"column,omitempty"`
	In     List   `yaml:"in,omitempty"`
	Out    List   `yaml:"out,omitempty"`
}

// Match holds if a column has one of the values.
type Match struct {
	Column string `yaml:"column,omitempty"`
	Values List   `yaml:"values,omitempty"`
}

// Label takes a value from a line above the header: the cell after the one
// that begins with Label; or, if Inside is set, the rest of that cell; or, if
// Below is set, the cell under it.
type Label struct {
	Label  string `yaml:"label,omitempty"`
	Set    string `yaml:"set,omitempty"` // account_number, account_name or currency
	Inside bool   `yaml:"inside,omitempty"`
	Below  bool   `yaml:"below,omitempty"`
}

// Rule sets fields of the rows whose text matches an RE2 expression.
type Rule struct {
	If       string `yaml:"if,omitempty"` // matched against description, counterparty, merchant and memo, without case
	Category string `yaml:"category,omitempty"`
	Merchant string `yaml:"merchant,omitempty"`
	Transfer bool   `yaml:"transfer,omitempty"`

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
