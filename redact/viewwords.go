package redact

// isLetter and isAlnum are the classes of the words of a language and of those that
// numbers and codes are; see isWord for those that encodings are.
const (
	isLetter = isUpper | isLower
	isAlnum  = isLetter | isDigit
)

// words goes over the words of a text, which are runs of characters of one class.
type words struct {
	t      []byte
	class  uint16
	lo, hi int // of the word; who reads on behind it moves its end
}

// next goes on to the word behind the last one, if there is one.
func (w *words) next() bool {
	t, class, i := w.t, w.class, w.hi
	for i < len(t) && byteClass[t[i]]&class == 0 {
		i++
	}
	lo := i
	for i < len(t) && byteClass[t[i]]&class != 0 {
		i++
	}
	w.lo, w.hi = lo, i
	return lo < i
}
