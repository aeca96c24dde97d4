package postgres

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/store"
)

// Bounds on what is stored, in bytes; those of store/sqlite.
const (
	maxText = 4096 // a memo; SWIFT's longest remittance text is under 1 KB
	maxName = 512  // names of accounts, categories, merchants, files
	maxKey  = 128  // a key that comes with an import; keyed hashes have 32
)

// checkText refuses text that PostgreSQL can't hold or that is too long.
func checkText(text string, most int) error {
	switch {
	case len(text) > most:
		return fmt.Errorf("%w: text is longer than %d bytes", store.ErrInvalid, most)
	case strings.IndexByte(text, 0) >= 0:
		return fmt.Errorf("%w: text holds a NUL", store.ErrInvalid)
	case !utf8.ValidString(text):
		return fmt.Errorf("%w: text is not UTF-8", store.ErrInvalid)
	}
	return nil
}

func checkTexts(most int, texts ...string) error {
	for _, text := range texts {
		if err := checkText(text, most); err != nil {
			return err
		}
	}
	return nil
}

func checkAccount(a *store.NewAccount) error {
	if len(a.Key) == 0 || len(a.Key) > maxKey {
		return fmt.Errorf("%w: account key", store.ErrInvalid)
	}
	if _, ok := store.Exponent(a.Currency); !ok {
		return fmt.Errorf("%w: currency is not known", store.ErrInvalid)
	}
	for n := range a.Sealed {
		if err := checkSealed(&a.Sealed[n]); err != nil {
			return err
		}
	}
	for _, f := range a.Fingerprints {
		if len(f) == 0 || len(f) > maxText {
			return fmt.Errorf("%w: fingerprint", store.ErrInvalid)
		}
	}
	return checkTexts(maxName, a.Name, a.Kind, a.Token, a.Last4, a.Subject)
}

// checkSealed refuses a value that could not be found or compared.
func checkSealed(v *store.Sealed) error {
	if v.Token == "" || len(v.Value) == 0 || len(v.Value) > maxText || len(v.Proof) == 0 || len(v.Proof) > maxKey {
		return fmt.Errorf("%w: sealed value", store.ErrInvalid)
	}
	return checkTexts(maxName, v.Token, v.Subject)
}

func checkRow(r *store.Row) error {
	tx := &r.Transaction
	for n := range r.Sealed {
		if err := checkSealed(&r.Sealed[n]); err != nil {
			return err
		}
	}
	if len(r.ContentKey) == 0 || r.SourceKind == "" || max(len(r.ContentKey), len(r.SourceKey), len(r.TextKey), len(r.SourceKind)) > maxKey {
		return fmt.Errorf("%w: keys", store.ErrInvalid)
	}
	if tx.Booked == 0 || tx.Booked < firstDay || tx.Booked > lastDay {
		return fmt.Errorf("%w: booking date must be from %v to %v", store.ErrInvalid, firstDay, lastDay)
	}
	if tx.Authorised != 0 && !tx.Authorised.Valid() {
		return fmt.Errorf("%w: authorisation date", store.ErrInvalid)
	}
	if tx.Status != "" && tx.Status != store.Booked && tx.Status != store.Pending {
		return fmt.Errorf("%w: status", store.ErrInvalid)
	}
	if err := tx.Amount.Check(); err != nil {
		return err
	}
	if tx.Original != (store.Money{}) {
		if err := tx.Original.Check(); err != nil {
			return fmt.Errorf("original: %w", err)
		}
	}
	if tx.MCC != "" && !isMCC(tx.MCC) {
		return fmt.Errorf("%w: merchant category code", store.ErrInvalid)
	}
	if err := checkTexts(maxText, tx.Description, tx.Counterparty, tx.Memo); err != nil {
		return err
	}
	return checkTexts(maxName, tx.Merchant, tx.Category, r.SourceKind)
}

func isMCC(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 4
}

func checkBalance(r *store.BalanceRow) error {
	if !r.Date.Valid() || r.Kind == "" {
		return fmt.Errorf("%w: balance needs a date and a kind", store.ErrInvalid)
	}
	if err := checkText(r.Kind, maxName); err != nil {
		return err
	}
	return r.Amount.Check()
}
