package mcp

import (
	"bytes"
	"errors"
)

// kind is what a JSON-RPC message is.
type kind uint8

const (
	request kind = iota
	notification
	response
)

// message is one JSON-RPC message. Fields of type []byte are raw JSON, slices
// of the bytes that came in.
type message struct {
	kind   kind
	raw    []byte
	id     []byte // string or integer; nil for a notification
	method string
	params []byte // an object, or nil

	// Members of params, each nil or "" if absent.
	name          []byte // a string
	uri           []byte // a string
	arguments     []byte
	argument      []byte
	ref           []byte
	requestID     []byte // of notifications/cancelled
	clientInfo    []byte // of initialize
	progressToken []byte // string or integer
	offered       []byte // capabilities of initialize
	state         string // requestState, base64url
	answers       []byte // inputResponses
	result        []byte // of a response; nil for an error

	// Members of params._meta.
	version      string // io.modelcontextprotocol/protocolVersion
	metaClient   []byte
	capabilities bool // client capabilities were declared, as an object
	elicits      bool // among them elicitation
	traceparent  string
}

const (
	maxID     = 128 // bytes of a request id or a progress token, as sent
	maxMethod = 64  // bytes of a method name; the longest known has 40
	maxName   = 512 // bytes of a tool's or prompt's name, as sent

	metaVersion      = "io.modelcontextprotocol/protocolVersion"
	metaClientInfo   = "io.modelcontextprotocol/clientInfo"
	metaCapabilities = "io.modelcontextprotocol/clientCapabilities"
	metaServerInfo   = "io.modelcontextprotocol/serverInfo"
)

var (
	errEnvelope = errors.New("not a JSON-RPC 2.0 message")
	errParams   = errors.New("params of the wrong shape")
)

// parse reads one message. When it fails, the message still holds the id if
// that much could be read. The failure is one of errBadJSON, errBatch,
// errTooDeep, errBadEnvelope and errBadParams.
func parse(b []byte, depth int) (message, *rpcError) {
	m := message{raw: b}
	if first := bytes.TrimLeft(b, " \t\r\n"); len(first) > 0 && first[0] == '[' {
		return m, errBatch
	}
	var e envelope
	err := scanObject(b, depth, e.member)
	m.id = e.id
	switch {
	case errors.Is(err, errDepth):
		return message{}, errTooDeep
	case errors.Is(err, errSyntax):
		return message{}, errBadJSON
	case err != nil:
		return m, errBadEnvelope
	}
	if err := m.fromEnvelope(&e); err != nil {
		return m, errBadEnvelope
	}
	if m.readParams() != nil {
		return m, errBadParams
	}
	return m, nil
}

// envelope is the outermost object.
type envelope struct {
	id, params, result, fault []byte
	method                    string
	versioned                 bool
}

// member reads one member of the envelope, which has no room for others.
func (e *envelope) member(key, raw []byte) (err error) {
	switch string(key) {
	case "jsonrpc":
		e.versioned = string(raw) == `"2.0"`
	case "id":
		if !isID(raw) {
			return errEnvelope
		}
		e.id = raw
	case "method":
		if e.method, err = unquote(raw); err != nil || e.method == "" || len(e.method) > maxMethod {
			return errEnvelope
		}
	case "params":
		if raw[0] == '{' {
			e.params = raw
		} else if raw[0] != 'n' {
			return errEnvelope
		}
	case "result":
		e.result = raw
	case "error":
		e.fault = raw
	default:
		return errEnvelope
	}
	return nil
}

func (m *message) fromEnvelope(e *envelope) error {
	m.method, m.params, m.result = e.method, e.params, e.result
	answers := e.result != nil || e.fault != nil
	switch {
	case !e.versioned:
		return errEnvelope
	case e.method != "" && answers:
		return errEnvelope
	case e.method != "" && e.id == nil:
		m.kind = notification
	case e.method != "":
		m.kind = request
	case e.id == nil, e.params != nil, (e.result == nil) == (e.fault == nil):
		return errEnvelope
	default:
		m.kind = response
	}
	return nil
}

// isID reports whether raw is a string or an integer that every client can
// hold exactly, 2^53−1 at most.
func isID(raw []byte) bool {
	if len(raw) > maxID {
		return false
	}
	if raw[0] == '"' {
		return true
	}
	digits := bytes.TrimPrefix(raw, []byte("-"))
	if len(digits) == 0 || len(digits) > 16 || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	if bytes.ContainsAny(digits, ".eE") || string(raw) == "-0" {
		return false
	}
	return len(digits) < 16 || string(digits) <= "9007199254740991"
}

// knownParams are the members of params that mean something to the edge or to
// the library behind it.
var knownParams = bytes.Fields([]byte("name uri arguments argument ref requestId clientInfo " +
	"protocolVersion capabilities cursor level notifications inputResponses requestState _meta"))

func (m *message) readParams() error {
	if m.params == nil {
		return nil
	}
	return members(m.params, func(key, raw []byte) error {
		switch string(key) {
		case "name":
			return need(&m.name, raw, raw[0] == '"' && len(raw) <= maxName)
		case "uri":
			return need(&m.uri, raw, raw[0] == '"')
		case "arguments":
			m.arguments = raw
		case "argument":
			m.argument = raw
		case "ref":
			m.ref = raw
		case "requestId":
			m.requestID = raw
		case "clientInfo":
			m.clientInfo = raw
		case "capabilities":
			m.offered = raw
		case "inputResponses":
			m.answers = raw
		case "requestState":
			var err error
			m.state, err = readState(raw)
			return err
		case "_meta":
			return m.readMeta(raw)
		default:
			return disguised(key, knownParams)
		}
		return nil
	})
}

var knownMeta = bytes.Fields([]byte("progressToken traceparent " + metaVersion + " " + metaClientInfo + " " + metaCapabilities))

func (m *message) readMeta(raw []byte) error {
	if raw[0] != '{' {
		return errParams
	}
	return members(raw, func(key, raw []byte) (err error) {
		switch string(key) {
		case "progressToken":
			return need(&m.progressToken, raw, isID(raw))
		case metaVersion:
			m.version, err = unquote(raw)
		case metaClientInfo:
			m.metaClient = raw
		case metaCapabilities:
			m.capabilities = raw[0] == '{'
			m.elicits = declares(raw, "elicitation")
		case "traceparent":
			m.traceparent, err = unquote(raw)
		default:
			return disguised(key, knownMeta)
		}
		return err
	})
}

func need(field *[]byte, raw []byte, ok bool) error {
	if !ok {
		return errParams
	}
	*field = raw
	return nil
}

// disguised refuses a key that equals a known one up to case: the library
// would read it as that one, see addKey.
func disguised(key []byte, known [][]byte) error {
	for _, k := range known {
		if bytes.EqualFold(k, key) && !bytes.Equal(k, key) {
			return errParams
		}
	}
	return nil
}
