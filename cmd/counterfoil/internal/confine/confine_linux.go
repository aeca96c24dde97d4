package confine

import (
	"os"
	"runtime"
	"syscall"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// execConfined confines this thread and executes the program anew from it. It
// returns only what kept it from that.
func execConfined(h *home.Home, cfg *config.Config, ports egress.Ports) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	prober := 0
	if len(cfg.LLM.Command) > 0 {
		if prober, err = sandbox.StartProber(); err != nil {
			return err
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	abi, err := egress.Confine(ports)
	if err != nil {
		if prober != 0 {
			syscall.Close(prober)
		}
		return err
	}
	return syscall.Exec(self, os.Args, append(os.Environ(), marker(abi, prober)))
}
