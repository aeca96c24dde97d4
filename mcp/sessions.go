package mcp

import (
	"container/list"
	"crypto/rand"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/policy"
)

// session is one handshake of a revision before 2026-07-28.
type session struct {
	id     string
	owner  owner
	client policy.Client
	// elicits says that the client can ask a person.
	elicits bool

	used   time.Time
	entry  *list.Element
	hangUp func() // ends the open GET stream; nil if there is none
}

// sessions holds the sessions, least recently used first. Session ids are
// bound to the principal that initialized: for anyone else they don't exist.
type sessions struct {
	mu     sync.Mutex
	limits Limits
	byID   map[string]*session
	lru    *list.List
	count  map[owner]int
	ended  func(id string) // lets the library forget the session
	now    func() time.Time

	tickets *tickets // lets replicas know each other's sessions; nil for one server
}

func newSessions(l Limits, ended func(string), mac func([]byte) [32]byte) *sessions {
	t := &sessions{limits: l, byID: make(map[string]*session), lru: list.New(),
		count: make(map[owner]int), ended: ended, now: time.Now}
	if mac != nil {
		t.tickets = &tickets{mac: mac, gone: make(map[string]time.Time)}
	}
	return t
}

// start makes room for and returns a new session.
func (t *sessions) start(o owner, c policy.Client, elicits bool) (*session, *rpcError) {
	id := rand.Text()
	if t.tickets != nil {
		id = t.tickets.issue(o, id, c, elicits, t.now())
	}
	return t.admit(o, id, c, elicits)
}

// admit makes room for a session. A principal at its limit loses its own least
// recently used session; nobody loses one to another.
func (t *sessions) admit(o owner, id string, c policy.Client, elicits bool) (*session, *rpcError) {
	t.mu.Lock()
	gone := t.sweep()
	s, e := t.byID[id], (*rpcError)(nil) // two requests may bring one session at once
	if s == nil {
		if t.count[o] >= t.limits.SessionsPerUser {
			gone = append(gone, t.oldest(o))
		}
		if len(t.byID) < t.limits.Sessions {
			s = &session{id: id, owner: o, client: c, elicits: elicits, used: t.now()}
			t.byID[id] = s
			s.entry = t.lru.PushBack(s)
			t.count[o]++
		} else {
			e = errTooManySessions
		}
	}
	t.mu.Unlock()
	t.forget(gone)
	return s, e
}

// find returns the principal's session of that id and marks it as used. One that
// another replica began is taken over, with the revision that the request says it
// negotiated there.
func (t *sessions) find(o owner, id, revision string) (*session, *rpcError) {
	t.mu.Lock()
	gone := t.sweep()
	s := t.byID[id]
	known := s != nil
	if known && s.owner == o {
		s.used = t.now()
		t.lru.MoveToBack(s.entry)
	} else {
		s = nil
	}
	t.mu.Unlock()
	t.forget(gone)
	if !known && t.tickets != nil {
		if c, elicits, ok := t.tickets.redeem(o, id, t.now()); ok {
			c.Protocol = clientText(revision)
			return t.admit(o, id, c, elicits)
		}
	}
	if s == nil {
		return nil, errBadSession
	}
	return s, nil
}

// end forgets a session at its principal's wish.
func (t *sessions) end(s *session) {
	t.mu.Lock()
	if t.byID[s.id] == s {
		t.remove(s)
	}
	t.mu.Unlock()
	if t.tickets != nil {
		t.tickets.end(s.id, t.now())
	}
	t.ended(s.id)
}

// stream claims the one GET stream of a session. The end of the session hangs
// it up.
func (t *sessions) stream(s *session, hangUp func()) (release func(), e *rpcError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.byID[s.id] != s:
		return nil, errBadSession
	case s.hangUp != nil:
		return nil, errStreamOpen
	}
	s.hangUp = hangUp
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		s.hangUp = nil
		s.used = t.now()
	}, nil
}

// hangUp ends all open streams.
func (t *sessions) hangUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.byID {
		if s.hangUp != nil {
			s.hangUp()
		}
	}
}

// sweep removes the sessions that were idle for too long. An open stream keeps
// its session alive.
func (t *sessions) sweep() (gone []*session) {
	limit := t.now().Add(-t.limits.SessionIdle)
	for e := t.lru.Front(); e != nil; {
		s := e.Value.(*session)
		if s.used.After(limit) {
			break
		}
		e = e.Next()
		if s.hangUp == nil {
			t.remove(s)
			gone = append(gone, s)
		}
	}
	return gone
}

func (t *sessions) oldest(o owner) *session {
	for e := t.lru.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*session); s.owner == o {
			t.remove(s)
			return s
		}
	}
	return nil
}

func (t *sessions) remove(s *session) {
	if s.hangUp != nil {
		s.hangUp()
	}
	delete(t.byID, s.id)
	t.lru.Remove(s.entry)
	if t.count[s.owner]--; t.count[s.owner] == 0 {
		delete(t.count, s.owner)
	}
}

// forget runs outside the lock: it enters the library.
func (t *sessions) forget(gone []*session) {
	for _, s := range gone {
		t.ended(s.id)
	}
}

// describe keeps what the client said about itself at initialize. The session's
// id has not been told to anyone yet.
func (t *sessions) describe(s *session, c policy.Client, elicits bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.client, s.elicits = c, elicits
}
