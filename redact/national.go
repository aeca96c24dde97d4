package redact

import "bytes"

// National identity numbers that statements print. Those with a form of their
// own or two check digits are found anywhere, the others beside a cue.

// nationals finds national identity numbers in a sequence.
func (s *scan) nationals(v *view, q *sequence, before cue) {
	s.phone(v, q, before)
	s.nino(v, q)
	s.scattered(v, q)
	s.lettersEnd(v, q)
	s.dashedDNI(v, q)
	s.residents(v, q)
	if len(q.g) > 1 {
		s.disguisedIDs(v, q)
	}
	for i := range q.g {
		if n, rule := q.printedID(i, before); n > 0 {
			s.national(v, q, q.g[i].from, q.g[i+n-1].to, rule)
		}
	}
	if n := len(q.d); before&cueTax != 0 && n >= 8 && n <= 15 && (len(q.g) == 1 || q.g[0].atom == 0) && anyID(q.d) {
		s.national(v, q, 0, n, "tax_id")
	}
	if before&cueSSN != 0 && len(q.d) >= 9 && q.until(9) >= 0 && (ssn(q.d[:9]) || itin(q.d[:9])) {
		s.national(v, q, 0, 9, "ssn")
	}
	if before&cueHealth != 0 && len(q.d) >= 10 && q.until(10) >= 0 && nhs(q.d[:10]) {
		s.national(v, q, 0, 10, "nhs")
	}
}

func (s *scan) national(v *view, q *sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, span{entity: National, layer: LayerDetector, rule: rule})
}

// printedID returns the number of groups of an identity number in its printed
// form that starts at group i.
func (q *sequence) printedID(i int, before cue) (n int, rule string) {
	sizes := func(seps string, want ...int) bool {
		if q.g[i].size() != want[0] || i+len(want) > len(q.g) || q.cuts(i) || q.cuts(i+len(want)) {
			return false
		}
		for k, w := range want {
			g := q.g[i+k]
			if g.size() != w || k > 0 && (g.sepLen != 1 || g.sep != seps[k-1]) {
				return false
			}
		}
		return true
	}
	spaced := func(want ...int) bool { return q.uniform(i, want...) }
	sized := func(want ...int) bool { return spaced(want...) || i == 0 && q.printed(0, len(q.g)-1, want...) }
	d := q.d[q.g[i].from:]
	switch {
	case (sizes("--", 3, 2, 4) || spaced(3, 2, 4) || sized(3, 2, 4) && q.alone(0, 2) && !monthOf(d[3:9])) && (ssn(d[:9]) || itin(d[:9])):
		return 3, "ssn"
	case (sizes("..-", 3, 3, 3, 2) || sized(3, 3, 3, 2)) && cpf(d[:11]):
		return 4, "cpf"
	case (sizes("../-", 2, 3, 3, 4, 2) || sized(2, 3, 3, 4, 2)) && cnpj(d[:14]):
		return 5, "cnpj"
	case (sizes("--", 2, 8, 1) || spaced(2, 8, 1) || sized(2, 8, 1) && q.alone(0, 2)) && cuit(d[:11]):
		return 3, "cuit"
	case (sizes("-", 6, 4) || spaced(6, 4) || sized(6, 4) && q.alone(0, 1)) && calendar(d[:6]) && luhn(d[:10]):
		return 2, "personnummer"
	case (sizes("..-.", 2, 2, 2, 3, 2) || sized(2, 2, 2, 3, 2)) && calendar(d[:6]) && belgian(d[:11]):
		return 5, "nrn"
	case (sizes("-", 8, 4) || spaced(8, 4) || sized(8, 4) && q.alone(0, 1)) && prefix(d, 4) >= 1900 && prefix(d, 4) <= lastAdult && calendar(d[2:8]) && luhn(d[2:12]):
		return 2, "personnummer"
	case (sizes("...", 3, 4, 4, 2) || sized(3, 4, 4, 2)) && swiss(d[:13]):
		return 4, "ahv"
	case sizes("", 13) && before&cueArticle == 0 && swiss(d[:13]):
		return 1, "ahv"
	case sizes("", 13) && before&cueArticle == 0 && southAfrican(d[:13]):
		return 1, "za_id"
	case sizes("..-", 2, 3, 3, 1) && chilean(d[:9]):
		return 4, "rut"
	case i == 0 && before&cueEmployer != 0 && q.printed(0, len(q.g)-1, 2, 7):
		return 2, "ein"
	case sizes("", 18) && chinese(d[:18]):
		return 1, "resident_id"
	case sizes("", 15) && nir(d[:15]), sizes("      ", 1, 2, 2, 2, 3, 3, 2) && nir(d[:15]):
		if q.g[i].size() == 15 {
			return 1, "nir"
		}
		return 7, "nir"
	case sizes("  ", 4, 4, 4) && before&cueTax != 0 && verhoeff(d[:12]):
		return 3, "aadhaar"
	}
	return 0, ""
}

