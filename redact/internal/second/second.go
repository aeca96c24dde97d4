// Package second is a scan that stands at the borders to models and Notion, behind the
// redactor: belt and braces. It shares no code with the detectors, nor with the tables and
// the checks of other packages, and looks only for what is beyond doubt, so that whatever
// it finds means that the redactor failed.
package second

import (
	"encoding/base64"
	"html"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	ibanForm = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b`)
	secret   = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\b(?:ntn_|secret_)[0-9A-Za-z]{40,}\b|` +
		`\bgh[pousr]_[0-9A-Za-z]{36}\b|\bsk_live_[0-9A-Za-z]{20,}\b|\baccess-(?:sandbox|development|production)-[0-9a-f]{8}-|` +
		`\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.`)
	escape = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}`)
)

// Scan says what is looked for. One of it may be used by many at once.
type Scan struct {
	Secrets, IBANs, Cards bool

	// Known tells whether a number, of 13 digits or more, is a known value as a whole. It
	// may be nil.
	Known func(digits []byte) bool
}

// Finds tells whether anything is in a text, as it stands or behind what decodes it: base64,
// and escapes twice.
func (s *Scan) Finds(text string) bool {
	plain := fold(text)
	if s.finds(plain) || s.finds(decoded(plain)) {
		return true
	}
	for range levels {
		opened := open(plain)
		if opened == plain {
			return false
		}
		if plain = fold(opened); s.finds(plain) {
			return true
		}
	}
	return false
}

// levels is how often escapes are decoded: a text that is written as JSON
// has those of JSON around its own (an ampersand is \u0026 there).
const levels = 2

// decoded returns what the base64 in a text says, a line for each blob.
func decoded(t string) string {
	var lines, raw []byte
	for blob := range blobs(t) {
		var err error
		if raw, err = base64.RawStdEncoding.AppendDecode(raw[:0], []byte(blob)); err != nil {
			continue
		}
		if utf8.Valid(raw) { // what is no text at all, as most are, is not folded
			raw = append(raw[:0], fold(string(raw))...)
		}
		lines = append(append(lines, raw...), '\n')
	}
	return string(lines)
}

// finds looks for what is beyond doubt in one text.
func (s *Scan) finds(t string) bool {
	if s.Secrets && maySecret(t) && secret.MatchString(t) {
		return true
	}
	return s.IBANs && hasIBAN(t) || s.hasNumber(t)
}

func hasIBAN(t string) bool {
	for i := 0; i+shortest <= len(t); i++ {
		if !digit(t[i+3]) {
			i++ // nor can it be the third character of one that begins at the next
			continue
		}
		if !upper(t[i]) || !upper(t[i+1]) || !digit(t[i+2]) || i > 0 && wordy(t[i-1]) {
			continue
		}
		if m := ibanForm.FindString(t[i:]); m != "" && isIBAN(strings.ReplaceAll(m, " ", "")) {
			return true
		}
	}
	return false
}

// shortest is the length of the shortest IBAN, Norway's.
const shortest = 15

// hasNumber looks at each run of digits with at most one separator between
// two of them, and nothing glued to it. Of two neighbouring bytes of a run one is
// a digit, so that only every twelfth pair has to be looked at to find those that
// are long enough.
func (s *Scan) hasNumber(t string) bool {
	const stride = fewest - 1
	for i := stride - 1; i < len(t); i += stride {
		at := i
		if !digit(t[at]) {
			if at++; at == len(t) || !digit(t[at]) {
				continue
			}
		}
		start, end, n := at, at+1, 1
		for step := backwards(t, start); step > 0; step = backwards(t, start) {
			start, n = start-step, n+1
		}
		for step := forwards(t, end); step > 0; step = forwards(t, end) {
			end, n = end+step, n+1
		}
		i = end - 1
		if n < fewest || start > 0 && wordy(t[start-1]) || end < len(t) && wordy(t[end]) {
			continue
		}
		if s.number(t[start:end]) {
			return true
		}
	}
	return false
}

// forwards returns how many bytes the next digit of a run takes, with the
// separator before it; 0 if the run ends.
func forwards(t string, at int) int {
	switch {
	case at < len(t) && digit(t[at]):
		return 1
	case at+1 < len(t) && digit(t[at+1]) && mark(t[at]):
		return 2
	}
	return 0
}

// backwards is forwards in the other direction.
func backwards(t string, at int) int {
	switch {
	case at > 0 && digit(t[at-1]):
		return 1
	case at > 1 && digit(t[at-2]) && mark(t[at-1]):
		return 2
	}
	return 0
}

func mark(c byte) bool { return strings.IndexByte(" -./|_", c) >= 0 }

// fewest is the length of the shortest run that is looked at, in digits.
const fewest = 13

// maySecret tells whether a text has what each secret must have, by the
// rarest byte of it: the pattern is slow.
func maySecret(t string) bool {
	return strings.Contains(t, "AKIA") || strings.Contains(t, "eyJ") ||
		endsAt(t, '_', "nthpousre", "ntn_", "secret_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_") ||
		endsAt(t, '-', "s-", "access-", "-----")
}

// endsAt tells whether one of the marks, which all end with c, is in t.
// before are the bytes that stand before c in them.
func endsAt(t string, c byte, before string, marks ...string) bool {
	for at := 0; ; {
		n := strings.IndexByte(t[at:], c)
		if n < 0 {
			return false
		}
		at += n + 1
		if at < 2 || strings.IndexByte(before, t[at-2]) < 0 {
			continue
		}
		for _, mark := range marks {
			if strings.HasSuffix(t[:at], mark) {
				return true
			}
		}
	}
}

// blobs yields what may be base64 and is long enough to matter. Every run
// that long has a byte at each multiple of its length.
func blobs(t string) iter.Seq[string] {
	const shortest = 20
	return func(yield func(string) bool) {
		end := 0
		for i := shortest - 1; i < len(t); i += shortest {
			if !alphabet[t[i]] {
				continue
			}
			start := i
			for start > end && alphabet[t[start-1]] {
				start--
			}
			for end = i + 1; end < len(t) && alphabet[t[end]]; {
				end++
			}
			if end-start >= shortest && !yield(t[start:end]) {
				return
			}
			i = end
		}
	}
}

// alphabet is that of base64 (RFC 4648, section 4).
var alphabet = func() (in [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		in[c] = true
	}
	return in
}()

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func wordy(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// forms are the ways in which cards are printed.
var forms = map[string]bool{"15": true, "16": true, "4.4.4.4": true, "4.6.5": true}

// number tells whether a number is a card in one of its printed forms,
// or a known one.
func (s *Scan) number(m string) bool {
	groups := strings.FieldsFunc(m, func(c rune) bool { return c < '0' || c > '9' })
	form := make([]string, len(groups))
	for i, g := range groups {
		form[i] = strconv.Itoa(len(g))
	}
	n := strings.Join(groups, "")
	if s.Cards && forms[strings.Join(form, ".")] && isCard(n) {
		return true
	}
	return len(groups) == 1 && s.Known != nil && s.Known([]byte(n))
}

func isCard(n string) bool {
	two, _ := strconv.Atoi(n[:2])
	four, _ := strconv.Atoi(n[:4])
	switch {
	case len(n) == 15:
		if two != 34 && two != 37 {
			return false
		}
	case n[0] != '4' && (two < 51 || two > 55) && (four < 2221 || four > 2720) && four != 6011 && two != 65:
		return false
	}
	sum := 0
	for i := range len(n) {
		d := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// lengths are the lengths of the IBANs seen most.
var lengths = map[string]int{"AT": 20, "BE": 16, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27,
	"GB": 22, "GR": 27, "HU": 28, "IE": 22, "IT": 27, "LT": 20, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SK": 24}

// lettered names countries whose bank code is four letters.
const lettered = "GB IE NL RO"

func isIBAN(m string) bool {
	n, ok := lengths[m[:2]]
	if !ok || len(m) < n {
		return false
	}
	if strings.Contains(lettered, m[:2]) && strings.ContainsAny(m[4:8], "0123456789") {
		return false
	}
	m = m[4:n] + m[:4]
	rest := 0
	for _, c := range m {
		v, _ := strconv.ParseInt(string(c), 36, 64)
		if v > 9 {
			rest *= 10
		}
		rest = (rest*10 + int(v)) % 97
	}
	return rest == 1
}

// fold is compatibility normalisation without invisible characters.
func fold(s string) string {
	at := foreign(s, 0)
	if at == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for from := 0; from < len(s); {
		// What is not ASCII composes with the one byte before it, if with any.
		to := max(from, at-1)
		out.WriteString(s[from:to])
		for from = at; from < len(s) && s[from] >= utf8.RuneSelf; {
			from++
		}
		for _, c := range norm.NFKC.String(s[to:from]) {
			if c = foldRune(c); c >= 0 {
				out.WriteRune(c)
			}
		}
		at = foreign(s, from)
	}
	return out.String()
}

// foreign returns where the next byte that is not ASCII stands.
func foreign(s string, at int) int {
	for at < len(s) && s[at] < utf8.RuneSelf {
		at++
	}
	return at
}

// foldRune folds a character; -1 is none.
func foldRune(c rune) rune {
	switch {
	case c < utf8.RuneSelf:
		return c
	case unicode.In(c, unicode.Cf, unicode.Mn, unicode.Me):
		return -1
	case unicode.IsDigit(c):
		for base := c; ; base-- {
			if !unicode.IsDigit(base-1) || c-base == 9 {
				return '0' + c - base
			}
		}
	case unicode.IsSpace(c):
		return ' '
	}
	return c
}

// open decodes entities, percent and \u escapes once.
func open(s string) string {
	if mayEntity(s) {
		s = html.UnescapeString(s)
	}
	if !strings.Contains(s, `\u`) && !strings.Contains(s, "%") {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(strings.TrimLeft(m, `\u%`), 16, 32)
		if err != nil {
			return m
		}
		return string(rune(n))
	})
}

// mayEntity tells whether an ampersand begins anything.
func mayEntity(s string) bool {
	for at := strings.IndexByte(s, '&'); at >= 0 && at+1 < len(s); {
		if c := s[at+1]; c == '#' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return true
		}
		n := strings.IndexByte(s[at+1:], '&')
		if n < 0 {
			return false
		}
		at += 1 + n
	}
	return false
}
