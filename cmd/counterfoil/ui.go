package main

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

// ui writes for people and, with json set, for machines.
type ui struct {
	out, err io.Writer
	json     bool
	broken   error // first error of writing a result
}

// oneAtATime makes stderr safe for servers, which speak from several
// goroutines, a line at a time.
type oneAtATime struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneAtATime) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(line)
}

const prefix = "counterfoil: "

// printf writes a result.
func (u *ui) printf(format string, args ...any) {
	u.write([]byte(fmt.Sprintf(format, args...)))
}

// document writes a result as indented JSON. Text stays as it is, also "&" and
// "<": nothing here ends up in a web page.
func (u *ui) document(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	u.write(escapeControls(b.Bytes()))
	return u.broken
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

// line writes a result as JSON on one line.
func (u *ui) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	u.write(append(text, '\n'))
	return u.broken
}

// table writes rows under a header, aligned.
func (u *ui) table(header []string, rows [][]string) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = plain(c)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush()
	for line := range strings.Lines(b.String()) {
		u.printf("%s\n", strings.TrimRight(line, " \n"))
	}
}

func (u *ui) write(text []byte) {
	if u.broken != nil {
		return
	}
	_, u.broken = u.out.Write(text)
}

// notef says what is going on.
func (u *ui) notef(format string, args ...any) { u.say("", format, args...) }

// warnf says what the user should look at.
func (u *ui) warnf(format string, args ...any) { u.say("warning: ", format, args...) }

// failed reports the error that ends the command.
func (u *ui) failed(f *exit.Failure) {
	u.say("error: ", "%s", f.Error())
	if f.Hint != "" {
		u.say("hint: ", "%s", f.Hint)
	}
}

func (u *ui) say(kind, format string, args ...any) {
	text := plain(strings.TrimSpace(fmt.Sprintf(format, args...)))
	fmt.Fprintf(u.err, "%s%s%s\n", prefix, kind, safe(text))
}

// spoken redacts what is said. Tokens of the tenant, with which texts of the
// store come, e-mail addresses, by which principals are called, and long encoded
// texts, such as the keys of logs, stay.
var spoken = sync.OnceValue(func() *redact.Redactor {
	return throwAway(map[redact.Entity]redact.Action{redact.Fake: redact.Keep, redact.Email: redact.Keep, redact.Opaque: redact.Keep})
})

// safe is a text without account numbers, cards and credentials. What stands
// before a colon is for itself: in "secret: want token", want is no secret.
func safe(text string) string {
	var out []byte
	for _, part := range strings.SplitAfter(text, ": ") {
		var err error
		if out, _, err = spoken().Text(out, []byte(part)); err != nil {
			return exit.Withheld
		}
	}
	return string(out)
}

// throwAway makes a redactor whose tokens are those of this process alone.
func throwAway(actions map[redact.Entity]redact.Action) *redact.Redactor {
	cfg := redact.Config{Actions: actions}
	rand.Read(cfg.Key[:])
	r, err := redact.New(cfg)
	if err != nil {
		panic(err) // the actions are known
	}
	return r
}

// counted is "1 booking", "2 bookings".
func counted[N int | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// plain puts text on one line without control or formatting characters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}
