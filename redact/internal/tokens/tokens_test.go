package tokens

import (
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/entity"
)

// TestOwn: a key knows its own tokens, and no others.
func TestOwn(t *testing.T) {
	one, other := NewKey([32]byte{1}), NewKey([32]byte{2})
	for e := range Prefixes {
		token := one.Token(e, "4539578763621486")
		if !one.Own([]byte(token)) || other.Own([]byte(token)) || !IsPrefix([]byte(PrefixOf(e))) {
			t.Errorf("%s", token)
		}
		for i := range token {
			changed := []byte(token)
			if changed[i]++; one.Own(changed) && IsPrefix(changed[:len(PrefixOf(e))]) {
				t.Errorf("%s is taken for a token of its own", changed)
			}
		}
	}
	again := NewKey([32]byte{1})
	if token := one.Token(entity.Card, "1"); token == one.Token(entity.Account, "1") || token != again.Token(entity.Card, "1") {
		t.Error("a token depends on the key, the entity and the value alone")
	}
}

// TestCanonical: spellings of one value share a token.
func TestCanonical(t *testing.T) {
	for _, v := range []string{"DE89 3704 0044 0532 0130 00", "de89370400440532013000", "DE89-3704-0044-0532-0130-00", "ＤＥ８９３７０４００４４０５３２０１３０００"} {
		if got := Canonical(entity.IBAN, v); got != "DE89370400440532013000" {
			t.Errorf("%q: %q", v, got)
		}
	}
	if got := Canonical(entity.Secret, " Tulip Horse "); got != "TulipHorse" {
		t.Errorf("%q", got)
	}
}
