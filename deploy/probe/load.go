package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// pause between the calls of one client, which keeps it below its calls per
	// minute.
	pause = 700 * time.Millisecond
	// again is the pause before a call that failed is tried again.
	again = 500 * time.Millisecond
	// attempts is how often a call is tried before it has failed for good.
	attempts = 60
)

// tally is what a load came to.
type tally struct {
	mu             sync.Mutex
	acked          []receipt
	retried, lost  int
	longest        time.Duration
	lastErr, first string
}

// load has one client for each token call until the time is over.
func load(url, seconds string) error {
	n, err := strconv.Atoi(seconds)
	if err != nil {
		return err
	}
	end := time.Now().Add(time.Duration(n) * time.Second)
	var t tally
	var clients sync.WaitGroup
	for _, token := range strings.Fields(os.Getenv("TOKEN")) {
		c, err := newClient(url, token)
		if err != nil {
			return err
		}
		clients.Go(func() {
			for time.Now().Before(end) {
				t.insist(c)
				time.Sleep(pause)
			}
		})
	}
	clients.Wait()
	for _, r := range t.acked {
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		fmt.Println(string(raw))
	}
	fmt.Fprintf(os.Stderr, "%d calls acknowledged, %d attempts repeated (first: %s), %d calls failed for good, longest call with its repeats %s\n",
		len(t.acked), t.retried, t.first, t.lost, t.longest.Round(time.Millisecond))
	if t.lost > 0 || len(t.acked) == 0 {
		return fmt.Errorf("%d calls failed: %s", t.lost, t.lastErr)
	}
	return nil
}

// insist makes one call until it succeeds.
func (t *tally) insist(c *client) {
	begun := time.Now()
	for range attempts {
		r, _, err := c.tool("list_accounts", "{}")
		t.mu.Lock()
		if err == nil {
			t.acked = append(t.acked, *r)
			t.longest = max(t.longest, time.Since(begun))
			t.mu.Unlock()
			return
		}
		t.retried++
		t.lastErr = err.Error()
		if t.first == "" {
			t.first = err.Error()
		}
		t.mu.Unlock()
		c.session = ""
		time.Sleep(again)
	}
	t.mu.Lock()
	t.lost++
	t.mu.Unlock()
}
