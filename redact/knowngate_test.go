package redact

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// numberInIBAN is all digits of an account number that has a letter, too, and is
// found whole only.
const (
	numberInIBAN = "994636205"
	ibanOfNumber = "MK07226" + numberInIBAN + "E17"
)

// manyPrints are fingerprints of so many account numbers that endings are made.
func manyPrints(tb testing.TB) [][]byte {
	tb.Helper()
	prints, err := manyPrinted()
	if err != nil {
		tb.Fatal(err)
	}
	return prints
}

var manyPrinted = sync.OnceValues(func() (prints [][]byte, err error) {
	for i := range known.ManyKnown {
		print, err := Fingerprint([32]byte{}, Account, fmt.Sprintf("20%06d779%05d", i, i))
		if err != nil {
			return nil, err
		}
		prints = append(prints, print)
	}
	return slices.Clip(prints), nil // so that what is appended is each test's own
})

// without returns a fingerprint as it was before it had entries of a kind.
func without(print []byte, kind byte) (old []byte) {
	head := 2 + int(print[1])
	head += 1 + int(print[head])
	old = append(old, print[:head]...)
	for rest := print[head:]; len(rest) > 0; rest = rest[known.EntrySize:] {
		if rest[0] != kind {
			old = append(old, rest[:known.EntrySize]...)
		}
	}
	return old
}

// TestNumberAmongMany: a number that is found whole only is found among so many
// that endings rule others out, whether its fingerprint tells how it ends or is
// older.
func TestNumberAmongMany(t *testing.T) {
	print := fingerprint(t, Account, ibanOfNumber)
	for name, own := range map[string][]byte{"new": print, "old": without(print, known.EntryEnd)} {
		r, err := New(Config{Known: knownSet(t, append(manyPrints(t), own))})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []string{numberInIBAN, "to 994 636 205", "x" + numberInIBAN + "9", "-" + numberInIBAN + ", then words and words and words and words and more"} {
			if out, found, err := r.Text(nil, []byte(in)); err != nil || len(found) != 1 || found[0].Layer != LayerKnown {
				t.Errorf("%s: %q: got %q, %v, %v", name, in, out, found, err)
			}
		}
		if out, found, err := r.Text(nil, []byte("to 94636205")); err != nil || len(found) != 0 {
			t.Errorf("%s: its end alone: got %q, %v, %v", name, out, found, err)
		}
	}
}

// TestOldKinds: a value is still found whose fingerprint does not tell which of
// its characters are digits, alone and beside one that does.
func TestOldKinds(t *testing.T) {
	for _, value := range []string{"TOK5F3A9C21B7", "correct horse battery", "A12345678B", "12345678901234567890123456789012345678901X"} {
		old := without(fingerprint(t, Secret, value), known.EntryShape)
		for _, prints := range [][][]byte{{old}, {fingerprint(t, Secret, "Blue7Sky9Rain"), old}} {
			r, err := New(Config{Known: knownSet(t, prints)})
			if err != nil {
				t.Fatal(err)
			}
			in := "it is " + value + ", keep it"
			if out, found, err := r.Text(nil, []byte(in)); err != nil || len(found) != 1 || found[0].Layer != LayerKnown {
				t.Errorf("%q: got %q, %v, %v", in, out, found, err)
			}
		}
	}
}

