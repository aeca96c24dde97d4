package postgres

import (
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/counterfoil/counterfoil/store"
)

// Rows go to the temporary table by COPY in its binary format (PostgreSQL's
// manual, COPY, "Binary Format"). Most of a row is encoded when it is read, while
// the server is busy with those before it; what is only known later comes first.
const copyStage = `COPY pg_temp.counterfoil_stage (base, to_batch, seq, account, minor, month, pending, transfer, currency, category, merchant,
	original, authorised, original_currency, description, counterparty, memo, mcc, words) FROM STDIN (FORMAT binary)`

// stageColumns is how many columns copyStage names.
const stageColumns = 19

const (
	copyHeader  = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" // no flags, no extension
	copyTrailer = "\xff\xff"
)

// fields is the encoding of some columns of a row: each has its length before it.
type fields []byte

func (f fields) text(s string) fields {
	return append(binary.BigEndian.AppendUint32(f, uint32(len(s))), s...)
}

func (f fields) bigint(n int64) fields {
	return binary.BigEndian.AppendUint64(append(f, 0, 0, 0, 8), uint64(n))
}

func (f fields) integer(n int32) fields {
	return binary.BigEndian.AppendUint32(append(f, 0, 0, 0, 4), uint32(n))
}

func (f fields) boolean(b bool) fields {
	if b {
		return append(f, 0, 0, 0, 1, 1)
	}
	return append(f, 0, 0, 0, 1, 0)
}

// vector encodes words, which are in order, behind what stands before each.
func (f fields) vector(before string, words []string) fields {
	size := 4
	for _, word := range words {
		size += len(before) + len(word) + 3
	}
	f = binary.BigEndian.AppendUint32(f, uint32(size))
	f = binary.BigEndian.AppendUint32(f, uint32(len(words)))
	for _, word := range words {
		f = append(append(append(f, before...), word...), 0, 0, 0) // the end of the word, and no positions
	}
	return f
}

// appendEarly encodes the columns that are known when a row is read, and returns the
// row's words.
func appendEarly(f fields, tenant int32, tx *store.Transaction) (_ fields, words []string) {
	before, words := lexemes(tenant, baseOf(tx.Booked, 0), tx)
	f = f.bigint(tx.Amount.Minor).integer(monthOf(tx.Booked)).boolean(tx.Status == store.Pending).boolean(tx.Transfer)
	f = f.text(tx.Amount.Currency).text(tx.Category).text(tx.Merchant)
	f = f.bigint(tx.Original.Minor).integer(int32(tx.Authorised)).text(tx.Original.Currency)
	return f.text(tx.Description).text(tx.Counterparty).text(tx.Memo).text(tx.MCC).vector(before, words), words
}

// copyRows copies rows to the temporary table, in order. The server reads the first
// while the rest is put together.
func (i *importer) copyRows(ctx context.Context, rows []*staged) error {
	i.copied = copyStream{rest: rows, bytes: append(i.copied.bytes[:0], copyHeader...)}
	_, err := i.c.Conn().PgConn().CopyFrom(ctx, &i.copied, copyStage)
	return err
}

// copyStream reads as rows in COPY's format.
type copyStream struct {
	rest  []*staged
	bytes fields
	at    int // in bytes, of what is not read yet
	ended bool
}

// Read fills p as far as one row more than it begins in does.
func (s *copyStream) Read(p []byte) (n int, err error) {
	for len(s.bytes)-s.at < len(p) && len(s.rest) > 0 {
		s.add(s.rest[0])
		s.rest = s.rest[1:]
	}
	if len(s.rest) == 0 && !s.ended {
		s.bytes, s.ended = append(s.bytes, copyTrailer...), true
	}
	n = copy(p, s.bytes[s.at:])
	if s.at += n; n == 0 {
		return 0, io.EOF
	}
	s.bytes, s.at = s.bytes[:copy(s.bytes, s.bytes[s.at:])], 0
	return n, nil
}

func (s *copyStream) add(row *staged) {
	to := int64(openEnd)
	if row.to != 0 {
		to = row.to
	}
	b := append(s.bytes, 0, stageColumns).bigint(row.base).bigint(to).integer(row.seq).text(row.tx.Account)
	s.bytes = append(b, row.early...)
}

// stretchBits is how much of a base its stretch leaves out: 32 days, of which ten
// years have 115.
const stretchBits = randomBits + 5

// stretchDigits are the digits of a stretch's number, of which it has two.
const stretchDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"

// lexemes returns the transaction's words, sorted and each once, and what stands
// before each in the database: the tenant and the stretch of time that the base
// lies in.
func lexemes(tenant int32, base int64, tx *store.Transaction) (before string, words []string) {
	words = tx.Words()
	slices.Sort(words)
	stretch := base >> stretchBits
	before = strconv.Itoa(int(tenant)) + ":" + stretchDigits[stretch>>6:][:1] + stretchDigits[stretch&63:][:1]
	return before, slices.Compact(words)
}

// vector returns the transaction's words as PostgreSQL wants them.
func vector(tenant int32, base int64, tx *store.Transaction) pgtype.TSVector {
	before, words := lexemes(tenant, base, tx)
	v := pgtype.TSVector{Lexemes: make([]pgtype.TSVectorLexeme, len(words)), Valid: true}
	for i, word := range words {
		v.Lexemes[i].Word = before + word
	}
	return v
}
