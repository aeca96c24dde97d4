package document

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// byteOrderMark may stand before a JSON document though RFC 8259 forbids it.
var byteOrderMark = []byte("\uFEFF")

// blanks are what JSON calls white space.
const blanks = " \t\r\n"

// looksJSON tells whether a text begins as a JSON object, array or string does.
func looksJSON(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blanks)
	return len(text) > 0 && bytes.IndexByte([]byte(`{["`), text[0]) >= 0
}

// document redacts the whole input: as JSON if it is that, else as a stream.
func (run *Run) document(in *bufio.Reader) error {
	var rest io.Reader = in
	head, _ := in.Peek(maxPeek)
	if oneEachLine(head) {
		return run.lines(in)
	}
	if looksJSON(head) {
		text, err := readDocument(in, run.size, redact.MaxDocument)
		if err != nil {
			return err
		}
		out, findings, whole, err := run.asJSON(text)
		if err != nil {
			return refused(err)
		}
		run.Note(0, findings)
		if whole {
			_, err = run.out.Write(out)
			return err
		}
		rest = bytes.NewReader(out)
	}
	if number(head) { // its digits may hide behind an exponent
		out, findings, err := run.oneLine(head)
		if err != nil {
			return refused(err)
		}
		run.Note(0, findings)
		_, err = run.out.Write(out)
		return err
	}
	findings, err := run.Redactor.Stream(run.out, rest)
	if err != nil {
		return refused(err)
	}
	run.Note(0, findings)
	return nil
}

// readDocument reads what is redacted in one piece, at most limit bytes, of which size
// are expected.
func readDocument(in io.Reader, size, limit int64) ([]byte, error) {
	var text bytes.Buffer
	text.Grow(int(min(size, limit)) + bytes.MinRead)
	_, err := text.ReadFrom(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, exit.Fail(exit.Input, "", "reading: %w", err)
	case int64(text.Len()) > limit:
		return nil, exit.Fail(exit.Input, "use --lines for a document on each line", "the document is longer than %d bytes", limit)
	}
	return text.Bytes(), nil
}

// number tells whether the beginning of a text, which ends before it is full, is
// a JSON number and nothing else.
func number(head []byte) bool {
	return len(head) < maxPeek && bytes.ContainsAny(head, "eE") && bytes.IndexByte([]byte("-0123456789"), bytes.TrimLeft(head, blanks)[0]) >= 0 && json.Valid(head)
}

// oneEachLine tells whether a text begins with a JSON object or array that is one
// line, and another one follows.
func oneEachLine(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), blanks)
	line, rest, more := bytes.Cut(head, []byte("\n"))
	rest = bytes.TrimLeft(rest, blanks)
	return more && container(line) && len(rest) > 0 && (rest[0] == '{' || rest[0] == '[') && json.Valid(line)
}

func container(text []byte) bool { return len(text) > 0 && (text[0] == '{' || text[0] == '[') }

// containers returns where the objects and arrays of a text lie that is nothing
// but these, one after the other; none for any other text.
func containers(text []byte) (parts [][2]int) {
	body := bytes.TrimPrefix(text, byteOrderMark)
	from := len(text) - len(body)
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		var part json.RawMessage
		err := dec.Decode(&part)
		switch {
		case errors.Is(err, io.EOF):
			return parts
		case err != nil || !container(part):
			return nil
		}
		end := from + int(dec.InputOffset())
		parts = append(parts, [2]int{end - len(part), end})
	}
}

// sequence redacts JSON documents that follow each other, each by itself.
func (run *Run) sequence(text []byte, parts [][2]int) (out []byte, findings []redact.Finding, err error) {
	at := 0
	for _, p := range parts {
		var more []redact.Finding
		if out, more, err = run.Redactor.JSON(append(out, text[at:p[0]]...), text[p[0]:p[1]]); err != nil {
			return nil, nil, err
		}
		findings, at = append(findings, more...), p[1]
	}
	return append(out, text[at:]...), findings, nil
}

