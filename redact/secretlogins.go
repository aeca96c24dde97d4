package redact

import (
	"bytes"
	"encoding/base64"
)

// Credentials that no name and no prefix announces but their place or their
// shape: the cookies of a header, the login of a command, the secret beside an
// access key, and the tokens of some services.

// cookies finds the values of a Cookie or Set-Cookie header (RFC 6265) that
// starts at t[i:], and returns where they end.
func (s *scan) cookies(v *view, i int) int {
	t := v.t
	for i < len(t) && t[i] != '\n' {
		for i < len(t) && (t[i] == ' ' || t[i] == ';') {
			i++
		}
		name := i
		for i < len(t) && tokenChar(t[i]) && t[i] != '=' {
			i++
		}
		if i == name || byteAt(t, i) != '=' {
			return i
		}
		end := s.valueEnd(t, i+1)
		if value := t[i+1 : end]; !s.r.isToken(value) && plausibleSecret(value, nameMaybe) {
			s.secret(v, i+1, end, "cookie")
		}
		if i = end; byteAt(t, i) != ';' {
			return i
		}
	}
	return i
}

// login finds the password behind -u or --user, as curl takes it: name:password
// at t[i:].
func (s *scan) login(v *view, i int) {
	t := v.t
	for i < len(t) && (t[i] == ' ' || t[i] == '"' || t[i] == '\'' || t[i] == '=' || t[i] == '\\' && byteAt(t, i+1) == '\n' || t[i] == '\n' && t[i-1] == '\\') {
		i++
	}
	end := s.closedQuote(t, i, s.valueEnd(t, i))
	k := bytes.IndexByte(looked(t[i:end]), ':')
	if a, b := quotedApart(t, i, k, end); b-a >= minLogin && !s.r.isToken(t[a:b]) && !placeholder(t, a, b) {
		s.secret(v, a, b, "login")
		return
	}
	if k > 0 && i+k+1 == end { // a key for the name, and no password
		if value := t[i : i+k]; plausibleSecret(value, nameMaybe) && !s.r.isToken(value) && !placeholder(t, i, i+k) {
			s.secret(v, i, i+k, "login")
		}
		return
	}
	if k < 0 || end-i-k-1 < minLogin || bytes.HasPrefix(t[i+k+1:], []byte("//")) || s.r.isToken(t[i+k+1:end]) || placeholder(t, i+k+1, end) {
		return
	}
	s.secret(v, i+k+1, end, "login")
}

// quotedApart returns where the password of a login t[i:end] stands that has quotes of its
// own, name:'…' or "name":"…"; t[i+k] is the first colon of it. Nowhere if it has none.
func quotedApart(t []byte, i, k, end int) (a, b int) {
	switch {
	case k > 0 && i+k+1 == end:
		a = end
	case k < 0 && byteAt(t, end+1) == ':':
		a = end + len(`":`)
	default:
		return 0, 0
	}
	q := byteAt(t, a)
	if q != '"' && q != '\'' {
		return 0, 0
	}
	a++
	n := bytes.IndexByte(t[a:min(len(t), a+longestQuoted)], q)
	if n < 0 || bytes.IndexByte(t[a:a+n], ' ') >= 0 {
		return 0, 0
	}
	return a, a + n
}

// minLogin is the shortest password of a command: -u 1000:1000 names a user and
// a group.
const minLogin = 6

// Access keys of AWS have a secret of 40 characters, which stands beside them.
const (
	secretKeySize  = 40
	secretKeyReach = 48 // bytes from the one to the other
)

// secretBeside finds the secret beside the access key t[i:j].
func (s *scan) secretBeside(v *view, i, j int) {
	t := v.t
	for k := max(0, i-secretKeyReach-secretKeySize); k < min(len(t), j+secretKeyReach); {
		end := s.reaches.word.of(t, k, strictEnd)
		if end-k == secretKeySize && byteAt(t, k-1) != '_' && byteAt(t, k-1) != '-' && allKinds(t[k:end]) {
			s.secret(v, k, end, "beside_key")
		}
		k = max(end, k+1)
	}
}

// allKinds tells whether there are letters of both cases and digits.
func allKinds(t []byte) bool {
	upperSeen, lowerSeen, digitSeen := runKinds(t)
	return upperSeen && lowerSeen && digitSeen
}

// shapedKeys finds the tokens of services whose shape tells them: the bots of
// Telegram (123456789:AA…) and Discord (three parts of base64url), Airtable
// (pat….…), Azure (…8Q~…, …AzSe…) and Mailchimp (…-us21), old ones of Vault (s.…).
func (s *scan) shapedKeys(v *view) {
	t := v.t
	for w := (words{t: t, class: isWord}); w.next(); {
		if from, end := shapedKey(t, w.lo, w.hi); end > 0 {
			s.secret(v, from, end, "shaped_key")
			w.hi = end
		}
	}
}

