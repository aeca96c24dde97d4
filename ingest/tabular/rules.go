package tabular

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// ReadRules reads CSV rules as hledger writes them (hledger manual, "CSV
// format") into a profile of that name. Understood are:
//
//	skip N                 lines before the data (default 0)
//	separator C            a character, or the word comma, semicolon, tab, pipe
//	fields A, B, …         names of the columns, in order; empty ones are unused
//	date-format %d/%m/%Y   of %d %m %Y %y %b and literals, - flags allowed
//	decimal-mark C
//	currency CODE          an ISO 4217 code, for all rows
//	account1 NAME          the account's name
//	FIELD VALUE            FIELD is a transaction's field, VALUE columns as %name or %N
//	if PATTERN…            patterns, one a line, then indented assignments of
//	                       account2 (the category, without "expenses:" and
//	                       "income:"), description (the merchant)
//	newest-first           nothing: rows need no order here
//
// Fields of a transaction are date, date2, amount, amount-in, amount-out,
// currency, description, comment, balance, code (the bank's id). Everything else
// is refused with its line: a rule that was ignored would import wrongly.
func ReadRules(name string, src io.Reader) (*Profile, error) {
	r := rules{p: &Profile{Name: name, Manual: true, Positional: true}, names: map[string]int{}}
	scan := bufio.NewScanner(io.LimitReader(src, MaxProfile+1))
	size := 0
	for scan.Scan() {
		r.line++
		if size += len(scan.Bytes()) + 1; size > MaxProfile {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrProfile, MaxProfile)
		}
		if err := r.read(scan.Text()); err != nil {
			return nil, fmt.Errorf("%w %s: line %d: %w", ErrProfile, name, r.line, err)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrProfile, name, err)
	}
	r.endIf()
	return r.p, r.p.compile()
}

// rules is the state of reading a rules file.
type rules struct {
	p        *Profile
	line     int
	names    map[string]int // of columns, to their index from 1
	patterns []string       // of the if block at hand
	rule     Rule
	inIf     bool
}

func (r *rules) read(text string) error {
	trimmed := strings.TrimSpace(text)
	indented := text != "" && (text[0] == ' ' || text[0] == '\t')
	switch {
	case trimmed == "":
		r.endIf()
		return nil
	case strings.ContainsRune("#;*", rune(trimmed[0])):
		return nil
	case r.inIf && indented:
		return r.assignInIf(trimmed)
	case r.inIf && r.rule == (Rule{}):
		return r.pattern(trimmed)
	case indented:
		return fmt.Errorf("an indented line belongs into an if block")
	}
	r.endIf()
	word, rest, _ := strings.Cut(trimmed, " ")
	return r.directive(word, strings.TrimSpace(rest))
}

func (r *rules) directive(word, rest string) error {
	p := r.p
	switch word {
	case "if":
		r.inIf = true
		if rest == "" {
			return nil
		}
		return r.pattern(rest)
	case "skip":
		n, err := strconv.Atoi(rest)
		if rest == "" {
			n, err = 1, nil
		}
		if err != nil || n < 0 || n > MaxPreamble {
			return fmt.Errorf("skip wants a number up to %d", MaxPreamble)
		}
		p.Skip = n
	case "separator":
		p.Delimiter = separators[strings.ToLower(rest)]
		if p.Delimiter == "" {
			p.Delimiter = rest
		}
	case "decimal-mark":
		p.Decimal, p.Group = rest, ","
		if rest == "," {
			p.Group = "."
		}
	case "date-format":
		layout, err := layoutOf(rest)
		p.Date = List{layout}
		return err
	case "fields":
		return r.fields(rest)
	case "account1":
		p.Title = rest
	case "newest-first":
	case "currency":
		if !strings.Contains(rest, "%") {
			p.Currency = currencyCode(rest)
			return nil
		}
		return r.assign(word, rest)
	default:
		return r.assign(word, rest)
	}
	return nil
}

var separators = map[string]string{"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}

// fields names the columns; the names of transaction fields also assign them.
func (r *rules) fields(list string) error {
	for i, name := range strings.Split(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || name == "_" {
			continue
		}
		r.names[name] = i + 1
		if to := r.target(name); to != nil {
			*to = List{"#" + strconv.Itoa(i+1)}
		}
	}
	return nil
}

// target returns where a transaction's field is described, nil for other names.
func (r *rules) target(name string) *List {
	c := &r.p.Columns
	switch name {
	case "date":
		return &c.Date
	case "date2":
		return &c.Authorised
	case "amount", "amount1":
		return &c.Amount
	case "amount-in", "amount1-in":
		return &c.Credit
	case "amount-out", "amount1-out":
		return &c.Debit
	case "currency", "currency1":
		return &c.Currency
	case "description":
		return &c.Description
	case "comment", "comment1":
		return &c.Memo
	case "balance", "balance1":
		return &c.Balance
	case "code":
		return &c.ID
	}
	return nil
}

var columnReference = regexp.MustCompile(`%([A-Za-z][A-Za-z0-9_-]*|[0-9]+)`)

// assign reads "FIELD %a %b": the columns that make up a field.
func (r *rules) assign(field, value string) error {
	to := r.target(strings.ToLower(field))
	if to == nil {
		return fmt.Errorf("directive is not understood")
	}
	var columns List
	for _, m := range columnReference.FindAllStringSubmatch(value, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = r.names[strings.ToLower(m[1])]
		}
		if n < 1 {
			return fmt.Errorf("a column is named that fields does not list")
		}
		columns = append(columns, "#"+strconv.Itoa(n))
	}
	if len(columns) == 0 {
		return fmt.Errorf("a field wants columns, such as %%1 or %%name")
	}
	*to = columns
	return nil
}

func (r *rules) pattern(text string) error {
	if strings.ContainsAny(text[:1], "%&!|,") {
		return fmt.Errorf("field matchers, & and ! and tables are not understood")
	}
	r.patterns = append(r.patterns, "(?:"+text+")")
	return nil
}

func (r *rules) assignInIf(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "account2":
		for _, prefix := range [...]string{"expenses:", "income:", "revenues:"} {
			if len(rest) > len(prefix) && strings.EqualFold(rest[:len(prefix)], prefix) {
				rest = rest[len(prefix):]
				break
			}
		}
		if r.rule.Category = rest; strings.HasPrefix(strings.ToLower(rest), "assets:") || strings.HasPrefix(strings.ToLower(rest), "liabilities:") {
			r.rule.Category, r.rule.Transfer = "", true
		}
	case "description":
		r.rule.Merchant = rest
	default:
		return fmt.Errorf("in an if block only account2 and description are understood")
	}
	return nil
}

// endIf closes the if block at hand.
func (r *rules) endIf() {
	if r.inIf && len(r.patterns) > 0 && r.rule != (Rule{}) {
		r.rule.If = strings.Join(r.patterns, "|")
		r.p.Rules = append(r.p.Rules, r.rule)
	}
	r.inIf, r.patterns, r.rule = false, nil, Rule{}
}

// layoutOf turns a strptime format into a layout.
func layoutOf(format string) (string, error) {
	out := strings.NewReplacer("%-d", "DD", "%-m", "MM", "%d", "DD", "%e", "DD", "%m", "MM", "%Y", "YYYY", "%y", "YY", "%b", "MMM", "%h", "MMM", "%F", "YYYY-MM-DD").Replace(format)
	if strings.Contains(out, "%") {
		return "", fmt.Errorf("date-format has a part that is not understood")
	}
	return out, nil
}
