package outbox_test

import (
	"testing"

	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/outbox/outboxtest"
)

func TestMemory(t *testing.T) {
	outboxtest.Store(t, new(outbox.Memory), nil)
	m := new(outbox.Memory)
	outboxtest.Several(t, m, m)
}
