package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// longestSaidPIN is how many digits a PIN has, at most, of which the word before says what it
// is for: "PIN" alone before six is the code of a place in India.
const longestSaidPIN = 8

// toldCode finds the code behind the name t[i:j]: three or four digits of a PIN or
// a card's security code, up to eight of others.
func (s *Scan) toldCode(v *finding.View, i, j int, kind credential.NameKind) bool {
	t := v.Text
	most := 4
	switch {
	case kind == credential.NameDigits:
		most = 8
	case credential.StandsBefore(t, i, "conference", "meeting", "attendee", "moderator", "host", "audio", "card", "atm", "sim", "voicemail", "device", "banking", "app", "mobile", "telephone", "phone", "online", "security", "customer", "transaction", "login", "access", "digital") || bytes.HasSuffix(t[:i], []byte("dial-in ")):
		most = longestSaidPIN
	}
	for range profile.CodeReach {
		j = SkipGap(t, j)
		a := j
		if j += char.Digits(t[j:]); j > a {
			if s.encodedCode(v, a, most) {
				return true
			}
			if kind == credential.NameDigits && j-a == halfCode {
				j = halvedEnd(t, a)
			}
			if j-a < profile.MinCodeDigits || j-a > most || t[a-1] == '-' || t[a-1] == '/' || char.Alnum(char.At(t, j)) || cue.MarksNumber(char.At(t, j)) && char.Alnum(char.At(t, j+1)) {
				return false
			}
			if bytes.HasSuffix(t[:a], []byte(" war ")) && date.PlausibleYear(char.Number(t[a:], j-a)) && char.At(t, j) == ' ' && j < len(t) { // … war 2024 noch
				return false
			}
			s.secret(v, a, j, "assigned")
			return true
		}
		for j < len(t) && char.Letter(t[j]) {
			j++
		}
		if !profile.LinksCode(t[a:j]) {
			if kind == credential.NameCode && s.ownedPIN(v, i, a) {
				return true
			}
			return s.encodedCode(v, a, most) || kind == credential.NameDigits && s.toldLater(v, j)
		}
	}
	return false
}

// ownerReach is how far behind "PIN for" the code stands: the PIN for the Acme joint card is
// 4821.
const ownerReach = 40

