package mcp

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"sync"

	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// Keys of `_meta` in every result that came through the Gate.
const (
	// MetaReceipt holds the audit.Receipt: where the call is recorded.
	MetaReceipt = "counterfoil/receipt"
	// MetaCallID holds the server-made id of the call.
	MetaCallID = "counterfoil/call_id"
)

// maxPooled is the largest buffer that is kept for the next call.
const maxPooled = 256 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 8<<10); return &b }}

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(b *[]byte) {
	if cap(*b) <= maxPooled {
		*b = (*b)[:0]
		buffers.Put(b)
	}
}

// appendHead starts a message that answers the request with this id.
func appendHead(b, id []byte) []byte {
	b = append(b, `{"jsonrpc":"2.0","id":`...)
	if id == nil {
		return append(b, "null"...)
	}
	return append(b, id...)
}

// appendError writes an error response; data is raw JSON or nil.
func appendError(b, id []byte, code int, text string, data []byte) []byte {
	b = append(appendHead(b, id), `,"error":{"code":`...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, `,"message":`...)
	b = appendString(b, []byte(text))
	if data != nil {
		b = append(append(b, `,"data":`...), data...)
	}
	return append(b, "}}"...)
}

// appendRefusal writes the error response for a refusal.
func appendRefusal(b []byte, m *message, e *rpcError) []byte {
	data := refusalData[e]
	if e == errUnsupported {
		data = supportedVersions(m.version)
	}
	return appendError(b, m.id, e.rpc, e.message(), data)
}

// refusalData holds the fixed data, raw JSON, of the refusals that carry any.
var refusalData = map[*rpcError][]byte{}

// supportedVersions tells a client what it may speak instead. What it asked
// for is told back, as the specification wants, only if it looks like a date
// or a version.
func supportedVersions(requested string) []byte {
	if !revision.MatchString(requested) {
		requested = ""
	}
	b, _ := json.Marshal(mcpgo.UnsupportedProtocolVersionData{
		Supported: mcpgo.ValidProtocolVersions, Requested: requested,
	})
	return b
}

var revision = regexp.MustCompile(`^v?\d{1,4}([.-]\d{1,2}){2}$`)

// appendToolResult writes the result of tools/call: the document as structured
// content and, the same bytes, as text for clients that know only text.
func (s *Server) appendToolResult(b, id []byte, modern bool, r tools.Result) []byte {
	b = append(appendHead(b, id), `,"result":{"content":[{"type":"text","text":`...)
	if r.Err != nil {
		b = appendString(b, []byte(r.Err.Error()))
		b = append(b, `}],"isError":true`...)
	} else {
		doc := oneLine(r.Document)
		b = appendString(b, doc)
		b = append(append(b, `}],"structuredContent":`...), doc...)
	}
	return append(s.appendMeta(append(b, ','), modern, r), "}}"...)
}

// appendMeta writes what every result carries besides its own members.
func (s *Server) appendMeta(b []byte, modern bool, r tools.Result) []byte {
	if modern {
		b = append(b, `"resultType":"complete",`...)
	}
	b = append(b, `"_meta":`...)
	b = appendReceipt(b, r)
	if modern {
		b = append(b[:len(b)-1], `,"`+metaServerInfo+`":`...)
		b = append(append(b, s.lib.serverInfo...), '}')
	}
	return b
}

// appendReceipt writes the object that tells where a call is recorded.
func appendReceipt(b []byte, r tools.Result) []byte {
	b = append(b, `{"`+MetaCallID+`":`...)
	b = appendString(b, []byte(r.CallID))
	if r.Receipt.Origin != "" {
		b = append(b, `,"`+MetaReceipt+`":{"origin":`...)
		b = appendString(b, []byte(r.Receipt.Origin))
		b = append(b, `,"index":`...)
		b = strconv.AppendInt(b, r.Receipt.Index, 10)
		b = append(b, `,"leaf":`...)
		b = appendString(b, []byte(r.Receipt.Leaf))
		b = append(b, `,"salt":`...)
		b = appendString(b, []byte(r.Receipt.Salt))
		if r.Receipt.Result != "" {
			b = append(b, `,"result_digest":`...)
			b = appendString(b, []byte(r.Receipt.Result))
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// oneLine returns the document without line breaks, which would end a line of
// stdio or of an event stream early.
func oneLine(doc []byte) []byte {
	if bytes.IndexByte(doc, '\n') < 0 && bytes.IndexByte(doc, '\r') < 0 {
		return doc
	}
	var b bytes.Buffer
	if json.Compact(&b, doc) != nil {
		return []byte("{}")
	}
	return b.Bytes()
}

const hexDigits = "0123456789abcdef"

// appendString writes s, which is UTF-8, as a JSON string.
func appendString(b, s []byte) []byte {
	b = append(b, '"')
	start := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}
