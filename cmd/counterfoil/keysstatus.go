package main

import (
	"strconv"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/locked"
)

// keyJSON is a key as status shows it.
type keyJSON struct {
	Purpose    string `json:"purpose"`
	Subject    string `json:"subject,omitempty"` // "" is the tenant
	Unknown    bool   `json:"subject_unknown,omitempty"`
	Generation uint32 `json:"generation"`
	State      string `json:"state"`
	Wrapper    string `json:"wrapped_by,omitempty"`
}

func (a *app) keysStatus() error {
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	keys, err := kek.Open(a.Home, cfg, nil)
	if err != nil {
		return err
	}
	wrapper, err := keys.Probe()
	if err != nil {
		return err
	}
	infos, err := keys.List(cfg.Subjects())
	if err != nil {
		return err
	}
	list, rows, old := make([]keyJSON, len(infos)), make([][]string, len(infos)), 0
	for i, k := range infos {
		list[i] = keyJSON{string(k.Purpose), k.Subject, !k.Known, k.Generation, k.State, k.Wrapper}
		whose := console.Or(k.Subject, "the tenant")
		if !k.Known {
			whose = "not in the config"
		}
		rows[i] = []string{string(k.Purpose), whose, strconv.FormatUint(uint64(k.Generation), 10), k.State, console.OrDash(k.Wrapper)}
		if k.State != seal.StateDestroyed && k.Wrapper != wrapper {
			old++
		}
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"wraps": wrapper, "keys": list, "wrapped_by_another": old, "locked_memory": locked.All()})
	}
	a.UI.Printf("keys are wrapped by %s, which answers\n", wrapper)
	a.UI.Table([]string{"FOR", "OWNER", "GENERATION", "STATE", "WRAPPED BY"}, rows)
	if !locked.All() {
		a.UI.Notef("keys can't be locked in memory here and may reach swap: raise the limit (ulimit -l), or encrypt swap")
	}
	if old > 0 {
		a.UI.Notef("%d keys are wrapped by an older or another key; counterfoil keys rewrap wraps them anew", old)
	}
	return a.UI.Broken
}
