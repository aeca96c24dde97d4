package redact

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// The keys of a document: walked, remembered, redacted.

// keySlots is how many different clean keys a walk remembers, so that the keys
// that every row repeats are examined once.
const keySlots = 64

// keySays is what a key says of its value.
type keySays struct {
	cue    cue.Set
	name   keyName   // whether the value is a secret
	coded  bool      // whether the key may be the beginning of an encoded text
	apart  bool      // whether it names a number that is no part of another
	slip   bool      // the same, unless it goes on
	goesOn bool      // whether its end may be a part of a number that goes on with the value
	heads  labelKind // whether the value may be the name of the next one
}

// sayOf reads a key.
func sayOf(key []byte) keySays {
	return keySays{cue.In(key), keyNameOf(key), codedName(key), structuredKey(key), slipKey(key), mayGoOn(key), labelKindOf(key)}
}

// keySeen is a key with nothing to redact: src[lo:hi], its closing quote
// included. The zero value is none.
type keySeen struct {
	lo, hi int
	in     *class // of the object, if its type declares the key
	field  *class // of the value then
	next   uint8  // where the key stands that came behind it the last time
	keySays
}

// seen returns where the key whose opening quote is src[i] ends, if it is
// spelled as one that was found clean, and the slot to remember it in. The one that came
// last behind the key before is looked at first: rows have their keys in one order. Two
// keys share a pair of slots, so that a third one must come to displace the older of them.
func (w *walker) seen(i int) (end int, slot *keySeen) {
	if len(w.src)-i < 4 {
		return 0, nil
	}
	before := &w.keys[w.key]
	if k := &w.keys[before.next]; k.hi > 0 {
		if end := w.same(k, i); end > 0 {
			w.key = before.next
			return end, k
		}
	}
	at := (w.src[i+1]*31 + w.src[i+2]*7 + w.src[i+3]) % keySlots &^ 1
	w.key, before.next = at, at
	k := &w.keys[at]
	if end := w.same(k, i); end > 0 {
		return end, k
	}
	other := &w.keys[at+1]
	if end := w.same(other, i); end > 0 {
		w.key, before.next = at+1, at+1
		return end, other
	}
	*other = *k
	return 0, k
}

// same returns where the key whose opening quote is src[i] ends, if it is this one; 0
// if not.
func (w *walker) same(k *keySeen, i int) (end int) {
	n := k.hi - k.lo
	if n > 0 && n < len(w.src)-i && bytes.Equal(w.src[k.lo:k.hi], w.src[i+1:i+1+n]) {
		return i + 1 + n
	}
	return 0
}

// member walks a key and its colon and returns the class of the value and
// where it starts.
func (s *scan) member(i, start, top int, c *class) (*class, int, error) {
	w := &s.walk
	if i >= len(w.src) || w.src[i] != '"' {
		return nil, i, bad(i)
	}
	var p profile.Profile
	var escaped bool
	end, slot := w.seen(i)
	clean := end > 0
	if !clean {
		var err error
		if end, escaped, err = w.scanString(i, &p); err != nil {
			return nil, i, err
		}
	}
	f := &w.frames[top]
	last := w.src[end-2]
	f.counts = f.counts || char.Digit(last) || last >= 0x80 || w.src[end-3] == '_' && char.Letter(last) || last <= 'Z' && char.Letter(last) && char.ByteClass[w.src[end-3]]&char.IsLower != 0
	if f.lo, f.hi, f.edit, f.asked = i+1, end-1, -1, clean; clean {
		f.keySays = slot.keySays
	} else {
		f.keySays = keySays{}
	}
	var field *class
	known := false
	if c != nil {
		var err error
		if field, known, err = w.field(c, slot, i+1, end, clean); err != nil {
			return nil, i, err
		}
	}
	switch {
	case known:
		f.name, f.coded = keyPlain, false
	case clean:
		w.named(slot.name, top)
	case escaped || !s.Rules.Quiet(&p, w.src[i+1:end-1]):
		s.key(i, end, escaped, start, top)
		w.frames[top].coded = !escaped && codedName(w.src[i+1:end-1])
		w.named(keyNameOf(w.unescape(i, end, escaped)), top)
	case slot != nil:
		*slot = keySeen{lo: i + 1, hi: end, keySays: sayOf(w.src[i+1 : end-1])}
		f.keySays, f.asked = slot.keySays, true
		w.named(slot.name, top)
	default:
		f.coded = codedName(w.src[i+1 : end-1])
		w.named(keyNameOf(w.src[i+1:end-1]), top)
	}
	if i = space(w.src, end); i >= len(w.src) || w.src[i] != ':' {
		return nil, i, bad(i)
	}
	return field, space(w.src, i+1), nil
}

