package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Escaping are the flags of a text that may have escape sequences or markup.
const Escaping = char.IsEscape | char.IsBack | char.IsAssign | char.IsLess

// A long text has many marks that may be escapes, but what they decode to changes few
// places of it. Its parts around these places are read in every way, each as a short
// text is; what is far from all of them reads as it stands. So does what is far from
// all that was redacted, when the text is examined again.

// Limits of the parts of a long text.
const (
	minLong    = 1 << 10       // bytes: a shorter text is no long one
	nearReach  = 48            // bytes on both sides of a change: a number and its cue
	nearMargin = nearReach / 2 // bytes at the ends of a part in which nothing counts: what is before them may say that it is no number
	nearSize   = 320           // bytes from which a part takes in no further change
	nearWhole  = 2 * nearReach // bytes: a reading this short has nothing that is far from a change
	nearMore   = 4             // so many times further is looked where a finding reaches the end of a part
)

// edgeKind tells what becomes of a part: it is decoded, or read as it is.
type edgeKind int

const (
	edgeDecoded edgeKind = iota
	edgeRead
)

// divides tells whether a view is so long that it is examined in parts, and none itself.
func (s *Scan) divides(v *finding.View) bool {
	return len(v.Text) >= minLong && !s.Near && !s.Rules.Whole
}

// around examines the parts of a view around the places that next finds in it.
func (s *Scan) around(v *finding.View, next func(t []byte, i int) finding.Stretch, edge edgeKind, examine func(part finding.View)) {
	near := s.Near
	s.Near = true
	for at := next(v.Text, 0); at.Lo < len(v.Text); {
		part := finding.Stretch{Lo: edge.before(v.Text, at.Lo-nearReach), Hi: edge.behind(v.Text, at.Hi+nearReach)}
		full := at.Lo + nearSize + (at.Lo - part.Lo) // the further it reaches back, the more it takes in
		for {
			at = next(v.Text, max(at.Hi, at.Lo+1))
			if at.Lo < len(v.Text) && at.Hi+nearReach <= part.Hi {
				continue
			}
			if at.Lo == len(v.Text) || at.Lo-nearReach > part.Hi || at.Hi > full {
				break
			}
			part.Hi = edge.behind(v.Text, at.Hi+nearReach)
		}
		part = s.examinePart(v, part, edge, examine)
		for at.Lo < len(v.Text) && (at.Hi+nearReach <= part.Hi || part.Hi == len(v.Text)) { // it took in more
			at = next(v.Text, max(at.Hi, at.Lo+1))
		}
	}
	s.Near = near
}

// listed hands out the places of a list, one after the other. One at the very end of
// the text is about what stands before it.
func listed(places []finding.Stretch) func(t []byte, i int) finding.Stretch {
	return func(t []byte, _ int) finding.Stretch {
		if len(places) == 0 {
			return finding.Stretch{Lo: len(t), Hi: len(t)}
		}
		at := places[0]
		places = places[1:]
		return finding.Stretch{Lo: min(at.Lo, len(t)-1), Hi: at.Hi}
	}
}

// derived examines a reading of a view: that of a part of a long text around what
// changed in it, and for what else is to be decoded as a whole.
func (s *Scan) derived(v finding.View, depth int) {
	if !s.Near || len(v.Text) <= nearWhole {
		p := profile.Of(v.Text)
		s.Examine(v, depth, &p)
		return
	}
	s.around(&v, listed(v.Changed), edgeRead, func(part finding.View) {
		p := profile.Of(part.Text)
		s.flat = true
		s.Examine(part, depth, &p)
	})
	if depth < MaxDepth {
		s.further(v, depth)
	}
}

// further scans the readings of a reading.
func (s *Scan) further(v finding.View, depth int) {
	var p profile.Profile
	if p.Flags = char.FlagsOf(v.Text); p.Flags&(Escaping|char.IsControl) == 0 {
		return
	}
	if p.Flags&char.IsHigh != 0 {
		p.Digits = char.DigitsIn(v.Text)
	}
	mark := s.Used
	if p.Folds(v.Text) {
		s.halfEscapes(v, depth)
		v = s.Fold(v)
	}
	if p.Flags&char.IsControl != 0 && unruly(v.Text) {
		s.ruled(v, depth)
	}
	s.Escapes(v, depth)
	s.Used = mark
}

