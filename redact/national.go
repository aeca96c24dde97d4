package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

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
	s.chileanK(v, q, before)
	s.morePrinted(v, q, before)
	s.gluedNIR(v, q)
	if len(q.g) > 1 {
		s.disguisedIDs(v, q)
	}
	for i := range q.g {
		if n, rule := q.printedID(i, before); n > 0 {
			s.national(v, q, q.g[i].from, q.g[i+n-1].to, rule)
		}
	}
	if before&cueTax != 0 && (retrieval(v.t, int(q.at[0]), q.g[0].size()) || standardNumber(v.t, int(q.at[0])) || len(bytes.Trim(q.d, "0")) == 0) {
		before &^= cueTax
	}
	if before&cueIdentity != 0 {
		s.identityAt(v, q)
	}
	if n := len(q.d); before&cueTax != 0 && n >= 8 && n <= 15 && (len(q.g) == 1 || q.g[0].atom == 0) && nationalid.Any(q.d) {
		s.national(v, q, 0, n, "tax_id")
	} else if before&cueTax != 0 && len(q.g) > 1 && q.g[0].atom == 0 { // what follows is something else
		for _, k := range [...]int{0, q.evenEnd()} {
			if d := q.d[:q.g[k].to]; len(d) >= 9 && len(d) <= 12 && nationalid.Any(d) {
				s.national(v, q, 0, len(d), "tax_id")
				break
			}
		}
		for k := 1; k < len(q.g) && q.nextItem(0, k); k++ {
			if d := q.d[q.g[k].from:q.g[k].to]; len(d) >= 9 && nationalid.Any(d) {
				s.national(v, q, q.g[k].from, q.g[k].to, "tax_id")
			}
		}
	}
	if before&cueEmployer != 0 && (before&(cueCapital|cueTax) != 0 || s.cue&cueEmployer != 0) && len(q.d) == 9 && len(q.g) == 1 {
		s.national(v, q, 0, 9, "ein")
	}
	if before&cueSSN != 0 && len(q.d) >= 9 && q.until(9) >= 0 && (nationalid.SSN(q.d[:9]) || nationalid.ITIN(q.d[:9])) {
		s.national(v, q, 0, 9, "ssn")
	}
	if before&cueHealth != 0 && len(q.d) >= 10 && q.until(10) >= 0 && nationalid.NHS(q.d[:10]) {
		s.national(v, q, 0, 10, "nhs")
	} else if before&cueHealth != 0 && (len(q.d) == 10 || len(q.d) == 11) && q.until(len(q.d)) >= 0 && nationalid.Medicare(q.d) {
		s.national(v, q, 0, len(q.d), "medicare")
	}
}

// identityAt takes the number that begins a sequence behind the words of another language
// for one as an identity number: the groups that are joined to it in one way.
func (s *scan) identityAt(v *view, q *sequence) {
	const least, most = 7, 18 // digits: of passports and of residents of China
	j := 0
	for j+1 < len(q.g) && q.g[j+1].to <= most && q.goesOn(0, j+1) {
		j++
	}
	thousands := q.inThousands()
	if thousands > 0 {
		j = thousands - 1
	}
	if n := q.g[j].to; n >= least && n <= most && (q.g[0].atom == 0 || thousands > 0) && !inWord(v.t, int(q.at[0]), int(q.at[n-1])) {
		s.national(v, q, 0, n, "tax_id")
	}
}

// inThousands returns how many groups make a number in thousands with points between them,
// and a check digit behind a dash, as those of Spain and Latin America are printed:
// 12.345.678, 900.373.115-3. An amount has the same form without the digit.
func (q *sequence) inThousands() int {
	n := 1
	for n < len(q.g) && q.g[n].sep == '.' && q.g[n].sepLen == 1 && q.g[n].size() == 3 {
		n++
	}
	if n < 3 || q.g[0].size() > 3 {
		return 0
	}
	if n < len(q.g) && q.g[n].sep == '-' && q.g[n].sepLen == 1 && q.g[n].size() == 1 {
		n++
	}
	if n < len(q.g) && q.g[n].sepLen == 1 && q.g[n].sep != ' ' && q.g[n].sep != ';' { // 1.234.567,89
		return 0
	}
	return n
}

