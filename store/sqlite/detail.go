package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// What all versions of a transaction share, beside their numbers, is one body:
// the day of authorisation, the original amount and its currency's id as
// varints, the merchant category code plus one (0: none) as uvarint, then
// description, counterparty and memo, each as its length and bytes.

var errDetail = fmt.Errorf("%w: the file is corrupt: the texts of a row are malformed", store.ErrUnavailable)

// mccDigits is the length of a merchant category code (ISO 18245).
const mccDigits = 4

// appendDetail appends the body for a transaction; original is the id of the
// currency of its original amount.
func appendDetail(body []byte, tx *store.Transaction, original int64) []byte {
	body = binary.AppendVarint(body, int64(tx.Authorised))
	body = binary.AppendVarint(body, tx.Original.Minor)
	body = binary.AppendVarint(body, original)
	mcc := uint64(0)
	if n, err := strconv.ParseUint(tx.MCC, 10, 16); err == nil {
		mcc = n + 1
	}
	body = binary.AppendUvarint(body, mcc)
	for _, text := range [...]string{tx.Description, tx.Counterparty, tx.Memo} {
		body = append(binary.AppendUvarint(body, uint64(len(text))), text...)
	}
	return body
}

// readDetail fills in what a body says, and returns the id of the original
// amount's currency.
func readDetail(body []byte, tx *store.Transaction) (original int64, err error) {
	var numbers [3]int64
	for i := range numbers {
		n := 0
		if numbers[i], n = binary.Varint(body); n <= 0 {
			return 0, errDetail
		}
		body = body[n:]
	}
	mcc, n := binary.Uvarint(body)
	if n <= 0 || mcc > 10_000 {
		return 0, errDetail
	}
	body = body[n:]
	for _, text := range [...]*string{&tx.Description, &tx.Counterparty, &tx.Memo} {
		length, n := binary.Uvarint(body)
		if n <= 0 || length > uint64(len(body)-n) {
			return 0, errDetail
		}
		*text = string(body[n : n+int(length)])
		body = body[n+int(length):]
	}
	if len(body) > 0 {
		return 0, errDetail
	}
	tx.Authorised, tx.Original.Minor = store.Date(numbers[0]), numbers[1]
	if tx.MCC = ""; mcc > 0 {
		tx.MCC = fmt.Sprintf("%0*d", mccDigits, mcc-1)
	}
	return numbers[2], nil
}

// detail reads what the versions of a transaction share.
func (c *conn) detail(base int64, tx *store.Transaction) (original int64, err error) {
	var malformed error
	found, err := c.one("SELECT body FROM detail WHERE base = ?", []any{base}, func(s *sqlite3.Stmt) {
		original, malformed = readDetail(s.ColumnRawBlob(0), tx)
	})
	if err == nil && !found {
		err = errMissing
	}
	return original, cmp.Or(err, malformed)
}
