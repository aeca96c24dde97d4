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
	if len(t) == len("2026-01-05") && date.IsISO(t) || char.AllDigits(t) && date.IsCompact(t) || decimal(t) || detect.SpacedAmount(t, 0) == len(t) || char.Digit(t[0]) && detect.Address(t, 0) == len(t) {
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
		"created", "updated", "modified", "expires", "dt", "dur", "took", "used", "free", "uid", "pid", "tid", "gid", "revid", "parentid", "pageid", "rss", "mean", "median", "width", "height", "importance", "confidence", "probability", "mem", "rx", "tx":
		return true
	}
	for _, start := range structuredStarts {
		if bytes.HasPrefix(k, []byte(start)) {
			return true
		}
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

// slipKey tells whether a key names a number of a slip or of a trade, which is no part of
// another unless it is in groups or the next key goes on from it.
func slipKey(key []byte) bool {
	const longest = len("terminal")
	var low [longest]byte
	if len(key) > longest {
		return false
	}
	for i, c := range key {
		low[i] = char.Lower(c)
	}
	switch string(low[:len(key)]) {
	case "vat", "sku", "ean", "upc", "gtin", "stan", "rrn", "mid", "terminal", "batch", "sic", "checknum", "refnum", "store", "order", "invoice", "receipt":
		return true
	}
	return false
}

// structuredStarts and structuredEnds begin and end keys of such numbers, in small letters;
// structuredWords are words that end keys of which only a capital divides the words.
var (
	structuredStarts = [...]string{"amount_", "total_", "amountdue", "amountpaid", "totalamt"}
	structuredEnds   = [...]string{"_id", "_at", "_on", "date", "time", "timestamp", "amount", "count", "total", "code", "phone", "year", "price", "balance", "_no", "ref", referenceEnd, "reference_number", "referencenumber", "linenum", "minorunits", "unscaledvalue",
		"bytes", "size", "width", "height", "length", "duration", "seconds", "_ms", "_us", "_ns", "tokens", "packets", "port", "pages", "rows", "score", "version", "limit", "offset", "index", "views", "likes"}
	structuredWords = [...]string{"Id", "ID", "At", "On", "No", "Ms", "Ns"}
)

// referenceEnd ends the key of a reference, which somebody may go on with in a second one:
// {"reference": "4539 5787", "reference2": "6362 1486"}.
const referenceEnd = "reference"

// nextReach is how far behind a key the next one is looked for: as a reference is long.
const nextReach = 64

// referenceGoesOn tells whether a key ends as that of a reference, and its value is in groups,
// as a person writes a card, or the next key goes on from it.
func (w *walker) referenceGoesOn(f *frame) bool {
	key := w.src[f.lo:f.hi]
	if n := len(key) - len(referenceEnd); n < 0 || !bytes.EqualFold(key[n:], []byte(referenceEnd)) && !bytes.Contains(key, []byte(referenceEnd+"_n")) && !bytes.Contains(key, []byte(referenceEnd+"N")) {
		return false
	}
	return w.bareReference(f) || w.goesOnBehind(f)
}

// goesOnBehind tells whether the value of a key is in groups, as a person writes a card, or
// the next key goes on from it.
func (w *walker) goesOnBehind(f *frame) bool {
	key := w.src[f.lo:f.hi]
	behind := w.src[f.hi:min(len(w.src), f.hi+nextReach)]
	k := bytes.IndexAny(behind, ",}")
	if k < 0 {
		k = len(behind)
	}
	for i := 1; i < k-1; i++ {
		if (behind[i] == ' ' || behind[i] == '-') && char.Digit(behind[i-1]) && char.Digit(behind[i+1]) {
			return true
		}
	}
	if k == len(behind) || behind[k] == '}' {
		return false
	}
	next := bytes.TrimLeft(behind[k+1:], " \n\r\t\"")
	if k = bytes.IndexByte(next, '"'); k < 0 {
		return false
	}
	return goesOn(key, next[:k])
}

// bareReference tells whether the value of a key is digits alone, and there is nothing before
// it, or digits alone in the same object, that may be the first part of a number:
// {"memo": "45395787", "reference": "63621486"}, but not {"memo": "LIDL 6911560", "reference": "2903860"}.
func (w *walker) bareReference(f *frame) bool {
	i := f.hi + 1
	for i < len(w.src) && i-f.hi < len(`": "`)+1 && !char.Digit(w.src[i]) {
		i++
	}
	end := i + char.Digits(w.src[i:min(len(w.src), i+nextReach)])
	if end == i || end < len(w.src) && bytes.IndexByte([]byte("\",} \n"), w.src[end]) < 0 {
		return false
	}
	c := &w.chain
	if !c.open() {
		return true
	}
	last := &c.parts[len(c.parts)-1]
	if qualified(last.name(w.src)) && qualified(w.src[f.lo:f.hi]) && !goesOn(last.name(w.src), w.src[f.lo:f.hi]) {
		return false
	}
	return last.parent == w.container(1) && len(bytes.Trim(c.text[last.from:last.from+last.size], "0123456789 -./")) == 0
}

// qualified tells whether a key says whose reference it is: customer_reference, bankReference.
func qualified(key []byte) bool {
	n := len(key) - len(referenceEnd)
	return n > 1 && bytes.EqualFold(key[n:], []byte(referenceEnd)) && char.Letter(key[0])
}

// countsOf tells whether the key of an array says that its elements are counts: bucketCounts.
func countsOf(key []byte) bool {
	const end = "counts"
	n := len(key) - len(end)
	return n > 0 && bytes.EqualFold(key[n:], []byte(end)) && !bytes.HasSuffix(bytes.ToLower(key[:n]), []byte("ac")) // accounts
}

// sumOf tells whether a key only says that the number of the object around it follows:
// {"amount": {"value": 742682, "currency": "EUR"}}.
func (w *walker) sumOf(f, around *frame) bool {
	return around.index < 0 && string(w.src[f.lo:f.hi]) == "value" && structuredKey(w.src[around.lo:around.hi])
}

// fewestMeasures is how many members with decimals an object has at least of which the whole
// numbers are measures, too, and measuresReach how far they are looked for.
const (
	fewestMeasures = 3
	measuresReach  = 256
)

// measures tells whether two parts are whole numbers of an object that has several with
// decimals, as prices and figures have: {"o": 554.96, "h": 561.2, "l": 540.01, "v": 41058269, "n": 79919}.
func (c *chain) measures(src []byte, first, last int) bool {
	a, b := &c.parts[first], &c.parts[last]
	if !a.number || !b.number || a.parent != b.parent || a.parent < 0 || src[a.parent] != '{' {
		return false
	}
	n := 0
	from := max(a.parent, a.i-measuresReach)
	for i := from; i < min(len(src), b.end+measuresReach) && !(src[i] == '}' && i > b.end); i++ {
		if src[i] == '.' && char.Digit(src[i-1]) && char.Digit(char.At(src, i+1)) {
			k := i
			for k > from && char.Digit(src[k-1]) {
				k--
			}
			if k = len(bytes.TrimRight(src[:k], "- ")); k > 0 && src[k-1] == ':' {
				n++
			}
		}
	}
	return n >= fewestMeasures
}

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
