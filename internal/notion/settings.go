package notion

import "errors"

// Settings is the section "notion" of the configuration.
type Settings struct {
	// Version of the API; "" is V20260311.
	Version Version `yaml:"version"`
	// BaseURL is "" for Notion itself; the sandbox has its own.
	BaseURL string `yaml:"base_url"`
	// TokenFile holds the integration's secret. The file is read by the secret
	// provider, not by this package.
	TokenFile string `yaml:"token_file"`
	// Targets are the places below which may be written. Empty: Notion is off.
	Targets []Target `yaml:"targets"`
	// Content is the policy on links and images.
	Content Content `yaml:"content"`
}

// maxTargets bounds the walk at start, which asks Notion about each.
const maxTargets = 50

// Check finds what can be found without asking Notion.
func (s Settings) Check() error {
	if len(s.Targets) > maxTargets {
		return errors.New("notion: too many targets")
	}
	c := &Client{cfg: Config{Version: s.Version}}
	if s.Version == "" {
		c.cfg.Version = V20260311
	}
	if v := c.cfg.Version; v != V20220628 && v != V20250903 && v != V20260311 {
		return errors.New("notion: unknown API version: use 2022-06-28, 2025-09-03 or 2026-03-11")
	}
	_, err := NewGuard(c, s.Targets)
	return err
}
