// Package detect finds everything that has to go in a reading of a text: cards, account
// and identity numbers, codes, addresses, masked and known numbers, and credentials.
package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
)

// Detect scans a view as it stands.
func (s *Scan) Detect(v finding.View, p *profile.Profile) {
	s.ShortCodes(&v)
	if p.Sequence >= profile.MinCued {
		s.Numbers(v)
	}
	if p.Digits >= profile.MinLettered && (len(v.Text) > profile.Block || s.Rules.Thorough || p.Planes.High != 0 || p.Planes.Lettered()) {
		s.lettered(v)
	}
	if p.Digits >= profile.MinSaid && (len(v.Text) > profile.Block || s.Rules.Thorough || p.Planes.SaysOn(v.Text) || p.Sequence > profile.MinSaid) {
		s.SaidParts(&v)
	}
	if p.Masked {
		s.maskedNumbers(&v)
	} else if p.Digits >= binShown+profile.LastShown && (len(v.Text) > profile.Block || p.Sequence >= binShown) {
		s.maskedSingly(&v)
	}
	short := p.Sequence < profile.MinDigits && p.Digits < profile.MinLettered && len(v.Text) < iban.Shortest // as clean has it
	if p.Lead || p.Digits >= profile.MinIBANDigits && !short && (len(v.Text) > profile.Block || s.Rules.Thorough || p.MayIBAN(v.Text)) {
		s.IBANs(v)
	}
	s.words(v, p)
}

// words finds credentials and contacts.
func (s *Scan) words(v finding.View, p *profile.Profile) {
	s.Reaches = secrets.Reaches{Own: len(s.Spans)}
	if p.Key {
		s.Keys(&v)
	}
	if p.Flags&char.IsColon != 0 {
		s.Pgpass(&v)
		s.Wireless(&v)
	}
	if p.Flags&char.IsAt != 0 {
		s.Userinfo(&v)
		s.emails(&v)
	}
	if p.Key || p.Mixed || p.Hex || p.Flags&(char.IsAssign|char.IsColon|char.IsBack|char.IsEscape|char.IsLess) != 0 {
		s.Assigned(&v)
	}
	if p.Digits > 0 && p.Flags&(char.IsAssign|char.IsColon|char.IsLess) != 0 {
		s.PrintedSecrets(&v)
	}
	if p.Digits >= profile.FewestCode && (p.Code || s.Rules.Thorough) {
		s.codes(&v)
	}
	if p.Digits >= profile.FewestCode {
		s.cuedCodes(&v)
	}
	if p.PEM {
		s.PEM(&v)
	}
	if p.Mixed || p.Hex || p.Key {
		s.ShapedKeys(&v)
	}
	if p.Digits > 0 && p.Flags&char.IsControl != 0 {
		s.Asked(&v)
	}
	s.ForeignSecrets(&v)
	if len(s.Spans) > s.Reaches.Own {
		s.Copies(&v, s.Reaches.Own)
	}
}
