package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// While the server writes a block on one connection, the keys of the next are
// looked up on another, which sees what was committed before: the head is locked, so
// nothing of the tenant is committed meanwhile. What the import itself has written is
// looked up on its own connection, once that is free: keys that it has not written,
// as ownKeys knows, need not be.

// asideWait bounds how long an import waits for a second connection. Without one it
// looks up everything on its own.
const asideWait = time.Second

// aside is the second connection of an import, nil without one.
type aside struct {
	s    *Store
	conn *pgxpool.Conn
}

// besides returns a second connection, or nil.
func (s *Store) besides(ctx context.Context) *aside {
	ctx, cancel := context.WithTimeout(ctx, asideWait)
	defer cancel()
	c, err := s.write.Acquire(ctx)
	if err != nil {
		return nil
	}
	return &aside{s, c}
}

// read runs f in a transaction that sees what is committed. ok is false if that
// failed, for whatever reason: then what f found is to be looked up again.
func (a *aside) read(ctx context.Context, f func(*conn) error) (ok bool) {
	if a == nil {
		return false
	}
	tx, err := a.conn.BeginTx(ctx, reading)
	if err != nil {
		return false
	}
	c := a.s.conn(tx)
	defer c.end()
	if _, err := c.exec(ctx, byIndex); err != nil {
		return false
	}
	return f(c) == nil
}

// release gives the connection back.
func (a *aside) release() {
	if a != nil {
		a.conn.Release()
	}
}

// ownBits is the number of bits of ownKeys: 4 MiB, of which ten million keys leave
// four in five others out.
const ownBits = 1 << 25

// ownKeys tells which source keys an import can have written: all that it has, and
// few others (a Bloom filter of two bits a key, which are hashes already).
type ownKeys []uint64

func (o *ownKeys) add(h hash) {
	if *o == nil {
		*o = make(ownKeys, ownBits/64)
	}
	for _, bit := range ownPlaces(h) {
		(*o)[bit/64] |= 1 << (bit % 64)
	}
}

func (o ownKeys) mayHave(h hash) bool {
	if o == nil {
		return false
	}
	for _, bit := range ownPlaces(h) {
		if o[bit/64]>>(bit%64)&1 == 0 {
			return false
		}
	}
	return true
}

func ownPlaces(h hash) [2]uint64 {
	return [2]uint64{uint64(h.h1) % ownBits, uint64(h.h2) % ownBits}
}