// TestGatesLetPass: no gate holds back a text in which a known value with letters
// stands, wherever and with whatever between its characters.
func TestGatesLetPass(t *testing.T) {
	alike := []string{"IHRR2T5QK", "JDBOR78X6UUMESDCYXRI"} // of four turns, and the same in the middle but for one run
	l := knownSet(t, [][]byte{fingerprint(t, Secret, alike[0]), fingerprint(t, Secret, alike[1])}).Under([32]byte{})
	for _, v := range alike {
		if p := profile.Of([]byte(v)); !l.MayHoldText([]byte(v), &p.Planes) {
			t.Errorf("%q is held back", v)
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	draw := func(n, letters int) (s []byte) {
		for range n {
			if rng.IntN(8) < letters {
				s = append(s, "ABCXYZ"[rng.IntN(6)])
			} else {
				s = append(s, "0123456789"[rng.IntN(10)])
			}
		}
		return s
	}
	for range sample.Of(2_000) {
		var values [][]byte
		var prints [][]byte
		for range 1 + rng.IntN(5) {
			v := append(draw(known.MinText+rng.IntN(24), rng.IntN(9)), 'Z')
			values = append(values, v)
			prints = append(prints, fingerprint(t, Secret, string(v)))
		}
		l = knownSet(t, prints).Under([32]byte{})
		for _, v := range values {
			in := draw(rng.IntN(20), rng.IntN(9))
			for _, c := range v {
				if rng.IntN(4) == 0 {
					in = append(in, " -./"[rng.IntN(4)])
				}
				in = append(in, c|"\x20\x00"[rng.IntN(2)]&(c>>1&0x20))
			}
			in = append(in, draw(rng.IntN(20), rng.IntN(9))...)
			var p profile.Profile
			p.Read(in)
			if len(in) < l.Least[min(p.Digits, profile.MostDigits)] || p.Planes.LettersBehind() == 0 && len(in) <= profile.Block && len(in) < l.Other[min(p.Digits, profile.MostDigits)] || !l.MayHoldText(in, &p.Planes) {
				t.Fatalf("%q: %q is held back", in, v)
			}
		}
	}
}

// TestEndings compares what may be a known number by its end with what is one.
func TestEndings(t *testing.T) {
	prints := manyPrints(t)
	for _, v := range []string{"1234567", "123456", "55779911", "400000000000123456789", ibanOfNumber, "FR1420041010050500013M02606"} {
		prints = append(prints, fingerprint(t, Account, v))
	}
	l := knownSet(t, prints).Under([32]byte{})
	if !l.Ends.Made {
		t.Fatal("there are no endings")
	}
	rng := rand.New(rand.NewPCG(7, 8))
	passed, asked := 0, 0
	for range sample.Of(200_000) {
		d := fmt.Appendf(nil, "20%06d779%05d", rng.IntN(known.ManyKnown), rng.IntN(known.ManyKnown))
		if rng.IntN(4) == 0 {
			d = append(d[:rng.IntN(9)], numberInIBAN[:8+rng.IntN(2)]...)
		}
		d = d[rng.IntN(len(d)-column.MinSuffix+1):]
		_, want := l.Digits(d)
		_, got := l.Number(d)
		if got != want {
			t.Fatalf("%s: got %v, want %v", d, got, want)
		}
		if !want && len(d) >= known.LongestEnd {
			asked++
			if l.Ends.May(fmt.Appendf(d[:0], "%08d", rng.IntN(100_000_000))) {
				passed++
			}
		}
	}
	if passed*20 > asked {
		t.Errorf("%d of %d other numbers pass", passed, asked)
	}
}

// TestBareNumbers compares what is found in plain texts of which some hold the end of
// a known number by chance, of so many that their last digits count only alone.
func TestBareNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(40, 2))
	const values = 30_000
	prints := make([][]byte, values)
	numbers := make([]string, values)
	for i := range prints {
		numbers[i] = fmt.Sprintf("%014d", rng.Int64N(1e14))[:7+rng.IntN(8)]
		prints[i] = fingerprint(t, Account, numbers[i])
	}
	known := knownSet(t, prints)
	short, err := New(Config{Known: known})
	if err != nil {
		t.Fatal(err)
	}
	thorough, err := New(Config{Known: known})
	if err != nil {
		t.Fatal(err)
	}
	thorough.rules.Thorough = true
	words := []string{"REF", "IKEA LTD", "Invoice", "Payment", "B&Q", "acct", "to", "WETHERSPOON 7-11", "DEUTDEFF", "branch", "ending", "on", "2026-01-05", "12:30", "Nr", "x", "GB", "sort"}
	seps := []string{" ", " ", " ", "-", "/", ".", ", ", " - ", "  "}
	found, bare := 0, 0
	for range sample.Of(60_000) {
		text := words[rng.IntN(len(words))]
		for range 1 + rng.IntN(4) {
			sep := seps[rng.IntN(len(seps))]
			switch rng.IntN(6) {
			case 0:
				text += sep + words[rng.IntN(len(words))]
			case 1, 2:
				n := numbers[rng.IntN(values)]
				n = n[max(0, len(n)-6-rng.IntN(4)):]
				if cut := rng.IntN(len(n)); cut > 0 && rng.IntN(2) == 0 {
					n = n[:cut] + seps[rng.IntN(len(seps))] + n[cut:]
				}
				text += sep + n
			default:
				text += sep + fmt.Sprintf("%0*d", 1+rng.IntN(7), rng.IntN(10_000_000))
			}
		}
		var p profile.Profile
		p.Read([]byte(text))
		if !short.rules.Quiet(&p, []byte(text)) && p.Bare {
			bare++
		}
		got, gotFound, err := short.Text(nil, []byte(text))
		want, wantFound, wantErr := thorough.Text(nil, []byte(text))
		if string(got) != string(want) || !slices.Equal(gotFound, wantFound) || err != nil || wantErr != nil {
			t.Fatalf("%q:\n got %q %v %v\nwant %q %v %v", text, got, gotFound, err, want, wantFound, wantErr)
		}
		if len(gotFound) > 0 {
			found++
		}
	}
	if found < sample.Of(10_000) || bare < sample.Of(3_000) {
		t.Fatal("too few texts with known numbers:", found, "and nothing else:", bare)
	}
}
