package tools

import (
	"context"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
)

// hungBooks are those of a database that neither answers nor refuses from a turn on.
// They note until when each turn would have waited.
type hungBooks struct {
	memory
	from  int
	until []time.Time
}

func (h *hungBooks) Turn(ctx context.Context, who string, turn func([]byte) ([]byte, error)) error {
	by, _ := ctx.Deadline() // the zero time is none
	h.until = append(h.until, by)
	if len(h.until) < h.from {
		return h.memory.Turn(ctx, who, turn)
	}
	return audit.ErrUnavailable
}

// TestHungDatabase pins that a caller has an answer within the call's timeout and
// recordTimeout, whichever step the database hangs at: each waits for no longer than
// what is left of the whole, and the record has its share.
func TestHungDatabase(t *testing.T) {
	const timeout = time.Minute
	for from, steps := range map[int]int{1: 1, 2: 3} { // reserve; admit, then settle
		books := &hungBooks{memory: memory{}, from: from}
		r := newRig(t, func(c *Config) { c.Books, c.Limits = books, Limits{Timeout: timeout} })
		begun := time.Now()
		got := r.Gate.Call(t.Context(), alice, Call{Tool: "list_accounts"})
		ended := time.Now()
		if got.Document != nil || got.Err == nil || got.Err.Code != CodeUnavailable || got.Receipt.Leaf == "" {
			t.Errorf("hung from turn %d: %+v", from, got)
		}
		if len(books.until) != steps {
			t.Fatalf("hung from turn %d: %d turns, want %d", from, len(books.until), steps)
		}
		for i, until := range books.until {
			most := ended.Add(timeout)
			if i == 2 {
				most = most.Add(recordTimeout / 2)
			}
			if until.Before(begun) || until.After(most) {
				t.Errorf("hung from turn %d: turn %d waits until %v after the call's beginning, want at most %v", from, i+1, until.Sub(begun), most.Sub(begun))
			}
		}
	}
}

// TestRecordingEnds: the record of a call has recordTimeout beyond its deadline, and
// beyond a step that went on after that; a caller that is gone takes nothing from it.
func TestRecordingEnds(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, late := range map[string]time.Duration{"early": 0, "overrun": time.Hour} {
		k := &passage{begun: time.Now().Add(-late), limits: Limits{Timeout: time.Minute}}
		before := time.Now()
		ctx, cancel := k.recording(gone)
		by, bounded := ctx.Deadline()
		want := k.deadline()
		if late > 0 {
			want = before
		}
		want = want.Add(recordTimeout)
		if !bounded || by.Before(want) || by.After(want.Add(time.Since(before))) || ctx.Err() != nil {
			t.Errorf("%s: until %v (%v), want %v; %v", name, by, bounded, want, ctx.Err())
		}
		cancel()
	}
}
