package main

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

// errNoAnswer is what comes of asking if the answers have ended.
var errNoAnswer = errors.New("the answers ended before the questions")

// asker asks on stderr and reads answers, a line each, from stdin.
type asker struct {
	ui *ui
	in *bufio.Reader
}

func (a *app) asker() *asker {
	return &asker{&a.ui, bufio.NewReaderSize(a.stdin, maxAnswer)}
}

// terminalAsker is nil unless a person sits there: a script must never wait.
func (a *app) terminalAsker() *asker {
	if !a.terminal || a.ui.json {
		return nil
	}
	return a.asker()
}

// isTerminal tells a terminal from a file, a pipe and the null device.
func isTerminal(stream any) bool {
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

// yes asks a question that anything but yes answers with no.
func (k *asker) yes(ctx context.Context, question string) (bool, error) {
	k.ui.notef("%s [y/N]", question)
	text, err := k.line(ctx)
	if errors.Is(err, errNoAnswer) {
		return false, nil
	}
	text = strings.ToLower(text)
	return text == "y" || text == "yes", err
}

// line reads one answer. Interrupting ends the wait, not the reading: what is
// typed afterwards is lost with the process.
func (k *asker) line(ctx context.Context) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := k.in.ReadSlice('\n')
		got <- answer{strings.TrimSpace(string(text)), err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-got:
		switch {
		case errors.Is(a.err, bufio.ErrBufferFull):
			return "", exit.Fail(exit.Usage, "", "an answer is longer than %d bytes", maxAnswer)
		case errors.Is(a.err, io.EOF) && a.text == "":
			return "", errNoAnswer
		case a.err != nil && !errors.Is(a.err, io.EOF):
			return "", a.err
		}
		return a.text, nil
	}
}

// maxWrong bounds the answers to one question. A person needs two or three; a
// program that answers would go on for ever.
const maxWrong = 20

// choose asks until check accepts an answer; a number stands for a choice.
func (k *asker) choose(ctx context.Context, question string, choices []string, check func(string) error) error {
	k.ui.notef("%s", question)
	for i, c := range choices {
		k.ui.notef("  %d) %s", i+1, c)
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
		k.ui.notef("%v; once more:", err)
	}
	return exit.Fail(exit.Usage, "", "%d answers in a row do not fit the question", maxWrong)
}
