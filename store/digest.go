package store

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// BatchDigest computes Batch.RowsDigest: SHA-256 over a tag with the batch's
// number and then, in the order in which a store feeds them, one entry for each
// row version that the batch brought, each that it ended, and each account
// version, balance and known value that it brought or ended, and each name of a
// file that it changed. An entry is a kind
// byte and its fields; an integer is a varint (encoding/binary), a text its
// length as uvarint and its bytes. A store must feed the same order when it
// recomputes the digest.
type BatchDigest struct {
	hash hash.Hash
	form []byte
}

// Kinds of entry.
const (
	entryRow      = 'r'
	entryEnded    = 'e'
	entryAccount  = 'a'
	entryClosed   = 'c'
	entryBalance  = 'b'
	entryReplaced = 'o'
	entryKnown    = 'k'
	entryFile     = 'f'
)

// NewBatchDigest starts the digest of a batch.
func NewBatchDigest(number int64) *BatchDigest {
	d := &BatchDigest{hash: sha256.New()}
	d.hash.Write(binary.AppendVarint([]byte("counterfoil batch v1\n"), number))
	return d
}

// Row adds a row version that the batch brought.
func (d *BatchDigest) Row(tx *Transaction) {
	b := append(d.form[:0], entryRow)
	b = appendText(b, tx.ID)
	b = appendText(b, tx.Account)
	b = binary.AppendVarint(b, int64(tx.Booked))
	b = binary.AppendVarint(b, int64(tx.Authorised))
	b = appendMoney(b, tx.Amount)
	b = appendMoney(b, tx.Original)
	b = appendText(b, string(tx.Status))
	b = appendText(b, tx.Description)
	b = appendText(b, tx.Merchant)
	b = appendText(b, tx.Counterparty)
	b = appendText(b, tx.Memo)
	b = appendText(b, tx.Category)
	b = appendText(b, tx.MCC)
	transfer := byte(0)
	if tx.Transfer {
		transfer = 1
	}
	d.write(append(b, transfer))
}

// Ended adds a row version that the batch ended, by its id and the batch that
// brought it.
func (d *BatchDigest) Ended(id string, from int64) {
	b := appendText(append(d.form[:0], entryEnded), id)
	d.write(binary.AppendVarint(b, from))
}

// Account adds an account version that the batch brought.
func (d *BatchDigest) Account(a *Account) {
	b := append(d.form[:0], entryAccount)
	for _, text := range []string{a.ID, a.Name, a.Kind, a.Currency, a.Token, a.Last4, a.Subject} {
		b = appendText(b, text)
	}
	d.write(b)
}

// AccountEnded adds an account version that the batch ended.
func (d *BatchDigest) AccountEnded(id string, from int64) {
	b := appendText(append(d.form[:0], entryClosed), id)
	d.write(binary.AppendVarint(b, from))
}

// Balance adds a stated balance that the batch brought.
func (d *BatchDigest) Balance(b *Balance) {
	d.balance(entryBalance, b)
}

// BalanceEnded adds a stated balance that the batch ended.
func (d *BatchDigest) BalanceEnded(b *Balance) {
	d.balance(entryReplaced, b)
}

func (d *BatchDigest) balance(kind byte, b *Balance) {
	form := appendText(append(d.form[:0], kind), b.Account)
	form = binary.AppendVarint(form, int64(b.Date))
	form = appendMoney(form, b.Amount)
	d.write(appendText(form, b.Kind))
}

// Known adds the fingerprint of a known value that the batch brought.
func (d *BatchDigest) Known(fingerprint []byte) {
	d.write(appendText(append(d.form[:0], entryKnown), string(fingerprint)))
}

// File adds the new name of the file that an older batch came from.
func (d *BatchDigest) File(batch int64, name string) {
	d.write(appendText(binary.AppendVarint(append(d.form[:0], entryFile), batch), name))
}

// Sum returns the digest of what was added.
func (d *BatchDigest) Sum() [32]byte {
	return [32]byte(d.hash.Sum(nil))
}

func (d *BatchDigest) write(form []byte) {
	d.form = form
	d.hash.Write(form)
}

func appendText(b []byte, text string) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

func appendMoney(b []byte, m Money) []byte {
	b = binary.AppendVarint(b, m.Minor)
	return appendText(b, m.Currency)
}
