//go:build postgres

package pgtest

// required says that the tag postgres was asked for: nothing may be skipped.
const required = true
