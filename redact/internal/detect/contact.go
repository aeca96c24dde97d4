package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
)

const (
	maxDomain = 255
	leastDSN  = 20 // characters of a key before a host, as secrets.Userinfo takes it: a user's name is shorter
)

// emails finds addr-specs in their usual form (RFC 5322, 3.4.1, without quoted
// local parts and comments).
func (s *Scan) emails(v *finding.View) {
	t := v.Text
	for at := 0; ; {
		k := bytes.IndexByte(t[at:], '@')
		if k < 0 {
			return
		}
		k += at
		at = k + 1
		i := k
		for i > 0 && k-i < secrets.MaxLocal && localChar(t[i-1]) {
			i--
		}
		j, dot := k+1, -1
		for j < len(t) && j-k < maxDomain && (char.Alnum(t[j]) || t[j] == '-' || t[j] == '.' || t[j] >= 0x80) {
			if t[j] == '.' {
				dot = j
			}
			j++
		}
		for j > k && (t[j-1] == '.' || t[j-1] == '-') {
			j--
			dot = k + bytes.LastIndexByte(t[k:j], '.')
		}
		if dot < 0 && i < k {
			s.paymentAddress(v, i, k, j)
		}
		if i == k || dot <= k+1 || j-dot < 3 || !char.Letter(t[dot+1]) && t[dot+1] < 0x80 || repository(t, i, k, j) || s.inUserinfo(t, k) {
			continue
		}
		s.Add(v, i, j, finding.Span{Entity: entity.Email, Layer: entity.Detector, Rule: "email", Canon: string(bytes.ToLower(t[i:j]))})
		at = j
	}
}

// inUserinfo tells whether the @ at t[k] ends the user and the password of a URL (RFC 3986,
// 3.2.1), or the token that stands for them: the host behind it is no mailbox's.
func (s *Scan) inUserinfo(t []byte, k int) bool {
	lead := t[max(0, k-secrets.MaxLocal):k]
	i := bytes.LastIndex(lead, []byte("://"))
	if i < 0 {
		return false
	}
	info := lead[i+len("://"):]
	if bytes.ContainsAny(info, " \t\r\n/\"<>'") {
		return false
	}
	colon := bytes.IndexByte(info, ':')
	return colon >= 0 && colon < len(info)-1 || s.Rules.IsToken(info) || colon < 0 && len(info) >= leastDSN && (char.AllHex(info) || credential.RandomLike(info))
}

// repository tells whether the address t[i:j], whose @ is t[k], is that of a repository of
// Git, with its path behind: git@github.com:owner/name.git.
func repository(t []byte, i, k, j int) bool {
	c := char.At(t, j)
	return string(t[i:k]) == "git" && (c == ':' || c == '/') && char.Alnum(char.At(t, j+1))
}

// paymentHandles are what stands behind the @ of virtual payment addresses (NPCI, Unified
// Payments Interface): of banks and of the programs that pay through them.
var paymentHandles = [...]string{"upi", "ybl", "ibl", "axl", "apl", "yapl", "rapl", "paytm", "ptsbi", "pthdfc", "ptaxis", "ptyes", "okaxis", "okicici", "oksbi", "okhdfcbank", "sbi", "hdfcbank", "icici", "axisbank", "axisb",
	"kotak", "yesbank", "yespay", "pnb", "barodampay", "cnrb", "fbl", "federal", "idfcbank", "idbi", "indus", "idfcfirst", "jupiteraxis", "fam", "freecharge", "ikwik", "airtel", "postbank", "waicici", "wahdfcbank", "wasbi", "waaxis", "rbl", "aubank", "unionbank", "mahb", "uboi", "superyes", "tapicici", "timecosmos", "slice", "naviaxis", "kbl", "dbs", "hsbc", "sliceaxis", "yescred", "axisgo", "fbpe"}

// paymentAddress finds the address of a payment t[i:j] around the @ at t[k], which is
// nobody's mailbox but names a person just as one does: name@oksbi.
func (s *Scan) paymentAddress(v *finding.View, i, k, j int) {
	const least = 3 // characters before the @
	t := v.Text
	a, b := k, k+1
	for a > i && (char.Alnum(t[a-1]) || t[a-1] == '.' || t[a-1] == '_') {
		a--
	}
	for b < j && char.Letter(t[b]) {
		b++
	}
	if k-a >= least && !char.Alnum(char.At(t, b)) && char.At(t, b) != '@' && among(t[k+1:b], paymentHandles[:]) {
		s.Add(v, a, b, finding.Span{Entity: entity.Email, Layer: entity.Detector, Rule: "upi", Canon: string(bytes.ToLower(t[a:b]))})
	}
}

func localChar(c byte) bool {
	return char.Alnum(c) || c >= 0x80 || bytes.IndexByte([]byte("!#$%'*+-^_`{|}~."), c) >= 0
}

// phone finds telephone numbers in international form (ITU-T E.164), in the
// North American form, and after a cue. It is asked only if the policy wants
// phone numbers out.
func (s *Scan) phone(v *finding.View, q *Sequence, before cue.Set) {
	if s.Rules.Action(entity.Phone) == entity.Keep {
		return
	}
	n := len(q.D)
	first := int(q.at[0])
	plus := plusBefore(v.Text, first)
	american := len(q.G) == 3 && q.G[0].size() == 3 && q.G[1].size() == 3 && q.G[2].size() == 4
	if n < 7 || n > 15 || q.G[0].Atom != 0 || !(plus || american || before&cue.Phone != 0) {
		return
	}
	s.addDigits(v, q, 0, n, finding.Span{Entity: entity.Phone, Layer: entity.Detector, Rule: "phone"})
}

// international tells whether the sequence is written as a telephone number.
func (q *Sequence) international(t []byte, before cue.Set) bool {
	return len(q.D) <= 13 && (plusBefore(t, int(q.at[0])) || before&cue.Phone != 0)
}

// plusBefore tells whether a plus stands before t[i] as before a telephone number,
// not as a space does in a query string.
func plusBefore(t []byte, i int) bool {
	return i > 0 && t[i-1] == '+' && (i < 2 || !char.Alnum(t[i-2]) && t[i-2] != '.' && t[i-2] != ',' && t[i-2] != ';')
}
