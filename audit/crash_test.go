package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// crashDirEnv makes the test binary a process that appends until it is killed.
const crashDirEnv = "COUNTERFOIL_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDirEnv); dir != "" {
		appendForever(dir)
	}
	os.Exit(m.Run())
}

// appendForever appends from several goroutines and prints "index call-id" for
// every record that was acknowledged.
func appendForever(dir string) {
	l, err := Open(context.Background(), Config{Dir: dir, Origin: testOrigin, Now: time.Now})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				e := testEntry(n)
				e.Record.CallID = fmt.Sprintf("%d-%d-%d", os.Getpid(), w, n)
				e.Sidecar = append([]byte("x"), []byte(strings.Repeat("sealed", 20000))...) // long writes are torn more often
				r, err := l.Append(context.Background(), e)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(3)
				}
				mu.Lock()
				fmt.Printf("%d %s\n", r.Index, e.Record.CallID)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestKillLosesNothing kills a process under load, again and again: every
// record that it acknowledged is in the log, at its index.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	acked := map[int64]string{}
	for round := range 6 {
		killUnderLoad(t, dir, 5+13*round, acked)
	}
	l, err := openDir(dir) // recovers what the last kill tore
	if err != nil {
		t.Fatal(err)
	}
	for index, call := range acked {
		it, err := l.Reader().Entry(index)
		if err != nil || it.Record.CallID != call {
			t.Fatalf("acknowledged record %d is missing: %v", index, err)
		}
	}
	mustClose(t, l)
	rep, err := verifyDir(t, dir)
	if err != nil && !errors.Is(err, ErrCut) {
		t.Fatal(err)
	}
	t.Logf("%d acknowledged of %d records, %d cuts", len(acked), rep.Records, len(rep.Cuts))
}

// killUnderLoad starts the process, kills it after n acknowledgements, and
// collects all that it managed to print.
func killUnderLoad(t *testing.T, dir string, n int, acked map[int64]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDirEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // a last line without its end was not printed whole
		}
		if err != nil {
			t.Fatal(err)
		}
		index, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		k, err := strconv.ParseInt(index, 10, 64)
		if err != nil {
			t.Fatalf("line %q", line)
		}
		acked[k] = call
		if i == n {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if cmd.ProcessState.ExitCode() == 3 {
		t.Fatal("the process failed before it was killed")
	}
}
