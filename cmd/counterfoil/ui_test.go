package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestOutputFails: a result that could not be written is no success.
func TestOutputFails(t *testing.T) {
	var errs bytes.Buffer
	if code := Main(context.Background(), []string{"version"}, nil, brokenWriter{}, &errs, nil); code != exit.Internal || errs.Len() == 0 {
		t.Errorf("exit code %d, said %q", code, errs.String())
	}
}

// TestConcurrentTokens: of commands that edit the config at the same time
// none undoes another's edit.
func TestConcurrentTokens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	var mu sync.Mutex
	added := map[string]bool{}
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			var out, errs bytes.Buffer
			switch code := Main(context.Background(), []string{"token", "add", name, "--data", dir}, nil, &out, &errs, nil); code {
			case exit.OK:
				mu.Lock()
				added[name] = true
				mu.Unlock()
			case exit.Data:
			default:
				t.Errorf("exit code %d: %s", code, errs.String())
			}
		})
	}
	wg.Wait()
	if len(added) == 0 {
		t.Error("none succeeded")
	}
	list := run(t, "token", "list", "--data", dir)
	for name := range added {
		if !strings.Contains(list, "\n"+name+" ") {
			t.Errorf("%s is lost:\n%s", name, list)
		}
	}
}
