// Package gate has the rules that redaction goes by, and tells of which texts no detector
// could make anything. It is never wider than what it spares: TestShortcuts compares.
package gate

import (
	"bytes"
	"maps"
	"math"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Rules is what the detectors go by, and what decides which texts need none of them.
type Rules struct {
	actions map[entity.Kind]entity.Action
	Tokens  tokens.Key
	Known   *known.Lookup
	phones  bool                        // phone numbers are kept
	Texts   bool                        // known values have letters, so that they may stand in any text
	least   [profile.MostDigits + 1]int // how long a text is at least in which one stands, by its digits
	other   [profile.MostDigits + 1]int // if no letters follow digits; texts of more than one block are always so long

	Thorough bool // no shortcut is taken: what tests compare with
	Whole    bool // long texts are read as a whole: the same
}

// NewRules makes the rules of a tenant.
func NewRules(key [32]byte, values *known.Set, actions map[entity.Kind]entity.Action) Rules {
	r := Rules{actions: maps.Clone(actions), Tokens: tokens.NewKey(key)}
	r.phones = r.Action(entity.Phone) == entity.Keep
	if r.Known = values.Under(key); r.Known != nil {
		r.Texts = len(r.Known.Texts) > 0
	}
	for i := range r.least {
		if r.least[i], r.other[i] = math.MaxInt, math.MaxInt; r.Texts {
			r.least[i], r.other[i] = r.Known.Least[i], min(r.Known.Other[i], profile.Block+1)
		}
	}
	return r
}

// Action returns what the policy says about an entity.
func (r *Rules) Action(e entity.Kind) entity.Action {
	if a := r.actions[e]; a != "" {
		return a
	}
	if e == entity.Phone {
		return entity.Keep
	}
	return entity.Token
}

// Quiet tells whether the fast path may let a text pass.
func (r *Rules) Quiet(p *profile.Profile, t []byte) bool {
	if digits := min(p.Digits, profile.MostDigits); r.Thorough || len(t) >= r.least[digits] && (p.Planes.LettersBehind() != 0 || len(t) >= r.other[digits]) && r.Known.MayHoldText(t, &p.Planes) || p.Flags&(char.IsExotic|char.IsHigh|char.IsControl|char.IsOpen) != 0 && (r.mayFold(p, t) || p.Flags&char.IsOpen != 0 && mayBeJSON(t)) || p.Brief {
		return false
	}
	if p.Sequence < profile.MinDigits {
		if p.Clean(profile.MinDigits, len(t)) {
			return p.Sequence < profile.MinCued || !p.MayBeFive(t)
		}
		if r.dismiss(p, t); p.Clean(profile.MinDigits, len(t)) || p.Split(t) {
			return p.Sequence < profile.MinCued || !p.MayBeFive(t)
		}
		return r.plain(t, p, 1)
	}
	if len(t) == len("2026-01-05") && date.IsISO(t) {
		return true
	}
	hit := uint64(0)
	if r.Known != nil {
		hit = r.Known.AskEnd(t, p) // early, as memory takes time to answer
	}
	r.dismiss(p, t)
	return r.plain(t, p, hit)
}

// plain tells whether a text is plain and holds no known number; hit is what
// AskEnd said.
func (r *Rules) plain(t []byte, p *profile.Profile, hit uint64) bool {
	if !r.phones || !profile.Plain(t, p) {
		return false
	}
	if r.Known == nil {
		return true
	}
	if p.Digits >= encoded.LeastShortHex && profile.Run11(p.Planes.Digit) != 0 && hexDigits(t) || p.Digits >= profile.MinSaid && p.Planes.WordsInside() != 0 && p.Planes.SaysOn(t) {
		return false
	}
	if !(p.Cued && p.Planes.Fives() != 0) {
		if p.Sequence < column.MinSuffix || p.OnlyDay() || hit == 0 || r.Known.MayEndAny(t, &p.Planes) == 0 {
			return true
		}
	}
	p.Bare = r.Known.MayKnow(t, p)
	return !p.Bare
}

// mayBeJSON tells whether a text is in brackets or braces and has a quote, so that its names
// are those of members.
func mayBeJSON(t []byte) bool {
	t = bytes.TrimSpace(t)
	return len(t) > 2 && (t[0] == '{' && t[len(t)-1] == '}' || t[0] == '[' && t[len(t)-1] == ']') && bytes.IndexByte(t, '"') > 0
}

// mayFold tells whether a text is folded to another in which a known value with
// letters may stand.
func (r *Rules) mayFold(p *profile.Profile, t []byte) bool {
	return r.Texts && (p.Flags&char.IsExotic != 0 || p.Flags&char.IsHigh != 0 && p.Digits >= profile.MinIBANDigits || p.Flags&char.IsControl != 0 && bytes.IndexByte(t, encoded.EscapeByte) >= 0)
}

// IsToken tells whether text is one token of this key and nothing else.
func (r *Rules) IsToken(text []byte) bool {
	for i := 0; i < len(text) && i <= tokens.LongestPrefix; i++ {
		if text[i] == '_' {
			return tokens.IsPrefix(text[:i]) && len(text) == i+1+tokens.Letters && char.Letters(text[i+1:]) == tokens.Letters && r.Tokens.Own(text)
		}
	}
	return false
}

// CutsToken tells whether t[i], where something of an entity was found, is one of the
// letters of a token: the last two may be those of a country, and the numbers behind an
// IBAN by chance. Where a token ends and others begin says nothing of its first letter, but
// that of a credential: ASIA and twelve more begin a key of AWS with the digits behind.
func (r *Rules) CutsToken(t []byte, i int, e entity.Kind) bool {
	from, to := r.TokenAround(t, i)
	return from < to && (t[i-1] != '_' || e == entity.Secret) && bytes.IndexByte(t[from:i], '_') >= 0
}

// TokenAround returns the bounds of the token inside of which t[i-1] and t[i] both are;
// none if they are not inside one.
func (r *Rules) TokenAround(t []byte, i int) (from, to int) {
	if i <= 0 || i >= len(t) || char.ByteClass[t[i-1]]&char.IsUpper == 0 && t[i-1] != '_' {
		return 0, 0
	}
	const longest = tokens.LongestPrefix + 1 + tokens.Letters
	end := min(len(t), i+longest)
	for at := max(0, i-longest); ; at = to {
		if from, to = r.NextToken(t[:end], at); to > i || from == end {
			break
		}
	}
	if from >= i {
		return 0, 0
	}
	return from, to
}

// NextToken returns the bounds of the first token in t[at:]; the end of t if there is
// none.
func (r *Rules) NextToken(t []byte, at int) (from, to int) {
	for k := at; ; k++ {
		n := bytes.IndexByte(t[min(k, len(t)):], '_')
		if n < 0 {
			return len(t), len(t)
		}
		if k += n; char.Letters(t[k+1:]) < tokens.Letters {
			continue
		}
		to = k + 1 + tokens.Letters
		for from = k - 1; from >= at && k-from <= tokens.LongestPrefix; from-- {
			if r.IsToken(t[from:to]) {
				return from, to
			}
		}
	}
}
