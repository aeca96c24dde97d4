package main

import (
	"slices"
	"testing"
)

// TestKeyPorts: the ports of key services, the one before included, are among
// those that a confined server may connect to, and no other.
func TestKeyPorts(t *testing.T) {
	vault := KEKConfig{Provider: kekVault, Vault: VaultKeys{URL: "https://vault.example:8200", Key: "k", TokenFile: "t"}}
	aws := KEKConfig{Provider: kekAWS, AWSKMS: AWSKMSKeys{Region: "eu-central-1", Key: "alias/k"}}
	for name, test := range map[string]struct {
		keys KeysConfig
		want []uint16
	}{
		"a file":         {KeysConfig{}, nil},
		"vault":          {KeysConfig{KEKConfig: vault}, []uint16{8200}},
		"aws":            {KeysConfig{KEKConfig: aws}, []uint16{443}},
		"from one to it": {KeysConfig{KEKConfig: aws, Previous: &vault}, []uint16{443, 8200}},
	} {
		got, err := keyPorts(&Config{Keys: test.keys})
		slices.Sort(got)
		got = slices.DeleteFunc(slices.Compact(got), func(p uint16) bool { return p == 53 }) // names are looked up
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: ports %v, %v, want %v", name, got, err, test.want)
		}
	}
}
