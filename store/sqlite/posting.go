package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// An inverted list holds the bases of the transactions that have a term, in
// rising order, which is that of date. It lies in parts: the entry's key has
// the first base, the value the differences of the following ones as uvarints.
// A term is a kind byte and a word, which has no zero byte, or a number of eight
// bytes.
//
// SQLite's own FTS5 was measured first: 33 µs to insert a row, and it cannot
// also serve the lists by account, category and merchant.
const (
	termWord     = 't'
	termAccount  = 'a'
	termCategory = 'c'
	termMerchant = 'm'
	termBatch    = 'b' // number of the batch, number of the block
)

var errPosting = fmt.Errorf("%w: the file is corrupt: an inverted list is malformed", store.ErrUnavailable)

func wordTerm(word string) []byte { return append([]byte{termWord}, word...) }

func numberTerm(kind byte, n int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{kind}, uint64(n))
}

func blockTerm(batch, block int64) []byte {
	return binary.BigEndian.AppendUint32(numberTerm(termBatch, batch), uint32(block))
}

// appendChunk appends the bases of a chunk to dst.
func appendChunk(dst []int64, first int64, list []byte) ([]int64, error) {
	dst = append(dst, first)
	for base := first; len(list) > 0; {
		step, n := binary.Uvarint(list)
		if n <= 0 || step == 0 || step > maxBase {
			return nil, errPosting
		}
		base += int64(step)
		if base > maxBase {
			return nil, errPosting
		}
		dst = append(dst, base)
		list = list[n:]
	}
	return dst, nil
}

// encodeChunk encodes rising bases from the front of list until size bytes are
// full, and returns how many it took. At least one is taken.
func encodeChunk(dst []byte, list []int64, size int) ([]byte, int) {
	for i := 1; i < len(list); i++ {
		next := binary.AppendUvarint(dst, uint64(list[i]-list[i-1]))
		if len(next) > size {
			return dst, i
		}
		dst = next
	}
	return dst, len(list)
}

// postings gathers what a block of rows adds to the runs: to the inverted
// lists, to the keys by which rows are recognised and to the order by amount.
type postings struct {
	lists    *termLists
	sources  []sourceKey
	contents []contentKey
	amounts  []place
	words    []string
	stems    []string
	key      []byte
}

// sourceKey says that a transaction has a source's id.
type sourceKey struct {
	hash hash
	base int64
}

// contentKey says what a transaction's content is, and how it came.
type contentKey struct {
	hash       hash
	base       int64
	text, kind int64
	keyed      bool // it came with a source key
}

func newPostings() *postings { return &postings{lists: newTermLists()} }

func (p *postings) add(term []byte, base int64) { p.lists.add(term, base) }

// addWords adds a transaction under each of its words.
func (p *postings) addWords(tx *store.Transaction, base int64) {
	p.words = store.AppendWords(p.words[:0], tx.Description)
	p.words = store.AppendWords(p.words, tx.Merchant)
	p.words = store.AppendWords(p.words, tx.Counterparty)
	p.words = store.AppendWords(p.words, tx.Memo)
	for _, word := range p.words {
		p.key = append(append(p.key[:0], termWord), word...)
		p.add(p.key, base)
	}
}

func (p *postings) addNumber(kind byte, n, base int64) {
	p.key = binary.BigEndian.AppendUint64(append(p.key[:0], kind), uint64(n))
	p.add(p.key, base)
}

// flush writes what was gathered as a run, and what lies inside of its words, of a
// batch.
func (p *postings) flush(c *conn, batch int64) error {
	w, err := c.newRun()
	if err != nil {
		return err
	}
	for _, write := range []func(*runWriter) error{p.writeSources, p.writeContents, p.writeAmounts, p.writeLists} {
		if err := write(w); err != nil {
			return err
		}
	}
	err = c.addStems(batch, p.stems)
	p.lists.clear()
	clear(p.stems)
	p.stems = p.stems[:0]
	p.sources, p.contents, p.amounts = p.sources[:0], p.contents[:0], p.amounts[:0]
	return cmp.Or(err, w.close())
}

func (p *postings) writeSources(w *runWriter) error {
	slices.SortFunc(p.sources, func(a, b sourceKey) int { return cmp.Or(a.hash.compare(b.hash), cmp.Compare(a.base, b.base)) })
	for _, k := range slices.Compact(p.sources) {
		p.key = appendBase(k.hash.key(p.key[:0], kindSource), k.base)
		if err := w.add(p.key, nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *postings) writeContents(w *runWriter) error {
	slices.SortFunc(p.contents, func(a, b contentKey) int {
		return cmp.Or(a.hash.compare(b.hash), cmp.Compare(a.base, b.base))
	})
	var value []byte
	for _, k := range p.contents {
		p.key = appendBase(k.hash.key(p.key[:0], kindContent), k.base)
		value = k.value(value[:0])
		if err := w.add(p.key, value); err != nil {
			return err
		}
	}
	return nil
}

func (p *postings) writeAmounts(w *runWriter) error {
	slices.SortFunc(p.amounts, func(a, b place) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.order, b.order)) })
	for _, at := range p.amounts {
		p.key = amountKey(p.key[:0], at)
		if err := w.add(p.key, nil); err != nil {
			return err
		}
	}
	return nil
}

func (p *postings) writeLists(w *runWriter) error {
	return p.lists.each(func(term string, list []int64) error {
		p.stems = appendStem(p.stems, term)
		w.begin(term)
		if err := w.bases(list); err != nil {
			return err
		}
		return w.end()
	})
}
