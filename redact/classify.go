package redact

// Byte classes. One table look-up per byte decides whether a leaf can be left
// alone without looking any closer.
const (
	isDigit   = 1 << iota // 0-9
	isWord                // digits, letters and what encodings use: + / - _
	isMark                // characters that only disguises and contacts need: % & \ < = @ :
	isExotic              // lead bytes of anything but Latin letters with accents
	isUpper               // A-Z
	isLower               // a-z
	isQuote               // ends or escapes a JSON string: " \
	isControl             // below 0x20: not allowed raw in a JSON string
)

var byteClass = makeByteClass()

func makeByteClass() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = isDigit | isWord
		case c >= 'A' && c <= 'Z':
			t[c] = isWord | isUpper
		case c >= 'a' && c <= 'z':
			t[c] = isWord | isLower
		case c < 0x20:
			t[c] = isControl
		case c >= 0xC0 && (c < 0xC3 || c > 0xC9): // C3–C9 lead U+00C0 to U+027F
			t[c] = isExotic
		}
	}
	for _, c := range "+/-_" {
		t[c] |= isWord
	}
	for _, c := range "%&<=@:" {
		t[c] |= isMark
	}
	t['\\'] |= isQuote | isMark
	t['"'] |= isQuote
	t[0x7F] |= isExotic
	return t
}

// Gates of the fast path. A leaf below all of them cannot hold anything that a
// detector or decoder would accept.
const (
	minDigits = 5  // the shortest known suffix that counts
	minWord   = 11 // "MTIzNDU2Nzg": eight digits in base64 without padding
)

// profile is what one pass over a text tells about it.
type profile struct {
	flags  uint8
	digits int // ASCII digits
	word   int // longest run of word bytes
}

// profileOf makes the pass.
func profileOf(t []byte) (p profile) {
	run := 0
	for _, c := range t {
		k := byteClass[c]
		p.flags |= k
		p.digits += int(k & isDigit)
		if k&isWord != 0 {
			run++
			continue
		}
		p.word, run = max(p.word, run), 0
	}
	p.word = max(p.word, run)
	return p
}

// clean tells whether the fast path may let the text pass.
func (p profile) clean() bool {
	return p.digits < minDigits && p.word < minWord && p.flags&(isMark|isExotic) == 0
}

func alnum(c byte) bool  { return byteClass[c]&(isDigit|isUpper|isLower) != 0 }
func letter(c byte) bool { return byteClass[c]&(isUpper|isLower) != 0 }
func digit(c byte) bool  { return c-'0' < 10 }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}
