package redact

import "bytes"

// What is no part of a number that is divided over leaves: a text that is complete in
// itself, and the value of a key that names something else.

// settled tells whether a text is complete in itself: a date, a time, an
// amount, a negative or a fractional number. q is room to work in.
func settled(q *sequence, t []byte, number bool) bool {
	if number {
		return t[0] == '-' || bytes.IndexByte(t, '.') >= 0 || bytes.IndexByte(t, 'e') >= 0 || bytes.IndexByte(t, 'E') >= 0
	}
	if len(t) < 4 || len(t) > 32 {
		return false
	}
	if t[0] == '-' && len(t) <= len("-999") && digit(t[len(t)-1]) {
		return true
	}
	i := 0
	for i < len(t) && !alnum(t[i]) {
		i++
	}
	if i == len(t) || !digit(t[i]) || q.read(t, i) != len(t) && len(t) < len("2026-01-05T12:30:45") {
		return false
	}
	q.atoms()
	return q.g[0].atom != 0 && q.g[len(q.g)-1].atom != 0
}

// structuredKey tells whether a key names a number of a kind that is never
// part of an account or a card.
func structuredKey(key []byte) bool {
	var low [32]byte
	if len(key) == 0 || len(key) > len(low) {
		return false
	}
	for i, c := range key {
		low[i] = lower(c)
	}
	k := low[:len(key)]
	switch string(k) {
	case "id", "mcc", "zip", "year", "month", "day", "count", "total", "minor", "qty", "quantity", "page", "size", "limit", "offset", "index",
		"version", "port", "age", "lat", "lon", "lng", "latitude", "longitude", "amount", "balance", "price", "sum", "seat", "flight", "gate", "room", "row", "avg", "min", "max", "date", "time", "timestamp", "ts":
		return true
	}
	for _, end := range [...]string{"_id", "_at", "_on", "date", "time", "amount", "count", "total", "code", "phone", "year", "price", "balance", "_no", "ref"} {
		if bytes.HasSuffix(k, []byte(end)) {
			return true
		}
	}
	return false
}
