package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// NameForm is what tenants, principals, roles, scopes and subjects look like.
var NameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// NameRule says in words what NameForm accepts.
const NameRule = "1 to 64 letters, digits, '.', '_', '@' or '-', starting with a letter or digit"

// AccountPrefix begins every account's id.
const AccountPrefix = "acc_"

// Entities lists what a config may choose an action for, and whether "keep" is
// one of them: what the program promises never to let out can't be kept.
var Entities = map[redact.Entity]bool{
	redact.Card: false, redact.IBAN: false, redact.Account: false, redact.Bank: false,
	redact.Secret: false, redact.Opaque: false,
	redact.Ref: true, redact.National: true, redact.Email: true, redact.Phone: true,
}

// Parse reads a config strictly: unknown and repeated keys, a second
// document and values out of range are errors that name the line.
func Parse(path string, text []byte) (*Config, error) {
	c := &Config{Path: path, Digest: sha256.Sum256(text)}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, configError(path, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, exit.Fail(exit.Config, "", "%s: has more than one YAML document", filepath.Base(path))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, configError(path, err)
	}
	ck := &checker{file: filepath.Base(path), doc: &doc}
	ck.whole(&doc, reflect.TypeFor[Config]())
	ck.config(c)
	if ck.first != nil {
		return nil, ck.first
	}
	return c, nil
}

var (
	yamlUnknown  = regexp.MustCompile(`line (\d+): field (.*) not found in type .*`)
	yamlMismatch = regexp.MustCompile(`line (\d+): cannot unmarshal .* into (.*)`)
	yamlOther    = regexp.MustCompile(`line (\d+): (.*)`)
)

const keysHint = "docs/configuration.md lists every key"

// configError puts an error of the YAML library into words, on one line,
// without the values it quotes: somebody may have pasted a token.
func configError(path string, err error) error {
	text := err.Error()
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		text = wrong.Errors[0]
	}
	file := filepath.Base(path)
	if m := yamlUnknown.FindStringSubmatch(text); m != nil {
		return exit.Fail(exit.Config, keysHint, "%s:%s: unknown key %q", file, m[1], m[2])
	}
	if m := yamlMismatch.FindStringSubmatch(text); m != nil {
		return exit.Fail(exit.Config, keysHint, "%s:%s: wrong kind of value, want %s", file, m[1], kindName(m[2]))
	}
	if m := yamlOther.FindStringSubmatch(text); m != nil {
		return exit.Fail(exit.Config, keysHint, "%s:%s: %s", file, m[1], m[2])
	}
	return exit.Fail(exit.Config, keysHint, "%s: %s", file, strings.TrimPrefix(text, "yaml: "))
}

func kindName(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["), strings.HasPrefix(strings.TrimPrefix(goType, "*"), "config."):
		return "a mapping"
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case goType == "bool":
		return "true or false"
	case goType == "time.Duration":
		return "a duration such as 10s"
	}
	return "text"
}

// checker finds the first value that means nothing and says on which line.
type checker struct {
	file  string
	doc   *yaml.Node
	first error
}

// want notes a mistake at a path of keys and indexes unless ok.
func (ck *checker) want(ok bool, rule string, path ...any) {
	if ok || ck.first != nil {
		return
	}
	var dotted strings.Builder
	for _, p := range path {
		if i, isIndex := p.(int); isIndex {
			fmt.Fprintf(&dotted, "[%d]", i)
			continue
		}
		if dotted.Len() > 0 {
			dotted.WriteByte('.')
		}
		fmt.Fprint(&dotted, p)
	}
	ck.first = exit.Fail(exit.Config, keysHint, "%s:%d: %s: want %s", ck.file, ck.line(path), dotted.String(), rule)
}

// whole notes a number with a fraction where a whole one belongs, which the YAML
// library would cut off.
func (ck *checker) whole(n *yaml.Node, t reflect.Type) {
	switch {
	case n.Kind == yaml.AliasNode:
		ck.whole(n.Alias, t)
	case n.Kind == yaml.DocumentNode && len(n.Content) > 0:
		ck.whole(n.Content[0], t)
	case t.Kind() == reflect.Pointer:
		ck.whole(n, t.Elem())
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			ck.whole(item, t.Elem())
		}
	case n.Kind == yaml.MappingNode && (t.Kind() == reflect.Map || t.Kind() == reflect.Struct):
		for i := 0; i+1 < len(n.Content); i += 2 {
			if value := valueType(t, n.Content[i].Value); value != nil {
				ck.whole(n.Content[i+1], value)
			}
		}
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!float" && ck.first == nil:
		ck.first = exit.Fail(exit.Config, keysHint, "%s:%d: wrong kind of value, want %s", ck.file, n.Line, kindName(t.String()))
	}
}

// valueType is the type of a key's value, nil if there is none.
func valueType(t reflect.Type, key string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for f := range t.Fields() {
		name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if strings.Contains(flags, "inline") {
			if in := valueType(f.Type, key); in != nil {
				return in
			}
		} else if name == key {
			return f.Type
		}
	}
	return nil
}

// line is where the deepest existing part of a path stands.
func (ck *checker) line(path []any) int {
	at := ck.doc
	if at.Kind == yaml.DocumentNode && len(at.Content) > 0 {
		at = at.Content[0]
	}
	line := max(at.Line, 1)
	for _, p := range path {
		var next *yaml.Node
		switch p := p.(type) {
		case int:
			if at.Kind == yaml.SequenceNode && p < len(at.Content) {
				next = at.Content[p]
			}
		case string:
			for i := 0; at.Kind == yaml.MappingNode && i+1 < len(at.Content); i += 2 {
				if at.Content[i].Value == p {
					line, next = at.Content[i].Line, at.Content[i+1]
				}
			}
		}
		if next == nil {
			return line
		}
		at = next
		line = max(line, at.Line)
	}
	return line
}

