package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// What servers and programs print: lists of files, metrics, logs, objects of git.

// listing tells whether a finding is taken from the numbers of an owner, a group and a size in a
// list of files: -rw-r--r-- 1 2558 7218 49600260 Mar 29  2023.
func listing(t []byte, lo, hi int) bool {
	const mode, longest, most = len("-rw-r--r-- "), 64, 3 // characters before the finding; spaces in it
	if n := bytes.Count(t[lo:hi], []byte(" ")); n == 0 || n > most {
		return false
	}
	line := t[lo-len(char.LineBefore(t, lo, longest)) : hi]
	if len(line) < mode || line[mode-1] != ' ' {
		return false
	}
	for _, c := range line[:mode-1] {
		if bytes.IndexByte([]byte("-rwxdlsStTbcp"), c) < 0 {
			return false
		}
	}
	_, b := runAround(t, hi-1)
	return month(t[min(len(t), b+1):]) > 0
}

// linked tells whether a finding lies in what Google Analytics adds to a link:
// _ga=2.238445485.2364866077.1701810823-8044548062.
func linked(t []byte, lo, hi int) bool {
	const name, longest = "_ga=", 48
	from := max(0, lo-longest)
	k := bytes.LastIndex(t[from:hi], []byte(name))
	if k < 0 || !bytes.ContainsAny(t[lo:hi], ".-") {
		return false
	}
	const least, most = 6, 10 // digits of a part, but for the version
	at := from + k + len(name)
	for part, mark := range []byte("...-") {
		n := char.Digits(t[at:min(len(t), at+most+1)])
		if part == 0 && n != 1 || part > 0 && (n < least || n > most) || char.At(t, at+n) != mark {
			return false
		}
		at += n + 1
	}
	return char.Digits(t[at:min(len(t), at+most+1)]) >= least
}

// longestPath is the most bytes of the path of a request that is looked at.
const longestPath = 128

// responded tells whether group i is the status of a response (RFC 9110, 15) behind the path
// of its request, and the next one a size or a time in it: GET /v1/accounts 200 8014B in 65ms.
func (q *Sequence) responded(t []byte, i int) bool {
	const first, last, digits = 100, 599, 3
	if i+1 >= len(q.G) || q.G[i].size() != digits || q.G[i+1].sep != ' ' {
		return false
	}
	if status := q.value(q.G[i]); status < first || status > last {
		return false
	}
	at := int(q.at[q.G[i].from])
	path := bytes.TrimRight(t[max(0, at-longestPath):at], " \"")
	path = path[bytes.LastIndexAny(path, " \n\"")+1:]
	return char.At(t, at-1) == ' ' && (char.At(path, 0) == '/' && char.Letter(char.At(path, 1)) || bytes.Contains(path, []byte("://")))
}

// fileMode tells whether a finding is the mode of a file behind two objects of git, which ends
// in letters that stand for an account: index 414a1ea..8707acc 100644.
func fileMode(t []byte, lo, hi int) bool {
	return betweenObjects(t, lo, hi) || hi-lo == len("100644") && lo > 0 && t[lo-1] == ' ' && betweenObjects(t, lo-2, lo-1)
}

// stamped tells whether a finding goes into the milliseconds since 1970 that end the line of a
// metric of Prometheus behind its value: …{le="2.5"} 5279 1657495817510.
func stamped(t []byte, lo, hi int) bool {
	space := bytes.LastIndexByte(t[lo:hi], ' ')
	if space < 0 {
		return false
	}
	at := lo + space + 1
	n := char.Digits(t[at:min(len(t), at+date.MilliDigits+1)])
	if n != date.MilliDigits || !date.SinceEpoch(t[at:at+n]) || at+n < len(t) && t[at+n] != '\n' {
		return false
	}
	i := at - 1
	for i > 0 && at-i < fieldReach && t[i-1] != ' ' {
		i--
	}
	return i > 1 && t[i-1] == ' ' && t[i-2] == '}'
}

// collected tells whether a finding is made of what a collector of garbage says of a heap
// before and behind: 6636M->867M(2555M) 41.60ms.
func collected(t []byte, lo, hi int) bool {
	k := bytes.Index(t[lo:hi], []byte("->"))
	if k < 1 {
		return false
	}
	k += lo
	unit := t[k-1]
	i := k + len("->")
	n := char.Digits(t[i:min(len(t), i+fieldReach)])
	return bytes.IndexByte([]byte("BKMG"), unit) >= 0 && char.Digit(char.At(t, k-2)) && n > 0 && char.At(t, i+n) == unit && char.At(t, i+n+1) == '('
}

