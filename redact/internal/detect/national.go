package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// National identity numbers that statements print. Those with a form of their
// own or two check digits are found anywhere, the others beside a cue.

// nationals finds national identity numbers in a sequence.
func (s *Scan) nationals(v *finding.View, q *Sequence, before cue.Set) {
	s.phone(v, q, before)
	s.nino(v, q)
	s.scattered(v, q)
	s.lettersEnd(v, q)
	s.dashedDNI(v, q)
	s.residents(v, q)
	s.chileanK(v, q, before)
	s.morePrinted(v, q, before)
	s.gluedNIR(v, q)
	if len(q.G) > 1 {
		s.disguisedIDs(v, q)
	}
	for i := range q.G {
		if n, rule := q.printedID(i, before); n > 0 {
			s.national(v, q, q.G[i].from, q.G[i+n-1].to, rule)
		}
	}
	if before&cue.Tax != 0 && (retrieval(v.Text, int(q.at[0]), q.G[0].size()) || standardNumber(v.Text, int(q.at[0])) || len(bytes.Trim(q.D, "0")) == 0) {
		before &^= cue.Tax
	}
	if before&cue.Identity != 0 {
		s.identityAt(v, q)
	}
	if n := len(q.D); before&cue.Tax != 0 && n >= 8 && n <= 15 && (len(q.G) == 1 || q.G[0].Atom == 0) && nationalid.Any(q.D) {
		s.national(v, q, 0, n, "tax_id")
	} else if before&cue.Tax != 0 && len(q.G) > 1 && q.G[0].Atom == 0 { // what follows is something else
		for _, k := range [...]int{0, q.evenEnd()} {
			if d := q.D[:q.G[k].to]; len(d) >= 9 && len(d) <= 12 && nationalid.Any(d) {
				s.national(v, q, 0, len(d), "tax_id")
				break
			}
		}
		for k := 1; k < len(q.G) && q.nextItem(0, k); k++ {
			if d := q.D[q.G[k].from:q.G[k].to]; len(d) >= 9 && nationalid.Any(d) {
				s.national(v, q, q.G[k].from, q.G[k].to, "tax_id")
			}
		}
	}
	if before&cue.Employer != 0 && (before&(cue.Capital|cue.Tax) != 0 || s.Cue&cue.Employer != 0) && len(q.D) == 9 && len(q.G) == 1 {
		s.national(v, q, 0, 9, "ein")
	}
	if before&cue.SSN != 0 && len(q.D) >= 9 && q.until(9) >= 0 && (nationalid.SSN(q.D[:9]) || nationalid.ITIN(q.D[:9])) {
		s.national(v, q, 0, 9, "ssn")
	}
	if before&cue.Health != 0 && len(q.D) >= 10 && q.until(10) >= 0 && nationalid.NHS(q.D[:10]) {
		s.national(v, q, 0, 10, "nhs")
	} else if before&cue.Health != 0 && (len(q.D) == 10 || len(q.D) == 11) && q.until(len(q.D)) >= 0 && nationalid.Medicare(q.D) {
		s.national(v, q, 0, len(q.D), "medicare")
	}
}

// identityAt takes the number that begins a sequence behind the words of another language
// for one as an identity number: the groups that are joined to it in one way.
func (s *Scan) identityAt(v *finding.View, q *Sequence) {
	const least, most = 7, 18 // digits: of passports and of residents of China
	j := 0
	for j+1 < len(q.G) && q.G[j+1].to <= most && q.goesOn(0, j+1) {
		j++
	}
	thousands := q.inThousands()
	if thousands > 0 {
		j = thousands - 1
	}
	if n := q.G[j].to; n >= least && n <= most && (q.G[0].Atom == 0 || thousands > 0) && !inWord(v.Text, int(q.at[0]), int(q.at[n-1])) {
		s.national(v, q, 0, n, "tax_id")
	}
}

