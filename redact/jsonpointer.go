package redact

import (
	"encoding/json"
	"strconv"
	"strings"
)

// pointer returns the JSON pointer of the current leaf, with redacted keys.
func (s *scan) pointer() string {
	w := &s.walk
	var b strings.Builder
	for _, f := range w.frames {
		b.WriteByte('/')
		switch {
		case f.index >= 0:
			b.WriteString(strconv.Itoa(f.index))
		case f.edit >= 0:
			e := w.edits[f.edit]
			b.Write(escapePointer(w.text[e.from+1 : e.to-1]))
		default:
			b.Write(escapePointer(w.src[f.lo:f.hi]))
		}
	}
	return b.String()
}

func escapePointer(key []byte) []byte {
	var plain string
	if json.Unmarshal(append(append([]byte{'"'}, key...), '"'), &plain) != nil {
		plain = string(key)
	}
	return []byte(pointerEscapes.Replace(plain))
}

// pointerEscapes are those of a JSON pointer's tokens (RFC 6901 section 3).
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
