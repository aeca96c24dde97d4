package notion

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Lines writes nodes as text, one block a line, so that what is on a page can be
// compared with what would be written: indentation shows nesting, marks show the
// kind and the formatting. Two trees with the same lines look the same.
func Lines(nodes []*Node) []string {
	var out []string
	lines(&out, nodes, "")
	return out
}

func lines(out *[]string, nodes []*Node, indent string) {
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		switch n.Kind {
		case TableRow:
			var cells []string
			for _, c := range n.Cells {
				cells = append(cells, lineText(c))
			}
			*out = append(*out, indent+"| "+strings.Join(cells, " | ")+" |")
		case Table:
			*out = append(*out, indent+"table")
		case Divider:
			*out = append(*out, indent+"---")
		case Code:
			*out = append(*out, indent+"code "+n.Language+": "+lineText(n.Spans))
		default:
			mark := prefix(n, 1)
			if n.Kind == Callout || n.Kind == Toggle {
				mark = string(n.Kind) + ": "
			} else if mark == "" && n.Kind != Paragraph {
				mark = string(n.Kind) + ": " // written by people; not one of ours
			}
			*out = append(*out, indent+mark+lineText(n.Spans))
		}
		lines(out, n.Children, indent+"  ")
	}
}

func lineText(spans []Span) string {
	var b strings.Builder
	for _, s := range merge(append([]Span{}, spans...)) {
		mark := ""
		for _, m := range []struct {
			on   bool
			mark string
		}{{s.Bold, "**"}, {s.Italic, "*"}, {s.Strike, "~~"}, {s.Code, "`"}} {
			if m.on {
				mark += m.mark
			}
		}
		text := strings.ReplaceAll(s.Text, "\n", "⏎")
		if s.Link != "" {
			text = "[" + text + "](" + s.Link + ")"
		}
		b.WriteString(mark + text + reverse(mark))
	}
	return b.String()
}

// Digest identifies the lines of nodes: SHA-256 in hexadecimal.
func Digest(nodes []*Node) string {
	sum := sha256.Sum256([]byte(strings.Join(Lines(nodes), "\n")))
	return hex.EncodeToString(sum[:])
}

// Change is one line of a diff: ' ' kept, '-' taken away, '+' added.
type Change struct {
	Op   byte
	Line string
}

// maxDiffCells bounds the table of the comparison; beyond, everything that is
// not a common start or end counts as changed.
const maxDiffCells = 4 << 20

// Diff compares two lists of lines and returns a shortest list of changes.
func Diff(before, after []string) []Change {
	var head, tail []Change
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		head = append(head, Change{' ', before[0]})
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		tail = append([]Change{{' ', before[len(before)-1]}}, tail...)
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return append(append(head, diffMiddle(before, after)...), tail...)
}

func diffMiddle(before, after []string) []Change {
	var out []Change
	i, j := 0, 0
	if len(before)*len(after) <= maxDiffCells {
		common := longestCommon(before, after)
		for i < len(before) && j < len(after) {
			switch {
			case before[i] == after[j]:
				out = append(out, Change{' ', before[i]})
				i++
				j++
			case common[i+1][j] >= common[i][j+1]:
				out = append(out, Change{'-', before[i]})
				i++
			default:
				out = append(out, Change{'+', after[j]})
				j++
			}
		}
	}
	for ; i < len(before); i++ {
		out = append(out, Change{'-', before[i]})
	}
	for ; j < len(after); j++ {
		out = append(out, Change{'+', after[j]})
	}
	return out
}

// longestCommon is the table of lengths of the longest common subsequences of
// every pair of endings.
func longestCommon(before, after []string) [][]int32 {
	t := make([][]int32, len(before)+1)
	for i := range t {
		t[i] = make([]int32, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}
