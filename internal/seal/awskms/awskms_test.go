package awskms

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/seal/kekfake"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

func open(t *testing.T, a *kekfake.AWS, change func(*Config)) *KEK {
	t.Helper()
	return kekfake.Open(t, New, Config{Region: a.Region, Key: a.KeyID, URL: a.URL, HTTP: a.Client(t), Credentials: func() (Credentials, error) {
		return Credentials{a.AccessKeyID, a.Secret, a.Session}, nil
	}}, change)
}

func TestAWSKMS(t *testing.T) {
	a := kekfake.StartAWS(t)
	kekfake.Check(t, a.Server, open(t, a, nil), a.Denied)
}

// TestSignatures: the service checks every part of the signature.
func TestSignatures(t *testing.T) {
	a := kekfake.StartAWS(t)
	for name, test := range map[string]struct {
		change func(*Config)
		want   error
	}{
		"right": {nil, nil},
		"alias": {func(c *Config) { c.Key = "alias/counterfoil" }, nil},
		"wrong secret": {func(c *Config) {
			c.Credentials = func() (Credentials, error) { return Credentials{a.AccessKeyID, "other", a.Session}, nil }
		}, remote.ErrDenied},
		"wrong session": {func(c *Config) {
			c.Credentials = func() (Credentials, error) { return Credentials{a.AccessKeyID, a.Secret, ""}, nil }
		}, remote.ErrDenied},
		"wrong region":   {func(c *Config) { c.Region = "us-east-1" }, remote.ErrDenied},
		"wrong clock":    {func(c *Config) { c.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, remote.ErrDenied},
		"no such key":    {func(c *Config) { c.Key = "other" }, remote.ErrNoSuchKey},
		"no credentials": {func(c *Config) { c.Credentials = func() (Credentials, error) { return Credentials{}, errNone } }, errNone},
	} {
		if _, err := open(t, a, test.change).Wrap(t.Context(), make([]byte, 32), nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

var errNone = errors.New("none")

// TestErrorTypes: KMS answers most errors with status 400 and a type.
func TestErrorTypes(t *testing.T) {
	a := kekfake.StartAWS(t)
	k := open(t, a, nil)
	for kind, want := range map[string]error{
		"com.amazonaws.kms#DisabledException": remote.ErrNoSuchKey, "KMSInvalidStateException": remote.ErrNoSuchKey,
		"IncorrectKeyException": remote.ErrRefused, "ThrottlingException": remote.ErrUnavailable, "KMSInternalException": remote.ErrUnavailable,
		"ExpiredTokenException": remote.ErrDenied, "SomethingNew": remote.ErrRefused,
	} {
		answer := a.Refusing(kind)
		a.Fail(func(w http.ResponseWriter, r *http.Request) bool { answer(w, r); return true })
		if _, err := k.Wrap(t.Context(), make([]byte, 32), nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", kind, err, want)
		}
	}
	for _, bad := range []Config{{}, {Region: "eu-central-1"}, {Region: "eu-central-1.evil.example/", Key: "k"}, {Region: "eu-central-1", Key: "a b"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
