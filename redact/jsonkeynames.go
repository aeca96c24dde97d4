package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// The key of a JSON object may say that its value is a secret: {"password": …},
// {"clientSecret": …}; or a neighbour does: {"name": "DB_PASSWORD", "value": …}.

// keyName is what a key says about its value.
type keyName struct {
	kind nameKind
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
	return n.kind != nameNone || n.role == starting || n.role == lasting
}

// keyNameOf looks a key up.
func keyNameOf(key []byte) keyName {
	written := key
	key = foldedName(key)
	if name, known := keyRoleOf(key); known {
		return name
	}
	kind := spelledName(key)
	if kind == nameNone {
		kind = foreignName(written)
	}
	if kind == nameOnce { // of currencies, countries, products
		kind = nameNone
	}
	return keyName{kind: kind}
}

// longestDisguised is how long a name is, at most, that is folded: of letters of four
// bytes.
const longestDisguised = 4 * longestName

// foldedName folds a name, of which letters may be disguised.
func foldedName(name []byte) []byte {
	if ascii(name) || len(name) > longestDisguised {
		return name
	}
	return []byte(fold.String(string(name)))
}

// spelledName is secretName for a key or a label: one with spaces or other marks
// may be the name of a shop, such as Victoria's Secret, unless it says more.
func spelledName(name []byte) nameKind {
	kind := secretName(name)
	if kind == nameNone || !bytes.ContainsAny(name, " '&") {
		return kind
	}
	low := bytes.ToLower(name)
	for _, end := range [...]string{"password", "passphrase", "api key", "access key", "private key", "secret key", "access token", "refresh token", "session token", "api token", "auth token", "bearer token",
		"client secret", "webhook secret", "signing secret", "app secret", "shared secret", "encryption key", "signing key", "master key", "recovery code", "security answer", "security code", "verification code", "memorable word", "card pin", "pin code", "cvv code", "cvc code", "maiden name", "pass phrase"} {
		if bytes.HasSuffix(low, []byte(end)) {
			return kind
		}
	}
	return nameNone
}

// amountLike tells whether a value is an amount with two decimals.
func amountLike(text []byte) bool {
	k := bytes.IndexByte(text, '.')
	return k > 0 && len(text) == k+len(".50") && len(bytes.Trim(text, "-0123456789.")) == 0
}

// named notes what the key of the current member says.
func (w *walker) named(name keyName, top int) {
	f := &w.frames[top]
	if f.name = name; name.role == holds {
		f.name.kind = w.labelOf(f)
		if f.name.kind == nameNone && top > 0 {
			f.name.kind = w.frames[top-1].name.kind
		}
	}
}

// labelOf returns what the member before says that names what others hold.
func (w *walker) labelOf(f *frame) nameKind {
	if at := f.namer; at.end > 0 {
		text := w.unescape(at.i, at.end, at.escaped)
		if f.namer, f.label = (leafAt{}), spelledName(foldedName(text)); f.label == nameNone {
			f.label = foreignName(text)
		}
	}
	return f.label
}

