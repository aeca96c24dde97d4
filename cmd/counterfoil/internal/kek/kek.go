// Package kek opens the key-encryption keys that a config names, wherever they are,
// and puts what is asked of a key service on record.
package kek

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/agekek"
	"github.com/counterfoil/counterfoil/internal/seal/awskms"
	"github.com/counterfoil/counterfoil/internal/seal/gcpkms"
	"github.com/counterfoil/counterfoil/internal/seal/keyringkek"
	"github.com/counterfoil/counterfoil/internal/seal/pkcs11kek"
	"github.com/counterfoil/counterfoil/internal/seal/vaultkek"
)

// Open opens the keys of the data folder. What is asked of a key service goes
// to ops, which is nil for a command that does not own the log.
func Open(h *home.Home, cfg *config.Config, ops *Records) (*seal.Keyring, error) {
	kek, err := openWrapping(h, cfg, ops)
	if err != nil {
		return nil, err
	}
	return seal.OpenWith(h.DataDir, kek)
}

// openWrapping opens the key-encryption key and, while data keys move, the one before.
// To move to a local one that is not there yet, it is made.
func openWrapping(h *home.Home, cfg *config.Config, ops *Records) (seal.KEK, error) {
	kek, err := openOne(h, cfg, &cfg.Keys.KeyEncryption, cfg.Keys.Previous != nil, ops)
	if err != nil || cfg.Keys.Previous == nil {
		return kek, err
	}
	previous, err := openOne(h, cfg, cfg.Keys.Previous, false, ops)
	if err != nil {
		return nil, fmt.Errorf("keys.previous: %w", err)
	}
	return seal.Chain{KEK: kek, Previous: previous}, nil
}

// openOne opens one key-encryption key. A local one is made if that is asked for
// and there is none.
func openOne(h *home.Home, cfg *config.Config, k *config.KeyEncryption, create bool, ops *Records) (seal.KEK, error) {
	switch k.Kind() {
	case config.KEKKeyring:
		return localKEK(config.KEKKeyring, keyringkek.Open(console.Or(k.Entry, cfg.Log.Origin)), create)
	case config.KEKAge:
		return localKEK(config.KEKAge, agekek.Open(h.Below(k.KEK, "keys/kek"), func() (string, error) { return passphrase(h, k, create) }), create)
	case config.KEKVault, config.KEKAWS, config.KEKGCP:
		kek, err := openRemoteKEK(h, k, ops)
		if err != nil {
			return nil, exit.Fail(exit.Config, "docs/keys.md shows how it is set up", "keys.%s: %w", k.Kind(), err)
		}
		return ops.watch(kek), nil
	case config.KEKPKCS11:
		p := &k.PKCS11
		kek, err := pkcs11kek.Open(pkcs11kek.Config{Module: h.Below(p.Module, ""), Token: p.Token, Key: p.Key, PIN: readSecret(h, "keys.pkcs11.pin", p.PIN, p.PINFile)})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", seal.ErrNoKey, err)
		}
		return ops.watch(kek), nil
	}
	return localKEK(config.KEKFile, seal.FileSecret(h.Below(k.KEK, "keys/kek")), create)
}

func localKEK(kind string, secret seal.Secret, create bool) (seal.KEK, error) {
	open := seal.OpenLocalKEK
	if create {
		open = seal.NewLocalKEK
	}
	kek, err := open(kind, secret)
	if err != nil {
		return nil, err // not kek: a nil *LocalKEK is no nil KEK
	}
	return kek, nil
}

// Create makes the first keys of a folder, or checks those that there are. A
// file that the config names elsewhere has to be there.
func Create(h *home.Home, cfg *config.Config) error {
	local := cfg.Keys.Kind() == config.KEKFile
	if seal.HasKeys(h.DataDir) && (!local || cfg.Keys.KEK != "") {
		_, err := Open(h, cfg, nil)
		return err
	}
	if local && cfg.Keys.KEK == "" {
		return seal.Create(h.DataDir)
	}
	kek, err := openOne(h, cfg, &cfg.Keys.KeyEncryption, !local, nil)
	if err != nil {
		return err
	}
	return seal.CreateWith(h.DataDir, kek)
}

func openRemoteKEK(h *home.Home, k *config.KeyEncryption, ops *Records) (seal.KEK, error) {
	switch k.Kind() {
	case config.KEKVault:
		v := &k.Vault
		client, err := keyService(h, k, ops)
		if err != nil {
			return nil, err
		}
		return vaultkek.New(vaultkek.Config{
			URL: v.URL, Mount: v.Mount, Key: v.Key, Namespace: v.Namespace, Token: readSecret(h, "keys.vault.token", v.Token, v.TokenFile), HTTP: client,
		})
	case config.KEKAWS:
		w := &k.AWSKMS
		client, err := keyService(h, k, ops)
		if err != nil {
			return nil, err
		}
		return awskms.New(awskms.Config{Region: w.Region, Key: w.Key, URL: w.URL, Now: h.Now, HTTP: client, Credentials: func() (awskms.Credentials, error) {
			return awsCredentials(h, w.CredentialsFile)
		}})
	}
	g := &k.GCPKMS
	client, err := keyService(h, k, ops)
	if err != nil {
		return nil, err
	}
	account, err := seal.ReadSecret(h.Below(g.CredentialsFile, ""))
	if err != nil {
		return nil, fmt.Errorf("credentials_file: %w", bounded.Reason(err))
	}
	defer clear(account)
	return gcpkms.New(gcpkms.Config{Key: g.Key, URL: g.URL, TokenURL: g.TokenURL, ServiceAccount: account, HTTP: client})
}