// shapedKey returns where such a token is whose word, or its first or last one, is
// t[i:j]; an end of 0 for none.
func shapedKey(t []byte, i, j int) (from, end int) {
	const bot, server, first, second, third, airtable, azure, vault, signedKey, stellar, natsSeed = 35, 32, 23, 6, 27, 17, 5, 24, 52, 56, 58
	if from, end = hashAt(t, i); end > 0 {
		return from, end
	}
	switch n := j - i; {
	case n == 40 && bytes.HasSuffix(t[i:j], []byte("_mmk")) && t[i+6] == '_', n >= server && n <= longestShaped && longKey(t, i, j): // the former MaxMind
		return i, j
	case n == server+len("-01234567-01234567") && t[i+server] == '-' && t[j-9] == '-' && allHex(t[i:i+server]) && allHex(t[i+server+1:j-9]) && allHex(t[j-8:j]): // Mailgun
		return i, j
	case n == vault && byteAt(t, i-1) == '.' && byteAt(t, i-2) == 's' && !alnum(byteAt(t, i-3)) && allKinds(t[i:j]) && changesOf(t[i:j]) >= vault/3: // Vault
		return i - len("s."), j
	case n == signedKey && allKinds(t[i:j]) && (bytes.HasPrefix(t[j-10:], []byte("+ACR")) || bytes.HasPrefix(t[j-10:], []byte("AzSe")) || bytes.HasPrefix(t[j-10:], []byte("AzFu"))): // Azure
		return i, j
	case n >= 100 && n <= 130 && bytes.HasPrefix(t[i:], []byte("AAAAAAAAAAAAAAAAAAAAA")) && allKinds(t[i:j]): // X
		return i, j
	case n == secretKeySize && bareSecret(t, i, j):
		return i, j
	case n > secretKeySize && bytes.IndexByte([]byte("_/"), t[j-secretKeySize-1]) >= 0 && !bytes.HasPrefix(t[i:j], []byte("sha")) && !bytes.HasSuffix(t[:i], []byte("h1:")) && bareSecret(t, j-secretKeySize, j): // file_…, :59:/…, but not sha384-… or h1:… (a digest of go.sum)
		return j - secretKeySize, j
	case n == len("00")+40 && t[i] == '0' && t[i+1] == '0' && allKinds(t[i:j]): // Okta
		return i, j
	case n >= 14 && bytes.HasPrefix(t[j:], []byte(".atlasv1.")): // Terraform
		if k := wordEnd(t, j+len(".atlasv1.")); k-j > 60 {
			return j - 14, k
		}
	case n == len("00D000000000000") && bytes.HasPrefix(t[i:], []byte("00D")) && byteAt(t, j) == '!': // a session of Salesforce
		k := j + 1
		for k < len(t) && (base64Char(t[k]) || t[k] == '.') {
			k++
		}
		if k-j > 40 {
			return i, k
		}
	case n == server && byteAt(t, i-1) == ':' && bytes.HasPrefix(t[j:], []byte(":::")) && allHex(t[i:j]): // of Windows, as dumps print it: user:500:…:…:::
		return i, j
	case n >= server && byteAt(t, i-1) == ':' && allHex(t[i:i+server]) && (n == server || unhex(t[i+server]) > 15): // Asana
		from = i - 1
		for from > 0 && digit(t[from-1]) {
			from--
		}
		if i-1-from >= 13 && byteAt(t, from-1) == '/' {
			return from, i + server
		}
	case n >= bot && t[i] == 'A' && t[i+1] == 'A' && byteAt(t, i-1) == ':' && (n == bot || t[i+bot] == '/'): // the latter in an address: /bot123:AA…/sendMessage
		from = i - 1
		for from > 0 && digit(t[from-1]) && i-from <= len("1234567890") {
			from--
		}
		if i-1-from >= 8 {
			return from, i + bot
		}
	case (n == stellar || n == natsSeed) && t[i] == 'S' && seedKey(t[i:j]):
		return i, j
	case n >= first && n <= first+5 && t[i] >= 'M' && t[i] <= 'O' && byteAt(t, j) == '.':
		k := wordEnd(t, j+1)
		if k-j-1 == second && byteAt(t, k) == '.' {
			if end = wordEnd(t, k+1); end-k-1 >= third && allKinds(t[i:end]) {
				return i, end
			}
		}
	case n == airtable && bytes.HasPrefix(t[i:], []byte("pat")) && byteAt(t, j) == '.':
		if k := wordEnd(t, j+1); k-j-1 == 64 && allHex(t[j+1:k]) {
			return i, k
		}
	case n == third && byteAt(t, i-1) == '|' && allKinds(t[i:j]): // an application of Facebook
		from = i - 1 - digitsBefore(t[:i-1])
		if size := i - 1 - from; (size == 15 || size == 16) && !alnum(byteAt(t, from-1)) {
			return from, j
		}
	case (n == 51 && t[i] == '5' || n == 52 && (t[i] == 'K' || t[i] == 'L')) && allKinds(t[i:j]) && !bytes.ContainsAny(t[i:j], "0OIl+/-_") && changesOf(t[i:j]) >= n/3: // a key of Bitcoin (WIF)
		return i, j
	case n >= 2 && n <= azure && byteAt(t, j) == '~' && t[j-1] == 'Q' && digit(t[j-2]):
		return azureSecret(t, i, j)
	case n > server+3 && n <= server+len("-us21") && bytes.HasPrefix(t[i+server:j], []byte("-us")) && digit(t[j-1]):
		if allHex(t[i : i+server]) {
			return i, j
		}
	}
	return 0, 0
}

