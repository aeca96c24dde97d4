package mcp

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/policy"
)

// TestTickets: replicas with one key take over each other's sessions, for their
// principal alone and for a day; a server without the key, or with another one,
// does not.
func TestTickets(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	replica := func(key string) *sessions {
		mac := func(msg []byte) [32]byte {
			h := hmac.New(sha256.New, []byte(key))
			h.Write(msg)
			return [32]byte(h.Sum(nil))
		}
		if key == "" {
			mac = nil
		}
		s := newSessions(Limits{}.withDefaults(), func(string) {}, mac)
		s.now = func() time.Time { return now }
		return s
	}
	one, two := replica("k"), replica("k")
	ann := owner{"t", "ann", "bearer"}
	first, e := one.start(ann, policy.Client{Name: strings.Repeat("\"", 64), Version: "1", Protocol: "2025-06-18"}, true)
	if e != nil {
		t.Fatal(e)
	}
	got, e := two.find(ann, first.id, "2025-06-18")
	if e != nil || got.client != first.client || !got.elicits || got.id != first.id {
		t.Fatalf("taken over as %+v, %v", got, e)
	}
	if again, e := two.find(ann, first.id, ""); e != nil || again != got {
		t.Errorf("the second time: %+v, %v", again, e)
	}
	for name, c := range map[string]struct {
		on *sessions
		of owner
		id string
	}{
		"another principal":         {two, owner{"t", "bob", "bearer"}, first.id},
		"another principal, afresh": {replica("k"), owner{"t", "bob", "bearer"}, first.id},
		"another tenant":            {replica("k"), owner{"u", "ann", "bearer"}, first.id},
		"another way to log in":     {replica("k"), owner{"t", "ann", "peer"}, first.id},
		"names run together":        {replica("k"), owner{"t", "ann\",\"bearer", ""}, first.id},
		"another key":               {replica("j"), ann, first.id},
		"no key":                    {replica(""), ann, first.id},
		"changed":                   {replica("k"), ann, "x" + first.id},
		"without its MAC":           {replica("k"), ann, first.id[:strings.LastIndex(first.id, ".")]},
		"with an empty MAC":         {replica("k"), ann, first.id[:strings.LastIndex(first.id, ".")+1]},
		"empty":                     {replica("k"), ann, ".."},
		"endless":                   {replica("k"), ann, strings.Repeat("a.", maxTicket)},
	} {
		if _, e := c.on.find(c.of, c.id, ""); e != errBadSession {
			t.Errorf("%s: %v", name, e)
		}
	}
	two.end(got)
	if _, e := two.find(ann, first.id, ""); e != errBadSession {
		t.Errorf("ended: %v", e)
	}
	now = now.Add(ticketAge + time.Second)
	if _, e := replica("k").find(ann, first.id, ""); e != errBadSession {
		t.Errorf("a day later: %v", e)
	}
	for range maxGone + 10 {
		two.tickets.end(time.Duration(len(two.tickets.gone)).String()+first.id, now)
	}
	if n := len(two.tickets.gone); n > maxGone {
		t.Errorf("%d ended sessions are remembered", n)
	}
}
