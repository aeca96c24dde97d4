package tools

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A lexer reads the tokens of one JSON document (RFC 8259) that is valid UTF-8.
// It knows no nesting: its caller asks for what may come next. After a failure
// it stays failed.
type lexer struct {
	rest   string
	failed bool
}

func (x *lexer) fail() { x.failed, x.rest = true, "" }

// peek returns the next byte that is not white space, 0 at the end.
func (x *lexer) peek() byte {
	x.rest = strings.TrimLeft(x.rest, " \t\r\n")
	if x.rest == "" {
		return 0
	}
	return x.rest[0]
}

// take reads one punctuation mark if it comes next.
func (x *lexer) take(c byte) bool {
	if x.peek() != c {
		return false
	}
	x.rest = x.rest[1:]
	return true
}

// expect reads one punctuation mark.
func (x *lexer) expect(c byte) {
	if !x.take(c) {
		x.fail()
	}
}

// end reports whether nothing follows.
func (x *lexer) end() bool { return !x.failed && x.peek() == 0 && x.rest == "" }

// scalar reads a string, number, boolean or null as encoding/json's Decoder
// gives them with UseNumber. Of an object or a list it reads nothing and returns
// its opening mark as a json.Delim.
func (x *lexer) scalar() json.Token {
	switch c := x.peek(); {
	case c == '"':
		return x.string()
	case c == '-' || c >= '0' && c <= '9':
		return x.number()
	case c == '{' || c == '[':
		return json.Delim(c)
	}
	for word, value := range map[string]json.Token{"true": true, "false": false, "null": nil} {
		if rest, ok := strings.CutPrefix(x.rest, word); ok {
			x.rest = rest
			return value
		}
	}
	x.fail()
	return nil
}

// string reads a string; an escaped lone surrogate becomes U+FFFD.
func (x *lexer) string() string {
	x.expect('"')
	escaped := false
	for i := 0; i < len(x.rest); i++ {
		switch c := x.rest[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			x.fail()
			return ""
		case c == '"':
			raw := x.rest[:i]
			x.rest = x.rest[i+1:]
			if !escaped {
				return raw
			}
			var s string
			if json.Unmarshal([]byte(`"`+raw+`"`), &s) != nil {
				x.fail()
			}
			return s
		}
	}
	x.fail()
	return ""
}

func (x *lexer) number() json.Number {
	n := strings.IndexFunc(x.rest, func(c rune) bool {
		return c >= utf8.RuneSelf || (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", c)
	})
	if n < 0 {
		n = len(x.rest)
	}
	text := x.rest[:n]
	if !json.Valid([]byte(text)) {
		x.fail()
		return ""
	}
	x.rest = x.rest[n:]
	return json.Number(text)
}
