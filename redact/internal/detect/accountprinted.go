package detect

import (
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Account numbers whose printed form and check digits say what they are, without a word
// beside them (the national formats of the IBAN registry, ISO 13616).

// accountForm is such a form.
type accountForm struct {
	rule  string
	sizes []int  // of its groups
	seps  string // what may stand between them: one of these, the same each time
	check func(d []byte) bool
}

var accountForms = [...]accountForm{
	{"hu", []int{8, 8, 8}, "- ", bankaccount.Hungarian},
	{"hu", []int{8, 8}, "-", bankaccount.Hungarian},
	{"be", []int{3, 7, 2}, "- ", bankaccount.Belgian},
	{"no", []int{4, 2, 5}, ". ", norwegianAccount},
	{"pl", []int{2, 4, 4, 4, 4, 4, 4}, " -", bankaccount.Polish},
	{"pl", []int{polishDigits}, "", bankaccount.Polish},
	{"rs", []int{3, 13, 2}, "- ", bankaccount.MOD97},
	{"mk", []int{3, 10, 2}, "- ", bankaccount.MOD97},
	{"ba", []int{3, 3, 8, 2}, "- ", bankaccount.MOD97},
	{"pt", []int{4, 4, 11, 2}, " .-", bankaccount.MOD97},
	{"hr", []int{7, 10}, "-", bankaccount.Croatian},
}

// polishDigits is how many digits a Polish account has, the only one printed without marks.
const polishDigits = 26

// printedAccount finds them from group i on.
func (s *Scan) printedAccount(v *finding.View, q *Sequence, i int) {
	if len(q.G) == 1 && len(q.D) != polishDigits {
		return
	}
	for k := range accountForms {
		f := &accountForms[k]
		j := i + len(f.sizes) - 1
		if j >= len(q.G) || !q.printed(i, j, f.sizes...) || inWord(v.Text, int(q.at[q.G[i].from]), int(q.at[q.G[j].to-1])) {
			continue
		}
		if sep := q.G[j].sep; j > i && (strings.IndexByte(f.seps, sep) < 0 || !q.tight(i, len(f.sizes), sep) || !q.apart(i, len(f.sizes), sep)) {
			continue
		}
		if f.check(q.D[q.G[i].from:q.G[j].to]) {
			s.account(v, q, q.G[i].from, q.G[j].to, f.rule)
			return
		}
	}
	s.czech(v, q, i)
}

// norwegianAccount verifies an account. What begins as a day is one, to which something is
// joined.
func norwegianAccount(d []byte) bool {
	if y := char.Number(d, 4); y >= 1990 && y <= 2060 && date.Month(char.Number(d[4:], 2)) && date.Day(char.Number(d[6:], 2)) {
		return false
	}
	return bankaccount.Norwegian(d)
}

// Digits of a Czech or Slovak account (decree of the ČNB 169/2011): a prefix, which may
// be missing, the number, and behind a stroke the code of the bank.
const (
	maxCzechPrefix = 6
	minCzech       = 6 // with fewer two numbers stand so by chance
	fullCzech      = 9 // with fewer a year behind a stroke is one: 145399/2020
	maxCzech       = 10
	czechBank      = 4
)

// czech finds such an account from group i on.
func (s *Scan) czech(v *finding.View, q *Sequence, i int) {
	k, start := i, q.G[i].from
	first := q.G[i].size() <= maxCzechPrefix && i+1 < len(q.G) && q.G[i+1].sep == '-' && q.G[i+1].sepLen == 1
	if first {
		k++
	}
	if k+1 >= len(q.G) {
		return
	}
	number, bank := q.G[k], q.G[k+1]
	if n := number.size(); n > maxCzech || n < minCzech && !first || n < 2 || bank.size() != czechBank || bank.sep != '/' || bank.sepLen != 1 || bank.to-start < column.MinSuffix+czechBank {
		return
	}
	if !czechCode(q.value(bank), first || number.size() >= fullCzech) || first && !bankaccount.Czech(q.D[start:q.G[i].to]) || !bankaccount.Czech(q.D[number.from:number.to]) {
		return
	}
	if !inWord(v.Text, int(q.at[start]), int(q.at[bank.to-1])) {
		s.account(v, q, start, bank.to, "cz")
	}
}

// czechCode tells whether a number is like the code of a bank (ČNB and NBS, code lists
// of payment service providers); one like a year is only behind a long number.
func czechCode(code int, long bool) bool {
	return code >= 100 && code <= 8500 && (code%5 == 0 || code%100 > 90) && (long || code < 1970 || code > 2060)
}
