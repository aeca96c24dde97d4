package markup

import (
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// Path reads well-formed XML and keeps the names of the open elements as
// "/A/B/C": one document element, every tag closed by its own name.
type Path struct {
	*Reader
	path   []byte
	starts []int // where each open element's "/" stands in path
	done   bool  // the document element is closed
}

// NewPath returns a Path over UTF-8 text.
func NewPath(src io.Reader) *Path { return &Path{Reader: NewReader(src)} }

// Depth returns the number of open elements.
func (p *Path) Depth() int { return len(p.starts) }

// Below returns the path of the open elements after the first depth.
func (p *Path) Below(depth int) []byte {
	if depth >= len(p.starts) {
		return nil
	}
	return p.path[p.starts[depth]+1:]
}

// Next returns the next token. A Start is already on the path; an End is still
// on it until the following call of Leave. At the end of a complete document it returns io.EOF.
func (p *Path) Next(t *Token) error {
	err := p.Reader.Next(t)
	switch {
	case errors.Is(err, io.EOF):
		if !p.done {
			return statement.At(p.line, p.column, reasonEOF)
		}
		return io.EOF
	case err != nil:
		return err
	case t.Kind == Start:
		return p.enter(t)
	case t.Kind == End:
		return p.check(t)
	case t.Kind == Text && len(p.starts) == 0:
		return statement.At(t.Line, t.Column, reasonStray)
	}
	return nil
}

func (p *Path) enter(t *Token) error {
	if p.done {
		return statement.At(t.Line, t.Column, reasonStray)
	}
	if len(p.starts) == MaxDepth {
		return statement.At(t.Line, t.Column, reasonDepth)
	}
	p.starts = append(p.starts, len(p.path))
	p.path = append(append(p.path, '/'), t.Name...)
	return nil
}

func (p *Path) check(t *Token) error {
	if n := len(p.starts); n == 0 || string(p.path[p.starts[n-1]+1:]) != string(t.Name) {
		return statement.At(t.Line, t.Column, reasonEnd)
	}
	return nil
}

// Leave drops the innermost element, after its End has been handled.
func (p *Path) Leave() {
	n := len(p.starts) - 1
	p.path = p.path[:p.starts[n]]
	p.starts = p.starts[:n]
	p.done = n == 0
}
