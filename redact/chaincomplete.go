package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
)

// What is no part of a number that is divided over leaves: a text that is complete in
// itself, and the value of a key that names something else.

// settled tells whether a text is complete in itself: a date, a time, an
// amount, a negative or a fractional number. q is room to work in.
func settled(q *detect.Sequence, t []byte, number bool) bool {
	if number {
		return t[0] == '-' || bytes.IndexByte(t, '.') >= 0 || bytes.IndexByte(t, 'e') >= 0 || bytes.IndexByte(t, 'E') >= 0
	}
	if len(t) < 4 || len(t) > 32 {
		return false
	}
	if len(t) == len("2026-01-05") && date.IsISO(t) || decimal(t) || char.Digit(t[0]) && detect.Address(t, 0) == len(t) {
		return true
	}
	if t[0] == '-' && len(t) <= len("-999") && char.Digit(t[len(t)-1]) {
		return true
	}
	i := 0
	for i < len(t) && !char.Alnum(t[i]) {
		i++
	}
	if i == len(t) || !char.Digit(t[i]) || q.Read(t, i) != len(t) && len(t) < len("2026-01-05T12:30:45") {
		return false
	}
	q.Atoms()
	return q.G[0].Atom != 0 && q.G[len(q.G)-1].Atom != 0
}

// structuredKey tells whether a key names a number of a kind that is never
// part of an account or a card.
func structuredKey(key []byte) bool {
	var low [32]byte
	if len(key) == 0 || len(key) > len(low) {
		return false
	}
	for i, c := range key {
		low[i] = char.Lower(c)
	}
	k := low[:len(key)]
	switch string(k) {
	case "id", "mcc", "zip", "year", "month", "day", "count", "total", "minor", "qty", "quantity", "page", "size", "limit", "offset", "index",
		"version", "port", "age", "lat", "lon", "lng", "latitude", "longitude", "amount", "balance", "price", "sum", "seat", "flight", "gate", "room", "row", "avg", "min", "max", "date", "time", "timestamp", "ts",
		"created", "updated", "modified", "expires", "dt", "dur", "took", "used", "free", "uid", "pid", "tid", "gid", "revid", "parentid", "pageid", "rss", "mean", "median", "width", "height", "importance", "confidence", "probability":
		return true
	}
	for _, end := range structuredEnds {
		if bytes.HasSuffix(k, []byte(end)) {
			return true
		}
	}
	for _, end := range structuredWords { // createdAt, userId
		if n := len(key) - len(end); n > 0 && string(key[n:]) == end && char.ByteClass[key[n-1]]&char.IsLower != 0 {
			return true
		}
	}
	return false
}

// structuredEnds end keys of such numbers, in small letters; structuredWords are words
// that do so in keys of which only a capital divides the words.
var (
	structuredEnds = [...]string{"_id", "_at", "_on", "date", "time", "timestamp", "amount", "count", "total", "code", "phone", "year", "price", "balance", "_no", "ref",
		"bytes", "size", "width", "height", "length", "duration", "seconds", "_ms", "_us", "_ns", "tokens", "packets", "port", "pages", "rows", "score", "version", "limit", "offset", "index", "views", "likes"}
	structuredWords = [...]string{"Id", "ID", "At", "On", "No", "Ms", "Ns"}
)

// decimal tells whether a text is one number with so many decimals.
func decimal(t []byte) bool {
	k := bytes.IndexByte(t, '.')
	return k > 0 && len(t)-k > detect.LeastDecimals && char.AllDigits(bytes.TrimPrefix(t[:k], []byte("-"))) && char.AllDigits(t[k+1:])
}

// digestEnds tells whether a text begins, or ends, with a digest in hexadecimal or a UUID,
// whose digits go on with no others.
func digestEnds(t []byte) (first, last bool) {
	word := func(c byte) bool { return char.Alnum(c) || c == '-' }
	i, j := 0, len(t)
	for i < len(t) && word(t[i]) {
		i++
	}
	for j > 0 && word(t[j-1]) {
		j--
	}
	return detect.DigestWord(t[:i]), detect.DigestWord(t[j:])
}
