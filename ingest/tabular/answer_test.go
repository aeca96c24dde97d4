package tabular

import (
	"reflect"
	"strings"
	"testing"
)

// TestAnswers: an answer goes where its question points, and one that does not fit
// changes nothing.
func TestAnswers(t *testing.T) {
	debit := Question{Field: "columns.debit", Choices: []string{"Out", "In"}}
	for _, tt := range []struct {
		name   string
		q      Question
		answer string
		want   Profile
		wrong  string
	}{
		{"the date's column", Question{Field: "columns.date"}, "Day", Profile{Columns: Columns{Date: List{"Day"}}}, ""},
		{"debit first", debit, "Out", Profile{Columns: Columns{Debit: List{"Out"}, Credit: List{"In"}}}, ""},
		{"debit second", debit, "In", Profile{Columns: Columns{Debit: List{"In"}, Credit: List{"Out"}}}, ""},
		{"neither", debit, "Other", Profile{}, "one of the choices"},
		{"a layout", Question{Field: "date"}, "DD/MM/YYYY", Profile{Date: List{"DD/MM/YYYY"}}, ""},
		{"no layout", Question{Field: "date"}, "", Profile{}, "no form of a date"},
		{"a comma", Question{Field: "decimal"}, ",", Profile{Decimal: ",", Group: "."}, ""},
		{"a point", Question{Field: "decimal"}, ".", Profile{Decimal: ".", Group: ","}, ""},
		{"a currency", Question{Field: "currency"}, "eur", Profile{Currency: "EUR"}, ""},
		{"no currency", Question{Field: "currency"}, "euro", Profile{}, "no currency"},
		{"nothing known", Question{Field: "x"}, "y", Profile{}, "no way"},
	} {
		var p Profile
		err := p.Answer(tt.q, tt.answer)
		if (err != nil) != (tt.wrong != "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.wrong)
		}
		if !reflect.DeepEqual(p, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, p, tt.want)
		}
	}
	d := Draft{Questions: []Question{{Field: "columns.amount"}, {Field: "date", Ask: "How?"}}}
	var fields []string
	for _, q := range d.All() {
		fields = append(fields, q.Field)
	}
	if got := strings.Join(fields, " "); got != "columns.amount decimal sign date" {
		t.Errorf("asks about %s", got)
	}
}
