package redact_test

import (
	"strings"
	"testing"
)

// TestEntitiesInside: entities between the characters of entities, other marks
// between them, and both divided over leaves.
func TestEntitiesInside(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "6&nbsp;3&&#45;n&#45;b&#45;sp;33&nbsp;1&nbsp;8&&#45;nbsp;8602616607", gone: "8602"}, {in: "5843&zwnj;&#x2&zwnj;d;04&zwnj;77&#&zwnj;x2d;&zwnj;0733&zwnj;&#x2&zwnj;d;29&zwnj;39", gone: "0733"},
		{in: "6:&:z:w:n:j:;:0:&:z:w:n:j:;:6:&:z:w:n:j:;:2:8:2:2:0:7:1:9:1:5:0:2:8", gone: "2:8:2"}, {in: "457(144(887(73&(#82(03;(985(62", gone: "887"},
		{in: "&#57;&#49;&#53;&#57;&#53;&#57;&#48;&#51;", gone: "&#53;", known: []string{"91595903"}},
	})
	r := newRedactor(t)
	for _, in := range []string{`["3539","<b>6","686<","b>59","18<b",">971","4"]`, `{"part0":"551&","part1":"shy;","part2":"2&sh","part3":"y;83","part4":"&shy","part5":";51&","part6":"shy;","part7":"7365","part8":"4&sh","part9":"y;81","part10":"&shy","part11":";4"}`} {
		if got := jsonText(t, r, in); !strings.Contains(got, "CARD_") || strings.Contains(got, "7365") || strings.Contains(got, "686<") {
			t.Errorf("%s -> %s", in, got)
		}
	}
	clean := `{"name":"M&amp;S","ref":"1234567","shop":"A & B; C","n":"<b>12</b>","type":"text","phone":"07700900123"}`
	if got := jsonText(t, r, clean); got != clean {
		t.Errorf("%s -> %s", clean, got)
	}
}

// TestEncodedDocument: a number divided over a document that is encoded.
func TestEncodedDocument(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "eyJhIjpbIjQ1NTYiLCI3Mzc1IiwiODY4OSIsIjk4NTUiXX0=", gone: "Mzc1"}, {in: "%7B%22a%22%3A%5B%224556%22%2C%227375%22%2C%228689%22%2C%229855%22%5D%7D", gone: "7375"},
		{in: "{&#34;a&#34;:&#34;45567375&#34;,&#34;b&#34;:&#34;86899855&#34;}", gone: "7375"},
	})
}
