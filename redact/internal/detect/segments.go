package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Messages whose fields only a number, a letter or a qualifier names: the elements of
// X12 and BAI2, the tags of FIX, the fields of ISO 8583 and of SWIFT, the line of a
// cheque.

// Least and most characters of an account in such a field.
const (
	leastElement = 5
	mostElement  = column.LongestHeld
)

// segments finds accounts and codes of banks in fields of messages.
func (s *Scan) segments(v *finding.View) {
	t := v.Text
	for i := 0; i < len(t); {
		n := bytes.IndexAny(t[i:], "*|\x01^~")
		if n < 0 {
			break
		}
		i += n
		s.element(v, i)
		i++
	}
	if HasFIX(t) {
		s.fixAccount(v)
	}
	s.interchange(v)
	s.institution(v)
	s.cashRecords(v)
	s.bitFields(v)
	s.clearingCodes(v)
	s.letteredSubfields(v)
	s.pixKey(v)
}

// institution finds the account in the segment FII of EDIFACT (UN/EDIFACT D.01B, data
// element 3194): FII+BF+12345678:ANN LEE+….
func (s *Scan) institution(v *finding.View) {
	const name = "FII+"
	t := v.Text
	for i := 0; ; {
		n := bytes.Index(t[i:], []byte(name))
		if n < 0 {
			return
		}
		i += n + len(name)
		if before := char.At(t, i-len(name)-1); char.Alnum(before) || i+2 >= len(t) || t[i+2] != '+' { // of two letters: BF, OR
			continue
		}
		lo := i + len("BF+")
		hi := lo
		for hi < len(t) && hi-lo <= mostElement && char.Alnum(t[hi]) {
			hi++
		}
		if accountWord(t[lo:hi], leastElement, mostElement) {
			s.addCoded(v, lo, hi, entity.Account, "segment")
		}
	}
}

// elementAt returns the element of a segment behind the mark t[i].
func elementAt(t []byte, i int) (lo, hi int) {
	lo = i + 1
	for hi = lo; hi < len(t) && hi-lo <= mostElement && t[hi] != t[i] && t[hi] != '~' && t[hi] != '\n' && t[hi] != '\r' && t[hi] != '\''; {
		hi++
	}
	return lo, hi
}

// element looks at the element of X12 behind the mark t[i]: what it qualifies is the
// next one (ASC X12, data elements 506, 569, 128 and 66).
func (s *Scan) element(v *finding.View, i int) {
	t := v.Text
	lo, hi := elementAt(t, i)
	if hi-lo != len("DA") || char.At(t, hi) != t[i] || t[i] == '~' {
		return
	}
	a, b := elementAt(t, hi)
	value := t[a:b]
	switch string(t[lo:hi]) {
	case "DA", "SG", "ALC":
		if accountWord(value, leastElement, mostElement) {
			s.addCoded(v, a, b, entity.Account, "segment")
			s.bankElement(v, i, t[i])
		}
	case "TJ", "EI", "SY", "FI", "24", "34":
		const tax = 9
		if len(value) == tax && char.AllDigits(value) && segmentOf(t, i, "REF", "N1", "NM1") {
			s.addCoded(v, a, b, entity.National, "segment")
		}
	}
	if next := t[b:]; string(t[lo:hi]) == "DA" && len(next) > 1 && next[0] == t[i] { // BPR10: 1 and the number of the company
		const company = 10
		if a, b = elementAt(t, b); b-a == company && t[a] == '1' && char.AllDigits(t[a:b]) {
			s.addCoded(v, a, b, entity.National, "segment")
		}
	}
}

// interchange settles where the elements of X12 end, if a text begins with a segment of
// it, and finds the company of a trace, TRN*1*…*1 and nine digits (data element 509).
func (s *Scan) interchange(v *finding.View) {
	const least, company = 4, 10 // "ST*8"; 1 and an employer identification number
	t := v.Text
	i := len(t) - len(bytes.TrimLeft(t, " \r\n"))
	if len(t)-i < least || !(bytes.HasPrefix(t[i:], []byte("ISA")) || bytes.HasPrefix(t[i:], []byte("ST")) || bytes.HasPrefix(t[i:], []byte("GS"))) {
		return
	}
	mark := t[i+len("ISA")]
	if t[i] != 'I' {
		mark = t[i+len("ST")]
	}
	if mark != '*' && mark != '|' && mark != '^' {
		return
	}
	for ; i < len(t); i++ {
		if t[i] == mark || t[i] == '~' {
			s.settle(v, i, i+1)
		}
		if t[i] == mark && segmentOf(t, i, "TRN") {
			if lo, hi := elementAt(t, i); hi-lo == company && t[lo] == '1' && char.AllDigits(t[lo:hi]) {
				s.addCoded(v, lo, hi, entity.National, "segment")
			}
		}
	}
}

