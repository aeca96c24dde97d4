package notion

import (
	"strings"
	"testing"
)

// BenchmarkReport is the conversion of a monthly report of ordinary size.
func BenchmarkReport(b *testing.B) {
	src := "# Summary\n\n| a | b | c |\n|---|---|---|\n" + strings.Repeat("| Groceries | -612.40 | **-480.20** |\n", 60) +
		"\n## Largest changes\n\n" + strings.Repeat("- TRAINLINE *3 payments* of WWW.TRAINLINE.COM\n", 40) + strings.Repeat("\nA sentence about the month, with `code` and **weight**.\n", 20)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		nodes, _, err := Content{}.Markdown(src)
		if err != nil {
			b.Fatal(err)
		}
		fitted, err := Fit(nodes)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Plan(fitted); err != nil {
			b.Fatal(err)
		}
	}
}
