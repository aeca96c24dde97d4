package redact

import "github.com/counterfoil/counterfoil/redact/internal/entity"

// ErrRedact is wrapped by every error of this package. A caller that gets it
// must not let the payload out. Error texts never quote the payload.
var ErrRedact = entity.ErrRedact

// Entity names what was found, such as "card".
type Entity = entity.Kind

// The entities that the detectors report. A store or config may name others
// for its known values; they get the token prefix DATA.
const (
	Card     = entity.Card     // payment card number (ISO/IEC 7812)
	IBAN     = entity.IBAN     // ISO 13616
	Account  = entity.Account  // national bank account number
	Bank     = entity.Bank     // routing number, sort code, BIC beside an account
	Ref      = entity.Ref      // ISO 11649 creditor reference
	National = entity.National // social security, tax and identity numbers
	Email    = entity.Email
	Phone    = entity.Phone
	Secret   = entity.Secret // key, token, password
	Opaque   = entity.Opaque // long encoded text that could not be examined
	Fake     = entity.Fake   // token-shaped text from outside
)

// Layer names which of the three layers found it, such as "known".
type Layer = entity.Layer

// The layers, in the order in which they apply.
const (
	LayerField    = entity.Field    // declared by the output type
	LayerKnown    = entity.Known    // a value this tenant's store or config holds
	LayerDetector = entity.Detector // recognised by its form and checksum
)

// Action says what happens to an entity, such as "mask".
type Action = entity.Action

// The actions a policy may choose per entity. The zero value is Token.
const (
	Token = entity.Token // replace by a stable token such as CARD_KQXWMTRBZAPLNE
	Mask  = entity.Mask  // keep the last four characters
	Drop  = entity.Drop  // remove
	Keep  = entity.Keep  // leave as it is
)
