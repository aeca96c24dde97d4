// Package redact finds account numbers, card numbers and credentials in any
// of the disguises listed in docs/redaction.md and replaces them by stable
// tokens. It decodes and folds first, scans the folded text, and maps each
// finding back to the original bytes.
//
// A text is examined until nothing is found any more, so that redacting twice
// gives the same bytes as redacting once. Whatever cannot be examined within
// the limits of this package is refused or replaced whole: redaction fails
// closed.
//
// It imports the standard library and golang.org/x/text only.
//
// # The packages
//
// Each imports only those before it, all below internal:
//
//	fold, inflate, siphash              spelling of characters, deflate data, the keyed hash
//	iban, issuer, checkdigit,           forms and checks of numbers
//	bankaccount, nationalid
//	char, date, entity, tokens          bytes of a text, days, names of what is found, tokens
//	cue                                 what the words around a number say, in 40 languages
//	credential, encoded, column         what passwords and keys, encoded text and heads of columns look like
//	profile                             one look at a text
//	known                               the values of a tenant, as keyed hashes
//	gate                                which texts need no detector
//	finding                             readings of a text, and what was found in them
//	secrets                             finds credentials in a reading
//	detect                              finds everything in a reading
//	reading                             reads a text in every way, and replaces
//
// This package walks documents and streams. The second scan, for
// the borders to models and Notion, shares none of it (second.go, package second). The
// packages corpus, hostile and sample make what the tests read.
//
// # The way of a text
//
// One pass over the bytes makes a profile of a text: how many digits it has, which marks,
// what might be encoded. Most texts are done with it (gate.Rules.Quiet): nothing is in
// them, or short numbers and words of which no detector could make anything, and no known
// value stands in them by a look at what known values end in or at where letters and
// digits take turns. These shortcuts are never wider than what they spare: TestShortcuts
// compares.
//
// Other texts are examined (package reading). A view of a text remembers which bytes each
// of its own came from. It is folded, scanned by the detectors, and read again without
// escapes, entities, markup and marks, and with what is encoded decoded, or without the
// names and words between the parts of a number; each of these views is examined in the
// same way, four levels deep. Long texts are read again only around what changed (near.go).
//
// The detectors (package detect) look at sequences of digits (number*.go, in which lists
// and times are told from others): cards (card*.go), account numbers (account*.go),
// identity numbers (national*.go) and known numbers (knownscan.go). Then at IBANs
// (iban*.go), codes of letters and digits (code*.go), credentials (package secrets),
// addresses (contact.go) and masked numbers (masked*.go). What its place in a table, a
// record or a message says of a number is in table*.go, records.go and segments.go; and
// what says by its own form that it is something else in other*.go.
//
// Findings that overlap become one, and tokens are put in (reading/scan.go). Then the text
// is examined again. What is a document in a text is handed back to this package, as one
// (reading.Documents).
//
// # The way of a document
//
// A JSON document is walked as bytes, without a tree (json*.go). A leaf is a text; its key
// may say what it is, or the one around it (jsonkey*.go, jsonbank.go). Leaves in which
// nothing is found may be parts of one number, of an encoded text or of a credential: the
// chain collects neighbours and examines them joined (chain*.go), and where a container
// ends its strings are read as one text that was cut (jsontorn*.go). Where that finds
// something, what is left around it is walked again (jsonrewalk.go). What the output type
// of a tool declares is in class.go, what the heads of a table say of its columns in
// jsoncolumn.go.
//
// Long texts are redacted window by window, and so are streams (stream.go).
package redact