// ownedPIN finds the PIN of which words from t[a] on say whose it is, behind the first "is"
// or "was"; the name begins at t[i].
func (s *Scan) ownedPIN(v *finding.View, i, a int) bool {
	const least, most = 4, 6 // digits
	t := v.Text
	if lead := t[i:a]; !bytes.Contains(lead, []byte(" for ")) && !bytes.Contains(lead, []byte(" of ")) && !bytes.Contains(lead, []byte(" on ")) && !bytes.Contains(lead, []byte(" to ")) {
		return false
	}
	reach := t[a:min(len(t), a+ownerReach)]
	k, size := bytes.Index(reach, []byte(" is ")), len(" is ")
	if k < 0 {
		k, size = bytes.Index(reach, []byte(" was ")), len(" was ")
	}
	if k < 0 || !onlyWords(reach[:k]) || !near(reach[:k], ownerWords[:]) || credential.StandsBefore(t, i, "postal", "area", "post") {
		return false
	}
	a += k + size
	n := char.Digits(t[a:])
	if b := a + n; n < least || n > most || char.Alnum(char.At(t, b)) || cue.MarksNumber(char.At(t, b)) && char.Alnum(char.At(t, b+1)) {
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// ownerWords are what people have a PIN for.
var ownerWords = [...]string{"card", "account", "bank", "banking", "phone", "sim", "app", "door", "alarm", "safe", "gate", "locker", "visa", "amex", "mastercard", "wallet", "garage", "house", "flat", "ipad", "iphone", "tablet", "laptop"}

// near tells whether one of some words is in a text of letters and spaces.
func near(text []byte, words []string) bool {
	for w := (char.Words{T: text, Class: char.IsLetter}); w.Next(); {
		for _, word := range words {
			if cue.SameWord(text[w.Lo:w.Hi], word) {
				return true
			}
		}
	}
	return false
}

// tanCode finds the code of a bank for one transaction beside the name t[i:j], TAN, as German
// banks write it: "TAN 705703 für …", "die TAN für Ihren Auftrag ist 689848", "788699 ist Ihre
// TAN".
func (s *Scan) tanCode(v *finding.View, i, j int) bool {
	const most = 6 // digits
	t := v.Text
	if string(t[i:j]) != "TAN" {
		return false
	}
	for _, is := range [...]string{" ist Ihre ", " ist deine ", " ist die "} {
		if k := i - len(is); k >= most && string(t[k:i]) == is && char.Digits(t[k-most:k]) == most && !char.Alnum(char.At(t, k-most-1)) {
			s.secret(v, k-most, k, "assigned")
			return true
		}
	}
	a := j + 1
	if char.At(t, j) != ' ' || !char.Digit(char.At(t, a)) {
		reach := t[j:min(len(t), j+laterReach)]
		k, size := bytes.Index(reach, []byte(" ist ")), len(" ist ")
		if k < 0 {
			k, size = bytes.Index(reach, []byte(" lautet ")), len(" lautet ")
		}
		if k < 0 || bytes.Contains(reach[:k], []byte(". ")) || bytes.IndexByte(reach[:k], '\n') >= 0 && k > longestTell {
			return false
		}
		a = j + k + size
	}
	if char.Digits(t[min(a, len(t)):]) != most || char.Alnum(char.At(t, a+most)) || cue.MarksNumber(char.At(t, a+most)) && char.Digit(char.At(t, a+most+1)) {
		return false
	}
	s.secret(v, a, a+most, "assigned")
	return true
}

// halfCode is how many digits each half of a code has that a mark divides: 506-018.
const halfCode = 3

// halvedEnd returns where the digits at t[a:] end, both halves of such a code if there are two.
func halvedEnd(t []byte, a int) int {
	n := char.Digits(t[a:])
	b := a + n
	if n != halfCode || char.At(t, b) != '-' && char.At(t, b) != ' ' || char.Digits(t[min(b+1, len(t)):]) != halfCode {
		return b
	}
	if end := b + 1 + halfCode; !char.Alnum(char.At(t, end)) && !(cue.MarksNumber(char.At(t, end)) && char.Alnum(char.At(t, end+1))) {
		return end
	}
	return b
}

// laterReach is how far behind its name a code stands in the message that brings it:
// "OTP for the transaction of INR 2,500.00 at a shop on card ending 1234 is 483920".
const laterReach = 96

// serviceReach is how far back of the end of the name of a service, or its first word, "for"
// stands.
const serviceReach = 24

// toldLater finds the code behind the first "is" from t[j] on in the same sentence.
func (s *Scan) toldLater(v *finding.View, j int) bool {
	const least, usual, most = 4, 6, 8 // digits
	t := v.Text[j:min(len(v.Text), j+laterReach)]
	k, size := bytes.Index(t, []byte(" is ")), len(" is ")
	if service := bytes.IndexByte(t, ':'); k < 0 && service >= 0 && char.At(t, service+1) == ' ' && onlyWords(t[:service]) && bytes.Contains(v.Text[max(0, j-serviceReach):j], []byte(" for ")) { // OTP for Wise: 604925
		k, size = service, len(": ")
	}
	if k < 0 {
		k, size = bytes.Index(t, []byte(" lautet ")), len(" lautet ")
	}
	if k < 0 || bytes.Contains(t[:k], []byte(". ")) || bytes.IndexByte(t[:k], '\n') >= 0 {
		return false
	}
	a := j + k + size
	n := halvedEnd(v.Text, a) - a
	if b := a + n; n < least || n > most || char.Alnum(char.At(v.Text, b)) || cue.MarksNumber(char.At(v.Text, b)) && char.Alnum(char.At(v.Text, b+1)) {
		return false
	}
	if n < usual && (char.At(v.Text, a+n) == ' ' && a+n < len(v.Text) || date.PlausibleYear(char.Number(v.Text[a:], n))) { // 1234 of something
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// onlyWords tells whether a text is made of letters and spaces alone.
func onlyWords(text []byte) bool {
	for _, c := range text {
		if !char.Letter(c) && c != ' ' {
			return false
		}
	}
	return true
}

// encodedCode finds a code of at most so many digits in base64 or in hexadecimal at
// t[i].
func (s *Scan) encodedCode(v *finding.View, i, most int) bool {
	t := v.Text
	j := i
	for j < len(t) && char.Alnum(t[j]) {
		j++
	}
	digits, ok := codeDigits(t[i:j])
	if !ok || digits < profile.MinCodeDigits || digits > most {
		return false
	}
	for j < len(t) && t[j] == '=' {
		j++
	}
	s.secret(v, i, j, "assigned")
	return true
}

// codeDigits returns how many digits a word is the base64 or the hexadecimal of.
func codeDigits(word []byte) (n int, ok bool) {
	const longest = 16
	if len(word) < 4 || len(word) > longest {
		return 0, false
	}
	var out [longest]byte
	raw := out[:]
	if k, err := hex.Decode(raw, word); err == nil {
		raw = raw[:k]
	} else if k, err := base64.RawStdEncoding.Decode(raw, word); err == nil {
		raw = raw[:k]
	} else {
		return 0, false
	}
	for _, c := range raw {
		if !char.Digit(c) {
			return 0, false
		}
	}
	return len(raw), true
}

// isCode tells whether a name is "code", which alone says nothing.
func isCode(name []byte) bool { return len(name) == len("code") }

// usedCode finds the code beside the name t[i:j] of which the sentence says that it
// lets somebody in: "code 941833 to log in", "941833 is your verification code".
func (s *Scan) usedCode(v *finding.View, i, j int) {
	const least, most = 4, 8 // digits
	t, a := v.Text, j+1
	b := a
	for b < len(t) && char.Digit(t[b]) {
		b++
	}
	if b-a >= least && b-a <= most && profile.UsesCode(t[b:]) {
		s.secret(v, a, b, "assigned")
	}
	s.codeBefore(v, i, false)
}

// codeBefore finds the code of which the sentence says before the name t[i:] that it is one:
// "941833 is your verification code", "616647 is your Amazon OTP", "123456 as the code". A
// name that means nothing else is one that is used once.
func (s *Scan) codeBefore(v *finding.View, i int, once bool) bool {
	const least, most = 4, 8 // digits
	t := v.Text
	lead := t[max(0, i-longestTell):i]
	k := bytes.LastIndex(lead, []byte(profile.YourCode))
	if k < 0 && once {
		k = bytes.LastIndex(lead, []byte(profile.TheCode))
	}
	if as := bytes.LastIndex(lead, []byte(profile.AsWord)); k < 0 && as >= 0 && ownedName(lead[as+len(profile.AsWord):]) && codeName(t, i) {
		k = as
	}
	if k < 0 || once && bytes.Contains(lead[k:], []byte(". ")) {
		return false
	}
	b := max(0, i-longestTell) + k
	a := b
	for a > 0 && b-a <= most && char.Digit(t[a-1]) {
		a--
	}
	if b-a < least || b-a > most || char.Alnum(char.At(t, a-1)) {
		return false
	}
	s.secret(v, a, b, "assigned")
	return true
}

// minGrant is the shortest code of a grant that is looked for: a voucher is shorter.
const minGrant = 20

// grantCode finds the code in an address to which a server for authorization sends
// somebody back (RFC 6749, 4.1.2): ?code=….
func (s *Scan) grantCode(v *finding.View, i, j int) bool {
	t := v.Text
	if c := char.At(t, i-1); c != '?' && c != '&' && c != '#' || char.At(t, j) != '=' {
		return false
	}
	a := j + 1
	end := s.valueEnd(t, a)
	if value := t[a:end]; len(value) < minGrant || !credential.RandomLike(value) || s.Rules.IsToken(value) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// codeName tells whether the word t[i:j], which is "code", is the last of a name of a
// code that is used once or proves that a card is there.
func codeName(t []byte, i int) bool {
	for i > 0 && credential.DividesName(t[i-1]) {
		i--
	}
	end := i
	for i > 0 && char.Letter(t[i-1]) && end-i < cue.LongestName {
		i--
	}
	var low [cue.LongestName]byte
	for k, c := range t[i:end] {
		low[k] = char.Lower(c)
	}
	switch string(low[:end-i]) {
	case "verification", "security", "authentication", "confirmation", "login", "passcode", "time", "access", "otp", "sms", "fa", "authenticator", "whatsapp", "door", "gate", "garage", "lockbox", "keypad", "pinsentry", "banking":
		return true
	}
	return false
}