// longestShaped is the most characters of a token that longKey knows.
const longestShaped = 80

// longKey tells whether the word t[i:j] is a key of TrueNAS, a number and 64 letters and
// digits, or the token of a robot account of Quay, capitals and digits behind its name.
func longKey(t []byte, i, j int) bool {
	const body = 64 // characters of a key of TrueNAS
	if k := j - body; k > i+1 && t[k-1] == '-' && allDigits(t[i:k-1]) {
		return allKinds(t[k:j]) && changesOf(t[k:j]) >= body/3 && !bytes.ContainsAny(t[k:j], "-_+/")
	}
	return byteAt(t, i-1) == ':' && robot(t, i) && digitsIn(t[i:j]) >= leastDrawn && len(bytes.Trim(t[i:j], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) == 0
}

// robot tells whether the name of an account for a program stands before the colon before
// t[i], as Quay writes it: organization+name.
func robot(t []byte, i int) bool {
	k := i - 1
	for k > 0 && i-k < longestName && (alnum(t[k-1]) || t[k-1] == '_' || t[k-1] == '.' || t[k-1] == '-') {
		k--
	}
	return byteAt(t, k-1) == '+' && k < i-1 && alnum(byteAt(t, k-2))
}

// azureSecret is shapedKey for a secret of a client of Azure, …8Q~…, of which t[i:j] is
// what stands before the mark.
func azureSecret(t []byte, i, j int) (from, end int) {
	const before, least, most = 5, 31, 40
	for n := j - i; i > 0 && j-i < before && (t[i-1] == '.' || t[i-1] == '~' || n < before && base64Char(t[i-1])); {
		i--
	}
	k := j + 1
	for k < len(t) && (base64Char(t[k]) || t[k] == '~' || t[k] == '.') {
		k++
	}
	if j-i >= 3 && k-j-1 >= least && k-j-1 <= most && allKinds(t[i:k]) {
		return i, k
	}
	return 0, 0
}

// Limits of a secret that nothing announces.
const (
	minChanges   = 14 // from small letters to capitals to digits and back, in 40 characters: random ones have 25
	longestSmall = 6  // small letters in a row: a path or a name has words
	secretTell   = 40 // bytes before it in which the word secret may stand
)

// bareSecret tells whether the word t[i:j] looks like the secret of an access key
// of AWS: random base64 with a mark, or any beside the word secret.
func bareSecret(t []byte, i, j int) bool {
	w := t[i:j]
	if !allKinds(w) || bytes.IndexByte([]byte("=%"), byteAt(t, j)) >= 0 || bytes.ContainsAny(w, "_-") {
		return false
	}
	small, marks := 0, 0
	for _, c := range w {
		if byteClass[c]&isLower == 0 {
			small = 0
		} else if small++; small > longestSmall {
			return false
		}
		if c == '+' || c == '/' {
			marks++
		}
	}
	if changesOf(w) < minChanges || printable(w) {
		return false
	}
	return marks < 6 && !allHex(w) && byteAt(t, i-1) != ':' || bytes.Contains(bytes.ToLower(t[max(0, i-secretTell):i]), []byte("secret"))
}

// changesOf counts how often a word changes from small letters to capitals to digits
// and back.
func changesOf(w []byte) (n int) {
	const kinds = isUpper | isLower | isDigit
	for k := 1; k < len(w); k++ {
		if byteClass[w[k]]&kinds != byteClass[w[k-1]]&kinds {
			n++
		}
	}
	return n
}

// printable tells whether a word is the base64 of characters of ASCII.
func printable(w []byte) bool {
	var out [secretKeySize]byte
	n, err := base64.StdEncoding.Decode(out[:], w)
	for _, c := range out[:n] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return err == nil
}

func allHex(t []byte) bool {
	for _, c := range t {
		if unhex(c) > 15 {
			return false
		}
	}
	return true
}