// inThousands returns how many groups make a number in thousands with points between them,
// and a check digit behind a dash, as those of Spain and Latin America are printed:
// 12.345.678, 900.373.115-3. An amount has the same form without the digit.
func (q *Sequence) inThousands() int {
	n := 1
	for n < len(q.G) && q.G[n].sep == '.' && q.G[n].sepLen == 1 && q.G[n].size() == 3 {
		n++
	}
	if n < 3 || q.G[0].size() > 3 {
		return 0
	}
	if n < len(q.G) && q.G[n].sep == '-' && q.G[n].sepLen == 1 && q.G[n].size() == 1 {
		n++
	}
	if n < len(q.G) && q.G[n].sepLen == 1 && q.G[n].sep != ' ' && q.G[n].sep != ';' { // 1.234.567,89
		return 0
	}
	return n
}

// pointedID finds an identity number that reads as an amount, behind its cue.
func (s *Scan) pointedID(v *finding.View, q *Sequence) {
	if q.inThousands() == len(q.G) && cue.Before(v.Text, int(q.at[0]), s.Cue)&cue.Identity != 0 {
		s.identityAt(v, q)
	}
}

func (s *Scan) national(v *finding.View, q *Sequence, a, b int, rule string) {
	s.addDigits(v, q, a, b, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: rule})
}

// evenEnd returns the last of the first groups that have the same mark between
// them.
func (q *Sequence) evenEnd() int {
	k := 1
	for k+1 < len(q.G) && q.G[k+1].sep == q.G[1].sep && q.G[k+1].sepLen == q.G[1].sepLen {
		k++
	}
	return k
}

// lettersEnd finds a resident identity number that ends in X, whatever stands
// between its characters.
func (s *Scan) lettersEnd(v *finding.View, q *Sequence) {
	const digits = 17
	if len(q.D) != digits || !q.alone(0, len(q.G)-1) {
		return
	}
	i := int(q.at[digits-1]) + 1
	for gapped := 0; i < len(v.Text) && v.Text[i] < 0x80 && !char.Alnum(v.Text[i]) && gapped < encoded.MaxGapMarks; gapped++ {
		i++
	}
	if char.Upper(char.At(v.Text, i)) != 'X' || char.Alnum(char.At(v.Text, i+1)) || !nationalid.ResidentID(append(q.D[:digits:digits], 'X')) {
		return
	}
	s.Add(v, int(q.at[0]), i+1, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: "resident_id", Canon: string(q.D) + "X"})
}

// dashedDNI finds a Spanish DNI or NIE in its printed form: 12345678-Z, X-1234567-L.
func (s *Scan) dashedDNI(v *finding.View, q *Sequence) {
	const size = 8
	t, a, b := v.Text, int(q.at[0]), int(q.at[len(q.at)-1])+1
	if len(q.D) > size || len(q.G) > 1 && !q.alone(0, len(q.G)-1) || char.At(t, b) != '-' || char.ByteClass[char.At(t, b+1)]&char.IsUpper == 0 || char.Alnum(char.At(t, b+2)) {
		return
	}
	word := append(make([]byte, 0, size+1), q.D...)
	if len(q.D) == size-1 {
		if a -= 2; char.At(t, a+1) != '-' || char.At(t, a) < 'X' || char.At(t, a) > 'Z' {
			return
		}
		word = append(append(word[:0], t[a]), q.D...)
	}
	if char.Alnum(char.At(t, a-1)) || len(word) != size {
		return
	}
	if word = append(word, t[b+1]); nationalid.DNI(word) {
		s.Add(v, a, b+2, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: "dni", Canon: string(word)})
	}
}

// retrieval tells whether n digits at t[i:] are the retrieval reference number of a card
// payment (ISO 8583, field 37), which receipts call RRN, as Koreans do their number of
// thirteen digits.
func retrieval(t []byte, i, n int) bool {
	const digits = 12
	if char.At(t, i-1) == '%' && bytes.HasPrefix(t[i:], []byte("20")) { // the space of a link
		n -= len("20")
	}
	for i > 0 && !char.Alnum(t[i-1]) {
		i--
	}
	return n == digits && i >= len("RRN") && bytes.EqualFold(t[i-len("RRN"):i], []byte("RRN")) && !char.Alnum(char.At(t, i-len("RRN")-1))
}

