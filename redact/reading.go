package redact

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
)

// A view is read in several ways, and each reading again: that of the percent
// signs within that of quoted-printable, and the other way round. Most of these
// come to the same, and are examined once.

// reading examines one reading of a view.
func (s *scan) reading(v *view, out view, depth int) {
	if s.readings.again(&out, depth+1, s.coded) || !s.charge(v, 0, len(v.t), len(out.t)) {
		return
	}
	s.derived(out, depth+1)
	s.document(&out)
	s.events(&out, depth+1)
}

// document examines a reading that is a JSON document as such: a number may be
// divided over it. Of what is found so, all of it is redacted.
func (s *scan) document(v *view) {
	body := bytes.TrimSpace(v.t)
	if n := len(body); n == 0 || body[0] != '{' && body[0] != '[' || s.depth >= maxDepth || !s.charge(v, 0, len(v.t), n) || !json.Valid(body) {
		s.embedded(v)
		return
	}
	inner := s.r.scan()
	defer s.r.release(inner)
	inner.depth = s.depth + 1
	inner.walk.naming = true
	_, err := inner.json(nil, body, nil)
	from := bytes.IndexByte(v.t, body[0])
	for _, n := range inner.walk.noted {
		s.add(v, from+n.at.lo, from+n.at.hi, span{entity: n.entity, layer: LayerDetector, rule: "named", canon: canonical(n.entity, string(body[n.at.lo:n.at.hi]))})
	}
	if err != nil || !inner.across || len(inner.found) == 0 {
		return
	}
	f := inner.found[len(inner.found)-1]
	s.add(v, 0, len(v.t), span{entity: f.Entity, layer: f.Layer, rule: f.Rule, canon: string(body)})
}

// readings are those of one leaf that were examined.
type readings struct {
	depths map[uint64]int // at how few levels, by fingerprint
	hash   maphash.Hash   // under a key of its own
}

// minAgain is the shortest reading, in bytes, that is kept in mind: to examine a
// shorter one again costs less.
const minAgain = 32

// again tells whether the same text, from the same places, was examined with as
// many levels to go, and keeps this one in mind. What comes out of an encoding is
// read in another way.
func (r *readings) again(v *view, depth int, coded bool) bool {
	if len(v.t) < minAgain {
		return false
	}
	key := r.fingerprint(v)
	if coded {
		key = ^key
	}
	return r.seen(key, depth)
}

// seen tells the same of a fingerprint.
func (r *readings) seen(key uint64, depth int) bool {
	if before, have := r.depths[key]; have && before <= depth {
		return true
	}
	if r.depths == nil {
		r.depths = map[uint64]int{}
	}
	r.depths[key] = depth
	return false
}

// placeSize is how many bytes of a fingerprint tell where one byte came from.
const placeSize = 3 * 4

// fingerprint is that of a text and of where each of its bytes came from.
func (r *readings) fingerprint(v *view) uint64 {
	r.hash.Reset()
	r.hash.Write(v.t)
	var buf [512]byte
	at := binary.LittleEndian.AppendUint32(buf[:0], uint32(v.at))
	for i := range v.lo {
		if i > 0 && v.lo[i] == v.lo[i-1]+1 && v.hi[i] == v.hi[i-1]+1 {
			continue // it goes on
		}
		at = binary.LittleEndian.AppendUint32(at, uint32(i))
		at = binary.LittleEndian.AppendUint32(at, uint32(v.lo[i]))
		if at = binary.LittleEndian.AppendUint32(at, uint32(v.hi[i])); len(at) > len(buf)-placeSize {
			r.hash.Write(at)
			at = buf[:0]
		}
	}
	r.hash.Write(at)
	return r.hash.Sum64()
}

// maxKeptReadings bounds the room that is kept for the next leaf.
const maxKeptReadings = 1024

// forget begins another leaf.
func (r *readings) forget() {
	if len(r.depths) > maxKeptReadings {
		r.depths = nil
	}
	clear(r.depths)
}

// tooDeep notes the long words of a view at the last level, and the lines that go
// on with them: they may be encoded once more. A word that stands so in the leaf was
// decoded there.
func (s *scan) tooDeep(v *view) {
	for i := 0; i < len(v.t); i++ {
		if !base64Char(v.t[i]) {
			continue
		}
		end := wordEnd(v.t, i)
		if end-i >= deepLength && !v.original(i, end) {
			end, _, _ = wrappedRun(v.t, i)
			s.opaque(v, i, end, "depth")
		}
		i = end
	}
}

// original tells whether bytes i to j of a view stand so in the leaf.
func (v *view) original(i, j int) bool {
	for k := i; k < j; k++ {
		if v.to(k) != v.from(k)+1 || k > i && v.from(k) != v.from(k-1)+1 {
			return false
		}
	}
	return true
}
