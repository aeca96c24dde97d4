package notion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fit cuts nodes to what one block may hold: rich text of MaxText UTF-16 units,
// MaxRichText of them, and a bounded number of bytes. A longer block becomes
// several of its kind; its children go with the last. Cuts fall between words,
// and inside a word that is longer than the limit between what a reader sees as
// characters. The text as a whole never changes. ErrInvalid means a table cell or
// table that can't be cut.
func Fit(nodes []*Node) ([]*Node, error) {
	var out []*Node
	for _, n := range nodes {
		fitted, err := fitNode(n)
		if err != nil {
			return nil, err
		}
		out = append(out, fitted...)
	}
	return out, nil
}

func fitNode(n *Node) ([]*Node, error) {
	children, err := Fit(n.Children)
	if err != nil {
		return nil, err
	}
	switch n.Kind {
	case Table:
		return fitTable(n, children)
	case TableRow:
		return fitRow(n)
	}
	runs := cutRuns(cutSpans(n.Spans))
	if len(runs) == 0 {
		runs = [][]Span{nil}
	}
	var out []*Node
	for _, run := range runs {
		part := *n
		part.Spans, part.Children = run, nil
		if n.Kind == Code {
			part.Language = language(n.Language) // as it will be read back
		}
		out = append(out, &part)
	}
	out[len(out)-1].Children = children
	return out, nil
}

func fitTable(n *Node, rows []*Node) ([]*Node, error) {
	if len(rows) == 0 || n.width() == 0 {
		return nil, nil
	}
	for _, r := range rows {
		if r.Kind != TableRow || len(r.Cells) != n.width() {
			return nil, fail(ErrInvalid, "the rows of a table differ in width")
		}
	}
	t := *n
	t.Children = rows
	return []*Node{&t}, nil
}

func fitRow(n *Node) ([]*Node, error) {
	row := *n
	row.Cells = make([][]Span, len(n.Cells))
	size := 0
	for i, c := range n.Cells {
		row.Cells[i] = cutSpans(c)
		for _, s := range row.Cells[i] {
			size += s.bytes()
		}
		if len(row.Cells[i]) > MaxRichText || size > maxBlockBytes {
			return nil, fail(ErrInvalid, "a row of a table is too long")
		}
	}
	return []*Node{&row}, nil
}

// cutSpans cuts each span to MaxText units.
func cutSpans(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		for _, piece := range cutText(s.Text, MaxText) {
			part := s
			part.Text = piece
			out = append(out, part)
		}
	}
	return out
}

// cutText cuts a text into pieces of at most limit UTF-16 units.
func cutText(s string, limit int) []string {
	var out []string
	for UTF16Len(s) > limit {
		at := cutAt(s, limit)
		out = append(out, s[:at])
		s = s[at:]
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

// cutAt finds where to cut: after the last white space within the limit, else
// before the last character (with its marks), else before the last rune. It
// never returns 0.
func cutAt(s string, limit int) int {
	n, afterSpace, boundary, hard := 0, 0, 0, 0
	var prev rune
	for i, r := range s {
		if i > 0 {
			if n > limit {
				break
			}
			hard = i
			if unicode.IsSpace(prev) && !unicode.IsSpace(r) {
				afterSpace = i
			}
			if !clings(prev, r) {
				boundary = i
			}
		}
		n += units(r)
		prev = r
		if n > limit {
			break
		}
	}
	switch {
	case afterSpace > 0:
		return afterSpace
	case boundary > 0:
		return boundary
	}
	return max(hard, 1)
}

// clings reports whether r belongs to the character before it: combining marks,
// joiners and what they join, emoji modifiers, the second half of a flag.
func clings(prev, r rune) bool {
	flag := func(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
	return unicode.In(r, unicode.M) || r == 0x200D || prev == 0x200D || r >= 0x1F3FB && r <= 0x1F3FF || flag(r) && flag(prev)
}

// cutRuns divides spans into runs that one block holds.
func cutRuns(spans []Span) [][]Span {
	var out [][]Span
	for len(spans) > 0 {
		n, size := 0, 0
		for n < len(spans) && n < MaxRichText {
			size += spans[n].bytes()
			if n > 0 && size > maxBlockBytes {
				break
			}
			n++
		}
		if n == len(spans) {
			return append(out, spans)
		}
		run, rest := breakRun(spans, n)
		out = append(out, run)
		spans = rest
	}
	return out
}

// breakRun ends a run of at most n spans where a word ends.
func breakRun(spans []Span, n int) (run, rest []Span) {
	for i := n - 1; i >= 0; i-- {
		text := spans[i].Text
		at := strings.LastIndexFunc(text, unicode.IsSpace)
		if i == n-1 && startsWithSpace(spans[n].Text) {
			break // a word ends between the spans
		}
		if at < 0 {
			continue
		}
		at += len(string([]rune(text[at:])[0]))
		head, tail := spans[i], spans[i]
		head.Text, tail.Text = text[:at], text[at:]
		run = append(append([]Span{}, spans[:i]...), head)
		rest = append([]Span{}, spans[i+1:]...)
		if tail.Text != "" {
			rest = append([]Span{tail}, rest...)
		}
		return run, rest
	}
	return spans[:n:n], spans[n:]
}

func startsWithSpace(s string) bool {
	for _, r := range s {
		return unicode.IsSpace(r)
	}
	return false
}

// spanOverhead is the JSON around one span: type, annotations, link.
const spanOverhead = 160

// bytes is how long a span is in a payload.
func (s Span) bytes() int {
	n := len(s.Link) + spanOverhead
	for _, r := range s.Text {
		switch {
		case r < 0x20 || r == '\u2028' || r == '\u2029' || r == utf8.RuneError:
			n += len(`\u0000`)
		case r == '"' || r == '\\':
			n += 2
		default:
			n += utf8.RuneLen(r)
		}
	}
	return n
}
