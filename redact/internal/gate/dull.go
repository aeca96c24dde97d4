package gate

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/inflate"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// LooksAt tells whether decoded text could hold a finding or another encoding.
func LooksAt(t []byte) bool {
	p := profile.Of(t)
	if len(t) <= encoded.MinWord && !p.Word && !p.Broken && p.Idle(t) {
		return false
	}
	return p.Word || !p.Clean(profile.MinCued, len(t))
}

// Much of what makes a text worth a closer look means nothing once looked at:
// a time has a colon, a product's name changes case as base64 does, a word
// begins as a key might. What is dismissed here, no detector and no decoder
// would have made anything of: TestShortcuts and FuzzShortcuts compare.

// dismiss clears what a closer look at the text shows to mean nothing, also to
// known values.
func (r *Rules) dismiss(p *profile.Profile, t []byte) {
	if p.Flags&(char.IsExotic|char.IsBack|char.IsControl) != 0 {
		return
	}
	if p.Flags&char.IsEscape != 0 && !p.MayEscape(t) && bytes.Count(t, []byte("%")) < encoded.MinPieces && !p.MayAssign(t) { // with more, some are divided
		p.Flags &^= char.IsEscape
	}
	if (p.Key && !p.Abroad || p.Flags&char.IsColon != 0) && p.Flags&(char.IsAssign|char.IsEscape|char.IsAt) == 0 && !(p.Key && anyKey(t)) && !profile.AnySecretName(t) && !(p.Flags&(char.IsHigh|char.IsColon) != 0 && (len(t) > profile.Block || p.Planes.MaySecret(t, len(t))) && cue.AnyForeign(t)) && !(p.Flags&char.IsColon != 0 && bytes.Count(t, []byte(":")) >= credential.PgpassFields-1 && credential.PgpassAt(t) > 0) && !(p.Digits >= profile.LeastIBANDigits && anyPartFields(t)) && !(p.Flags&char.IsColon != 0 && bytes.Contains(t, credential.WirelessCode)) {
		p.Key = false
		p.Flags &^= char.IsColon
	}
	if p.Mixed && !p.Hex && dull(t, r.Known) {
		p.Mixed = false
	}
}

// anyKey tells whether keys would find the beginning of one.
func anyKey(t []byte) bool {
	for i := 0; i+encoded.MinWord <= len(t); i++ {
		if !credential.KeyBloom.Has(t[i:]) {
			continue
		}
		if bytes.HasPrefix(t[i:], []byte("eyJ")) {
			return true
		}
		for k := range credential.KeyForms[t[i]] {
			if bytes.HasPrefix(t[i:], []byte(credential.KeyForms[t[i]][k].Prefix)) {
				return true
			}
		}
	}
	return false
}

// longestDull bounds the words that are decoded to see that they mean nothing.
// Longer ones are seldom words.
const longestDull = 64

// dull tells whether the words of a text without hexadecimal runs that are
// long enough to be base64 decode to nothing that blobs would look at.
func dull(t []byte, known *known.Lookup) bool {
	for i := 0; i < len(t); i++ {
		if !credential.Base64Char(t[i]) {
			continue
		}
		j := i
		flags := uint16(0)
		for j < len(t) && credential.Base64Char(t[j]) {
			flags |= char.ByteClass[t[j]]
			j++
		}
		n := j - i
		if n >= encoded.MinBase64 || char.At(t, i-1) == '$' || char.At(t, j) == '~' {
			if _, end := credential.ShapedKey(t, i, j); end > 0 {
				return false
			}
		}
		if n >= encoded.MinBase64 {
			if n > longestDull || n >= 20 && j < len(t) && (t[j] == '\n' || t[j] == '\r' || t[j] == ' ' && bytes.IndexByte(t[j:min(len(t), j+4)], '\n') >= 0) {
				return false // it may go on in the next line
			}
			if (flags&char.IsUpper != 0 && flags&(char.IsLower|char.IsDigit) != 0 || n > encoded.MinHex && profile.Periodic(t[i:j], 1)) && !dullWord(t[i:j], known) {
				return false
			}
		}
		i = j
	}
	return true
}

