package reading

import (
	"bytes"
	"encoding/base64"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// The header of a mail is written in encoded words (RFC 2047): =?utf-8?Q?4111=20?= and
// =?utf-8?B?NDExMQ==?=. Spaces and line breaks between two of them are nothing, so that
// they may divide what they spell anywhere.

// longestEncodedWord bounds an encoded word, in bytes. The RFC allows 75; programs write longer
// ones.
const longestEncodedWord = 1 << 10

// encodedWord is one of them: the bytes from text to to of a view, in base64 or in
// quoted-printable, and where the word ends.
type encodedWord struct {
	text, to, end int
	base64        bool
}

// encodedWordAt reads the one that t[i:] begins.
func encodedWordAt(t []byte, i int) (w encodedWord, ok bool) {
	const longestCharset = 40
	if char.At(t, i) != '=' || char.At(t, i+1) != '?' {
		return w, false
	}
	k := i + 2
	for k < len(t) && k-i < longestCharset && (char.Alnum(t[k]) || t[k] == '-' || t[k] == '_' || t[k] == '*') {
		k++
	}
	kind := char.Lower(char.At(t, k+1))
	if k == i+2 || char.At(t, k) != '?' || kind != 'b' && kind != 'q' || char.At(t, k+2) != '?' {
		return w, false
	}
	k += len("?Q?")
	end := bytes.Index(t[k:min(len(t), k+longestEncodedWord)], []byte("?="))
	if end < 0 {
		return w, false
	}
	return encodedWord{text: k, to: k + end, end: k + end + 2, base64: kind == 'b'}, true
}

// worded decodes the encoded words of a view of which another one follows, or goes
// before.
func (s *Scan) worded(v *finding.View) (finding.View, bool) {
	if bytes.Count(v.Text, []byte("?=")) < 2 {
		return finding.View{}, false
	}
	out, from, last := finding.View{}, 0, -1 // v.t[from:] is not copied yet; where the last word ended
	for i := 0; i < len(v.Text); {
		k := bytes.Index(v.Text[i:], []byte("=?"))
		if k < 0 {
			break
		}
		i += k
		w, ok := encodedWordAt(v.Text, i)
		if !ok {
			i++
			continue
		}
		if out.Text == nil {
			out = s.View(len(v.Text))
		}
		if last < 0 || len(bytes.TrimSpace(v.Text[last:i])) > 0 {
			out.Copy(*v, from, i)
		}
		at := len(out.Text)
		spell(&out, v, w)
		out.Change(at)
		i, from, last = w.end, w.end, w.end
	}
	if out.Text == nil {
		return out, false
	}
	out.Copy(*v, from, len(v.Text))
	return s.Keep(out), true
}

// spell appends what an encoded word spells.
func spell(v, of *finding.View, w encodedWord) {
	if !w.base64 {
		for i := w.text; i < w.to; i++ {
			c, ok := char.HexByte(of.Text, i+1)
			switch {
			case of.Text[i] == '=' && ok && i+2 < w.to:
				v.Push(c, of.From(i), of.To(i+2))
				i += 2
			case of.Text[i] == '_':
				v.Push(' ', of.From(i), of.To(i))
			default:
				v.Push(of.Text[i], of.From(i), of.To(i))
			}
		}
		return
	}
	body := bytes.TrimRight(of.Text[w.text:w.to], "=")
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(body)))
	n, _ := base64.RawStdEncoding.Decode(raw, body)
	for k, c := range raw[:n] {
		first := w.text + k*8/6
		v.Push(c, of.From(first), of.To(min(first+1, w.to-1)))
	}
}
