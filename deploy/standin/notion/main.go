// Command notion stands in for api.notion.com in the stack's drill: TLS with a
// certificate of a CA that it makes on its first start, and a workspace with one
// database whose ids are always the same. It keeps its files in the folder that it
// is started with.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
)

const host = "api.notion.com"

// lifetime of a certificate; a drill takes minutes.
const lifetime = 30 * 24 * time.Hour

func main() {
	if len(os.Args) != 2 {
		log.Fatal("name a folder")
	}
	if err := serve(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func serve(dir string) error {
	cert, err := certificate(dir)
	if err != nil {
		return err
	}
	s := notiontest.New(notiontest.Options{Token: "ntn_standin", Seed: "drill"})
	home := s.AddPage("", "Household")
	database, _ := s.AddDatabase(home, "Reports",
		notiontest.Property{Name: "Name", Type: "title"}, notiontest.Property{Name: "Counterfoil key", Type: "rich_text"})
	fmt.Println("database", database)
	srv := &http.Server{Addr: ":443", Handler: s, ReadTimeout: 30 * time.Second,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}}
	return srv.ListenAndServeTLS("", "")
}

// certificate is that of the folder, made if there is none. It signs itself, so
// that it is the CA's as well.
func certificate(dir string) (tls.Certificate, error) {
	certFile, keyFile := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key")
	if cert, err := tls.LoadX509KeyPair(certFile, keyFile); err == nil {
		return cert, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600); err != nil {
		return tls.Certificate{}, err
	}
	if err := os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair(certFile, keyFile)
}
