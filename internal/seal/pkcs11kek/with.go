//go:build pkcs11 && cgo

package pkcs11kek

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// Built tells whether this program has PKCS #11.
const Built = true

const (
	nonceSize = 12
	tagSize   = 16
)

// Errors of the module, in words that hold no label and no PIN.
var (
	errModule = errors.New("the PKCS #11 module can't be used; check its path")
	errToken  = errors.New("the PKCS #11 module has no token with that label")
	errLogin  = errors.New("the PKCS #11 token refuses the PIN; a few more wrong ones may lock it")
	errKey    = errors.New("the PKCS #11 token has no such AES key, or has more than one with that label")
	errWeak   = errors.New("the PKCS #11 key can leave its token: make one that is sensitive and not extractable")
)

// KEK is the key, with one session, which one call uses at a time.
type KEK struct {
	cfg  Config
	name string

	turn    chan struct{} // holds one element while a call uses what is below
	module  *pkcs11.Ctx
	session pkcs11.SessionHandle
	key     pkcs11.ObjectHandle
	open    bool
}

// Open loads the module, logs in and finds the key, which must not be extractable.
func Open(cfg Config) (seal.KEK, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	k := &KEK{cfg: cfg, name: "pkcs11 " + cfg.Token + "/" + cfg.Key, turn: make(chan struct{}, 1)}
	if k.module = pkcs11.New(cfg.Module); k.module == nil {
		return nil, errModule
	}
	if err := k.module.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return nil, errModule
	}
	if err := k.connect(); err != nil {
		return nil, err
	}
	return k, nil
}

// connect opens a session. It is the caller's turn, or the caller is alone.
func (k *KEK) connect() error {
	slot, err := k.slot()
	if err != nil {
		return err
	}
	if k.session, err = k.module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION); err != nil {
		return errToken
	}
	pin, err := k.cfg.PIN()
	if err == nil {
		err = k.module.Login(k.session, pkcs11.CKU_USER, pin)
		if err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
			err = errLogin
		} else {
			err = k.find()
		}
	}
	if err != nil {
		k.module.CloseSession(k.session)
		return err
	}
	k.open = true
	return nil
}

func (k *KEK) slot() (uint, error) {
	slots, err := k.module.GetSlotList(true)
	if err != nil {
		return 0, errModule
	}
	for _, s := range slots {
		if info, err := k.module.GetTokenInfo(s); err == nil && info.Label == k.cfg.Token {
			return s, nil
		}
	}
	return 0, errToken
}

// find finds the key by its label and refuses one that could be read out.
func (k *KEK) find() error {
	wanted := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.cfg.Key),
	}
	if err := k.module.FindObjectsInit(k.session, wanted); err != nil {
		return errKey
	}
	found, _, err := k.module.FindObjects(k.session, 2)
	if end := k.module.FindObjectsFinal(k.session); err != nil || end != nil || len(found) != 1 {
		return errKey
	}
	k.key = found[0]
	is, err := k.module.GetAttributeValue(k.session, k.key, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, nil), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, nil),
	})
	if err != nil || len(is) != 2 || !bytes.Equal(is[0].Value, []byte{0}) || !bytes.Equal(is[1].Value, []byte{1}) {
		return errWeak
	}
	return nil
}

// with runs something in the session. One that is gone, as after a token was taken
// out and put back, is opened anew, once. Of a module that hangs, one call waits for
// the module; the others end with their contexts and never reach it.
func (k *KEK) with(ctx context.Context, do func() ([]byte, error)) ([]byte, error) {
	type result struct {
		out []byte
		err error
	}
	if ctx.Err() != nil {
		return nil, remote.ErrUnavailable
	}
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, remote.ErrUnavailable
	}
	done := make(chan result, 1)
	go func() { // a module knows no context
		defer func() { <-k.turn }()
		out, err := k.try(do)
		done <- result{out, err}
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
		return nil, remote.ErrUnavailable
	}
}

func (k *KEK) try(do func() ([]byte, error)) ([]byte, error) {
	if !k.open {
		if err := k.connect(); err != nil {
			return nil, err
		}
	}
	out, err := do()
	if err == nil || !lost(err) {
		return out, err
	}
	k.module.CloseSession(k.session)
	if k.open = false; k.connect() != nil {
		return nil, remote.ErrUnavailable
	}
	return do()
}

// lost reports whether the session is gone.
func lost(err error) bool {
	for _, code := range []uint{
		pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_DEVICE_REMOVED,
		pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_DEVICE_ERROR, pkcs11.CKR_OBJECT_HANDLE_INVALID,
	} {
		if errors.Is(err, pkcs11.Error(code)) {
			return true
		}
	}
	return false
}

// mechanism is AES-GCM (PKCS #11 v2.40, 2.12.3).
func mechanism(nonce, aad []byte) (*pkcs11.GCMParams, []*pkcs11.Mechanism) {
	p := pkcs11.NewGCMParams(nonce, aad, tagSize*8)
	return p, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, p)}
}

// Wrap encrypts in the module.
func (k *KEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	out, err := k.with(ctx, func() ([]byte, error) {
		var nonce [nonceSize]byte
		rand.Read(nonce[:])
		params, how := mechanism(nonce[:], aad)
		defer params.Free()
		if err := k.module.EncryptInit(k.session, how, k.key); err != nil {
			return nil, err
		}
		sealed, err := k.module.Encrypt(k.session, key)
		if err != nil {
			return nil, err
		}
		if iv := params.IV(); len(iv) == nonceSize { // some modules make their own
			copy(nonce[:], iv)
		}
		return append(nonce[:], sealed...), nil
	})
	if err != nil {
		return nil, safe(err)
	}
	return remote.Name(k.name, out), nil
}

// Unwrap decrypts in the module.
func (k *KEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	sealed, err := remote.Unname(k.name, wrapped)
	if err != nil {
		return nil, err
	}
	if len(sealed) <= nonceSize+tagSize {
		return nil, remote.ErrRefused
	}
	out, err := k.with(ctx, func() ([]byte, error) {
		params, how := mechanism(sealed[:nonceSize], aad)
		defer params.Free()
		if err := k.module.DecryptInit(k.session, how, k.key); err != nil {
			return nil, err
		}
		return k.module.Decrypt(k.session, sealed[nonceSize:])
	})
	return out, safe(err)
}

// safe puts a code of the module into words.
func safe(err error) error {
	var code pkcs11.Error
	if !errors.As(err, &code) {
		return err
	}
	switch uint(code) {
	case pkcs11.CKR_ENCRYPTED_DATA_INVALID, pkcs11.CKR_ENCRYPTED_DATA_LEN_RANGE, pkcs11.CKR_GENERAL_ERROR:
		return fmt.Errorf("%w (PKCS #11 code 0x%x)", remote.ErrRefused, uint(code))
	case pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED, pkcs11.CKR_MECHANISM_INVALID, pkcs11.CKR_KEY_TYPE_INCONSISTENT:
		return fmt.Errorf("the PKCS #11 key can't encrypt with AES-GCM (code 0x%x)", uint(code))
	}
	return fmt.Errorf("%w (PKCS #11 code 0x%x)", remote.ErrUnavailable, uint(code))
}

// Wrapper names token and key.
func (k *KEK) Wrapper(wrapped []byte) string { return remote.Wrapper("pkcs11 ", wrapped) }