// proxied tells whether a finding that is not printed as a card is taken from the line of
// HAProxy: times, status, bytes and, behind the flags of the session, connections:
// 7/4/8/458/746 200 93301 - - ---- 314/819/5/9/0 0/0.
func proxied(t []byte, lo, hi int) bool {
	const flags, reach = " - - ---- ", 48 // characters of the numbers before and behind the flags
	return bytes.IndexByte(t[lo:hi], '/') >= 0 && !inFours(t[lo:hi]) && bytes.Contains(t[max(0, lo-reach):min(len(t), hi+reach)], []byte(flags))
}

// decimals tells whether a finding that is no card is a number below one with its decimals:
// 0.72991505439067450.
func decimals(t []byte, lo, hi int) bool {
	const zero = "0."
	return bytes.HasPrefix(t[lo:hi], []byte(zero)) && char.AllDigits(t[lo+len(zero):hi]) && !char.Alnum(char.At(t, lo-1)) && !char.Alnum(char.At(t, hi))
}

// betweenObjects tells whether a finding lies at two abbreviated names of objects of git, with
// two points between: index ac571620d..788e7511d.
func betweenObjects(t []byte, lo, hi int) bool {
	const between, most = "..", 40 // digits of such a name
	a, b := wordAround(t, lo)
	if n := b - a; n < leastHexWord || n > most || !hexCased(t[a:b]) {
		if a, b = wordAround(t, hi-1); b-a < leastHexWord || b-a > most || !hexCased(t[a:b]) {
			return false
		}
	}
	n := b - a
	if !edged(char.At(t, a-1)) && char.At(t, a-1) != '.' || !edged(char.At(t, b)) && char.At(t, b) != '.' {
		return false
	}
	if from := a - len(between); from >= n && string(t[from:a]) == between {
		return hexCased(t[from-n:from]) && edged(char.At(t, from-n-1))
	}
	to := b + len(between)
	return to+n <= len(t) && string(t[b:to]) == between && hexCased(t[to:to+n]) && edged(char.At(t, to+n))
}

// edged tells whether a character stands beside such a pair: none, a space, a quote, a bracket.
func edged(c byte) bool { return bytes.IndexByte([]byte(" \t\n\r\"'`()[]\x00"), c) >= 0 }

// wordAndGap tells whether the letters of what has the form of an IBAN end a word, and before
// its check digits stand two marks or more that are not those of its groups, as between the
// fields of a row and the columns of a statement: "VISA","1557","KROGER 25028 LISBOA","$3".
func wordAndGap(t []byte, lo, hi int) bool {
	const letters, most = len("SA"), 32 // marks, and spaces
	if hi-lo < letters || !char.Letter(char.At(t, lo-1)) || !char.Letter(char.At(t, lo-2)) || !char.Letter(t[lo]) || !char.Letter(t[lo+1]) {
		return false
	}
	i := lo + letters
	for i < hi && i-lo < most && t[i] < 0x80 && !char.Alnum(t[i]) {
		i++
	}
	gap := t[lo+letters : i]
	return len(gap) > 1 && bytes.IndexByte([]byte(`" ,;-$`), gap[len(gap)-1]) >= 0 && (bytes.IndexByte(gap, '"') >= 0 || bytes.Count(t[lo:hi], gap) == 1)
}

// Padded tells whether a web token was made of base64 without a point in it: a sign ends it, and
// begins with what is behind it an escape sequence of no text: eyJkIjoi…M30=c6579ae5-cc90.
func Padded(t []byte) bool {
	const part = 8 // characters of the part behind the point
	k := bytes.IndexByte(t, '=')
	if k < 0 || !bytes.HasPrefix(t, []byte("eyJ")) || len(t)-k < part {
		return false
	}
	for i, c := range t {
		if !char.Alnum(c) && c != '-' && c != '_' && i != k && !(c == '=' && i == k+1) {
			return false
		}
	}
	if t[k+1] == '=' {
		k++
	}
	if rest := t[k+1:]; len(rest) >= uuidSize && DigestWord(rest[:uuidSize]) {
		return true
	}
	high, ok := char.HexByte(t, k+1)
	return ok && high >= 0x80
}
