package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// The printed forms of identity numbers, and what they look like with further
// separators in them.

// printedID returns the number of groups of an identity number in its printed
// form that starts at group i.
func (q *Sequence) printedID(i int, before cue.Set) (n int, rule string) {
	if !q.MayBePrinted(i) {
		return 0, ""
	}
	return q.PrintedAs(i, before)
}

// PrintedAs is printedID for groups that are as long as those of a form.
func (q *Sequence) PrintedAs(i int, before cue.Set) (n int, rule string) {
	sizes := func(seps string, want ...int) bool {
		if q.G[i].size() != want[0] || i+len(want) > len(q.G) || q.cuts(i) || q.cuts(i+len(want)) {
			return false
		}
		for k, w := range want {
			g := q.G[i+k]
			if g.size() != w || k > 0 && (g.sepLen != 1 || g.sep != seps[k-1]) {
				return false
			}
		}
		return true
	}
	spaced := func(want ...int) bool { return q.uniform(i, want...) }
	sized := func(want ...int) bool { return spaced(want...) || i == 0 && q.printed(0, len(q.G)-1, want...) }
	d := q.D[q.G[i].from:]
	switch {
	case (sizes("--", 3, 2, 4) || spaced(3, 2, 4) && !(q.G[i+1].sep == '/' && date.IsMonthYear(d[3:9])) || sized(3, 2, 4) && q.alone(0, 2) && !date.IsMonthYear(d[3:9])) && (nationalid.SSN(d[:9]) || nationalid.ITIN(d[:9])):
		return 3, "ssn"
	case (sizes("..-", 3, 3, 3, 2) || sized(3, 3, 3, 2) && !q.address(i)) && nationalid.CPF(d[:11]):
		return 4, "cpf"
	case (sizes("../-", 2, 3, 3, 4, 2) || sized(2, 3, 3, 4, 2)) && nationalid.CNPJ(d[:14]):
		return 5, "cnpj"
	case (sizes("--", 2, 8, 1) || spaced(2, 8, 1) || sized(2, 8, 1) && q.alone(0, 2)) && nationalid.CUIT(d[:11]):
		return 3, "cuit"
	case (sizes("-", 6, 4) || spaced(6, 4) || sized(6, 4) && q.alone(0, 1)) && nationalid.Calendar(d[:6]) && checkdigit.Luhn(d[:10]):
		return 2, "personnummer"
	case (sizes("..-.", 2, 2, 2, 3, 2) && nationalid.NRNDay(d) || sized(2, 2, 2, 3, 2) && nationalid.Calendar(d[:6])) && nationalid.NRN(d[:11]):
		return 5, "nrn"
	case (sizes("-", 8, 4) || spaced(8, 4) || sized(8, 4) && q.alone(0, 1)) && char.Number(d, 4) >= 1900 && char.Number(d, 4) <= lastAdult && nationalid.Calendar(d[2:8]) && checkdigit.Luhn(d[2:12]):
		return 2, "personnummer"
	case (sizes("...", 3, 4, 4, 2) || sized(3, 4, 4, 2)) && nationalid.AHV(d[:13]):
		return 4, "ahv"
	case sizes("", 13) && before&cue.Article == 0 && nationalid.AHV(d[:13]):
		return 1, "ahv"
	case sizes("", 13) && before&cue.Article == 0 && profile.SouthAfrican(d[:13]):
		return 1, "za_id"
	case sizes("..-", 2, 3, 3, 1) && nationalid.RUT(d[:9]), sizes("..-", 1, 3, 3, 1) && nationalid.RUT(d[:8]):
		return 4, "rut"
	case i == 0 && before&cue.Employer != 0 && len(q.G) > 1 && q.printed(0, 1, 2, 7) && (len(q.G) == 2 || q.G[1].sep == '-' && q.G[1].sepLen == 1):
		return 2, "ein"
	case sizes("", 18) && nationalid.ResidentID(d[:18]):
		return 1, "resident_id"
	case sizes("", 15) && nationalid.NIR(d[:15]), sizes("      ", 1, 2, 2, 2, 3, 3, 2) && nationalid.NIR(d[:15]):
		if q.G[i].size() == 15 {
			return 1, "nir"
		}
		return 7, "nir"
	case (sizes("----", 1, 4, 5, 2, 1) || spaced(1, 4, 5, 2, 1)) && nationalid.ThaiID(d[:13]):
		return 5, "thai_id"
	case sizes("  ", 4, 4, 4) && before&cue.Tax != 0 && checkdigit.Verhoeff(d[:12]):
		return 3, "aadhaar"
	}
	return 0, ""
}

