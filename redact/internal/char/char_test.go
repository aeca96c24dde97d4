package char

import "testing"

// TestClasses: the table says of every byte what its definition says.
func TestClasses(t *testing.T) {
	for i := range 256 {
		c := byte(i)
		digit, up, low := c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z'
		hex := digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if Digit(c) != digit || Letter(c) != (up || low) || Alnum(c) != (digit || up || low) || (Unhex(c) < 16) != hex || (ByteClass[c]&IsHigh != 0) != (c >= 0x80) || (ByteClass[c]&IsControl != 0) != (c < 0x20) {
			t.Errorf("%q is in the wrong class", c)
		}
		if up && Lower(c) != c+32 || low && Upper(c) != c-32 || !up && Lower(c) != c || !low && Upper(c) != c {
			t.Errorf("%q changes its case to %q and %q", c, Lower(c), Upper(c))
		}
	}
}

func TestPlaces(t *testing.T) {
	text := []byte("ab 12\n  34x5")
	for i, want := range map[int]byte{-1: ' ', 0: 'a', 11: '5', 12: ' '} {
		if got := At(text, i); got != want {
			t.Errorf("At(%d) = %q", i, got)
		}
	}
	if n := DigitsIn(text); n != 5 {
		t.Errorf("%d digits", n)
	}
	if Digits(text[3:]) != 2 || DigitsBefore(text) != 1 || DigitsUpTo(text, 2) != 3 || LineEnd(text, 1) != 5 || PastSpaces(text, 6) != 8 || string(LineBefore(text, 8, 10)) != "  " || Number([]byte("123"), 2) != 12 {
		t.Error("what stands at a place is read wrongly")
	}
	w := Words{T: text, Class: IsAlnum}
	var words []string
	for w.Next() {
		words = append(words, string(text[w.Lo:w.Hi]))
	}
	if len(words) != 3 || words[0] != "ab" || words[2] != "34x5" {
		t.Errorf("words: %q", words)
	}
}
