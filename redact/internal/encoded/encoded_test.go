package encoded

import (
	"encoding/base64"
	"encoding/hex"
	"testing"
)

// TestCutRuns: base64 and hexadecimal of a number, cut by spaces, are one run.
func TestCutRuns(t *testing.T) {
	number := []byte("4539578763621486")
	for _, tc := range []struct {
		kind CutKind
		code string
	}{{Base64Cut, base64.RawStdEncoding.EncodeToString(number)}, {HexCut, hex.EncodeToString(number)}} {
		for at := 1; at < len(tc.code); at++ {
			cut := "(" + tc.code[:at] + " " + tc.code[at:] + ")"
			var got []CutRun
			tc.kind.Runs([]byte(cut), func(r CutRun) bool {
				got = append(got, r)
				return true
			})
			if len(got) == 0 || got[0].From != 1 || got[0].To != len(cut)-1 || got[0].Digits != len(number) {
				t.Errorf("%s: %+v", cut, got)
			}
		}
	}
	if CutCode([]byte("the quick brown fox of 2026 jumps over 12 dogs")) {
		t.Error("prose is no cut encoding")
	}
}

func TestEscapes(t *testing.T) {
	for text, want := range map[string]bool{"%34%35": true, "100% of it": false, "&#52;": true, "A & B": false} {
		if got := EscapeLike([]byte(text)); got != want {
			t.Errorf("EscapeLike(%q) = %v", text, got)
		}
	}
}