// examinePart examines a part of a view, and more if something is found that may go
// on beyond its ends. It returns what was examined in the end.
func (s *Scan) examinePart(v *finding.View, part finding.Stretch, edge edgeKind, examine func(part finding.View)) finding.Stretch {
	for reach := nearReach; ; reach *= nearMore {
		before := len(s.Spans)
		examine(v.Part(part.Lo, part.Hi))
		if len(s.Spans) == before || !s.keepInside(v, part, before) {
			return part
		}
		s.Spans = s.Spans[:before]
		part = finding.Stretch{Lo: edge.before(v.Text, part.Lo-nearMore*reach), Hi: edge.behind(v.Text, part.Hi+nearMore*reach)}
	}
}

// keepInside drops the findings from the one on that lie wholly in the margins of a
// part. It tells whether one of the others may go on beyond the part.
func (s *Scan) keepInside(v *finding.View, part finding.Stretch, from int) (open bool) {
	lo, hi := int(v.From(part.Lo)), int(v.To(part.Hi-1))
	inLo, inHi := lo, hi
	if part.Lo > 0 {
		inLo = int(v.From(min(part.Lo+nearMargin, part.Hi-1)))
	}
	if part.Hi < len(v.Text) {
		inHi = int(v.To(max(part.Hi-nearMargin, part.Lo+1) - 1))
	}
	kept := s.Spans[:from]
	for _, sp := range s.Spans[from:] {
		if sp.Hi <= inLo || sp.Lo >= inHi {
			continue
		}
		kept = append(kept, sp)
		open = open || part.Lo > 0 && sp.Lo <= lo || part.Hi < len(v.Text) && sp.Hi >= hi
	}
	s.Spans = kept
	return open
}

// before returns the last place up to t[i] where nothing is cut in two: where a
// word begins that is nothing but a word, and no encoded text ends.
func (e edgeKind) before(t []byte, i int) int {
	for i > 0 && i < len(t) && CodeByte(t[i-1]) && CodeByte(t[i]) {
		i--
	}
	for i > 0 {
		word := lastWord(t, i)
		if i = word.Lo; e.plain(t, word) {
			if before := lastWord(t, i); Wordly(t[before.Lo:before.Hi]) {
				return i
			}
		}
	}
	return 0
}

// behind is the same for the first place from t[i] on, where such a word ends.
func (e edgeKind) behind(t []byte, i int) int {
	for i > 0 && i < len(t) && CodeByte(t[i-1]) && CodeByte(t[i]) {
		i++
	}
	for i < len(t) {
		word := firstWord(t, i)
		if i = word.Hi; e.plain(t, word) {
			if next := firstWord(t, i); Wordly(t[next.Lo:next.Hi]) {
				return i
			}
		}
	}
	return len(t)
}

// plain tells whether a word is of letters as one writes them, two or more, so that no
// number goes across it, and in no long run of the characters of base64. In a part that
// is to be decoded it must belong to no escape sequence and to no tag either.
func (e edgeKind) plain(t []byte, w finding.Stretch) bool {
	word := t[w.Lo:w.Hi]
	if len(word) < 2 || len(word) >= cutWord {
		return false
	}
	for _, c := range word {
		if !char.Letter(c) {
			return false
		}
	}
	if !Wordly(word) || inEncoding(t, w) {
		return false
	}
	return e == edgeRead || !(w.Lo > 0 && char.ByteClass[t[w.Lo-1]]&Escaping != 0 || char.At(t, w.Hi) == ';' || inTag(t, w.Lo))
}

// inEncoding tells whether a word is in a run of base64 that is as long as an encoding.
func inEncoding(t []byte, w finding.Stretch) bool {
	for w.Lo > 0 && credential.Base64Char(t[w.Lo-1]) && w.Hi-w.Lo < cutWord {
		w.Lo--
	}
	for w.Hi < len(t) && credential.Base64Char(t[w.Hi]) && w.Hi-w.Lo < cutWord {
		w.Hi++
	}
	return w.Hi-w.Lo >= cutWord
}