// monthOf tells whether six digits are a month and a year, as stand behind the
// number of an invoice.
func monthOf(d []byte) bool {
	y := prefix(d[2:], 4)
	return month(prefix(d, 2)) && y >= 1990 && y <= 2060
}

// printedForm is how an identity number is printed: in groups, with a mark
// before each but the first.
type printedForm struct {
	rule  string
	sizes []int
	marks string
}

var printedForms = [...]printedForm{
	{"ssn", []int{3, 2, 4}, "--"},
	{"cpf", []int{3, 3, 3, 2}, "..-"},
	{"cnpj", []int{2, 3, 3, 4, 2}, "../-"},
	{"cuit", []int{2, 8, 1}, "--"},
	{"personnummer", []int{6, 4}, "-"},
	{"nrn", []int{2, 2, 2, 3, 2}, "..-."},
	{"ahv", []int{3, 4, 4, 2}, "..."},
}

// valid verifies the digits of a number of this form.
func (f *printedForm) valid(d []byte) bool {
	switch f.rule {
	case "ssn":
		return ssn(d) || itin(d)
	case "cpf":
		return cpf(d)
	case "cnpj":
		return cnpj(d)
	case "cuit":
		return cuit(d)
	case "personnummer":
		return calendar(d[:6]) && luhn(d)
	case "ahv":
		return swiss(d)
	}
	return calendar(d[:6]) && belgian(d)
}

// disguisedIDs finds identity numbers in their printed form into which further
// separators were put, beside its marks and between its digits, or to which
// zeros, a date or an expiry date are glued.
func (s *scan) disguisedIDs(v *view, q *sequence) {
	for i := range q.g {
		for k := range printedForms {
			f := &printedForms[k]
			g := q.g[i]
			for a := max(g.from, g.to-f.sizes[0]); a < g.to; a++ {
				if a > g.from && !padding(q.d[g.from:a]) {
					continue
				}
				if n := q.printedWith(v, i, a, f); n > 0 && f.valid(q.d[a:a+n]) {
					s.national(v, q, a, a+n, f.rule)
					break
				}
			}
		}
	}
}

