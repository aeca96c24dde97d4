//go:build !linux

package confine

import (
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/egress"
)

func execConfined(*home.Home, *config.Config, egress.Ports) error { return egress.ErrUnconfined }
