// Package notiontest is a stand-in for the Notion API: a server with one
// workspace in memory that answers as the recorded live API does, with its
// status codes, error bodies, versions, pagination, size and rate limits.
//
// It serves three purposes. Tests run against it and make it fail in ways that
// the real one seldom does (Fault). The demo runs against it so that a person
// without an account sees what is written, through the read-only view at
// "/". And a test compares it with recordings of the live API (testdata/live),
// so that it does not drift into what would be convenient.
//
// It does not model what Counterfoil never uses: files, comments, views,
// templates, relations, rollups, formulas, OAuth and webhooks. Requests for them
// get Notion's answer for an unknown URL.
package notiontest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Limits of the API, which the server enforces
// (https://developers.notion.com/reference/request-limits).
const (
	maxBody     = 500_000
	maxText     = 2000
	maxArray    = 100
	maxBlocks   = 1000
	maxNesting  = 2
	maxPageSize = 100
	maxURL      = 2000
)

// Options of a Server. The zero value is a workspace that any token opens and
// that is never too busy.
type Options struct {
	// Token is the only token that is accepted; "" accepts any.
	Token string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// RatePerSecond is the average of requests that is allowed, with bursts of
	// Burst (0 is 10); 0 allows all. Beyond, requests get 429 and Retry-After.
	RatePerSecond float64
	Burst         int
	// Lag is how long a new page stays out of the answers to queries, as the
	// index of the real one may lag behind.
	Lag time.Duration
	// Without takes capabilities away: read, insert, update, users, comments.
	Without []string
	// Seed makes the ids of one server differ from another's.
	Seed string
}

// Request is one request that was received, for tests to look at.
type Request struct {
	Method, Path, Query, Version string
	Body                         json.RawMessage
	Status                       int  // of the answer that was made, even if it was cut
	Wrote                        bool // the workspace changed
}

// Server is the stand-in. Its methods may be called while it serves.
type Server struct {
	opt Options

	mu       sync.Mutex
	objects  map[string]*object
	roots    []*object // at the top of the workspace
	serial   uint64
	requests []Request
	faults   []*Fault
	late     []lateRequest
	tokens   float64
	refilled time.Time
	wrote    bool // by the request being served
	version  string
}

// Bot is the id of the integration's own user.
const Bot = "b0700000-0000-4000-8000-000000000001"

// Person is the id of a human user, whom EditBy can act as.
const Person = "9e750000-0000-4000-8000-000000000002"

// New makes a workspace with nothing in it.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Burst == 0 {
		o.Burst = 10
	}
	return &Server{opt: o, objects: make(map[string]*object), tokens: float64(o.Burst), refilled: o.Now()}
}

// ServeHTTP serves the API below /v1/ and the view elsewhere.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		s.serveView(w, r)
		return
	}
	s.arrive()
	f := s.fault(r)
	if f != nil && f.At.beforeBody() {
		f.cutBefore(w, r)
		return
	}
	body, err := readBody(w, r)
	if f != nil && (f.At == BeforeApply || f.At == AppliedLater) {
		if f.At == AppliedLater {
			s.delay(f, r, body)
		}
		cut(w, nil)
		return
	}
	if f != nil && f.Status != 0 && f.At == Instead {
		s.note(r, body, f.Status, false)
		f.answer(w)
		return
	}
	a, wrote := s.serve(r, body, err)
	s.note(r, body, a.status, wrote)
	if f != nil && f.Status != 0 {
		f.answer(w)
		return
	}
	if f != nil {
		f.cutAfter(w, a)
		return
	}
	a.send(w)
}

// answer is a response before it is sent.
type answer struct {
	status int
	body   []byte
	header map[string]string
}

func (a answer) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// apiError is an error answer; handlers panic with it and serve catches it,
// which keeps validation readable.
type apiError struct {
	status  int
	code    string
	message string
	header  map[string]string
}

func fail(status int, code, format string, args ...any) {
	panic(apiError{status: status, code: code, message: fmt.Sprintf(format, args...)})
}

func invalid(format string, args ...any) { fail(400, "validation_error", format, args...) }

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	return b.Bytes(), err
}

// serve makes the answer to one request, with the workspace locked.
func (s *Server) serve(r *http.Request, body []byte, readErr error) (a answer, wrote bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrote = false
	requestID := s.newID()
	defer func() {
		wrote = s.wrote
		switch e := recover().(type) {
		case nil:
		case apiError:
			a = errorAnswer(e, requestID)
		default:
			panic(e)
		}
	}()
	s.admit(r, readErr)
	result := s.route(r, body)
	result["request_id"] = requestID
	return answer{status: 200, body: encode(result)}, s.wrote
}

func errorAnswer(e apiError, requestID string) answer {
	return answer{status: e.status, header: e.header, body: encode(map[string]any{
		"object": "error", "status": e.status, "code": e.code, "message": e.message, "request_id": requestID,
	})}
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// admit checks what is common to every request.
func (s *Server) admit(r *http.Request, readErr error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" || (s.opt.Token != "" && token != s.opt.Token) {
		fail(401, "unauthorized", "API token is invalid.")
	}
	s.spend()
	s.version = r.Header.Get("Notion-Version")
	switch s.version {
	case "2022-06-28", "2025-09-03", "2026-03-11":
	case "":
		fail(400, "missing_version", "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.")
	default:
		fail(400, "missing_version", "Notion-Version header failed validation: Notion-Version header should be one of the supported versions, instead was `%q`.", s.version)
	}
	if readErr != nil {
		fail(413, "validation_error", "Request body too large.")
	}
}

func (s *Server) spend() {
	if s.opt.RatePerSecond == 0 {
		return
	}
	now := s.opt.Now()
	s.tokens = min(float64(s.opt.Burst), s.tokens+now.Sub(s.refilled).Seconds()*s.opt.RatePerSecond)
	s.refilled = now
	if s.tokens < 1 {
		wait := int((1-s.tokens)/s.opt.RatePerSecond) + 1
		panic(apiError{429, "rate_limited", "You have been rate limited. Please try again in a few minutes.", map[string]string{"Retry-After": fmt.Sprint(wait)}})
	}
	s.tokens--
}

// newID makes the next id in the form of a UUID.
func (s *Server) newID() string {
	s.serial++
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], s.serial)
	sum := sha256.Sum256(append([]byte("notiontest "+s.opt.Seed), n[:]...))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// maxRequests bounds what is remembered of a demo that runs for days.
const maxRequests = 10_000

func (s *Server) note(r *http.Request, body []byte, status int, wrote bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == maxRequests {
		s.requests = s.requests[maxRequests/2:]
	}
	s.requests = append(s.requests, Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Version: r.Header.Get("Notion-Version"),
		Body: bytes.Clone(body), Status: status, Wrote: wrote,
	})
}

// Requests returns what was received, oldest first. Requests that were cut
// before they had any effect are not among them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.requests...)
}

// Writes counts the requests that changed the workspace.
func (s *Server) Writes() int {
	n := 0
	for _, r := range s.Requests() {
		if r.Wrote {
			n++
		}
	}
	return n
}

// ForgetRequests empties the list of requests.
func (s *Server) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func (s *Server) can(capability string) {
	for _, w := range s.opt.Without {
		if w == capability {
			fail(403, "restricted_resource", "Insufficient permissions for this endpoint.")
		}
	}
}
