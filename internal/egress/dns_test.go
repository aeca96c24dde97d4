package egress

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// fakeDNS answers A questions from a table that tests change (RFC 1035).
type fakeDNS struct {
	conn net.PacketConn
	mu   sync.Mutex
	a    map[string]netip.Addr
	n    map[string]int
}

func newDNS(t *testing.T) *fakeDNS {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &fakeDNS{conn: pc, a: make(map[string]netip.Addr), n: make(map[string]int)}
	t.Cleanup(func() { pc.Close() })
	go d.serve()
	return d
}

func (d *fakeDNS) answer(name, ip string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.a[name] = netip.MustParseAddr(ip)
}

func (d *fakeDNS) asked(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n[name]
}

func (d *fakeDNS) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", d.conn.LocalAddr().String())
	}}
}

func (d *fakeDNS) serve() {
	buf := make([]byte, 1500)
	for {
		n, from, err := d.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if reply := d.reply(buf[:n]); reply != nil {
			d.conn.WriteTo(reply, from)
		}
	}
}

func (d *fakeDNS) reply(q []byte) []byte {
	const header = 12
	var labels []string
	i := header
	for i < len(q) && q[i] != 0 {
		l := int(q[i])
		if i+1+l > len(q) {
			return nil
		}
		labels = append(labels, string(q[i+1:i+1+l]))
		i += 1 + l
	}
	if i+5 > len(q) {
		return nil
	}
	question := q[header : i+5]
	isA := q[i+1] == 0 && q[i+2] == 1
	name := strings.ToLower(strings.Join(labels, "."))
	d.mu.Lock()
	ip, known := d.a[name]
	d.n[name]++
	d.mu.Unlock()
	out := append([]byte{}, q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	if !known {
		out[3] |= 3 // NXDOMAIN
	}
	out = append(out, question...)
	if known && isA {
		out[7] = 1
		a := ip.As4()
		out = append(out, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, a[:]...)
	}
	return out
}
