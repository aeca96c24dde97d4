package store

import (
	"slices"
	"strings"
	"testing"
)

func TestQueryWords(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"", ""}, {"*", ""}, {" ** ", ""},
		{"Tesco ref1", "tesco|ref1…"},
		{"*ESCO", "*esco"}, {"***esco", "*esco"}, {"＊ＥＳＣＯ", "*esco"}, {"*esco*", "*esco"},
		{"card *esco", "card|*esco"}, {"*esco card", "*esco|card…"}, {"*esco *bottle", "*esco|*bottle"},
		{"*esco-ref *Bottle's", "*esco|ref|*bottle|s…"},
		// Too short, or without three letters in a row: as without an asterisk.
		{"*es", "es…"}, {"*es card", "es|card…"}, {"*1234", "1234…"}, {"*a1b2c3", "a1b2c3…"},
		{"*7eleven", "*7eleven"}, {"*Москва", "*москва"}, {"*東京", "東京…"}, {"*東京都", "*東京都"},
		// Elsewhere an asterisk separates.
		{"AMZN*MKTP", "amzn|mktp…"}, {"SQ * coffee", "sq|coffee…"}, {`"*coffee"`, "coffee…"}, {"*-coffee", "coffee…"},
	} {
		var got []string
		for _, q := range QueryWords(c.query) {
			switch {
			case q.Inside && !q.Beginning:
				got = append(got, "*"+q.Text)
			case q.Beginning:
				got = append(got, q.Text+"…")
			default:
				got = append(got, q.Text)
			}
		}
		if got := strings.Join(got, "|"); got != c.want {
			t.Errorf("QueryWords(%q) = %q, want %q", c.query, got, c.want)
		}
	}
}

func TestStem(t *testing.T) {
	for word, want := range map[string]string{
		"": "", "ab": "", "1234": "", "a1b2c3": "", "abc": "abc", "inv20231234": "inv", "starbucksstore123": "starbucksstore",
		"7eleven": "7eleven", "2k4tr8zc3": "", "abc12de3": "abc", "abc12def3": "abc12def", "я1москва2": "я1москва", "東京都3": "東京都",
	} {
		if got := Stem(word); got != want {
			t.Errorf("Stem(%q) = %q, want %q", word, got, want)
		}
	}
	if got := AppendEndings(nil, "7star1abc"); !slices.Equal(got, []int{1, 2, 6}) {
		t.Errorf("got %v", got)
	}
}

// found tells by the stems alone whether a word has another inside, as Parts says.
func found(q QueryWord, word string) bool {
	lead, body, rest := q.Parts()
	stem := Stem(word)
	return slices.ContainsFunc(AppendEndings(nil, stem), func(i int) bool {
		return strings.HasSuffix(stem[:i], lead) && (strings.HasPrefix(stem[i:], body+rest) || stem[i:] == body && strings.HasPrefix(word, stem+rest))
	})
}

// FuzzInside: what a stem tells of its word is what the word itself does.
func FuzzInside(f *testing.F) {
	for _, seed := range [][2]string{{"*esco", "TESCO"}, {"*store12", "STARBUCKSSTORE123"}, {"*7eleven", "the7eleven7"}, {"*abc1", "abc2abc1"}, {"*abc1d", "abc1d"},
		{"*abc1de2", "xabc1de23abc"}, {"*1abc", "11abc1abc"}, {"*ﬁne", "reﬁned"}, {"*осква", "МОСКВА1"}, {"*a1bcd2", "a1bcda1bcd22"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		for _, q := range QueryWords(query) {
			if !q.Inside {
				continue
			}
			lead, body, rest := q.Parts()
			if lead+body+rest != q.Text || !beginsRun(body) {
				t.Fatalf("%q is %q, %q and %q", q.Text, lead, body, rest)
			}
			for _, word := range Words(text) {
				if got, want := found(q, word), strings.Contains(word, q.Text); got != want {
					t.Errorf("%q inside of %q by its stem %q: %v", q.Text, word, Stem(word), got)
				}
			}
		}
	})
}
