package redact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// divisions redacts a text divided at each place from lo to hi at which a window
// may end.
func divisions(s *scan, text []byte, lo, hi int, check func(at int, out string)) (tried int) {
	for at := lo; at < hi; at++ {
		c := text[at-1]
		if c != '\n' && !(c == ' ' && char.Letter(text[at-2]) && char.Letter(text[at])) || !reading.Wordly(wordBefore(text, at)) || !reading.Wordly(wordAfter(text, at)) || !s.apart(text, at) {
			continue
		}
		tried++
		left := bytes.Clone(leafOf(s, text[:at]))
		check(at, string(left)+string(leafOf(s, text[at:])))
	}
	return tried
}

// TestCutDividesNothing: wherever a window may end, what stands there is found as
// it is in the whole.
func TestCutDividesNothing(t *testing.T) {
	r, err := New(Config{Key: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	s := r.scan()
	const card, iban = "4111111111111111", "GB29NWBK60161331926819"
	wrapped := func(text, brk string, size int) string {
		var b strings.Builder
		for ; len(text) > size; text = text[size:] {
			b.WriteString(text[:size] + brk)
		}
		return b.String() + text
	}
	code := base64.StdEncoding.EncodeToString([]byte("card " + card + " and " + iban))
	around := []struct{ before, after string }{
		{strings.Repeat("2026-01-05,VR,12.20,shell kings,Fuel\n", 70), "\n" + strings.Repeat("2026-01-06,VR,13.20,tesco,Groceries\n", 70)},
		{strings.Repeat("a line of many words here\n", 99) + "paid with ", " thanks\n" + strings.Repeat("another line of words\n", 99)},
	}
	tried := 0
	for i, text := range []string{
		wrapped(card, "\n", 4), wrapped(iban, "\n", 4), wrapped(iban, "\n> ", 4), wrapped(iban, "=\n", 5), wrapped(card, "</td>\n<td>", 4),
		wrapped(code, "\n", 4), wrapped(code, "\n", 8), wrapped(code, "\r\n", 20), wrapped(code, " ", 20),
		"account number:\n55779911", "sort code\n20-00-00\naccount\n55779911",
		"postgres=\n://app:r=\n1T2GmBa3=\nkw4L0@db=\n.internal:5432/x",
	} {
		if !sample.Takes(i) {
			continue
		}
		for _, a := range around {
			in := []byte(a.before + text + a.after)
			want := string(bytes.Clone(leafOf(s, in)))
			if want == string(in) {
				t.Errorf("nothing is found in %q", text)
			}
			tried += divisions(s, in, len(a.before)-99, len(a.before)+len(text)+99, func(at int, out string) {
				if out != want {
					t.Errorf("divided at %q|%q: %q", in[at-20:at], in[at:at+20], out[len(a.before):min(len(out), len(a.before)+90)])
				}
			})
		}
	}
	if tried < sample.Of(100) {
		t.Errorf("%d places are tried", tried)
	}
}

// TestCutFindsPlaces: the usual forms of long texts have places to divide them, so
// that none of them is refused for its length.
func TestCutFindsPlaces(t *testing.T) {
	r, err := New(Config{Key: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	s := r.scan()
	for name, row := range map[string]func(i int) string{
		"XML": func(i int) string {
			return fmt.Sprintf("  <Ntry>\n    <NtryRef>%d</NtryRef>\n    <Amt Ccy=\"EUR\">%d.50</Amt>\n    <Ustrd>LIDL GB %d</Ustrd>\n  </Ntry>\n", 7000+i, i, i)
		},
		"XML, no line ends": func(i int) string { return fmt.Sprintf("<Ntry><Amt>%d.50</Amt><Ustrd>LIDL GB %d</Ustrd></Ntry>", i, i) },
		"OFX": func(i int) string {
			return fmt.Sprintf("<STMTTRN><TRNAMT>-%d.50<FITID>%d<NAME>LIDL GB</STMTTRN>\n", i, 7000+i)
		},
		"MT940": func(i int) string {
			return fmt.Sprintf(":61:2601050105D%d,50NTRFNONREF//B%d\n:86:166?00Lidl?20SVWZ+%d\n", i, i, i)
		},
		"QIF":            func(i int) string { return fmt.Sprintf("D05/01'26\nT-%d.50\nPLIDL GB\n^\n", i) },
		"CSV of numbers": func(i int) string { return fmt.Sprintf("%d,LIDL GB,2026-01-05,%d.50,%d\n", 7000+i, i, 9000+i) },
		"Markdown":       func(i int) string { return fmt.Sprintf("| %d | LIDL | %d.50 | ok |\n", i, i) },
		"capitals":       func(i int) string { return fmt.Sprintf("05JAN26 LIDL GB %d\n", i) },
		"log": func(i int) string {
			return fmt.Sprintf("2026-01-05T12:30:45Z level=info status=%d id=%d\n", 200+i%9, 7000+i)
		},
		"numbers":  func(i int) string { return fmt.Sprintf("%d\n", 70_000+i) },
		"Cyrillic": func(i int) string { return fmt.Sprintf("%d;оплата по счёту;%d,50\n", 7000+i, i) },
	} {
		var b bytes.Buffer
		for i := 0; b.Len() < window+1; i++ {
			b.WriteString(row(i % 999))
		}
		if s.safeCut(b.Bytes()[:window]) < window/2 {
			t.Errorf("%s: no place to divide it", name)
		}
	}
}
