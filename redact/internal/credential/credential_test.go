package credential

import "testing"

// TestSecretName: what the name of a value promises.
func TestSecretName(t *testing.T) {
	for name, want := range map[string]NameKind{
		"password": NameSecret, "DB_PASSWORD": NameSecret, "clientSecret": NameSecret, "spring.datasource.password": NameSecret, "cvv": NameCode,
		"passwordLength": NameNone, "token_count": NameNone, "secretary": NameNone, "monkey": NameNone, "description": NameNone,
	} {
		if got := SecretName([]byte(name)); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// TestWhatIsNone: values that something else stands for, and what is said about one.
func TestWhatIsNone(t *testing.T) {
	for _, v := range []string{"xxxxxxxx", "********", "your_api_key", "Tulip-Horse-9"} {
		if got := StandIn([]byte(v)) || CrossedOut([]byte(v)); got != (v != "Tulip-Horse-9") {
			t.Errorf("%s: %v", v, got)
		}
	}
	for text, want := range map[string]bool{"must not be empty": true, "This field is required.": true, "mindestens 8 Zeichen": true, "Tulip-Horse-9": false, "correct horse battery": false} {
		if got := Complains([]byte(text), true); got != want {
			t.Errorf("Complains(%q) = %v", text, got)
		}
	}
	if !UUID([]byte("123e4567-e89b-12d3-a456-426614174000")) || UUID([]byte("123e4567e89b12d3a456426614174000")) {
		t.Error("UUID")
	}
}

// TestKeyForms: no prefix of a key is passed over by the filter that is asked first.
func TestKeyForms(t *testing.T) {
	n := 0
	for _, forms := range KeyForms {
		for _, f := range forms {
			n++
			if word := f.Prefix + "0000"; !KeyBloom.Has([]byte(word)) {
				t.Errorf("%s: the filter does not let it pass", f.Prefix)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d forms", n)
	}
}
