package cue

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// longestOwner is how many letters the words of ownerOf have at most.
const longestOwner = 9

// ownerOf tells whether the word t[j:end] says whose the number is that a sentence names
// before it and tells behind it: the tax number of the customer is ….
func ownerOf(t []byte, j, end int) bool {
	if end == len(t) || t[end] != ' ' && t[end] != ':' || end-j > longestOwner {
		return false
	}
	var low [longestOwner]byte
	for i, c := range t[j:end] {
		low[i] = char.Lower(c)
	}
	switch string(low[:end-j]) {
	case "customer", "client", "employee", "patient", "member", "user", "applicant", "payer", "payee", "vendor", "supplier", "owner", "caller", "person":
		return bytes.HasPrefix(t[end:], []byte(" is ")) || bytes.HasPrefix(t[end:], []byte(" was ")) || bytes.HasPrefix(t[end:], []byte(": "))
	}
	return false
}
