//go:build linux && netns

package lab

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
)

// DNS answers questions for addresses (RFC 1035) from a table that tests change,
// with a lifetime of zero, and remembers every name that it was asked for.
type DNS struct {
	conn  net.PacketConn
	mu    sync.Mutex
	addrs map[string]netip.Addr
	names []string
}

// NewDNS serves at an address of a namespace, on port 53.
func NewDNS(t *testing.T, ns, addr string) *DNS {
	t.Helper()
	d := &DNS{addrs: map[string]netip.Addr{}}
	Inside(t, ns, func() (err error) {
		d.conn, err = net.ListenPacket("udp", addr+":53")
		return err
	})
	t.Cleanup(func() { d.conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := d.conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := d.reply(buffer[:n]); reply != nil {
				d.conn.WriteTo(reply, from)
			}
		}
	}()
	return d
}

// Answer has a name resolve to an address from now on.
func (d *DNS) Answer(name, addr string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addrs[name] = netip.MustParseAddr(addr)
}

// Asked lists the names that were asked for since it was last called, once each.
func (d *DNS) Asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.names
	d.names = nil
	slices.Sort(list)
	return slices.Compact(list)
}

func (d *DNS) reply(q []byte) []byte {
	const header, typeA, typeAAAA = 12, 1, 28
	var labels []string
	i := header
	for i < len(q) && q[i] != 0 {
		n := int(q[i])
		if i+1+n > len(q) {
			return nil
		}
		labels = append(labels, string(q[i+1:i+1+n]))
		i += 1 + n
	}
	if i+5 > len(q) {
		return nil
	}
	kind := int(q[i+1])<<8 | int(q[i+2])
	name := strings.ToLower(strings.Join(labels, "."))
	d.mu.Lock()
	addr, known := d.addrs[name]
	d.names = append(d.names, name)
	d.mu.Unlock()
	out := append([]byte{}, q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	if !known {
		out[3] |= 3 // there is no such name
	}
	out = append(out, q[header:i+5]...)
	if known && (kind == typeA && addr.Is4() || kind == typeAAAA && addr.Is6()) {
		out[7] = 1
		bytes := addr.AsSlice()
		out = append(out, 0xc0, header, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(bytes)))
		out = append(out, bytes...)
	}
	return out
}
