package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

func TestDocumentDrivesNoTerminal(t *testing.T) {
	text := "a\x1b[2Jb\u009b2Jc\u202ed\u200be\U000e0041f\x7f & <é>"
	var out bytes.Buffer
	u := UI{Out: &out}
	if err := u.Document(map[string]string{"k": text}); err != nil {
		t.Fatal(err)
	}
	for _, r := range out.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%U gets through", r)
		}
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["k"] != text {
		t.Errorf("reads back as %q, %v", back["k"], err)
	}
	if !strings.Contains(out.String(), "& <é>") {
		t.Errorf("harmless text was escaped: %s", out.String())
	}
}

func TestTableDrivesNoTerminal(t *testing.T) {
	var out bytes.Buffer
	u := UI{Out: &out}
	u.Table([]string{"A", "B"}, [][]string{{"x\x1b[31m\ny", "z\u202e"}})
	if got, want := out.String(), "A        B\nx[31m y  z\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSaidIsSafe: names and words that are passed on are redacted; what this
// program says itself stays.
func TestSaidIsSafe(t *testing.T) {
	for in, want := range map[string]string{
		"redact.actions.secret: want token, mask or drop":          "redact.actions.secret: want token, mask or drop",
		"no such principal alice@example.com":                      "no such principal alice@example.com",
		"reading: open /tmp/x_4111111111111111.csv: no such file":  "reading: open /tmp/x_CARD_",
		"TESCO ACCT_QXKWMTRBZAPLNE":                                "TESCO ACCT_QXKWMTRBZAPLNE",
		"dial postgres://app:hunter2Xk29@db.internal/x: refused":   "dial postgres://SECRET_",
		"unknown flag: --GB82WEST12345698765432":                   "unknown flag: --IBAN_",
		"wrote /home/a/.local/share/counterfoil/keys/operator.key": "wrote /home/a/.local/share/counterfoil/keys/operator.key",
	} {
		if got := Safe(in); !strings.HasPrefix(got, want) || strings.HasSuffix(want, "_") == (got == in) {
			t.Errorf("%q is said as %q, want %q", in, got, want)
		}
	}
}

// drives tells whether a rune drives a terminal or ends a line.
func drives(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// TestPlain: of any text one line comes that drives no terminal, with all that is
// harmless in it.
func TestPlain(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		got := Plain("a" + string(r) + "b")
		if strings.ContainsFunc(got, drives) {
			t.Fatalf("%U gets through", r)
		}
		if !drives(r) && utf8.ValidRune(r) && got != "a"+string(r)+"b" {
			t.Fatalf("%U becomes %q", r, got)
		}
	}
	if got, want := Plain("a\r\nb\u2028c\u2029d\u0085e\tf"), "a  b c d e f"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLineDrivesNoTerminal: a result on one line is one line, means what it did and
// drives no terminal either.
func TestLineDrivesNoTerminal(t *testing.T) {
	text := "a\x1b[2J\n\u009b2Jc\u202ed\u200be\U000e0041f\x7f\u2028 é"
	var out bytes.Buffer
	u := UI{Out: &out}
	if err := u.Line(map[string]string{"k": text}); err != nil {
		t.Fatal(err)
	}
	line, more, _ := strings.Cut(out.String(), "\n")
	if strings.ContainsFunc(line, drives) || more != "" {
		t.Errorf("got %q", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["k"] != text {
		t.Errorf("reads back as %q, %v", back["k"], err)
	}
}

// TestFailed: an error is a line, a hint another one, whatever they hold, and
// neither tells a card.
func TestFailed(t *testing.T) {
	for _, tt := range []struct {
		f    exit.Failure
		want string
	}{
		{exit.Failure{Err: errors.New("no such file")}, "counterfoil: error: no such file\n"},
		{exit.Failure{Err: errors.New(" two\nlines\x1b[2J\n"), Hint: "look\nhere"}, "counterfoil: error: two lines[2J\ncounterfoil: hint: look here\n"},
		{exit.Failure{Err: errors.New("100%d of %s"), Hint: "%!"}, "counterfoil: error: 100%d of %s\ncounterfoil: hint: %!\n"},
	} {
		var said bytes.Buffer
		u := UI{Err: &said}
		u.Failed(&tt.f)
		if said.String() != tt.want {
			t.Errorf("got %q, want %q", said.String(), tt.want)
		}
	}
	var said bytes.Buffer
	u := UI{Err: &said}
	u.Failed(&exit.Failure{Err: errors.New("open 4111111111111111.csv"), Hint: "see 4111 1111 1111 1111"})
	u.Notef("%s", "GB82 WEST 1234 5698 7654 32")
	u.Warnf("%d", 4111111111111111)
	if strings.Contains(said.String(), "1111") || strings.Contains(said.String(), "WEST") || strings.Count(said.String(), "\n") != 4 {
		t.Errorf("said: %s", &said)
	}
}

// breaks accepts some writes, and none after them.
type breaks struct {
	left int
	got  bytes.Buffer
}

var errBroken = errors.New("broken")

func (b *breaks) Write(text []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, errBroken
	}
	return b.got.Write(text)
}

// TestBrokenOutput: once a result could not be written no other is, and every
// writer that returns an error says so.
func TestBrokenOutput(t *testing.T) {
	out := &breaks{left: 1}
	u := UI{Out: out}
	u.Printf("first\n")
	if u.Broken != nil {
		t.Fatal(u.Broken)
	}
	u.Table([]string{"A"}, [][]string{{"x"}})
	out.left = 9
	if err := u.Document(1); !errors.Is(err, errBroken) {
		t.Errorf("Document: %v", err)
	}
	if err := u.Line(1); !errors.Is(err, errBroken) {
		t.Errorf("Line: %v", err)
	}
	u.Raw([]byte("more"))
	if got := out.got.String(); got != "first\n" || !errors.Is(u.Broken, errBroken) {
		t.Errorf("written %q, then %v", got, u.Broken)
	}
	if (&UI{Out: &bytes.Buffer{}}).Document(func() {}) == nil || (&UI{Out: &bytes.Buffer{}}).Line(func() {}) == nil {
		t.Error("what is no JSON was written")
	}
}

// TestOneAtATime: lines of several goroutines do not run into each other.
func TestOneAtATime(t *testing.T) {
	var said bytes.Buffer
	u := UI{Err: &OneAtATime{W: &said}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				u.Notef("a line")
			}
		})
	}
	all.Wait()
	if got := said.String(); got != strings.Repeat("counterfoil: a line\n", 8*50) {
		t.Errorf("said: %.200q", got)
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bookings", 1: "1 booking", 2: "2 bookings", -1: "-1 bookings", 1 << 40: "1099511627776 bookings"} {
		if got := Counted(n, "booking"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
