package postgres

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/pgtest"
)

// certify makes a certificate for localhost, with its key, and the file of the
// authority that signed it, all PEM.
func certify(t *testing.T) (certificate, key []byte, authority string) {
	t.Helper()
	made := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	made(err)
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	made(err)
	span := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	ca, leaf := span, span
	ca.Subject, ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = pkix.Name{CommonName: "test authority"}, true, true, x509.KeyUsageCertSign
	leaf.Subject, leaf.DNSNames, leaf.SerialNumber = pkix.Name{CommonName: "localhost"}, []string{"localhost"}, big.NewInt(2)
	caDER, err := x509.CreateCertificate(rand.Reader, &ca, &ca, &caKey.PublicKey, caKey)
	made(err)
	leafDER, err := x509.CreateCertificate(rand.Reader, &leaf, &ca, &leafKey.PublicKey, caKey)
	made(err)
	keyDER, err := x509.MarshalECPrivateKey(leafKey)
	made(err)
	authority = filepath.Join(t.TempDir(), "ca.pem")
	made(os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600))
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leafDER}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), authority
}

// TestTLS: over a server's real TLS, verify-full connects only to the name that
// the certificate has, signed by the authority that is named, by TLS 1.2 or
// later; and what goes over the wire is encrypted.
func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, key, authority := certify(t)
	super, port := pgtest.StartTLS(t, certificate, key, "fsync=off", "ssl_min_protocol_version=TLSv1.2")
	db := emptyDatabaseOn(t, super, t.Cleanup)
	if err := Migrate(t.Context(), db.migrator, false); err != nil {
		t.Fatal(err)
	}
	cfg := db.tenant(t)
	over := func(host, more string) Config {
		return Config{Reader: asReader(cfg, fmt.Sprintf("host=%s port=%d %s", host, port, more), db.name)}
	}
	s := open(t, over("localhost", "sslmode=verify-full sslrootcert="+authority))
	var encrypted bool
	var version string
	err := s.read.QueryRow(t.Context(), "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&encrypted, &version)
	if err != nil || !encrypted || version != "TLSv1.3" && version != "TLSv1.2" {
		t.Errorf("the connection is encrypted: %v, by %s; %v", encrypted, version, err)
	}
	_, _, stranger := certify(t)
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"another name":          {over("127.0.0.1", "sslmode=verify-full sslrootcert="+authority), "certificate"},
		"another authority":     {over("localhost", "sslmode=verify-full sslrootcert="+stranger), "certificate"},
		"the system's":          {over("localhost", "sslmode=verify-full"), "certificate"},
		"no such authority":     {over("localhost", "sslmode=verify-full sslrootcert=/nonexistent/ca.pem"), "can't be read"},
		"TLS, but a plain wish": {over("db.example.com", "sslmode=disable"), "sslmode=verify-full"},
	} {
		_, err := Open(t.Context(), c.cfg)
		unavailable(t, name, err, c.want)
	}
	_, port = pgtest.StartTLS(t, certificate, key, "fsync=off", "ssl=off")
	_, err = Open(t.Context(), over("localhost", "sslmode=verify-full sslrootcert="+authority))
	unavailable(t, "a server without TLS", err, "does not speak TLS")
}
