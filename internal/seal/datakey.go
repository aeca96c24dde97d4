package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/counterfoil/counterfoil/internal/durable"
)

func newKeyring(data string, kek KEK, root []byte) *Keyring {
	k := &Keyring{
		dir: data, kek: kek,
		current: map[ref]*dataKey{},
		byID:    map[keyID]*dataKey{},
		groups:  map[string]cipher.AEAD{},

		opened: time.Now(), noticeEvery: noticeEvery,
	}
	if mark, err := readSmall(filepath.Join(data, changedName), false); err == nil {
		k.mark = string(mark)
	}
	k.setRoot(root)
	return k
}

// currentKey returns the newest key of a line, making the first if there is
// none.
func (k *Keyring) currentKey(r ref) (*dataKey, error) {
	if d := k.cached(r); d != nil {
		return d, nil
	}
	k.loading.Lock()
	defer k.loading.Unlock()
	if d := k.cached(r); d != nil {
		return d, nil
	}
	d, err := k.loadCurrent(r)
	if err != nil {
		return nil, err
	}
	bound := *d
	bound.bind = bindTo(r, d.id)
	k.mu.Lock()
	k.current[r], k.byID[d.id] = &bound, &bound
	k.mu.Unlock()
	return &bound, nil
}

func (k *Keyring) cached(r ref) *dataKey {
	k.notice()
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.current[r]
}

// loadCurrent walks the generations: destroyed ones are passed over, the last
// that exists is current, and the first that was never used is made if none is.
func (k *Keyring) loadCurrent(r ref) (*dataKey, error) {
	switch root, err := readKey(k.dir, rootName); {
	case err != nil:
		return nil, fmt.Errorf("%w: root key: %w", ErrNoKey, err)
	case root.erased:
		return nil, ErrErased // the tenant was, and no name can be derived any more
	}
	var last *dataKey
	for g := uint32(1); g <= maxGenerations; g++ {
		d, err := k.load(k.id(r, g))
		switch {
		case err == nil && !d.erased:
			last = d
		case err == nil:
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case last != nil:
			return last, nil
		default:
			return k.create(r, g)
		}
	}
	return nil, fmt.Errorf("%w: more than %d generations of a key", ErrNoKey, maxGenerations)
}

func (k *Keyring) create(r ref, generation uint32) (*dataKey, error) {
	raw := make([]byte, keySize)
	defer clear(raw)
	rand.Read(raw)
	id := k.id(r, generation)
	err := writeKey(k.dir, id.name(), keyFile{purpose: r.purpose, generation: generation}, k.kek, raw)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return k.load(id)
	}
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return newDataKey(r.purpose, generation, id, raw), nil
}

// lookup finds a key by the id in a ciphertext. An id that no key has is
// ErrOpen: ciphertexts come from outside.
func (k *Keyring) lookup(id keyID) (*dataKey, error) {
	k.notice()
	k.mu.RLock()
	d := k.byID[id]
	k.mu.RUnlock()
	if d != nil {
		return d, nil
	}
	k.loading.Lock()
	defer k.loading.Unlock()
	d, err := k.load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrOpen
	}
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if cached := k.byID[id]; cached != nil {
		return cached, nil
	}
	if !d.erased {
		k.byID[id] = d
	}
	return d, nil
}

// load reads one key from its file.
func (k *Keyring) load(id keyID) (*dataKey, error) {
	f, err := readKey(k.dir, id.name())
	if err != nil {
		return nil, err
	}
	if f.erased {
		return &dataKey{purpose: f.purpose, generation: f.generation, id: id, erased: true}, nil
	}
	raw, err := unwrap(k.kek, f, id.name())
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	return newDataKey(f.purpose, f.generation, id, raw), nil
}

// Destroy overwrites and removes a subject's keys of every purpose for good;
// what was sealed for it never opens again, here or in a copy made later. Keys
// made for the subject afterwards are new ones. Destroying the tenant ("")
// takes the root key too, and with it every derived key and all names: the
// whole data folder is lost, and MAC and Derive give unrelated bytes from then
// on. To erase only what was sealed for the tenant, use DestroyPurpose. A
// subject that never had a key fails with ErrNoSubject; destroying twice does
// not.
func (k *Keyring) Destroy(subject string) error {
	k.loading.Lock()
	defer k.loading.Unlock()
	found := false
	for _, p := range purposes {
		had, err := k.destroy(ref{p, subject})
		if err != nil {
			return err
		}
		found = found || had
	}
	if subject == "" {
		return k.destroyRoot()
	}
	if !found {
		return ErrNoSubject
	}
	return k.announce()
}

// DestroyPurpose is Destroy for the keys of one purpose alone.
func (k *Keyring) DestroyPurpose(p Purpose, subject string) error {
	k.loading.Lock()
	defer k.loading.Unlock()
	found, err := k.destroy(ref{p, subject})
	if err != nil {
		return err
	}
	if !found {
		return ErrNoSubject
	}
	return k.announce()
}

// destroy ends every generation of a line and tells whether there was any.
func (k *Keyring) destroy(r ref) (found bool, err error) {
	k.forget(r)
	for g := uint32(1); g <= maxGenerations; g++ {
		id := k.id(r, g)
		f, err := readKey(k.dir, id.name())
		if errors.Is(err, fs.ErrNotExist) {
			return found, nil
		}
		if err != nil {
			f = keyFile{purpose: r.purpose, generation: g} // damaged: destroy all the same
		}
		found = true
		if err := entomb(k.dir, id.name(), f); err != nil {
			return found, fmt.Errorf("destroying a key: %w", err)
		}
		os.Remove(filepath.Join(k.dir, id.name()+retiredSuffix)) // says only when
	}
	return found, nil
}

// entomb makes the tombstone durable first: from then on the key counts as
// destroyed, even if the power fails before its bytes are gone, and the next
// Destroy finishes the work.
func entomb(data, name string, f keyFile) error {
	f.erased, f.wrapped = true, nil
	err := durable.Create(filepath.Join(data, name+endSuffix), f.format(), durable.FileMode)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, leftover := range []string{durable.OldPrefix + name + keySuffix, name + keySuffix} {
		if err := durable.Shred(filepath.Join(data, leftover)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keyring) destroyRoot() error {
	if err := entomb(k.dir, rootName, keyFile{purpose: rootName, generation: 1}); err != nil {
		return fmt.Errorf("destroying the root key: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	random := make([]byte, keySize)
	rand.Read(random)
	k.setRoot(random) // MAC and Derive cannot fail; let nothing they give be guessable
	clear(k.current)
	clear(k.byID)
	clear(k.groups)
	return nil // an announcement would be of no use: nothing here opens any more
}

// forget drops a line from the caches, and every group, as any may hold it.
func (k *Keyring) forget(r ref) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.current, r)
	// Keys found by id carry no subject; dropping all costs one read each.
	clear(k.byID)
	for _, d := range k.current {
		k.byID[d.id] = d
	}
	clear(k.groups)
}