// placedString redacts a string of which its key, the head of its column, or the leaf
// before it says what it is, and tells whether it did.
func (s *scan) placedString(i, end int, escaped bool, p *profile) bool {
	w := &s.walk
	if n := len(w.frames); n > 0 && w.frames[n-1].name != keyPlain && s.namedString(i, end, escaped) {
		return true
	}
	if p.digits > 0 && s.printedString(i, end, escaped) {
		return true
	}
	if n := len(w.frames); n > 1 && w.frames[n-1].index >= 0 && s.columnString(i, end, escaped, p) {
		return true
	}
	return w.keyEnd > 0 && s.keyTail(i, end, escaped) || w.accountEnd > 0 && s.numberTail(i, end, escaped)
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
		if w.label.object == object && (digitsUpTo(text, leastNumbered) >= leastNumbered || !ascii(text)) && s.heldString(i, end, text, w.labelHere()) {
			return true
		}
		w.keep(&w.untold, f, i, end, escaped)
	}
	if f.name.role == labels {
		if f.label == nameAccount || f.label == nameBank {
			return false
		}
		if f.label, f.namer = nameNone, (leafAt{}); f.index < 0 && len(text) <= longestDisguised {
			f.namer = leafAt{i, end, escaped}
		}
		return false
	}
	switch {
	case f.name.role == keyPart:
		return w.partOfSecret(f, text) && !s.r.isToken(text) && s.replaceNamed(i, end, text, 0, Secret)
	case f.name.role == starting:
		if !cardHead(text) || !s.replaceNamed(i, end, text, 0, Card) {
			return false
		}
		s.beginsParts(i, end, escaped) // {"bin": …, "rest": …}
		return true
	case f.name.role == lasting:
		return manyLast(text) && (w.chain.open() && s.joinsParts(i, end, text, nil, escaped) || s.replaceNamed(i, end, text, 0, Card))
	case f.name.role == banking:
		return s.bankLeaf(i, end, text)
	case f.name.role == schemes:
		switch f.label, f.namer = nameNone, (leafAt{}); {
		case accountScheme(text):
			f.label = nameAccount
		case bankScheme(text):
			f.label = nameBank
		}
		return false
	case f.name.role == spelling:
		return spelledIBAN(text) && s.replaceNamed(i, end, text, 0, IBAN)
	case f.name.kind == nameBank:
		return s.bankLeaf(i, end, text)
	case f.name.kind == nameAccount:
		return accountDigits(text) && s.replaceNamed(i, end, text, 0, Account)
	}
	a := valueOf(text, f.name.kind)
	if a < 0 && f.name.kind != nameNone && !ascii(looked(text)) && valueOf([]byte(fold.String(string(looked(text)))), f.name.kind) == 0 {
		a = 0
	}
	if a < 0 || s.r.isToken(text[a:]) {
		return false
	}
	return s.replaceNamed(i, end, text, a, Secret)
}

// replaceNamed puts a token where text[a:] is, which is src[i:end].
func (s *scan) replaceNamed(i, end int, text []byte, a int, e Entity) bool {
	return s.replacePart(i, end, text, a, len(text), e)
}

// replacePart is replaceNamed for text[a:b].
func (s *scan) replacePart(i, end int, text []byte, a, b int, e Entity) bool {
	s.spans, s.used = s.spans[:0], 0
	v := view{t: text}
	s.add(&v, a, b, span{entity: e, layer: LayerDetector, rule: "named", canon: canonical(e, string(text[a:b]))})
	if len(s.spans) == 0 {
		return false
	}
	s.walk.note(i+1, end-1, e)
	out := s.apply(nil, text)
	s.unlink()
	s.decode()
	s.replaceLeaf(i, end, out)
	return true
}

// valueOf returns where in the text of a member of this kind the secret begins;
// -1 if there is none.
func valueOf(text []byte, kind nameKind) int {
	switch kind {
	case nameSecret, nameMaybe, nameKey, nameCode, namePIN, nameDigits:
		if plausibleSecret(text, kind) && !spoken(text) && !complains(text, true) && !standIn(text) && !publicText(text) && !amountLike(text) && (kind == nameSecret || bytes.IndexByte(text, ' ') < 0) {
			return 0
		}
	case nameHeader:
		k := bytes.IndexByte(text, ' ')
		if k > 0 && isScheme(text[:k]) && k+1 < len(text) && bytes.IndexByte(text[k+1:], ' ') < 0 {
			return k + 1
		}
		if k < 0 && plausibleSecret(text, kind) {
			return 0
		}
	}
	return -1
}

// spoken tells whether a value says whether there is a secret, or what kind.
func spoken(text []byte) bool {
	if len(text) > longestName {
		return false
	}
	switch string(bytes.ToLower(text)) {
	case "true", "false", "null", "none", "string", "required", "optional", "undefined", "bearer", "basic", "hidden", "redacted", "[redacted]", "enabled", "disabled", "unknown", "n/a", "nil", "write", "read", "include", "omit", "same-origin":
		return true
	}
	return false
}

// namedNumber is namedString for numbers: {"pin": 4821}.
func (s *scan) namedNumber(i, end int, lit []byte) bool {
	name := s.walk.frames[len(s.walk.frames)-1].name
	sp := span{entity: Secret, layer: LayerDetector, rule: "named", canon: string(lit)}
	switch {
	case name.role == starting && cardHead(lit), name.role == lasting && manyLast(lit):
		sp.entity = Card
	case name.kind == nameAccount && accountDigits(lit):
		sp.entity = Account
	case name.kind != nameSecret && name.kind != nameCode && name.kind != namePIN && name.kind != nameDigits || !plausibleSecret(lit, name.kind) || bytes.IndexByte(lit, '.') >= 0:
		return false
	}
	if s.r.action(sp.entity) == Keep {
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
