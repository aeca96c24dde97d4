package hostile

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Composable tells whether b can be applied to what a made so that somebody
// can still read it.
func Composable(a, b Disguise) bool {
	switch {
	case a.Name == "plain" || b.Name == "plain":
		return a.Name != b.Name || a.Layer <= b.Layer
	case a.Layer == Forms && b.Layer == Forms:
		return false
	case a.Layer == Separators && b.Layer == Separators:
		return a.Name != "controls" && a.Name != "many spaces" && !strings.Contains(a.Name, "entities") && !strings.Contains(a.Name, "tags") && !strings.Contains(a.Name, "encoded") && !strings.HasPrefix(a.Name, "letter")
	case a.Layer == Separators && b.Layer == Forms:
		return false
	case a.Layer == Encodings && b.Layer < Encodings:
		return b.Name == "line feed" && (strings.HasPrefix(a.Name, "base64") || a.Name == "hex")
	case a.Layer == Glue && b.Layer < Encodings:
		return false
	}
	return true
}

// Divides tells whether a disguise puts one and the same mark between characters,
// also of an encoding, so that somebody can take it out again.
func Divides(d Disguise) bool {
	switch d.Name {
	case "space", "dash", "dot", "slash", "pipe", "comma", "colon", "line feed", "tab", "underscore", "zero width", "bidi":
		return true
	}
	return false
}

// Document is a value divided over JSON or written into it.
type Document struct {
	Name string
	Text string
	Row  string // of the table: JSON, divided, key and value
}

// Documents puts a value into JSON in the ways that the catalogue names. The
// forms for numbers apply to values that are digits only.
func Documents(rng *rand.Rand, v Value) (all []Document) {
	s := v.Text
	row := "JSON"
	add := func(name, text string) { all = append(all, Document{name, text, row}) }
	add("string", `{"memo":`+jsonOf(s)+`}`)
	add("key", `{`+jsonOf(s)+`:1}`)
	add("escapes", `{"memo":"`+eachRune(func(r rune) string {
		if r > 0xffff {
			return string(r)
		}
		return fmt.Sprintf(`\u%04X`, r)
	})(rng, s)+`"}`)
	deep := jsonOf(s)
	for i := range 4 {
		deep = jsonOf(`{"v":` + deep + `}`)
		add(fmt.Sprintf("string in string, %d deep", i+1), `{"a":`+deep+`}`)
	}
	if v.Cue || len(s) < 6 || v.Kind == "credential" {
		return all
	}
	cut := 1 + rng.IntN(len(s)-1)
	a, b := s[:cut], s[cut:]
	fours := strings.Split(spaced(s, 4), " ")
	singles := strings.Split(s, "")
	join := func(parts []string) string { return strings.TrimSuffix(strings.TrimPrefix(jsonOf(parts), "["), "]") }
	add("slashes", `{"memo":"`+strings.Join(singles, `\/`)+`"}`)
	row = "divided"
	add("array of fours", `{"a":[`+join(fours)+`]}`)
	add("array of singles", `{"a":[`+join(singles)+`]}`)
	add("bare array", `[`+join(fours)+`]`)
	add("array of two", `[`+join([]string{a, b})+`]`)
	add("array of three", `[`+join([]string{s[:len(s)/3], s[len(s)/3 : 2*len(s)/3], s[2*len(s)/3:]})+`]`)
	add("nested arrays", `[[`+join(fours[:1])+`],[[`+join(fours[1:])+`]]]`)
	add("siblings", `{"a":`+jsonOf(a)+`,"b":`+jsonOf(b)+`}`)
	add("siblings, fours", `{"p1":`+strings.Join(quoted(fours), `,"p":`)+`}`)
	add("nested objects", `{"x":{"a":`+jsonOf(a)+`},"y":{"b":`+jsonOf(b)+`}}`)
	add("objects in array", `[{"d":`+strings.Join(quoted(fours), `},{"d":`)+`}]`)
	add("content blocks", `{"content":[{"type":"text","text":`+jsonOf("it is "+a)+`},{"type":"text","text":`+jsonOf(b+" ok")+`}]}`)
	add("content blocks, bare", `{"content":[{"type":"text","text":`+jsonOf(a)+`},{"type":"text","text":`+jsonOf(b)+`}]}`)
	add("strings in a string", jsonOf(`[`+join(fours)+`]`))
	row = "key and value"
	add("key and value", `{`+jsonOf(a)+`:`+jsonOf(b)+`}`)
	if isDigits(s) && s[0] != '0' {
		all = append(all, numbers(rng, s)...)
	}
	return all
}

func quoted(list []string) (out []string) {
	for _, s := range list {
		out = append(out, jsonOf(s))
	}
	return out
}

// numbers writes digits as JSON numbers.
func numbers(rng *rand.Rand, s string) (all []Document) {
	n := len(s)
	k := 1 + rng.IntN(n-1)
	row := "JSON"
	add := func(name, text string) { all = append(all, Document{name, text, row}) }
	add("number", `{"n":`+s+`}`)
	add("negative number", `[-`+s+`]`)
	add("number with fraction", `[`+s+`.0]`)
	add("number with exponent", fmt.Sprintf(`{"n":%s.%se%d}`, s[:k], s[k:], n-k))
	add("number with exponent, capital", fmt.Sprintf(`{"n":%s.%sE+%d}`, s[:1], s[1:], n-1))
	add("number with negative exponent", `{"n":`+s+`000e-3}`)
	add("number below one", fmt.Sprintf(`{"n":0.%se%d}`, s, n))
	add("number as fraction", `{"n":0.`+s+`}`)
	add("number with point", `{"n":`+s[:k]+"."+s[k:]+`}`)
	add("number, zeros after", `[`+s+`0000]`)
	row = "divided"
	if s[k] != '0' {
		add("two numbers", `[`+s[:k]+`,`+s[k:]+`]`)
		add("two numbers, siblings", `{"a":`+s[:k]+`,"b":`+s[k:]+`}`)
		add("number and string", `[`+s[:k]+`,"`+s[k:]+`"]`)
	}
	var fours []string
	for _, f := range strings.Split(spaced(s, 4), " ") {
		if f[0] == '0' && len(f) > 1 {
			return all
		}
		fours = append(fours, f)
	}
	add("array of numbers", `{"a":[`+strings.Join(fours, ",")+`]}`)
	add("numbers in siblings", `{"a":`+strings.Join(fours, `,"b":`)+`}`)
	add("array of digits", `[`+strings.Join(strings.Split(s, ""), ",")+`]`)
	return all
}