// pointedID finds an identity number that reads as an amount, behind its cue.
func (s *scan) pointedID(v *view, q *sequence) {
	if q.inThousands() == len(q.g) && cueBefore(v.t, int(q.at[0]), s.cue)&cueIdentity != 0 {
		s.identityAt(v, q)
	}
}

func (s *scan) national(v *view, q *sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, span{entity: National, layer: LayerDetector, rule: rule})
}

// evenEnd returns the last of the first groups that have the same mark between
// them.
func (q *sequence) evenEnd() int {
	k := 1
	for k+1 < len(q.g) && q.g[k+1].sep == q.g[1].sep && q.g[k+1].sepLen == q.g[1].sepLen {
		k++
	}
	return k
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
	if upper(byteAt(v.t, i)) != 'X' || alnum(byteAt(v.t, i+1)) || !nationalid.ResidentID(append(q.d[:digits:digits], 'X')) {
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
	if word = append(word, t[b+1]); nationalid.DNI(word) {
		s.add(v, a, b+2, span{entity: National, layer: LayerDetector, rule: "dni", canon: string(word)})
	}
}

// retrieval tells whether n digits at t[i:] are the retrieval reference number of a card
// payment (ISO 8583, field 37), which receipts call RRN, as Koreans do their number of
// thirteen digits.
func retrieval(t []byte, i, n int) bool {
	const digits = 12
	if byteAt(t, i-1) == '%' && bytes.HasPrefix(t[i:], []byte("20")) { // the space of a link
		n -= len("20")
	}
	for i > 0 && !alnum(t[i-1]) {
		i--
	}
	return n == digits && i >= len("RRN") && bytes.EqualFold(t[i-len("RRN"):i], []byte("RRN")) && !alnum(byteAt(t, i-len("RRN")-1))
}

// standardNumber tells whether the digits at t[i:] are the number of a standard of the
// Internet (RFC 1950, 1951): the tax number of Mexico that is called the same begins with
// letters.
func standardNumber(t []byte, i int) bool {
	for least := max(0, i-len(" #")); i > least && !alnum(t[i-1]); {
		i--
	}
	return i >= len("RFC") && bytes.EqualFold(t[i-len("RFC"):i], []byte("RFC")) && !alnum(byteAt(t, i-len("RFC")-1))
}

// chileanK finds a Chilean tax number whose check character is K: 12.345.678-K
// anywhere, without its points beside a cue.
func (s *scan) chileanK(v *view, q *sequence, before cue) {
	const least, most = 7, 8
	first := max(0, len(q.g)-3) // a group
	d := q.d[q.g[first].from:]
	end := int(q.at[len(q.d)-1]) + 1
	if len(d) < least || len(d) > most || q.cuts(first) {
		return
	}
	if printed := q.sized(first, []int{len(d) - 6, 3, 3}) && (first == 0 || q.tight(first, 3, '.')); !printed && (len(q.g) > 1 || before&cueTax == 0) {
		return
	}
	if byteAt(v.t, end) == '-' {
		end++
	}
	if upper(byteAt(v.t, end)) != 'K' || alnum(byteAt(v.t, end+1)) || nationalid.RUTCheck(d) != 10 {
		return
	}
	s.add(v, int(q.at[q.g[first].from]), end+1, span{entity: National, layer: LayerDetector, rule: "rut", canon: string(d) + "K"})
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
		if prefix(q.d[a+6:], 4) <= lastBirth && nationalid.ResidentID(q.d[a:a+size]) {
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
// one separator, the same everywhere, is between them. Three groups or more may
// stand beside a date, a time or an amount, one space between them each.
func (q *sequence) uniform(i int, sizes ...int) bool {
	n := len(sizes)
	if i+n > len(q.g) {
		return false
	}
	beside := i > 0 || len(q.g) != n
	if beside && (n < 3 || i > 0 && q.g[i-1].atom == 0 || i+n < len(q.g) && q.g[i+n].atom == 0) {
		return false
	}
	for k, n := range sizes {
		g := q.g[i+k]
		if g.size() != n || k > 0 && (g.sep != q.g[i+1].sep || g.sepLen > longestUniform && g.sep != ' ' || beside && (g.sep != ' ' || g.sepLen != 1 || g.atom != 0)) {
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
	case len(d) == 18 && nationalid.ResidentID(d):
		s.national(v, q, 0, 18, "resident_id")
	case len(d) == 14 && d[8] == '0' && d[9] == '0' && nationalid.CNPJ(d) && !midnight(d):
		s.national(v, q, 0, 14, "cnpj")
	case !q.alone(0, len(q.g)-1):
	case len(d) == 15 && nationalid.NIR(d):
		s.national(v, q, 0, 15, "nir")
	case len(d) == 13 && southAfrican(d) && len(q.g) > 2:
		s.national(v, q, 0, 13, "za_id")
	case len(d) == 13 && nationalid.AHV(d):
		s.national(v, q, 0, 13, "ahv")
	case len(d) == 11 && nationalid.Calendar(d[:6]) && nationalid.NRN(d) && len(q.g) > 5:
		s.national(v, q, 0, 11, "nrn")
	case len(d) == 11 && len(q.g) == len(d) && nationalid.CPF(d):
		s.national(v, q, 0, 11, "cpf")
	}
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
	if i < 2 || !letter(t[i-1]) || !letter(t[i-2]) || j >= len(t) || joins(byteAt(t, i-3), t[i-2]) && !ninoHead(t[:i-2]) || joins(byteAt(t, j+1), t[j]) && !ninoTail(t[j+1:]) {
		return
	}
	if tight := len(q.g) == 1; tight && (j > int(q.at[5])+1 && letter(byteAt(t, j+1)) || i < int(q.at[0]) && byteClass[t[i-2]]&isUpper != 0 && byteClass[t[i-1]]&isLower != 0) { // Nr 103394 Bon
		return
	}
	a, b, c := upper(t[i-2]), upper(t[i-1]), upper(t[j])
	if c < 'A' || c > 'D' || !ninoPrefix(a, b) {
		return
	}
	canon := string([]byte{a, b}) + string(q.d) + string(c)
	s.add(v, i-2, j+1, span{entity: National, layer: LayerDetector, rule: "nino", canon: canon})
}

// ninoHead tells whether what a national insurance number is glued to says nothing: a
// date, or a word for a number.
func ninoHead(t []byte) bool {
	i := len(t) - digitsBefore(t)
	if i < len(t) {
		return !alnum(byteAt(t, i-1)) && dateLike(t[i:])
	}
	for i > 0 && letter(t[i-1]) {
		i--
	}
	if digit(byteAt(t, i-1)) {
		return false
	}
	switch string(bytes.ToUpper(t[i:])) {
	case "REF", "ID", "NO", "NR", "NI", "NINO", "PAN":
		return true
	}
	return false
}

// ninoTail tells the same of what is glued on behind one, also of track 2.
func ninoTail(t []byte) bool {
	j := digits(t)
	return j > 0 && !alnum(byteAt(t, j)) && dateLike(t[:j]) || trackSeparator(t, 0)
}

// joins tells whether a byte carries a word on with the character c beside it: small
// letters do not with a capital.
func joins(beside, c byte) bool {
	return alnum(beside) && !(byteClass[beside]&isLower != 0 && byteClass[c]&isUpper != 0)
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

// southAfrican verifies an identity number, and leaves those alone that may count
// milliseconds.
func southAfrican(d []byte) bool { return !instant(d) && nationalid.ZAID(d) }
