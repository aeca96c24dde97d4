package redact_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestNumberBehindLinkedLeaves: a number that is a card of its own, behind leaves
// whose parts are looked at together, is redacted. It made the document fail.
func TestNumberBehindLinkedLeaves(t *testing.T) {
	r := newRedactor(t, "55779911", "tok-5f3a9c21b7")
	for _, in := range []string{
		`{"x 2026-01-05tel +49 170 1234567":["12634191"],"account":"'CARD_","n":5785262096035460,"text":"y"}`,
		`{"BIN 411111IBAN_ABCDEFGHIJKLMN":["944111111111111111ACCT_QXKWMTRBZAPLNE,68689","x=3453512985074422","088249599805\u200b-"],"account":":","n":5151266203921575,"text":"card"}`,
	} {
		jsonText(t, r, in)
	}
}

// TestNumberAmongOthers: a number that is divided over leaves is found between leaves
// with numbers of their own.
func TestNumberAmongOthers(t *testing.T) {
	r := newRedactor(t)
	for in, gone := range map[string]string{
		`{"n":"77","a":"4111111111","b":"111111"}`:                                                                          "111111",
		`{"n":"77","a":"4111111111","b":"111111","q":"123","r":"w"}`:                                                        "111111",
		`{"q":1234,"a":4111111111,"b":111111,"till":12}`:                                                                    "111111",
		`{"qty":12,"value":"4111111111","more":"111111","mcc":"5411","store":5933}`:                                         "111111",
		`{"memo0":"REF 1","n":7,"memo":4111111111,"memo2":111111,"store":5933}`:                                             "111111",
		`[{"mcc":"5411"},["4111111111","111111"],{"mcc":"5411"}]`:                                                           "111111",
		`[528365,{"x":{"a":"606282472"},"y":{"b":"0931836"}}]`:                                                              "0931836",
		`{"seq":"4031","a":[6475,2496,7480,6879,962],"till":"12"}`:                                                          "6879",
		`{"n":"77","text":"my card 4111111111","more":"111111 ok","q":1234}`:                                                "111111",
		`{"n":"1","content":[{"type":"text","text":"card 41111111"},{"text":"11111111 ok"}]}`:                               "111111",
		`[{"mcc":"5619"},{"content":[{"text":"BH80UVLW8E0E"},{"text":"64410E4882"}]}]`:                                      "64410E4882",
		`[{"n":"77","content":[{"type":"text","text":"it is BE"},{"type":"text","text":"42871821663810 ok"}],"till":"12"}]`: "8718",
		`[{"mcc":"5411"},["2950","6114","7653","319"],{"n":"77"}]`:                                                          "7653",
		`{"n":"77","a":["1101","0519","9506","1727","52"],"till":"12"}`:                                                     "9506",
		`{"n":"77","x":{"a":"9506"},"y":{"b":"17-4664"},"till":"12"}`:                                                       "4664",
		`["77","4111111111","111111"]`:                                                                                      "111111",
		`["20264","11111","11111","11111"]`:                                                                                 "11111",
		`{"a":"41111111111111","b":"111228"}`:                                                                               "41111",
		`{"part1":"7411111111","part2":"1111111"}`:                                                                          "41111",
		`["2026","4111","1111","1111","1111"]`:                                                                              "1111",
		`[2026,4111,1111,1111,1111]`:                                                                                        "1111",
		`["83411","11111","11111","111"]`:                                                                                   "11111",
		`{"c":[{"type":"text","text":"00411111111"},{"type":"text","text":"1111111"}],"n":"77"}`:                            "11111",
		`{"n":"77","content":[{"text":"it is S"},{"text":"T11285414553433753441472 ok"}],"t":1}`:                            "T11285414",
	} {
		if out := jsonText(t, r, in); strings.Contains(out, gone) {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{ // a list, and no card
		`[4111111,111111111,12]`,
		`{"n":"77","a":"4111111112","b":"111111"}`,
		`{"from":"1707296536","to":"1765282171","n":"785"}`, // others are made up by chance
		`["2036","2007","1989","2000","1994","1997"]`,
		`["978-1-6124-8621-4","978-5-1150-9259-2"]`,
		`{"order":"635896881","terminal":"12881366","auth":"501808","store":"1969","till":"32","seq":6247}`,
		`{"jan":"64837","feb":"49296","mar":"63482","apr":"37725"}`,
	} {
		if out := jsonText(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestWalkedAgain: what is left of a leaf goes on with its neighbours though separators
// stand at its ends, so that redacting twice gives the same; and the code of a bank
// inside of a key is redacted once, which made the document fail.
func TestWalkedAgain(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`["REF12:30 RF18 539007547034 579351002123456 ",[636905765484729,"78"]]`,
		`["RF18539007547034 4111111111 ","111111"]`,
		`{"items":["-----BEGIN PRIVATE KEY",{"bic":"HBUKGB4B"},"5533 9andQTo86m8Elks7ix6KC7xgag Bearer  1,234.50",{"category":"s","iban":"DE89370400440532013000"}]}`,
	} {
		once := jsonText(t, r, in)
		if twice := jsonText(t, r, once); twice != once {
			t.Errorf("%s -> %s -> %s", in, once, twice)
		}
	}
}

// TestListsOfNumbers: some of the numbers of a list, or of a table, are no card and no
// account though their check digits are right by chance.
func TestListsOfNumbers(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(11, 7))
	for _, row := range []func() string{
		func() string {
			var list []string
			for range 12 {
				list = append(list, strconv.Itoa(rng.IntN(1_000_000)))
			}
			return "[" + strings.Join(list, ",") + "]"
		},
		func() string {
			var rows []string
			for range 6 {
				rows = append(rows, fmt.Sprintf("[%d,%d]", rng.IntN(100_000), rng.IntN(10_000)))
			}
			return `{"rows":[` + strings.Join(rows, ",") + `]}`
		},
		func() string {
			var rows []string
			for m := range 6 {
				rows = append(rows, fmt.Sprintf(`{"m":%d,"in":%d,"out":%d}`, m, rng.IntN(1_000_000), rng.IntN(1_000_000)))
			}
			return `{"months":[` + strings.Join(rows, ",") + `]}`
		},
	} {
		const n = 1000
		altered := 0
		for range n {
			if in := row(); jsonText(t, r, in) != in {
				altered++
			}
		}
		if altered > n/200 {
			t.Errorf("%d of %d documents such as %s are altered", altered, n, row())
		}
	}
}

// TestListsInText: some of the numbers of a list in a text, or of a column, are no card and
// no account either. A card in its groups is one wherever it stands.
func TestListsInText(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(11, 8))
	for _, tc := range []struct {
		between      string
		size, spread int
	}{{", ", 3, 0}, {" ", 3, 0}, {", ", 2, 0}, {"\n", 3, 0}, {"\n", 4, 0}, {", ", 5, 0}, {"\t", 6, 0}, {" ", 8, 0}, {"\n", 1, 7}, {"; ", 1, 7}} {
		const n = 500
		altered, in := 0, ""
		for range n {
			var list []string
			for range 6 + rng.IntN(7) {
				list = append(list, strconv.Itoa(int(math.Pow10(tc.size+rng.IntN(tc.spread+1)-1))+rng.IntN(int(9*math.Pow10(tc.size-1)))))
			}
			if in = strings.Join(list, tc.between); text(t, r, in) != in {
				altered++
			}
		}
		if altered > n/20 {
			t.Errorf("%d of %d lists such as %q are altered", altered, n, in)
		}
	}
	for _, in := range []string{
		"seats 12, 14, 15, 16, 17 and 4111 1111 1111 1111", "12 14 15 16 17 4111 1111 1111 1111", "1234 5678 4111 1111 1111 1111", "637, 965, 833, 210, 411, 4111, 1111, 1111, 1111", "637\n965\n833\n210\n4111\n1111\n1111\n1111",
		"4111, 1111, 1111, 1111, 5678, 9012, 3456", "card 1234, 4111, 1111, 1111, 1111, 2222", "2026,4111,1111,1111,1111", "637 965 833 210 3782 822463 10005", "637, 965, 833, 210, 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "41 11 11 11 11 11 11 11", "REF 197.78 41 11 11 11 11 11 11 11 on 2026-01-12",
	} {
		if out := text(t, r, in); strings.Contains(out, "1111") || strings.Contains(out, "1 1 1") || strings.Contains(out, "11 11") || strings.Contains(out, "822463") {
			t.Errorf("%q -> %q", in, out)
		}
	}
}

// TestRowsInText: two or three rows of numbers of two digits are a list, as more of them
// are. A line that has nothing but a card in pairs is one.
func TestRowsInText(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(14, 1))
	const n = 500
	for _, between := range []string{"\n", "\r\n", ",\n  "} {
		altered, in := 0, ""
		for range n {
			var rows []string
			for range 2 + rng.IntN(2) {
				var row []string
				for range 12 {
					row = append(row, strconv.Itoa(40+rng.IntN(40)))
				}
				rows = append(rows, strings.Join(row, ","))
			}
			if in = strings.Join(rows, between); text(t, r, in) != in {
				altered++
			}
		}
		if altered > n/20 {
			t.Errorf("%d of %d tables such as %q are altered", altered, n, in)
		}
	}
	for _, in := range []string{"41,11,11,11,11,11,11,11\n12,34,56,78,90,12", "12,34,56,78,90,12,34\n41,11,11,11,11,11,11,11"} {
		if out := text(t, r, in); strings.Contains(out, "11,11") {
			t.Errorf("%q -> %q", in, out)
		}
	}
}

// TestTablesInJSON: figures of a table, whose keys go on from one to the next, are no
// number together, as strings or not.
func TestTablesInJSON(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(11, 9))
	for _, tc := range []struct {
		key               string
		first, last, size int
	}{{"h%d", 0, 23, 4}, {"t%d", 1, 8, 5}, {"2026-%02d", 1, 12, 5}, {"week_%d", 1, 5, 5}, {"%d", 2019, 2025, 5}, {"m%d", 1, 12, 4}} {
		for _, quote := range []string{`"`, ""} {
			const n = 500
			altered, in := 0, ""
			for range n {
				var members []string
				for k := tc.first; k <= tc.last; k++ {
					members = append(members, fmt.Sprintf(`"`+tc.key+`":%s%d%s`, k, quote, 1+rng.IntN(int(math.Pow10(tc.size))), quote))
				}
				in = "{" + strings.Join(members, ",") + "}"
				if out, _, err := r.JSON(nil, []byte(in)); err != nil || string(out) != in {
					altered++
				}
			}
			if altered > n/50 {
				t.Errorf("%d of %d tables such as %s are altered", altered, n, in)
			}
		}
	}
	for _, in := range []string{
		`{"flight":"BA1234","seat":"23A"}`,
		`[{"ts":3705609897,"dur":65347}]`, `{"t":422524,"created":1733435490}`, `[1604233600,6783,-12]`, `{"sort":[1625862707000,38797]}`, `{"time":1670716025000,"sig":976,"nst":92}`, `{"revId":6304833594,"size":205233}`,
		`{"visibility":10000,"pressure":1033,"humidity":80,"sea_level":1035,"grnd_level":906}`,
		`{"image":"nginx@sha256:00725f1e1a9091b009eff47f0dbd5c36a6f6ea9eb53845e541d708c7c9e68708","ports":[{"containerPort":8080,"protocol":"TCP"},{"containerPort":8443}],"limits":{"cpu":"500m"}}`,
		`{"text":"see ticket 842641 and <https://x.example/6036323>","ts":"1613961003.835280","thread_ts":"1603355194.172199"}`,
		`{"e":[0.09474587718509503,0.060230530381809116,0.019374227081771722]}`, `{"score":0.5546953692802457}`, `["43509.55000000","64952.87000000"]`,
		`{"q":{"resolved":"x-14.23.7.tgz","integrity":"sha512-chkUcBkMV5rl1WHfER3sj0eTcXK3yQsdV3zxS7jaRVfG1Oku55hG/MKOg28zHnOLliTNfc2L4eLoxrhiP8l+Pw==","engines":{"node":">=14.17"}},"d":{"version":"11.21.11","integrity":"sha512-uAImPr/xK4LhAeCzcE3BDyYSqpRosju4A5N7NGRBbCcPHyhXMq5+w23+1Hj9zEWmfCoIJ/cewXPoITDfPrLHZQ=="}}`,
		`{"accountId":"766164:b6e9c01e-0db9-455f-ae08-0646fb750d86"}`, `{"account_id":"55663665afbb5d6b87d29f15"}`, `{"accountId":48213}`, `{"spanId":"fddbe208e61e4961"}`, `{"spanId":"32b894acc3495968"}`,
	} {
		if out, _, err := r.JSON(nil, []byte(in)); err != nil || string(out) != in {
			t.Errorf("%s became %s: %v", in, out, err)
		}
	}
}