func (ck *checker) config(c *Config) {
	ck.want(c.Version == configVersion, fmt.Sprint(configVersion), "version")
	ck.want(NameForm.MatchString(c.Tenant), NameRule, "tenant")
	ck.want(ValidOrigin(c.Log.Origin), "a URL without its scheme, such as counterfoil.example.org/log", "log", "origin")
	ck.store(&c.Store)
	ck.keys(&c.Keys)
	_, known := store.Exponent(c.Import.Currency)
	ck.want(known || c.Import.Currency == "", "an ISO 4217 code, such as EUR", "import", "currency")
	c.Zone = ck.zone(c.Store.Timezone)
	ck.serve(&c.Serve)
	ck.principals(c.Principals)
	ck.redact(&c.Redact)
	ck.limits(&c.Limits)
	ck.telemetry(&c.Telemetry)
	ck.egress(&c.Egress)
	ck.notion(c)
	ck.llm(c)
}

func (ck *checker) store(s *Store) {
	if s.CacheMiB == 0 {
		s.CacheMiB = DefaultCacheMiB
	}
	ck.postgres(s)
	ck.want(s.CacheMiB > 0 && s.CacheMiB <= MaxCacheMiB, fmt.Sprintf("1 to %d", MaxCacheMiB), "store", "cache_mib")
	for _, account := range slices.Sorted(maps.Keys(s.Owners)) {
		ck.want(NameForm.MatchString(s.Owners[account]), NameRule, "store", "owners", account)
	}
}

// zone loads a time zone by name. "Local" is none: it would make a replay depend
// on the machine.
func (ck *checker) zone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	ck.want(err == nil && name != "Local", "an IANA time zone, such as Europe/London", "store", "timezone")
	return zone
}

func (ck *checker) redact(r *Redact) {
	for _, name := range slices.Sorted(maps.Keys(r.Actions)) {
		action := r.Actions[name]
		mayKeep, known := Entities[redact.Entity(name)]
		ck.want(known, "a kind of finding (docs/redaction.md lists them)", "redact", "actions", name)
		switch redact.Action(action) {
		case redact.Token, redact.Mask, redact.Drop:
		case redact.Keep:
			ck.want(mayKeep, "token, mask or drop: this may never leave", "redact", "actions", name)
		default:
			ck.want(false, "token, mask, drop or keep", "redact", "actions", name)
		}
	}
}

func (ck *checker) serve(s *Serve) {
	ck.want(s.HTTP == "" || ValidAddress(s.HTTP), "HOST:PORT, such as 127.0.0.1:7171", "serve", "http")
	for i, h := range s.AllowedHosts {
		ck.want(h != "" && !strings.ContainsAny(h, "/*@ "), "a host name, with or without a port, without wildcards", "serve", "allowed_hosts", i)
	}
	for i, o := range s.AllowedOrigins {
		u, err := url.Parse(o)
		ok := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == o && !strings.Contains(o, "*")
		ck.want(ok, "an origin such as https://example.org, without path or wildcard", "serve", "allowed_origins", i)
	}
	for i, p := range s.TrustedProxies {
		_, err := ParseProxy(p)
		ck.want(err == nil, "an address or prefix, such as 10.0.0.0/8", "serve", "trusted_proxies", i)
	}
}

func (ck *checker) principals(list []Principal) {
	ck.want(len(list) <= maxPrincipals, fmt.Sprintf("at most %d principals", maxPrincipals), "principals")
	names, tokens, stdio := map[string]bool{}, map[string]bool{}, false
	for i, p := range list {
		ck.want(NameForm.MatchString(p.Name), NameRule, "principals", i, "name")
		ck.want(!names[p.Name], "a name that no other principal has", "principals", i, "name")
		names[p.Name] = true
		for j, r := range p.Roles {
			ck.want(NameForm.MatchString(r), NameRule, "principals", i, "roles", j)
		}
		for j, s := range p.Scopes {
			ck.want(NameForm.MatchString(s), NameRule, "principals", i, "scopes", j)
		}
		for j, acc := range p.Accounts {
			ck.want(strings.HasPrefix(acc, AccountPrefix), "an account id (see counterfoil account list)", "principals", i, "accounts", j)
		}
		if p.TokenSHA256 != "" {
			ck.want(validHash(p.TokenSHA256), "64 lower-case hex digits (use counterfoil token add)", "principals", i, "token_sha256")
			ck.want(!tokens[p.TokenSHA256], "a token of its own", "principals", i, "token_sha256")
			tokens[p.TokenSHA256] = true
		}
		ck.want(!p.Stdio || !stdio, "stdio for one principal only", "principals", i, "stdio")
		stdio = stdio || p.Stdio
	}
}

func validHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && s == strings.ToLower(s)
}

// ValidAddress accepts HOST:PORT.
func ValidAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

// ValidOrigin follows C2SP tlog-checkpoint: no scheme, no spaces, no plus.
func ValidOrigin(s string) bool {
	return s != "" && len(s) <= 200 && !strings.Contains(s, "://") && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == '+' || r >= 0x7f
	})
}

// ParseProxy reads an address or a prefix of addresses.
func ParseProxy(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return addr.Prefix(addr.BitLen())
	}
	return netip.ParsePrefix(s)
}