// bankElement takes the element before the mark t[i] as the code of a bank.
func (s *Scan) bankElement(v *finding.View, i int, mark byte) {
	lo := bytes.LastIndexByte(v.Text[:i], mark) + 1
	code := v.Text[lo:i]
	if digits := char.DigitsIn(code); digits >= column.LeastCode && digits <= column.MostCode && len(code) <= mostElement && len(bytes.Trim(code, "0123456789 -./")) == 0 {
		s.addCoded(v, lo, i, entity.Bank, "segment")
	}
}

// segmentOf tells whether the segment that the mark t[i] is in has one of these names.
func segmentOf(t []byte, i int, names ...string) bool {
	const longest = 256 // bytes of a segment before its qualifier
	from := max(0, i-longest)
	if k := bytes.LastIndexAny(t[from:i], "~\n'"); k >= 0 {
		from += k + 1
	}
	for _, name := range names {
		if bytes.HasPrefix(t[from:], []byte(name)) && char.At(t, from+len(name)) == t[i] {
			return true
		}
	}
	return false
}

// accountWord tells whether a value is digits, and letters among them, as many as an account
// has.
func accountWord(value []byte, least, most int) bool {
	digits := 0
	for _, c := range value {
		switch {
		case char.Digit(c):
			digits++
		case !char.Letter(c) && c != '-' && c != ' ' && c != '.' && c != '/':
			return false
		}
	}
	return digits >= least && len(value) <= most
}

// fixMark stands between the fields of a message of FIX; programs print it as a bar.
const fixMark = 1

// HasFIX tells whether a text has a message of FIX.
func HasFIX(t []byte) bool { return bytes.Contains(t, []byte("8=FIX")) }

// FIXTag tells whether the sign t[i] stands between a tag of FIX and its value: a mark
// and a number stand before it. In a text with such messages it is none of
// quoted-printable, and the mark none that somebody put there.
func FIXTag(t []byte, i int) bool {
	const longest = 5 // digits of a tag
	n := char.DigitsBefore(t[max(0, i-longest):i])
	before := char.At(t, i-n-1)
	return char.At(t, i) == '=' && n > 0 && (before == fixMark || before == '|')
}

// FIXEnd tells whether t[i] ends a field of FIX: a tag or the end of the line is next.
func FIXEnd(t []byte, i int) bool {
	next := i + 1 + char.Digits(t[i+1:])
	return t[i] == fixMark && (FIXTag(t, next) || next == i+1 && (next == len(t) || t[next] == '\n' || t[next] == '\r'))
}

// fixAccount finds tag 1 of FIX (FIX 4.4, Account).
func (s *Scan) fixAccount(v *finding.View) {
	t := v.Text
	for i, c := range t {
		if c == fixMark || c == '|' {
			s.settle(v, i, i+1)
		}
	}
	for i := 0; ; i++ {
		n := bytes.Index(t[i:], []byte("1="))
		if n < 0 {
			return
		}
		i += n
		mark := char.At(t, i-1)
		if mark != '|' && mark != fixMark && mark != '^' && mark != ';' {
			continue
		}
		hi := i + len("1=")
		for hi < len(t) && t[hi] != mark && t[hi] != '\n' && hi-i <= mostElement {
			hi++
		}
		if lo := i + len("1="); accountWord(t[lo:hi], leastElement, mostElement) {
			s.addCoded(v, lo, hi, entity.Account, "segment")
		}
	}
}

// cashRecords finds the account of an account identifier and the banks of a group
// header (ASC X9.121, formerly BAI2).
func (s *Scan) cashRecords(v *finding.View) {
	t := v.Text
	for i := 0; i+4 < len(t); i = char.LineEnd(t, i) + 1 {
		if end := char.LineEnd(t, i); cashDetail(t[i:end]) {
			for k := i; k < end; k++ {
				if t[k] == ',' {
					s.settle(v, k, k+1)
				}
			}
			continue
		}
		if t[i] != '0' || t[i+2] != ',' || t[i+1] != '3' && t[i+1] != '2' {
			continue
		}
		lo, hi := elementAt(t, i+2)
		if char.At(t, hi) != ',' {
			continue
		}
		for k, end := i, char.LineEnd(t, i); k < end; k++ {
			if t[k] == ',' {
				s.settle(v, k, k+1)
			}
		}
		if t[i+1] == '3' && accountWord(t[lo:hi], leastElement, mostElement) {
			s.addCoded(v, lo, hi, entity.Account, "segment")
		}
		for k := 0; t[i+1] == '2' && k < 2; k++ { // receiver and originator
			if hi-lo == len("021000021") && char.AllDigits(t[lo:hi]) && bankaccount.ABA(t[lo:hi]) {
				s.addCoded(v, lo, hi, entity.Bank, "segment")
			}
			if char.At(t, hi) != ',' {
				break
			}
			lo, hi = elementAt(t, hi)
		}
	}
}

