// Package confine has the kernel forbid a server every TCP port that its config does
// not need, in all its threads and for good.
package confine

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// confinedBy holds, in the environment of a confined server, the version of
// Landlock and the descriptor of its prober.
const confinedBy = "COUNTERFOIL_CONFINED_BY"

// Server has the kernel forbid this server all TCP ports but those of its
// config, for good. Only a program that begins again is confined in all its
// threads, so this process executes itself once more; the second time, it
// checks that the kernel does forbid, and says so. http is the address that it
// listens on, "" for none.
func Server(h *home.Home, cfg *config.Config, http string) error {
	if cfg.Egress.Landlock == egress.LandlockOff {
		return nil
	}
	ports, err := ports(h, cfg, http)
	if err != nil {
		return err
	}
	if by := h.Env[confinedBy]; by != "" {
		return confined(h, by, ports)
	}
	err = execConfined(h, cfg, ports)
	if !errors.Is(err, egress.ErrUnconfined) {
		return exit.Fail(exit.Unavailable, "set egress.landlock: off to do without it", "confining the server: %w", err)
	}
	return unconfined(h, cfg.Egress.Landlock, err)
}

// unconfined refuses to go on, or says that the kernel does not help.
func unconfined(h *home.Home, mode string, why error) error {
	if mode == egress.LandlockRequired {
		return exit.Fail(exit.Unavailable, "use Linux 6.7 or later with landlock in its list of security modules, or leave egress.landlock out: docs/egress.md", "egress.landlock is required: %w", why)
	}
	h.UI.Warnf("%v: only the program's own guard keeps it from other hosts; docs/egress.md has rules for a firewall", why)
	return nil
}

// confined is the second time.
func confined(h *home.Home, by string, ports egress.Ports) error {
	abi, fd, handed := strings.Cut(by, " ")
	if !egress.Confined(ports) {
		return exit.Fail(exit.Unavailable, "start it without "+confinedBy+" in the environment", "the kernel does not forbid what it should")
	}
	if handed {
		n, err := strconv.Atoi(fd)
		if err == nil {
			h.Prober, err = sandbox.OpenProber(n)
		}
		if err != nil {
			return exit.Fail(exit.Unavailable, "start it without "+confinedBy+" in the environment", "the prober is not there")
		}
	}
	connect := "no TCP port"
	if len(ports.Connect) > 0 {
		connect = "TCP ports " + portList(ports.Connect)
	}
	h.UI.Notef("the kernel (Landlock %s) lets this server connect to %s and listen on %s, and no other", console.Plain(abi), connect, portList(ports.Listen))
	return nil
}

func portList(list []uint16) string {
	var names []string
	for _, p := range list {
		name := strconv.Itoa(int(p))
		if p == 0 {
			name = "any free one"
		}
		names = append(names, name)
	}
	return console.Or(strings.Join(names, ", "), "none")
}

// ports are those that a server with this config needs.
func ports(h *home.Home, cfg *config.Config, http string) (p egress.Ports, err error) {
	p.Connect = append(p.Connect, cfg.Egress.Ports()...)
	for _, add := range []func(*config.Config) ([]uint16, error){telemetryPorts, witnessPorts, keyPorts, modelPorts, func(cfg *config.Config) ([]uint16, error) { return databasePorts(h, cfg) }} {
		more, err := add(cfg)
		if err != nil {
			return p, err
		}
		p.Connect = append(p.Connect, more...)
	}
	for _, addr := range []string{http, cfg.Telemetry.Metrics} {
		if addr == "" {
			continue
		}
		_, text, err := net.SplitHostPort(addr)
		port, wrong := net.LookupPort("tcp", text)
		if err != nil || wrong != nil {
			return p, exit.Fail(exit.Usage, "name it as 127.0.0.1:7171", "an address to listen on is not HOST:PORT")
		}
		p.Listen = append(p.Listen, uint16(port))
	}
	if cfg.LLM.Port != 0 { // the engine inherits what is forbidden
		p.Listen = append(p.Listen, uint16(cfg.LLM.Port))
	}
	return p.Normal(), nil
}

func telemetryPorts(cfg *config.Config) ([]uint16, error) {
	if cfg.Telemetry.OTLP.Endpoint == "" {
		return nil, nil
	}
	to, err := telemetry.DestinationOf(cfg.Telemetry.OTLP)
	return egress.Config{Destinations: []egress.Destination{to}}.Ports(), err
}

func witnessPorts(cfg *config.Config) (list []uint16, err error) {
	for _, w := range cfg.Log.Witnesses {
		to, err := config.Destination(w.URL)
		if err != nil {
			return nil, exit.Fail(exit.Config, "", "log.witnesses: %w", err)
		}
		list = append(list, egress.Config{Destinations: []egress.Destination{to}}.Ports()...)
	}
	return list, nil
}

// keyPorts are those of the services that hold the key-encryption keys.
func keyPorts(cfg *config.Config) (list []uint16, err error) {
	addresses := cfg.Keys.Addresses()
	if cfg.Keys.Previous != nil {
		addresses = append(addresses, cfg.Keys.Previous.Addresses()...)
	}
	for _, address := range addresses {
		to, err := config.Destination(address)
		if err != nil {
			return nil, exit.Fail(exit.Config, "", "keys: %w", err)
		}
		list = append(list, egress.Config{Destinations: []egress.Destination{to}}.Ports()...)
	}
	return list, nil
}

// modelPorts are the endpoint's, and the one on which an engine in the sandbox
// listens there.
func modelPorts(cfg *config.Config) (list []uint16, err error) {
	if cfg.LLM.Port != 0 {
		list = append(list, uint16(cfg.LLM.Port))
	}
	if cfg.LLM.Model == "" || !strings.HasPrefix(cfg.LLM.Endpoint, "http://") {
		return list, nil
	}
	u, err := url.Parse(cfg.LLM.Endpoint)
	if err != nil {
		return nil, exit.Fail(exit.Config, "", "llm.endpoint is not a URL")
	}
	port := 80
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port > 65535 {
			return nil, exit.Fail(exit.Config, "", "llm.endpoint has no port")
		}
	}
	to := egress.Destination{Host: u.Hostname(), Port: port}
	return append(list, egress.Config{Destinations: []egress.Destination{to}}.Ports()...), nil
}

// databasePorts are those of every login's connection string.
func databasePorts(a *home.Home, cfg *config.Config) (list []uint16, err error) {
	if !cfg.Store.Postgres.Used() {
		return nil, nil
	}
	for _, l := range []config.Login{cfg.Store.Postgres.ReaderLogin(), cfg.Store.Postgres.WriterLogin()} {
		if !l.Given() {
			continue
		}
		text, err := storage.DSN(a, l)
		if err != nil {
			return nil, err
		}
		c, err := pgconn.ParseConfig(text)
		if err != nil {
			return nil, exit.Fail(exit.Config, "docs/postgres.md shows its form", "store.postgres: the connection string can't be read")
		}
		hosts := []*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port}}
		for _, h := range append(hosts, c.Fallbacks...) {
			if strings.HasPrefix(h.Host, "/") {
				continue // a unix socket
			}
			list = append(list, h.Port, egress.DNSPort)
		}
	}
	return list, nil
}

// marker is the environment's word for the second time.
func marker(abi, prober int) string {
	if prober == 0 {
		return fmt.Sprintf("%s=%d", confinedBy, abi)
	}
	return fmt.Sprintf("%s=%d %d", confinedBy, abi, prober)
}
