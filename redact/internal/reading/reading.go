package reading

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A view is read in several ways, and each reading again: that of the percent
// signs within that of quoted-printable, and the other way round. Most of these
// come to the same, and are examined once.

// Reading examines one reading of a view.
func (s *Scan) Reading(v *finding.View, out finding.View, depth int) {
	if s.readings.again(&out, depth+1, s.Coded) || !s.Charge(v, 0, len(v.Text), len(out.Text)) {
		return
	}
	s.derived(out, depth+1)
	s.docs.Document(out)
	s.docs.Events(out, depth+1)
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
func (r *readings) again(v *finding.View, depth int, coded bool) bool {
	if len(v.Text) < minAgain {
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
func (r *readings) fingerprint(v *finding.View) uint64 {
	r.hash.Reset()
	r.hash.Write(v.Text)
	var buf [512]byte
	at := binary.LittleEndian.AppendUint32(buf[:0], uint32(v.At))
	for i := range v.Lo {
		if i > 0 && v.Lo[i] == v.Lo[i-1]+1 && v.Hi[i] == v.Hi[i-1]+1 {
			continue // it goes on
		}
		at = binary.LittleEndian.AppendUint32(at, uint32(i))
		at = binary.LittleEndian.AppendUint32(at, uint32(v.Lo[i]))
		if at = binary.LittleEndian.AppendUint32(at, uint32(v.Hi[i])); len(at) > len(buf)-placeSize {
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
func (s *Scan) tooDeep(v *finding.View) {
	for i := 0; i < len(v.Text); i++ {
		if !credential.Base64Char(v.Text[i]) {
			continue
		}
		end := credential.WordEnd(v.Text, i)
		if end-i >= deepLength && !Original(v, i, end) {
			end, _, _ = encoded.WrappedRun(v.Text, i)
			s.opaque(v, i, end, "depth")
		}
		i = end
	}
}

// Original tells whether bytes i to j of a view stand so in the leaf.
func Original(v *finding.View, i, j int) bool {
	for k := i; k < j; k++ {
		if v.To(k) != v.From(k)+1 || k > i && v.From(k) != v.From(k-1)+1 {
			return false
		}
	}
	return true
}

// Plainest returns a view without escape sequences and markup, and folded.
func (s *Scan) Plainest(v finding.View) finding.View {
	flags := char.FlagsOf(v.Text)
	if flags&(char.IsEscape|char.IsBack) != 0 {
		if out, ok := s.unescaped(&v, `%&\`); ok {
			v = out
		}
	}
	if flags&char.IsAssign != 0 {
		if out, ok := s.unquoted(&v); ok {
			v = out
		}
	}
	if flags&char.IsLess != 0 {
		if out, ok := s.unmarked(&v, " "); ok {
			v = out
		}
	}
	if char.FlagsOf(v.Text)&(char.IsExotic|char.IsHigh) != 0 {
		v = s.Fold(v)
	}
	return v
}
