package redact_test

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

var testKey = [32]byte{1, 2, 3}

func newRedactor(t testing.TB, known ...string) *redact.Redactor {
	t.Helper()
	var prints [][]byte
	for _, v := range known {
		f, err := redact.Fingerprint(testKey, redact.Account, v)
		if err != nil {
			t.Fatal(err)
		}
		prints = append(prints, f)
	}
	set, err := redact.NewKnown(prints)
	if err != nil {
		t.Fatal(err)
	}
	r, err := redact.New(redact.Config{Key: testKey, Known: set})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(t testing.TB, r *redact.Redactor, in string) string {
	t.Helper()
	out, _, err := r.Text(nil, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func jsonText(t testing.TB, r *redact.Redactor, in string) string {
	t.Helper()
	out, _, err := r.JSON(nil, []byte(in))
	if err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	if !json.Valid(out) {
		t.Fatalf("invalid JSON: %s", out)
	}
	return string(out)
}

const (
	visa  = "4111111111111111"
	gb    = "GB29NWBK60161331926819"
	fullw = "４１１１１１１１１１１１１１１１"
)

func card(v string) string { return redact.TokenOf(testKey, redact.Card, v) }

func TestText(t *testing.T) {
	r := newRedactor(t)
	c, i := card(visa), redact.TokenOf(testKey, redact.IBAN, gb)
	for _, tc := range []struct{ in, want string }{
		{"pay 4111111111111111 now", "pay " + c + " now"},
		{"pay 4111 1111 1111 1111 now", "pay " + c + " now"},
		{"4111-1111-1111-1111 12/28", c + " 12/28"},
		{"x4111111111111111x", "x" + c + "x"},
		{fullw, c},
		{"4\u200b111111111111111", c},
		{"GB29 NWBK 6016 1331 9268 19.", i + "."},
		{"ＧＢ29 NWBK 6016 1331 9268 19.", i + "."},
		{"gb29nwbk60161331926819", i},
		{"%34111111111111111", c},
		{"&#52;111111111111111", c},
		{`\u0034111111111111111`, c},
		{"4111<b>1111</b>1111 1111", c},
		{base64.StdEncoding.EncodeToString([]byte(visa)), c},
		{base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(visa)))), c},
		{hex.EncodeToString([]byte(visa)), c},
		{url.QueryEscape(fullw), c},
		{"12.50 on 2026-01-05 at 12:30:45", "12.50 on 2026-01-05 at 12:30:45"},
	} {
		if got := text(t, r, tc.in); got != tc.want {
			t.Errorf("Text(%q) = %q, want %q", tc.in, got, tc.want)
		}
		if got := text(t, r, text(t, r, tc.in)); got != tc.want {
			t.Errorf("Text twice (%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestJSON(t *testing.T) {
	r := newRedactor(t)
	c := card(visa)
	for _, tc := range []struct{ in, want string }{
		{`{"a":4111111111111111}`, `{"a":"` + c + `"}`},
		{`{"a":4.111111111111111e15}`, `{"a":"` + c + `"}`},
		{`{"a":411111111111111100e-2, "b":[1,2,"x"]}`, `{"a":"` + c + `", "b":[1,2,"x"]}`},
		{`{"4111111111111111":1,"4111 1111 1111 1111":2}`, `{"` + c + `":1,"` + c + `_B":2}`},
		{`{"a":"{\"b\":4111111111111111}"}`, `{"a":"{\"b\":\"` + c + `\"}"}`},
		{`{"a":"\u0034111111111111111"}`, `{"a":"` + c + `"}`},
		{`{"a":"4111\/1111\/1111\/1111"}`, `{"a":"` + c + `"}`},
		{`{"minor":-1250,"currency":"GBP","decimal":"-12.50","date":"2026-01-05"}`, `{"minor":-1250,"currency":"GBP","decimal":"-12.50","date":"2026-01-05"}`},
	} {
		if got := jsonText(t, r, tc.in); got != tc.want {
			t.Errorf("JSON(%s)\n got %s\nwant %s", tc.in, got, tc.want)
		}
		if got := jsonText(t, r, jsonText(t, r, tc.in)); got != tc.want {
			t.Errorf("JSON twice (%s)\n got %s\nwant %s", tc.in, got, tc.want)
		}
	}
	for _, in := range []string{
		`["4111","1111","1111","1111"]`, `[4111,1111,1111,1111]`, `{"a":"4111 1111","b":"1111 1111"}`,
		`[{"type":"text","text":"my card is 4111 1111"},{"type":"text","text":"1111 1111 thanks"}]`,
		`["GB29","NWBK","6016","1331","9268","19"]`, `{"x":"GB29 NWBK 6016","y":"1331 9268 19"}`,
		`["4","1","1","1","1","1","1","1","1","1","1","1","1","1","1","1"]`, `{"memo":"41111","note":"11111111111"}`,
	} {
		out := jsonText(t, r, in)
		if strings.Contains(out, "1111") || strings.Contains(out, "9268") || strings.Contains(out, `"1"`) {
			t.Errorf("JSON(%s) = %s: a split number is left", in, out)
		}
		if again := jsonText(t, r, out); again != out {
			t.Errorf("JSON twice (%s) = %s", in, again)
		}
	}
	for _, in := range []string{
		`[{"mcc":"5411","ref":"123456789012"},{"mcc":"5411","ref":"123456789013"}]`, `[4,12,3,40,5,6,7,8,99,1,2,3]`,
		`{"balance":"4532.10","date":"2026-01-05","count":12}`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("JSON(%s) = %s", in, got)
		}
	}
	for _, in := range []string{``, `{`, `{"a":1,}`, `[1 2]`, `"a`, `01`, `{"a":1}x`, strings.Repeat("[", 5000)} {
		if _, _, err := r.JSON(nil, []byte(in)); !errors.Is(err, redact.ErrRedact) {
			t.Errorf("JSON(%.20q) = %v, want ErrRedact", in, err)
		}
	}
}

func TestKnown(t *testing.T) {
	r := newRedactor(t, "20-00-00 55779911", "DE89370400440532013000", "hunter2-correct-horse")
	acct := redact.TokenOf(testKey, redact.Account, "20000055779911")
	de := redact.TokenOf(testKey, redact.Account, "DE89370400440532013000")
	for _, tc := range []struct{ in, want string }{
		{"ref 55779911 x", "ref " + acct + " x"},
		{"ref 779911 x", "ref " + acct + " x"},
		{"acct 79911", "acct " + acct},
		{"order 79911", "order 79911"},
		{"20/00/00 557 799 11", acct},
		{"202655779911", "2026" + acct},
		{"202612779911", "202612" + acct},
		{"2026127799", "2026127799"},
		{"to 0532013000.", "to " + de + "."},
		{"37040044 0532013000", de},
		{"Hunter2 Correct Horse", redact.TokenOf(testKey, redact.Account, "hunter2-correct-horse")},
	} {
		if got := text(t, r, tc.in); got != tc.want {
			t.Errorf("Text(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

// TestTailOfToken: the last two letters of a token and the numbers behind it are no
// IBAN, whatever mod 97 says.
func TestTailOfToken(t *testing.T) {
	r := newRedactor(t)
	rng := rand.New(rand.NewPCG(1, 1))
	seen := 0
	for i := 0; seen < 500; i++ {
		token := redact.TokenOf(testKey, redact.Card, strconv.Itoa(i))
		for _, iban := range hostile.IBANs(rng) {
			if iban.Text[:2] != token[len(token)-2:] {
				continue
			}
			seen++
			in := token + ", " + strings.Join(strings.Split(iban.Text[2:], ""), ", ")
			if out := text(t, r, in); !strings.HasPrefix(out, token) {
				t.Errorf("%s -> %s", in, out)
			}
		}
	}
}

// TestTokenInRun: a token that stands in a run of letters and digits is no part of
// anything encoded; by chance one in fifty such runs decodes to an address.
func TestTokenInRun(t *testing.T) {
	r := newRedactor(t)
	for i := range 4000 {
		token := redact.TokenOf(testKey, redact.Card, strconv.Itoa(i))
		in := "58" + token + "360317561682"
		if out := text(t, r, in); !strings.Contains(out, token) {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

func TestTokenShape(t *testing.T) {
	r := newRedactor(t)
	own := card(visa)
	if got := text(t, r, "a "+own); got != "a "+own {
		t.Errorf("own token changed: %q", got)
	}
	if got := text(t, r, "no"+visa+"END"); got != "no"+own+"END" { // a second look must not take it apart
		t.Errorf("a token with letters glued on is %q", got)
	}
	for _, in := range []string{"CARD_ABCDEFGHIJKLMN", "CARD_ABCDEFGHIJKLMNX", "SECRET_" + strings.Repeat("A", 20)} {
		if got := text(t, r, in); strings.Contains(got, "_") {
			t.Errorf("Text(%q) = %q: still token-shaped", in, got)
		}
	}
}

type money struct {
	Minor    int64  `json:"minor" class:"amount"`
	Currency string `json:"currency" class:"enum"`
}

type row struct {
	ID     string            `json:"id" class:"id"`
	Memo   string            `json:"memo" class:"text"`
	Acct   string            `json:"acct" class:"account"`
	Amount *money            `json:"amount"`
	Tags   []string          `json:"tags,omitempty" class:"text"`
	Extra  map[string]string `json:"extra" class:"text"`
	Raw    json.RawMessage   `json:"raw" class:"text"`
}

type page struct {
	Items []row  `json:"items"`
	Next  string `json:"next_cursor" class:"id"`
}

func TestDocument(t *testing.T) {
	r := newRedactor(t)
	c, err := redact.ClassesOf(reflect.TypeFor[page]())
	if err != nil {
		t.Fatal(err)
	}
	in, err := json.Marshal(page{Items: []row{{ID: "tx_" + visa, Memo: "m " + visa, Acct: "12-34", Amount: &money{5, "GBP"},
		Extra: map[string]string{visa: "x"}, Raw: json.RawMessage(`{"n":4111111111111111}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	out, found, err := r.Document(nil, in, c)
	if err != nil {
		t.Fatal(err)
	}
	tok := card(visa)
	want := `{"items":[{"id":"tx_` + visa + `","memo":"m ` + tok + `","acct":"` + redact.TokenOf(testKey, redact.Account, "1234") +
		`","amount":{"minor":5,"currency":"GBP"},"extra":{"` + tok + `":"x"},"raw":{"n":"` + tok + `"}}],"next_cursor":""}`
	if string(out) != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	if got := fmt.Sprint(found); strings.Contains(got, visa) {
		t.Errorf("findings show a value: %s", got)
	}
	again, _, err := r.Document(nil, out, c)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("not idempotent: %s, %v", again, err)
	}
	if _, _, err := r.Document(nil, []byte(`{"items":[],"next_cursor":"","new":1}`), c); !errors.Is(err, redact.ErrRedact) {
		t.Errorf("an undeclared leaf passed: %v", err)
	}
	type bare struct{ A int }
	if _, err := redact.ClassesOf(reflect.TypeFor[bare]()); !errors.Is(err, redact.ErrRedact) {
		t.Errorf("a field without a class passed: %v", err)
	}
}

// TestConcurrent uses one redactor from several goroutines.
func TestConcurrent(t *testing.T) {
	r := newRedactor(t, "55779911")
	in := "pay " + visa + " to 55779911, " + gb
	want := text(t, r, in)
	done := make(chan string)
	for range 8 {
		go func() {
			last := want
			for range 50 {
				if out, _, err := r.Text(nil, []byte(in)); err != nil || string(out) != want {
					last = string(out)
				}
			}
			done <- last
		}()
	}
	for range 8 {
		if got := <-done; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestManySpellingsOfAKey: however many keys of an object are redacted to one
// token, none is lost.
func TestManySpellingsOfAKey(t *testing.T) {
	const spellings = 800
	in := []byte{'{'}
	for i := range spellings {
		in = fmt.Appendf(in, "%q:true,", "4111 1111 1111 1111"+strings.Repeat(" ", i))
	}
	in[len(in)-1] = '}'
	var got map[string]bool
	if err := json.Unmarshal([]byte(jsonText(t, newRedactor(t), string(in))), &got); err != nil || len(got) != spellings {
		t.Errorf("%d members of %d are left, %v", len(got), spellings, err)
	}
}

// TestManyDividedNumbers: a long list of digits takes no more for each than a
// short one.
func TestManyDividedNumbers(t *testing.T) {
	var in []byte
	most := sample.Of(100_000)
	for i := range most {
		in = fmt.Appendf(in, ",%d", i%10)
	}
	in = append(append([]byte{'['}, in[1:]...), ']')
	var got []any
	if err := json.Unmarshal([]byte(jsonText(t, newRedactor(t), string(in))), &got); err != nil || len(got) != most {
		t.Errorf("%d elements, %v", len(got), err)
	}
}

// TestOpaque: an encoded run that is long and of which nothing can be made goes as
// a whole, whatever the encoding; digests and paths stay.
func TestOpaque(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	raw := make([]byte, 300)
	for i := range raw {
		raw[i] = byte(rng.Uint32())
	}
	for name, in := range map[string]string{
		"base64": base64.StdEncoding.EncodeToString(raw), "hexadecimal": hex.EncodeToString(raw), "base32": base32.StdEncoding.EncodeToString(raw)[:480],
	} {
		if out := text(t, newRedactor(t), "see "+in+" there"); strings.Contains(out, in[8:20]) {
			t.Errorf("%s stays: %.60s", name, out)
		}
	}
	for _, in := range []string{hex.EncodeToString(raw[:64]), strings.Repeat("/some-path-2026/of_many-words", 12)} {
		if out := text(t, newRedactor(t), in); out != in {
			t.Errorf("%.60s becomes %.60s", in, out)
		}
	}
}
