package detect

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Files of banks in fixed columns: what a field is, only its place in the record says.
// A record is known by its form alone, so that it is also found in a part of a file.

// field is the next columns of a record.
type field struct {
	size  int
	kind  fieldKind
	fixed string // what stands there
}

type fieldKind uint8

const (
	anyField      fieldKind = iota
	fixedField              // exactly that
	digitField              // digits
	accountField            // number of an account, blanks around it
	leadingField            // number of an account, other things behind a blank
	routingField            // routing number in the United States, with its check digit
	branchField             // code of a bank or a branch: digits
	bsbField                // of an Australian branch: 062-001
	identityField           // number of a person or a company: digits
	companyField            // identification of a company that may be such a number
)

// record is one kind of record: its fields in order, of which the file may have more
// behind them.
type record struct {
	fields []field
	least  int // characters of a line
	most   int
}

// maxRecord is the longest line that is a record: of CNAB 400, with some more.
const maxRecord = 404

func lit(s string) field           { return field{len(s), fixedField, s} }
func col(k fieldKind, n int) field { return field{n, k, ""} }
func skip(n int) field             { return field{n, anyField, ""} }
func digitsOf(n int) field         { return field{n, digitField, ""} }

// records are the kinds that are known, by the first character of each.
var records = makeRecords([]record{
	// NACHA Operating Rules, appendix three: file header, batch header, entry, batch control
	{[]field{lit("101"), col(companyField, 10), col(companyField, 10), digitsOf(10), skip(1), lit("094101")}, 80, 96},
	{[]field{lit("5"), digitsOf(3), skip(36), col(companyField, 10), skip(28), digitsOf(1), digitsOf(8), digitsOf(7)}, 94, 96},
	{[]field{lit("6"), digitsOf(2), col(routingField, 9), col(accountField, 17), digitsOf(10), skip(39), digitsOf(1), digitsOf(15)}, 94, 96},
	{[]field{lit("8"), digitsOf(3), digitsOf(6), digitsOf(10), digitsOf(12), digitsOf(12), col(companyField, 10), skip(25), digitsOf(8), digitsOf(7)}, 94, 96},
	// Bacs standard 18, of payment files: destination, then originator
	{[]field{col(branchField, 6), col(accountField, 8), skip(1), digitsOf(2), col(branchField, 6), col(accountField, 8), skip(4), digitsOf(11), skip(18)}, 80, 112},
	// Australian Payments Network, direct entry (ABA, CEMTEX): detail
	{[]field{skip(1), col(bsbField, 7), col(accountField, 9), skip(1), digitsOf(2), digitsOf(10), skip(50), col(bsbField, 7), col(accountField, 9), skip(16), digitsOf(8)}, 118, 124},
	// Japanese Bankers Association (Zengin): header, and transfer
	{[]field{lit("1"), digitsOf(3), digitsOf(10), skip(40), digitsOf(4), digitsOf(4), skip(15), digitsOf(3), skip(15), digitsOf(1), col(accountField, 7)}, 100, 124},
	{[]field{lit("2"), digitsOf(4), skip(15), digitsOf(3), skip(19), digitsOf(1), col(accountField, 7), skip(30), digitsOf(10)}, 90, 124},
	// FEBRABAN, CNAB 240: headers, and the segments A, B, P, Q, T and J-52
	{[]field{digitsOf(7), lit("0"), skip(9), digitsOf(1), col(identityField, 14), skip(20), col(branchField, 5), skip(1), col(accountField, 12)}, 72, 244},
	{[]field{digitsOf(7), lit("1"), skip(9), digitsOf(1), col(identityField, 14), skip(20), col(branchField, 5), skip(1), col(accountField, 12)}, 72, 244},
	{[]field{digitsOf(7), lit("1"), skip(9), digitsOf(1), col(identityField, 15), skip(20), col(branchField, 5), skip(1), col(accountField, 12)}, 73, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("A"), digitsOf(3), digitsOf(3), digitsOf(3), col(branchField, 5), skip(1), col(accountField, 12)}, 100, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("B"), skip(3), digitsOf(1), col(identityField, 14)}, 40, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("P"), skip(1), digitsOf(2), col(branchField, 5), skip(1), col(accountField, 12)}, 60, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("Q"), skip(1), digitsOf(2), digitsOf(1), col(identityField, 15)}, 60, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("T"), skip(1), digitsOf(2), col(branchField, 5), skip(1), col(accountField, 12)}, 60, 244},
	{[]field{digitsOf(7), lit("3"), digitsOf(5), lit("J"), skip(3), lit("52"), digitsOf(1), col(identityField, 15), skip(40), digitsOf(1), col(identityField, 15)}, 91, 244},
	// CNAB 400: header, and the title with the payer
	{[]field{lit("01REMESSA01"), skip(15), col(accountField, 20)}, 100, maxRecord},
	{[]field{lit("02RETORNO01"), skip(15), col(accountField, 20)}, 100, maxRecord},
	{[]field{lit("1"), digitsOf(2), col(identityField, 14), col(branchField, 4), digitsOf(2), col(accountField, 6), skip(188), skip(1), digitsOf(2), col(identityField, 14)}, 390, maxRecord},
	{[]field{lit("1"), digitsOf(2), col(identityField, 14), col(branchField, 4), digitsOf(2), col(accountField, 6), skip(4), digitsOf(4), skip(25), digitsOf(8), digitsOf(13), digitsOf(3), skip(22), digitsOf(2), skip(10), digitsOf(6), digitsOf(13), digitsOf(3), digitsOf(5),
		skip(3), digitsOf(6), skip(4), digitsOf(13), digitsOf(6), digitsOf(13), digitsOf(13), digitsOf(13), digitsOf(2), col(identityField, 14)}, 390, maxRecord},
	{[]field{lit("1"), skip(19), lit("0"), digitsOf(3), col(branchField, 5), digitsOf(7), skip(1), skip(181), digitsOf(2), col(identityField, 14)}, 390, maxRecord},
	{[]field{lit("1"), skip(217), digitsOf(2), col(identityField, 14)}, 390, maxRecord},
	// Comité français d'organisation et de normalisation bancaires, relevé de compte (CFONB 120)
	{[]field{lit("0"), digitsOf(1), col(branchField, 5), skip(4), col(branchField, 5), skip(5), col(accountField, 11), skip(2), digitsOf(6)}, 80, 124},
	// Febelfin, CODA 2.6: old balance, counterparty, new balance
	{[]field{lit("1"), digitsOf(4), col(leadingField, 37), digitsOf(1), digitsOf(15), digitsOf(6)}, 110, 132},
	{[]field{lit("21"), digitsOf(8), skip(21), digitsOf(1), digitsOf(15), digitsOf(6), digitsOf(9)}, 110, 132},
	{[]field{lit("23"), digitsOf(8), col(leadingField, 37), skip(35)}, 110, 132},
	{[]field{lit("8"), digitsOf(3), col(leadingField, 37), digitsOf(1), digitsOf(15), digitsOf(6)}, 110, 132},
})

