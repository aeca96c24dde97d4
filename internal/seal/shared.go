package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
)

const (
	sharedHead  = 1 + 2
	wrappedSize = keySize + tagSize
	// maxGroups bounds the cache of derived wrapping keys; it is emptied when full.
	maxGroups = 512
)

// zeroNonce serves record keys, each of which encrypts one value only.
var zeroNonce [nonceSize]byte

// SealShared encrypts plain under a random record key that is wrapped under a
// key derived from the keys of all subjects: destroying any one of them erases
// the value. Order and repetition of subjects do not matter; none means the
// tenant.
func (k *Keyring) SealShared(p Purpose, subjects []string, aad, plain []byte) ([]byte, error) {
	members, err := k.members(p, subjects, plain)
	if err != nil {
		return nil, err
	}
	head := sharedHeader(members)
	group := k.group(string(head), members)
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	record := make([]byte, keySize)
	rand.Read(record)
	defer clear(record)

	out := make([]byte, 0, len(head)+nonceSize+wrappedSize+len(plain)+tagSize)
	out = append(append(out, head...), nonce[:]...)
	out = group.Seal(out, nonce[:], record, bindShared(p, "key", head, aad))
	return newGCM(record).Seal(out, zeroNonce[:], plain, bindShared(p, "value", head, aad)), nil
}

// OpenShared reverses SealShared. The value itself names the keys it needs. It
// fails with ErrErased if any of them was destroyed.
func (k *Keyring) OpenShared(p Purpose, aad, sealed []byte) ([]byte, error) {
	return k.AppendOpenShared(nil, p, aad, sealed)
}

// AppendOpenShared is OpenShared that appends the value to dst, which must not
// overlap sealed.
func (k *Keyring) AppendOpenShared(dst []byte, p Purpose, aad, sealed []byte) ([]byte, error) {
	head, rest, ids, err := splitShared(sealed)
	if err != nil {
		return nil, err
	}
	members, err := k.membersByID(p, ids)
	if err != nil {
		return nil, err
	}
	group := k.group(string(head), members)
	nonce, wrapped, ciphertext := rest[:nonceSize], rest[nonceSize:nonceSize+wrappedSize], rest[nonceSize+wrappedSize:]
	record, err := group.Open(nil, nonce, wrapped, bindShared(p, "key", head, aad))
	if err != nil {
		return nil, ErrOpen
	}
	defer clear(record)
	plain, err := newGCM(record).Open(dst, zeroNonce[:], ciphertext, bindShared(p, "value", head, aad))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

func (k *Keyring) members(p Purpose, subjects []string, plain []byte) ([]*dataKey, error) {
	if len(subjects) == 0 {
		subjects = []string{""}
	}
	subjects = slices.Clone(subjects)
	slices.Sort(subjects)
	subjects = slices.Compact(subjects)
	if len(subjects) > MaxSubjects {
		return nil, fmt.Errorf("sealing: more than %d subjects", MaxSubjects)
	}
	members := make([]*dataKey, 0, len(subjects))
	for _, s := range subjects {
		d, err := k.key(p, s, plain)
		if err != nil {
			return nil, err
		}
		members = append(members, d)
	}
	slices.SortFunc(members, func(a, b *dataKey) int { return bytes.Compare(a.id[:], b.id[:]) })
	return members, nil
}

func (k *Keyring) membersByID(p Purpose, ids []keyID) ([]*dataKey, error) {
	members := make([]*dataKey, 0, len(ids))
	erased := false
	for _, id := range ids {
		d, err := k.lookup(id)
		if err != nil {
			return nil, err
		}
		if d.purpose != p {
			return nil, ErrOpen
		}
		erased = erased || d.erased
		members = append(members, d)
	}
	if erased {
		return nil, ErrErased
	}
	return members, nil
}

// group returns the wrapping key of a set of data keys, in order of id.
func (k *Keyring) group(head string, members []*dataKey) cipher.AEAD {
	k.mu.RLock()
	g := k.groups[head]
	k.mu.RUnlock()
	if g != nil {
		return g
	}
	secret := make([]byte, 0, len(members)*keySize)
	for _, d := range members {
		d.secrets.Use(atShare, keySize, func(share []byte) { secret = append(secret, share...) })
	}
	defer clear(secret)
	key := make([]byte, keySize)
	defer clear(key)
	expand(key, secret, "group", head)
	g = newGCM(key)
	k.remember(head, members, g)
	return g
}

// remember caches a group unless one of its keys was destroyed meanwhile.
func (k *Keyring) remember(head string, members []*dataKey, g cipher.AEAD) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range members {
		if k.byID[d.id] == nil {
			return
		}
	}
	if len(k.groups) >= maxGroups {
		clear(k.groups)
	}
	k.groups[head] = g
}

func sharedHeader(members []*dataKey) []byte {
	head := binary.BigEndian.AppendUint16([]byte{formatShared}, uint16(len(members)))
	for _, d := range members {
		head = append(head, d.id[:]...)
	}
	return head
}

// splitShared parses strictly: a canonical header of rising ids.
func splitShared(sealed []byte) (head, rest []byte, ids []keyID, err error) {
	if len(sealed) < sharedHead || sealed[0] != formatShared {
		return nil, nil, nil, ErrOpen
	}
	n := int(binary.BigEndian.Uint16(sealed[1:]))
	size := sharedHead + n*idSize
	if n == 0 || n > MaxSubjects || len(sealed) < size+nonceSize+wrappedSize+tagSize {
		return nil, nil, nil, ErrOpen
	}
	for at := sharedHead; at < size; at += idSize {
		id := keyID(sealed[at : at+idSize])
		if len(ids) > 0 && bytes.Compare(ids[len(ids)-1][:], id[:]) >= 0 {
			return nil, nil, nil, ErrOpen
		}
		ids = append(ids, id)
	}
	return sealed[:size], sealed[size:], ids, nil
}

func bindShared(p Purpose, part string, head, aad []byte) []byte {
	const label = "counterfoil share v1\x00"
	b := make([]byte, 0, len(label)+8+len(p)+8+len(part)+len(head)+len(aad))
	b = appendSized(append(b, label...), string(p))
	b = appendSized(b, part)
	b = append(b, head...) // its own length is in it
	return append(b, aad...)
}
