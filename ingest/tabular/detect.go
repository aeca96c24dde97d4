package tabular

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

//go:embed profiles/*.yaml
var shipped embed.FS

// Shipped returns the embedded profiles, by name.
var Shipped = sync.OnceValue(func() (out []*Profile) {
	files, err := shipped.ReadDir("profiles")
	if err != nil {
		panic(err) // the binary is broken
	}
	for _, f := range files {
		text, err := shipped.ReadFile("profiles/" + f.Name())
		if err != nil {
			panic(err)
		}
		p, err := ReadProfile(bytes.NewReader(text))
		if err != nil {
			panic(fmt.Sprintf("%s: %v", f.Name(), err))
		}
		out = append(out, p)
	}
	return out
})

// Candidate is a profile that fits a file, with what speaks for it.
type Candidate struct {
	Profile *Profile
	Score   int // columns of the file that the profile accounts for
	Why     string
	// Doubtful is set where other banks write the same columns (Profile.Shared)
	// and the dates do not tell whether the day or the month comes first.
	Doubtful bool
}

// shapeRows is how many lines of a file without header must have the shape.
const shapeRows = 20

// Detect returns the profiles that fit a file's beginning, best first.
func Detect(head []byte, profiles []*Profile) (out []Candidate) {
	if len(head) > 0 && head[len(head)-1] != '\n' {
		// The last line may be cut.
		if i := bytes.LastIndexByte(head, '\n'); i > 0 && len(head) >= bufferSize/2 {
			head = head[:i+1]
		}
	}
	rows := map[byte][][]Field{}
	for _, p := range profiles {
		if p.Positional {
			continue
		}
		found := p.fitting(head, rows, p.Delimiter)
		if len(found) == 0 && len(p.Header) > 0 {
			found = p.fitting(head, rows, delimiters) // a spreadsheet writes its own
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// delimiters are all that a file may have.
const delimiters = ",;\t|"

// fitting returns the profile with each of some delimiters with which it fits.
func (p *Profile) fitting(head []byte, rows map[byte][][]Field, some string) (found []Candidate) {
	for _, delimiter := range []byte(some) {
		if _, ok := rows[delimiter]; !ok {
			rows[delimiter] = readHead(head, delimiter)
		}
		if c, ok := p.with(delimiter).fits(rows[delimiter]); ok {
			found = append(found, c)
		}
	}
	return found
}

// with returns the profile for files with this delimiter.
func (p *Profile) with(delimiter byte) *Profile {
	if p.delimiter == delimiter {
		return p
	}
	q := *p
	q.delimiter = delimiter
	return &q
}

// readHead reads the first rows as far as they can be read.
func readHead(head []byte, delimiter byte) (rows [][]Field) {
	r := NewReader(lineEnds(bytes.NewReader(head)), delimiter)
	for range MaxPreamble {
		row, err := r.Next()
		if err != nil {
			break
		}
		kept := make([]Field, len(row))
		for i, f := range row {
			kept[i] = Field{bytes.Clone(f.Text), f.Line, f.Column}
		}
		rows = append(rows, kept)
	}
	return rows
}

func (p *Profile) fits(rows [][]Field) (Candidate, bool) {
	if len(p.Shape) > 0 {
		return p.fitsShape(rows)
	}
	for i, row := range rows {
		if !p.matches(row) {
			continue
		}
		// A profile that names every column of the file fits better than one
		// that names some.
		score := 2 * len(p.Header)
		if len(row) == len(p.Header) {
			score++
		}
		if !p.reads(row, rows[i+1:]) {
			score -= unreadable
		}
		why := fmt.Sprintf("line %d has the %d column names of %s", row[0].Line, len(p.Header), p.Title)
		return Candidate{Profile: p, Score: score, Why: why, Doubtful: p.Shared && !p.ordered(row, rows[i+1:])}, true
	}
	return Candidate{}, false
}

// unreadable is what a profile loses if it cannot read the lines below the
// header: it is then only chosen, to say what is wrong, if no other can.
const unreadable = 10_000

// reads reports whether the first lines below the header can be read with the
// profile. This tells day-first from month-first exports and points from
// commas where banks share a header.
func (p *Profile) reads(header []Field, rows [][]Field) bool {
	b, err := p.bind(header)
	if err != nil {
		return false
	}
	f := file{binding: b, sink: statement.Discard{}, accounts: map[string]int{}}
	for _, row := range rows[:min(len(rows), shapeRows)] {
		if f.row(row) != nil {
			return false
		}
	}
	return true
}

func (p *Profile) fitsShape(rows [][]Field) (Candidate, bool) {
	if len(rows) == 0 {
		return Candidate{}, false
	}
	for _, row := range rows[:min(len(rows), shapeRows)] {
		if len(row) != len(p.Shape) || !p.shaped(row) {
			return Candidate{}, false
		}
	}
	why := fmt.Sprintf("every line has the %d columns of %s", len(p.Shape), p.Title)
	return Candidate{Profile: p, Score: 1, Why: why, Doubtful: p.Shared && !p.ordered(nil, rows)}, true
}

// shaped reports whether each cell can be what the shape says.
func (p *Profile) shaped(row []Field) bool {
	for i, want := range p.Shape {
		text := statement.Trim(row[i].Text)
		ok := true
		switch want {
		case "any":
		case "text":
			ok = len(text) > 0
		case "date":
			ok = slices.ContainsFunc(p.layouts, func(l statement.Layout) bool { _, ok := l.Parse(text); return ok })
		case "amount", "amount?":
			_, reason := p.decimals.Parse(statement.UnitOf(text).Number, "USD")
			ok = reason == "" || want == "amount?" && len(text) == 0
		default:
			ok = string(text) == want
		}
		if !ok {
			return false
		}
	}
	return true
}
