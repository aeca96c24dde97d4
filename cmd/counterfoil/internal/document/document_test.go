package document

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// of redacts a text and tells whether something was found.
func of(t *testing.T, in io.Reader, lines bool) (out string, found bool, err error) {
	t.Helper()
	cfg := redact.Config{Key: [32]byte{1}}
	r, err := redact.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	run := &Run{Redactor: r, Key: cfg.Key, Note: func(_ int, f []redact.Finding) { found = found || len(f) > 0 }}
	err = run.Redact(in, &b, lines)
	return b.String(), found, err
}

// pieces are what documents are made of here: clean ones, such that hide a card in ways
// of JSON, and such that are none.
var pieces = []string{
	`{"k":"clean"}`, `[1,2,{"a":null}]`, `{"n":4111111111111111}`, `{"e":4.111111111111111e15}`, `{"u":"\u0034111 1111 1111 1111"}`,
	`["4111","1111","1111","1111"]`, `"text"`, `17`, `text`, `{"cut":"4111 1111 1111 1111`, `{"a":[{"b":tru`, ``, "\ufeff", "}", "card 4111 1111 1111 1111", `{"é":"ü\n"}`,
}

// ends are what may stand between them.
var ends = []string{"\n", "\r\n", "\r", " ", "", "\n\n"}

// TestWhateverFollows: whatever documents follow each other, by whatever they are
// divided, no card comes out, what is clean stays byte for byte, lines stay lines,
// and it makes no difference in which portions the text is read.
func TestWhateverFollows(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 1))
	for range 700 {
		var in strings.Builder
		clean := true
		end := ends[rnd.IntN(len(ends))]
		for range 1 + rnd.IntN(4) {
			p := pieces[rnd.IntN(len(pieces))]
			clean = clean && !strings.Contains(p, "11")
			in.WriteString(p + end)
		}
		for _, lines := range []bool{false, true} {
			out, found, err := of(t, strings.NewReader(in.String()), lines)
			if err != nil {
				t.Fatalf("%q: %v", in.String(), err)
			}
			if clean && (found || out != in.String()) || !clean && !found || strings.Contains(out, "1111 1111") || strings.Contains(out, "11111111") || strings.Contains(out, `"1111"`) {
				t.Fatalf("%q, lines %t: found %t, %q", in.String(), lines, found, out)
			}
			if lines && strings.Count(out, "\n") != strings.Count(in.String(), "\n") {
				t.Fatalf("%q: other lines: %q", in.String(), out)
			}
			if again, _, err := of(t, iotest.OneByteReader(strings.NewReader(in.String())), lines); err != nil || again != out {
				t.Fatalf("%q a byte at a time: %q, not %q (%v)", in.String(), again, out, err)
			}
		}
	}
}

// TestLineEnds: a line keeps its end, whatever that is, and what of it is CR.
func TestLineEnds(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"\n":                       "\n",
		"a\r\nb\r\r\nc":            "a\r\nb\r\r\nc",
		"a\rb\r":                   "a\rb\r",
		"{\"a\":1}\r\n[2]\r\n":     "{\"a\":1}\r\n[2]\r\n",
		"{\"a\" :  1e0}\n\n [ ]\n": "{\"a\" :  1e0}\n\n [ ]\n",
	} {
		if out, found, err := of(t, strings.NewReader(in), true); err != nil || found || out != want {
			t.Errorf("%q: %q, %v", in, out, err)
		}
	}
}

// TestEmpty: of nothing comes nothing.
func TestEmpty(t *testing.T) {
	for _, in := range []string{"", " ", "\n", "\ufeff", "\xff\xfe", "\xfe\xff", "\xff\xfe\x00\x00", "\x00"} {
		for _, lines := range []bool{false, true} {
			if out, found, err := of(t, strings.NewReader(in), lines); err != nil || found || out != in {
				t.Errorf("%q, lines %t: %q, %v", in, lines, out, err)
			}
		}
	}
}

// TestCutAnywhere: what completes a cut document makes it JSON, wherever it is cut,
// also within an escape or a word; and what no ending completes is told.
func TestCutAnywhere(t *testing.T) {
	const whole = `{"a\"b":[true,false,null,-1.5e+3,"x\u00e9\\",{"":{}},[]],"k":"v"}`
	for i := 1; i <= len(whole); i++ {
		closing, ok := closingOf([]byte(whole[:i]))
		if !ok && !strings.HasSuffix(whole[:i], ",") || ok && !json.Valid([]byte(whole[:i]+string(closing))) {
			t.Errorf("%s is completed by %q, %t", whole[:i], closing, ok)
		}
	}
	for _, text := range []string{"text", "}", "{]", `{"a" "b"`, "[1 2", "[tru3"} {
		if closing, ok := closingOf([]byte(text)); ok {
			t.Errorf("%s is completed by %q", text, closing)
		}
	}
}

