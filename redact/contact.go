package redact

import "bytes"

// Longest parts of an address (RFC 5321, 4.5.3.1).
const (
	maxLocal  = 64
	maxDomain = 255
)

// emails finds addr-specs in their usual form (RFC 5322, 3.4.1, without quoted
// local parts and comments).
func (s *scan) emails(v *view) {
	t := v.t
	for at := 0; ; {
		k := bytes.IndexByte(t[at:], '@')
		if k < 0 {
			return
		}
		k += at
		at = k + 1
		i := k
		for i > 0 && k-i < maxLocal && localChar(t[i-1]) {
			i--
		}
		j, dot := k+1, -1
		for j < len(t) && j-k < maxDomain && (alnum(t[j]) || t[j] == '-' || t[j] == '.' || t[j] >= 0x80) {
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
		if i == k || dot <= k+1 || j-dot < 3 || !letter(t[dot+1]) && t[dot+1] < 0x80 || repository(t, i, k, j) {
			continue
		}
		s.add(v, i, j, span{entity: Email, layer: LayerDetector, rule: "email", canon: string(bytes.ToLower(t[i:j]))})
		at = j
	}
}

// repository tells whether the address t[i:j], whose @ is t[k], is that of a repository of
// Git, with its path behind: git@github.com:owner/name.git.
func repository(t []byte, i, k, j int) bool {
	c := byteAt(t, j)
	return string(t[i:k]) == "git" && (c == ':' || c == '/') && alnum(byteAt(t, j+1))
}

// paymentHandles are what stands behind the @ of virtual payment addresses (NPCI, Unified
// Payments Interface): of banks and of the programs that pay through them.
var paymentHandles = [...]string{"upi", "ybl", "ibl", "axl", "apl", "yapl", "rapl", "paytm", "ptsbi", "pthdfc", "ptaxis", "ptyes", "okaxis", "okicici", "oksbi", "okhdfcbank", "sbi", "hdfcbank", "icici", "axisbank", "axisb",
	"kotak", "yesbank", "yespay", "pnb", "barodampay", "cnrb", "fbl", "federal", "idfcbank", "idbi", "indus", "idfcfirst", "jupiteraxis", "fam", "freecharge", "ikwik", "airtel", "postbank", "waicici", "wahdfcbank", "wasbi", "waaxis", "rbl", "aubank", "unionbank", "mahb", "uboi", "superyes", "tapicici", "timecosmos", "slice", "naviaxis", "kbl", "dbs", "hsbc", "sliceaxis", "yescred", "axisgo", "fbpe"}

// paymentAddress finds the address of a payment t[i:j] around the @ at t[k], which is
// nobody's mailbox but names a person just as one does: name@oksbi.
func (s *scan) paymentAddress(v *view, i, k, j int) {
	const least = 3 // characters before the @
	t := v.t
	a, b := k, k+1
	for a > i && (alnum(t[a-1]) || t[a-1] == '.' || t[a-1] == '_') {
		a--
	}
	for b < j && letter(t[b]) {
		b++
	}
	if k-a >= least && !alnum(byteAt(t, b)) && byteAt(t, b) != '@' && among(t[k+1:b], paymentHandles[:]) {
		s.add(v, a, b, span{entity: Email, layer: LayerDetector, rule: "upi", canon: string(bytes.ToLower(t[a:b]))})
	}
}

func localChar(c byte) bool {
	return alnum(c) || c >= 0x80 || bytes.IndexByte([]byte("!#$%'*+-^_`{|}~."), c) >= 0
}

// phone finds telephone numbers in international form (ITU-T E.164), in the
// North American form, and after a cue. It is asked only if the policy wants
// phone numbers out.
func (s *scan) phone(v *view, q *sequence, before cue) {
	if s.r.action(Phone) == Keep {
		return
	}
	n := len(q.d)
	first := int(q.at[0])
	plus := plusBefore(v.t, first)
	american := len(q.g) == 3 && q.g[0].size() == 3 && q.g[1].size() == 3 && q.g[2].size() == 4
	if n < 7 || n > 15 || q.g[0].atom != 0 || !(plus || american || before&cuePhone != 0) {
		return
	}
	s.addDigits(v, q, 0, n, span{entity: Phone, layer: LayerDetector, rule: "phone"})
}

// international tells whether the sequence is written as a telephone number.
func (q *sequence) international(t []byte, before cue) bool {
	return len(q.d) <= 13 && (plusBefore(t, int(q.at[0])) || before&cuePhone != 0)
}

// plusBefore tells whether a plus stands before t[i] as before a telephone number,
// not as a space does in a query string.
func plusBefore(t []byte, i int) bool {
	return i > 0 && t[i-1] == '+' && (i < 2 || !alnum(t[i-2]) && t[i-2] != '.' && t[i-2] != ',' && t[i-2] != ';')
}
