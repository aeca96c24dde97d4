package postgres

import (
	"math/rand/v2"
	"testing"
)

// TestOwn: what an import has written is always taken for its own, over several
// filters; of what it has not, hardly anything is.
func TestOwn(t *testing.T) {
	t.Parallel()
	const many = 400_000 // two filters
	r := rand.New(rand.NewPCG(5, 6))
	random := func() hash { return hash{int64(r.Uint64()), int64(r.Uint64())} }
	var keys, bases own
	if keys.mayHave(random()) || keys.full() {
		t.Error("an empty one has something")
	}
	all := make([]hash, many)
	for i := range all {
		all[i] = random()
		keys.add(all[i])
		bases.add(hashOfBase(int64(i) << 7))
	}
	if len(keys) != 2 || keys.full() {
		t.Errorf("%d filters", len(keys))
	}
	wrong := 0
	for i, key := range all {
		if !keys.mayHave(key) || !bases.mayHave(hashOfBase(int64(i)<<7)) {
			t.Fatalf("key %d is missing", i)
		}
		if keys.mayHave(random()) {
			wrong++
		}
		if bases.mayHave(hashOfBase(int64(i)<<7 + 1)) {
			wrong++
		}
	}
	if wrong > many/1000 {
		t.Errorf("%d of %d others are taken for its own", wrong, 2*many)
	}
}
