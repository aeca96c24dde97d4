//go:build unix

package folder

import (
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/approvals"
)

// TestApprovalKeysLapse: the older key for approvals goes when no question that it
// seals can be answered any more, and what waits since then stays.
func TestApprovalKeysLapse(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	waiting, err := storage.Approvals(h, f.Keys, nil)
	if err != nil || waiting == nil {
		t.Fatal(err)
	}
	start := time.Now().UTC()
	h.Now = func() time.Time { return start }
	if _, err := waiting.Ask(approvals.Request{Binding: strings.Repeat("a", 64)}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.KeysDo(t.Context(), KeysRequest{Do: KeysRotate, Purpose: "approval"}); err != nil {
		t.Fatal(err)
	}
	pass := func(want int) {
		t.Helper()
		done, err := f.KeysDo(t.Context(), KeysRequest{Do: KeysReseal})
		if err != nil || len(done.Destroyed) != want {
			t.Errorf("%+v, %v; want %d destroyed", done, err, want)
		}
	}
	pass(0)
	if all, err := waiting.List(h.Now()); err != nil || len(all) != 1 {
		t.Errorf("%d wait, %v", len(all), err)
	}
	h.Now = func() time.Time { return start.Add(approvalHold + time.Second) }
	if _, err := waiting.Ask(approvals.Request{Binding: strings.Repeat("b", 64)}, h.Now()); err != nil {
		t.Fatal(err)
	}
	pass(1)
	if all, err := waiting.List(h.Now()); err != nil || len(all) != 1 || all[0].Binding[0] != 'b' {
		t.Errorf("%+v wait, %v", all, err)
	}
}
