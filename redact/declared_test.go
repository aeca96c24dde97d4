package redact_test

import (
	"strings"
	"testing"
)

// TestDeclared: what code, schemas and settings say of a secret without holding one stays;
// values that only look like it do not.
func TestDeclared(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"password: !vault |", "MasterUserPassword: !Ref DBPassword", "password: !secret db_password", "password = random_password.db.result", "existingSecret: postgres-credentials",
		"password: {type: string, format: password}", "environment: - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?required}", "'password' => 'required|string|min:8|confirmed',",
		"'password' => Hash::make($request->password),", "'token' => Str::random(60),", `$pass = Read-Host "Password" -AsSecureString`, `read -s -p "Password: " password`,
		`let password = rpassword::prompt_password("Password: ").unwrap();`, "pub struct Config { pub token: String, pub secret: Option<String> }", `SMTP_PASS="<redacted>"`,
		"STRIPE_SECRET_KEY=sk_test_...", "OPENAI_API_KEY=sk-...", "DATABASE_URL=postgres://${DB_USER}:${DB_PASSWORD}@db:5432/app", "REDIS_URL=redis://:${REDIS_PASSWORD}@redis:6379/0",
		`<input name="card" placeholder="1234 5678 9012 3456" />`,
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		"password: !Tulip22", `password = "!Ref9Tulip"`, "'password' => 'required|Tulip9',", "password: {Tulip9", "postgres://bob:${DB_PASSWORD:-Tulip9}@db/app", "postgres://bob:$Tulip9@db/app",
		"POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-Tulip9}", `password: "Tulip9 "`, `"password: " + "x", "password": "Tulip9"`, "password = my.Tulip9.x", `password="<Tulip9>"`, "secret: Tulip9...", "secret: Tulip9<b>",
	} {
		if got := text(t, r, in); strings.Contains(got, "Tulip") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
