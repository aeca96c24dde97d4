package postgres

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// A transaction has a base of 47 bits: the day of its booking (17 bits, from
// firstDay) and a random number (30 bits) that no other transaction of that
// tenant and day has. Its id is the base followed by a checksum of 33 bits, in
// base32: 80 bits, 16 characters. So bases, which the table is keyed by, are in
// order of date, and ids are in the order of bases.
const (
	randomBits = 30
	dayBits    = 17
	checkBits  = 33

	maxRandom = 1<<randomBits - 1
	maxBase   = 1<<(dayBits+randomBits) - 1
)

// The booking dates that fit.
var (
	firstDay = store.NewDate(1900, time.January, 1)
	lastDay  = store.NewDate(2199, time.December, 31)
)

// baseOf returns the base for a day and a random number; the day must be
// between firstDay and lastDay.
func baseOf(day store.Date, random int64) int64 {
	return int64(day.Sub(firstDay))<<randomBits | random
}

// dayOf returns the day of a base.
func dayOf(base int64) store.Date {
	return firstDay.AddDays(int(base >> randomBits))
}

// bounds returns the bases of a span of days, from low up to, not including,
// high. A zero date is open.
func bounds(from, to store.Date) (low, high int64) {
	low, high = 0, maxBase+1
	if from != 0 && from > firstDay {
		low = baseOf(min(from, lastDay.AddDays(1)), 0)
	}
	if to != 0 && to < lastDay {
		high = 0
		if to >= firstDay {
			high = baseOf(to.AddDays(1), 0)
		}
	}
	return low, high
}

// digits are those of base32 in the order of their bytes, so that ids sort as
// their numbers do.
const digits = "234567abcdefghijklmnopqrstuvwxyz"

const (
	idPrefix = "tx_"
	idDigits = 16
)

// idOf returns the id of the transaction with a base.
func idOf(base int64) string {
	high, low := uint64(base)>>(64-checkBits), uint64(base)<<checkBits|check(base)
	var text [len(idPrefix) + idDigits]byte
	copy(text[:], idPrefix)
	for i := len(text) - 1; i >= len(idPrefix); i-- {
		text[i] = digits[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(text[:])
}

// check returns the checksum of an id, which tells one that was made here from
// one that a caller made up.
func check(base int64) uint64 {
	var b [10]byte
	copy(b[:], "tx")
	binary.BigEndian.PutUint64(b[2:], uint64(base))
	sum := sha256.Sum256(b[:])
	return binary.BigEndian.Uint64(sum[:]) >> (64 - checkBits)
}

// parseID returns the base behind an id; ok is false for what no store made.
func parseID(id string) (base int64, ok bool) {
	text, found := strings.CutPrefix(id, idPrefix)
	if !found || len(text) != idDigits {
		return 0, false
	}
	var high, low uint64
	for i := range len(text) {
		digit := strings.IndexByte(digits, text[i])
		if digit < 0 {
			return 0, false
		}
		carry, rest := bits.Mul64(low, 32)
		high, low = high<<5|carry, rest|uint64(digit)
	}
	base = int64(high<<(64-checkBits) | low>>checkBits)
	return base, base >= 0 && base <= maxBase && idOf(base) == id
}

// newAccountID returns "acc_" and 16 random characters.
func newAccountID() string {
	var random [idDigits]byte
	rand.Read(random[:])
	for i, b := range random {
		random[i] = digits[b&31]
	}
	return "acc_" + string(random[:])
}
