package confine

import (
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/egress"
)

// TestUnconfined: a kernel that cannot confine is refused where that is
// required, and said elsewhere.
func TestUnconfined(t *testing.T) {
	var errs strings.Builder
	a := &home.Home{UI: console.UI{Err: &errs}}
	if err := unconfined(a, egress.LandlockAuto, egress.ErrUnconfined); err != nil || !strings.Contains(errs.String(), "firewall") {
		t.Errorf("auto: %v, %q", err, errs.String())
	}
	var f *exit.Failure
	if err := unconfined(a, egress.LandlockRequired, egress.ErrUnconfined); !errors.As(err, &f) || f.Code != exit.Unavailable {
		t.Errorf("required: %v", err)
	}
	if err := confined(a, "7", egress.Ports{}); err == nil { // the kernel does not forbid anything to this process
		t.Error("the environment's word was believed")
	}
}
