// Package char tells the bytes of a text apart by class, and what stands at, before and
// behind a place of it.
package char

// Byte classes. The first seven are those of which the profile needs one bit per position, of
// the others it only needs to know whether they are in the text.
const (
	IsDigit  = 1 << iota // 0-9
	IsUpper              // A-Z
	IsLower              // a-z
	IsJoiner             // what encodings use besides letters and digits: + / - _
	IsHex                // 0-9 a-f A-F
	IsHigh               // part of a character beyond ASCII
	IsColon              // :
	IsOpen               // { [

	IsExotic  = 1 << iota // begins anything but a Latin letter with accents; DEL
	IsBack                // backslash
	IsControl             // below 0x20: not allowed raw in a JSON string
	IsEscape              // % &
	IsAt                  // @
	IsAssign              // =
	IsLess                // <
	IsScore               // _
)

// Where joiners, hexadecimal digits and high bytes have their bit.
const (
	JoinerBit = iota + 3
	HexBit
	HighBit
)

const IsWord = IsDigit | IsUpper | IsLower | IsJoiner

var ByteClass = makeByteClass()

func makeByteClass() (t [256]uint16) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = IsDigit | IsHex
		case c >= 'A' && c <= 'Z':
			t[c] = IsUpper
		case c >= 'a' && c <= 'z':
			t[c] = IsLower
		case c < 0x20:
			t[c] = IsControl
		case c >= 0xC0 && (c < 0xC3 || c > 0xC9): // C3–C9 lead U+00C0 to U+027F
			t[c] = IsExotic | IsHigh
		case c >= 0x80:
			t[c] = IsHigh
		}
	}
	for _, c := range "abcdefABCDEF" {
		t[c] |= IsHex
	}
	for _, c := range "+/-_" {
		t[c] |= IsJoiner
	}
	t['%'], t['&'], t['@'], t['='], t[':'], t['<'] = IsEscape, IsEscape, IsAt, IsAssign, IsColon, IsLess
	t['{'], t['['] = IsOpen, IsOpen
	t['\\'], t[0x7F] = IsBack, IsExotic
	t['_'] |= IsScore
	return t
}

// Alnum tells whether c is a letter or a digit of ASCII, and Letter and Digit whether it is one.
func Alnum(c byte) bool  { return ByteClass[c]&IsAlnum != 0 }
func Letter(c byte) bool { return ByteClass[c]&IsLetter != 0 }
func Digit(c byte) bool  { return c-'0' < 10 }

// Upper returns a letter of ASCII in upper case, and any other byte as it is.
func Upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// Lower is the same in lower case.
func Lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}
