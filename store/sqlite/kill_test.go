package sqlite

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// killRounds is how often the child is killed; each round opens the store that
// the last one left.
const killRounds = 8

const killEnv = "COUNTERFOIL_KILL_STORE"

// TestKill kills a process that imports without pause, with SIGKILL at random
// moments. Every import that it acknowledged must be there, whole, and nothing
// of the others.
func TestKill(t *testing.T) {
	if path := os.Getenv(killEnv); path != "" {
		importUntilKilled(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "store.db")
	acknowledged := int64(0)
	for round := range killRounds {
		acknowledged = max(acknowledged, killOnce(t, path, round))
		s, err := Open(t.Context(), Config{Path: path, Key: testKey})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		verifyKilled(t, s, acknowledged)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if acknowledged < killRounds {
		t.Errorf("only %d imports were acknowledged in %d rounds", acknowledged, killRounds)
	}
}

// killOnce runs the child until it has acknowledged a few imports, kills it in
// the midst of the next, and returns the last number acknowledged.
func killOnce(t *testing.T, path string, round int) (last int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), killEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "acknowledged ")
		if !ok {
			if strings.HasPrefix(lines.Text(), "row ") && seen > round%3 {
				break // in the midst of an import
			}
			continue
		}
		if last, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
		if seen++; seen > round%3 && round%2 == 0 {
			break // right after an acknowledgement
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // what it said before it died counts too
		if text, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			if last, err = strconv.ParseInt(text, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait()
	return last
}

const killFile = 300 // rows of each import

// importUntilKilled is the child.
func importUntilKilled(t *testing.T, path string) {
	s, err := Open(t.Context(), Config{Path: path, Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := int(at); ; n++ {
		done, err := s.Import(t.Context(), benchImport(fmt.Sprint(n)), func(yield func(store.Row, error) bool) {
			i := 0
			for row, err := range generate(n*killFile, (n+1)*killFile) {
				if i++; i%100 == 0 {
					fmt.Println("row", i)
				}
				if !yield(row, err) {
					return
				}
			}
		}, false)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("acknowledged", done.Batch.Number)
	}
}

// verifyKilled checks every batch, and that there is none that was neither
// acknowledged nor about to be.
func verifyKilled(t *testing.T, s *Store, acknowledged int64) {
	t.Helper()
	at, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if int64(at) < acknowledged || int64(at) > acknowledged+1 {
		t.Fatalf("batch %d was acknowledged, the store is at %d", acknowledged, at)
	}
	batches, err := s.Batches(t.Context(), at, 0, store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if sum, err := s.RowsDigest(t.Context(), b.Number); err != nil || sum != b.RowsDigest || b.Added != killFile {
			t.Errorf("batch %d: %d rows, digest %x, recomputed %x, %v", b.Number, b.Added, b.RowsDigest, sum, err)
		}
	}
	groups, err := s.Summarize(t.Context(), store.Summary{At: at})
	if err != nil || int64(at) > 0 && groups[0].Count != int64(at)*killFile {
		t.Errorf("rows are %v, %v; want %d", groups, err, int64(at)*killFile)
	}
	w := <-s.writer
	defer func() { s.writer <- w }()
	state := ""
	if _, err := w.one("PRAGMA integrity_check", nil, func(s *sqlite3.Stmt) { state = s.ColumnText(0) }); err != nil || state != "ok" {
		t.Errorf("integrity: %s, %v", state, err)
	}
}
