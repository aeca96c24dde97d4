package gcpkms

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/kekfake"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

func open(t *testing.T, g *kekfake.GCP, change func(*Config)) *KEK {
	t.Helper()
	return kekfake.Open(t, New, Config{Key: g.Key, URL: g.URL, TokenURL: g.TokenURL, ServiceAccount: g.Account, HTTP: g.Client(t)}, change)
}

func TestGCPKMS(t *testing.T) {
	g := kekfake.StartGCP(t)
	kekfake.Check(t, g.Server, open(t, g, nil), g.Denied)
}

func TestVersions(t *testing.T) {
	g := kekfake.StartGCP(t)
	k := open(t, g, nil)
	dir := t.TempDir()
	if err := seal.CreateWith(dir, k); err != nil {
		t.Fatal(err)
	}
	g.Rotate()
	ring, err := seal.OpenWith(dir, k)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := ring.List([]string{""})
	if err != nil || len(infos) != 1 || !strings.HasSuffix(infos[0].Wrapper, "/counterfoil v1") {
		t.Errorf("%+v, %v", infos, err)
	}
	if _, err := ring.RotateKEK(t.Context()); !errors.Is(err, seal.ErrNoRotation) {
		t.Errorf("rotating from here: %v", err)
	}
	if n, err := ring.Rewrap(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if infos, err = ring.List([]string{""}); err != nil || !strings.HasSuffix(infos[0].Wrapper, "/counterfoil v2") {
		t.Errorf("%+v, %v", infos, err)
	}
}

func TestRefusals(t *testing.T) {
	g := kekfake.StartGCP(t)
	other := kekfake.StartGCP(t) // another server, whose tokens this one does not know
	for name, test := range map[string]struct {
		change func(*Config)
		fault  http.HandlerFunc
		want   error
	}{
		"no such key": {func(c *Config) { c.Key = strings.Replace(c.Key, "/counterfoil", "/other", 1) }, nil, remote.ErrNoSuchKey},
		"disabled":    {nil, g.Disabled, remote.ErrNoSuchKey},
		"another account": {func(c *Config) {
			c.ServiceAccount = []byte(strings.Replace(string(c.ServiceAccount), "counterfoil@", "evil@", 1))
		}, nil, remote.ErrDenied},
		"a host of the key file": {func(c *Config) { c.TokenURL = other.TokenURL }, nil, remote.ErrUnavailable}, // egress refuses it
	} {
		g.Fail(nil)
		k := open(t, g, test.change)
		if test.fault != nil {
			g.Fail(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/token" {
					return false
				}
				test.fault(w, r)
				return true
			})
		}
		if _, err := k.Wrap(t.Context(), make([]byte, 32), nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, bad := range []Config{{}, {Key: g.Key}, {Key: g.Key, ServiceAccount: []byte(`{"type":"authorized_user"}`)}, {Key: "projects/../x", ServiceAccount: g.Account}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%s is accepted", bad.Key)
		}
	}
}
