package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Logins that stand before a host: in lines of .pgpass, in addresses without a scheme.

// Pgpass finds the passwords of a PostgreSQL password file (libpq, 34.16).
func (s *Scan) Pgpass(v *finding.View) {
	for at := 0; at < len(v.Text); {
		end := at + bytes.IndexByte(v.Text[at:], '\n')
		if end < at {
			end = len(v.Text)
		}
		if a := credential.PgpassAt(v.Text[at:end]); a > 0 && !s.Rules.IsToken(bytes.TrimSpace(v.Text[at+a:end])) {
			s.secret(v, at+a, at+a+len(bytes.TrimRight(v.Text[at+a:end], " \r\t")), "login")
		}
		at = end + 1
	}
}

// bareLogin finds name:password@host without a scheme, up to the at sign t[k].
func (s *Scan) bareLogin(v *finding.View, k int) {
	t := v.Text
	a := k
	for a > 0 && k-a < MaxLocal && t[a-1] > ' ' && t[a-1] != ':' && t[a-1] != '@' && t[a-1] != '"' && t[a-1] != '/' {
		a--
	}
	if char.At(t, a-1) == '/' && driverUser(t[:a-1]) {
		s.secret(v, a, k, "userinfo")
		return
	}
	if char.At(t, a-1) != ':' || !char.Letter(char.At(t, a-2)) && !char.Digit(char.At(t, a-2)) || !char.Letter(char.At(t, k+1)) && !char.Digit(char.At(t, k+1)) {
		return
	}
	if value := t[a:k]; (credential.PasswordLike(value) || k-a >= shortestDSN && sourceName(t[k+1:])) && !s.Rules.IsToken(value) {
		s.secret(v, a, k, "userinfo")
	}
}

// shortestDSN is the shortest password in such an address.
const shortestDSN = 3

// sourceName tells whether a text goes on as the address of a database does behind the user
// and the password, as drivers of Go write it: ann:…@tcp(db:3306)/bank.
func sourceName(t []byte) bool {
	return bytes.HasPrefix(t, []byte("tcp(")) || bytes.HasPrefix(t, []byte("unix(")) || bytes.HasPrefix(t, []byte("tcp6("))
}

// driverUser tells whether a text ends as an address of Oracle's database does before
// the password: jdbc:oracle:thin:scott/…@host, sqlplus scott/…@host.
func driverUser(t []byte) bool {
	k := len(t)
	for k > 0 && len(t)-k < MaxLocal && (char.Alnum(t[k-1]) || t[k-1] == '_') {
		k--
	}
	return k < len(t) && (bytes.HasSuffix(t[:k], []byte("jdbc:oracle:thin:")) || bytes.HasSuffix(t[:k], []byte("jdbc:oracle:oci:")) || bytes.HasSuffix(t[:k], []byte("sqlplus ")) || bytes.HasSuffix(t[:k], []byte("userid=")) || bytes.HasSuffix(t[:k], []byte("rman target ")))
}
