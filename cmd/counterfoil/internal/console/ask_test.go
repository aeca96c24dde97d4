package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// asks returns one that asks and has these answers, and what it says.
func asks(answers string) (*Asker, *bytes.Buffer) {
	said := &bytes.Buffer{}
	return NewAsker(&UI{Err: said}, strings.NewReader(answers)), said
}

// TestYes: nothing but yes is yes.
func TestYes(t *testing.T) {
	for answers, want := range map[string]bool{
		"y\n": true, "YES\n": true, " yes \r\n": true, "y": true, "Y\nn\n": true,
		"": false, "\n": false, "n\n": false, "no\n": false, "yes please\n": false, "yy\n": false, "ｙ\n": false, "1\n": false,
		strings.Repeat(" ", maxAnswer-2) + "y\n": true,
	} {
		k, said := asks(answers)
		got, err := k.Yes(t.Context(), "go on?")
		if got != want || err != nil || said.String() != "counterfoil: go on? [y/N]\n" {
			t.Errorf("%.20q: got %t, %v, said %q", answers, got, err, said)
		}
	}
	k, _ := asks(strings.Repeat(" ", maxAnswer) + "y\n")
	if got, err := k.Yes(t.Context(), "go on?"); got || err == nil || exit.Classify(err, false, true).Code != exit.Usage {
		t.Errorf("an answer without an end: got %t, %v", got, err)
	}
}

// TestInterruptedQuestion: interrupting ends the wait for an answer.
func TestInterruptedQuestion(t *testing.T) {
	in, typed := io.Pipe()
	defer typed.Close()
	ctx, cancel := context.WithCancel(t.Context())
	k := NewAsker(&UI{Err: writer(func(string) { cancel() })}, in)
	if got, err := k.Yes(ctx, "go on?"); got || !errors.Is(err, context.Canceled) {
		t.Errorf("got %t, %v", got, err)
	}
}

type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

// TestChoose: a number stands for a choice; other answers, numbers of no choice too,
// are taken as they stand; asking ends.
func TestChoose(t *testing.T) {
	errNo := errors.New("that is none")
	for _, tt := range []struct {
		answers string
		given   []string // what check sees
		err     string
	}{
		{"1\n", []string{"red"}, ""},
		{" 2 \r\n", []string{"blue"}, ""},
		{"0\n3\n-1\n+1\n", []string{"0", "3", "-1", "red"}, ""},
		{"99999999999999999999\nblue\n", []string{"99999999999999999999", "blue"}, ""},
		{"green\n\nred", []string{"green", "", "red"}, ""},
		{"green\n", []string{"green"}, ErrNoAnswer.Error()},
		{"", nil, ErrNoAnswer.Error()},
		{strings.Repeat("x\n", 2*maxWrong), strings.Split(strings.Repeat("x", maxWrong), ""), fmt.Sprintf("%d answers in a row do not fit the question", maxWrong)},
	} {
		k, said := asks(tt.answers)
		var given []string
		err := k.Choose(t.Context(), "which?", []string{"red", "blue"}, func(text string) error {
			given = append(given, text)
			if text == "red" || text == "blue" {
				return nil
			}
			return errNo
		})
		if fmt.Sprintf("%q", given) != fmt.Sprintf("%q", tt.given) || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%.30q: given %q, %v", tt.answers, given, err)
		}
		if !strings.HasPrefix(said.String(), "counterfoil: which?\ncounterfoil: 1) red\ncounterfoil: 2) blue\n") {
			t.Errorf("said: %s", said)
		}
	}
}

// TestIsTerminal: a file, a pipe, the null device and what is no file at all are none.
func TestIsTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out.Close()
	for _, stream := range []any{file, null, in, out, &bytes.Buffer{}, nil, (*os.File)(nil)} {
		if IsTerminal(stream) {
			t.Errorf("%v is a terminal", stream)
		}
	}
}
