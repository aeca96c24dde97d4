package main

import (
	"github.com/counterfoil/counterfoil/internal/seal"
)

// openKeys opens the keys of the data folder.
func (a *app) openKeys(cfg *Config) (*seal.Keyring, error) {
	kek, err := a.openKEK(&cfg.Keys)
	if err != nil {
		return nil, err
	}
	return seal.OpenWith(a.dataDir, kek)
}

// openKEK opens the key-encryption key that the config names.
func (a *app) openKEK(k *KeysConfig) (seal.KEK, error) {
	return seal.OpenFileKEK(a.below(k.KEK, "keys/kek"))
}