// standardNumber tells whether the digits at t[i:] are the number of a standard of the
// Internet (RFC 1950, 1951): the tax number of Mexico that is called the same begins with
// letters.
func standardNumber(t []byte, i int) bool {
	for least := max(0, i-len(" #")); i > least && !char.Alnum(t[i-1]); {
		i--
	}
	return i >= len("RFC") && bytes.EqualFold(t[i-len("RFC"):i], []byte("RFC")) && !char.Alnum(char.At(t, i-len("RFC")-1))
}

// chileanK finds a Chilean tax number whose check character is K: 12.345.678-K
// anywhere, without its points beside a cue.
func (s *Scan) chileanK(v *finding.View, q *Sequence, before cue.Set) {
	const least, most = 7, 8
	first := max(0, len(q.G)-3) // a group
	d := q.D[q.G[first].from:]
	end := int(q.at[len(q.D)-1]) + 1
	if len(d) < least || len(d) > most || q.cuts(first) {
		return
	}
	if printed := q.sized(first, []int{len(d) - 6, 3, 3}) && (first == 0 || q.tight(first, 3, '.')); !printed && (len(q.G) > 1 || before&cue.Tax == 0) {
		return
	}
	if char.At(v.Text, end) == '-' {
		end++
	}
	if char.Upper(char.At(v.Text, end)) != 'K' || char.Alnum(char.At(v.Text, end+1)) || nationalid.RUTCheck(d) != 10 {
		return
	}
	s.Add(v, int(q.at[q.G[first].from]), end+1, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: "rut", Canon: string(d) + "K"})
}

// Limits of residents.
const (
	longestResident = 28   // digits of a number with what is glued to it
	lastBirth       = 2015 // later years are more often those of a payment
	lastAdult       = 2008 // the same where a day and four digits may also be a reference
)

// residents finds a resident identity number to which digits are glued.
func (s *Scan) residents(v *finding.View, q *Sequence) {
	const size = 18
	if len(q.D) <= size || len(q.D) > longestResident || date.Nanoseconds(q.D) || !q.alone(0, len(q.G)-1) {
		return
	}
	for a := 0; a+size <= len(q.D); a++ {
		if char.Number(q.D[a+6:], 4) <= lastBirth && nationalid.ResidentID(q.D[a:a+size]) {
			s.national(v, q, a, a+size, "resident_id")
		}
	}
}

// holes looks for the printed form of an identity number whose marks were
// replaced by characters that nobody sees: they are gone from the view, but not
// from the places that its bytes came from.
func (s *Scan) holes(v *finding.View, q *Sequence) {
	if v.Lo == nil || len(q.D) > LongestPrinted {
		return
	}
	var held [LongestPrinted]group
	out := held[:0]
	for _, g := range q.G {
		for k := g.from + 1; k < g.to; k++ {
			if v.From(int(q.at[k])) > v.To(int(q.at[k-1])) {
				out = append(out, group{from: g.from, to: k, sep: g.sep, sepLen: g.sepLen})
				g.from, g.sep, g.sepLen = k, 'i', 1
			}
		}
		out = append(out, g)
	}
	if len(out) == len(q.G) {
		return
	}
	q.G = append(q.G[:0], out...)
	s.ukAccount(v, q, 0, 0)
	if n, rule := q.printedID(0, 0); n == len(q.G) && n > 1 {
		s.national(v, q, 0, len(q.D), rule)
	}
}

// LongestPrinted is the most digits of an identity number in a printed form.
const LongestPrinted = 14 // and of a sort code and an account

