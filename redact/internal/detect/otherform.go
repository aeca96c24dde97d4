package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// LeastDecimals is how many digits behind a point a number has at least that a program
// computed or that is a place, and no part of one that somebody divided.
const LeastDecimals = 5

// ShortestDigest is the length of the shortest id in hexadecimal: MongoDB's ObjectId.
const ShortestDigest = 24

// DigestWord tells whether a word is a digest or an id in hexadecimal, or a UUID.
func DigestWord(word []byte) bool {
	const uuid = len("00000000-0000-0000-0000-000000000000")
	switch len(word) {
	case uuid:
		for i, c := range word {
			if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') || !dash && char.Unhex(c) >= 16 {
				return false
			}
		}
		return true
	case ShortestDigest, 32, 40, 56, 64, 96, 128:
		return hexCased(word) && mixed(word)
	}
	return false
}

// What stands at the digits of a finding may say by its own form that they are something
// else: a time, a day, a telephone number, an address of the Internet, an order, a digest,
// the columns of a table. A detector makes a number up of parts of these by chance only.

// formReach is how far before a finding such a form may begin: a telephone number with the
// code of its country.
const formReach = 24

// DropOthers drops of the findings in t from the one on those that a detector made up of
// parts of what has another form.
func (s *Scan) DropOthers(t []byte, from int) {
	if len(s.Spans) == from {
		return
	}
	kept := s.Spans[:from]
	for _, sp := range s.Spans[from:] {
		strict := sp.Rule == "iban" || sp.Rule == "uk" || sp.Rule == "nino"
		if sp.Layer == entity.Detector && sp.Rule == "iban" && Spells(t[sp.Lo:sp.Hi], sp.Canon) && (overDays(t, sp.Lo, sp.Hi) || overWords(t, sp.Lo, sp.Hi) || orderedNorway(t, sp.Lo) || wordAndGap(t, sp.Lo, sp.Hi)) {
			continue
		}
		if sp.Layer == entity.Detector && otherPayment(t, &sp) {
			continue
		}
		if sp.Layer != entity.Detector || !(finding.Chance(sp.Rule) && sp.Rule != "masked" && sp.Rule != "cue" && sp.Rule != "nhs" || strict) || !Spells(t[sp.Lo:sp.Hi], sp.Canon) || !otherForm(t, sp.Lo, sp.Hi, !strict, sp.Rule == "pan") {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

// ranges counts the ranges of digits in a regular expression, [0-9].
func ranges(t []byte) (n int) {
	const size = len("[0-9]")
	for i := 0; i+size <= len(t); i++ {
		if t[i] == '[' && char.Digit(t[i+1]) && t[i+2] == '-' && char.Digit(t[i+3]) && t[i+4] == ']' {
			n++
		}
	}
	return n
}

// LongestSpelled is the longest text that may spell a number: what is longer is taken for an
// encoding, and its finding kept. An encoded text that is found as a whole at each of its
// numbers would else be read as often as it has numbers.
const LongestSpelled = 4 << 10

// Spells tells whether the digits of a text are those of a value: it is no encoding of it,
// in which these forms mean nothing.
func Spells(t []byte, canon string) bool {
	if len(t) > LongestSpelled {
		return false
	}
	k := 0
	for _, c := range t {
		if !char.Digit(c) {
			continue
		}
		for k < len(canon) && !char.Digit(canon[k]) {
			k++
		}
		if k == len(canon) || canon[k] != c {
			return false
		}
		k++
	}
	for k < len(canon) && !char.Digit(canon[k]) {
		k++
	}
	return k == len(canon)
}

// otherForm tells whether the digits t[lo:hi] are, or are cut from, something that has a
// form of its own. Not all forms are asked for if the rule that found them is a strict one.
func otherForm(t []byte, lo, hi int, whole, card bool) bool {
	if !whole {
		return overUUID(t, lo, hi) || betweenObjects(t, lo, hi) || expressed(t, lo) || linked(t, lo, hi) || inDrawing(t, lo) || dialled(t, lo, hi) || char.ByteClass[t[lo]]&char.IsUpper == 0 && (columned(t, lo, hi) || summed(t, lo, hi))
	}
	if card && cutTwice(t, lo, hi) {
		return false
	}
	if !card && ranges(t[lo:hi]) > 1 {
		return true
	}
	if columned(t, lo, hi) || fractionsIn(t, lo, hi) >= minListed || inDrawing(t, lo) || drawn(t[lo:hi]) || summed(t, lo, hi) {
		return true
	}
	// A colon may divide fields: 117.306.879-11:09:01 is a CPF in its printed form.
	printed := !card && bytes.IndexByte(t[lo:hi], '.') >= 0 && bytes.ContainsAny(t[lo:hi], "-/")
	for p := max(0, lo-formReach); p < hi; p++ {
		if char.Digit(t[p]) && (!char.Digit(char.At(t, p-1)) || spaceBefore(t, p)) {
			if end := formAt(t, p); end > lo && !(printed && p > lo && end > hi) {
				return true
			}
		}
	}
	return hexBeside(t, lo, hi) || identified(t, lo, hi) || inParcel(t, lo, hi) || abroad(t, lo, hi) || abroadWithin(t, lo, hi) || yearsOnly(t[lo:hi]) || counted(t, lo, hi) || released(t, lo, hi) || card && (within(t, lo, hi) || besideFraction(t, lo, hi) || rowed(t, lo, hi) || overAmount(t, lo, hi)) || across(t, lo, hi) || tabled(t, lo, hi) || Measured(t, lo, hi) || announcedOther(t, lo, hi, card) || paymentForm(t, lo, hi, card) || betweenObjects(t, lo, hi) || expressed(t, lo) || booked(t, lo, hi, card) || overThousands(t, lo, hi)
}

// dialled tells whether a North American telephone number begins in a finding, or goes on
// in it.
func dialled(t []byte, lo, hi int) bool {
	for p := max(0, lo-formReach); p < hi; p++ {
		if !char.Digit(t[p]) || char.Digit(char.At(t, p-1)) {
			continue
		}
		for k := range forms {
			if f := &forms[k]; f.kind == phoneKind || f.kind == areaKind {
				if end := f.at(t, p); end > lo {
					return true
				}
			}
		}
	}
	return false
}

// formAt returns where the time, the day, the telephone number, the address, the order or
// the timestamp ends that begins at t[p:], 0 for none.
func formAt(t []byte, p int) int {
	before := char.At(t, p-1)
	for k := range forms {
		if end := forms[k].at(t, p); end > 0 {
			return end
		}
	}
	if before == ':' && p > 4 && char.AllDigits(t[p-5:p-1]) && date.PlausibleYear(char.Number(t[p-5:], 4)) && hasShape(t[p:], clockShape) > 0 { // 02/Jan/2006:15:04:05
		return p + len(clockShape)
	}
	return Address(t, p)
}

// at returns where a text of this shape ends that begins at t[p:], 0 for none.
func (f *otherShape) at(t []byte, p int) int {
	n := hasShape(t[p:], f.shape)
	if n == 0 {
		return 0
	}
	before, after := char.At(t, p-1), char.At(t, p+n)
	if char.Digit(after) || bytes.IndexByte(f.not, before) >= 0 || bytes.IndexByte(f.not, after) >= 0 && char.Digit(char.At(t, p+n+1)) || !f.means(t[p:p+n], before, after) {
		return 0
	}
	return p + n
}

// otherShape is such a form: n is a digit, all else stands for itself, and none of the
// marks not is beside it.
type otherShape struct {
	shape string
	not   []byte
	kind  shapeKind
}

type shapeKind uint8

const (
	anyShape         shapeKind = iota
	clockKind                  // a time to the second
	isoKind                    // a day of ISO 8601
	dayKind                    // a day with the year last
	areaKind                   // a telephone number whose area code is in brackets
	secondKind                 // seconds since 1970, and their parts
	kernelKind                 // seconds since the start of a system, in brackets
	phoneKind                  // a telephone number
	elementKind                // a day that is an element of X12
	freeKind                   // a telephone number of the United Kingdom, between words
	shortKind                  // a day with the year last, of two digits
	structuredKind             // a structured communication of Belgium: +++090/9337/55493+++
	giroKind                   // the code line of a Danish slip: +71<001234567890123+12345678<
	yearKind                   // a day with the year first and other marks
	hourKind                   // the same with an hour, and minutes
	compactKind                // a day without marks that is all of a field
	ordinalKind                // a day of ISO 8601 counted in its year, with an hour
	weekKind                   // a day of ISO 8601 counted in its week
	compactStampKind           // a time of OFX with milliseconds, before its zone in brackets
)

const clockShape = "nn:nn:nn"

var forms = [...]otherShape{
	{clockShape, []byte(":"), clockKind},
	{"nnnn-nn-nn", []byte("-"), isoKind}, {"nnnn/nn/nn", []byte("/"), yearKind}, {"nnnn.nn.nn", []byte("."), yearKind},
	{"nnnnnnnnnnnnnn.nnn[", nil, compactStampKind}, {"nn:nnAM", nil, anyShape}, {"nn:nnPM", nil, anyShape}, {"nn:nn AM", nil, anyShape}, {"nn:nn PM", nil, anyShape},
	{"nnnn-nnnTnn", []byte("-"), ordinalKind}, {"nnnn-Wnn-n", []byte("-"), weekKind},
	{"nn/nn/nnnn", []byte("/"), dayKind}, {"nn.nn.nnnn", []byte("."), dayKind}, {"nn-nn-nnnn", []byte("-"), dayKind},
	{"nn/nn/nn", []byte("/"), shortKind},
	{"nnn) nnn-nnnn", []byte("-"), areaKind}, {"nnn)nnn-nnnn", []byte("-"), areaKind}, {"nnn) nnn nnnn", []byte("-"), areaKind},
	{"nnn-nnn-nnnn", []byte("-+"), phoneKind}, {"nnn.nnn.nnnn", []byte(".-"), phoneKind}, // North American Numbering Plan
	{"0n00 nnn nnnn", []byte("-+."), freeKind}, {"020 nnnn nnnn", []byte("-+."), freeKind}, // National Telephone Numbering Plan of Ofcom
	{"nnn-nnnnnnn-nnnnnnn", []byte("-"), anyShape}, {"nn-nnnnn-nnnnn", []byte("-"), anyShape}, // orders of Amazon and of eBay
	{"nnnnnnnnnn.nnn", []byte("."), secondKind}, {"nnnnnnnnnn.nnnnnn", []byte("."), secondKind}, {"nnnnnnnnnn.nnnnnnnnn", []byte("."), secondKind},
	{"nnn/nnnn/nnnnn", []byte("/"), structuredKind}, {"nnnnnnnnnnnnnnn+nnnnnnnn", nil, giroKind},
	{"nnnnnnnnnnnnn+nnnn)", nil, anyShape}, {"nnnnnnnnnnnnn-nnnn)", nil, anyShape}, // milliseconds with an offset, as .NET writes JSON
	{"nnnnnnnn", nil, elementKind}, {"nnnnnnnn", nil, compactKind}, {"nnnnnnnnnn", nil, hourKind}, {"nnnnnnnnnnnn", nil, hourKind},
	{"nnnnnnnnnn", []byte(".-/:"), secondKind}, {"nnnnnnnnnnnnn", []byte(".-/:"), secondKind},
	{"n.nnnnnn]", nil, kernelKind}, {"nn.nnnnnn]", nil, kernelKind}, {"nnn.nnnnnn]", nil, kernelKind}, {"nnnn.nnnnnn]", nil, kernelKind}, {"nnnnn.nnnnnn]", nil, kernelKind}, {"nnnnnn.nnnnnn]", nil, kernelKind}, {"nnnnnnn.nnnnnn]", nil, kernelKind},
}

// hasShape returns the length of a shape if t begins with it, else 0.
func hasShape(t []byte, shape string) int {
	if len(t) < len(shape) {
		return 0
	}
	for i := range len(shape) {
		if c := shape[i]; c == 'n' && !char.Digit(t[i]) || c != 'n' && c != t[i] {
			return 0
		}
	}
	return len(shape)
}

// means tells whether a text of this shape is what the shape stands for.
func (f *otherShape) means(t []byte, before, after byte) bool {
	switch f.kind {
	case clockKind:
		return char.Number(t, 2) < 24 && char.Number(t[3:], 2) < 60 && char.Number(t[6:], 2) <= 60
	case isoKind:
		return date.IsISO(t)
	case ordinalKind:
		return date.PlausibleYear(char.Number(t, 4)) && char.Number(t[5:], 3) <= 366
	case compactStampKind:
		return date.IsCompact(t[:len("20260105")]) && char.Number(t[len("20260105"):], 2) < 24
	case weekKind:
		return date.PlausibleYear(char.Number(t, 4)) && char.Number(t[6:], 2) <= 53 && t[9] >= '1' && t[9] <= '7'
	case yearKind:
		return date.PlausibleYear(char.Number(t, 4)) && date.Month(char.Number(t[5:], 2)) && date.Day(char.Number(t[8:], 2))
	case dayKind:
		a, b := char.Number(t, 2), char.Number(t[3:], 2)
		return (date.Day(a) && date.Month(b) || date.Month(a) && date.Day(b)) && date.PlausibleYear(char.Number(t[6:], 4))
	case areaKind:
		return before == '('
	case secondKind:
		return date.SinceEpoch(t[:date.SecondDigits]) && (len(t) > date.MilliDigits || inRow(before) && inRow(after))
	case elementKind:
		return before == '*' && (after == '*' || after == '~') && date.PlausibleYear(char.Number(t, 4)) && date.Month(char.Number(t[4:], 2)) && date.Day(char.Number(t[6:], 2))
	case shortKind:
		a, b, c := char.Number(t, 2), char.Number(t[3:], 2), char.Number(t[6:], 2)
		return dayAndMonth(a, b) && c <= shortYears || date.Month(b) && date.Day(c) // 88/07/29
	case compactKind:
		return fieldEdge(before) && fieldEdge(after) && date.PlausibleYear(char.Number(t, 4)) && date.Month(char.Number(t[4:], 2)) && date.Day(char.Number(t[6:], 2))
	case hourKind:
		return fieldEdge(before) && fieldEdge(after) && date.IsCompact(t[:len("20260105")]) && char.Number(t[len("20260105"):], 2) < 24
	case structuredKind:
		return (before == '+' || before == '*') && after == before && structured(t)
	case giroKind:
		const reference = 15
		return before == '<' && after == '<' && checkdigit.Luhn(t[:reference])
	case freeKind:
		return before == ' ' && !char.Digit(after) && t[1] > '0'
	case kernelKind:
		return before == '[' || before == ' '
	}
	return true
}

// shortYears is the last year of two digits of a day on a statement, or of a card's expiry.
const shortYears = 40

// structured verifies a structured communication (Febelfin, BC-OGM): the last two digits are
// the remainder of those before them by 97, 97 for none.
func structured(t []byte) bool {
	const modulus = 97
	n := 0
	for _, c := range t[:len("nnn/nnnn/nnn")] {
		if char.Digit(c) {
			n = n*10 + int(c-'0') // ten digits
		}
	}
	r := n % modulus
	if r == 0 {
		r = modulus
	}
	return r == char.Number(t[len("nnn/nnnn/nnn"):], 2)
}

// fieldEdge tells whether a character stands beside a field of a row or of a line.
func fieldEdge(c byte) bool { return inRow(c) || c == ' ' || c == '"' }

// inRow tells whether a character stands between the fields of a row.
func inRow(c byte) bool {
	return c == ',' || c == '\n' || c == '\t' || c == ';' || c == '|'
}

// Address returns where the address of the Internet (RFC 791) ends that begins at t[p:],
// 0 for none.
func Address(t []byte, p int) int {
	const parts, highest = 4, 255
	if char.At(t, p-1) == '.' {
		return 0
	}
	if any := "0.0.0.0"; bytes.HasPrefix(t[p:], []byte(any)) && !char.Alnum(char.At(t, p+len(any))) {
		return p + len(any)
	}
	i, even := p, true
	size := 0
	for k := range parts {
		from := i
		for i < len(t) && char.Digit(t[i]) && i-from < 4 {
			i++
		}
		if n := i - from; n == 0 || n > 3 || char.Number(t[from:], n) > highest || n > 1 && t[from] == '0' {
			return 0
		}
		if k == 0 {
			size = i - from
		}
		even = even && i-from == size
		if k < parts-1 {
			if char.At(t, i) != '.' {
				return 0
			}
			i++
		}
	}
	if c := char.At(t, i); char.Digit(c) || c == '.' || even { // of one size are the parts of a number that points divide
		return 0
	}
	return i
}

// leastHexWord is the shortest word of hexadecimal that digits are the end or the
// beginning of: an abbreviated commit.
const leastHexWord = 7

// hexBeside tells whether a finding begins or ends within a word of hexadecimal, such as
// a commit, and goes on outside, or is made of the digits of one between its letters.
func hexBeside(t []byte, lo, hi int) bool {
	a, b := wordAround(t, lo)
	c, d := wordAround(t, hi-1)
	if a == c {
		return d-a > leastHexWord && hexCased(t[a:d]) && lettersApart(t[lo:hi]) && severalLetters(t[a:d])
	}
	return b-a >= leastHexWord && hexCased(t[a:b]) && mixed(t[a:lo]) || d-c >= leastHexWord && hexCased(t[c:d]) && mixed(t[hi:d]) && !trackSeparator(t, hi)
}

// inParcel tells whether a finding lies in the number of a parcel of UPS, which has
// letters: 1Z, the shipper in six characters, and ten digits.
func inParcel(t []byte, lo, hi int) bool {
	const digits, size = 10, len("1Z999AA10123456784")
	a, b := wordAround(t, lo)
	word := t[a:b]
	return len(word) == size && word[0] == '1' && word[1] == 'Z' && char.AllDigits(word[size-digits:]) && !char.AllDigits(word[len("1Z"):])
}

// wordAround returns the word of letters and digits around t[i], as far as a digest is long.
func wordAround(t []byte, i int) (a, b int) {
	for a = i; a > 0 && i-a < longestHash && char.Alnum(t[a-1]); {
		a--
	}
	for b = i + 1; b < len(t) && b-i < longestHash && char.Alnum(t[b]); {
		b++
	}
	return a, b
}

// hexCased tells whether a word is hexadecimal in letters of one case.
func hexCased(word []byte) bool {
	flags := uint16(0)
	for _, c := range word {
		if char.Unhex(c) >= 16 {
			return false
		}
		flags |= char.ByteClass[c]
	}
	return flags&(char.IsUpper|char.IsLower) != char.IsUpper|char.IsLower
}

// lettersApart tells whether single letters stand between the digits of a text.
func lettersApart(t []byte) bool {
	some := false
	for i, c := range t {
		if char.Letter(c) {
			if i > 0 && char.Letter(t[i-1]) {
				return false
			}
			some = true
		}
	}
	return some
}

// mixed tells whether a text has a digit and a letter.
func mixed(t []byte) bool {
	digits := char.DigitsIn(t)
	return digits > 0 && digits < len(t)
}

// severalLetters tells whether a word has letters of two kinds or more.
func severalLetters(word []byte) bool {
	first := byte(0)
	for _, c := range word {
		if char.Letter(c) && first == 0 {
			first = c
		} else if char.Letter(c) && c != first {
			return true
		}
	}
	return false
}

// abroad tells whether a finding lies in a telephone number with the code of its country,
// up to the end of the line or of the words: no card is so short.
func abroad(t []byte, lo, hi int) bool {
	const longest = 13 // as q.international has it
	from := bytes.LastIndexByte(t[max(0, lo-formReach):lo], '+')
	if from < 0 {
		return false
	}
	i := max(0, lo-formReach) + from + 1
	if !plusBefore(t, i) {
		return false
	}
	n := 0
	for ; i < len(t) && n <= longest; i++ {
		if char.Digit(t[i]) {
			n++
		} else if bytes.IndexByte([]byte(" -.()"), t[i]) < 0 || t[i] == ' ' && char.At(t, i+1) == ' ' {
			break
		}
	}
	return n <= longest && i >= hi
}

// abroadWithin tells whether a telephone number with the code of its country begins
// inside of a finding, or right before one that is not printed as a card is: … +33 6 ….
func abroadWithin(t []byte, lo, hi int) bool {
	from := lo + 1
	if lo > 1 && !inFours(t[lo:hi]) {
		from = lo - 1
	}
	for k := from; k < hi-1; k++ {
		if t[k] != '+' || bytes.IndexByte([]byte(" ,;\t\n"), t[k-1]) < 0 || t[k+1] < '1' || t[k+1] > '9' {
			continue
		}
		for n := 2; n <= len("+999"); n++ {
			if c := char.At(t, k+n); c == ' ' || c == '-' {
				return true
			}
		}
	}
	return false
}
