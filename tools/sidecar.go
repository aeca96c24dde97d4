package tools

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

// sidecar is what replay needs and the leaf must not show: the whole input of
// the call and of its decision, and the document that was served. It is sealed
// under the keys of everyone whose accounts it tells of.
type sidecar struct {
	Version   int              `json:"v,omitzero"`
	Salt      []byte           `json:"salt,omitzero"`
	Principal policy.Principal `json:"principal,omitzero"`
	Tool      string           `json:"tool,omitzero"`
	Args      []byte           `json:"args,omitzero"` // as received
	Client    policy.Client    `json:"client,omitzero"`
	Zone      string           `json:"zone,omitzero"`
	Limits    Limits           `json:"limits,omitzero"`
	Rows      int64            `json:"rows,omitzero"`  // reserved
	Bytes     int64            `json:"bytes,omitzero"` // reserved
	Spent     audit.Usage      `json:"spent,omitzero"`
	History   policy.History   `json:"history,omitzero"`
	Budget    policy.Budget    `json:"budget,omitzero"`
	Approved  string           `json:"approved,omitzero"` // channel
	Target    *policy.Target   `json:"target,omitzero"`
	Exchanges []exchange       `json:"exchanges,omitzero"`

	document []byte // follows the JSON as it is: it is most of the bytes
}

const sidecarVersion = 1

// encode writes the length of the JSON as a uvarint, the JSON, and the
// document.
func (s *sidecar) encode() ([]byte, error) {
	head, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, 0, binary.MaxVarintLen64+len(head)+len(s.document))
	plain = binary.AppendUvarint(plain, uint64(len(head)))
	return append(append(plain, head...), s.document...), nil
}

var errSidecar = errors.New("sidecar of another version")

// recollection decodes sidecars. Of what is the same in most of them it keeps
// the decoded form; nobody changes what it gives. It is safe for concurrent use.
type recollection struct {
	principals memo[policy.Principal]
	clients    memo[policy.Client]
	limits     memo[Limits]
	zones      memo[*time.Location]
	buffers    sync.Pool // *[]byte, for plain sidecars
}

// buffer returns a buffer with room for n bytes.
func (c *recollection) buffer(n int) *[]byte {
	buf, ok := c.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	*buf = slices.Grow((*buf)[:0], n)
	return buf
}

func (c *recollection) release(buf *[]byte) {
	if cap(*buf) <= maxBuffer {
		c.buffers.Put(buf)
	}
}

// maxBuffer bounds a buffer that is kept, in bytes: a document of the default
// limit, and what is around it.
const maxBuffer = 512 << 10

// sidecar decodes a sidecar. Its strings and slices share nothing with plain
// but the document.
func (c *recollection) sidecar(plain []byte) (*sidecar, error) {
	size, n := binary.Uvarint(plain)
	if n <= 0 || size > uint64(len(plain)-n) {
		return nil, errSidecar
	}
	s := &sidecar{document: plain[n+int(size):]}
	r := memberReader{rest: string(plain[n : n+int(size)])}
	c.read(&r, s)
	if r.failed || r.rest != "" {
		return nil, errSidecar
	}
	if s.Version != sidecarVersion || len(s.Salt) != len(audit.Entry{}.Salt) {
		return nil, errSidecar
	}
	return s, nil
}

// read reads the members in the order in which encode writes them.
func (c *recollection) read(r *memberReader, s *sidecar) {
	r.open()
	s.Version = int(r.integer("v"))
	s.Salt = r.bytes("salt")
	s.Principal = remembered(r, "principal", &c.principals)
	s.Tool = r.text("tool")
	s.Args = r.bytes("args")
	s.Client = remembered(r, "client", &c.clients)
	s.Zone = r.text("zone")
	s.Limits = remembered(r, "limits", &c.limits)
	s.Rows = r.integer("rows")
	s.Bytes = r.integer("bytes")
	if r.enter("spent") {
		s.Spent = audit.Usage{Calls: r.integer("calls"), Rows: r.integer("rows"), Bytes: r.integer("bytes"),
			Pages: r.integer("pages"), Tokens: r.integer("tokens")}
		r.close()
	}
	if r.enter("history") {
		s.History = policy.History{Rows: r.integer("rows"), Accounts: r.integer("accounts"),
			Labels: r.labels("labels"), Window: time.Duration(r.integer("window"))}
		r.close()
	}
	if r.enter("budget") {
		s.Budget = policy.Budget{CallsLeft: r.integer("calls"), RowsLeft: r.integer("rows"), BytesLeft: r.integer("bytes"),
			PagesLeft: r.integer("pages"), TokensLeft: r.integer("tokens")}
		r.close()
	}
	s.Approved = r.text("approved")
	s.Target = plainly[*policy.Target](r, "target")
	s.Exchanges = plainly[[]exchange](r, "exchanges")
	r.close()
}

