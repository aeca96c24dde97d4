package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// maxAnswer bounds a line that somebody types, in bytes.
const maxAnswer = 4096

// ErrNoAnswer is what comes of asking if the answers have ended.
var ErrNoAnswer = errors.New("the answers ended before the questions")

// Asker asks on stderr and reads answers, a line each, from stdin.
type Asker struct {
	ui *UI
	in *bufio.Reader
}

// NewAsker makes one that reads answers from in.
func NewAsker(u *UI, in io.Reader) *Asker {
	return &Asker{u, bufio.NewReaderSize(in, maxAnswer)}
}

// IsTerminal tells a terminal from a file, a pipe and the null device.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && !os.SameFile(info, null)
}

// Yes asks a question that anything but yes answers with no.
func (k *Asker) Yes(ctx context.Context, question string) (bool, error) {
	k.ui.Notef("%s [y/N]", question)
	text, err := k.line(ctx)
	if errors.Is(err, ErrNoAnswer) {
		return false, nil
	}
	text = strings.ToLower(text)
	return text == "y" || text == "yes", err
}

// line reads one answer. Interrupting ends the wait, not the reading: what is
// typed afterwards is lost with the process.
func (k *Asker) line(ctx context.Context) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := k.in.ReadSlice('\n')
		got <- answer{text: strings.TrimSpace(string(text)), err: err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-got:
		switch {
		case errors.Is(a.err, bufio.ErrBufferFull):
			return "", exit.Fail(exit.Usage, "", "an answer is longer than %d bytes", maxAnswer)
		case errors.Is(a.err, io.EOF) && a.text == "":
			return "", ErrNoAnswer
		case a.err != nil && !errors.Is(a.err, io.EOF):
			return "", a.err
		}
		return a.text, nil
	}
}

// maxWrong bounds the answers to one question. A person needs two or three; a
// program that answers would go on for ever.
const maxWrong = 20

// Choose asks until check accepts an answer; a number stands for a choice.
func (k *Asker) Choose(ctx context.Context, question string, choices []string, check func(string) error) error {
	k.ui.Notef("%s", question)
	for i, c := range choices {
		k.ui.Notef("  %d) %s", i+1, c)
	}
	for range maxWrong {
		text, err := k.line(ctx)
		if err != nil {
			return err
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(choices) {
			text = choices[n-1]
		}
		if err = check(text); err == nil {
			return nil
		}
		k.ui.Notef("%v; once more:", err)
	}
	return exit.Fail(exit.Usage, "", "%d answers in a row do not fit the question", maxWrong)
}
