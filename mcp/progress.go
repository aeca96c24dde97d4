package mcp

import (
	"context"
	"strconv"
	"sync"
)

// progress sends the progress notifications of one call. Each is written
// before report returns, so that all of them precede the answer.
type progress struct {
	mu     sync.Mutex
	token  []byte
	last   int64
	left   int
	notify func([]byte) error
	ctx    context.Context
	done   bool
}

// progressOf returns nil if the client did not ask for progress or cannot be
// sent any.
func (s *Server) progressOf(ctx context.Context, x *exchange) *progress {
	if x.msg.progressToken == nil || x.notify == nil {
		return nil
	}
	return &progress{token: x.msg.progressToken, last: -1, left: s.limits.Progress, notify: x.notify, ctx: ctx}
}

// report sends one notification, unless progress did not grow (which the
// specification forbids), the call is over, or its share is used up. The text
// comes from the Gate and is redacted like a result.
func (p *progress) report(done, total int64, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done || p.left == 0 || done <= p.last || p.ctx.Err() != nil {
		return
	}
	p.last = done
	p.left--
	b := append([]byte(nil), `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":`...)
	b = append(b, p.token...)
	b = append(b, `,"progress":`...)
	b = strconv.AppendInt(b, done, 10)
	if total > 0 {
		b = append(b, `,"total":`...)
		b = strconv.AppendInt(b, total, 10)
	}
	if text != "" {
		b = append(b, `,"message":`...)
		b = appendString(b, []byte(text))
	}
	if p.notify(append(b, "}}"...)) != nil {
		p.done = true // nobody reads any more
	}
}

// close makes later reports do nothing. It is safe on nil.
func (p *progress) close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.done = true
	p.mu.Unlock()
}
