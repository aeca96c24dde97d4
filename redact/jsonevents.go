package redact

import (
	"bytes"
	"encoding/json"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// A model sends what it writes in events, a line each, and its client puts the pieces
// together (Server-Sent Events, HTML Standard 9.2, and lines of JSON):
//
//	data: {"delta":{"text":"4539"}}
//
//	data: {"delta":{"text":"57876362"}}
//
// What is found across pieces goes with all that stands between them, so that the first
// event has the token and is a document still.

// Limits of such events.
const (
	maxEvents   = 256 << 10 // bytes of them that are read together: a long answer
	eventGap    = 1 << 10   // bytes between two pieces: events of other kinds, such as pings, are shorter
	leastEvents = 2 * len(`data:{"delta":"1"}`)
)

// eventData is how an event begins of which a text says more on its line.
var eventData = []byte("data: {")

// eventKeys are those around the pieces: a text without one of them has none.
var eventKeys = [...][]byte{[]byte(`"delta"`), []byte(`"candidates"`)}

// eventsDoubled are the same in the cell of a table, behind what shows that some quotes were
// doubled and others escaped.
var eventsDoubled = [...]string{`"":`, `""delta""`, `""candidates""`}

// Events examines the pieces of the events in a text as the one text that they are.
func (s *scan) Events(of finding.View, depth int) {
	v := &of
	if depth >= reading.MaxDepth || len(v.Text) < leastEvents || !mayEvents(v.Text) {
		return
	}
	marks := eventsDoubled[:]
	if v.Lo == nil {
		marks = marks[1:]
	}
	if doubles(v.Text, marks) { // in the cell of a table
		if once, ok := s.undoubled(of); ok {
			s.Events(once, depth+1)
		}
		return
	}
	inner := s.owner.scan()
	defer s.owner.release(inner)
	w := &inner.walk
	for from := 0; from < len(v.Text); {
		doc, places, end := eventLines(v.Text, from)
		if from = end; len(places) < 2 {
			continue
		}
		w.src = doc
		if w.torn.reset(); !w.runElements(0, laneText) {
			continue
		}
		parts := w.torn.parts
		for first, k := 0, 1; k <= len(parts); k++ {
			if k < len(parts) && parts[k].i-parts[k-1].end <= eventGap {
				continue
			}
			if mark := s.Used; k-first > 1 {
				s.Reading(v, s.eventText(v, w, parts[first:k], places), depth)
				s.Used = mark
			}
			first = k
		}
	}
}

// mayEvents tells whether a text has the marks of two events.
func mayEvents(t []byte) bool {
	i := bytes.IndexByte(t, '{')
	if i < 0 {
		return false
	}
	for _, key := range eventKeys {
		if k := bytes.Index(t[i:], key); k >= 0 && bytes.Contains(t[i+k+len(key):], key) {
			return true
		}
	}
	return false
}

// eventPlace is where a line stands in the text, and in the array of all.
type eventPlace struct{ at, in int }

// eventLines makes an array of the documents in the lines t[from:]. It returns where each
// of them stood, and where the lines end that were read.
func eventLines(t []byte, from int) (doc []byte, places []eventPlace, end int) {
	doc = []byte("[")
	for i := from; i < len(t) && len(doc) < maxEvents; i = end + 1 {
		end = char.LineEnd(t, i)
		line := bytes.TrimSuffix(t[i:end], []byte("\r"))
		at := i
		if body, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			at += len(line) - len(body)
			line = body
		} else if k := bytes.Index(line, eventData); k > 0 && len(places) == 0 { // behind what a log says of them
			at += k + len(eventData) - 1
			line = line[k+len(eventData)-1:]
		}
		rest := bytes.TrimLeft(line, " ")
		if body := wholeEvent(rest); len(body) > 0 {
			if len(places) > 0 {
				doc = append(doc, ',')
			}
			places = append(places, eventPlace{at + len(line) - len(rest), len(doc)})
			doc = append(doc, body...)
		} else if len(places) > 0 && !eventField(rest) {
			break
		}
	}
	return append(doc, ']'), places, min(end+1, len(t))
}

// wholeEvent returns the document with which a line begins, nothing if it is none. Behind it may
// stand what goes on after the last event: the end of a tag, of a cell, of a sentence.
func wholeEvent(line []byte) []byte {
	if len(line) == 0 || line[0] != '{' {
		return nil
	}
	if end, ok := embeddedEnd(line, 0, false); ok && json.Valid(line[:end]) {
		return line[:end]
	}
	return nil
}

// eventField tells whether a line may stand between two events: it is empty, a comment or
// another field of one.
func eventField(line []byte) bool {
	for _, name := range [...]string{"event:", "id:", "retry:", ":"} {
		if bytes.HasPrefix(line, []byte(name)) {
			return true
		}
	}
	return len(line) == 0
}

// eventText returns pieces that the walker collected as a view of the text from which its
// lines were taken.
func (s *scan) eventText(v *finding.View, w *walker, parts []part, places []eventPlace) finding.View {
	out := s.View(parts[len(parts)-1].from + parts[len(parts)-1].size - parts[0].from)
	n := 0
	for k := range parts {
		p := &parts[k]
		for n+1 < len(places) && places[n+1].in <= p.i {
			n++
		}
		from := places[n].at - places[n].in                                 // of v.t for w.src[0]
		if tokenLast(out.Text) || k > 0 && tokenFirst(w.src[p.i+1:p.end]) { // what was redacted goes on with nothing
			out.Push(' ', v.From(from+p.i), v.To(from+p.i))
		}
		for i := p.i + 1; i < p.end-1; {
			size, at := 1, len(out.Text)
			if w.src[i] == '\\' {
				if size = escapeLen(w.src[i:]); size == len(`\u0034`) && char.At(w.src, i+size) == '\\' && surrogate(w.src[i+size-4:i+size]) {
					size *= 2 // a pair of surrogates
				}
			}
			piece := w.src[i : i+size]
			if size > 1 {
				piece = unescapedKey(append(append([]byte{'"'}, piece...), '"'))
			}
			out.Text = append(out.Text, piece...)
			out.Cover(at, v.From(from+i), v.To(from+i+size-1))
			i += size
		}
		out.Change(len(out.Text))
	}
	return s.Keep(out)
}

// tokenLast tells whether a text ends with what has the form of a token, and tokenFirst
// whether it begins with it.
func tokenLast(t []byte) bool {
	n := len(t) - tokens.Letters
	return n > 0 && t[n-1] == '_' && char.Letters(t[n:]) == tokens.Letters
}

func tokenFirst(t []byte) bool {
	n := bytes.IndexByte(t[:min(len(t), tokens.LongestPrefix+1)], '_')
	return n > 0 && tokens.IsPrefix(t[:n]) && char.Letters(t[n+1:]) >= tokens.Letters
}

// surrogate tells whether the four digits of an escape sequence are the first of a pair.
func surrogate(hex []byte) bool {
	r, ok := reading.HexRune(hex)
	return ok && r >= 0xD800 && r < 0xDC00
}
