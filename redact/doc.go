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
// One pass over the bytes makes a profile of a text (profile.go, planes, classify.go):
// how many digits it has, which marks, what might be encoded. Most texts are done
// with it: nothing is in them (quiet in scan.go), or short numbers and words of which
// no detector could make anything (plain.go, dull.go), and no known value stands in
// them by a look at what known values end in (knowngate.go, endings.go) or at where
// letters and digits take turns (textgate.go). These shortcuts are never wider than
// what they spare: TestShortcuts compares.
//
// Other texts are examined (examine.go). A view of a text remembers which bytes each
// of its own came from (view.go); what stands at a place of it is in at.go. It is folded
// (fold.go, digitforms.go), scanned by the detectors, and read
// again without escapes, entities, markup and marks (escape.go, quoted.go, joint.go, markup.go,
// mimeword.go, partnames.go, entity.go,
// spread.go, even.go, cutcode.go, wrapped.go); what is encoded is decoded (blob.go,
// hexdump.go, charcodes.go, deflate.go, utf32.go), and each of these views is examined in the same way, four
// levels deep (reading.go). Long texts are read again only around what changed (near.go).
//
// The detectors look at sequences of digits (number.go): cards (card*.go, issuer.go),
// account numbers (account*.go, narrative.go, rails.go), identity numbers (national.go, printedid.go,
// idcheck.go), known numbers (knownscan.go), and lists, times and references that are none of
// these (numberlist.go, regular.go, instant.go, settlement.go). Then at IBANs (iban*.go), codes of letters and digits
// (code.go, cuedcode.go), credentials (credential.go, keyforms.go, secretname.go,
// passwords.go, logins.go, told.go, besidename.go, namegap.go, phrase.go), addresses
// (contact.go), masked numbers (masked.go, hidden.go), and the codes of banks beside
// accounts (bankbeside.go). What
// words before a number say about it is in cue.go and cuegap.go, those of other languages
// in foreign*.go, a language a line (those of payments in foreignmoney.go), and where
// a program prints it behind its name in printedname.go and secretcell.go; what its place
// in a table, a record or a message says in table.go, sqltable.go, column.go, records.go
// and segments.go; that fields of a row have nothing to do with each other in fields.go
// and settled.go, and what says by its own form that it is something else in otherform.go,
// othercolumns.go and otherdrawn.go.
//
// Findings that overlap become one, and tokens are put in (merge and apply in scan.go,
// token.go). Then the text is examined again.
//
// # The way of a document
//
// A JSON document is walked as bytes, without a tree (json*.go). A leaf is a text; its key may
// say what it is (keynames.go, keyroles.go, jsonbank.go), or the one around it (keywrap.go). Leaves in
// which nothing is found may be parts of one number: the chain collects neighbours (chain.go,
// leafends.go, complete.go) and examines them joined (joined.go; cardruns.go and gluedparts.go
// where others stand around). Encoded texts and credentials in pieces are collected beside it
// (coded.go, keyparts.go), and what goes on behind one is leaftail.go's. Where that finds
// something, what is left around it is walked again (rewalk.go). What the output type of a
// tool declares is in class.go, what the heads of a table say of its columns in jsoncolumn.go.
//
// Long texts are redacted window by window, and so are streams (stream.go).
//
// # Known values
//
// A fingerprint holds a value as keyed hashes (known.go, sip.go); with letters, also
// one of a window of it (knowntext.go). Known is a set of these.
//
// The second scan, for the borders to models and Notion, shares none of this
// (second.go).
package redact
