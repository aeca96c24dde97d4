package notion

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// retrier is the http.RoundTripper that every call goes through. It paces
// requests, replays bodies, and tries again where that can't do a thing twice:
//
//   - 429 and 529: always, since Notion has refused before doing anything.
//   - 500, 502, 503, 504, a cut connection: only reads and writes that set a
//     state (safe, below). Any other write ends in ErrAmbiguous.
//   - a connection that never came about: always, nothing was sent, but no longer
//     than connectPatience.
//
// It reads the whole answer, so that a cut in the body counts as a cut.
type retrier struct {
	base        http.RoundTripper
	clock       Clock
	jitter      func() float64
	pace        *Pace
	maxAttempts int
	maxWait     time.Duration
}

func newRetrier(c Config) *retrier {
	r := &retrier{base: c.Transport, clock: c.Clock, jitter: c.Jitter, pace: c.Pace, maxAttempts: c.MaxAttempts, maxWait: c.MaxWait}
	if r.clock == nil {
		r.clock = WallClock{}
	}
	if r.jitter == nil {
		r.jitter = rand.Float64
	}
	if r.pace == nil {
		r.pace = &processPace
	}
	if r.maxAttempts <= 0 {
		r.maxAttempts = DefaultMaxAttempts
	}
	if r.maxWait <= 0 {
		r.maxWait = DefaultMaxWait
	}
	return r
}

// safe reports whether a request may be sent again when it is not known what
// became of it: it reads, or it sets a state that a second time changes nothing.
func safe(method, path string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodDelete:
		return true
	case http.MethodPost:
		return strings.HasSuffix(path, "/query") || strings.HasSuffix(path, "/search")
	case http.MethodPatch:
		return !strings.HasSuffix(path, "/children") && !strings.HasSuffix(path, "/markdown")
	}
	return false
}

// outcome is what one attempt came to.
type outcome struct {
	resp *http.Response // its body is in memory
	sent bool           // bytes may have reached the server
	err  error
}

// RoundTrip sends a request whose GetBody is set if it has a body. Its error
// wraps a sentinel of this package or is the context's.
func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	token := req.Header.Get("Authorization")
	begun := r.clock.Now()
	for attempt := 1; ; attempt++ {
		if err := r.await(req.Context(), token); err != nil {
			return nil, err
		}
		o := r.attempt(req)
		wait, again := r.next(req, o, token, attempt)
		if o.err != nil && !o.sent && r.clock.Now().Sub(begun)+wait > connectPatience {
			again = false
		}
		if !again {
			return r.finish(req, o, wait)
		}
		if err := r.clock.Sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// await keeps the pace of the token.
func (r *retrier) await(ctx context.Context, token string) error {
	wait, ok := r.pace.take(token, r.clock.Now(), r.maxWait)
	if !ok {
		return &Error{Kind: ErrRateLimited, Wait: wait}
	}
	if wait == 0 {
		return ctx.Err()
	}
	return r.clock.Sleep(ctx, wait)
}

// attempt sends the request once and reads the whole answer.
func (r *retrier) attempt(req *http.Request) (o outcome) {
	ctx, cancel := context.WithTimeout(req.Context(), attemptTimeout)
	defer cancel()
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	again := req.Clone(httptrace.WithClientTrace(ctx, trace))
	if req.GetBody != nil {
		if again.Body, o.err = req.GetBody(); o.err != nil {
			return o
		}
	}
	o.resp, o.err = r.base.RoundTrip(again)
	o.sent = connected.Load()
	if o.err != nil {
		o.resp = nil
		return o
	}
	defer o.resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(o.resp.Body, maxResponse+1))
	if err == nil && len(body) > maxResponse {
		err = errors.New("answer too long")
	}
	if err != nil {
		return outcome{sent: true, err: err}
	}
	o.resp.Body = io.NopCloser(bytes.NewReader(body))
	return o
}

// next decides whether to try again, and after how long.
func (r *retrier) next(req *http.Request, o outcome, token string, attempt int) (time.Duration, bool) {
	if req.Context().Err() != nil {
		return 0, false
	}
	repeatable := safe(req.Method, req.URL.Path)
	wait := r.backoff(attempt)
	switch {
	case o.err != nil:
		if guarded(o.err) || o.sent && !repeatable {
			return 0, false
		}
	case o.resp.StatusCode == 429 || o.resp.StatusCode == 529:
		if asked, ok := retryAfter(o.resp.Header.Get("Retry-After"), r.clock.Now()); ok {
			// Whole seconds are asked for; a spread on top keeps clients apart.
			wait = asked + time.Duration(r.jitter()*float64(250*time.Millisecond))
			r.pace.pause(token, r.clock.Now(), asked)
			if asked > r.maxWait {
				return asked, false
			}
		}
	case o.resp.StatusCode >= 500 || o.resp.StatusCode == 409:
		if !repeatable {
			return 0, false
		}
	default:
		return 0, false
	}
	return wait, attempt < r.maxAttempts
}

// backoff is exponential with full jitter: half a second, one, two, four, …
func (r *retrier) backoff(attempt int) time.Duration {
	ceiling := min(r.maxWait, 500*time.Millisecond<<min(attempt-1, 10))
	return ceiling/2 + time.Duration(r.jitter()*float64(ceiling/2))
}

// finish turns what is left after the last attempt into an answer or an error.
func (r *retrier) finish(req *http.Request, o outcome, wait time.Duration) (*http.Response, error) {
	unknown := !safe(req.Method, req.URL.Path)
	switch {
	case o.err == nil && o.resp.StatusCode < 500, o.err == nil && o.resp.StatusCode == 529:
		if wait > 0 {
			o.resp.Header.Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		}
		return o.resp, nil
	case o.err == nil && unknown:
		return nil, &Error{Kind: ErrAmbiguous, Status: o.resp.StatusCode}
	case o.err == nil:
		return o.resp, nil
	case o.sent && unknown:
		// Also when the context ended: the request is on its way.
		return nil, &Error{Kind: ErrAmbiguous, Reason: "the connection failed"}
	case req.Context().Err() != nil:
		return nil, req.Context().Err()
	}
	if guarded(o.err) {
		return nil, &Error{Kind: ErrUnavailable, Reason: "the egress guard refuses the connection; see egress in the configuration"}
	}
	return nil, &Error{Kind: ErrUnavailable, Reason: "the connection failed"}
}

// guarded reports whether our own guard refused, which trying again won't change.
func guarded(err error) bool {
	return errors.Is(err, egress.ErrRefused) || errors.Is(err, egress.ErrLimit)
}

// retryAfter reads the header as whole seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(h string, now time.Time) (time.Duration, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(h), 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		// A day is as good as a longer time, and does not overflow.
		return time.Duration(min(n, 24*60*60)) * time.Second, true
	}
	if at, err := http.ParseTime(h); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}
