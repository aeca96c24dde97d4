package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/internal/seal/awskms"
	"github.com/counterfoil/counterfoil/internal/seal/gcpkms"
	"github.com/counterfoil/counterfoil/internal/seal/pkcs11kek"
	"github.com/counterfoil/counterfoil/internal/seal/vaultkek"
)

// Keys says where the key-encryption key is.
type Keys struct {
	KeyEncryption `yaml:",inline"`
	// Previous unwraps what the key-encryption key before wrapped, until
	// `keys rewrap` has wrapped it anew.
	Previous *KeyEncryption `yaml:"previous"`
}

// KeyEncryption is one key-encryption key. The zero value is the file keys/kek.
type KeyEncryption struct {
	// Provider is file (the default), keyring, age, vault, awskms, gcpkms or pkcs11.
	Provider string `yaml:"provider"`
	// KEK is the file of file and age; relative to the data folder. "" is keys/kek.
	KEK string `yaml:"kek"`
	// PassphraseFile holds the passphrase of age; "" asks on the terminal.
	PassphraseFile string `yaml:"passphrase_file"`
	// Entry is the entry in the keyring; "" is the log's origin.
	Entry   string     `yaml:"entry"`
	Vault   Vault      `yaml:"vault"`
	AWSKMS  AWSKMS     `yaml:"awskms"`
	GCPKMS  GCPKMS     `yaml:"gcpkms"`
	PKCS11  PKCS11     `yaml:"pkcs11"`
	Network KeyService `yaml:"network"`
}

// Vault is a transit key of HashiCorp Vault or OpenBao.
type Vault struct {
	URL       string `yaml:"url"`
	Mount     string `yaml:"mount"` // "" is transit
	Key       string `yaml:"key"`
	Namespace string `yaml:"namespace"`
	Token     string `yaml:"token"` // env:NAME
	TokenFile string `yaml:"token_file"`
}

// AWSKMS is a key of AWS KMS.
type AWSKMS struct {
	Region string `yaml:"region"`
	Key    string `yaml:"key"` // id, ARN or alias
	URL    string `yaml:"url"` // "" is the region's
	// CredentialsFile has the form of ~/.aws/credentials, of which the profile
	// default is read; "" takes AWS_ACCESS_KEY_ID and its kin from the environment.
	CredentialsFile string `yaml:"credentials_file"`
}

// GCPKMS is a key of Google Cloud KMS.
type GCPKMS struct {
	Key             string `yaml:"key"` // projects/P/locations/L/keyRings/R/cryptoKeys/K
	URL             string `yaml:"url"` // "" is Google's
	TokenURL        string `yaml:"token_url"`
	CredentialsFile string `yaml:"credentials_file"` // key file of a service account
}

// PKCS11 is a key in a hardware security module.
type PKCS11 struct {
	Module  string `yaml:"module"`
	Token   string `yaml:"token"`
	Key     string `yaml:"key"`
	PIN     string `yaml:"pin"` // env:NAME
	PINFile string `yaml:"pin_file"`
}

// KeyService says how a key service is reached.
type KeyService struct {
	// Networks in which it may lie, if they are not public; a loopback address
	// needs none.
	Networks []netip.Prefix `yaml:"networks"`
	// CAFile verifies it instead of the system's roots; PEM.
	CAFile string `yaml:"ca_file"`
}

// The providers.
const (
	KEKFile    = "file"
	KEKKeyring = "keyring"
	KEKAge     = "age"
	KEKVault   = "vault"
	KEKAWS     = "awskms"
	KEKGCP     = "gcpkms"
	KEKPKCS11  = "pkcs11"
)

// Kind is the provider, also where none is named.
func (k *KeyEncryption) Kind() string { return console.Or(k.Provider, KEKFile) }

// Addresses are where the service is that holds the key; none for local ones.
func (k *KeyEncryption) Addresses() []string {
	switch k.Kind() {
	case KEKVault:
		return []string{k.Vault.URL}
	case KEKAWS:
		return []string{console.Or(k.AWSKMS.URL, awskms.Address(k.AWSKMS.Region))}
	case KEKGCP:
		return []string{console.Or(k.GCPKMS.URL, gcpkms.Address), console.Or(k.GCPKMS.TokenURL, gcpkms.TokenURL)}
	}
	return nil
}

func (ck *checker) keys(k *Keys) {
	ck.kek(&k.KeyEncryption, "keys")
	if k.Previous != nil {
		ck.kek(k.Previous, "keys", "previous")
	}
}

func (ck *checker) kek(k *KeyEncryption, path ...any) {
	want := func(ok bool, rule string, below ...any) {
		ck.want(ok, rule, append(path[:len(path):len(path)], below...)...)
	}
	reference := func(env, file, section, what string) {
		want(env == "" || envForm.MatchString(env), "env:NAME, the name of an environment variable; a secret never stands in the config", section, what)
		want((env == "") != (file == ""), "either this or "+what, section, what+"_file")
	}
	address := func(s, section, what string, optional bool) {
		want(keyServiceURL(s) || optional && s == "", "an address such as https://keys.example:8200; http only on this machine", section, what)
	}
	switch k.Kind() {
	case KEKFile, KEKKeyring, KEKAge:
	case KEKVault:
		address(k.Vault.URL, "vault", "url", false)
		want(vaultkek.Form.MatchString(k.Vault.Key) && !strings.Contains(k.Vault.Key, "/"), "the name of a transit key", "vault", "key")
		want(k.Vault.Mount == "" || vaultkek.Form.MatchString(k.Vault.Mount), "the path of a transit engine", "vault", "mount")
		reference(k.Vault.Token, k.Vault.TokenFile, "vault", "token")
	case KEKAWS:
		want(awskms.RegionForm.MatchString(k.AWSKMS.Region), "a region, such as eu-central-1", "awskms", "region")
		want(awskms.KeyForm.MatchString(k.AWSKMS.Key), "the id, ARN or alias of a key", "awskms", "key")
		address(k.AWSKMS.URL, "awskms", "url", true)
	case KEKGCP:
		want(gcpkms.KeyForm.MatchString(k.GCPKMS.Key), "projects/P/locations/L/keyRings/R/cryptoKeys/K", "gcpkms", "key")
		want(k.GCPKMS.CredentialsFile != "", "the key file of a service account", "gcpkms", "credentials_file")
		address(k.GCPKMS.URL, "gcpkms", "url", true)
		address(k.GCPKMS.TokenURL, "gcpkms", "token_url", true)
	case KEKPKCS11:
		want(k.PKCS11.Module != "", "the path of a PKCS #11 library", "pkcs11", "module")
		want(pkcs11kek.LabelForm.MatchString(k.PKCS11.Token), "the label of a token", "pkcs11", "token")
		want(pkcs11kek.LabelForm.MatchString(k.PKCS11.Key), "the label of an AES key", "pkcs11", "key")
		reference(k.PKCS11.PIN, k.PKCS11.PINFile, "pkcs11", "pin")
	default:
		want(false, "file, keyring, age, vault, awskms, gcpkms or pkcs11", "provider")
	}
}

// keyServiceURL accepts https, and http to an address of this machine.
func keyServiceURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if u.Scheme == "http" {
		ip, err := netip.ParseAddr(u.Hostname())
		return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	}
	return u.Scheme == "https"
}
