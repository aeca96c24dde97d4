// Package entity names what is found, which layer found it, and what a policy does with
// it.
package entity

import "errors"

// ErrRedact is wrapped by every error of this package. A caller that gets it
// must not let the payload out. Error texts never quote the payload.
var ErrRedact = errors.New("redaction failed")

// Kind names what was found.
type Kind string

// The entities that the detectors report. A store or config may name others
// for its known values; they get the token prefix DATA.
const (
	Card     Kind = "card"        // payment card number (ISO/IEC 7812)
	IBAN     Kind = "iban"        // ISO 13616
	Account  Kind = "account"     // national bank account number
	Bank     Kind = "bank"        // routing number, sort code, BIC beside an account
	Ref      Kind = "reference"   // ISO 11649 creditor reference
	National Kind = "national_id" // social security, tax and identity numbers
	Email    Kind = "email"
	Phone    Kind = "phone"
	Secret   Kind = "secret" // key, token, password
	Opaque   Kind = "opaque" // long encoded text that could not be examined
	Fake     Kind = "fake_token"
)

// Layer names which of the three layers found it.
type Layer string

// The layers, in the order in which they apply.
const (
	Field    Layer = "field"    // declared by the output type
	Known    Layer = "known"    // a value this tenant's store or config holds
	Detector Layer = "detector" // recognised by its form and checksum
)

// Action says what happens to an entity.
type Action string

// The actions a policy may choose per entity. The zero value is Token.
const (
	Token Action = "token" // replace by a stable token such as CARD_KQXWMTRBZAPLNE
	Mask  Action = "mask"  // keep the last four characters
	Drop  Action = "drop"  // remove
	Keep  Action = "keep"  // leave as it is
)
