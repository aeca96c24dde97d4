package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A booking in a statement of SWIFT's has its text in fields, if a bank in Germany or Poland
// wrote it: ?20 to ?29 and ?60 to ?63 are its purpose, cut after 27 characters each, wherever
// that is (Deutsche Kreditwirtschaft, DFÜ-Abkommen, Anlage 3, MT940, field 86); with ~ for
// the question mark in Poland. A number may go on in the next field.

// purposeMarks begin the names of such fields.
const purposeMarks = "?~"

// cutPurpose tells whether a text has two such fields.
func cutPurpose(t []byte) bool {
	return bytes.Contains(t, []byte("?20")) && bytes.Contains(t, []byte("?21")) || bytes.Contains(t, []byte("~20")) && bytes.Contains(t, []byte("~21"))
}

// subfields examines a view without the names of these fields between two letters or
// digits.
func (s *Scan) subfields(v finding.View, depth int) {
	for _, mark := range []byte(purposeMarks) {
		used, d := s.Used, finding.Derived{Of: &v}
		for i := 1; ; i++ {
			k := bytes.IndexByte(v.Text[i:], mark)
			if k < 0 {
				break
			}
			if i += k; !char.Alnum(v.Text[i-1]) || !goesOnWithPurpose(v.Text[i:]) {
				continue
			}
			at := s.Instead(&d, i)
			i += len("?21")
			d.Replaced(at, i)
		}
		if out, ok := s.Derive(&d); ok {
			s.Reading(&v, out, depth)
		}
		s.Used = used
	}
}

// goesOnWithPurpose tells whether t begins with the name of a field that goes on with the
// purpose of the one before it, and then a letter or digit.
func goesOnWithPurpose(t []byte) bool {
	if len(t) <= len("?21") || !char.Digit(t[2]) || !char.Alnum(t[3]) {
		return false
	}
	return t[1] == '2' && t[2] != '0' || t[1] == '6' && t[2] <= '3'
}
