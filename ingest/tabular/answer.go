package tabular

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// All are the draft's questions, and those about the values of a column that it
// did not find.
func (d *Draft) All() (out []Question) {
	for _, q := range d.Questions {
		if q.Field == "date" && len(q.Choices) == 0 {
			q.Ask += " For example DD/MM/YYYY, YYYY-MM-DD, DD MMM YY; * stands for anything after it."
		}
		if out = append(out, q); q.Field == "columns.amount" {
			out = append(out,
				Question{Field: "decimal", Ask: "What stands before the decimals?", Choices: []string{".", ","}, groups: d.groups()},
				Question{Field: "sign", Ask: "Are positive amounts money in (as_is) or money out (negate)?", Choices: []string{"as_is", "negate"}})
		}
	}
	return out
}

// groups tells for each decimal point what stands between thousands: the
// likeliest mark that some cell cannot be read without.
func (d *Draft) groups() map[string]string {
	found := map[string]string{}
	for i := len(notationsOf) - 1; i >= 0; i-- {
		n := notationsOf[i]
		grouped := func(b []byte) bool {
			return readsAs(b, n.point, n.group) && !readsAs(b, n.point, "_") && bytes.Contains(b, []byte(n.point))
		}
		for _, c := range d.columns {
			if slices.ContainsFunc(c.samples, grouped) {
				found[n.point] = n.group
			}
		}
	}
	return found
}

// Answer puts an answer into the profile or says what is wrong with it.
func (p *Profile) Answer(q Question, answer string) error {
	if len(q.Choices) > 0 && !slices.Contains(q.Choices, answer) {
		return fmt.Errorf("please give one of the choices, or its number")
	}
	switch q.Field {
	case "columns.date":
		p.Columns.Date = List{answer}
	case "columns.amount":
		p.Columns.Amount = List{answer}
	case "columns.debit":
		p.Columns.Debit, p.Columns.Credit = List{answer}, List{q.Choices[0]}
		if answer == q.Choices[0] {
			p.Columns.Credit = List{q.Choices[1]}
		}
	case "columns.description":
		p.Columns.Description = List{answer}
	case "date":
		if _, err := statement.ParseLayout(answer); err != nil || answer == "" {
			return fmt.Errorf("that is no form of a date")
		}
		p.Date = List{answer}
	case "decimal":
		p.Decimal, p.Group = answer, ","
		if answer == "," {
			p.Group = "."
		}
		if group, ok := q.groups[answer]; ok {
			p.Group = group
		}
	case "sign":
		p.Sign = answer
	case "currency":
		code := strings.ToUpper(answer)
		if _, ok := store.Exponent(code); !ok {
			return fmt.Errorf("that is no currency; give an ISO 4217 code, such as EUR")
		}
		p.Currency = code
	default:
		return fmt.Errorf("no way to answer about %s", q.Field)
	}
	return nil
}
