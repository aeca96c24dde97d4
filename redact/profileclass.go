package redact

// Byte classes. The low byte holds what the profile needs one bit per position
// of, the high byte what it only needs to know of the whole text.
const (
	isDigit  = 1 << iota // 0-9
	isUpper              // A-Z
	isLower              // a-z
	isJoiner             // what encodings use besides letters and digits: + / - _
	isHex                // 0-9 a-f A-F
	isHigh               // part of a character beyond ASCII
	isColon              // :

	isExotic  = 1 << (iota + 1) // begins anything but a Latin letter with accents; DEL
	isBack                      // backslash
	isControl                   // below 0x20: not allowed raw in a JSON string
	isEscape                    // % &
	isAt                        // @
	isAssign                    // =
	isLess                      // <
	isScore                     // _
)

// Where joiners, hexadecimal digits and high bytes have their bit.
const (
	joinerBit = iota + 3
	hexBit
	highBit
)

const isWord = isDigit | isUpper | isLower | isJoiner

var byteClass = makeByteClass()

func makeByteClass() (t [256]uint16) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = isDigit | isHex
		case c >= 'A' && c <= 'Z':
			t[c] = isUpper
		case c >= 'a' && c <= 'z':
			t[c] = isLower
		case c < 0x20:
			t[c] = isControl
		case c >= 0xC0 && (c < 0xC3 || c > 0xC9): // C3–C9 lead U+00C0 to U+027F
			t[c] = isExotic | isHigh
		case c >= 0x80:
			t[c] = isHigh
		}
	}
	for _, c := range "abcdefABCDEF" {
		t[c] |= isHex
	}
	for _, c := range "+/-_" {
		t[c] |= isJoiner
	}
	t['%'], t['&'], t['@'], t['='], t[':'], t['<'] = isEscape, isEscape, isAt, isAssign, isColon, isLess
	t['\\'], t[0x7F] = isBack, isExotic
	t['_'] |= isScore
	return t
}

func alnum(c byte) bool  { return byteClass[c]&isAlnum != 0 }
func letter(c byte) bool { return byteClass[c]&isLetter != 0 }
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
