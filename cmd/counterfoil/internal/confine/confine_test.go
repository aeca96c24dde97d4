package confine

import (
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
)

// TestKeyPorts: the ports of key services, the one before included, are among
// those that a confined server may connect to, and no other.
func TestKeyPorts(t *testing.T) {
	vault := config.KeyEncryption{Provider: config.KEKVault, Vault: config.Vault{URL: "https://vault.example:8200", Key: "k", TokenFile: "t"}}
	aws := config.KeyEncryption{Provider: config.KEKAWS, AWSKMS: config.AWSKMS{Region: "eu-central-1", Key: "alias/k"}}
	for name, test := range map[string]struct {
		keys config.Keys
		want []uint16
	}{
		"a file":         {config.Keys{}, nil},
		"vault":          {config.Keys{KeyEncryption: vault}, []uint16{8200}},
		"aws":            {config.Keys{KeyEncryption: aws}, []uint16{443}},
		"from one to it": {config.Keys{KeyEncryption: aws, Previous: &vault}, []uint16{443, 8200}},
	} {
		got, err := keyPorts(&config.Config{Keys: test.keys})
		slices.Sort(got)
		got = slices.DeleteFunc(slices.Compact(got), func(p uint16) bool { return p == 53 }) // names are looked up
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: ports %v, %v, want %v", name, got, err, test.want)
		}
	}
}
