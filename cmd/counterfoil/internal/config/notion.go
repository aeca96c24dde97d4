package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/notion"
)

// Notion is the section `notion`. Without targets there are no tools for
// Notion.
type Notion struct {
	// Version of the API; "" is the newest that is known.
	Version notion.Version `yaml:"version"`
	// BaseURL is "" for Notion itself; a sandbox has its own.
	BaseURL string `yaml:"base_url"`
	// TokenFile holds the integration's secret; relative to the data folder. What
	// it holds is sealed when the program first uses it.
	TokenFile string `yaml:"token_file"`
	// Token is "env:NAME": the secret is in that variable of the environment.
	Token   string          `yaml:"token"`
	Targets []notion.Target `yaml:"targets"`
	Content notion.Content  `yaml:"content"`
}

// On reports whether there are tools for Notion.
func (n *Notion) On() bool { return len(n.Targets) > 0 }

// Settings in the terms of package notion.
func (n *Notion) Settings() notion.Settings {
	return notion.Settings{Version: n.Version, BaseURL: n.BaseURL, Targets: n.Targets, Content: n.Content}
}

var (
	envReference = regexp.MustCompile(`^env:[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	targetName   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	hostForm     = regexp.MustCompile(`^[a-z0-9-]+(?:\.[a-z0-9-]+)+$`)
)

var notionVersions = []notion.Version{"", notion.V20220628, notion.V20250903, notion.V20260311}

func (ck *checker) notion(c *Config) {
	n := &c.Notion
	ck.want(slices.Contains(notionVersions, n.Version), "2022-06-28, 2025-09-03 or 2026-03-11", "notion", "version")
	ck.want(n.Token == "" || envReference.MatchString(n.Token), "env:NAME, the name of an environment variable: no secret stands in the config", "notion", "token")
	ck.want(n.Token == "" || n.TokenFile == "", "only one of token and token_file", "notion", "token")
	to, err := Destination(n.baseURL())
	ck.want(err == nil && validBase(n.BaseURL), "the form https://host, without a path", "notion", "base_url")
	for i, h := range n.Content.LinkHosts {
		ck.want(hostForm.MatchString(h), "a host name in small letters, without a port or wildcard", "notion", "content", "link_hosts", i)
	}
	ck.targets(n)
	if !n.On() {
		return
	}
	ck.want(n.Token != "" || n.TokenFile != "", "token_file or token beside targets", "notion")
	ck.want(listed(c.Egress.Destinations, to), fmt.Sprintf("a destination for %s, which notion needs", to.Host), "egress", "destinations")
}

func (ck *checker) targets(n *Notion) {
	names, ids := map[string]bool{}, map[string]bool{}
	for i, t := range n.Targets {
		ck.want(targetName.MatchString(t.Name) && !names[t.Name], "a name of small letters, digits, '_' and '-' that no other target has", "notion", "targets", i, "name")
		id, err := notion.CheckID(t.ID)
		ck.want(err == nil && !ids[id], "32 hexadecimal digits that no other target has", "notion", "targets", i, "id")
		names[t.Name], ids[id] = true, true
		source := t.Kind == notion.TargetDataSource && n.Version != notion.V20220628
		ck.want(source || t.Kind == notion.TargetPage || t.Kind == notion.TargetDatabase, "page, database or, from version 2025-09-03 on, data_source", "notion", "targets", i, "kind")
		ck.want((t.KeyProperty != "") == (t.Kind != notion.TargetPage), "the name of a text property for a database or data source, and nothing for a page", "notion", "targets", i, "key_property")
	}
	ck.want(n.Settings().Check() == nil, "at most 50 targets that fit together", "notion", "targets")
}

func (n *Notion) baseURL() string {
	if n.BaseURL == "" {
		return notion.DefaultBaseURL
	}
	return n.BaseURL
}

func validBase(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// listed reports whether the egress guard would let a connection through.
func listed(list []egress.Destination, to egress.Destination) bool {
	return slices.ContainsFunc(list, func(d egress.Destination) bool {
		return d.Host == to.Host && portOf(d) == portOf(to) && d.Plain == to.Plain
	})
}

func portOf(d egress.Destination) int {
	if d.Port == 0 {
		return 443
	}
	return d.Port
}

func (ck *checker) egress(c *egress.Config) {
	ck.want(slices.Contains([]string{egress.LandlockAuto, egress.LandlockRequired, egress.LandlockOff}, c.Landlock), "required, off, or nothing", "egress", "landlock")
	for i := range c.Destinations {
		_, err := egress.New(egress.Config{Destinations: c.Destinations[i : i+1]})
		ck.want(err == nil, "a host and a port as docs/egress.md describes them", "egress", "destinations", i)
	}
	_, err := egress.New(*c)
	ck.want(err == nil, "different destinations, at most "+strconv.Itoa(egress.MaxDestinations)+", and a proxy that is one of them", "egress")
}
