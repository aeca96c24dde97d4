package redact

import "slices"

// view is a text derived from another one (folded, decoded, stripped) together
// with the place in the original leaf that each of its bytes came from. With
// nil maps it is the leaf itself, or the part of it that begins at byte at.
type view struct {
	t      []byte
	lo, hi []int32 // byte i came from [lo[i], hi[i]) of the leaf
	at     int32

	changed []stretch // of t, in order: what was decoded, and where something is gone
}

func (v *view) from(i int) int32 {
	if v.lo == nil {
		return v.at + int32(i)
	}
	return v.lo[i]
}

// to returns the end, exclusive, of where byte i came from.
func (v *view) to(i int) int32 {
	if v.hi == nil {
		return v.at + int32(i+1)
	}
	return v.hi[i]
}

func (v *view) push(c byte, lo, hi int32) {
	v.t = append(v.t, c)
	v.lo = append(v.lo, lo)
	v.hi = append(v.hi, hi)
}

// copy appends bytes lo to hi of another view, with their origins.
func (v *view) copy(from view, lo, hi int) {
	v.t = append(v.t, from.t[lo:hi]...)
	if from.lo != nil {
		v.lo, v.hi = append(v.lo, from.lo[lo:hi]...), append(v.hi, from.hi[lo:hi]...)
		return
	}
	at := len(v.lo)
	v.lo, v.hi = slices.Grow(v.lo, hi-lo)[:at+hi-lo], slices.Grow(v.hi, hi-lo)[:at+hi-lo]
	los, his := v.lo[at:], v.hi[at:]
	for i := range los {
		los[i] = from.at + int32(lo+i)
	}
	for i := range his {
		his[i] = from.at + int32(lo+i+1)
	}
}

// cover gives the bytes from index at on the same origin.
func (v *view) cover(at int, lo, hi int32) {
	for i := at; i < len(v.t); i++ {
		v.lo = append(v.lo, lo)
		v.hi = append(v.hi, hi)
	}
}

// change notes that the bytes from index at on were decoded, or that what stood there
// is gone.
func (v *view) change(at int) {
	if n := len(v.changed); n > 0 && v.changed[n-1].hi == at {
		v.changed[n-1].hi = len(v.t)
		return
	}
	v.changed = append(v.changed, stretch{at, len(v.t)})
}

// part returns the bytes of a view from lo to hi.
func (v *view) part(lo, hi int) view {
	if v.lo == nil {
		return view{t: v.t[lo:hi:hi], at: v.at + int32(lo)}
	}
	return view{t: v.t[lo:hi:hi], lo: v.lo[lo:hi:hi], hi: v.hi[lo:hi:hi]}
}

// view takes an empty view from the scan's stack of buffers; keep puts its
// grown buffers back there. drop frees all taken since mark.
func (s *scan) view(size int) view {
	if s.used == len(s.views) {
		s.views = append(s.views, view{t: make([]byte, 0, size), lo: make([]int32, 0, size), hi: make([]int32, 0, size)})
	}
	v := &s.views[s.used]
	s.dirty = true
	s.used++
	v.t, v.lo, v.hi = slices.Grow(v.t[:0], size), slices.Grow(v.lo[:0], size), slices.Grow(v.hi[:0], size)
	return view{t: v.t[:0], lo: v.lo[:0], hi: v.hi[:0], changed: v.changed[:0]}
}

// keep stores the newest view's buffers, which may have grown.
func (s *scan) keep(v view) view {
	s.views[s.used-1] = v
	return v
}
