package main

import (
	"maps"
	"slices"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
)

// sayNobody warns of limits for a principal that is not there, as after a slip in
// its name: they bind nobody.
func (a *app) sayNobody(cfg *config.Config) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Limits.Principals)) {
		if cfg.Find(name) < 0 {
			a.UI.Warnf("limits.principals: no principal of the config is called %s", name)
		}
	}
}
