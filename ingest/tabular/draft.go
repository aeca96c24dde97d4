package tabular

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Draft is a profile guessed from a file, with what only a person can say.
type Draft struct {
	Profile   *Profile
	Questions []Question
	Columns   []string // how the profile names the columns: by the header, or "#N" without one

	columns []column
}

// Question is something a file leaves open. Field is the profile's key in YAML,
// Choices the answers the file allows (none: anything).
type Question struct {
	Field   string
	Ask     string
	Choices []string

	groups map[string]string // of a question for the decimal point: what stands between thousands then
}

// NewDraft guesses a profile from a file's beginning. It returns false if no
// line has two columns. What is guessed is guessed from names and values
// together: a column called "Value date" is no amount.
func NewDraft(name string, head []byte) (Draft, bool) {
	t, ok := tableOf(head)
	if !ok {
		return Draft{}, false
	}
	p := &Profile{Name: name, Title: name, Delimiter: string(t.delimiter)}
	d := Draft{Profile: p, columns: t.columns}
	for _, c := range t.columns {
		d.Columns = append(d.Columns, c.ref)
	}
	if t.header {
		p.Header = slices.DeleteFunc(slices.Clone(d.Columns), func(s string) bool { return s == "" })
	} else {
		p.Positional, p.Skip = true, t.above
	}
	rows := d.dates(t.rows)
	for i := range d.columns {
		d.columns[i].fill(rows)
	}
	d.roles()
	d.amounts()
	d.unpaid(rows)
	d.currency()
	d.account()
	if len(p.Columns.Description) == 0 && len(p.Columns.Counterparty) == 0 {
		d.ask("columns.description", "Which column has the text?", d.Columns...)
	}
	return d, true
}

func (d *Draft) ask(field, text string, choices ...string) {
	d.Questions = append(d.Questions, Question{Field: field, Ask: text, Choices: choices})
}

// YAML returns the profile as ReadProfile reads it.
func (p *Profile) YAML() ([]byte, error) { return yaml.Marshal(p) }