// printedSizes are the sizes of the groups of printedID's forms.
var printedSizes = [...][]int{{3, 2, 4}, {3, 3, 3, 2}, {2, 3, 3, 4, 2}, {2, 8, 1}, {6, 4}, {2, 2, 2, 3, 2}, {8, 4}, {3, 4, 4, 2}, {13}, {2, 3, 3, 1}, {1, 3, 3, 1}, {2, 7}, {18}, {15}, {1, 2, 2, 2, 3, 3, 2}, {4, 4, 4}, {1, 4, 5, 2, 1}}

// MayBePrinted tells whether the groups from i on are as long as those of one of
// the forms.
func (q *Sequence) MayBePrinted(i int) bool {
	for _, sizes := range &printedSizes {
		if q.sized(i, sizes) {
			return true
		}
	}
	return false
}

// sized tells whether the groups from i on have these sizes.
func (q *Sequence) sized(i int, sizes []int) bool {
	if i+len(sizes) > len(q.G) {
		return false
	}
	for k, n := range sizes {
		if q.G[i+k].size() != n {
			return false
		}
	}
	return true
}

// address tells whether four groups are those of an IP address, each of one byte.
func (q *Sequence) address(i int) bool {
	for k := i; k < i+4; k++ {
		if g := q.G[k]; char.Number(q.D[g.from:], g.size()) > 255 || k > i && (g.sep != '.' || g.sepLen != 1) {
			return false
		}
	}
	return true
}

// printedForm is how an identity number is printed: in groups, with a mark
// before each but the first.
type printedForm struct {
	rule  string
	Sizes []int
	marks string
}

var PrintedForms = [...]printedForm{
	{"ssn", []int{3, 2, 4}, "--"},
	{"cpf", []int{3, 3, 3, 2}, "..-"},
	{"cnpj", []int{2, 3, 3, 4, 2}, "../-"},
	{"cuit", []int{2, 8, 1}, "--"},
	{"personnummer", []int{6, 4}, "-"},
	{"nrn", []int{2, 2, 2, 3, 2}, "..-."},
	{"ahv", []int{3, 4, 4, 2}, "..."},
	{"rrn", []int{6, 7}, "-"},
	{"rut", []int{2, 3, 3, 1}, "..-"},
	{"nz", []int{2, 4, 7, 2}, "---"},
	{"uk", []int{2, 2, 2, 8}, "-- "},
	{"ca", []int{5, 3, 7}, "--"},
}

// PrintedAs tells whether a text is the digits and marks of a number in its printed form, and
// nothing else, if that has a check digit.
func PrintedAs(rule string, t []byte) bool {
	if rule == "hetu" { // 131052-308T
		return len(t) == len("131052-308T") && !char.Alnum(t[6])
	}
	if rule == "ssn" {
		return false
	}
	for k := range PrintedForms {
		if f := &PrintedForms[k]; f.rule == rule {
			return f.spelled(t)
		}
	}
	return false
}

// spelled tells whether a text has the groups and the marks of the form.
func (f *printedForm) spelled(t []byte) bool {
	for k, size := range f.Sizes {
		if len(t) < size {
			return false
		}
		if t = t[size:]; k < len(f.marks) {
			if len(t) == 0 || t[0] != f.marks[k] {
				return false
			}
			t = t[1:]
		}
	}
	return len(t) == 0
}

// entity is what numbers of this form are.
func (f *printedForm) entity() entity.Kind {
	switch f.rule {
	case "nz", "uk", "ca":
		return entity.Account
	}
	return entity.National
}

