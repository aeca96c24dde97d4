package config

import (
	"strings"
	"testing"
)

// TestKeyConfig: mistakes are found before anything is opened.
func TestKeyConfig(t *testing.T) {
	for keys, want := range map[string]string{
		"{provider: post-it}": "keys.provider",
		"{provider: vault}":   "keys.vault.url",
		"{provider: vault, vault: {url: http://v.example}}":                                    "keys.vault.url",
		"{provider: vault, vault: {url: https://v.example}}":                                   "keys.vault.key",
		"{provider: vault, vault: {url: https://v.example, key: k}}":                           "keys.vault.token_file",
		"{provider: vault, vault: {url: https://v.example, key: k, token: hvs.x}}":             "keys.vault.token",
		"{provider: awskms, awskms: {region: moon, key: k}}":                                   "keys.awskms.region",
		"{provider: gcpkms, gcpkms: {key: k}}":                                                 "keys.gcpkms.key",
		"{provider: pkcs11, pkcs11: {token: a, key: b}}":                                       "keys.pkcs11.module",
		"{previous: {provider: x}}":                                                            "keys.previous.provider",
		"{previous: {previous: {}}}":                                                           "unknown key",
		"{provider: file, kek: /media/usb/kek}":                                                "",
		"{provider: awskms, awskms: {region: us-gov-west-1, key: alias/counterfoil}}":          "",
		"{provider: vault, vault: {url: \"http://127.0.0.1:8200\", key: k, token: env:VAULT}}": "",
	} {
		_, err := Parse("config.yaml", []byte("version: 1\ntenant: t\nlog: {origin: log.example}\nkeys: "+keys+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", keys, err, want)
		}
	}
}
