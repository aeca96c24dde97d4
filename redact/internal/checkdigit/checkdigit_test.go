package checkdigit

import "testing"

// TestLastDigit: each check passes the examples of its source, and none of the other nine
// digits at their end.
func TestLastDigit(t *testing.T) {
	for name, c := range map[string]struct {
		number string
		verify func(d []byte) bool
	}{
		"Luhn":        {"79927398713", Luhn},                                                      // ISO/IEC 7812-1, as often printed
		"MOD 97-10":   {"079444", func(d []byte) bool { return Mod97(d) == 1 }},                   // ISO/IEC 7064: 0794
		"MOD 11,10":   {"07945", Mod11And10},                                                      // ISO/IEC 7064: 0794
		"Verhoeff":    {"2363", Verhoeff},                                                         // 236
		"weights 731": {"021000021", func(d []byte) bool { return Weighted(d, 3, 7, 1)%10 == 0 }}, // ABA
	} {
		passing := 0
		d := []byte(c.number)
		for last := byte('0'); last <= '9'; last++ {
			if d[len(d)-1] = last; c.verify(d) {
				passing++
			}
		}
		if !c.verify([]byte(c.number)) || passing != 1 {
			t.Errorf("%s: %s passes: %v; %d of ten digits at its end", name, c.number, c.verify([]byte(c.number)), passing)
		}
	}
}

func TestNumber(t *testing.T) {
	if n := Number([]byte("0123456789")); n != 123456789 {
		t.Error(n)
	}
}
