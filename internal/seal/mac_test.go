package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

// TestMACIsHMAC compares with the standard library, at the lengths around a block.
func TestMACIsHMAC(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 20)
	for _, n := range []int{0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 300} {
		for _, size := range []int{0, 1, 32, 64} {
			want := hmac.New(sha256.New, data[:size])
			want.Write(data[:n])
			var got [sha256.Size]byte
			m := newMAC(data[:size])
			m.Write(data[:n/2])
			m.Write(data[n/2 : n])
			m.sum(got[:])
			if !hmac.Equal(got[:], want.Sum(nil)) {
				t.Errorf("key of %d bytes, message of %d", size, n)
			}
		}
		info := "counterfoil v1\x00\x00\x00\x00\x05label\x00\x00\x00\x00"
		want, err := hkdf.Key(sha256.New, data[:n], nil, info, keySize)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, keySize)
		expand(got, data[:n], "label", "")
		if !bytes.Equal(got, want) {
			t.Errorf("expanding %d bytes", n)
		}
	}
}
