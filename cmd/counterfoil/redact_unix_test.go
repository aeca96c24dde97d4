//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestRedactAnswers: a line is answered before the next one comes, and a signal ends
// the command while it waits for that.
func TestRedactAnswers(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd := exec.Command(os.Args[0], "redact", "--lines")
		cmd.Env = append(os.Environ(), asCommand+"=1")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewReader(out)
		for _, line := range []string{"no secret\n", "4111111111111111\n", `{"a":[4111,1111,1111,1111]}` + "\n"} {
			if _, err := io.WriteString(in, line); err != nil {
				t.Fatal(err)
			}
			got, err := answers.ReadString('\n')
			if err != nil || strings.Contains(got, "1111") || strings.Contains(line, "no") && got != line {
				t.Fatalf("%q is answered by %q (%v)", line, got, err)
			}
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
			t.Errorf("%v: %v, want an end by the signal", sig, err)
		}
	}
}
