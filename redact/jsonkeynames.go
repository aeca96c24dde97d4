package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// The key of a JSON object may say that its value is a secret: {"password": …},
// {"clientSecret": …}; or a neighbour does: {"name": "DB_PASSWORD", "value": …}.

// keyName is what a key says about its value.
type keyName struct {
	kind credential.NameKind
	role keyRole
}

// keyRole is the part of a member in a pair of a name and a value.
type keyRole uint8

const (
	noRole    keyRole = iota
	labels            // name, key: names what the neighbour holds
	holds             // value: holds what the neighbour names
	starting          // bin, first6: the first digits of a card
	lasting           // last6: more than the last four digits of a card or an account
	banking           // bic, swift: the code of a bank
	spelling          // iban: an IBAN even if its check digits are wrong
	schemes           // SchemeName: says of what the neighbour is the number
	typing            // identifierType: the same
	heading           // columns: names what the columns of a table hold
	keyPart           // d: a part of a key, beside its type; see partOfSecret
	branching         // branch, transit: the number of a branch beside an account
)

var keyPlain keyName

// tells tells whether a name may say of a number what it is.
func (n keyName) tells() bool {
	return n.kind != credential.NameNone || n.role == starting || n.role == lasting
}

// keyNameOf looks a key up.
func keyNameOf(key []byte) keyName {
	written := key
	key = foldedName(key)
	if name, known := keyRoleOf(key); known {
		return name
	}
	kind := column.SpelledName(key)
	if kind == credential.NameNone {
		kind = credential.ForeignName(written)
	}
	if kind == credential.NameOnce { // of currencies, countries, products
		kind = credential.NameNone
	}
	return keyName{kind: kind}
}

// longestDisguised is how long a name is, at most, that is folded: of letters of four
// bytes.
const longestDisguised = 4 * cue.LongestName

// foldedName folds a name, of which letters may be disguised.
func foldedName(name []byte) []byte {
	if char.ASCII(name) || len(name) > longestDisguised {
		return name
	}
	return []byte(fold.String(string(name)))
}

// named notes what the key of the current member says.
func (w *walker) named(name keyName, top int) {
	f := &w.frames[top]
	if f.name = name; name.role == holds {
		f.name.kind = w.labelOf(f)
		if f.name.kind == credential.NameNone && top > 0 {
			f.name.kind = w.frames[top-1].name.kind
		}
	}
}

// labelOf returns what the member before says that names what others hold.
func (w *walker) labelOf(f *frame) credential.NameKind {
	if at := f.namer; at.end > 0 {
		text := w.unescape(at.i, at.end, at.escaped)
		if f.namer, f.label = (leafAt{}), column.SpelledName(foldedName(fieldLabel(text))); f.label == credential.NameNone {
			f.label = credential.ForeignName(text)
		}
	}
	return f.label
}

// fieldLabel returns a label without the word for what it is the label of, as a browser that
// a model drives describes the elements of a page: Password field, API key input, #password.
func fieldLabel(text []byte) []byte {
	text = bytes.TrimLeft(text, "#.")
	for _, kind := range [...]string{" field", " input", " textbox", " box"} {
		if n := len(text) - len(kind); n > 0 && bytes.EqualFold(text[n:], []byte(kind)) {
			return text[:n]
		}
	}
	return text
}

// placedString redacts a string of which its key, the head of its column, or the leaf
// before it says what it is, and tells whether it did.
func (s *scan) placedString(i, end int, escaped bool, p *profile.Profile) bool {
	w := &s.walk
	if n := len(w.frames); n > 0 && w.frames[n-1].name != keyPlain && s.namedString(i, end, escaped) {
		return true
	}
	if n := len(w.frames); n > 1 && (w.frames[n-1].index >= 0 || w.frames[n-1].name.role == holds) && w.frames[n-2].name.role == labels { // {"loc": ["body", "account_number"]}, {"key": {"content": …}}
		w.labelled(&w.frames[n-2], i, end, escaped)
	}
	if p.Digits > 0 && s.printedString(i, end, escaped) {
		return true
	}
	if n := len(w.frames); n > 1 && w.frames[n-1].index >= 0 && s.columnString(i, end, escaped, p) {
		return true
	}
	return w.keyEnd > 0 && s.keyTail(i, end, escaped) || w.accountEnd > 0 && s.numberTail(i, end, escaped)
}