// cashDetail tells whether a line is a transaction of such a file, with a code of three
// digits, an amount and the type of funds, or the end of an account, with its total and the
// number of its records: 16,475,6183,Z,,8861039666,SHOP/; 49,17819254,9/.
func cashDetail(line []byte) bool {
	const code = len("16,475,")
	switch {
	case bytes.HasPrefix(line, []byte("16,")) && len(line) > code && char.AllDigits(line[len("16,"):code-1]) && line[code-1] == ',':
		n := char.Digits(line[code:])
		return n > 0 && code+n+2 < len(line) && line[code+n] == ',' && bytes.IndexByte([]byte("012SVDZ,"), line[code+n+1]) >= 0 && (line[code+n+1] == ',' || line[code+n+2] == ',')
	case bytes.HasPrefix(line, []byte("49,")):
		n := char.Digits(line[len("49,"):])
		rest := line[len("49,")+n:]
		return n > 0 && len(rest) > len(",/") && rest[0] == ',' && char.AllDigits(bytes.TrimSuffix(rest[1:], []byte("/"))) && rest[len(rest)-1] == '/'
	}
	return false
}

// bitFields finds the accounts of ISO 8583, fields 102 and 103: DE102 [12345678],
// <field id="102" value="12345678"/>.
func (s *Scan) bitFields(v *finding.View) {
	const gap = 12 // bytes of marks, and of value=
	t := v.Text
	for i := 0; ; {
		n := bytes.Index(t[i:], []byte("10"))
		if n < 0 {
			return
		}
		if i += n + len("102"); i > len(t) {
			return
		}
		if c := char.At(t, i-1); c != '2' && c != '3' || char.Alnum(char.At(t, i)) || !bitName(t[:i-len("102")]) {
			continue
		}
		lo := i
		for lo < len(t) && lo-i < gap && !char.Digit(t[lo]) && t[lo] != '\n' {
			lo++
		}
		hi := lo
		for hi < len(t) && (char.Alnum(t[hi]) || cue.MarksNumber(t[hi]) && char.Digit(char.At(t, hi+1))) {
			hi++
		}
		if accountWord(t[lo:hi], leastElement, mostElement) {
			s.addCoded(v, lo, hi, entity.Account, "segment")
		}
	}
}

// bitName tells whether a text ends in what announces the number of a field.
func bitName(t []byte) bool {
	t = bytes.TrimRight(t, "0 _-.\"'=#")
	for _, name := range [...]string{"DE", "F", "field", "Field", "FIELD", "field id", "bit", "BIT", "Bit"} {
		if bytes.HasSuffix(t, []byte(name)) && !char.Letter(char.At(t, len(t)-len(name)-1)) {
			return true
		}
	}
	return false
}

// clearingCodes finds the codes of banks in fields 52 to 58 of SWIFT messages:
// //FW021000021, //SC200000 (SWIFT User Handbook, national clearing system codes).
func (s *Scan) clearingCodes(v *finding.View) {
	t := v.Text
	for i := 0; ; {
		n := bytes.Index(t[i:], []byte("//"))
		if n < 0 {
			return
		}
		i += n + len("//")
		if i+2 >= len(t) {
			return
		}
		hi := i + 2 + char.Digits(t[i+2:])
		size := 0
		switch string(t[i : i+2]) {
		case "FW", "CC":
			size = 9
		case "BL":
			size = 8
		case "SC", "AU", "NZ", "CH", "PL", "ZA", "SW":
			size = 6
		default:
			continue
		}
		if hi-i-2 == size && !char.Alnum(char.At(t, hi)) {
			s.addCoded(v, i+2, hi, entity.Bank, "segment")
		}
	}
}

// letteredSubfields finds an account with letters in the subfield ?31 of a MT940's :86:
// (see swiftSubfields).
func (s *Scan) letteredSubfields(v *finding.View) {
	const tag = "?31"
	t := v.Text
	for i := 0; ; {
		n := bytes.Index(t[i:], []byte(tag))
		if n < 0 {
			return
		}
		i += n + len(tag)
		hi := i
		for hi < len(t) && hi-i <= mostElement && t[hi] != '?' && t[hi] != '\n' && t[hi] != '\r' {
			hi++
		}
		if value := t[i:hi]; bytes.IndexByte(t[max(0, i-maxSubfields):i-len(tag)], '?') >= 0 && accountWord(value, bankaccount.MinDigits, mostElement) && !char.AllDigits(value) {
			s.addCoded(v, i, hi, entity.Account, "mt940")
		}
	}
}

// maxSubfields is how long the subfields before one are, at most.
const maxSubfields = 512

// pixKey finds the number of a person or a company that is the key of a payment in a
// code to copy (Banco Central do Brasil, Manual de Padrões para Iniciação do Pix, field
// 26, 01): the length stands before it.
func (s *Scan) pixKey(v *finding.View) {
	for _, name := range [...]string{"gov.bcb.pix01", "GOV.BCB.PIX01"} {
		for i := 0; ; {
			n := bytes.Index(v.Text[i:], []byte(name))
			if n < 0 {
				break
			}
			i += n + len(name)
			lo := i + len("11")
			for _, size := range [...]int{len("12345678909"), len("12345678000195")} {
				if hi := lo + size; hi <= len(v.Text) && char.AllDigits(v.Text[i:hi]) && char.Number(v.Text[i:], len("11")) == size {
					s.addCoded(v, lo, hi, entity.National, "segment")
				}
			}
		}
	}
}
