package redact_test

import (
	"strings"
	"testing"
)

// TestComplaints: what is the matter with a secret stands where its value should be.
func TestComplaints(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"password: must not be empty", "password: missing", "api_key: missing", "client_secret: invalid", "password: cannot be blank.",
		"password: minimum 8 characters", "password: Field required", "Password: (required)", "password: This field is required.",
		"Passwort: mindestens 8 Zeichen", "Passwort: fehlt", "Mot de passe : obligatoire", "Contraseña: mínimo 8 caracteres", "Senha: deve conter 8 caracteres",
		"Password: almeno 8 caratteri", "Wachtwoord: minimaal 8 tekens", "Hasło: wymagane", "Lösenord: minst 8 tecken", "Jelszó: legalább 8 karakter", "Parola: zorunlu",
		`{"errors":{"password":["can't be blank","is too short (minimum is 8 characters)"]}}`, `{"password":"This field is required."}`, `{"secret":"not found"}`, `{"access_token":"expired"}`,
		`if password == "": return`, "if not password: raise ValueError", "password='' user='bob'",
	} {
		got := text(t, r, in)
		if in[0] == '{' {
			got = jsonText(t, r, in)
		}
		if got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		"password: hunter2x", `password="must not be empty. hunter2x"`, `password: "" "hunter2x"`, "password=''hunter2x''", `password=""hunter2x""`, "password: missing-hunter2x",
		`{"password":"must be hunter2x"}`, `{"password":"new secret hunter2x"}`, `{"password":["must not be empty","hunter2x"]}`, `{"password":"must not be empty. hunter2x"}`, "Passwort: hunter2x Zeichen", `{"password":"secret password hunter2x"}`,
	} {
		got := text(t, r, in)
		if in[0] == '{' {
			got = jsonText(t, r, in)
		}
		if strings.Contains(got, "hunter2x") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
