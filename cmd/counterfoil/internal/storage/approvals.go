package storage

import (
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/approvals"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// Approvals is nil if there is no operator to ask.
func Approvals(h *home.Home, keys *seal.Keyring, s *Shared) (*approvals.Folder, error) {
	operator, err := OperatorKey(h)
	if err != nil || operator == "" {
		return nil, err
	}
	if s != nil {
		return approvals.OpenFiles(s.Files(sharedApprovals), keys, operator)
	}
	return approvals.Open(h.Data("approvals"), keys, operator)
}
