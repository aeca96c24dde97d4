package credential

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// A form, an assistant or a person asks for something, and what stands behind the question is
// the answer: "What is your account number?", "Please enter the 6 digit code."

// LongestAsked is the longest question, in bytes, of which the last sentence is looked at.
const LongestAsked = 160

// mostNamed is the most words of a question that is only the name of what is asked for.
const mostNamed = 4

// askingWords begin what asks for something; fillWords stand between these and its name.
var (
	askingWords = wordSet("what what's whats which enter type send provide confirm have tell give need share get input remember wie lautet was quel quelle cuál cual qual wat hvad hva vad jakie jaki какой каков введите ingrese introduzca entrez saisissez bitte digite inserisci")
	fillWords   = wordSet("is are the your my our a an me us please pls can could would will may you i we to and also now then again full new current existing just ok so in with for one sure hi hey hello yeah yes btw ur ihre ihr deine dein die der das est votre le la ton es su tu el è é il o seu sua uw je het de geben sie er dit din ditt ваш у вас номер")
)

// askedEnds are where the name of what is asked for ends: "… for prod", "… we sent you".
var askedEnds = [...]string{" for ", " of the ", " of your ", " to ", " on ", " that ", " we ", " with ", " below", " here", " again", " please", " pls", " then", " now", " so ", " and ", " in ", " from "}

// AskedFor returns what the last sentence of a text asks for, "account number" of "What is
// your account number?"; nil if it asks for nothing.
func AskedFor(text []byte) []byte {
	if len(text) > LongestAsked {
		text = text[len(text)-LongestAsked:]
	}
	text = bytes.TrimRight(text, " \t\r\n")
	question := bytes.HasSuffix(text, []byte("?"))
	text = bytes.TrimRight(text, " \t\r\n?:.!")
	if i := bytes.LastIndexAny(text, ".!?\n"); i >= 0 {
		text = text[i+1:]
	}
	low := bytes.ToLower(bytes.TrimLeft(text, " \t-–—¿¡>\"'"))
	for _, end := range [...]string{"？", "。", "是多少", "是什么", "を教えてください", "は何ですか", "を入力してください"} { // what is …, tell me …
		if rest, ok := bytes.CutSuffix(low, []byte(end)); ok {
			low = rest
			if end != "？" && end != "。" {
				for _, head := range [...]string{"请问", "您的", "你的", "那么"} {
					low = bytes.TrimPrefix(low, []byte(head))
				}
				return low
			}
		}
	}
	asks := false
	if k := bytes.Index(low, []byte(", ")); k >= 0 { // for security, what is …
		n := bytes.IndexByte(low[k+2:], ' ')
		if n > 0 && askingWords[string(low[k+2:k+2+n])] {
			low = low[k+2:]
		}
	}
	if question {
		if k := bytes.LastIndex(low, []byte(", ")); k >= 0 && bytes.Count(low[k+2:], []byte(" ")) < mostNamed { // and the last thing, the CVV?
			low, asks = low[k+2:], true
		} else if bytes.Count(low, []byte(" ")) < mostNamed { // Your passcode?
			asks = true
		}
	}
	for len(low) > 0 {
		n := bytes.IndexAny(low, " ,")
		if n < 0 {
			n = len(low)
		}
		if askingWords[string(low[:n])] {
			asks = true
		} else if !fillWords[string(low[:n])] {
			break
		}
		low = bytes.TrimLeft(low[n:], " ,")
	}
	if !asks || len(low) == 0 {
		return nil
	}
	for _, end := range askedEnds {
		if i := bytes.Index(low, []byte(end)); i > 0 {
			low = low[:i]
		} else if end = trimmedRight(end); bytes.HasSuffix(low, []byte(end)) && len(low) > len(end) {
			low = low[:len(low)-len(end)]
		}
	}
	return low
}

func trimmedRight(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// AskedCode tells whether what is asked for is a code of some digits: "6 digit code",
// "4-digit pin", "one-time code".
func AskedCode(name []byte) bool {
	i := bytes.LastIndexAny(name, " -")
	switch string(name[i+1:]) {
	case "pin", "otp", "passcode", "cvv", "cvc", "tan", "code":
	default:
		return false
	}
	if string(name[i+1:]) != "code" || i < 0 {
		return string(name[i+1:]) != "code"
	}
	for _, word := range [...]string{"digit", "time", "verification", "security", "authentication", "login", "sms", "access", "confirmation", "pass", "2fa", "mfa"} {
		if bytes.HasSuffix(name[:i], []byte(word)) {
			return true
		}
	}
	return false
}

// Answer returns where in the answer to such a question the value stands: all of it, but for
// words before it ("it's", "yes", "my pin is") and a mark at its end. It is one word, or
// digits in groups.
func Answer(text []byte) (lo, hi int) {
	const longest = 64 // bytes of a value with the words before it
	hi = len(bytes.TrimRight(text, " \t\r\n.,"))
	for lo < hi && (text[lo] == ' ' || text[lo] == '\n' || text[lo] == '\t') {
		lo++
	}
	if hi-lo > longest {
		return 0, 0
	}
	for words := 0; ; words++ {
		n := bytes.IndexByte(text[lo:hi], ' ')
		if n < 0 {
			return lo, hi
		}
		if char.Digit(text[lo]) {
			break
		}
		var low [8]byte
		word := bytes.TrimRight(text[lo:lo+n], ",:")
		if len(word) > len(low) || words > 4 {
			return 0, 0
		}
		for k, c := range word {
			low[k] = char.Lower(c)
		}
		switch string(low[:len(word)]) {
		case "it", "it's", "its", "is", "yes", "yeah", "sure", "ok", "okay", "the", "my", "that", "that's", "thats", "sí", "oui", "ja", "pin", "code", "password", "number", "here", "you", "go", "use", "try", "-":
		default:
			return 0, 0
		}
		lo += n + 1
	}
	for _, c := range text[lo:hi] {
		if !char.Digit(c) && c != ' ' && c != '-' && c != '/' && c != '.' {
			return 0, 0
		}
	}
	return lo, hi
}

// MayAsk tells whether a line may ask for something by its end: a question mark, also that of
// Chinese and Japanese, or the name of a code.
func MayAsk(line []byte) bool {
	line = bytes.TrimRight(line, " \r")
	n := len(line)
	if n < len("PIN?") {
		return false
	}
	switch line[n-1] {
	case '?', 0x9F, 0x84: // ？ and い
		return true
	case '.', ':':
		n--
	}
	c := char.Lower(line[n-1])
	return c == 'e' && char.Lower(line[n-2]) == 'd' || c == 'n' && char.Lower(line[n-2]) == 'i' || c == 'p' && char.Lower(line[n-2]) == 't' || c == 'd' && char.Lower(line[n-2]) == 'r' || c == 'r' && char.Lower(line[n-2]) == 'e' || c == 't' && char.Lower(line[n-2]) == 'n' && char.Lower(line[n-3]) == 'u' // code, pin, otp, password, number, account
}

// AnyAsks tells whether a line of a text may ask for something, with another line behind it.
func AnyAsks(t []byte) bool {
	for k := bytes.IndexByte(t, '\n'); k >= 0; {
		if MayAsk(t[:k]) {
			return true
		}
		next := bytes.IndexByte(t[k+1:], '\n')
		if next < 0 {
			return false
		}
		k += 1 + next
	}
	return false
}
