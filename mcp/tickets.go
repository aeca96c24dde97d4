package mcp

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/policy"
)

// Replicas keep no common table of sessions. A session's id says itself what the
// other replicas have to know, under a MAC that also covers whose it is:
//
//	RANDOM "." base64url(JSON of ticket) "." base64url(MAC)
//
// So whichever replica is asked next takes the session over.

const (
	// ticketAge is how long after its beginning another replica takes a session
	// over; then the client is told to begin a new one.
	ticketAge = 24 * time.Hour
	// maxTicket bounds an id that is looked at, in bytes: three texts of
	// maxClientText, escaped, and what is around them.
	maxTicket = 2 << 10
	// maxGone bounds the ended sessions that are remembered.
	maxGone = 10_000
)

// ticket is what a session id says of its session.
type ticket struct {
	Began   int64  `json:"t"` // seconds since 1970
	Name    string `json:"n,omitempty"`
	Version string `json:"v,omitempty"`
	Elicits bool   `json:"e,omitempty"`
}

// tickets issues and redeems session ids.
type tickets struct {
	mac  func([]byte) [32]byte
	mu   sync.Mutex
	gone map[string]time.Time // ended here, and when; they are not taken over again
}

func (t *tickets) issue(o owner, random string, c policy.Client, elicits bool, now time.Time) string {
	text, err := json.Marshal(ticket{now.Unix(), c.Name, c.Version, elicits})
	if err != nil {
		return random // it can't be: these are plain values
	}
	signed := random + "." + base64.RawURLEncoding.EncodeToString(text)
	return signed + "." + t.sign(o, signed)
}

// sign binds an id to its principal.
func (t *tickets) sign(o owner, signed string) string {
	msg, err := json.Marshal([]string{"session", o.tenant, o.name, o.auth, signed})
	if err != nil {
		return ""
	}
	sum := t.mac(msg)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// redeem returns what an id says, if some replica issued it to this principal.
func (t *tickets) redeem(o owner, id string, now time.Time) (c policy.Client, elicits, ok bool) {
	cut := strings.LastIndexByte(id, '.')
	if cut < 0 || len(id) > maxTicket || t.ended(id) {
		return c, false, false
	}
	want := t.sign(o, id[:cut])
	if want == "" || !hmac.Equal([]byte(want), []byte(id[cut+1:])) {
		return c, false, false
	}
	_, text, _ := strings.Cut(id[:cut], ".")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var said ticket
	if err != nil || json.Unmarshal(raw, &said) != nil || now.Sub(time.Unix(said.Began, 0)) > ticketAge {
		return c, false, false
	}
	return policy.Client{Name: said.Name, Version: said.Version}, said.Elicits, true
}

func (t *tickets) ended(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ended := t.gone[id]
	return ended
}

// end remembers that a session was ended at its principal's wish, until no
// replica would take it over any more.
func (t *tickets) end(id string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.gone) >= maxGone {
		t.makeRoom(now)
	}
	t.gone[id] = now
}

// makeRoom forgets what is too old to be taken over, or else any one.
func (t *tickets) makeRoom(now time.Time) {
	for id, at := range t.gone {
		if now.Sub(at) > ticketAge {
			delete(t.gone, id)
		}
	}
	for id := range t.gone {
		if len(t.gone) < maxGone {
			return
		}
		delete(t.gone, id)
	}
}
