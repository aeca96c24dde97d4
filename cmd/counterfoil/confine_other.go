//go:build !linux

package main

import "github.com/counterfoil/counterfoil/internal/egress"

func (a *app) execConfined(*Config, egress.Ports) error { return egress.ErrUnconfined }
