//go:build linux && netns

package egress

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
)

// Names that the world's DNS answers for.
const (
	notionName = "api.notion.com"
	otelName   = "otel.example.net"
	evilName   = "evil.example"
)

// world is what lies outside: its own DNS, a stand-in of Notion, a collector,
// and traps that should never hear anything.
type world struct {
	dns      *dns
	notion   *notiontest.Server
	database string
	caFile   string
	redirect atomic.Pointer[string] // where Notion and the collector send whoever asks
	spans    atomic.Int64           // exports that the collector got
	trapped  atomic.Int64           // connections that a trap accepted
}

func newWorld(t *testing.T, l *lab) *world {
	t.Helper()
	w := &world{dns: newDNS(t, l)}
	certificate := w.issue(t)
	w.notion = notiontest.New(notiontest.Options{Token: "ntn_proof", Seed: "proof"})
	home := w.notion.AddPage("", "Household")
	w.database, _ = w.notion.AddDatabase(home, "Reports",
		notiontest.Property{Name: "Name", Type: "title"}, notiontest.Property{Name: "Counterfoil key", Type: "rich_text"})
	w.serve(t, l.listen(t, l.world, notionAddr+":443"), certificate, w.notion)
	w.serve(t, l.listen(t, l.world, otelAddr+":4318"), certificate, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.spans.Add(1)
	}))
	for _, addr := range []string{evilAddr, innerAddr, metaAddr, "[" + inner6Addr + "]"} {
		for _, port := range []string{"80", "443", "3128", "4318"} {
			w.trap(l.listen(t, l.world, addr+":"+port))
		}
	}
	for _, addr := range []string{"127.0.0.1", "[::1]"} {
		for _, port := range []string{"80", "443", "4318"} {
			w.trap(l.listen(t, l.server, addr+":"+port))
		}
	}
	w.settle()
	return w
}

// settle sets every name to its honest answer and Notion to answer itself.
func (w *world) settle() {
	w.redirect.Store(nil)
	w.dns.answer(notionName, notionAddr)
	w.dns.answer(otelName, otelAddr)
	w.dns.answer(evilName, evilAddr)
}

// serve serves HTTPS, or a redirect in its place. Every request needs a
// connection of its own, so that every one is looked up and dialed.
func (w *world) serve(t *testing.T, l net.Listener, certificate tls.Certificate, h http.Handler) {
	s := &http.Server{
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{certificate}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, // no HTTP/2
		ErrorLog:     log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if to := w.redirect.Load(); to != nil {
				rw.Header().Set("Location", *to)
				rw.WriteHeader(http.StatusTemporaryRedirect)
				return
			}
			h.ServeHTTP(rw, r)
		}),
	}
	s.SetKeepAlivesEnabled(false)
	go s.ServeTLS(l, "", "")
	t.Cleanup(func() { s.Close() })
}

func (w *world) trap(l net.Listener) {
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.trapped.Add(1)
			c.Close()
		}
	}()
}

// issue makes an authority, whose certificate it writes to a file, and a
// certificate for the two honest names.
func (w *world) issue(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "proof"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	must(t, err)
	w.caFile = filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(w.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), 0o600))
	leaf := *root
	leaf.SerialNumber, leaf.Subject = big.NewInt(2), pkix.Name{CommonName: "world"}
	leaf.IsCA, leaf.KeyUsage, leaf.DNSNames = false, x509.KeyUsageDigitalSignature, []string{notionName, otelName}
	leafDER, err := x509.CreateCertificate(rand.Reader, &leaf, root, &key.PublicKey, key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}

// dns answers questions for addresses (RFC 1035) from a table that tests change,
// with a lifetime of zero, and remembers every name that it was asked for.
type dns struct {
	conn  net.PacketConn
	mu    sync.Mutex
	addrs map[string]netip.Addr
	names []string
}

func newDNS(t *testing.T, l *lab) *dns {
	t.Helper()
	d := &dns{addrs: map[string]netip.Addr{}}
	l.inside(t, l.world, func() (err error) {
		d.conn, err = net.ListenPacket("udp", dnsAddr+":53")
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

func (d *dns) answer(name, addr string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addrs[name] = netip.MustParseAddr(addr)
}

// asked lists the names that were asked for since it was last called, once each.
func (d *dns) asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.names
	d.names = nil
	slices.Sort(list)
	return slices.Compact(list)
}

func (d *dns) reply(q []byte) []byte {
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
