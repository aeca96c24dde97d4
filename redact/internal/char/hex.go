package char

// HexByte reads two hexadecimal digits at t[i:].
func HexByte(t []byte, i int) (byte, bool) {
	if len(t) < i+2 {
		return 0, false
	}
	hi, lo := Unhex(t[i]), Unhex(t[i+1])
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

// Unhex returns the value of a hexadecimal digit, 255 for anything else.
func Unhex(c byte) byte {
	switch {
	case Digit(c):
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// AllHex tells whether a text is nothing but hexadecimal digits.
func AllHex(t []byte) bool {
	for _, c := range t {
		if Unhex(c) > 15 {
			return false
		}
	}
	return true
}
