package notion

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestUTF16Len(t *testing.T) {
	for _, s := range []string{"", "abc", "é", "e\u0301", "日本", "😀", "👩\u200d👩\u200d👧", "\U0010FFFF", "a\uFFFDb"} {
		if got, want := UTF16Len(s), len(utf16.Encode([]rune(s))); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}

func TestCutText(t *testing.T) {
	cases := []struct {
		name, in string
		limit    int
		want     []string
	}{
		{"short", "abc", 3, []string{"abc"}},
		{"empty", "", 3, nil},
		{"between words", "alpha beta gamma", 10, []string{"alpha ", "beta gamma"}},
		{"at the limit", "alpha beta", 6, []string{"alpha ", "beta"}},
		{"keeps runs of spaces together", "ab   cd", 4, []string{"ab  ", " cd"}},
		{"long word", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"word then long word", "a bcdefgh", 4, []string{"a ", "bcde", "fgh"}},
		{"no half surrogate", "a😀😀", 2, []string{"a", "😀", "😀"}},
		{"surrogate at the limit", "ab😀", 3, []string{"ab", "😀"}},
		{"combining mark stays", "abe\u0301x", 3, []string{"ab", "e\u0301x"}},
		{"family stays", "ab👩\u200d👧c", 6, []string{"ab", "👩\u200d👧c"}},
		{"skin tone stays", "abc👍🏽", 6, []string{"abc", "👍🏽"}},
		{"flag stays", "a🇫🇷", 4, []string{"a", "🇫🇷"}},
		{"one cluster longer than the limit", "e" + strings.Repeat("\u0301", 5), 3, []string{"e\u0301\u0301", "\u0301\u0301\u0301"}},
		{"newline is a word's end", "ab\ncd", 4, []string{"ab\n", "cd"}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, cutText(c.in, c.limit)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func FuzzCutText(f *testing.F) {
	f.Add("alpha beta 😀😀😀 e\u0301e\u0301 👩\u200d👧", uint8(5))
	f.Add(strings.Repeat("\u0301", 40), uint8(2))
	f.Add("🇫🇷🇩🇪🇯🇵", uint8(3))
	f.Fuzz(func(t *testing.T, s string, l uint8) {
		if !utf8.ValidString(s) {
			return
		}
		limit := int(l%50) + 2
		pieces := cutText(s, limit)
		if strings.Join(pieces, "") != s {
			t.Fatalf("the text changed: %q", pieces)
		}
		for i, p := range pieces {
			if UTF16Len(p) > limit || p == "" || !utf8.ValidString(p) {
				t.Fatalf("piece %q of limit %d", p, limit)
			}
			if i+1 < len(pieces) {
				checkCut(t, p, pieces[i+1], limit)
			}
		}
	})
}

// checkCut fails if a word was cut that would have fitted.
func checkCut(t *testing.T, left, right string, limit int) {
	t.Helper()
	last, _ := utf8.DecodeLastRuneInString(left)
	first, _ := utf8.DecodeRuneInString(right)
	if unicode.IsSpace(last) || unicode.IsSpace(first) {
		return
	}
	if strings.ContainsFunc(left, unicode.IsSpace) {
		word := left[strings.LastIndexFunc(left, unicode.IsSpace)+1:]
		if len(word) < len(left) && strings.TrimLeftFunc(left[:len(left)-len(word)], unicode.IsSpace) != "" {
			t.Fatalf("a word was cut between %q and %q at limit %d", left, right, limit)
		}
	}
}

// randomNodes makes a tree that exceeds limits in many ways.
func randomNodes(r *rand.Rand, depth, n int) []*Node {
	kinds := []Kind{Paragraph, Heading1, Heading2, Bulleted, Numbered, ToDo, Quote, Code, Divider, Table, Toggle}
	var out []*Node
	for range n {
		k := kinds[r.IntN(len(kinds))]
		node := &Node{Kind: k}
		switch k {
		case Divider:
		case Table:
			width := 1 + r.IntN(4)
			for range 1 + r.IntN(150) {
				row := &Node{Kind: TableRow, Cells: make([][]Span, width)}
				for i := range row.Cells {
					row.Cells[i] = []Span{{Text: strings.Repeat("c ", r.IntN(5))}}
				}
				node.Children = append(node.Children, row)
			}
		default:
			for range r.IntN(4) {
				node.Spans = append(node.Spans, Span{Text: strings.Repeat("wörd 😀 ", r.IntN(60)), Bold: r.IntN(2) == 0})
			}
			if r.IntN(20) == 0 {
				node.Spans = append(node.Spans, Span{Text: strings.Repeat("längliches ", 1+r.IntN(3000))})
			}
			if r.IntN(20) == 0 {
				for i := range 120 + r.IntN(200) {
					node.Spans = append(node.Spans, Span{Text: "x ", Bold: i%2 == 0})
				}
			}
			if depth > 1 && k.nests() {
				node.Children = randomNodes(r, depth-1, r.IntN(1+n/3))
			}
		}
		out = append(out, node)
	}
	return out
}

// Whatever the tree, each batch fits one request, and the batches in order make
// the tree again.
func TestPlanProperty(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		nodes := randomNodes(r, 5, 1+r.IntN(130))
		fitted, err := Fit(nodes)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got, want := allText(fitted), allText(nodes); got != want {
			t.Fatalf("seed %d: the text changed", seed)
		}
		batches, err := Plan(fitted)
		if countNodes(fitted) > MaxTotalBlocks {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("seed %d: too many blocks gave %v", seed, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		root := &Node{}
		for i, b := range batches {
			checkBatch(t, b)
			at := root
			for _, step := range b.Parent {
				at = at.Children[step]
			}
			if len(at.Children) != b.First {
				t.Fatalf("seed %d batch %d: goes to position %d of %d", seed, i, b.First, len(at.Children))
			}
			at.Children = append(at.Children, copyNodes(b.Nodes)...)
		}
		if d := cmp.Diff(Lines(fitted), Lines(root.Children)); d != "" {
			t.Fatalf("seed %d: the batches make another tree:\n%.2000s", seed, d)
		}
	}
}

func copyNodes(nodes []*Node) []*Node {
	var out []*Node
	for _, n := range nodes {
		c := *n
		c.Children = copyNodes(n.Children)
		out = append(out, &c)
	}
	return out
}

func allText(nodes []*Node) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(joinSpans(n.Spans))
		for _, c := range n.Cells {
			b.WriteString(joinSpans(c))
		}
		b.WriteString(allText(n.Children))
	}
	return b.String()
}

func checkBatch(t *testing.T, b Batch) {
	t.Helper()
	if len(b.Nodes) == 0 || len(b.Nodes) > MaxChildren || countNodes(b.Nodes) > MaxBlocks {
		t.Fatalf("a batch of %d nodes, %d in all", len(b.Nodes), countNodes(b.Nodes))
	}
	body, err := encode(map[string]any{"children": blocks(b.Nodes)})
	if err != nil || len(body) > MaxPayloadBytes-100_000 {
		t.Fatalf("a payload of %d bytes, %v", len(body), err)
	}
	for _, n := range b.Nodes {
		checkNode(t, n)
		if n.Kind == Table && len(n.Children) == 0 {
			t.Fatal("a table without rows")
		}
		for _, c := range n.Children {
			checkNode(t, c)
			if len(c.Children) > 0 || c.Kind == Table {
				t.Fatal("three levels in one request")
			}
		}
	}
}

func checkNode(t *testing.T, n *Node) {
	t.Helper()
	if len(n.Children) > MaxChildren || len(n.Spans) > MaxRichText {
		t.Fatalf("%d children, %d spans", len(n.Children), len(n.Spans))
	}
	for _, s := range n.Spans {
		if UTF16Len(s.Text) > MaxText || s.Text == "" {
			t.Fatalf("a span of %d units", UTF16Len(s.Text))
		}
	}
}

// A block whose text would fill a payload by itself is divided, and a table row
// that can't be is refused.
func TestFitBytes(t *testing.T) {
	nodes, err := Fit([]*Node{Text(Paragraph, strings.Repeat("日本語 ", 60_000))})
	if err != nil || len(nodes) < 3 {
		t.Fatalf("%d nodes, %v", len(nodes), err)
	}
	for _, n := range nodes {
		b, _ := json.Marshal(n.Block())
		if len(b) > 2*maxBlockBytes {
			t.Errorf("a block of %d bytes", len(b))
		}
	}
	_, err = Fit([]*Node{TableOf([][]string{{strings.Repeat("x", 300_000)}})})
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("a huge row: %v", err)
	}
}

// A code block's language is Notion's word or none: it is no way out for text.
func TestLanguageIsVocabulary(t *testing.T) {
	n := &Node{Kind: Code, Language: "4111111111111111", Spans: []Span{{Text: "x"}}}
	if b, _ := json.Marshal(n.Block()); strings.Contains(string(b), "4111") {
		t.Errorf("%s", b)
	}
	if fitted, _ := Fit([]*Node{n}); fitted[0].Language != plainLanguage {
		t.Errorf("fitted as %q", fitted[0].Language)
	}
}

// Formatting that alternates letter by letter exceeds an array of rich text: the
// block is divided where a word ends.
func TestFitManySpans(t *testing.T) {
	var spans []Span
	for i, r := range strings.Repeat("alpha beta ", 30) {
		spans = append(spans, Span{Text: string(r), Bold: i%2 == 0})
	}
	nodes, err := Fit([]*Node{{Kind: Bulleted, Spans: spans, Children: []*Node{Text(Paragraph, "child")}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range nodes {
		text := joinSpans(n.Spans)
		if len(n.Spans) > MaxRichText || !strings.HasPrefix(strings.TrimSpace(text)+" ", "alpha ") && !strings.HasPrefix(strings.TrimSpace(text)+" ", "beta ") {
			t.Errorf("block %d starts inside a word: %q", i, text)
		}
		if want := i == len(nodes)-1; (len(n.Children) == 1) != want {
			t.Errorf("block %d has %d children", i, len(n.Children))
		}
	}
}