// printedWith returns how many digits, from digit a of group i on, make up a
// number of the form with more between them than the form has: groups end where
// its groups do, and something tells the separators there from the others.
func (q *sequence) printedWith(v *view, i, a int, f *printedForm) (n int) {
	if i > 0 && q.marked(v, i, '-') || q.cuts(i) {
		return 0
	}
	b := borders{outer: everyByte, least: maxGapSpaces, form: true}
	more := a > q.g[i].from
	k, ends := i, a
	for part, size := range f.sizes {
		if ends += size; part > 0 {
			if k >= len(q.g) {
				return 0
			}
			b.border(q.between(v, k), f.marks[part-1])
			more = more || q.g[k].sepLen > 1 || !b.form
		}
		first := k
		for ; k < len(q.g) && q.g[k].to <= ends; k++ {
			if k > first {
				b.within(q.between(v, k))
				more = true
			}
		}
		if last := part == len(f.sizes)-1; last && k < len(q.g) && q.g[k].from < ends && padding(q.d[ends:q.g[k].to]) {
			k, more = k+1, true
		} else if k == first || q.g[k-1].to != ends {
			return 0
		}
	}
	if !more || !b.stand(k-i) && !(k-i >= fewGroups && k == len(q.g) && q.alone(i, k-1) && b.odd()) || k < len(q.g) && (q.marked(v, k, '-') || q.cuts(k)) {
		return 0
	}
	return ends - a
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

// commonMarks stand between the numbers of lists, tables and amounts.
var commonMarks = setOf([]byte(" \t\r\n,;:|.'()!&/*+"))

// odd tells whether the form's groups are set apart by a mark that is not
// common, and that stands nowhere else or in longer separators.
func (b *borders) odd() bool {
	marks := byteSet{b.outer[0] &^ commonMarks[0], b.outer[1] &^ commonMarks[1]}
	return marks != byteSet{} && (b.least > b.longest || marks[0]&^b.inner[0]|marks[1]&^b.inner[1] != 0)
}

// between returns what stands between group k and the one before.
func (q *sequence) between(v *view, k int) []byte {
	return v.t[q.at[q.g[k].from-1]+1 : q.at[q.g[k].from]]
}

// marked tells whether a mark stands between group k and the one before.
func (q *sequence) marked(v *view, k int, mark byte) bool {
	return bytes.IndexByte(q.between(v, k), mark) >= 0
}

// lettersEnd finds a resident identity number that ends in X, whatever stands
// between its characters.
func (s *scan) lettersEnd(v *view, q *sequence) {
	const digits = 17
	if len(q.d) != digits || !q.alone(0, len(q.g)-1) {
		return
	}
	i := int(q.at[digits-1]) + 1
	for gapped := 0; i < len(v.t) && v.t[i] < 0x80 && !alnum(v.t[i]) && gapped < maxGapMarks; gapped++ {
		i++
	}
	if upper(byteAt(v.t, i)) != 'X' || alnum(byteAt(v.t, i+1)) || !chinese(append(q.d[:digits:digits], 'X')) {
		return
	}
	s.add(v, int(q.at[0]), i+1, span{entity: National, layer: LayerDetector, rule: "resident_id", canon: string(q.d) + "X"})
}

// dashedDNI finds a Spanish DNI or NIE in its printed form: 12345678-Z, X-1234567-L.
func (s *scan) dashedDNI(v *view, q *sequence) {
	const size = 8
	t, a, b := v.t, int(q.at[0]), int(q.at[len(q.at)-1])+1
	if len(q.d) > size || len(q.g) > 1 && !q.alone(0, len(q.g)-1) || byteAt(t, b) != '-' || byteClass[byteAt(t, b+1)]&isUpper == 0 || alnum(byteAt(t, b+2)) {
		return
	}
	word := append(make([]byte, 0, size+1), q.d...)
	if len(q.d) == size-1 {
		if a -= 2; byteAt(t, a+1) != '-' || byteAt(t, a) < 'X' || byteAt(t, a) > 'Z' {
			return
		}
		word = append(append(word[:0], t[a]), q.d...)
	}
	if alnum(byteAt(t, a-1)) || len(word) != size {
		return
	}
	if word = append(word, t[b+1]); dni(word) {
		s.add(v, a, b+2, span{entity: National, layer: LayerDetector, rule: "dni", canon: string(word)})
	}
}

// Limits of residents.
const (
	longestResident = 28   // digits of a number with what is glued to it
	lastBirth       = 2015 // later years are more often those of a payment
	lastAdult       = 2008 // the same where a day and four digits may also be a reference
)

// residents finds a resident identity number to which digits are glued.
func (s *scan) residents(v *view, q *sequence) {
	const size = 18
	if len(q.d) <= size || len(q.d) > longestResident || nanoseconds(q.d) || !q.alone(0, len(q.g)-1) {
		return
	}
	for a := 0; a+size <= len(q.d); a++ {
		if prefix(q.d[a+6:], 4) <= lastBirth && chinese(q.d[a:a+size]) {
			s.national(v, q, a, a+size, "resident_id")
		}
	}
}

// holes looks for the printed form of an identity number whose marks were
// replaced by characters that nobody sees: they are gone from the view, but not
// from the places that its bytes came from.
func (s *scan) holes(v *view, q *sequence) {
	if v.lo == nil || len(q.d) > longestPrinted {
		return
	}
	var held [longestPrinted]group
	out := held[:0]
	for _, g := range q.g {
		for k := g.from + 1; k < g.to; k++ {
			if v.from(int(q.at[k])) > v.to(int(q.at[k-1])) {
				out = append(out, group{from: g.from, to: k, sep: g.sep, sepLen: g.sepLen})
				g.from, g.sep, g.sepLen = k, 'i', 1
			}
		}
		out = append(out, g)
	}
	if len(out) == len(q.g) {
		return
	}
	q.g = append(q.g[:0], out...)
	s.ukAccount(v, q, 0, 0)
	if n, rule := q.printedID(0, 0); n == len(q.g) && n > 1 {
		s.national(v, q, 0, len(q.d), rule)
	}
}

// longestPrinted is the most digits of an identity number in a printed form.
const longestPrinted = 14 // and of a sort code and an account

// uniform tells whether the groups from i on have these sizes, stand alone, and
// one separator, the same everywhere, is between them.
func (q *sequence) uniform(i int, sizes ...int) bool {
	if i != 0 || len(q.g) != len(sizes) {
		return false
	}
	for k, n := range sizes {
		if g := q.g[k]; g.size() != n || k > 0 && (g.sep != q.g[1].sep || g.sepLen > longestUniform && g.sep != ' ') {
			return false
		}
	}
	return true
}

// longestUniform is the most characters of a separator in a printed form, but
// for spaces.
const longestUniform = 3

// scattered finds identity numbers whose checks are so strict that they are
// found whatever separates the digits.
func (s *scan) scattered(v *view, q *sequence) {
	if len(q.g) == 1 {
		return
	}
	switch d := q.d; {
	case len(d) == 18 && chinese(d):
		s.national(v, q, 0, 18, "resident_id")
	case len(d) == 14 && d[8] == '0' && d[9] == '0' && cnpj(d):
		s.national(v, q, 0, 14, "cnpj")
	case !q.alone(0, len(q.g)-1):
	case len(d) == 15 && nir(d):
		s.national(v, q, 0, 15, "nir")
	case len(d) == 13 && swiss(d):
		s.national(v, q, 0, 13, "ahv")
	case len(d) == 11 && calendar(d[:6]) && belgian(d) && len(q.g) > 5:
		s.national(v, q, 0, 11, "nrn")
	case len(d) == 11 && len(q.g) == len(d) && cpf(d):
		s.national(v, q, 0, 11, "cpf")
	}
}

// ssn follows the Social Security Administration's assignment rules (POMS RM
// 10201.030).
func ssn(d []byte) bool {
	area := prefix(d, 3)
	return area != 0 && area != 666 && area < 900 && prefix(d[3:], 2) != 0 && prefix(d[5:], 4) != 0
}

// itin follows the IRS's ranges (Internal Revenue Manual 3.21.263).
func itin(d []byte) bool {
	g := prefix(d[3:], 2)
	return d[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94 && g <= 99)
}

// nino finds UK national insurance numbers (HMRC NIM39110): two letters, six
// digits, a letter A–D.
func (s *scan) nino(v *view, q *sequence) {
	t := v.t
	if len(q.d) != 6 || len(q.g) != 1 && len(q.g) != 3 {
		return
	}
	i, j := int(q.at[0]), int(q.at[5])+1
	for i > 0 && t[i-1] == ' ' && int(q.at[0])-i < 2 {
		i--
	}
	for j < len(t) && t[j] == ' ' && j-int(q.at[5]) < 3 {
		j++
	}
	if i < 2 || !letter(t[i-1]) || !letter(t[i-2]) || i > 2 && alnum(t[i-3]) || j >= len(t) || j+1 < len(t) && alnum(t[j+1]) {
		return
	}
	a, b, c := upper(t[i-2]), upper(t[i-1]), upper(t[j])
	if c < 'A' || c > 'D' || !ninoPrefix(a, b) {
		return
	}
	canon := string([]byte{a, b}) + string(q.d) + string(c)
	s.add(v, i-2, j+1, span{entity: National, layer: LayerDetector, rule: "nino", canon: canon})
}

func ninoPrefix(a, b byte) bool {
	if a == 'Q' && b == 'Q' { // of every official example
		return true
	}
	for _, c := range []byte("DFIQUV") {
		if a == c || b == c {
			return false
		}
	}
	switch string([]byte{a, b}) {
	case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
		return false
	}
	return b != 'O'
}

// calendar tells whether six digits read as yymmdd.
func calendar(d []byte) bool {
	m, day := prefix(d[2:], 2), prefix(d[4:], 2)
	return m >= 1 && m <= 12 && (day >= 1 && day <= 31 || day >= 61 && day <= 91)
}

// mod11 computes a check digit as the Brazilian numbers do.
func mod11(d []byte, weights ...int) int {
	if r := weighted(d, weights...) % 11; r >= 2 {
		return 11 - r
	}
	return 0
}

func repeated(d []byte) bool {
	for _, c := range d {
		if c != d[0] {
			return false
		}
	}
	return true
}

// cpf verifies a Brazilian taxpayer number.
func cpf(d []byte) bool {
	return !repeated(d) && mod11(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[9]-'0') &&
		mod11(d[:10], 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[10]-'0')
}

// cnpj verifies a Brazilian company number.
func cnpj(d []byte) bool {
	return !repeated(d) && mod11(d[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[12]-'0') &&
		mod11(d[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[13]-'0')
}

// cuit verifies an Argentine tax number.
func cuit(d []byte) bool {
	return mod11One(weighted(d[:10], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == int(d[10]-'0')
}

func mod11One(sum int) int {
	if r := 11 - sum%11; r < 11 {
		return r
	}
	return 0
}

// belgian verifies a national register number, of births before and after 2000.
func belgian(d []byte) bool {
	n, check := number64(d[:9]), number64(d[9:11])
	return 97-n%97 == check || 97-(2_000_000_000+n)%97 == check
}

func number64(d []byte) int {
	n := 0
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

// chinese verifies a resident identity number (GB 11643: date, ISO 7064 MOD
// 11-2) whose check character is a digit.
func chinese(d []byte) bool {
	y := prefix(d[6:], 4)
	if d[0] == '0' || y < 1900 || y > 2060 || !calendar(d[8:14]) {
		return false
	}
	sum := weighted(d[:17], 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	return "10X98765432"[sum%11] == d[17]
}

// nir verifies a French social security number: sex, month, key modulo 97.
func nir(d []byte) bool {
	m := prefix(d[3:], 2)
	return (d[0] == '1' || d[0] == '2') && m >= 1 && m <= 12 && 97-number64(d[:13])%97 == number64(d[13:15])
}

// nhs verifies a health service number (NHS Data Dictionary, modulus 11).
func nhs(d []byte) bool {
	c := 11 - weighted(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c%11 == int(d[9]-'0') && c != 10
}

// verhoeff verifies the check digit of an Aadhaar number.
func verhoeff(d []byte) bool {
	c := 0
	for i := range d {
		c = dihedral(c, verhoeffPermutation[i%8][d[len(d)-1-i]-'0'])
	}
	return c == 0
}

var verhoeffPermutation = [8][10]int{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
	{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1}, {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
}

// dihedral multiplies in the dihedral group of order ten.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return (a+b-5)%5 + 5
	case b < 5:
		return (a-5-b+5)%5 + 5
	}
	return (a - b + 5) % 5
}

// anyID tells whether a number beside a tax or identity cue satisfies one of
// the check schemes in use for its length.
func anyID(d []byte) bool {
	switch len(d) {
	case 8, 13, 14, 15: // DNI, NIE without letter; ZA, CNPJ and others
		return true
	case 9: // SIN, BSN, TFN, SSN
		return luhn(d) || (weighted(d[:8], 9, 8, 7, 6, 5, 4, 3, 2)-int(d[8]-'0'))%11 == 0 ||
			weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 || ssn(d)
	case 10:
		return luhn(d) || calendar(d[:6]) || day(prefix(d, 2)) && month(prefix(d[2:], 2)) || nhs(d) || mod11One(weighted(d[:9], 2, 4, 8, 5, 10, 9, 7, 3, 6)) == int(d[9]-'0')
	case 11:
		return cpf(d) || cuit(d) || belgian(d) || norwegian(d) || turkish(d) || (10-weighted(d[:10], 1, 3, 7, 9)%10)%10 == int(d[10]-'0') || iso7064(d) || luhn(d)
	case 12:
		return verhoeff(d) || calendar(d[2:8])
	}
	return false
}

// swiss verifies a social insurance number (AHVN13: the country's GS1 prefix and
// check digit).
func swiss(d []byte) bool {
	return prefix(d, 3) == 756 && (10-weighted(d[:12], 1, 3)%10)%10 == int(d[12]-'0')
}

// southAfrican verifies an identity number: date of birth, citizenship, Luhn.
// Those that may count milliseconds are left alone.
func southAfrican(d []byte) bool {
	return !instant(d) && calendar(d[:6]) && d[10] <= '1' && (d[11] == '8' || d[11] == '9') && luhn(d)
}

// chilean verifies a tax number whose check character is a digit (modulus 11).
func chilean(d []byte) bool {
	return (11-weighted(d[:8], 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == int(d[8]-'0')
}

// norwegian verifies both check digits of a birth number.
func norwegian(d []byte) bool {
	return weighted(d[:10], 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(d[:11], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// turkish verifies both check digits of an identity number.
func turkish(d []byte) bool {
	odd := weighted(d[:9], 1, 0)
	even := weighted(d[:8], 0, 1)
	return d[0] != '0' && ((7*odd-even)%10+10)%10 == int(d[9]-'0') && weighted(d[:10], 1)%10 == int(d[10]-'0')
}

// iso7064 verifies MOD 11,10 (German tax identity, Croatian OIB).
func iso7064(d []byte) bool {
	p := 10
	for _, c := range d[:len(d)-1] {
		p = (p + int(c-'0')) % 10
		if p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return (11-p)%10 == int(d[len(d)-1]-'0')
}
