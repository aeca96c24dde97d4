package mt

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// entry reads :61:
//
//	YYMMDD [MMDD] [R|E](C|D) [funds code] amount type(4) reference [//bank reference]
//	[supplementary details]
func (p *parser) entry() error {
	if err := p.announceEntry(); err != nil {
		return err
	}
	line, rest := p.part(0), 1
	if bytes.IndexByte(line, ',') < 0 {
		// Some banks wrap before the amount.
		line, rest = p.field, len(p.ends)
	}
	s := cursor{line, 1}
	value, ok := shortDate(s.take(6))
	if !ok {
		return statement.At(p.first, len(":61:")+1, statement.ReasonDate)
	}
	p.tx = statement.Transaction{Account: p.index, Line: p.first, Column: 1, Booked: value}
	if digits(s.rest, 4) {
		if p.tx.Booked, ok = entryDate(value, s.take(4)); !ok {
			return statement.At(p.first, len(":61:")+7, statement.ReasonDate)
		}
	}
	negative, ok := p.side(&s)
	if !ok {
		return statement.At(p.first, len(":61:")+s.column, reasonEntry)
	}
	if reason := p.amount(&s, negative); reason != "" {
		return statement.At(p.first, len(":61:")+s.column, reason)
	}
	p.references(&s)
	p.detail = p.detail[:0]
	for ; rest < len(p.ends); rest++ {
		p.detail = append(append(p.detail, p.part(rest)...), ' ')
	}
	p.pending = true
	return nil
}

func (p *parser) announceEntry() error {
	if p.currency == "" {
		return statement.At(p.first, 0, reasonCurrency)
	}
	return p.announce()
}

// cursor is a place in a line.
type cursor struct {
	rest   []byte
	column int
}

func (s *cursor) take(n int) []byte {
	n = min(n, len(s.rest))
	b := s.rest[:n]
	s.rest = s.rest[n:]
	s.column += n
	return b
}

