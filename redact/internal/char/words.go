package char

// IsLetter and IsAlnum are the classes of the words of a language and of those that
// numbers and codes are; see IsWord for those that encodings are.
const (
	IsLetter = IsUpper | IsLower
	IsAlnum  = IsLetter | IsDigit
)

// Words goes over the words of a text, which are runs of characters of one class.
type Words struct {
	T      []byte
	Class  uint16
	Lo, Hi int // of the word; who reads on behind it moves its end
}

// Next goes on to the word behind the last one, if there is one.
func (w *Words) Next() bool {
	t, class, i := w.T, w.Class, w.Hi
	for i < len(t) && ByteClass[t[i]]&class == 0 {
		i++
	}
	lo := i
	for i < len(t) && ByteClass[t[i]]&class != 0 {
		i++
	}
	w.Lo, w.Hi = lo, i
	return lo < i
}
