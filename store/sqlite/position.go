package sqlite

import (
	"encoding/binary"
	"fmt"

	"github.com/counterfoil/counterfoil/store"
)

// A position is a version byte, the sort's number, and where the last row
// stands in that order: its base for the dates; its size in minor units and
// its id's order for the amounts.
const positionVersion = 1

const positionSize = 2 + 8 + 8

// place is where a row stands in a sort.
type place struct {
	size  int64 // abs(minor), only for the amounts
	order int64 // base for the dates, orderOf(base) for the amounts
}

func (p place) before(o place) bool {
	return p.size < o.size || p.size == o.size && p.order < o.order
}

// order is a sort taken apart.
type order struct {
	number   byte
	byAmount bool
	down     bool
}

func orderBy(s store.Sort) (order, error) {
	switch s {
	case "", store.DateDesc:
		return order{1, false, true}, nil
	case store.DateAsc:
		return order{2, false, false}, nil
	case store.AmountDesc:
		return order{3, true, true}, nil
	case store.AmountAsc:
		return order{4, true, false}, nil
	}
	return order{}, fmt.Errorf("%w: sort", store.ErrInvalid)
}

func (o order) encode(p place) store.Position {
	b := []byte{positionVersion, o.number}
	b = binary.BigEndian.AppendUint64(b, uint64(p.size))
	return binary.BigEndian.AppendUint64(b, uint64(p.order))
}

// decode reads a position; ok is false at the start.
func (o order) decode(p store.Position) (at place, ok bool, err error) {
	if p == nil {
		return place{}, false, nil
	}
	if len(p) != positionSize || p[0] != positionVersion || p[1] != o.number {
		return place{}, false, fmt.Errorf("%w: position", store.ErrInvalid)
	}
	at = place{int64(binary.BigEndian.Uint64(p[2:])), int64(binary.BigEndian.Uint64(p[10:]))}
	if at.order < 0 || at.order > maxBase || at.size < 0 || at.size > store.MaxMinor {
		return place{}, false, fmt.Errorf("%w: position", store.ErrInvalid)
	}
	return at, true, nil
}
