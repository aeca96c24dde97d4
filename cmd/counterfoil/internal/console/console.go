// Package console is how the command speaks to the person, or the machine, that runs it:
//
//   - Results go to stdout and nothing else does, so that they can be piped;
//     with --json they are one JSON document, or one per line where that is said.
//   - Everything else goes to stderr, each line prefixed "counterfoil: ", lower
//     case, without a full stop.
//   - An error is one line, "counterfoil: error: …", then, where the user can do
//     something, one line "counterfoil: hint: …".
//   - Nothing printed holds a token (but for the one time it is made), an account
//     number or the text of a panic. Names of files and words of the command line
//     may: what goes to stderr, where logs are made of it, passes the detectors.
//   - Text that came from outside loses its control characters on the way, so
//     that a memo cannot drive the terminal.
package console

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// UI writes for people and, with JSON set, for machines.
type UI struct {
	Out, Err io.Writer
	JSON     bool
	Broken   error // first error of writing a result
}

// OneAtATime makes stderr safe for servers, which speak from several
// goroutines, a line at a time.
type OneAtATime struct {
	mu sync.Mutex
	W  io.Writer
}

func (o *OneAtATime) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.W.Write(line)
}

const prefix = "counterfoil: "

// Printf writes a result.
func (u *UI) Printf(format string, args ...any) {
	u.Raw([]byte(fmt.Sprintf(format, args...)))
}

// Document writes a result as indented JSON. Text stays as it is, also "&" and
// "<": nothing here ends up in a web page.
func (u *UI) Document(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	u.Raw(escapeControls(b.Bytes()))
	return u.Broken
}

// escapeControls writes control and formatting characters of a JSON text as
// escapes. They can only stand in strings, so that the text means the same.
func escapeControls(text []byte) []byte {
	special := func(r rune) bool { return r >= 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }
	if !bytes.ContainsFunc(text, special) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if !special(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}

// Line writes a result as JSON on one line.
func (u *UI) Line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	u.Raw(append(escapeControls(text), '\n'))
	return u.Broken
}

// Table writes rows under a header, aligned.
func (u *UI) Table(header []string, rows [][]string) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = Plain(c)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	for line := range strings.Lines(b.String()) {
		u.Printf("%s\n", strings.TrimRight(line, " \n"))
	}
}

// Raw writes a result as it is.
func (u *UI) Raw(text []byte) {
	if u.Broken != nil {
		return
	}
	_, u.Broken = u.Out.Write(text)
}

// Notef says what is going on.
func (u *UI) Notef(format string, args ...any) { u.say("", format, args...) }

// Warnf says what the user should look at.
func (u *UI) Warnf(format string, args ...any) { u.say("warning: ", format, args...) }

// Failed reports the error that ends the command.
func (u *UI) Failed(f *exit.Failure) {
	u.say("error: ", "%s", f.Error())
	if f.Hint != "" {
		u.say("hint: ", "%s", f.Hint)
	}
}

func (u *UI) say(kind, format string, args ...any) {
	text := Plain(strings.TrimSpace(fmt.Sprintf(format, args...)))
	fmt.Fprintf(u.Err, "%s%s%s\n", prefix, kind, Safe(text))
}

// spoken redacts what is said. Tokens of the tenant, with which texts of the
// store come, e-mail addresses, by which principals are called, and long encoded
// texts, such as the keys of logs, stay.
var spoken = sync.OnceValue(func() *redact.Redactor {
	return ThrowAway(map[redact.Entity]redact.Action{redact.Fake: redact.Keep, redact.Email: redact.Keep, redact.Opaque: redact.Keep})
})

// Safe is a text without account numbers, cards and credentials. What stands
// before a colon is for itself: in "secret: want token", want is no secret.
func Safe(text string) string {
	var out []byte
	for _, part := range strings.SplitAfter(text, ": ") {
		var err error
		if out, _, err = spoken().Text(out, []byte(part)); err != nil {
			return exit.Withheld
		}
	}
	return string(out)
}

// ThrowAway makes a redactor whose tokens are those of this process alone.
func ThrowAway(actions map[redact.Entity]redact.Action) *redact.Redactor {
	cfg := redact.Config{Actions: actions}
	rand.Read(cfg.Key[:])
	r, err := redact.New(cfg)
	if err != nil {
		panic(err) // the actions are known
	}
	return r
}

// Counted is "1 booking", "2 bookings".
func Counted[N int | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// Plain puts text on one line, whatever ends one in Unicode, without control or formatting characters.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u0085' || unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// OrDash is s, or a dash if it is empty.
func OrDash(s string) string { return Or(s, "-") }

// Or is s, or a word if it is empty.
func Or(s, word string) string {
	if s == "" {
		return word
	}
	return s
}
