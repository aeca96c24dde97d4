package redact_test

import (
	"strings"
	"testing"
)

// TestQuotedInJSON: soft line breaks of a mail that stands as a string in a text, of one
// character or two.
func TestQuotedInJSON(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`INFO "A=\r\nccount number: 665603763" x`,
		`INFO resp={"body":"Acco=\r\nunt num=\r\nber: 6656=\r\n03763","n":1} in 3ms`,
		`INFO resp={\"body\":\"Acco=\\r\\nunt num=\\r\\nber: 6656=\\r\\n03763\"}`,
		`INFO "A=\nccount number: 665603763" x`,
	} {
		if out := text(t, r, in); strings.Contains(out, "03763") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	if in := `INFO "gh=\r\np_16C7e42F292c6912E7710c838347Ae178B4a" x`; strings.Contains(text(t, r, in), "16C7e42F") {
		t.Error(text(t, r, in))
	}
}
