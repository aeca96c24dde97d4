package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Tags of XML and OFX name the field that they begin: <TRNAMT>-65.10<FITID>2026… are two
// numbers, where those of HTML only say how the one is shown.

// fieldTag tells whether a tag names an amount, a date, a time, a count or a reference that
// a bank gives, none of which is part of a longer number.
func fieldTag(tag []byte) bool {
	const longest = 32 // a name of one of these
	name := bytes.TrimLeft(tag[1:], "/")
	if k := bytes.IndexByte(name[:min(len(name), longest)], ':'); k >= 0 { // behind its namespace
		name = name[k+1:]
	}
	var low [longest]byte
	n := 0
	k := 0
	for ; k < len(name) && k < longest && (char.Letter(name[k]) || k > 0 && bytes.IndexByte([]byte("._-"), name[k]) >= 0); k++ {
		if char.Letter(name[k]) {
			low[n] = char.Lower(name[k])
			n++
		}
	}
	if n == 0 || k == longest || char.Digit(char.At(name, k)) {
		return false
	}
	switch string(low[:n]) {
	case "when", "year", "month", "day", "ts", "sum", "qty", "quantity",
		"dtposted", "dtuser", "dtavail", "dtasof", "dtstart", "dtend", "dtserver", "dtclient", "dtprofup", "dtacctup", "dtdue", "dtpmtdue", "dtopen", "dtclose", "dtexpire", // OFX 2.2
		"dtpriceasof", "dttrade", "dtsettle", "dtpurchase", "dtcoupon", "dtmat", "mktval", "units", "fees", "taxes", "commission", "currate", "errorcode", "statuscode", // of securities and answers
		"fitid", "checknum", "refnum", "sic", "srvrtid", "correctfitid", // what counts a booking
		"msgid", "acctsvcrref", "pmtinfid", "instrid", "endtoendid", "txid", "mndtid", "chqnb", "clrsysref", "ntryref", "acctownrtxid", "uetr", "btchid", "elctrncseqnb", "lglseqnb", "nbofntries", "nboftxs": // of ISO 20022
		return true
	}
	for _, end := range [...]string{"amount", "amt", "date", "time", "timestamp", "dt", "dttm", "total", "count", "price", "balance"} { // the short ones of ISO 20022
		if bytes.HasSuffix(low[:n], []byte(end)) {
			return !bytes.HasSuffix(low[:n], []byte("account"))
		}
	}
	return false
}
