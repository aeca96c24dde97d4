package postgres

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/store"
)

// Bounds on reading from a replica.
const (
	// DefaultReplicaWait is how long a read waits for a replica to have its
	// snapshot: streaming on one network takes a few milliseconds.
	DefaultReplicaWait = 100 * time.Millisecond
	// replicaLook is how often a read that waits looks again.
	replicaLook = 5 * time.Millisecond
	// replicaRest is how long a replica that failed is left alone.
	replicaRest = 5 * time.Second
	// replicaStatement ends a question to a replica about what it has.
	replicaStatement = time.Second
)

// replica is a standby of the primary that reads may go to.
type replica struct {
	pool *pgxpool.Pool
	wait time.Duration
	mu   sync.Mutex
	// known says that its login is the tenant's.
	known bool
	rest  time.Time // it is left alone until then

	// behind says that a read has waited in vain. None waits again until the
	// replica has had a snapshot that was asked for.
	behind atomic.Bool

	served atomic.Int64 // reads answered
}

// resting reports whether the replica is left alone.
func (r *replica) resting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Before(r.rest)
}

// failed leaves the replica alone for a while. It may be another server
// afterwards, so it is asked again who it is.
func (r *replica) failed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.rest = false, time.Now().Add(replicaRest)
}

// identify checks once that the replica knows this login as the same tenant's.
func (r *replica) identify(ctx context.Context, s *Store) error {
	r.mu.Lock()
	known := r.known
	r.mu.Unlock()
	if known {
		return nil
	}
	tenant, err := identify(ctx, r.pool, s.cfg.whose())
	if err == nil && tenant != s.tenant {
		err = errMissing
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = true
	return nil
}

// viewReplica runs f on the replica if that has the snapshot, or gets it soon
// enough; done is false if the primary has to be asked. Whatever goes wrong on a
// replica, the primary can answer.
func (s *Store) viewReplica(ctx context.Context, at store.Snapshot, f func(*conn) error) (done bool, err error) {
	r := s.replica
	if r == nil || at <= 0 || s.closed.Load() || r.resting() {
		return false, nil
	}
	digest, err := s.digestOf(ctx, at)
	if err != nil {
		return false, nil // the primary says why
	}
	if err := r.identify(ctx, s); err != nil {
		r.failed()
		return false, nil
	}
	until := time.Now().Add(r.wait)
	for {
		has, err := s.readReplica(ctx, at, digest, f)
		switch {
		case has && err == nil:
			r.behind.Store(false)
			r.served.Add(1)
			return true, nil
		case has && sqlState(err) == "" && !isLost(err), ctx.Err() != nil:
			return true, err // of f itself
		case err != nil:
			r.failed()
			return false, nil
		case r.behind.Load() || time.Now().After(until):
			r.behind.Store(true)
			return false, nil
		}
		select {
		case <-ctx.Done():
			return true, ctx.Err()
		case <-time.After(replicaLook):
		}
	}
}

// readReplica runs f in one transaction of the replica, if that has the batch of
// this digest: a standby that follows another primary may have a batch of the
// same number.
func (s *Store) readReplica(ctx context.Context, at store.Snapshot, digest []byte, f func(*conn) error) (has bool, err error) {
	look, cancel := context.WithTimeout(ctx, replicaStatement)
	defer cancel()
	tx, err := s.replica.pool.BeginTx(look, reading)
	if err != nil {
		return false, err
	}
	c := s.conn(tx)
	defer c.end()
	err = c.QueryRow(look, "SELECT EXISTS (SELECT 1 FROM counterfoil.batch WHERE tenant = $1 AND number = $2 AND rows_digest = $3)",
		s.tenant, int64(at), digest).Scan(&has)
	if err != nil || !has {
		return false, err
	}
	return true, f(c)
}

// seenDigest is the digest of a batch that was looked up.
type seenDigest struct {
	at     store.Snapshot
	digest []byte
}

// digestOf returns the digest of a batch, as the primary has it. Batches never
// change, so the last one asked for is kept.
func (s *Store) digestOf(ctx context.Context, at store.Snapshot) ([]byte, error) {
	if seen := s.lastDigest.Load(); seen != nil && seen.at == at {
		return seen.digest, nil
	}
	seen := &seenDigest{at: at}
	err := s.viewOnce(ctx, s.read, at, func(c *conn) error {
		return c.QueryRow(ctx, "SELECT rows_digest FROM counterfoil.batch WHERE tenant = $1 AND number = $2", c.tenant, int64(at)).Scan(&seen.digest)
	})
	if err != nil {
		return nil, err
	}
	s.lastDigest.Store(seen)
	return seen.digest, nil
}
