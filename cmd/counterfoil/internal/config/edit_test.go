package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// TestEditKeepsTheRest edits configs in the layouts that people write, and
// checks the result as a whole.
func TestEditKeepsTheRest(t *testing.T) {
	const head = "# top\nversion: 1\n\ntenant: default # whose\nlog: {origin: example.org/log}\n"
	const entry = "  - name: new\n    roles: [reader]\n    token_sha256: HASH\n"
	tests := []struct{ name, in, want string }{
		{"missing section", head, head + "principals:\n" + entry},
		{"missing section and newline", strings.TrimSuffix(head, "\n"), head + "principals:\n" + entry},
		{"null", head + "principals:\n\n# after\nlimits: {}\n", head + "principals:\n" + entry + "\n# after\nlimits: {}\n"},
		{"empty flow", head + "principals: [] # nobody\n\nlimits: {}\n", head + "principals: # nobody\n" + entry + "\nlimits: {}\n"},
		{
			"block with comments", head + "# people\n\nprincipals:\n  # first\n  - name: a # inline\n    roles: [reader, writer]\n\n# limits below\nlimits: {}\n",
			head + "# people\n\nprincipals:\n  # first\n  - name: a # inline\n    roles: [reader, writer]\n" + entry + "\n# limits below\nlimits: {}\n",
		},
		{
			"last section with a trailing comment", head + "principals:\n  - name: a\n# the end\n",
			head + "principals:\n  - name: a\n" + entry + "# the end\n",
		},
		{
			"no indentation", head + "principals:\n- name: a\n- name: b\nlimits: {}\n",
			head + "principals:\n  - name: a\n  - name: b\n" + entry + "limits: {}\n",
		},
		{
			"flow", head + "principals: [{name: a}, {name: b}]\nlimits: {}\n",
			head + "principals:\n  - {name: a}\n  - {name: b}\n" + entry + "limits: {}\n",
		},
		{
			"flow over lines", head + "principals: [{name: a},\n  {name: b}]\nlimits: {}\n",
			head + "principals:\n  - {name: a}\n  - {name: b}\n" + entry + "limits: {}\n",
		},
	}
	_, hash := NewToken()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse("config.yaml", []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := SetPrincipals(c, []byte(tt.in), func(list *yaml.Node) error {
				return AppendPrincipal(list, Principal{Name: "new"}, hash)
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(tt.want, "HASH", hash), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// FuzzEdit: whatever config is accepted, an edit either fails or changes the
// principals alone.
func FuzzEdit(f *testing.F) {
	f.Add(Default("example.org/log"))
	f.Add("version: 1\ntenant: a\nlog: {origin: b}\nprincipals: [{name: a}\n ]\n")
	f.Add("version: 1\ntenant: a\nlog: {origin: b}\nprincipals:\n  - name: a\n    roles:\n      - x\n  # foot\n\nlimits: {}\n")
	_, hash := NewToken()
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("config.yaml", []byte(text))
		if err != nil {
			return
		}
		out, err := SetPrincipals(c, []byte(text), func(list *yaml.Node) error {
			return AppendPrincipal(list, Principal{Name: "new-one"}, hash)
		})
		if err != nil {
			return
		}
		after, err := Parse("config.yaml", out)
		if err != nil {
			t.Fatal(err)
		}
		want := append(c.Principals, Principal{Name: "new-one", Roles: []string{"reader"}, TokenSHA256: hash})
		if diff := cmp.Diff(want, after.Principals); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestDefaultConfigIsValid(t *testing.T) {
	c, err := Parse("config.yaml", []byte(Default(NewOrigin())))
	if err != nil {
		t.Fatal(err)
	}
	want := []Principal{{Name: "me", Roles: []string{"reader"}, Stdio: true}}
	if diff := cmp.Diff(want, c.Principals); diff != "" {
		t.Errorf("principals (-want +got)\n%s", diff)
	}
	if c.Serve.HTTP != DefaultAddress || c.Store.CacheMiB != DefaultCacheMiB {
		t.Errorf("defaults differ from the constants: %+v", c)
	}
}

func TestAuthenticate(t *testing.T) {
	token, hash := NewToken()
	c := &Config{Principals: []Principal{{Name: "none"}, {Name: "a", TokenSHA256: hash}}}
	if p, ok := c.Authenticate(token); !ok || p.Name != "a" {
		t.Fatalf("got %v, %v", p, ok)
	}
	for _, wrong := range []string{"", token[1:], token + "x", hash, strings.ToUpper(token)} {
		if p, ok := c.Authenticate(wrong); ok {
			t.Errorf("%q is accepted for %s", wrong, p.Name)
		}
	}
}