// makeRecords puts the records under the characters that they may begin with.
func makeRecords(all []record) (by [128][]*record) {
	for k := range all {
		r := &all[k]
		switch f := r.fields[0]; f.kind {
		case fixedField:
			by[f.fixed[0]] = append(by[f.fixed[0]], r)
		case anyField:
			for _, c := range "01" {
				by[c] = append(by[c], r)
			}
		default:
			for c := '0'; c <= '9'; c++ {
				by[c] = append(by[c], r)
			}
		}
	}
	return by
}

// leastRecord is the shortest line that is a record.
const leastRecord = 40

// fixedRecords finds what stands in the fields of records in fixed columns.
func (s *Scan) fixedRecords(v *finding.View) {
	for i := 0; i < len(v.Text); {
		end := char.LineEnd(v.Text, i)
		line := bytes.TrimRight(v.Text[i:end], "\r")
		if n := len(line); n >= leastRecord && n <= maxRecord*utf8.UTFMax && (char.Digit(line[0]) || line[0] == ' ') {
			s.fixedRecord(v, i, line)
		}
		i = end + 1
	}
}

// fixedRecord takes the line at v.t[i:] apart if it has the form of a record.
func (s *Scan) fixedRecord(v *finding.View, i int, line []byte) {
	all := records[line[0]]
	if len(all) == 0 || !worded(line) {
		return
	}
	size := len(line)
	if !char.ASCII(line) {
		size = utf8.RuneCount(line)
	}
	for _, r := range all {
		if size < r.least || size > r.most || !r.fits(line) {
			continue
		}
		at := 0
		for k := range r.fields {
			f := &r.fields[k]
			text := columns(line[at:], f.size)
			if lo, hi := f.number(text); hi > lo {
				s.addCoded(v, i+at+lo, i+at+hi, f.entity(), "record")
			}
			if f.kind != anyField {
				s.settle(v, i+at, i+at+len(text))
			}
			at += len(text)
		}
		s.settle(v, max(0, i-1), i) // the line break before it, and that behind it
		s.settle(v, i+len(line), min(len(v.Text), i+len(line)+1))
	}
}