// dullWord tells whether a word decodes, as in base64Run, to nothing that
// decoded would look at.
func dullWord(word []byte, known *known.Lookup) bool {
	var v [longestDull + 8]byte // six bits of each character
	for i, c := range word {
		v[i] = encoded.SixBits64[c]
	}
	n := len(word)
	if n < longestNarrow && !mayBePacked(&v, n) && !mayBeText(&v, n) {
		return true
	}
	var std [longestDull]byte
	for i := range word {
		std[i] = encoded.Alphabet64[v[i]]
	}
	var raw [longestDull]byte
	for a := range 4 {
		body := std[a:n]
		if len(body)%4 == 1 {
			body = body[:len(body)-1]
		}
		if len(body) < encoded.MinBase64 {
			break
		}
		size, _ := base64.RawStdEncoding.Decode(raw[:], body)
		if !dullBytes(raw[:size], known) {
			return false
		}
	}
	return true
}

// longestNarrow is the length from which a word may be UTF-16 of any use.
const longestNarrow = 16

// mayBePacked tells whether two bytes in a row that n characters of six bits decode to, at
// any alignment, may be the first ones of compressed data.
func mayBePacked(v *[longestDull + 8]byte, n int) bool {
	for i, c := range v[:min(n, 4+2*encoded.PackedReach)] {
		if packedMarks[c&63] && (packedFrom(v, max(0, i-1)) || packedFrom(v, i)) {
			return true
		}
	}
	return false
}

// packedMarks tells of each six bits whether they may be those of the first byte of gzip or
// zlib that one character alone decides: the first six, the last four or the last six.
var packedMarks = func() (t [64]bool) {
	for c := range t {
		for _, first := range [...]int{0x1F, 0x78} {
			t[c] = t[c] || c == first>>2 || c>>2 == first&15 || c == first&63
		}
	}
	return t
}()

// packedFrom is mayBePacked for the bytes that begin in the character v[i].
func packedFrom(v *[longestDull + 8]byte, i int) bool {
	w := uint32(v[i])<<18 | uint32(v[i+1])<<12 | uint32(v[i+2])<<6 | uint32(v[i+3])
	for shift := 8; shift >= 4; shift -= 2 {
		switch two := w >> shift & 0xFFFF; {
		case two == 0x1F8B || two == 0x789C || two>>8 == 0x78 && i < 4 && shift == 8 && two%31 == 0:
			return true
		}
	}
	return false
}

// dullBytes tells whether decoded would look at nothing.
func dullBytes(raw []byte, known *known.Lookup) bool {
	if encoded.PackedAt(raw) >= 0 || inflate.Begins(raw) || encoded.MayBeQuads(raw) {
		return false
	}
	if len(raw) >= 2*encoded.MinPlain {
		for n := range 4 {
			if encoded.WidePlausible(raw[n>>1:], n&1) {
				return false
			}
		}
	}
	for a := 0; a < len(raw); {
		b := encoded.TextEnd(raw, a)
		if b-a >= encoded.MinPlain && (LooksAt(raw[a:b]) || known.MayHide(raw[a:b]) || known != nil && BriefCode(raw[a:b])) {
			return false
		}
		a = b + 1
	}
	return true
}

// mayBeText tells whether six bytes in a row that n characters of six bits
// decode to, at any alignment, may be UTF-8. It
// looks at the highest bits of the bytes only: a byte that continues a
// character must follow one that is not ASCII, and one that leads must be
// followed by one that continues.
func mayBeText(v *[longestDull + 8]byte, n int) bool {
	var p [6]uint64 // bit k of every value
	for i := 0; i < n; i += 8 {
		w := binary.LittleEndian.Uint64(v[i:])
		for k := range p {
			p[k] |= profile.Gather(w<<(7-k)&(profile.EachByte*0x80)) << i
		}
	}
	in := uint64(1)<<(n-1) - 1 // a byte takes two characters
	// The first, second and third byte of a group that begins at a character:
	// whether it is there, and its two highest bits.
	in0, hi0, lead0 := in, p[5], p[4]
	in1, hi1, lead1 := in>>1, p[3]>>1, p[2]>>1
	in2, hi2, lead2 := in>>2, p[1]>>2, p[0]>>2
	next := func(hiA, leadA, hiB, leadB uint64) uint64 {
		continuesB := hiB &^ leadB
		return ^(hiA & leadA &^ continuesB) & ^(continuesB &^ hiA)
	}
	a, b, c := next(hi0, lead0, hi1, lead1), next(hi1, lead1, hi2, lead2), next(hi2, lead2, hi0>>4, lead0>>4)
	group := in0 & in1 & in2 & a & b
	whole := group & c
	// They begin with no byte that continues a character.
	return whole&(group>>4)&^(hi0&^lead0)|in1&in2&b&c&(whole>>4)&(in0>>8)&^(hi1&^lead1)|in2&c&(whole>>4)&((in0&in1&a)>>8)&^(hi2&^lead2) != 0
}
