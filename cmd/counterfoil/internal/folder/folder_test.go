package folder

import (
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// TestCloseTwice: whoever closes a folder that is closed, or is being closed,
// gets the same answer and does not wait for ever.
func TestCloseTwice(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	importCSV(t, f, "Alex", "flat white")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := f.Close(); err != nil {
		t.Errorf("once more: %v", err)
	}
	again, err := Open(t.Context(), h)
	if err != nil {
		t.Fatalf("opening it afterwards: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
