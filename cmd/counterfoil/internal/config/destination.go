package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// Destination is the one place that a URL names. Plain http is for this
// machine only.
func Destination(address string) (egress.Destination, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return egress.Destination{}, errors.New("not a URL with a host")
	}
	to := egress.Destination{Host: u.Hostname(), Plain: u.Scheme == "http"}
	if u.Port() != "" {
		if to.Port, err = strconv.Atoi(u.Port()); err != nil {
			return egress.Destination{}, errors.New("not a port")
		}
	} else if to.Plain {
		to.Port = 80
	}
	if ip, err := netip.ParseAddr(to.Host); to.Plain || err == nil && ip.IsLoopback() {
		to.Networks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	return to, nil
}
