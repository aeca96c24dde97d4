package postgres

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/store"
)

var errDSN = fmt.Errorf("%w: the connection string can't be read", store.ErrUnavailable)

// LoginOf returns the role and the password in a connection string.
func LoginOf(dsn string) (Login, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return Login{}, errDSN // err repeats it
	}
	return Login{cfg.ConnConfig.User, cfg.ConnConfig.Password}, nil
}

// WithLogin returns a connection string, in either of libpq's forms, for another
// login at the same place. Nothing of the first login stays in it.
func WithLogin(dsn string, l Login) (string, error) {
	out := ""
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return "", errDSN
		}
		q := u.Query()
		for _, key := range loginKeys {
			q.Del(key)
		}
		u.RawQuery, u.User = q.Encode(), url.UserPassword(l.Role, l.Password)
		out = u.String()
	} else {
		pairs, err := splitPairs(dsn)
		if err != nil {
			return "", err
		}
		out = strings.Join(append(pairs, "user="+quote(l.Role), "password="+quote(l.Password)), " ")
	}
	if got, err := LoginOf(out); err != nil || got != l {
		return "", errDSN
	}
	return out, nil
}

// loginKeys are those that name a login, or a file that might.
var loginKeys = []string{"user", "password", "passfile", "service", "servicefile"}

func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// splitPairs takes a connection string of key=value pairs apart, and leaves out
// those of the login.
func splitPairs(dsn string) (pairs []string, err error) {
	for rest := strings.TrimSpace(dsn); rest != ""; rest = strings.TrimSpace(rest) {
		key, value, ok := strings.Cut(rest, "=")
		if key = strings.TrimSpace(key); !ok || key == "" || strings.ContainsAny(key, " \t\n'") {
			return nil, errDSN
		}
		value = strings.TrimLeft(value, " \t\n")
		n := valueLength(value)
		if n < 0 {
			return nil, errDSN
		}
		if !slices.Contains(loginKeys, key) {
			pairs = append(pairs, key+"="+value[:n])
		}
		rest = value[n:]
	}
	return pairs, nil
}

// valueLength is the length of the value that a text begins with, quotes
// included; -1 if a quote is not closed.
func valueLength(text string) int {
	quoted := strings.HasPrefix(text, "'")
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case quoted && c == '\'' && i > 0:
			return i + 1
		case !quoted && strings.IndexByte(" \t\n", c) >= 0:
			return i
		}
	}
	if quoted {
		return -1
	}
	return len(text)
}
