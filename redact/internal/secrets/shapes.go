package secrets

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// ShapedKeys finds these tokens: the bots of Telegram (123456789:AA…) and Discord (three
// parts of base64url), Airtable (pat….…), Azure (…8Q~…, …AzSe…) and Mailchimp (…-us21), old
// ones of Vault (s.…).
func (s *Scan) ShapedKeys(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsWord}); w.Next(); {
		if from, end := credential.ShapedKey(t, w.Lo, w.Hi); end > 0 {
			s.secret(v, from, end, "shaped_key")
			w.Hi = end
		}
	}
}
