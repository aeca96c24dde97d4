package redact

import (
	"bytes"
	"encoding/base64"
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
	if byteAt(t, i) != '=' || byteAt(t, i+1) != '?' {
		return w, false
	}
	k := i + 2
	for k < len(t) && k-i < longestCharset && (alnum(t[k]) || t[k] == '-' || t[k] == '_' || t[k] == '*') {
		k++
	}
	kind := lower(byteAt(t, k+1))
	if k == i+2 || byteAt(t, k) != '?' || kind != 'b' && kind != 'q' || byteAt(t, k+2) != '?' {
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
func (s *scan) worded(v *view) (view, bool) {
	if bytes.Count(v.t, []byte("?=")) < 2 {
		return view{}, false
	}
	out, from, last := view{}, 0, -1 // v.t[from:] is not copied yet; where the last word ended
	for i := 0; i < len(v.t); {
		k := bytes.Index(v.t[i:], []byte("=?"))
		if k < 0 {
			break
		}
		i += k
		w, ok := encodedWordAt(v.t, i)
		if !ok {
			i++
			continue
		}
		if out.t == nil {
			out = s.view(len(v.t))
		}
		if last < 0 || len(bytes.TrimSpace(v.t[last:i])) > 0 {
			out.copy(*v, from, i)
		}
		at := len(out.t)
		out.word(v, w)
		out.change(at)
		i, from, last = w.end, w.end, w.end
	}
	if out.t == nil {
		return out, false
	}
	out.copy(*v, from, len(v.t))
	return s.keep(out), true
}

// word appends what an encoded word spells.
func (v *view) word(of *view, w encodedWord) {
	if !w.base64 {
		for i := w.text; i < w.to; i++ {
			c, ok := hexByte(of.t, i+1)
			switch {
			case of.t[i] == '=' && ok && i+2 < w.to:
				v.push(c, of.from(i), of.to(i+2))
				i += 2
			case of.t[i] == '_':
				v.push(' ', of.from(i), of.to(i))
			default:
				v.push(of.t[i], of.from(i), of.to(i))
			}
		}
		return
	}
	body := bytes.TrimRight(of.t[w.text:w.to], "=")
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(body)))
	n, _ := base64.RawStdEncoding.Decode(raw, body)
	for k, c := range raw[:n] {
		first := w.text + k*8/6
		v.push(c, of.from(first), of.to(min(first+1, w.to-1)))
	}
}
