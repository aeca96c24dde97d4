package finding

import "slices"

// View is a text derived from another one (folded, decoded, stripped) together
// with the place in the original leaf that each of its bytes came from. With
// nil maps it is the leaf itself, or the part of it that begins at byte at.
type View struct {
	Text   []byte
	Lo, Hi []int32 // byte i came from [lo[i], hi[i]) of the leaf
	At     int32

	Changed []Stretch // of t, in order: what was decoded, and where something is gone
}

// From returns where byte i came from: where in the leaf its first byte is.
func (v *View) From(i int) int32 {
	if v.Lo == nil {
		return v.At + int32(i)
	}
	return v.Lo[i]
}

// To returns the end, exclusive, of where byte i came from.
func (v *View) To(i int) int32 {
	if v.Hi == nil {
		return v.At + int32(i+1)
	}
	return v.Hi[i]
}

// Push appends a byte that stands for bytes lo to hi of the leaf.
func (v *View) Push(c byte, lo, hi int32) {
	v.Text = append(v.Text, c)
	v.Lo = append(v.Lo, lo)
	v.Hi = append(v.Hi, hi)
}

// Copy appends bytes lo to hi of another view, with their origins.
func (v *View) Copy(from View, lo, hi int) {
	v.Text = append(v.Text, from.Text[lo:hi]...)
	if from.Lo != nil {
		v.Lo, v.Hi = append(v.Lo, from.Lo[lo:hi]...), append(v.Hi, from.Hi[lo:hi]...)
		return
	}
	at := len(v.Lo)
	v.Lo, v.Hi = slices.Grow(v.Lo, hi-lo)[:at+hi-lo], slices.Grow(v.Hi, hi-lo)[:at+hi-lo]
	los, his := v.Lo[at:], v.Hi[at:]
	for i := range los {
		los[i] = from.At + int32(lo+i)
	}
	for i := range his {
		his[i] = from.At + int32(lo+i+1)
	}
}

// Cover gives the bytes from index at on the same origin.
func (v *View) Cover(at int, lo, hi int32) {
	for i := at; i < len(v.Text); i++ {
		v.Lo = append(v.Lo, lo)
		v.Hi = append(v.Hi, hi)
	}
}

// Change notes that the bytes from index at on were decoded, or that what stood there
// is gone.
func (v *View) Change(at int) {
	if n := len(v.Changed); n > 0 && v.Changed[n-1].Hi == at {
		v.Changed[n-1].Hi = len(v.Text)
		return
	}
	v.Changed = append(v.Changed, Stretch{at, len(v.Text)})
}

// Part returns the bytes of a view from lo to hi.
func (v *View) Part(lo, hi int) View {
	if v.Lo == nil {
		return View{Text: v.Text[lo:hi:hi], At: v.At + int32(lo)}
	}
	return View{Text: v.Text[lo:hi:hi], Lo: v.Lo[lo:hi:hi], Hi: v.Hi[lo:hi:hi]}
}

// View takes an empty view from the scan's stack of buffers; keep puts its
// grown buffers back there. drop frees all taken since mark.
func (s *List) View(size int) View {
	if s.Used == len(s.Views) {
		s.Views = append(s.Views, View{Text: make([]byte, 0, size), Lo: make([]int32, 0, size), Hi: make([]int32, 0, size)})
	}
	v := &s.Views[s.Used]
	s.Dirty = true
	s.Used++
	v.Text, v.Lo, v.Hi = slices.Grow(v.Text[:0], size), slices.Grow(v.Lo[:0], size), slices.Grow(v.Hi[:0], size)
	return View{Text: v.Text[:0], Lo: v.Lo[:0], Hi: v.Hi[:0], Changed: v.Changed[:0]}
}

// Keep stores the newest view's buffers, which may have grown.
func (s *List) Keep(v View) View {
	s.Views[s.Used-1] = v
	return v
}
