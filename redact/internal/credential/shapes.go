package credential

import (
	"bytes"
	"encoding/base64"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// Tokens of services that no prefix tells but their shape, of one word or of several.

// Characters of such tokens, or of their parts.
const (
	shapeHex      = 32 // of a key in hexadecimal: Mailgun, Mailchimp, Asana, a digest of Windows
	shapeBot      = 35 // Telegram, behind the number of the bot
	shapeVault    = 24 // behind s.
	shapeSigned   = 52 // Azure, with a signature of its own
	shapeStellar  = 56
	shapeNATS     = 58
	shapeFacebook = 27 // behind the number of an application
	shapeAirtable = 17 // and 64 behind the point
	shapeAzure    = 5  // of a client's secret, before the mark
	shapeTrueNAS  = 64 // behind the number of a key
)

// ShapedKey returns where such a token is whose word, or its first or last one, is
// t[i:j]; an end of 0 for none.
func ShapedKey(t []byte, i, j int) (from, end int) {
	if from, end = hashAt(t, i); end > 0 {
		return from, end
	}
	if shapedWord(t, i, j) {
		return i, j
	}
	if from, end = shapedBehind(t, i, j); end > 0 {
		return from, end
	}
	return shapedParts(t, i, j)
}

// shapedWord tells whether the word t[i:j] is all of such a token.
func shapedWord(t []byte, i, j int) bool {
	w := t[i:j]
	switch n := len(w); {
	case n == 40 && bytes.HasSuffix(w, []byte("_mmk")): // MaxMind
		return w[6] == '_'
	case n == shapeHex+len("-01234567-01234567") && w[shapeHex] == '-' && w[n-9] == '-': // Mailgun
		return char.AllHex(w[:shapeHex]) && char.AllHex(w[shapeHex+1:n-9]) && char.AllHex(w[n-8:])
	case n == shapeSigned && (bytes.HasPrefix(w[n-10:], []byte("+ACR")) || bytes.HasPrefix(w[n-10:], []byte("AzSe")) || bytes.HasPrefix(w[n-10:], []byte("AzFu"))): // Azure
		return AllKinds(w)
	case n >= 100 && n <= 130 && bytes.HasPrefix(w, []byte("AAAAAAAAAAAAAAAAAAAAA")): // X
		return AllKinds(w)
	case n == SecretKeySize:
		return bareSecret(t, i, j)
	case n == len("00")+40 && w[0] == '0' && w[1] == '0': // Okta
		return AllKinds(w)
	case n > shapeTrueNAS+1 && n <= shapeTrueNAS+4 && w[n-shapeTrueNAS-1] == '-' && char.AllDigits(w[:n-shapeTrueNAS-1]):
		key := w[n-shapeTrueNAS:]
		return AllKinds(key) && ChangesOf(key) >= shapeTrueNAS/3 && !bytes.ContainsAny(key, "-_+/")
	case (n == shapeStellar || n == shapeNATS) && w[0] == 'S':
		return seedKey(w)
	case n == 51 && w[0] == '5', n == 52 && (w[0] == 'K' || w[0] == 'L'): // a key of Bitcoin (WIF)
		return AllKinds(w) && !bytes.ContainsAny(w, "0OIl+/-_") && ChangesOf(w) >= n/3
	case n > shapeHex+len("-us") && n <= shapeHex+len("-us21") && bytes.HasPrefix(w[shapeHex:], []byte("-us")): // Mailchimp
		return char.Digit(w[n-1]) && char.AllHex(w[:shapeHex])
	}
	return false
}

// shapedBehind finds a token of which the word t[i:j] is the last part, by what stands
// before it or at its end.
func shapedBehind(t []byte, i, j int) (from, end int) {
	w := t[i:j]
	n, before := len(w), char.At(t, i-1)
	switch {
	case n == shapeVault && before == '.' && char.At(t, i-2) == 's' && !char.Alnum(char.At(t, i-3)) && AllKinds(w) && ChangesOf(w) >= shapeVault/3: // Vault
		return i - len("s."), j
	case n > SecretKeySize && secretAtEnd(t, i, j):
		return j - SecretKeySize, j
	case n == shapeHex && twilioAccount(t, i) && char.AllHex(w):
		return i, j
	case n == shapeHex && before == ':' && bytes.HasPrefix(t[j:], []byte(":::")) && char.AllHex(w): // of Windows, as dumps print it: user:500:…:…:::
		return i, j
	case n >= shapeHex && before == ':' && char.AllHex(w[:shapeHex]) && (n == shapeHex || char.Unhex(w[shapeHex]) > 15): // Asana
		if from = i - 1 - char.DigitsBefore(t[:i-1]); i-1-from >= 13 && char.At(t, from-1) == '/' {
			return from, i + shapeHex
		}
	case n >= shapeHex && n <= 80 && before == ':' && robot(t, i) && char.DigitsIn(w) >= LeastDrawn && len(bytes.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) == 0: // Quay
		return i, j
	case n >= shapeBot && w[0] == 'A' && w[1] == 'A' && before == ':' && (n == shapeBot || w[shapeBot] == '/'): // the latter in an address: /bot123:AA…/sendMessage
		const least, most = 8, 10 // digits
		if digits := char.DigitsBefore(t[:i-1]); digits >= least {
			return i - 1 - min(digits, most), i + shapeBot
		}
	case n == shapeFacebook && before == '|' && AllKinds(w): // an application of Facebook
		from = i - 1 - char.DigitsBefore(t[:i-1])
		if size := i - 1 - from; (size == 15 || size == 16) && !char.Alnum(char.At(t, from-1)) {
			return from, j
		}
	}
	return 0, 0
}

// twilioAccount tells whether the number of an account of Twilio stands before t[end:], behind
// which the token stands as in the login of a request or in a call: AC…:…, ("AC…", "…").
func twilioAccount(t []byte, end int) bool {
	const marks = len(`", "`)
	for from := end; end > 0 && from-end < marks && bytes.IndexByte([]byte(":\"', "), t[end-1]) >= 0; {
		end--
	}
	a := end - shapeHex - len("AC")
	return a >= 0 && (t[a] == 'A' && t[a+1] == 'C' || t[a] == 'S' && t[a+1] == 'K') && !char.Alnum(char.At(t, a-1)) && char.AllHex(t[a+len("AC"):end])
}

// shapedParts finds a token of several parts of which the word t[i:j] is the first.
func shapedParts(t []byte, i, j int) (from, end int) {
	const first, second, third = 23, 6, 27 // of a bot of Discord
	switch n := j - i; {
	case n >= 14 && bytes.HasPrefix(t[j:], []byte(".atlasv1.")): // Terraform
		if k := WordEnd(t, j+len(".atlasv1.")); k-j > 60 {
			return j - 14, k
		}
	case n == len("00D000000000000") && bytes.HasPrefix(t[i:], []byte("00D")) && char.At(t, j) == '!': // a session of Salesforce
		k := j + 1
		for k < len(t) && (Base64Char(t[k]) || t[k] == '.') {
			k++
		}
		if k-j > 40 {
			return i, k
		}
	case n >= first && n <= first+5 && t[i] >= 'M' && t[i] <= 'O' && char.At(t, j) == '.':
		k := WordEnd(t, j+1)
		if k-j-1 == second && char.At(t, k) == '.' {
			if end = WordEnd(t, k+1); end-k-1 >= third && AllKinds(t[i:end]) {
				return i, end
			}
		}
	case n == shapeAirtable && bytes.HasPrefix(t[i:], []byte("pat")) && char.At(t, j) == '.':
		if k := WordEnd(t, j+1); k-j-1 == 64 && char.AllHex(t[j+1:k]) {
			return i, k
		}
	case n >= 2 && n <= shapeAzure && char.At(t, j) == '~' && t[j-1] == 'Q' && char.Digit(t[j-2]):
		return azureSecret(t, i, j)
	}
	return 0, 0
}

// robot tells whether the name of an account for a program stands before the colon before
// t[i], as Quay writes it: organization+name.
func robot(t []byte, i int) bool {
	k := i - 1
	for k > 0 && i-k < cue.LongestName && (char.Alnum(t[k-1]) || t[k-1] == '_' || t[k-1] == '.' || t[k-1] == '-') {
		k--
	}
	return char.At(t, k-1) == '+' && k < i-1 && char.Alnum(char.At(t, k-2))
}

// azureSecret is ShapedKey for a secret of a client of Azure, …8Q~…, of which t[i:j] is
// what stands before the mark.
func azureSecret(t []byte, i, j int) (from, end int) {
	const before, least, most = 5, 31, 40
	for n := j - i; i > 0 && j-i < before && (t[i-1] == '.' || t[i-1] == '~' || n < before && Base64Char(t[i-1])); {
		i--
	}
	k := j + 1
	for k < len(t) && (Base64Char(t[k]) || t[k] == '~' || t[k] == '.') {
		k++
	}
	if j-i >= 3 && k-j-1 >= least && k-j-1 <= most && AllKinds(t[i:k]) {
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

// secretAtEnd tells whether the word t[i:j] ends in such a secret behind a mark: file_…, :59:/…,
// but not in the rest of a digest (sha384-…, or h1:… of go.sum) or of other base64, which
// changes as often before the mark.
func secretAtEnd(t []byte, i, j int) bool {
	const leastBefore, often = 12, 3 // characters; of so many a change
	k := j - SecretKeySize
	if bytes.IndexByte([]byte("_/"), t[k-1]) < 0 || bytes.HasPrefix(t[i:j], []byte("sha")) || bytes.HasSuffix(t[:i], []byte("h1:")) {
		return false
	}
	if before := t[i : k-1]; t[k-1] == '/' && len(before) >= leastBefore && ChangesOf(before)*often >= len(before) {
		return false
	}
	return bareSecret(t, k, j)
}

// bareSecret tells whether the word t[i:j] looks like the secret of an access key
// of AWS: random base64 with a mark, or any beside the word secret.
func bareSecret(t []byte, i, j int) bool {
	w := t[i:j]
	if !AllKinds(w) || bytes.IndexByte([]byte("=%"), char.At(t, j)) >= 0 || bytes.ContainsAny(w, "_-") {
		return false
	}
	small, marks := 0, 0
	for _, c := range w {
		if char.ByteClass[c]&char.IsLower == 0 {
			small = 0
		} else if small++; small > longestSmall {
			return false
		}
		if c == '+' || c == '/' {
			marks++
		}
	}
	if ChangesOf(w) < minChanges || printable(w) {
		return false
	}
	return marks < 6 && !char.AllHex(w) && char.At(t, i-1) != ':' || bytes.Contains(bytes.ToLower(t[max(0, i-secretTell):i]), []byte("secret"))
}

// ChangesOf counts how often a word changes from small letters to capitals to digits
// and back.
func ChangesOf(w []byte) (n int) {
	const kinds = char.IsUpper | char.IsLower | char.IsDigit
	for k := 1; k < len(w); k++ {
		if char.ByteClass[w[k]]&kinds != char.ByteClass[w[k-1]]&kinds {
			n++
		}
	}
	return n
}

// printable tells whether a word is the base64 of characters of ASCII.
func printable(w []byte) bool {
	var out [SecretKeySize]byte
	n, err := base64.StdEncoding.Decode(out[:], w)
	for _, c := range out[:n] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return err == nil
}
