package notion

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Notion allows an average of three requests a second for each integration
// (https://developers.notion.com/reference/request-limits).
const (
	paceInterval = 334 * time.Millisecond // a hair more than a third
	paceBurst    = 3
	// maxPaces bounds the tokens that are remembered; the longest unused goes.
	maxPaces = 64
	// maxPause bounds what a server can make us keep away for.
	maxPause = time.Hour
)

// Pace keeps requests under Notion's average rate, for each token, whoever uses
// it. The zero value is ready; tokens are remembered as hashes.
type Pace struct {
	mu sync.Mutex
	m  map[[sha256.Size]byte]*bucket
}

// processPace is what clients share that were given no Pace of their own: two
// clients with one token must not add up to six requests a second.
var processPace Pace

type bucket struct {
	next   time.Time // when the next request is due at an even pace
	paused time.Time // no request before
	used   time.Time
}

// take reserves the next request of a token and returns how long to wait for
// it. If that is longer than limit nothing is reserved and ok is false.
func (p *Pace) take(token string, now time.Time, limit time.Duration) (wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.bucket(token, now)
	due := later(b.next.Add(-(paceBurst-1)*paceInterval), b.paused)
	if wait = max(0, due.Sub(now)); wait > limit {
		return wait, false
	}
	b.next = later(b.next, now.Add(wait)).Add(paceInterval)
	b.used = now
	return wait, true
}

// pause holds a token's requests back for d, as a 429 demands.
func (p *Pace) pause(token string, now time.Time, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.bucket(token, now)
	b.paused = later(b.paused, now.Add(min(d, maxPause)))
}

func (p *Pace) bucket(token string, now time.Time) *bucket {
	key := sha256.Sum256([]byte(token))
	if b := p.m[key]; b != nil {
		return b
	}
	if p.m == nil {
		p.m = make(map[[sha256.Size]byte]*bucket)
	}
	if len(p.m) >= maxPaces {
		p.forget()
	}
	b := &bucket{used: now}
	p.m[key] = b
	return b
}

// forget drops the bucket that was unused for longest.
func (p *Pace) forget() {
	var oldest [sha256.Size]byte
	var at time.Time
	for k, b := range p.m {
		if at.IsZero() || b.used.Before(at) {
			oldest, at = k, b.used
		}
	}
	delete(p.m, oldest)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