// uniform tells whether the groups from i on have these sizes, stand alone, and
// one separator, the same everywhere, is between them. Three groups or more may
// stand beside a date, a time or an amount, one space between them each.
func (q *Sequence) uniform(i int, sizes ...int) bool {
	n := len(sizes)
	if i+n > len(q.G) {
		return false
	}
	beside := i > 0 || len(q.G) != n
	if beside && (n < 3 || i > 0 && q.G[i-1].Atom == 0 || i+n < len(q.G) && q.G[i+n].Atom == 0) {
		return false
	}
	for k, n := range sizes {
		g := q.G[i+k]
		if g.size() != n || k > 0 && (g.sep != q.G[i+1].sep || g.sepLen > longestUniform && g.sep != ' ' || beside && (g.sep != ' ' || g.sepLen != 1 || g.Atom != 0)) {
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
func (s *Scan) scattered(v *finding.View, q *Sequence) {
	if len(q.G) == 1 {
		return
	}
	switch d := q.D; {
	case len(d) == 18 && nationalid.ResidentID(d):
		s.national(v, q, 0, 18, "resident_id")
	case len(d) == 14 && d[8] == '0' && d[9] == '0' && nationalid.CNPJ(d) && !midnight(d):
		s.national(v, q, 0, 14, "cnpj")
	case !q.alone(0, len(q.G)-1):
	case len(d) == 15 && nationalid.NIR(d):
		s.national(v, q, 0, 15, "nir")
	case len(d) == 13 && profile.SouthAfrican(d) && len(q.G) > 2:
		s.national(v, q, 0, 13, "za_id")
	case len(d) == 13 && nationalid.AHV(d):
		s.national(v, q, 0, 13, "ahv")
	case len(d) == 11 && nationalid.Calendar(d[:6]) && nationalid.NRN(d) && len(q.G) > 5:
		s.national(v, q, 0, 11, "nrn")
	case len(d) == 11 && len(q.G) == len(d) && nationalid.CPF(d):
		s.national(v, q, 0, 11, "cpf")
	}
}

// nino finds UK national insurance numbers (HMRC NIM39110): two letters, six
// digits, a letter A–D.
func (s *Scan) nino(v *finding.View, q *Sequence) {
	t := v.Text
	if len(q.D) != 6 || len(q.G) != 1 && len(q.G) != 3 {
		return
	}
	i, j := int(q.at[0]), int(q.at[5])+1
	for i > 0 && t[i-1] == ' ' && int(q.at[0])-i < 2 {
		i--
	}
	for j < len(t) && t[j] == ' ' && j-int(q.at[5]) < 3 {
		j++
	}
	if i < 2 || !char.Letter(t[i-1]) || !char.Letter(t[i-2]) || j >= len(t) || joins(char.At(t, i-3), t[i-2]) && !ninoHead(t[:i-2]) || joins(char.At(t, j+1), t[j]) && !ninoTail(t[j+1:]) {
		return
	}
	if tight := len(q.G) == 1; tight && (j > int(q.at[5])+1 && char.Letter(char.At(t, j+1)) || i < int(q.at[0]) && char.ByteClass[t[i-2]]&char.IsUpper != 0 && char.ByteClass[t[i-1]]&char.IsLower != 0) { // Nr 103394 Bon
		return
	}
	a, b, c := char.Upper(t[i-2]), char.Upper(t[i-1]), char.Upper(t[j])
	if c < 'A' || c > 'D' || !profile.NINOPrefix(a, b) {
		return
	}
	canon := string([]byte{a, b}) + string(q.D) + string(c)
	s.Add(v, i-2, j+1, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: "nino", Canon: canon})
}

// ninoHead tells whether what a national insurance number is glued to says nothing: a
// date, or a word for a number.
func ninoHead(t []byte) bool {
	i := len(t) - char.DigitsBefore(t)
	if i < len(t) {
		return !char.Alnum(char.At(t, i-1)) && date.Like(t[i:])
	}
	for i > 0 && char.Letter(t[i-1]) {
		i--
	}
	if char.Digit(char.At(t, i-1)) {
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
	j := char.Digits(t)
	return j > 0 && !char.Alnum(char.At(t, j)) && date.Like(t[:j]) || trackSeparator(t, 0)
}

// joins tells whether a byte carries a word on with the character c beside it: small
// letters do not with a capital.
func joins(beside, c byte) bool {
	return char.Alnum(beside) && !(char.ByteClass[beside]&char.IsLower != 0 && char.ByteClass[c]&char.IsUpper != 0)
}
