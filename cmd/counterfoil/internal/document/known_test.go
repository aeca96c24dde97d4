package document

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/redact"
)

// listed fingerprints a list and returns what is warned of.
func listed(text []byte) (prints [][]byte, said string, err error) {
	var errs bytes.Buffer
	prints, err = KnownValues(&home.Home{UI: console.UI{Err: &errs}}, [32]byte{7}, "the list", text)
	return prints, errs.String(), err
}

// TestKnownLists: the same values are listed in whatever encoding and with whatever
// line ends; blank lines and comments are none.
func TestKnownLists(t *testing.T) {
	values := []string{"# accounts", "", "55779911", "  GB82 WEST 1234 5698 7654 32\t", "xk29-hunter-é", " # more", "alice@example.com"}
	want, said, err := listed([]byte(strings.Join(values, "\n")))
	if err != nil || len(want) != 4 || said != "" {
		t.Fatalf("%d values, %v, said %q", len(want), err, said)
	}
	same := func(name string, text []byte) {
		t.Helper()
		got, said, err := listed(text)
		if err != nil || said != "" || !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: %d values, %v, said %q", name, len(got), err, said)
		}
	}
	for _, end := range []string{"\n", "\r\n", "\r", "\r\r\n"} {
		text := strings.Join(values, end) + end
		same(fmt.Sprintf("%q", end), []byte(text))
		same("with a mark", []byte("\ufeff"+text))
		for name, enc := range map[string]interface{ Bytes([]byte) ([]byte, error) }{
			"UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), "UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(),
			"UTF-32LE": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM).NewEncoder(), "UTF-32BE": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewEncoder(),
		} {
			raw, err := enc.Bytes([]byte("\ufeff" + text))
			if err != nil {
				t.Fatal(err)
			}
			same(name, raw)
		}
	}
}

// TestShortKnown: what is too short to be looked for is told by its lines, at most
// ten of them, and never by its text; the others are listed.
func TestShortKnown(t *testing.T) {
	for n := range 15 {
		text := strings.Repeat("123\n", n) + "55779911\n"
		prints, said, err := listed([]byte(text))
		if err != nil || len(prints) != 1 {
			t.Fatalf("%d short ones: %d values, %v", n, len(prints), err)
		}
		if (n > 0) != (said != "") || strings.Contains(said, "123") || (n > maxShortTold) != strings.Contains(said, fmt.Sprintf("10 and %d more", n-maxShortTold)) {
			t.Errorf("%d short ones: said %q", n, said)
		}
	}
}

// TestWrongKnown: the first line that cannot be listed is told by its number, however
// many are worked on at once, and never by its text; what is no text is refused.
func TestWrongKnown(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 2))
	for range 20 {
		lines := make([]string, 1+rnd.IntN(300))
		first := rnd.IntN(len(lines))
		for i := range lines {
			if lines[i] = "55779911"; i == first || i > first && rnd.IntN(3) == 0 {
				lines[i] = strings.Repeat("secret55", 2000)
			}
		}
		prints, _, err := listed([]byte(strings.Join(lines, "\n")))
		if err == nil || prints != nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("line %d of the list: ", first+1)) || strings.Contains(err.Error(), "secret55") {
			t.Fatalf("line %d of %d: %.200v", first+1, len(lines), err)
		}
	}
	for _, text := range []string{"a\x00\x00b", "\x00", "55779911\n\x00"} {
		if prints, _, err := listed([]byte(text)); err != ErrNoText || prints != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestKnownIsFound: a listed value is replaced however it is grouped.
func TestKnownIsFound(t *testing.T) {
	prints, _, err := listed([]byte("55779911\r77889922\rxk29-hunter"))
	if err != nil {
		t.Fatal(err)
	}
	known, err := redact.NewKnown(prints)
	if err != nil {
		t.Fatal(err)
	}
	r, err := redact.New(redact.Config{Key: [32]byte{7}, Known: known})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"55779911", "5577 9911", "77-88-99-22", "xk29hunter"} {
		if out, found, err := r.Text(nil, []byte("x "+value+" y")); err != nil || len(found) != 1 || bytes.Contains(out, []byte(value)) {
			t.Errorf("%s: %s, %v", value, out, err)
		}
	}
}