// valid verifies the digits of a number of this form.
func (f *printedForm) valid(d []byte) bool {
	switch f.rule {
	case "ssn":
		return nationalid.SSN(d) || nationalid.ITIN(d)
	case "cpf":
		return nationalid.CPF(d)
	case "cnpj":
		return nationalid.CNPJ(d)
	case "cuit":
		return nationalid.CUIT(d)
	case "personnummer":
		return nationalid.Calendar(d[:6]) && checkdigit.Luhn(d)
	case "ahv":
		return nationalid.AHV(d)
	case "rrn":
		return nationalid.RRN(d, false)
	case "rut":
		return nationalid.RUT(d)
	case "nz":
		return bankaccount.NewZealandBank(char.Number(d, 2))
	case "uk":
		return !date.Like(d[:6])
	case "ca":
		return bankaccount.CanadianBank(char.Number(d[5:], 3))
	}
	return nationalid.Calendar(d[:6]) && nationalid.NRN(d)
}

// disguisedIDs finds identity numbers in their printed form into which further
// separators were put, beside its marks and between its digits, or to which
// zeros, a date or an expiry date are glued.
func (s *Scan) disguisedIDs(v *finding.View, q *Sequence) {
	for i := range q.G {
		for k := range PrintedForms {
			f := &PrintedForms[k]
			g := q.G[i]
			for a := max(g.from, g.to-f.Sizes[0]); a < g.to; a++ {
				if !q.parted(a, f.Sizes) || a > g.from && !padding(q.D[g.from:a]) {
					continue
				}
				if n := q.printedWith(v, i, a, f); n > 0 && f.valid(q.D[a:a+n]) && !(f.rule == "personnummer" && areaCode(v.Text, int(q.at[g.from]), int(q.at[g.to-1]))) {
					s.addDigits(v, q, a, a+n, finding.Span{Entity: f.entity(), Layer: entity.Detector, Rule: f.rule})
					break
				}
			}
		}
	}
}

// parted tells whether separators stand behind digit a where the groups of a form
// end, but for the last one.
func (q *Sequence) parted(a int, sizes []int) bool {
	last := len(sizes) - 1
	for _, n := range sizes[:last] {
		if a += n; a >= len(q.D) || q.at[a]-q.at[a-1] < 2 {
			return false
		}
	}
	return a+sizes[last] <= len(q.D)
}

// areaCode tells whether the digits t[i] to t[j] stand in parentheses, as those of a
// telephone number do: (210) 877-6689.
func areaCode(t []byte, i, j int) bool { return char.At(t, i-1) == '(' && char.At(t, j+1) == ')' }

// printedWith returns how many digits, from digit a of group i on, make up a
// number of the form with more between them than the form has: groups end where
// its groups do, and something tells the separators there from the others.
func (q *Sequence) printedWith(v *finding.View, i, a int, f *printedForm) (n int) {
	if i > 0 && q.marked(v, i, '-') || q.cuts(i) {
		return 0
	}
	b := borders{outer: everyByte, least: encoded.MaxGapSpaces, form: true}
	more := a > q.G[i].from
	k, ends := i, a
	for part, size := range f.Sizes {
		if ends += size; part > 0 {
			if k >= len(q.G) {
				return 0
			}
			b.border(q.between(v, k), f.marks[part-1])
			if b.lost() {
				return 0
			}
			more = more || q.G[k].sepLen > 1 || !b.form
		}
		first := k
		for ; k < len(q.G) && q.G[k].to <= ends; k++ {
			if k > i && nested(q.between(v, k)) {
				return 0
			}
			if k > first {
				b.within(q.between(v, k))
				more = true
			}
		}
		if last := part == len(f.Sizes)-1; last && k < len(q.G) && q.G[k].from < ends && padding(q.D[ends:q.G[k].to]) {
			k, more = k+1, true
		} else if k == first || q.G[k-1].to != ends {
			return 0
		}
	}
	if !more || !b.stand(k-i) && !(k-i >= fewGroups && k == len(q.G) && q.alone(i, k-1) && b.odd()) || k < len(q.G) && (q.marked(v, k, '-') || q.cuts(k)) {
		return 0
	}
	if f.rule == "ssn" && q.recentDay(k-3) && k-3 > i { // value1 = 15-07-2016
		return 0
	}
	return ends - a
}

