package redact_test

import (
	"strings"
	"testing"
)

// TestIBANOfCards: an IBAN of which one part is a card by itself, divided over
// leaves or over a key and its value.
func TestIBANOfCards(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`["FR6582274464337645F86","48A686"]`, `{"FR6582274464337645F86":"48A686"}`, `{"BR":"9344329906467006862687430B1"}`, `{"IT88V56":"98538442027125465204"}`,
		`{"a":"IQ04SCWR6105423392936","b":"43"}`, `{"content":[{"type":"text","text":"it is IQ04SCWR6105423392936"},{"type":"text","text":"43 ok"}]}`,
		`{"IQ04SCWR6105423392936":"43","x":1}`, `{"HN90":"PAPC88738778611032670064"}`,
	} {
		got := jsonText(t, r, in)
		if !strings.Contains(got, "IBAN_") || strings.ContainsAny(strings.NewReplacer(`"x":1`, "").Replace(got), "0123456789") {
			t.Errorf("%s -> %s", in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("not idempotent: %s -> %s -> %s", in, got, again)
		}
	}
	for _, in := range []string{`["card 4111111111111111 GB","12 apples"]`, `{"to GB82 4111111111111111":"12"}`, `["FR6582274464337645F86","hello","48A687"]`} {
		if got := jsonText(t, r, in); !strings.Contains(got, "CARD_") {
			t.Errorf("%s -> %s: the card is there no more", in, got)
		}
	}
}