func digits(b []byte, n int) bool {
	if len(b) < n {
		return false
	}
	for _, c := range b[:n] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// entryDate adds a year to MMDD: the one that brings it closest to the value
// date, because the two can lie on either side of New Year.
func entryDate(value store.Date, b []byte) (store.Date, bool) {
	month, day := int(b[0]-'0')*10+int(b[1]-'0'), int(b[2]-'0')*10+int(b[3]-'0')
	year := value.Time().Year()
	best, found := store.Date(0), false
	for _, y := range [...]int{year, year - 1, year + 1} {
		date, ok := lastOfFebruary(y, month, day)
		if ok && (!found || distance(date, value) < distance(best, value)) {
			best, found = date, true
		}
	}
	return best, found
}

func distance(a, b store.Date) store.Date {
	if a < b {
		return b - a
	}
	return a - b
}

// side reads the debit/credit mark and skips the funds code: C, D, RC
// (reversal of a credit, so money out), RD, EC and ED (expected, MT942).
func (p *parser) side(s *cursor) (negative, ok bool) {
	if len(s.rest) < 2 {
		return false, false
	}
	reversal := false
	switch s.rest[0] {
	case 'R':
		reversal = true
		s.take(1)
	case 'E':
		p.tx.Pending = true
		s.take(1)
	}
	mark := s.take(1)[0]
	if mark != 'C' && mark != 'D' {
		return false, false
	}
	if len(s.rest) > 0 && s.rest[0] >= 'A' && s.rest[0] <= 'Z' {
		s.take(1)
	}
	return (mark == 'D') != reversal, true
}

func (p *parser) amount(s *cursor, negative bool) (reason string) {
	n := 0
	for n < len(s.rest) && (s.rest[n] >= '0' && s.rest[n] <= '9' || s.rest[n] == ',') {
		n++
	}
	m, reason := decimals.Parse(s.rest[:n], p.currency)
	if reason != "" {
		return reason
	}
	if negative {
		m.Minor = -m.Minor
	}
	p.tx.Amount = m
	s.take(n)
	return ""
}

// typeLength is the transaction type: N, F or S and three characters.
const typeLength = 4

// references keeps the bank's reference as the entry's id. The customer's is
// often the same for many entries.
func (p *parser) references(s *cursor) {
	s.take(typeLength)
	if _, bank, ok := bytes.Cut(s.rest, []byte("//")); ok {
		p.tx.ID = statement.Clean(bank)
	}
}

// describe reads :86: into the entry at hand.
func (p *parser) describe() {
	t := &p.tx
	switch {
	case structured(p.field):
		p.german()
	case bytes.Contains(p.field, []byte("/REMI/")) || bytes.Contains(p.field, []byte("/NAME/")) || counterparty(p.field) != "":
		t.Description = slash(p.field, "REMI")
		if t.Counterparty = slash(p.field, "NAME"); t.Counterparty == "" {
			t.Counterparty = counterparty(p.field)
		}
		if t.Description == "" {
			t.Description = t.Counterparty
		}
	default:
		var text []byte
		for i := range p.ends {
			text = append(append(text, p.part(i)...), ' ')
		}
		t.Description = statement.Clean(text)
	}
	if detail := statement.Clean(p.detail); detail != t.Description {
		t.Memo = statement.Join(" · ", t.Memo, detail)
	}
}

// structured reports whether :86: has the German form: three digits, then a
// separator and a two-digit field code.
func structured(b []byte) bool {
	return len(b) >= 6 && digits(b, 3) && separator(b[3]) && digits(b[4:], 2)
}

func separator(c byte) bool { return c == '?' || c == '<' || c == '>' || c == '~' || c == '^' }

// german reads the fields of DFÜ-Abkommen, Anlage 3: 00 posting text, 20–29 and
// 60–63 purpose, 32–33 other side; its bank (30) and account (31) are not kept.
func (p *parser) german() {
	var purpose, name []byte
	t := &p.tx
	separator := p.field[3]
	for _, f := range bytes.Split(p.field[4:], []byte{separator}) {
		if !digits(f, 2) {
			purpose = append(purpose, f...)
			continue
		}
		text := f[2:]
		switch code := string(f[:2]); {
		case code == "00":
			t.Memo = statement.Clean(text)
		case code >= "20" && code <= "29" || code >= "60" && code <= "63":
			purpose = append(purpose, text...)
		case code == "32" || code == "33":
			name = append(name, text...)
		}
	}
	t.Counterparty = statement.Clean(name)
	t.Description = sepaPurpose(statement.Clean(purpose))
	if t.Description == "" {
		t.Description = t.Counterparty
	}
	if t.Description == "" {
		t.Description, t.Memo = t.Memo, ""
	}
}

// nonSwift reads :NS: after an entry, where old German files have what others
// put into :86:, one code per line: 01–14 purpose, 15–16 other side, 17 posting
// text.
func (p *parser) nonSwift() {
	var purpose, name []byte
	for i := range p.ends {
		line := p.part(i)
		if !digits(line, 2) {
			continue
		}
		switch code, text := string(line[:2]), line[2:]; {
		case code >= "01" && code <= "14":
			purpose = append(append(purpose, text...), ' ')
		case code == "15" || code == "16":
			name = append(append(name, text...), ' ')
		case code == "17":
			p.tx.Memo = statement.Clean(text)
		}
	}
	p.tx.Description, p.tx.Counterparty = statement.Clean(purpose), statement.Clean(name)
}

// sepaPurpose returns what follows SVWZ+ up to the next keyword, or the whole
// text if it has none: the other keywords are references.
func sepaPurpose(s string) string {
	_, after, ok := strings.Cut(s, "SVWZ+")
	if !ok {
		return s
	}
	end := len(after)
	for _, keyword := range [...]string{"EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "ABWA+", "ABWE+", "IBAN+", "BIC+"} {
		if i := strings.Index(after, keyword); i >= 0 && i < end {
			end = i
		}
	}
	return statement.Clean([]byte(after[:end]))
}

// slash returns the value of a code in the SEPA slash structure, up to the
// next code: "/REMI/text/ISDT/2013-07-11", "/REMI/USTD//text/".
func slash(b []byte, code string) string {
	_, after, ok := bytes.Cut(b, []byte("/"+code+"/"))
	if !ok {
		return ""
	}
	for _, form := range [...]string{"USTD//", "STRD/"} {
		after = bytes.TrimPrefix(after, []byte(form))
	}
	for i := 0; i+6 <= len(after); i++ {
		if after[i] == '/' && after[i+5] == '/' && capitals(after[i+1:i+5]) {
			after = after[:i]
			break
		}
	}
	return statement.Clean(bytes.Trim(after, "/"))
}

// counterparty returns the name in "/CNTP/account/bank/name/town/", as ING in the
// Netherlands writes the other side; its account and bank are not kept. What
// stands in the purpose was written by that side, and is not looked at.
func counterparty(b []byte) string {
	before, _, _ := bytes.Cut(b, []byte("/REMI/"))
	_, after, _ := bytes.Cut(before, []byte("/CNTP/"))
	parts := bytes.SplitN(after, []byte{'/'}, 4)
	if len(parts) < 4 {
		return ""
	}
	return statement.Clean(parts[2])
}

func capitals(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}
