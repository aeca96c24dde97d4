package known

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// Collect reads two check digits and the BBAN from t[i:] across separators
// into out and returns where they end.
func Collect(t []byte, i int, out []byte, form string) (end int, ok bool) {
	want := len(form) + 2
	gapped := 0
	for ; i < len(t); i++ {
		c := t[i]
		if !char.Alnum(c) {
			if gapped += encoded.GapCost(c); c >= 0x80 || gapped > encoded.MaxGapSpaces {
				return 0, false
			}
			continue
		}
		gapped = 0
		kind := byte('n')
		if len(out) >= 2 {
			kind = form[len(out)-2]
		}
		if kind == 'n' && !char.Digit(c) || kind == 'a' && !char.Letter(c) {
			return 0, false
		}
		if out = append(out, char.Upper(c)); len(out) == want {
			return i + 1, true
		}
	}
	return 0, false
}
