package redact

import "bytes"

// Tags of XML and OFX name the field that they begin: <TRNAMT>-65.10<FITID>2026… are two
// numbers, where those of HTML only say how the one is shown.

// fieldTag tells whether a tag names an amount, a date, a time or a count, none of which
// is part of a longer number.
func fieldTag(tag []byte) bool {
	const longest = 32 // a name of one of these
	name := bytes.TrimLeft(tag[1:], "/")
	if k := bytes.IndexByte(name[:min(len(name), longest)], ':'); k >= 0 { // behind its namespace
		name = name[k+1:]
	}
	var low [longest]byte
	n := 0
	for n < len(name) && n < longest && letter(name[n]) {
		low[n] = lower(name[n])
		n++
	}
	if n == 0 || n == longest || digit(byteAt(name, n)) {
		return false
	}
	switch string(low[:n]) {
	case "when", "year", "month", "day", "ts", "sum", "qty", "quantity",
		"dtposted", "dtuser", "dtavail", "dtasof", "dtstart", "dtend", "dtserver": // OFX 2.2
		return true
	}
	for _, end := range [...]string{"amount", "amt", "date", "time", "timestamp", "dt", "dttm", "total", "count", "price", "balance"} { // the short ones of ISO 20022
		if bytes.HasSuffix(low[:n], []byte(end)) {
			return true
		}
	}
	return false
}