// worded tells whether a line has a letter or blanks, as one of digits alone is no
// record.
func worded(line []byte) bool {
	const fewest = 10 // blanks
	blanks := 0
	for _, c := range line {
		if c == ' ' {
			blanks++
		}
		if char.Letter(c) || c >= utf8.RuneSelf || blanks == fewest {
			return true
		}
	}
	return false
}

// columns returns the first characters of a line.
func columns(line []byte, n int) []byte {
	at := 0
	for ; n > 0 && at < len(line); n-- {
		if line[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, size := utf8.DecodeRune(line[at:])
		at += size
	}
	return line[:at]
}

// fits tells whether a line has the form of the record.
func (r *record) fits(line []byte) bool {
	for k := range r.fields {
		f := &r.fields[k]
		text := columns(line, f.size)
		if !f.fits(text) {
			return false
		}
		line = line[len(text):]
	}
	return true
}

func (f *field) fits(text []byte) bool {
	switch f.kind {
	case anyField, leadingField, companyField:
		return true
	case fixedField:
		return string(text) == f.fixed
	case accountField:
		return blankBeside(text)
	case routingField:
		return len(text) == f.size && char.AllDigits(text) && bankaccount.ABA(text)
	case bsbField:
		return len(text) == f.size && text[3] == '-' && char.AllDigits(text[:3]) && char.AllDigits(text[4:])
	}
	return len(text) == f.size && char.AllDigits(text)
}

// blankBeside tells whether a field is letters, digits and dashes, one of them a digit,
// and blanks only before or behind them.
func blankBeside(text []byte) bool {
	some := false
	for _, c := range bytes.Trim(text, " ") {
		if !char.Alnum(c) && c != '-' && c != '/' {
			return false
		}
		some = some || char.Digit(c)
	}
	return some
}

// number returns where in a field a number is that has to go, nothing if none is.
func (f *field) number(text []byte) (lo, hi int) {
	hi = len(text)
	switch f.kind {
	case accountField, bsbField, routingField, branchField, identityField, leadingField, companyField:
	default:
		return 0, 0
	}
	for lo < hi && text[lo] == ' ' {
		lo++
	}
	for hi > lo && text[hi-1] == ' ' {
		hi--
	}
	switch f.kind {
	case leadingField:
		if k := bytes.IndexByte(text[lo:hi], ' '); k >= 0 {
			hi = lo + k
		}
		if hi-lo < leastLeading || !char.Digit(text[hi-1]) {
			return 0, 0
		}
	case companyField:
		if hi-lo < leastCompany || !char.AllDigits(text[lo:hi]) {
			return 0, 0
		}
	}
	if len(bytes.Trim(text[lo:hi], "0 -")) == 0 { // nothing was filled in
		return 0, 0
	}
	return lo, hi
}

// Least characters of a number that other things stand behind, and of one that may be
// that of a company.
const (
	leastLeading = 9
	leastCompany = 9
)

func (f *field) entity() entity.Kind {
	switch f.kind {
	case routingField, branchField, bsbField:
		return entity.Bank
	case identityField, companyField:
		return entity.National
	}
	return entity.Account
}
