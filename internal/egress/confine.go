package egress

import (
	"errors"
	"slices"
)

// ErrUnconfined means that this system cannot forbid TCP by Landlock: it is
// older than Linux 6.7, built without it, or not Linux.
var ErrUnconfined = errors.New("this system has no Landlock rules for TCP")

// Ports are the TCP ports that a process may use; every other is forbidden by
// the kernel once Confine was called. Landlock knows ports and no addresses.
type Ports struct {
	Connect []uint16
	Listen  []uint16 // 0 is any port that the kernel chooses
}

// Normal returns the ports in order, each once.
func (p Ports) Normal() Ports {
	for _, list := range []*[]uint16{&p.Connect, &p.Listen} {
		*list = slices.Clone(*list)
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return p
}

// Modes of Config.Landlock.
const (
	LandlockAuto     = ""         // in force where the kernel can; else a warning
	LandlockRequired = "required" // a server does not start where the kernel can't
	LandlockOff      = "off"
)

// DNSPort is where a name server is asked over TCP if an answer does not fit a
// datagram.
const DNSPort = 53

// Ports are those that a process with this guard has to connect to; behind a
// proxy only the proxy's. The config is one that New accepts.
func (c Config) Ports() (list []uint16) {
	for _, d := range c.Destinations {
		port := uint16(orDefault(d.Port, 443))
		if c.Proxy != "" && c.Proxy != "http://"+joinPort(d.Host, port) {
			continue
		}
		if isIP, err := canonicalHost(d.Host); err == nil && !isIP {
			list = append(list, DNSPort)
		}
		list = append(list, port)
	}
	return list
}
