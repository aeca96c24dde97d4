package notion

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Content says what may be in a text. The zero value lets no link and no image
// through and takes them out rather than refusing.
type Content struct {
	// Refuse makes what would be taken out an error instead.
	Refuse bool `yaml:"refuse"`
	// LinkHosts are the hosts that a link may point to, over https, exactly.
	// Images, embeds, mentions and formulas are never written.
	LinkHosts []string `yaml:"link_hosts"`
}

// Removed counts what was taken out of a text, by kind.
type Removed map[string]int

// The kinds of Removed.
const (
	RemovedLink   = "link"
	RemovedImage  = "image"
	RemovedHTML   = "html"
	RemovedHidden = "hidden_characters"
)

// linkRemoved stands where a URL was.
const linkRemoved = "[link removed]"

// urlForm finds what a person or a program would take for a URL: any scheme with
// an authority, the schemes that need none, www, and a host name or an address
// with something behind it. Names of merchants that are domains (AMAZON.CO.UK)
// are not URLs.
var urlForm = func() *regexp.Regexp {
	const rest = "[^\\s<>\"'`|]"
	return regexp.MustCompile(`(?i)[a-z][a-z0-9+.\-]{0,30}:[/\\]{2,}` + rest + `*` +
		`|\b(?:https?|ftp|file|notion|mailto|tel|sms|callto|javascript|vbscript):` + rest + `+` +
		`|\bdata:[a-z]+/` + rest + `*` +
		`|\bwww\d{0,3}\.` + rest + `+` +
		`|(?:[\p{L}\p{N}_\-]{1,63}[.。])+\p{L}{2,24}(?::\d{1,5})?[/\\?#]` + rest + `+` +
		`|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?[/\\?#]` + rest + `+`)
}()

// merchantForm is a host name with a short word behind it, as banks write
// merchants (AMZN.COM/BILL): room for a name, not for what somebody has read.
var merchantForm = regexp.MustCompile(`^(?:[A-Za-z0-9\-]{1,20}\.){1,3}[A-Za-z]{2,6}/[A-Za-z]{1,10}[.,;:!)]*$`)

// bareHost is a www name without a path, as banks write merchants: losing the
// prefix keeps the name readable and is enough that nothing links it.
var bareHost = regexp.MustCompile(`(?i)^(www\d{0,3}\.)[^/\\?#:@]*$`)

// cleanText takes invisible characters and URLs out of text that is not
// markdown: titles, property values, cells.
func (c Content) cleanText(s string, removed Removed) string {
	s = visible(s, removed)
	spans := c.cutURLs([]Span{{Text: s}}, removed)
	return joinSpans(spans)
}

// Text cleans plain text. It fails with ErrContent if the policy refuses.
func (c Content) Text(s string) (string, Removed, error) {
	removed := Removed{}
	s = c.cleanText(s, removed)
	return s, removed, c.verdict(removed)
}

func (c Content) verdict(removed Removed) error {
	if !c.Refuse || len(removed) == 0 {
		return nil
	}
	return fail(ErrContent, "not allowed here: "+strings.Join(sortedKeys(removed), ", "))
}

// visible drops what no reader sees but a program can read: controls,
// bidirectional overrides, tag characters, variation selectors that select
// nothing, fillers. Joiners stay between letters that need them.
func visible(s string, removed Removed) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	runes := []rune(s)
	out := make([]rune, 0, len(runes))
	for i, r := range runes {
		if !hidden(r) || joins(runes, i) {
			out = append(out, r)
			continue
		}
		removed[RemovedHidden]++
	}
	return string(out)
}

func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
		return true
	case r == 0x2028 || r == 0x2029 || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r == 0x17B4 || r == 0x17B5 || r == 0x2800 || r == 0x034F:
		return true
	}
	return r >= 0xE0000 && r <= 0xE0FFF || unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// joins reports whether the character at i is a joiner or an emoji selector
// that stands where scripts and emoji use it: once, after a visible character
// that is not ASCII.
func joins(rs []rune, i int) bool {
	r := rs[i]
	if r != 0x200C && r != 0x200D && r != 0xFE0E && r != 0xFE0F {
		return false
	}
	if i == 0 || rs[i-1] < 0x80 {
		keycap := i+1 < len(rs) && rs[i+1] == 0x20E3
		return r == 0xFE0F && keycap && i > 0 && strings.ContainsRune("0123456789#*", rs[i-1])
	}
	return !hidden(rs[i-1]) || (r == 0x200D && rs[i-1] == 0xFE0F)
}

// cutURLs replaces URLs in a run of spans, also where formatting cuts one in
// two. A URL that only compatibility folding shows (fullwidth letters), or that
// joiners hide, folds the run to plain text first.
func (c Content) cutURLs(spans []Span, removed Removed) []Span {
	joined := joinSpans(spans)
	if folded := norm.NFKC.String(unjoined.Replace(joined)); len(urlForm.FindAllString(folded, -1)) > len(urlForm.FindAllString(joined, -1)) {
		spans, joined = []Span{{Text: folded}}, folded
	}
	cuts := c.cuts(joined)
	if len(cuts) == 0 {
		return spans
	}
	removed[RemovedLink] += len(cuts)
	var out []Span
	pos := 0
	for _, s := range spans {
		out = append(out, cutSpan(s, pos, cuts)...)
		pos += len(s.Text)
	}
	return out
}

// unjoined takes out the joiners and selectors that visible leaves.
var unjoined = strings.NewReplacer("\u200c", "", "\u200d", "", "\ufe0e", "", "\ufe0f", "")

// cut is a range of bytes to take out, and what to put there.
type cut struct {
	from, to int
	notice   string
}

func (c Content) cuts(text string) []cut {
	var out []cut
	for _, m := range urlForm.FindAllStringIndex(text, -1) {
		found := text[m[0]:m[1]]
		if c.linkAllowed(found) || merchantForm.MatchString(found) {
			continue
		}
		if p := bareHost.FindStringSubmatchIndex(found); p != nil {
			out = append(out, cut{from: m[0], to: m[0] + p[3]})
			continue
		}
		out = append(out, cut{m[0], m[1], linkRemoved})
	}
	return out
}

// cutSpan makes the cuts (offsets in the whole run) in a span that starts at
// pos; the notice stands where a cut starts.
func cutSpan(s Span, pos int, cuts []cut) []Span {
	var b strings.Builder
	at := 0
	for _, c := range cuts {
		from, to := max(c.from-pos, 0), min(c.to-pos, len(s.Text))
		if from >= to {
			continue
		}
		b.WriteString(s.Text[at:from])
		if c.from >= pos {
			b.WriteString(c.notice)
		}
		at = to
	}
	b.WriteString(s.Text[at:])
	s.Text = b.String()
	if s.Text == "" {
		return nil
	}
	return []Span{s}
}

// linkAllowed reports whether a URL may be written: https to a listed host, no
// user name, no port, not longer than Notion takes.
func (c Content) linkAllowed(raw string) bool {
	if len(c.LinkHosts) == 0 || UTF16Len(raw) > MaxURL {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	return slices.Contains(c.LinkHosts, u.Host)
}
