package tools

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Figure is one row of a tool's result, with its numbers, or a total.
type Figure struct {
	Label string // whose figures these are; "" for a total
	Line  string // the row in plain words, as the server puts it

	amounts []string // by value, without a sign
	counts  []string
	dates   []string
	coins   []string // currencies of the amounts
}

// figureDoc is what the results of tools have in common.
type figureDoc struct {
	Items  []figureRow `json:"items"`
	Totals []figureRow `json:"totals"`
	From   string      `json:"from"`
	To     string      `json:"to"`
}

type figureRow struct {
	Keys        []struct{ Value string } `json:"keys"`
	Name        string                   `json:"name"`
	Merchant    string                   `json:"merchant"`
	Description string                   `json:"description"`
	Date        string                   `json:"date"`
	Amount      *figureMoney             `json:"amount"`
	In          *figureMoney             `json:"in"`
	Out         *figureMoney             `json:"out"`
	Count       int64                    `json:"count"`
}

type figureMoney struct{ Decimal, Currency string }

// Figures reads the rows of a tool's result, the totals last. A result of
// another form has none.
func Figures(document []byte) (list []Figure) {
	var doc figureDoc
	if json.Unmarshal(document, &doc) != nil {
		return nil
	}
	for _, row := range doc.Items {
		list = append(list, row.figure(row.label()))
	}
	for _, row := range doc.Totals {
		f := row.figure("")
		f.dates = append(f.dates, doc.From, doc.To)
		f.Line = "total, " + doc.From + " to " + doc.To + f.Line
		list = append(list, f)
	}
	return list
}

func (r figureRow) label() string {
	if len(r.Keys) > 0 && r.Keys[0].Value == "" {
		return "not filed"
	}
	if len(r.Keys) > 0 {
		return r.Keys[0].Value
	}
	for _, name := range []string{r.Merchant, r.Description, r.Name} {
		if name != "" {
			return name
		}
	}
	return ""
}

func (r figureRow) figure(label string) Figure {
	f := Figure{Label: label, Line: label}
	if r.Date != "" {
		f.dates, f.Line = []string{r.Date}, r.Date+" "+label
	}
	add := func(m *figureMoney, what string) {
		if m == nil || valueOf(strings.TrimPrefix(m.Decimal, "-")) == "0" {
			return
		}
		f.amounts, f.coins = append(f.amounts, valueOf(strings.TrimPrefix(m.Decimal, "-"))), append(f.coins, m.Currency)
		if what != "" {
			f.Line += map[bool]string{true: ": ", false: ", "}[len(f.amounts) == 1] + strings.TrimPrefix(m.Decimal, "-") + " " + m.Currency + " " + what
			return
		}
		f.Line += ": " + m.Decimal + " " + m.Currency
	}
	add(r.Amount, "")
	add(r.Out, "out")
	add(r.In, "in")
	if r.Count > 0 {
		f.counts = []string{strconv.FormatInt(r.Count, 10)}
		f.Line += " (transactions: " + f.counts[0] + ")"
	}
	return f
}

var (
	clauseEnd   = regexp.MustCompile(`[;\n]|[.,!?:](?:\s|$)|\s(?:and|but|while|whereas)\s`)
	figureDate  = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	figureForm  = regexp.MustCompile(`([£€$]?)\s?(\d[\d,]*(?:\.\d+)?)(?:\s?([A-Z]{3})\b)?`)
	superlative = regexp.MustCompile(`(?i)\b(most|largest|biggest|highest|top|least|smallest|lowest|first|last|more|less|than|times|only)\b`)
)

// supported reports whether a model's words say no figure that is not, in one
// piece, in the rows: each clause with a number has to name one row, or none and
// then mean a total, and all its numbers have to be that row's, amounts as
// amounts of its currency and counts as counts. A comparison has to be without
// numbers, unless it names the first row. Words that can't be understood so are
// not supported: the server then answers in its own.
func supported(words string, rows []Figure) bool {
	text := words
	labels := map[string][]Figure{}
	for _, f := range rows {
		labels[strings.ToLower(f.Label)] = append(labels[strings.ToLower(f.Label)], f)
	}
	names := []string{}
	for name := range labels {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for i, name := range names { // a name may hold what ends a clause, and digits
		text = replaceFold(text, name, " \x00"+strings.Repeat("\x01", i+1)+"\x02 ")
	}
	for _, clause := range clauseEnd.Split(text, -1) {
		var named []string
		for i, name := range names {
			if mark := "\x00" + strings.Repeat("\x01", i+1) + "\x02"; strings.Contains(clause, mark) {
				named, clause = append(named, name), strings.ReplaceAll(clause, mark, " ")
			}
		}
		if !supportedClause(clause, named, labels, rows) {
			return false
		}
	}
	return true
}

func supportedClause(clause string, named []string, labels map[string][]Figure, rows []Figure) bool {
	hasNumber := len(numbers(clause)) > 0 || len(invented(clause, "")) > 0
	if len(named) > 1 {
		return !hasNumber && !superlative.MatchString(clause)
	}
	of := ""
	if len(named) == 1 {
		of = named[0]
	}
	if superlative.MatchString(clause) && (of == "" && hasNumber || of != "" && (len(rows) == 0 || !strings.EqualFold(rows[0].Label, of))) {
		return false
	}
	if !hasNumber {
		return true
	}
	return slices.ContainsFunc(labels[of], func(f Figure) bool { return f.has(clause) })
}

// has reports whether all numbers of a clause are this row's.
func (f Figure) has(clause string) bool {
	for _, d := range figureDate.FindAllString(clause, -1) {
		if !slices.Contains(f.dates, d) {
			return false
		}
	}
	clause = figureDate.ReplaceAllString(clause, " ")
	rest := figureForm.ReplaceAllStringFunc(clause, func(text string) string {
		part := figureForm.FindStringSubmatch(text)
		if f.hasNumber(part[1], part[2], part[3]) {
			return " "
		}
		return text
	})
	return len(numbers(rest)) == 0 && len(invented(rest, "")) == 0
}

func (f Figure) hasNumber(symbol, number, code string) bool {
	value := valueOf(number)
	if symbol == "" && code == "" && !strings.Contains(number, ".") {
		return slices.Contains(f.counts, value)
	}
	for i, a := range f.amounts {
		coin := f.coins[i]
		right := code == "" || code == coin
		right = right && (symbol == "" || symbol == "£" && coin == "GBP" || symbol == "€" && coin == "EUR" || symbol == "$" && coin == "USD")
		if a == value && right {
			return true
		}
	}
	return false
}

// replaceFold replaces each occurrence of a lower-case name between non-letters.
func replaceFold(text, name, by string) string {
	form, err := regexp.Compile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(name) + `($|[^\pL\pN])`)
	if err != nil {
		return text
	}
	return form.ReplaceAllString(text, "${1}"+by+"${2}")
}
