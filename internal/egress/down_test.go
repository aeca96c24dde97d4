package egress

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
)

// TestDownIsToldAtOnce pins that while somebody finds out whether a destination is
// back, others are told what the last attempt came to, and the resolver is not asked;
// and that a refusal of the guard itself is not taken for that.
func TestDownIsToldAtOnce(t *testing.T) {
	var asked atomic.Int64 // by the resolver's own goroutines
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked.Add(1)
		return nil, errors.New("no resolver")
	}}
	g, err := New(Config{Destinations: []Destination{{Host: "down.example"}, {Host: "127.0.0.1", Port: 1, Networks: prefixes("127.0.0.0/8")}}, Resolver: resolver,
		Record: func(Event) error { return errors.New("no record") }})
	if err != nil {
		t.Fatal(err)
	}
	dial := func(to string) error {
		_, err := g.dial(t.Context(), "tcp", to)
		return err
	}
	if err := dial("down.example:443"); err == nil || errors.Is(err, ErrRefused) || asked.Load() == 0 {
		t.Fatalf("%v, %d questions to the resolver", err, asked.Load())
	}
	p, before := g.places["down.example:443"], asked.Load()
	probes, back := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		for { // until as much time has passed as the failure took, which is very little
			if p.down.Do(t.Context(), func(context.Context) error { close(probes); <-back; return nil }) == nil {
				close(ended)
				return
			}
		}
	}()
	<-probes
	if err := dial("down.example:443"); err == nil || errors.Is(err, ErrRefused) || asked.Load() != before {
		t.Errorf("%v, %d questions to the resolver, want %d", err, asked.Load(), before)
	}
	close(back)
	<-ended
	if dial("down.example:443"); asked.Load() == before {
		t.Error("the resolver is not asked again")
	}
	for range 2 {
		if err := dial("127.0.0.1:1"); !errors.Is(err, ErrRefused) {
			t.Errorf("a refusal became %v", err)
		}
	}
}