// inTag tells whether t[i] is inside a tag.
func inTag(t []byte, i int) bool {
	before := t[max(0, i-cue.LongestTag):i]
	open := bytes.LastIndexByte(before, '<')
	return open >= 0 && bytes.IndexByte(before[open:], '>') < 0 && tagName(before[open+1:])
}

// lastWord returns the last word that begins before t[i].
func lastWord(t []byte, i int) (word finding.Stretch) {
	for i > 0 && !CodeByte(t[i-1]) {
		i--
	}
	word.Hi = i
	for i > 0 && CodeByte(t[i-1]) {
		i--
	}
	word.Lo = i
	return word
}

// firstWord returns the first word from t[i] on.
func firstWord(t []byte, i int) (word finding.Stretch) {
	for i < len(t) && !CodeByte(t[i]) {
		i++
	}
	word.Lo = i
	for i < len(t) && CodeByte(t[i]) {
		i++
	}
	word.Hi = i
	return word
}

// documents looks at the readings of a long view that are a JSON document as a
// whole, however often it is encoded.
func (s *Scan) documents(v finding.View, depth int) {
	if depth == MaxDepth || !s.mayOpen(v) {
		return
	}
	s.decodings(v, func(out finding.View) {
		if !s.readings.seen(^s.readings.fingerprint(&out)>>1, depth) && s.Charge(&v, 0, len(v.Text), len(out.Text)) {
			s.docs.Document(out)
			s.docs.Events(out, depth+1)
			s.documents(out, depth+1)
		}
	})
}

// Limits of a document with other text before it.
const (
	openingWords  = 96       // bytes of what a sentence, a line of a log or a row of a table says of it
	openingKey    = 40       // bytes of its first key
	longestOpened = 16 << 10 // bytes of the text: a long answer in events; longer ones are programs that begin so
)

// opens tells whether a text begins as a document or an event with one does, and wordy whether
// it does so behind a few words.
func opens(t []byte) (first, wordy bool) {
	if len(t) == 0 {
		return false, false
	}
	if t[0] == '{' || t[0] == '[' || bytes.HasPrefix(t, []byte("data:")) {
		return true, false
	}
	head := t[:min(len(t), openingWords)]
	for _, start := range [...]string{"data: {", "data:{", `["`, `[{`, `[["`} {
		if bytes.Contains(head, []byte(start)) {
			return false, true
		}
	}
	i := bytes.Index(head, []byte(`{"`))
	if i < 0 {
		return false, false
	}
	key := t[i+len(`{"`):]
	key = key[:min(len(key), openingKey)]
	i = bytes.IndexByte(key, '"')
	return false, i >= 0 && bytes.HasPrefix(bytes.TrimLeft(key[i+1:], `" `), []byte(":"))
}

// mayOpen tells whether a view begins as a document or an event with one does, or with what decodes to
// such a beginning.
func (s *Scan) mayOpen(v finding.View) bool {
	mark := s.Used
	defer func() { s.Used = mark }()
	long := len(v.Text) > longestOpened
	v = v.Part(0, min(len(v.Text), minLong))
	for range MaxDepth {
		if first, wordy := opens(bytes.TrimSpace(v.Text)); first || wordy && !long {
			return true
		}
		v = s.Plainest(v)
	}
	return false
}

const (
	cutWord = 24 // a word this long may be encoded
)

// Wordly tells whether a word is none of an encoded text that goes on: it has
// digits alone, or letters alone that are all capitals, or all but the first small.
func Wordly(word []byte) bool {
	var digits, capitals, small int
	for i, c := range word {
		switch {
		case char.Digit(c):
			digits++
		case i > 0 && c >= 'A' && c <= 'Z':
			capitals++
		case i > 0 && c >= 'a' && c <= 'z':
			small++
		case !char.Letter(c) && c < 0x80:
			return false
		}
	}
	return digits == len(word) || digits == 0 && (capitals == 0 || small == 0 && char.Upper(word[0]) == word[0])
}

// CodeByte tells whether a byte may be one of a word that is encoded.
func CodeByte(c byte) bool { return char.Alnum(c) || c >= 0x80 || c == '_' }
