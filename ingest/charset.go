package ingest

import (
	"bytes"
	"io"
	"regexp"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const reasonNamed = "there is no character set of that name; names are such as windows-1250, iso-8859-2 and shift_jis"

const reasonCharset = "the file declares a character set that is not known, and is not UTF-8"

// charset is how a file's bytes become text.
type charset struct {
	name string
	enc  encoding.Encoding // nil is UTF-8
	skip int               // length of a UTF-8 byte order mark
}

// decode returns the text of r as UTF-8 without byte order mark.
func (c charset) decode(r io.Reader) io.Reader {
	if c.enc != nil {
		return transform.NewReader(r, c.enc.NewDecoder())
	}
	if c.skip > 0 {
		return &skipper{r, c.skip}
	}
	return r
}

// sample decodes the beginning of a file; the last character may be cut.
func (c charset) sample(head []byte) []byte {
	out, _ := io.ReadAll(c.decode(bytes.NewReader(head)))
	return out
}

type skipper struct {
	r io.Reader
	n int
}

func (s *skipper) Read(p []byte) (int, error) {
	if s.n > 0 {
		if _, err := io.CopyN(io.Discard, s.r, int64(s.n)); err != nil {
			return 0, err
		}
		s.n = 0
	}
	return s.r.Read(p)
}

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	// declared finds the character set in an XML declaration or OFX 1.x header.
	declared = regexp.MustCompile(`(?i)<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']|\bCHARSET:\s*([A-Za-z0-9._-]{2,40})`)
)

// detectCharset goes by, in this order: a byte order mark, the pattern of zero
// bytes that UTF-16 has, whether the whole file is UTF-8 (text in another set
// that happens to be is practically unknown, while files that declare
// Windows-1252 and are UTF-8 are common), what the file declares, and Windows-1252.
func detectCharset(head []byte, utf8 bool, fallback string) (charset, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) && utf8:
		return charset{name: "utf-8", skip: 3}, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return charset{name: "utf-16le", enc: utf16LE}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return charset{name: "utf-16be", enc: utf16BE}, nil
	}
	switch even, odd := zeros(head); {
	case odd > len(head)/5 && even == 0:
		return charset{name: "utf-16le", enc: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, nil
	case even > len(head)/5 && odd == 0:
		return charset{name: "utf-16be", enc: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}, nil
	}
	if utf8 {
		return charset{name: "utf-8"}, nil
	}
	return declaredCharset(head, fallback)
}

func declaredCharset(head []byte, fallback string) (charset, error) {
	windows := charset{name: "windows-1252", enc: charmap.Windows1252}
	if fallback != "" {
		var err error
		if windows, err = namedCharset(fallback, reasonNamed); err != nil {
			return windows, err
		}
	}
	m := declared.FindSubmatch(head)
	if m == nil {
		return windows, nil
	}
	label := string(append(m[1], m[2]...))
	switch label {
	case "1252", "NONE", "none", "UTF-8", "utf-8", "8859-1", "UNICODE":
		return windows, nil // an untrue declaration of UTF-8 is nearly always this
	}
	return namedCharset(label, reasonCharset)
}

// KnownCharset reports whether Options.Charset may have this name.
func KnownCharset(name string) bool {
	_, err := namedCharset(name, reasonNamed)
	return err == nil
}

func namedCharset(label, unknown string) (charset, error) {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return charset{}, &Error{Reason: unknown}
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		name = "other"
	}
	return charset{name: name, enc: enc}, nil
}

// zeros counts zero bytes at even and odd offsets.
func zeros(b []byte) (even, odd int) {
	for i, c := range b {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	return even, odd
}
