package redact_test

import "testing"

// TestNumberBehindLinkedLeaves: a number that is a card of its own, behind leaves
// whose parts are looked at together, is redacted. It made the document fail.
func TestNumberBehindLinkedLeaves(t *testing.T) {
	r := newRedactor(t, "55779911", "tok-5f3a9c21b7")
	for _, in := range []string{
		`{"x 2026-01-05tel +49 170 1234567":["12634191"],"account":"'CARD_","n":5785262096035460,"text":"y"}`,
		`{"BIN 411111IBAN_ABCDEFGHIJKLMN":["944111111111111111ACCT_QXKWMTRBZAPLNE,68689","x=3453512985074422","088249599805\u200b-"],"account":":","n":5151266203921575,"text":"card"}`,
	} {
		jsonText(t, r, in)
	}
}