// TestReadLine: a line is as long as it may be, and no longer, in whatever portions
// it is read.
func TestReadLine(t *testing.T) {
	const limit = 100
	long := strings.Repeat("x", limit-1)
	for _, tt := range []struct {
		in, want string
		err      error
	}{
		{"", "", io.EOF}, {"a", "a", io.EOF}, {"a\nb", "a\n", nil}, {"\n", "\n", nil}, {long + "\n", long + "\n", nil}, {long + "x", long + "x", io.EOF},
	} {
		if got, err := readLine(bufio.NewReaderSize(strings.NewReader(tt.in), 16), limit); string(got) != tt.want || err != tt.err {
			t.Errorf("%.10q: %q, %v", tt.in, got, err)
		}
	}
	for _, in := range []string{long + "x\n", long + "xx", long + long + long} {
		got, err := readLine(bufio.NewReaderSize(strings.NewReader(in), 16), limit)
		if got != nil || err == nil || err.Error() != "longer than 100 bytes" {
			t.Errorf("%d bytes: %q, %v", len(in), got, err)
		}
	}
}

// TestReadDocument: a document is as long as it may be, and no longer, whatever its
// size is said to be.
func TestReadDocument(t *testing.T) {
	const limit = 100
	for _, size := range []int64{0, 1, limit, 1 << 60} {
		for _, n := range []int{0, 1, limit, limit + 1, 3 * limit} {
			text, err := readDocument(strings.NewReader(strings.Repeat("4", n)), size, limit)
			if (err == nil) != (n <= limit) || err == nil && len(text) != n {
				t.Errorf("%d bytes, said to be %d: %d, %v", n, size, len(text), err)
			}
			if err == nil {
				continue
			}
			if got := exit.Classify(err, false, true); text != nil || got.Code != exit.Input || got.Hint == "" || strings.Contains(got.Error(), "44") {
				t.Errorf("%d bytes, said to be %d: %d, %v", n, size, len(text), got)
			}
		}
	}
}

// TestBlame: what could not be read or written is told as that, by errors that hold
// nothing of the text.
func TestBlame(t *testing.T) {
	const secret = "4111 1111 1111 1111"
	for _, in := range []string{secret, `{"a":"` + secret + `"}`, `{"a":"` + secret + "\"}\n{}\n", "\xff\xfe4\x001\x00"} {
		for _, lines := range []bool{false, true} {
			_, _, err := of(t, io.MultiReader(strings.NewReader(in), iotest.ErrReader(syscall.EIO)), lines)
			if !errors.Is(err, syscall.EIO) || exit.Classify(err, false, true).Code != exit.Input || strings.Contains(err.Error(), "1111") {
				t.Errorf("%q, lines %t, that cannot be read: %v", in, lines, err)
			}
			r, _ := redact.New(redact.Config{})
			run := &Run{Redactor: r, Note: func(int, []redact.Finding) {}}
			if err := run.Redact(strings.NewReader(in), full{}, lines); !errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "1111") {
				t.Errorf("%q, lines %t, to a full disk: %v", in, lines, err)
			}
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestAnswersEachLine: with lines, each is answered before the next is read, so that a
// program at the other end may wait for it.
func TestAnswersEachLine(t *testing.T) {
	in, typed := io.Pipe()
	shown, out := io.Pipe()
	r, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		run := &Run{Redactor: r, Note: func(int, []redact.Finding) {}}
		err := run.Redact(in, out, true)
		out.Close()
		done <- err
	}()
	answers := bufio.NewReader(shown)
	for i := range 3 {
		line := fmt.Sprintf("{\"line\":%d}\n", i)
		if _, err := io.WriteString(typed, line); err != nil {
			t.Fatal(err)
		}
		if got, err := answers.ReadString('\n'); got != line || err != nil {
			t.Errorf("line %d is answered by %q, %v", i, got, err)
		}
	}
	typed.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestFileAsStream: a file and a stream of the same bytes give the same.
func TestFileAsStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, in := range []string{"", `{"n":4111111111111111}`, "card 4111 1111 1111 1111\n", strings.Repeat(`{"k":"word"} `, 9000)} {
		if err := os.WriteFile(path, []byte(in), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := of(t, f, false)
		f.Close()
		if want, _, _ := of(t, strings.NewReader(in), false); err != nil || got != want {
			t.Errorf("%.30q: %.50q, want %.50q (%v)", in, got, want, err)
		}
	}
}