func (c *recollection) zone(name string) (*time.Location, error) {
	return c.zones.of(name, time.LoadLocation)
}

// A memo keeps the values of texts that come again and again.
type memo[T any] struct {
	mu     sync.RWMutex
	byText map[string]T
}

// maxRemembered bounds a memo; it is emptied when full.
const maxRemembered = 512

func (m *memo[T]) of(text string, find func(string) (T, error)) (T, error) {
	m.mu.RLock()
	v, ok := m.byText[text]
	m.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := find(text)
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byText == nil || len(m.byText) >= maxRemembered {
		m.byText = map[string]T{}
	}
	m.byText[strings.Clone(text)] = v
	return v, nil
}

// remembered reads an object by way of a memo.
func remembered[T any](r *memberReader, name string, m *memo[T]) (v T) {
	text := r.object(name)
	if text == "" {
		return v
	}
	v, err := m.of(text, func(text string) (v T, err error) {
		err = json.Unmarshal([]byte(text), &v)
		return v, err
	})
	if err != nil {
		r.fail()
	}
	return v
}

// plainly reads what few sidecars have, by the standard decoder.
func plainly[T any](r *memberReader, name string) (v T) {
	if text := r.object(name); text != "" && json.Unmarshal([]byte(text), &v) != nil {
		r.fail()
	}
	return v
}

// A memberReader reads the members of objects as encoding/json writes those of
// a struct: in order, without spaces, zero ones left out. What is not there
// reads as zero; what is otherwise fails.
type memberReader struct {
	rest   string
	failed bool
	more   bool // a member of the object was read
}

func (r *memberReader) fail() { r.failed, r.rest = true, "" }

func (r *memberReader) expect(c byte) {
	if r.rest == "" || r.rest[0] != c {
		r.fail()
		return
	}
	r.rest = r.rest[1:]
}

func (r *memberReader) open() {
	r.expect('{')
	r.more = false
}

func (r *memberReader) close() {
	r.expect('}')
	r.more = true // of the object around
}

// has reads a member's name if it comes next.
func (r *memberReader) has(name string) bool {
	rest := r.rest
	if r.more {
		if rest == "" || rest[0] != ',' {
			return false
		}
		rest = rest[1:]
	}
	if len(rest) < len(name)+3 || rest[0] != '"' || rest[1:1+len(name)] != name || rest[1+len(name):len(name)+3] != `":` {
		return false
	}
	r.rest, r.more = rest[len(name)+3:], true
	return true
}

func (r *memberReader) enter(name string) bool {
	if !r.has(name) {
		return false
	}
	r.open()
	return !r.failed
}

func (r *memberReader) integer(name string) int64 {
	if !r.has(name) {
		return 0
	}
	n := strings.IndexAny(r.rest, ",}")
	if n < 0 {
		r.fail()
		return 0
	}
	text := r.rest[:n]
	v, err := strconv.ParseInt(text, 10, 64)
	digits := strings.TrimPrefix(text, "-")
	if err != nil || text[0] == '+' || digits[0] == '0' && len(digits) > 1 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *memberReader) labels(name string) policy.Labels {
	v := r.integer(name)
	if v != int64(policy.Labels(v)) {
		r.fail()
	}
	return policy.Labels(v)
}

func (r *memberReader) text(name string) string {
	if !r.has(name) {
		return ""
	}
	raw := r.quoted()
	if !strings.ContainsFunc(raw, func(c rune) bool { return c < ' ' || c == '\\' || c >= utf8.RuneSelf }) {
		return raw
	}
	var s string
	if json.Unmarshal([]byte(`"`+raw+`"`), &s) != nil {
		r.fail()
	}
	return s
}

// quoted reads a string and returns what is between its quotes.
func (r *memberReader) quoted() string {
	r.expect('"')
	for i := 0; i < len(r.rest); i++ {
		switch r.rest[i] {
		case '\\':
			i++
		case '"':
			raw := r.rest[:i]
			r.rest = r.rest[i+1:]
			return raw
		}
	}
	r.fail()
	return ""
}

func (r *memberReader) bytes(name string) []byte {
	if !r.has(name) {
		return nil
	}
	raw := r.quoted()
	b, err := base64.StdEncoding.DecodeString(raw)
	if err != nil || strings.ContainsAny(raw, "\r\n") { // the decoder skips them
		r.fail()
	}
	return b
}

// object reads an object or an array and returns its text, "" if there is none.
func (r *memberReader) object(name string) string {
	if !r.has(name) {
		return ""
	}
	text, depth := r.rest, 0
	for r.rest != "" {
		switch r.rest[0] {
		case '"':
			r.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		r.rest = r.rest[1:]
		if depth == 0 {
			return text[:len(text)-len(r.rest)]
		}
	}
	r.fail()
	return ""
}