// labelled notes the string src[i:end] as what the member of f is called.
func (w *walker) labelled(f *frame, i, end int, escaped bool) {
	w.keep(&w.label, f, i, end, escaped)
	if f.label != credential.NameAccount && f.label != credential.NameBank && f.index < 0 && end-i <= longestDisguised {
		f.label, f.namer = credential.NameNone, leafAt{i, end, escaped}
	}
}

// namedString redacts a string whose key says that it is a secret, and tells
// whether it did. It notes what a string names that stands under a label.
func (s *scan) namedString(i, end int, escaped bool) bool {
	w := &s.walk
	f := &w.frames[len(w.frames)-1]
	text := w.unescape(i, end, escaped)
	switch f.name.role {
	case labels:
		if n := len(w.frames); n > 1 && w.frames[n-2].name.role == heading {
			w.headLeaf(text)
		}
		w.keep(&w.label, f, i, end, escaped)
		w.keep(&w.untold, f, i, end, escaped)
	case heading:
		w.headLeaf(text)
		return false
	case typing:
		s.tells(f, i, end, escaped)
		return false
	case schemes:
		s.tells(f, i, end, escaped)
		text = w.unescape(i, end, escaped)
	case branching:
		return s.bankLeaf(i, end, text)
	case holds:
		object := f.start
		if n := len(w.frames); n > 1 && w.label.object != object && w.frames[n-2].name.role == holds { // {"key": …, "value": {"stringValue": …}}
			object = w.frames[n-2].start
		}
		if w.label.object == object && (char.DigitsUpTo(text, column.LeastNumbered) >= column.LeastNumbered || !char.ASCII(text)) && s.heldString(i, end, text, w.labelHere()) {
			return true
		}
		w.keep(&w.untold, f, i, end, escaped)
	}
	if f.name.role == labels {
		if f.label == credential.NameAccount || f.label == credential.NameBank {
			return false
		}
		if f.label, f.namer = credential.NameNone, (leafAt{}); f.index < 0 && len(text) <= longestDisguised {
			f.namer = leafAt{i, end, escaped}
		}
		return false
	}
	switch {
	case f.name.role == keyPart:
		return w.partOfSecret(f, text) && !s.Rules.IsToken(text) && s.replaceNamed(i, end, text, 0, Secret)
	case f.name.role == starting:
		if !detect.CardHead(text) || !s.replaceNamed(i, end, text, 0, Card) {
			return false
		}
		s.beginsParts(i, end, escaped) // {"bin": …, "rest": …}
		return true
	case f.name.role == lasting:
		return manyLast(text) && (w.chain.open() && s.joinsParts(i, end, text, nil, escaped) || s.replaceNamed(i, end, text, 0, Card))
	case f.name.role == banking:
		return s.bankLeaf(i, end, text)
	case f.name.role == schemes:
		switch f.label, f.namer = credential.NameNone, (leafAt{}); {
		case accountScheme(text):
			f.label = credential.NameAccount
		case bankScheme(text):
			f.label = credential.NameBank
		}
		return false
	case f.name.role == spelling:
		return spelledIBAN(text) && s.replaceNamed(i, end, text, 0, IBAN)
	case f.name.kind == credential.NameBank:
		return s.bankLeaf(i, end, text)
	case f.name.kind == credential.NameAccount:
		return accountDigits(text) && s.replaceNamed(i, end, text, 0, Account)
	}
	a := valueAt(text, w.kindOf(f, len(text)))
	if a < 0 || s.Rules.IsToken(text[a:]) {
		return false
	}
	return s.replaceNamed(i, end, text, a, Secret)
}

// Limits of a PIN with as many digits as the code of a place in India, which counts only
// beside a password.
const (
	loginPIN      = 6
	passwordReach = 256 // bytes between the two
)