// nested tells whether the elements of a list of lists meet: (1, 2), (3, 4).
func nested(gap []byte) bool {
	const shortest = len("),(")
	if len(gap) < shortest {
		return false
	}
	comma := bytes.IndexByte(gap, ',')
	return comma > 0 && bytes.IndexByte([]byte(")]}"), gap[comma-1]) >= 0 && bytes.ContainsAny(gap[comma:], "([{")
}

// recentDay tells whether a date of this era begins at group k.
func (q *Sequence) recentDay(k int) bool {
	const first, last = 1990, 2060
	y := 0
	if k >= 0 && q.dateAt(k) > 0 {
		y = q.value(q.G[k+2])
	}
	return y >= first && y <= last
}

// byteSet is a set of ASCII characters.
type byteSet [2]uint64

var everyByte = byteSet{^uint64(0), ^uint64(0)}

func setOf(t []byte) (s byteSet) {
	for _, c := range t {
		if c < 0x80 {
			s[c>>6] |= 1 << (c & 63)
		}
	}
	return s
}

func (s *byteSet) has(c byte) bool { return c < 0x80 && s[c>>6]>>(c&63)&1 != 0 }

// borders collects what stands between the groups of a printed form, and what
// between their digits.
type borders struct {
	outer, inner byteSet // characters in all of the former, in any of the latter
	least, most  int     // length of the shortest of the former, of the longest of the latter with a dash
	longest      int     // length of the longest of the latter
	form         bool    // the form's own marks stand in the former
}

func (b *borders) border(gap []byte, mark byte) {
	set := setOf(gap)
	b.outer[0], b.outer[1] = b.outer[0]&set[0], b.outer[1]&set[1]
	b.least = min(b.least, len(gap))
	b.form = b.form && bytes.IndexByte(gap, mark) >= 0
}

func (b *borders) within(gap []byte) {
	set := setOf(gap)
	b.inner[0], b.inner[1] = b.inner[0]|set[0], b.inner[1]|set[1]
	b.longest = max(b.longest, len(gap))
	if bytes.IndexByte(gap, '-') >= 0 {
		b.most = max(b.most, len(gap))
	}
}

// manyGroups is how many groups a number must be in if other than its form's
// marks tell where that form's groups end.
const manyGroups = 6

// stand tells whether the form's groups can be told: by its marks, which stand
// nowhere else but in shorter separators, or, among many groups, by a character
// that stands nowhere else or by longer separators.
func (b *borders) stand(groups int) bool {
	if b.form && b.most < b.least {
		return true
	}
	return groups >= manyGroups && (b.least > b.longest || b.outer[0]&^b.inner[0]|b.outer[1]&^b.inner[1] != 0)
}

// fewGroups is how many groups suffice where a mark tells that hardly ever stands
// between numbers.
const fewGroups = 4

// lost tells that whatever follows the form's groups cannot be told any more: what
// borders have in common only grows less, and what stands within groups only more.
func (b *borders) lost() bool {
	return !(b.form && b.most < b.least) && b.least <= b.longest && b.outer[0]&^b.inner[0]|b.outer[1]&^b.inner[1] == 0
}

// commonMarks stand between the numbers of lists, tables and amounts.
var commonMarks = setOf([]byte(" \t\r\n,;:|.'()!&/*+"))

// odd tells whether the form's groups are set apart by a mark that is not
// common, and that stands nowhere else or in longer separators.
func (b *borders) odd() bool {
	marks := byteSet{b.outer[0] &^ commonMarks[0], b.outer[1] &^ commonMarks[1]}
	return marks != byteSet{} && (b.least > b.longest || marks[0]&^b.inner[0]|marks[1]&^b.inner[1] != 0)
}

// between returns what stands between group k and the one before.
func (q *Sequence) between(v *finding.View, k int) []byte {
	return v.Text[q.at[q.G[k].from-1]+1 : q.at[q.G[k].from]]
}

// marked tells whether a mark stands between group k and the one before.
func (q *Sequence) marked(v *finding.View, k int, mark byte) bool {
	return bytes.IndexByte(q.between(v, k), mark) >= 0
}
