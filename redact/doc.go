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
// # The way of a text
//
// Files of one family begin alike; they are named here in the order of the way. What knows
// nothing of a scan is in packages of its own below internal: forms and checks of numbers
// (iban, issuer, checkdigit, bankaccount, nationalid), the plain spelling of characters
// (fold), deflate data (inflate) and the keyed hash (siphash).
//
// One pass over the bytes makes a profile of a text (profile*.go, planes*.go): how many
// digits it has, which marks, what might be encoded. Most texts are done with it: nothing
// is in them (quiet in scan.go), or short numbers and words of which no detector could make
// anything (gate*.go), and no known value stands in them by a look at what known values
// end in (knowngate.go, knownends.go) or at where letters and digits take turns
// (knowntextgate.go). These shortcuts are never wider than what they spare: TestShortcuts
// compares.
//
// Other texts are examined (examine.go). A view of a text remembers which bytes each of its
// own came from (view*.go). It is folded (fold.go), scanned by the detectors, and read again
// without escapes, entities, markup and marks, and with what is encoded decoded
// (decode*.go), or without the names and words between the parts of a number (part*.go);
// each of these views is examined in the same way, four levels deep (reading.go). Long
// texts are read again only around what changed (readingnear.go).
//
// The detectors look at sequences of digits (number*.go, in which lists and times are told
// from others): cards (card*.go), account numbers (account*.go), identity numbers
// (national*.go) and known numbers (knownscan.go). Then at IBANs (iban*.go), codes of
// letters and digits (code*.go), credentials (secret*.go), addresses (contact.go) and masked
// numbers (masked*.go). What words before a number say about it is in cue*.go, those of
// other languages in foreign*.go, a language a line; what its place in a table, a record or
// a message says in table*.go, records.go and segments.go; and what says by its own form
// that it is something else in other*.go.
//
// Findings that overlap become one, and tokens are put in (merge and apply in scan.go,
// token*.go). Then the text is examined again.
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
//
// # Known values
//
// A fingerprint holds a value as keyed hashes (known.go, knownfingerprint.go); with letters,
// also one of a window of it (knowntext.go). Known is a set of these.
//
// The second scan, for the borders to models and Notion, shares none of this (second.go,
// package internal/second).
package redact
