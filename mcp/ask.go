package mcp

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/tools"
)

// A policy may want a person asked before a call goes on. The Gate then answers
// with a question, and is called again with the answer. Since revision
// 2026-07-28 the question is the result (input_required), and the client calls
// again with the answer; before, the server asks by elicitation/create while
// the call waits. Both ways the Gate's sealed state decides what the answer is
// good for; what is kept here is only who waits for which response.

// askKey is the one question in an input_required result.
const askKey = "approval"

// asks are the questions put to clients that wait for an answer.
type asks struct {
	mu      sync.Mutex
	waiting map[callKey]chan bool
}

func newAsks() *asks { return &asks{waiting: make(map[callKey]chan bool)} }

func (a *asks) open(k callKey) chan bool {
	answer := make(chan bool, 1)
	a.mu.Lock()
	a.waiting[k] = answer
	a.mu.Unlock()
	return answer
}

func (a *asks) close(k callKey) {
	a.mu.Lock()
	delete(a.waiting, k)
	a.mu.Unlock()
}

// answered takes a client's response and reports whether one of its calls
// waited for it. Anything but a plain accept is a refusal.
func (a *asks) answered(o owner, scope string, m *message) bool {
	k := callKey{o, scope, string(m.id)}
	a.mu.Lock()
	answer, ok := a.waiting[k]
	delete(a.waiting, k)
	a.mu.Unlock()
	if ok {
		answer <- accepted(m.result)
	}
	return ok
}

// accepted reads the action of an ElicitResult.
func accepted(raw []byte) (yes bool) {
	if raw == nil || raw[0] != '{' {
		return false
	}
	err := members(raw, func(key, v []byte) error {
		if string(key) == "action" {
			action, err := unquote(v)
			yes = err == nil && action == "accept"
		}
		return nil
	})
	return yes && err == nil
}

// declares reports whether a capabilities object has a member.
func declares(raw []byte, capability string) (has bool) {
	if raw == nil || raw[0] != '{' {
		return false
	}
	err := members(raw, func(key, v []byte) error {
		has = has || string(key) == capability && v[0] == '{'
		return nil
	})
	return has && err == nil
}

// consentOf reads the answer that a 2026-07-28 client returns with its state.
func consentOf(m *message) *tools.Consent {
	if m.state == "" {
		return nil
	}
	c := &tools.Consent{State: m.state}
	if m.answers == nil || m.answers[0] != '{' {
		return c
	}
	err := members(m.answers, func(key, v []byte) error {
		if string(key) == askKey {
			c.Accepted = accepted(v)
		}
		return nil
	})
	c.Accepted = c.Accepted && err == nil
	return c
}

// confirm puts the Gate's question to a client of an older revision and calls
// again with the answer. A client that is gone, or silent, has declined.
func (s *Server) confirm(ctx context.Context, x *exchange, call tools.Call, q *tools.Question) tools.Result {
	key := callKey{ownerOf(x.principal), x.scope, `"` + rand.Text() + `"`}
	answer := s.asks.open(key)
	defer s.asks.close(key)
	call.Consent = &tools.Consent{State: q.State}
	if x.notify(elicitation(key.id, q.Text)) == nil {
		timeout := time.NewTimer(time.Until(q.Expires))
		defer timeout.Stop()
		select {
		case call.Consent.Accepted = <-answer:
		case <-timeout.C:
		case <-ctx.Done():
		}
	}
	return s.cfg.Gate.Call(ctx, x.principal, call)
}

// elicitation is the request to ask a person, with nothing to fill in: the
// answer is to accept or not.
func elicitation(id, text string) []byte {
	b := append([]byte(nil), `{"jsonrpc":"2.0","id":`...)
	b = append(append(b, id...), `,"method":"elicitation/create","params":`...)
	return append(appendQuestion(b, text), '}')
}

func appendQuestion(b []byte, text string) []byte {
	b = append(b, `{"message":`...)
	b = appendString(b, []byte(text))
	return append(b, `,"requestedSchema":{"type":"object","properties":{}}}`...)
}

// appendInputRequired writes the result that asks a 2026-07-28 client.
func (s *Server) appendInputRequired(b []byte, x *exchange, r tools.Result) []byte {
	b = append(appendHead(b, x.msg.id), `,"result":{"resultType":"input_required","inputRequests":{"`+askKey+`":{"method":"elicitation/create","params":`...)
	b = append(appendQuestion(b, r.Question.Text), `}},"requestState":`...)
	b = appendString(b, []byte(r.Question.State))
	b = append(b, `,"_meta":`...)
	return append(appendReceipt(b, r), "}}"...)
}

// maxStateText bounds a request state, in bytes as sent; the Gate's are far
// shorter.
const maxStateText = 2 << 10

// readState reads a request state; what it is worth, its seal says.
func readState(raw []byte) (string, error) {
	text, err := unquote(raw)
	if err != nil || len(text) > maxStateText {
		return "", errParams
	}
	return text, nil
}
