package redact

import "github.com/counterfoil/counterfoil/redact/internal/finding"

// Some containers hold one text in pieces, which whoever reads it puts together: the runs
// of rich text of Notion, of which each has its own style, and the events in which a model
// sends what it writes. Their other members say of which kind a piece is and the how
// manieth. What stands in the pieces joined is what is read, so that whatever is found
// there across them counts.
//
//	[{"type":"text","text":{"content":"4539 57"},"annotations":{"bold":true},"plain_text":"4539 57"}, …]
//	[{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"4539"}}, …]
//	[{"choices":[{"index":0,"delta":{"content":"4539"}}]}, …]

// Limits of such a container.
const (
	maxRuns     = 64 << 10 // bytes of JSON: two thousand tokens of a model
	mostRuns    = 4096     // pieces
	firstRuns   = 4        // elements, of which one at least has a piece: a message begins with events of other kinds
	runsPasses  = 8        // walks after which a finding takes all before it: of a list that repeats, each walk takes the last numbers
	runsNesting = 6        // of containers in an element: {"choices":[{"delta":{"tool_calls":[{"function":…
)

// runLane is a member that the pieces of one text have in common.
type runLane int

const (
	laneText  runLane = iota // what a program sends or stores
	lanePlain                // what Notion says again without its style
	laneCount
)

// tornRuns reads the pieces in the elements of the array src[start:end] as one text.
func (s *scan) tornRuns(start, end int) {
	w := &s.walk
	if end-start > maxRuns || w.src[space(w.src, start+1)] != '{' {
		return
	}
	for lane := range laneCount {
		w.torn.reset()
		if w.torn.runs = true; w.runElements(start, lane) {
			s.tornText(0)
		}
		w.torn.reset()
	}
}

// runElements collects the pieces of one lane; false if there are none, or too many.
func (w *walker) runElements(i int, lane runLane) bool {
	n := 0
	for i = space(w.src, i+1); w.src[i] != ']'; i = space(w.src, i) {
		if w.src[i] == ',' {
			i = space(w.src, i+1)
		}
		if w.src[i] != '{' {
			return false
		}
		if i = w.runPieces(i, lane, false, runsNesting); len(w.torn.parts) > mostRuns {
			return false
		}
		if n++; n == firstRuns && len(w.torn.parts) == 0 {
			return false
		}
	}
	return len(w.torn.parts) > 1
}

// runPieces collects the pieces in the object src[i:], and returns where it ends. inside
// tells that the key around it says that it has some.
func (w *walker) runPieces(i int, lane runLane, inside bool, nesting int) (end int) {
	for i = space(w.src, i+1); w.src[i] != '}'; i = space(w.src, i) {
		name, value := memberAt(w.src, i)
		key := w.src[name.Lo:name.Hi]
		i = value
		switch c := w.src[i]; {
		case c == '"':
			if end := stringEnd(w.src, i) + 1; end-i > len(`""`) && runKey(key, inside) == lane {
				w.tornPiece(i, end)
			}
			i = stringEnd(w.src, i) + 1
		case c == '{' && nesting > 0 && runsAround(key):
			i = w.runPieces(i, lane, inside || runsIn(key), nesting-1)
		case c == '[' && nesting > 0 && runsAround(key):
			i = w.runArray(i, lane, inside || runsIn(key), nesting-1)
		default:
			i = memberEnd(w.src, i)
		}
	}
	return i + 1
}

// runArray does the same for an array of such objects.
func (w *walker) runArray(i int, lane runLane, inside bool, nesting int) (end int) {
	for i = space(w.src, i+1); w.src[i] != ']'; i = space(w.src, i) {
		switch w.src[i] {
		case ',':
			i++
		case '{':
			i = w.runPieces(i, lane, inside, nesting)
		default:
			i = memberEnd(w.src, i)
		}
	}
	return i + 1
}

// runsIn tells whether a key says that what is in its value is a piece of a text, and
// around whether there may be one further in.
func runsIn(key []byte) bool {
	switch string(key) {
	case "delta", "text", "candidates":
		return true
	}
	return false
}

func runsAround(key []byte) bool {
	switch string(key) {
	case "delta", "text", "candidates", "choices", "content", "parts", "tool_calls", "function", "message", "data", "event", "chunk", "params", "update":
		return true
	}
	return false
}

// runKey returns the lane of a string under a key, laneCount for none.
func runKey(key []byte, inside bool) runLane {
	switch string(key) {
	case "plain_text":
		return lanePlain
	case "delta":
		return laneText
	case "text", "content", "partial_json", "thinking", "arguments", "reasoning_content", "refusal", "transcript":
		if inside {
			return laneText
		}
	}
	return laneCount
}

// memberEnd returns where the value src[i:] of a valid document ends.
func memberEnd(src []byte, i int) int {
	depth := 0
	for ; i < len(src); i++ {
		switch src[i] {
		case '"':
			if i = stringEnd(src, i); depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// widen makes a finding one of all the pieces before it in which nothing was found yet, and
// returns the first of these.
func (s *scan) widen(sp *finding.Span, first int) int {
	t := &s.walk.torn
	for first > 0 && !holdsToken(t.text[t.parts[first-1].from:t.parts[first].from]) {
		first--
	}
	sp.Lo = t.parts[first].from
	sp.Canon = string(t.text[sp.Lo:sp.Hi])
	return first
}
