package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// A line of keys is rotated by making its next generation, which seals from then
// on, while the older ones still open. Each older one is marked as retired since
// when, in a file of its own beside it, and is destroyed by whoever has seen to
// it that nothing is sealed under it any more.
const retiredSuffix = ".retired"

// Rotate makes the next generation of a line and retires the one before. A line
// that was never used fails with ErrNoSubject.
func (k *Keyring) Rotate(p Purpose, subject string, now time.Time) (generation uint32, err error) {
	r := ref{p, subject}
	k.loading.Lock()
	defer k.loading.Unlock()
	live, next, err := k.generations(r)
	if err != nil {
		return 0, err
	}
	if len(live) == 0 {
		return 0, ErrNoSubject
	}
	d, err := k.create(r, next)
	if err != nil {
		return 0, err
	}
	k.drop(r)
	for _, old := range live {
		if _, err := k.retiredAt(r, old, now); err != nil {
			return 0, err
		}
	}
	return d.generation, k.announce()
}

// Retired is a generation that seals nothing any more.
type Retired struct {
	Purpose    Purpose
	Subject    string
	Generation uint32
	Since      time.Time
	id         keyID
}

// Sealed reports whether a value of Seal or SealWith is sealed under it.
func (r *Retired) Sealed(value []byte) bool {
	return len(value) >= overhead && value[0] == formatSingle && keyID(value[1:headerSize]) == r.id
}

// Retired lists the older generations of the lines of some subjects that are not
// destroyed, those of a rotation that was cut short included.
func (k *Keyring) Retired(subjects []string, now time.Time) (list []Retired, err error) {
	k.loading.Lock()
	defer k.loading.Unlock()
	for _, p := range purposes {
		for _, s := range subjects {
			r := ref{p, s}
			live, _, err := k.generations(r)
			if err != nil {
				return nil, err
			}
			for i := 0; i < len(live)-1; i++ {
				since, err := k.retiredAt(r, live[i], now)
				if err != nil {
					return nil, err
				}
				list = append(list, Retired{p, s, live[i], since, k.id(r, live[i])})
			}
		}
	}
	return list, nil
}

// DestroyRetired ends a generation for good. Nothing may be sealed under it.
func (k *Keyring) DestroyRetired(old Retired) error {
	k.loading.Lock()
	defer k.loading.Unlock()
	r := ref{old.Purpose, old.Subject}
	live, _, err := k.generations(r)
	if err != nil {
		return err
	}
	if len(live) == 0 || live[len(live)-1] <= old.Generation {
		return errors.New("destroying a retired key: it is the current one")
	}
	k.forget(r)
	name := k.id(r, old.Generation).name()
	if err := entomb(k.dir, name, keyFile{purpose: old.Purpose, generation: old.Generation}); err != nil {
		return fmt.Errorf("destroying a retired key: %w", err)
	}
	if err := os.Remove(filepath.Join(k.dir, name+retiredSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return k.announce()
}

// Reseal gives a value of Seal or SealWith anew under the newest key of its line.
// One that is sealed under that already comes back as it is.
func (k *Keyring) Reseal(p Purpose, subject string, aad, sealed []byte) (fresh []byte, changed bool, err error) {
	d, err := k.key(p, subject, nil)
	if err != nil {
		return nil, false, err
	}
	if len(sealed) >= overhead && sealed[0] == formatSingle && keyID(sealed[1:headerSize]) == d.id {
		return sealed, false, nil
	}
	plain, err := k.Open(p, subject, aad, sealed)
	if err != nil {
		return nil, false, err
	}
	defer clear(plain)
	fresh, err = k.Seal(p, subject, aad, plain)
	return fresh, true, err
}

// generations lists those of a line that are not destroyed, oldest first, and the
// first that was never used. The caller holds loading.
func (k *Keyring) generations(r ref) (live []uint32, next uint32, err error) {
	for g := uint32(1); g <= maxGenerations; g++ {
		f, err := readKey(k.dir, k.id(r, g).name())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return live, g, nil
		case err != nil:
			return nil, 0, err
		case !f.erased:
			live = append(live, g)
		}
	}
	return nil, 0, fmt.Errorf("%w: more than %d generations of a key", ErrNoKey, maxGenerations)
}

// retiredAt reads since when a generation is retired, and marks it as of now if
// it is not marked.
func (k *Keyring) retiredAt(r ref, generation uint32, now time.Time) (time.Time, error) {
	path := filepath.Join(k.dir, k.id(r, generation).name()+retiredSuffix)
	text, err := readSmall(path, false)
	if errors.Is(err, fs.ErrNotExist) {
		now = now.UTC().Truncate(time.Second)
		err := durable.Create(path, now.AppendFormat(nil, time.RFC3339+"\n"), durable.FileMode)
		return now, err
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when a key was retired: %w", err)
	}
	since, err := time.Parse(time.RFC3339+"\n", string(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: the mark of a retired key is damaged", ErrNoKey)
	}
	return since, nil
}

// drop makes the line's newest key be looked for again. The caller holds loading.
func (k *Keyring) drop(r ref) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.current, r)
}

// changedName is a file that every change of keys replaces, so that other
// processes over the same keys look again; see notice.
const changedName = "changed"

// noticeEvery bounds how long a key that another process rotated or destroyed
// stays in use here. Looking is one small read.
const noticeEvery = time.Second

// announce tells other processes that keys have changed.
func (k *Keyring) announce() error {
	mark := make([]byte, idSize)
	rand.Read(mark)
	if err := durable.Replace(filepath.Join(k.dir, changedName), mark, durable.FileMode); err != nil {
		return fmt.Errorf("announcing a change of keys: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mark = string(mark)
	return nil
}

// notice looks, now and then, whether another process has changed keys, and lets
// go of what it may have destroyed or replaced.
func (k *Keyring) notice() {
	now := int64(time.Since(k.opened))
	last := k.noticed.Load()
	if now-last < int64(k.noticeEvery) || !k.noticed.CompareAndSwap(last, now) {
		return
	}
	mark, err := readSmall(filepath.Join(k.dir, changedName), false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return // the next look may succeed; a missing folder fails elsewhere
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if string(mark) == k.mark {
		return
	}
	k.mark = string(mark)
	clear(k.current)
	clear(k.byID)
	clear(k.groups)
}