// field is the class's, by what the slot remembers of a key that is spelled the
// same. src[lo:end] is the key, with its closing quote.
func (w *walker) field(c *class, slot *keySeen, lo, end int, seen bool) (field *class, known bool, err error) {
	if seen && slot.in != nil && slot.in == c {
		return slot.field, true, nil
	}
	field, known, err = c.field(w.src[lo : end-1])
	if known && slot != nil {
		*slot = keySeen{lo: lo, hi: end, in: c, field: field, keySays: sayOf(w.src[lo : end-1])}
	}
	return field, known, err
}

// key redacts the key src[i:end], quotes included.
func (s *scan) key(i, end int, escaped bool, start, top int) {
	w := &s.walk
	// The pointer of a key is that of its object: the key itself is the secret.
	saved := w.frames[top]
	w.frames = w.frames[:top]
	out, changed := s.Leaf(w.unescape(i, end, escaped))
	w.frames = append(w.frames, saved)
	if !changed {
		return
	}
	w.walkAgain() // it may say something else of its value now
	w.replaceKey(i, end, out, start, top)
}

// replaceKey puts text as a key where src[i:end] was, unlike all other redacted
// keys of the object.
func (w *walker) replaceKey(i, end int, text []byte, start, top int) {
	from := len(w.text)
	w.text = appendString(w.text, text)
	if n := w.made.again(start, w.text[from+1:len(w.text)-1]); n > 0 {
		w.text = append(append(w.text[:len(w.text)-1], '_'), ordinal(n)...)
		w.text = append(w.text, '"')
	}
	w.edits = append(w.edits, edit{i, end, from, len(w.text), start})
	w.frames[top].edit = len(w.edits) - 1
}

// ordinal is a number in capitals: B is 1, Z is 25, BA is 26.
func ordinal(n int) (out []byte) {
	for ; n > 0; n /= 26 {
		out = append(out, 'A'+byte(n%26))
	}
	slices.Reverse(out)
	return out
}

// keyCue returns what the keys around the current leaf say about it. A number under
// "value" may be an amount of what the key around it names.
func (w *walker) keyCue(number bool) cue.Set {
	array := false
	for i := len(w.frames) - 1; i >= 0; i-- {
		f := &w.frames[i]
		if f.index == 1 && i == len(w.frames)-1 {
			if found := cue.In(w.pairName()) & (cue.Account | cue.Sort | cue.Routing | cue.BSB | identityCues); found != 0 {
				return found
			}
		}
		if f.index >= 0 {
			array = true
			continue // an array: the key of the array counts
		}
		found := w.cueOf(f)
		if array && string(w.src[f.lo:f.hi]) == "sort" { // the values that a search was put in order by
			found &^= cue.Sort
		}
		if found&cue.Tax != 0 && w.retrieval(f) {
			found &^= cue.Tax
		}
		if key := w.src[f.lo:f.hi]; found == 0 && i > 0 {
			if partOfKey(key) || i < len(w.frames)-1 && (string(key) == "other" || string(key) == "Other") || !number && (f.name.role == holds || string(key) == "title") {
				continue
			}
			if string(key) == "buckets" || string(key) == "key" && i > 1 && w.frames[i-1].index >= 0 && string(w.src[w.frames[i-2].lo:w.frames[i-2].hi]) == "buckets" { // of Elasticsearch
				continue
			}
			if string(key) == "code" && w.frames[i-1].index < 0 { // {"sortCode": {"code": …}}
				return w.cueOf(&w.frames[i-1]) & (cue.Sort | cue.BSB | cue.Routing)
			}
		}
		return found
	}
	return 0
}

// retrieval tells whether a member is a retrieval reference number (ISO 8583, field 37), whose
// key is that of an identity number of Korea, which has a digit more: {"rrn": "327301191275"}.
func (w *walker) retrieval(f *frame) bool {
	const key, digits = "rrn", 12
	if !bytes.EqualFold(w.src[f.lo:f.hi], []byte(key)) {
		return false
	}
	value := bytes.TrimLeft(w.src[f.hi:min(len(w.src), f.hi+len(`" : "`)+digits+1)], `" :`)
	return char.Digits(value) == digits
}

// cueOf returns what the key of a container in which a member is walked says.
func (w *walker) cueOf(f *frame) cue.Set {
	if !f.asked {
		key := unescapedKey(w.src[f.lo-1 : f.hi+1])
		f.cue, f.apart, f.slip, f.goesOn, f.heads, f.asked = cue.In(key), structuredKey(key), slipKey(key), mayGoOn(key), labelKindOf(key), true
	}
	return f.cue
}

// unescapedKey returns what a key, with its quotes, stands for.
func unescapedKey(key []byte) []byte {
	if bytes.IndexByte(key, '\\') >= 0 {
		var text string
		if json.Unmarshal(key, &text) == nil {
			return []byte(text)
		}
	}
	return key[1 : len(key)-1]
}

// plural tells whether the key around the current leaf ends in an s.
func (w *walker) plural() bool {
	for i := len(w.frames) - 1; i >= 0; i-- {
		if f := &w.frames[i]; f.index < 0 {
			return f.hi > f.lo && char.Lower(w.src[f.hi-1]) == 's'
		}
	}
	return false
}
