package main

import (
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/egress"
)

// Bounds of what goes to one witness: a checkpoint every ten seconds and its
// answer are a few kilobytes each.
const (
	witnessTimeout       = 10 * time.Second
	witnessResponseBytes = 64 << 10
	witnessWindowBytes   = 256 << 20
)

// logConfig is how the log is opened.
func (a *app) logConfig(cfg *Config) (audit.Config, error) {
	operator, err := a.operatorKey()
	if err != nil {
		return audit.Config{}, err
	}
	out := audit.Config{
		Dir: a.dataDir, Origin: cfg.Log.Origin, Now: a.now, Operator: operator,
		Alert: func(err error) { a.ui.warnf("log: %v", err) },
	}
	if cfg.Log.AnchorFile != "" {
		out.Anchors = append(out.Anchors, audit.FileAnchor{Path: a.below(cfg.Log.AnchorFile, "")})
	}
	for _, w := range cfg.Log.Witnesses {
		witness, err := newWitness(w)
		if err != nil {
			return out, fail(exitConfig, "a witness has a url and the key that it printed", "log.witnesses: %w", err)
		}
		out.Anchors = append(out.Anchors, witness)
	}
	return out, nil
}

// newWitness makes the client of a witness, with a guard that lets it connect
// to nothing else. The log itself can't record these connections: they are
// part of opening it.
func newWitness(w WitnessConfig) (*audit.Witness, error) {
	u, err := url.Parse(w.URL)
	if err != nil {
		return nil, err
	}
	d := egress.Destination{
		Host: u.Hostname(), Plain: u.Scheme == "http", Networks: w.Networks,
		ResponseBytes: witnessResponseBytes, WindowBytes: witnessWindowBytes,
	}
	if d.Port, err = strconv.Atoi(u.Port()); err != nil {
		d.Port = map[bool]int{true: 80, false: 443}[d.Plain]
	}
	if ip, err := netip.ParseAddr(d.Host); err == nil && ip.IsLoopback() && len(d.Networks) == 0 {
		d.Networks = []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())}
	}
	guard, err := egress.New(egress.Config{Destinations: []egress.Destination{d}})
	if err != nil {
		return nil, err
	}
	return audit.NewWitness(w.URL, w.Key, guard.Client(witnessTimeout))
}
