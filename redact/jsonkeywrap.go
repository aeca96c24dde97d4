package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// Keys that say nothing of their value but how a format writes it down, so that what is
// around them has to say it: {"account": {"number": …}}, {"account_no": {"S": …}}.

// partOfKey tells whether a key says only that its value is a number, so that the
// key of the object around it has to say of what: {"account": {"number": …}}.
func partOfKey(key []byte) bool {
	switch string(key) {
	case "number", "Number", "num", "no", "ach", "wire", "rtp", "bacs", "full", "identification", "Identification", "identifier", "Id",
		"S", "N", "$numberLong", "$numberDecimal", "$numberInt", // DynamoDB, MongoDB
		"stringValue", "integerValue", "longValue", "string_value", "long", "int", "string", // protocol buffers, Avro
		"example", "examples", "enum", "const", // JSON Schema
		"eq", "ne", "in", "nin", "is", "_eq", "_in", "$eq", "$ne", "$in", "equals", "like", "contains", "startsWith", "starts_with", "query", // conditions of Mongo, Prisma, Hasura, OData, Elasticsearch
		"valueString", "valueInteger", "valueNumber": // of a form that was read
		return true
	}
	return len(key) > 0 && len(key) <= longestRowKey && char.AllDigits(key) // a row of a column
}

// longestRowKey is the most digits of the number of a row, as data frames print their
// columns: {"account": {"0": …, "1": …}}.
const longestRowKey = 5

// Limits of what frames a part of a message that is sent in several.
const (
	longestKind  = 32 // bytes of its kind: content_block_delta
	longestIndex = 4  // digits of its number
)

// framing tells whether a leaf only says of which kind, of whom or the how manieth a
// part of a message is, as the events of a stream do: a number that is divided goes on
// behind it.
func (w *walker) framing(leaf []byte) bool {
	if len(w.frames) == 0 {
		return false
	}
	f := &w.frames[len(w.frames)-1]
	if f.index >= 0 {
		return false
	}
	switch string(w.src[f.lo:f.hi]) {
	case "index", "idx", "seq":
		return len(leaf) <= longestIndex && char.AllDigits(leaf)
	case "type", "object", "role", "event":
		return len(leaf) <= longestKind && sentKind(leaf)
	}
	return false
}

// counting tells whether a leaf says only the how manieth of an array its object is, from
// zero or from one.
func (w *walker) counting(leaf []byte) bool {
	n := len(w.frames)
	if n < 2 || !char.AllDigits(leaf) {
		return false
	}
	f, around := &w.frames[n-1], &w.frames[n-2]
	if f.index >= 0 || around.index < 0 {
		return false
	}
	switch string(w.src[f.lo:f.hi]) {
	case "i", "n", "no", "nr", "index", "idx", "seq", "pos", "position", "order", "part", "chunk":
		at := char.Number(leaf, len(leaf))
		return at == around.index || at == around.index+1
	}
	return false
}

// sentKind tells whether a kind is one of a message that is sent in parts, or who sends
// it.
func sentKind(kind []byte) bool {
	switch string(kind) {
	case "text", "assistant", "user", "message", "content_block":
		return true
	}
	return bytes.Contains(kind, []byte("delta")) || bytes.Contains(kind, []byte("chunk"))
}

// leastRepeated is the fewest digits of a text that is no half of a number where it
// stands twice: those of some test cards are fours that repeat.
const leastRepeated = 5

// repeats tells whether a leaf is what the last part of the chain is, as the formats of
// documents say some things twice: {"content": …, "plain_text": …}.
func (c *chain) repeats(leaf []byte) bool {
	n := len(c.parts) - 1
	for n >= 0 && c.parts[n].neutral {
		n--
	}
	if n < 0 || c.parts[n].key {
		return false
	}
	p := &c.parts[n]
	if p.offset > 0 && len(leaf) == p.offset+p.size { // of a long leaf the chain keeps the end
		leaf = leaf[p.offset:]
	}
	return twice(c.text[p.from:p.from+p.size], leaf)
}

// twice tells whether two parts are the same, and no halves of a number that is made of
// shorter ones.
func twice(a, b []byte) bool {
	if len(b) < leastRepeated || !bytes.Equal(a, b) || char.DigitsIn(b) < leastRepeated {
		return false
	}
	half := len(b) / 2
	return !bytes.Equal(b[:half], b[len(b)-half:])
}

// pairName returns the name of which the current leaf is the value in an array of the
// two, ["x-account", …], nil if it is none.
func (w *walker) pairName() []byte {
	f := &w.frames[len(w.frames)-1]
	if f.index != 1 || f.start < 0 {
		return nil
	}
	i := space(w.src, f.start+1)
	if char.At(w.src, i) != '"' {
		return nil
	}
	rest := w.src[i+1 : min(len(w.src), i+1+cue.LongestColumn)]
	n := bytes.IndexByte(rest, '"')
	if n <= 0 || bytes.IndexByte(rest[:n], '\\') >= 0 {
		return nil
	}
	if name := rest[:n]; bytes.IndexByte(name, ' ') >= 0 {
		switch column.HeadOf(name) { // words are a text, such as the name of an account beside its balance, unless they say more
		case 0, column.HoldsAccount, column.HoldsCard:
			return nil
		}
	}
	return rest[:n]
}

// optionBefore returns the name of the option of a command that is the element before the
// one at src[i:] of an array, ["--user", "bob", "--password", …]; nil if it is none.
func optionBefore(src []byte, i int) []byte {
	k, from := i, i
	for k > 0 && from-k < cue.PairReach && bytes.IndexByte([]byte(" \t\r\n,"), src[k-1]) >= 0 {
		k--
	}
	if k == from || char.At(src, k-1) != '"' {
		return nil
	}
	k--
	lead := src[max(0, k-cue.LongestColumn):k]
	option := lead[1+bytes.LastIndexByte(lead, '"'):]
	if len(option) == len(lead) || !bytes.HasPrefix(option, []byte("--")) || bytes.IndexByte(option, ' ') >= 0 || bytes.IndexByte(option, '\\') >= 0 {
		return nil
	}
	return option
}
