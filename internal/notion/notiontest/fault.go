package notiontest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Point is where a connection is cut.
type Point int

// The points, in the order of a request's life. Up to BeforeApply nothing has
// happened in the workspace; from AfterApply on it has.
const (
	// Instead answers with Status and does nothing.
	Instead Point = iota
	// AtOnce cuts before the body is read.
	AtOnce
	// MidRequest cuts in the middle of the body.
	MidRequest
	// BeforeApply cuts when the whole request has arrived.
	BeforeApply
	// AfterApply cuts before the first byte of the answer.
	AfterApply
	// InStatusLine, InHeaders, InBody and BeforeLastByte cut inside the answer.
	InStatusLine
	InHeaders
	InBody
	BeforeLastByte
	// AppliedThenStatus does what was asked and answers with Status.
	AppliedThenStatus
	// AppliedLater cuts when the whole request has arrived, and does what was
	// asked with the first request after Delay: a gateway that gave up too early.
	AppliedLater
)

// Cuts are all points at which a connection breaks.
var Cuts = []Point{AtOnce, MidRequest, BeforeApply, AfterApply, InStatusLine, InHeaders, InBody, BeforeLastByte}

// String names the point.
func (p Point) String() string {
	return [...]string{"instead", "at once", "mid request", "before apply", "after apply", "in status line", "in headers", "in body", "before last byte", "applied then status", "applied later"}[p]
}

// Applied reports whether the workspace has changed when the fault strikes.
func (p Point) Applied() bool { return p >= AfterApply }

func (p Point) beforeBody() bool { return p == AtOnce || p == MidRequest }

// Fault makes requests fail. The first that matches is used.
type Fault struct {
	// Method and Suffix match a request; "" matches any.
	Method, Suffix string
	// Skip lets this many matching requests through first.
	Skip int
	// Times is how many are hit then; 0 is one.
	Times int
	At    Point
	// Status and what goes with it, for Instead and AppliedThenStatus.
	Status      int
	ContentType string // "" is JSON
	Body        string
	RetryAfter  string
	Delay       time.Duration // of AppliedLater
}

// lateRequest is one that was cut and is still on its way.
type lateRequest struct {
	due  time.Time
	req  *http.Request
	body []byte
}

// delay keeps a request for later.
func (s *Server) delay(f *Fault, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = append(s.late, lateRequest{s.opt.Now().Add(f.Delay), r, body})
}

// arrive serves what is due; nobody hears the answer.
func (s *Server) arrive() {
	s.mu.Lock()
	var due []lateRequest
	s.late = slices.DeleteFunc(s.late, func(l lateRequest) bool {
		if s.opt.Now().Before(l.due) {
			return false
		}
		due = append(due, l)
		return true
	})
	s.mu.Unlock()
	for _, l := range due {
		a, wrote := s.serve(l.req, l.body, nil)
		s.note(l.req, l.body, a.status, wrote)
	}
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) fault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if (f.Method != "" && f.Method != r.Method) || !strings.HasSuffix(r.URL.Path, f.Suffix) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return nil
		}
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return f
	}
	return nil
}

// ErrorBody is the body of an error answer in Notion's form.
func ErrorBody(status int, code, message string) string {
	return string(errorAnswer(apiError{status: status, code: code, message: message}, "11111111-2222-4333-8444-555555555555").body)
}

func (f *Fault) answer(w http.ResponseWriter) {
	ct := f.ContentType
	if ct == "" {
		ct = "application/json; charset=utf-8"
	}
	w.Header().Set("Content-Type", ct)
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.Status)
	io.WriteString(w, f.Body)
}

func (f *Fault) cutBefore(w http.ResponseWriter, r *http.Request) {
	if f.At == MidRequest && r.Body != nil {
		io.CopyN(io.Discard, r.Body, max(1, r.ContentLength/2))
	}
	cut(w, nil)
}

func (f *Fault) cutAfter(w http.ResponseWriter, a answer) {
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	statusLine := head.Len()
	fmt.Fprintf(&head, "Content-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n", len(a.body))
	headers := head.Len()
	raw := append(head.Bytes(), a.body...)
	n := map[Point]int{
		AfterApply: 0, InStatusLine: statusLine / 2, InHeaders: (statusLine + headers) / 2,
		InBody: headers + len(a.body)/2, BeforeLastByte: len(raw) - 1,
	}[f.At]
	cut(w, raw[:n])
}

// cut writes some bytes and closes the connection.
func cut(w http.ResponseWriter, b []byte) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	conn.Write(b)
	conn.Close()
}