// kindOf returns what the key of f says of a value of so many bytes: a code of six digits
// is a PIN where a password stands beside it.
func (w *walker) kindOf(f *frame, size int) credential.NameKind {
	if f.name.kind == credential.NameCode && size == loginPIN && w.besidePassword(f) {
		return credential.NamePIN
	}
	return f.name.kind
}

// besidePassword tells whether the key of f is "PIN" and a member beside it is a password:
// {"Site": …, "User": …, "Password": …, "PIN": "993778"}.
func (w *walker) besidePassword(f *frame) bool {
	const password = `assword":`
	if f.start < 0 || f.index >= 0 || !bytes.EqualFold(w.src[f.lo:f.hi], []byte("pin")) {
		return false
	}
	before, behind := w.src[max(f.start, f.lo-passwordReach):f.lo], w.src[f.hi:min(len(w.src), f.hi+passwordReach)]
	if k := bytes.LastIndexAny(before, "{}"); k >= 0 {
		before = before[k:]
	}
	if k := bytes.IndexAny(behind, "{}"); k >= 0 {
		behind = behind[:k]
	}
	return bytes.Contains(before, []byte(password)) || bytes.Contains(behind, []byte(password))
}

// replaceNamed puts a token where text[a:] is, which is src[i:end].
func (s *scan) replaceNamed(i, end int, text []byte, a int, e Entity) bool {
	return s.replacePart(i, end, text, a, len(text), e)
}

// replacePart is replaceNamed for text[a:b].
func (s *scan) replacePart(i, end int, text []byte, a, b int, e Entity) bool {
	s.Spans, s.Used = s.Spans[:0], 0
	v := finding.View{Text: text}
	s.Add(&v, a, b, finding.Span{Entity: e, Layer: LayerDetector, Rule: "named", Canon: tokens.Canonical(e, string(text[a:b]))})
	if len(s.Spans) == 0 {
		return false
	}
	s.walk.note(i+1, end-1, e)
	out := s.Apply(nil, text)
	s.unlink()
	s.decode()
	s.replaceLeaf(i, end, out)
	return true
}

// valueOf returns where in the text of a member of this kind the secret begins;
// -1 if there is none.
func valueOf(text []byte, kind credential.NameKind) int {
	switch kind {
	case credential.NameSecret, credential.NameMaybe, credential.NameKey, credential.NameCode, credential.NamePIN, credential.NameDigits:
		if credential.PlausibleSecret(text, kind) && !credential.Spoken(text) && !credential.Complains(text, true) && !credential.StandIn(text) && !credential.PublicText(text) && !column.AmountLike(text) && (kind == credential.NameSecret || bytes.IndexByte(text, ' ') < 0) {
			return 0
		}
	case credential.NameHeader:
		k := bytes.IndexByte(text, ' ')
		if k > 0 && secrets.IsScheme(text[:k]) && k+1 < len(text) && bytes.IndexByte(text[k+1:], ' ') < 0 {
			return k + 1
		}
		if k < 0 && credential.PlausibleSecret(text, kind) {
			return 0
		}
	}
	return -1
}

// valueAt is valueOf for a text that may be in other characters than it seems.
func valueAt(text []byte, kind credential.NameKind) int {
	a := valueOf(text, kind)
	if a < 0 && kind != credential.NameNone && !char.ASCII(char.Looked(text)) && valueOf([]byte(fold.String(string(char.Looked(text)))), kind) == 0 {
		return 0
	}
	return a
}