// line redacts a line by itself. One that cannot be examined is replaced whole,
// so that the others still come.
func (run *Run) line(n int, text []byte) error {
	out, findings, err := run.oneLine(text)
	if err != nil {
		token := redact.TokenOf(run.Key, redact.Opaque, string(text))
		if out = []byte(token); looksJSON(text) {
			out = []byte(`"` + token + `"`)
		}
		findings = []redact.Finding{{Entity: redact.Opaque, Layer: redact.LayerDetector, Rule: "refused", Count: 1}}
	}
	run.Note(n, findings)
	_, err = run.out.Write(out)
	return err
}

func (run *Run) oneLine(text []byte) (out []byte, findings []redact.Finding, err error) {
	if out = text; looksJSON(text) {
		var whole bool
		if out, findings, whole, err = run.asJSON(text); err != nil || whole {
			return out, findings, err
		}
	}
	if bytes.ContainsAny(text, "eE") && json.Valid(text) {
		// A bare number may hide digits behind an exponent.
		return run.Redactor.JSON(nil, text)
	}
	out, more, err := run.Redactor.Text(nil, out)
	return out, append(findings, more...), err
}

// asJSON redacts a JSON document, several that follow each other, or one that is
// cut off anywhere. whole is false if text is not the first nor the second of these:
// what is returned is then still to be redacted as a text.
func (run *Run) asJSON(text []byte) (out []byte, findings []redact.Finding, whole bool, err error) {
	body := bytes.TrimPrefix(text, byteOrderMark)
	mark := text[:len(text)-len(body)]
	if out, findings, err = run.Redactor.JSON(bytes.Clone(mark), body); err == nil {
		return out, findings, true, nil
	}
	if json.Valid(body) {
		return nil, nil, false, err
	}
	if parts := containers(text); len(parts) > 1 {
		out, findings, err = run.sequence(text, parts)
		return out, findings, true, err
	}
	// Where a file ends inside a string, its last line end is no part of it.
	body = bytes.TrimRight(body, blanks)
	out, findings, err = run.cutOff(mark, body, text[len(mark)+len(body):])
	return out, findings, false, err
}

// cutOff redacts a JSON document that is cut off, with what stands before and behind
// it. Any other text it returns as it is.
func (run *Run) cutOff(mark, body, end []byte) (out []byte, findings []redact.Finding, err error) {
	closing, ok := closingOf(body)
	if !ok {
		return slices.Concat(mark, body, end), nil, nil
	}
	out, findings, err = run.Redactor.JSON(bytes.Clone(mark), slices.Concat(body, closing))
	if err != nil {
		return nil, nil, err
	}
	out, ok = bytes.CutSuffix(out, closing)
	if !ok { // a finding took the end in: nothing tells where the document ended
		return nil, nil, redact.ErrRedact
	}
	return append(out, end...), findings, nil
}

// closingOf returns what completes a JSON document that is cut off; ok is false for
// what no ending makes JSON.
func closingOf(text []byte) (closing []byte, ok bool) {
	open, tail := openAt(text)
	for _, end := range tail {
		closing = append([]byte(end), open...)
		if json.Valid(append(text[:len(text):len(text)], closing...)) {
			return closing, true
		}
	}
	return nil, false
}

// Endings of the last value of a cut document: inside a string, which may break
// off within an escape, and outside.
var (
	insideEnds  = []string{`"`, `":0`, `\"`, `\":0`, `0"`, `0":0`, `00"`, `00":0`, `000"`, `000":0`, `0000"`, `0000":0`}
	outsideEnds = []string{"", "0", ":0", `"":0`, "e", "ue", "rue", "se", "lse", "alse", "l", "ll", "ull"}
)

// openAt returns the brackets that close what is open at the end of a text, and
// the endings that its last value may take.
func openAt(text []byte) (closing []byte, ends []string) {
	var stack []byte
	inside := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			stack = append(stack, c+2) // the closing bracket, in ASCII
		case (c == '}' || c == ']') && len(stack) > 0:
			stack = stack[:len(stack)-1]
		}
	}
	for i := len(stack) - 1; i >= 0; i-- {
		closing = append(closing, stack[i])
	}
	if inside {
		return closing, insideEnds
	}
	return closing, outsideEnds
}
