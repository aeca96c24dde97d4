package secrets

import (
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// ForeignSecrets finds what such words announce.
func (s *Scan) ForeignSecrets(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsAlnum}); w.Next(); {
		i, j := w.Lo, w.Hi
		if says, sign, told := cue.ForeignSays(t, i); says != 0 {
			w.Hi = max(j, s.foreignValue(v, i, j, says, sign, told))
		} else if end := cue.CodeEnd(t, i); end > 0 && cue.ForeignAfter(t, end, cue.StartsLine(t, i))&cue.ForeignCode != 0 {
			s.secret(v, i, end, "assigned")
			w.Hi = end
		}
	}
}

// foreignValue takes the word t[i:j], or the value that it begins, for what the words
// before it say, and returns where it ends; 0 if it is none.
func (s *Scan) foreignValue(v *finding.View, i, j int, says cue.Foreign, sign, told bool) int {
	t := v.Text
	if end := cue.CodeEnd(t, i); end > 0 {
		if says == cue.ForeignGeneric && !cue.Confided(t, end) {
			return 0
		}
		if i > 0 && t[i-1] >= utf8.RuneSelf && end-i == len("123456") { // of a script without spaces: 密码123456
			sign = true
		}
		pin := says&(cue.ForeignCode|cue.ForeignPassword|cue.ForeignGeneric) == 0
		if says&cue.ForeignCode == 0 && !sign && !told && !pin || pin && end-i > len("1234") && !told || says&^cue.ForeignLink == cue.ForeignToken {
			return 0
		}
		s.secret(v, i, end, "assigned")
		return end
	}
	end := s.valueEnd(t, i)
	for k, c := range char.Looked(t[i:end]) {
		if c >= utf8.RuneSelf {
			end = i + k
			break
		}
	}
	end = endsTrimmed(t, i, end, ".)]!?|*`")
	value := t[i:max(i, end)]
	switch {
	case len(value) == 0 || s.Rules.IsToken(value) || credential.Complains(t[i:min(len(t), i+credential.LongestComplaint)], false) || constant(value) && !cue.DigitIn(value) || credential.NameOnly(value):
		return 0
	case cue.UnderWord(t, i) && !cue.EndsLine(t, end):
		return 0
	case says&cue.ForeignPassword != 0:
		if !credential.PasswordLike(value) && !(sign && len(value) >= credential.MinPassword && column.HoldsPassword.Secret(value)) || credential.Callee(value) > 0 || date.BeginsISO(value) {
			return 0
		}
	case says&(cue.ForeignToken|cue.ForeignCode) != 0:
		if !credential.RandomLike(value) && !((sign || told) && credential.PlausibleSecret(value, credential.NameMaybe) && cue.DigitIn(value)) || credential.UUID(value) || date.BeginsISO(value) {
			return 0
		}
	default:
		return 0
	}
	s.secret(v, i, end, "assigned")
	return end
}