// namedNumber is namedString for numbers: {"pin": 4821}.
func (s *scan) namedNumber(i, end int, lit []byte) bool {
	f := &s.walk.frames[len(s.walk.frames)-1]
	name := f.name
	name.kind = s.walk.kindOf(f, len(lit))
	sp := finding.Span{Entity: Secret, Layer: LayerDetector, Rule: "named", Canon: string(lit)}
	switch {
	case name.role == starting && detect.CardHead(lit), name.role == lasting && manyLast(lit):
		sp.Entity = Card
	case name.kind == credential.NameAccount && accountDigits(lit):
		sp.Entity = Account
	case name.kind != credential.NameSecret && name.kind != credential.NameCode && name.kind != credential.NamePIN && name.kind != credential.NameDigits || !credential.PlausibleSecret(lit, name.kind) || bytes.IndexByte(lit, '.') >= 0:
		return false
	}
	if s.Rules.Action(sp.Entity) == Keep {
		return false
	}
	s.unlink()
	s.decode()
	s.replaceNumber(i, end, lit, &sp)
	if name.role == starting {
		s.linkPart(part{i: i, end: end, number: true, open: true, alone: true}, lit, false, len(lit))
	}
	return true
}

// printedString redacts a string that is a secret by the key around its own, which only
// wraps it, or by the name before it in an array of the two, and tells whether it did.
func (s *scan) printedString(i, end int, escaped bool) bool {
	w := &s.walk
	n := len(w.frames)
	if n == 0 {
		return false
	}
	if f := &w.frames[n-1]; w.near.any == f.start+1 && s.besideFound(f, i, end, escaped) {
		return true
	}
	c := column.Kind(0)
	if f := &w.frames[n-1]; f.index == 1 {
		c = column.SecretHead(w.pairName())
	} else if f.index > 1 {
		c = column.SecretHead(optionBefore(w.src, i))
	} else if n > 1 && f.index < 0 && w.frames[n-2].index < 0 && partOfKey(w.src[f.lo:f.hi]) {
		key := w.src[w.frames[n-2].lo:w.frames[n-2].hi]
		c = column.SecretHead(bytes.TrimSuffix(key, []byte(".keyword"))) // of Elasticsearch
	}
	if c == 0 {
		return n > 0 && w.frames[n-1].index > 0 && s.gluedOption(i, end)
	}
	text := w.unescape(i, end, escaped)
	return c.Printed(text) && !s.Rules.IsToken(text) && s.replaceNamed(i, end, text, 0, Secret)
}

// commandReach is how many bytes of an array of arguments are looked at for the command.
const commandReach = 96

// gluedOption redacts a string that is the option of a client of MySQL with its password in an
// array of arguments, ["mysqladmin", "-uroot", "-p…"], and tells whether it did.
func (s *scan) gluedOption(i, end int) bool {
	w := &s.walk
	text := w.src[i+1 : end-1]
	if !bytes.HasPrefix(text, []byte("-p")) || len(text) < len("-p1234") || bytes.IndexByte(text, '\\') >= 0 || bytes.IndexByte(text, ' ') >= 0 {
		return false
	}
	lead := w.src[max(0, w.frames[len(w.frames)-1].start, i-commandReach):i]
	if !bytes.Contains(lead, []byte(`"mysql`)) || s.Rules.IsToken(text[len("-p"):]) || !credential.PasswordLike(text[len("-p"):]) {
		return false
	}
	return s.replaceNamed(i, end, text, len("-p"), Secret)
}

// printedNumber is printedString for numbers that are PINs and codes: {"pin": {"int": 4821}}.
func (s *scan) printedNumber(i, end int, lit []byte) bool {
	w := &s.walk
	n := len(w.frames)
	if n < 2 {
		return false
	}
	kind := w.frames[n-2].name.kind
	if kind != credential.NameCode && kind != credential.NamePIN && kind != credential.NameDigits || w.frames[n-1].index >= 0 || w.frames[n-2].index >= 0 || !partOfKey(w.src[w.frames[n-1].lo:w.frames[n-1].hi]) {
		return false
	}
	if len(lit) > credential.LongestPIN || !credential.PlausibleSecret(lit, kind) || bytes.IndexByte(lit, '.') >= 0 || s.Rules.Action(Secret) == Keep {
		return false
	}
	s.unlink()
	s.decode()
	s.replaceNumber(i, end, lit, &finding.Span{Entity: Secret, Layer: LayerDetector, Rule: "named", Canon: string(lit)})
	return true
}