// keyServiceRate bounds requests per minute to a key service: rewrapping asks two
// for each key.
const keyServiceRate = 6000

// keyService makes a client that reaches the key's service and nothing else.
func keyService(h *home.Home, k *config.KeyEncryption, ops *Records) (*http.Client, error) {
	in := &k.Network
	setup := egress.Config{Now: h.Now}
	if ops != nil {
		setup.Record = ops.connection
	}
	seen := map[string]bool{}
	for _, address := range k.Addresses() {
		to, err := config.Destination(address)
		if err != nil {
			return nil, err
		}
		if seen[fmt.Sprint(to.Host, to.Port)] {
			continue
		}
		seen[fmt.Sprint(to.Host, to.Port)] = true
		to.Networks, to.RequestsPerMinute = append(to.Networks, in.Networks...), keyServiceRate
		setup.Destinations = append(setup.Destinations, to)
	}
	if in.CAFile != "" {
		text, err := bounded.ReadFile(h.Below(in.CAFile, ""), config.MaxSize)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", bounded.Reason(err))
		}
		setup.RootCAs = x509.NewCertPool()
		if !setup.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("ca_file holds no certificate in PEM")
		}
	}
	guard, err := egress.New(setup)
	if err != nil {
		return nil, err
	}
	return guard.Client(0), nil
}

// readSecret reads a secret that the config refers to: each time anew, so that it
// can be renewed.
func readSecret(h *home.Home, what, env, file string) func() (string, error) {
	return func() (string, error) {
		if name, ok := strings.CutPrefix(env, "env:"); ok {
			if text := strings.TrimSpace(h.Env[name]); text != "" {
				return text, nil
			}
			return "", exit.Fail(exit.NoKey, "set it", "%s: the environment variable %s is not set", what, name)
		}
		text, err := seal.ReadSecret(h.Below(file, ""))
		if err != nil {
			return "", exit.Fail(exit.NoKey, "it must be there and readable by its owner alone (chmod 600)", "%s_file can't be read", what)
		}
		defer clear(text)
		secret := string(bytes.TrimSpace(text))
		if secret == "" {
			return "", exit.Fail(exit.NoKey, "", "%s_file is empty", what)
		}
		return secret, nil
	}
}

// passphrase reads the passphrase of age from its file, or asks on the terminal:
// twice for a new key.
func passphrase(h *home.Home, k *config.KeyEncryption, create bool) (string, error) {
	if k.PassphraseFile != "" {
		return readSecret(h, "keys.passphrase", "", k.PassphraseFile)()
	}
	in, ok := h.Stdin.(*os.File)
	if !h.Terminal || !ok {
		return "", exit.Fail(exit.NoKey, "name a file in keys.passphrase_file, or run it on a terminal", "the key-encryption key needs its passphrase")
	}
	_, missing := os.Stat(h.Below(k.KEK, "keys/kek"))
	first, err := askHidden(h, in, "passphrase of the key-encryption key: ")
	if err != nil || !create || missing == nil {
		return first, err
	}
	again, err := askHidden(h, in, "the same once more: ")
	if err == nil && again != first {
		err = exit.Fail(exit.NoKey, "try again", "the two are not the same")
	}
	return first, err
}

func askHidden(h *home.Home, in *os.File, question string) (string, error) {
	fmt.Fprint(h.UI.Err, "counterfoil: "+question)
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(h.UI.Err)
	if err != nil || len(text) == 0 {
		return "", exit.Fail(exit.NoKey, "try again", "no passphrase was given")
	}
	defer clear(text)
	return string(text), nil
}

// awsCredentials reads the profile default of a credentials file, or the
// environment.
func awsCredentials(h *home.Home, file string) (c awskms.Credentials, err error) {
	if file == "" {
		c = awskms.Credentials{AccessKeyID: h.Env["AWS_ACCESS_KEY_ID"], SecretAccessKey: h.Env["AWS_SECRET_ACCESS_KEY"], SessionToken: h.Env["AWS_SESSION_TOKEN"]}
	} else {
		text, err := seal.ReadSecret(h.Below(file, ""))
		if err != nil {
			return c, exit.Fail(exit.NoKey, "it must be there and readable by its owner alone (chmod 600)", "keys.awskms.credentials_file can't be read")
		}
		defer clear(text)
		c = parseCredentials(text)
	}
	if c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return c, exit.Fail(exit.NoKey, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file in keys.awskms.credentials_file", "there are no credentials for AWS KMS")
	}
	return c, nil
}

// parseCredentials reads the profile default of the format of ~/.aws/credentials.
func parseCredentials(text []byte) (c awskms.Credentials) {
	section := ""
	for sc := bufio.NewScanner(bytes.NewReader(text)); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[] ")
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || section != "default" || strings.HasPrefix(line, "#") {
			continue
		}
		switch value = strings.TrimSpace(value); strings.TrimSpace(name) {
		case "aws_access_key_id":
			c.AccessKeyID = value
		case "aws_secret_access_key":
			c.SecretAccessKey = value
		case "aws_session_token":
			c.SessionToken = value
		}
	}
	return c
}
