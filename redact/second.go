package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/second"
)

// newSecond returns the scan behind the redactor. It shares no more with that than the
// set of known values and what the policy says.
func (r *Redactor) newSecond() second.Scan {
	s := second.Scan{Secrets: r.rules.Action(Secret) != Keep, IBANs: r.rules.Action(IBAN) != Keep, Cards: r.rules.Action(Card) != Keep}
	if r.rules.Known != nil {
		s.Known = r.holds
	}
	return s
}

// holds tells whether a number is a known value as a whole, and not one to be kept.
func (r *Redactor) holds(digits []byte) bool {
	if len(digits) > known.MaxKnownDigits {
		return false
	}
	e, ok := r.rules.Known.Digits(digits)
	return ok && e.Kind == known.EntryFull && r.rules.Action(r.rules.Known.Values[e.Value].Entity) != Keep
}

// Clean tells whether the second scan finds nothing in src. If it is false, or
// the caller cannot wait for it, the payload must not leave.
func (r *Redactor) Clean(src []byte) (clean bool) {
	defer func() {
		if recover() != nil {
			clean = false
		}
	}()
	return len(src) <= MaxDocument && !r.second.Finds(string(src))
}
