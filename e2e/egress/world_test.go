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
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/e2e/lab"
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
	dns      *lab.DNS
	notion   *notiontest.Server
	database string
	caFile   string
	redirect atomic.Pointer[string] // where Notion and the collector send whoever asks
	spans    atomic.Int64           // exports that the collector got
	trapped  atomic.Int64           // connections that a trap accepted
}

func newWorld(t *testing.T, l *testbed) *world {
	t.Helper()
	w := &world{dns: lab.NewDNS(t, l.world, dnsAddr)}
	certificate := w.issue(t)
	w.notion = notiontest.New(notiontest.Options{Token: "ntn_proof", Seed: "proof"})
	home := w.notion.AddPage("", "Household")
	w.database, _ = w.notion.AddDatabase(home, "Reports",
		notiontest.Property{Name: "Name", Type: "title"}, notiontest.Property{Name: "Counterfoil key", Type: "rich_text"})
	w.serve(t, lab.Listen(t, l.world, notionAddr+":443"), certificate, w.notion)
	w.serve(t, lab.Listen(t, l.world, otelAddr+":4318"), certificate, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.spans.Add(1)
	}))
	for _, addr := range []string{evilAddr, innerAddr, metaAddr, "[" + inner6Addr + "]"} {
		for _, port := range []string{"80", "443", "3128", "4318"} {
			w.trap(lab.Listen(t, l.world, addr+":"+port))
		}
	}
	for _, addr := range []string{"127.0.0.1", "[::1]"} {
		for _, port := range []string{"80", "443", "4318"} {
			w.trap(lab.Listen(t, l.server, addr+":"+port))
		}
	}
	w.settle()
	return w
}

// settle sets every name to its honest answer and Notion to answer itself.
func (w *world) settle() {
	w.redirect.Store(nil)
	w.dns.Answer(notionName, notionAddr)
	w.dns.Answer(otelName, otelAddr)
	w.dns.Answer(evilName, evilAddr)
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
	lab.Must(t, err)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "proof"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	lab.Must(t, err)
	w.caFile = filepath.Join(t.TempDir(), "ca.pem")
	lab.Must(t, os.WriteFile(w.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), 0o600))
	leaf := *root
	leaf.SerialNumber, leaf.Subject = big.NewInt(2), pkix.Name{CommonName: "world"}
	leaf.IsCA, leaf.KeyUsage, leaf.DNSNames = false, x509.KeyUsageDigitalSignature, []string{notionName, otelName}
	leafDER, err := x509.CreateCertificate(rand.Reader, &leaf, root, &key.PublicKey, key)
	lab.Must(t, err)
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}
