package redact_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// namedKinds are names with a value that nothing but the name tells.
var namedKinds = map[byte]map[string]string{
	'a': {"account number": "48291374", "bank account": "48291374", "iban": "DE89370400440532013000", "sort code": "204514", "routing number": "021000021", "ssn": "443567194", "tax id": "443567194", "kontonummer": "48291374"},
	'c': {"pin": "4821", "card pin": "4821", "cvv": "482", "security code": "482", "otp": "482913", "verification code": "482913"},
	's': {"password": "monkey7x", "api key": "kq83hd72hs81mx02pz", "client secret": "kq83hd72hs81mx02pz", "access token": "kq83hd72hs81mx02pz", "private key": "kq83hd72hs81mx02pz"},
}

// spellings are how programs and people write a name of several words.
func spellings(name string, words bool) []string {
	w := strings.Fields(name)
	up := make([]string, len(w))
	for i := range w {
		up[i] = string(unicode.ToUpper(rune(w[i][0]))) + w[i][1:]
	}
	all := []string{strings.Join(w, "_"), w[0] + strings.Join(up[1:], ""), strings.Join(up, ""), strings.Join(w, "-"), strings.ToUpper(strings.Join(w, "_"))}
	if words {
		all = append(all, strings.Join(up, " "))
	}
	return all
}

// namedForms are the ways in which a value ‹v› stands beside its name ‹k›, with the
// kinds that are found there in all spellings.
var namedForms = []struct {
	form, kinds string
	words       bool // the name may have spaces
}{
	{"‹k› = \"‹v›\"", "acs", true},
	{"[db]\n‹k›=‹v›", "acs", true},
	{"app.‹k›=‹v›", "acs", false},
	{"tool --‹k› ‹v› --x 1", "acs", false},
	{"tool --‹k›=‹v› --x 1", "acs", false},
	{"X-‹k›: ‹v›", "acs", false},
	{"curl -d '‹k›=‹v›&x=1' https://a.example", "acs", false},
	{"mutation { login(‹k›: \"‹v›\") { ok } }", "acs", false},
	{"{‹k›: '‹v›', x: 1}", "acs", false},
	{"f(‹k›=\"‹v›\", x=1)", "acs", false},
	{":‹k› => '‹v›',", "acs", false},
	{"'‹k›' => '‹v›',", "acs", true},
	{"{‹k›:‹v› Name:x}", "acs", false},
	{"{‹k›:\"‹v›\", Name:\"x\"}", "acs", false},
	{"Card[‹k›=‹v›, x=1]", "acs", false},
	{"Card(‹k›=‹v›, x=1)", "acs", false},
	{"SELECT 1 FROM t WHERE ‹k› = '‹v›' AND x = 1", "acs", false},
	{"INSERT INTO t (id, ‹k›, x) VALUES (7, '‹v›', 'a')", "a", false},
	{"<input type=\"text\" name=\"‹k›\" value=\"‹v›\">", "as", true},
	{"<dt>‹k›</dt><dd>‹v›</dd>", "ac", true},
	{"<tr><th>‹k›</th><td>‹v›</td></tr>", "ac", true},
	{"<label>‹k›</label><span class=\"v\">‹v›</span>", "ac", true},
	{"<b>‹k›:</b> ‹v›", "acs", true},
	{"Content-Disposition: form-data; name=\"‹k›\"\r\n\r\n‹v›\r\n--x", "ac", true},
	{"ts=1 level=info ‹k›=‹v› msg=x", "acs", false},
	{"ts=1 level=info ‹k›=\"‹v›\" msg=x", "acs", false},
	{"\"{\\\"‹k›\\\": \\\"‹v›\\\"}\"", "acs", true},
	{"{\"a\":\"{\\\"‹k›\\\":\\\"‹v›\\\"}\"}", "acs", true},
	{"‹k›: |\n  ‹v›\nx: 1", "acs", true},
	{"‹k›:\n  ‹v›", "acs", true},
	{"‹k›:\n  - ‹v›", "acs", true},
	{"'‹k›': '‹v›'", "acs", true},
	{"‹k› := \"‹v›\"", "acs", false},
	{"‹k› -> ‹v›", "ac", true},
	{"‹k› → ‹v›", "ac", true},
	{"‹k› — ‹v›", "ac", true},
	{"‹k› – ‹v›", "ac", true},
	{"The ‹k› is ‹v›.", "acs", true},
	{"Your ‹k›: ‹v›.", "acs", true},
	{"‹k› = ‹v›", "acs", true},
	{"(\"‹k›\", \"‹v›\")", "ac", true},
	{"[\"‹k›\", \"‹v›\"]", "acs", false},
	{"[‹k›] ‹v›", "ac", true},
	{"‹k›(‹v›)", "ac", true},
	{"‹k› | ‹v›", "ac", true},
	{"| ‹k› | ‹v› |", "ac", true},
	{"| Name | ‹k› |\n|---|---|\n| x | ‹v› |", "acs", true},
	{"‹k›\t‹v›", "ac", true},
	{"‹k›;‹v›", "ac", true},
	{"‹k›,‹v›", "ac", true},
	{"id,‹k›,x\n7,‹v›,a", "acs", true},
	{"‹k› ‹v›", "ac", true},
	{"‹k› #‹v›", "ac", true},
	{"‹k› # ‹v›", "ac", true},
	{"/‹k›/‹v›/x", "a", true},
	{"‹k›::‹v›", "acs", true},
	{"**‹k›**: ‹v›", "acs", true},
	{"**‹k›:** ‹v›", "acs", true},
	{"`‹k›`: `‹v›`", "acs", true},
	{"‹k›: `‹v›`", "acs", true},
	{"* ‹k›: ‹v›", "acs", true},
	{"‹k› 👉 ‹v›", "ac", true},
	{"‹k›\n‹v›", "ac", true},
	{"‹k›:\n‹v›", "acs", true},
	{"‹k›：‹v›", "acs", true},
	{"‹k› “‹v›”", "ac", true},
	{"‹k›: '‹v›'", "acs", true},
	{"export ‹k›='‹v›'", "acs", false},
	{"ENV ‹k› ‹v›", "ac", false},
	{"ARG ‹k›=‹v›", "acs", false},
	{"- name: ‹k›\n  value: \"‹v›\"", "as", true},
	{"{\"name\":\"‹k›\",\"value\":\"‹v›\"}", "acs", true},
	{"{\"label\":\"‹k›\",\"value\":\"‹v›\"}", "acs", true},
	{"{\"field\":\"‹k›\",\"data\":\"‹v›\"}", "acs", true},
	{"[[\"‹k›\",\"‹v›\"],[\"x\",\"y\"]]", "acs", false},
	{"{\"columns\":[\"id\",\"‹k›\"],\"rows\":[[7,\"‹v›\"]]}", "acs", true},
	{"{\"‹k›\":{\"value\":\"‹v›\"}}", "acs", true},
	{"{\"‹k›\":{\"number\":\"‹v›\"}}", "acs", true},
	{"{\"‹k›\":[\"‹v›\"]}", "acs", true},
	{"{\"properties\":{\"‹k›\":{\"rich_text\":[{\"text\":{\"content\":\"‹v›\"}}]}}}", "acs", true},
	{"{\"properties\":{\"‹k›\":{\"type\":\"rich_text\",\"rich_text\":[{\"type\":\"text\",\"plain_text\":\"‹v›\",\"text\":{\"content\":\"‹v›\"}}]}}}", "acs", true},
	{"-  ‹k›: ‹v›\n+  ‹k›: x", "acs", true},
	{"https://a.example/x?a=1&‹k›=‹v›#f", "acs", true},
	{"Cookie: ‹k›=‹v›; x=1", "acs", false},
	{"<x ‹k›=\"‹v›\"/>", "acs", false},
	{"<‹k›><![CDATA[‹v›]]></‹k›>", "acs", false},
	{"<‹k› type=\"a\">‹v›</‹k›>", "acs", false},
	{"<‹k›>\n  ‹v›\n</‹k›>", "acs", false},
	{"<property name=\"‹k›\" value=\"‹v›\"/>", "as", true},
	{"<entry key=\"‹k›\">‹v›</entry>", "ac", true},
	{"<key>‹k›</key><string>‹v›</string>", "ac", true},
	{"$‹k› = \"‹v›\"", "acs", false},
	{"set ‹k›=‹v›", "acs", false},
	{"{'‹k›': '‹v›', 'x': 1}", "acs", true},
	{"('‹k›', '‹v›')", "ac", true},
	{"‹k›: \"‹v›\"", "acs", true},
	{"(:‹k› \"‹v›\")", "ac", false},
	{"{:‹k› \"‹v›\"}", "ac", false},
	{"‹k›=\"‹v›\";x=1", "acs", true},
	{"Server=x;‹k›=‹v›;Database=y", "acs", true},
	{"‹k›%3D‹v›%26x%3D1", "acs", true},
	{"https://x.example/‹k›/‹v›", "a", false},
	{"{{‹k›}} ‹v›", "ac", true},
	{"if ‹k› == '‹v›':", "acs", false},
	{"‹k› != '‹v›'", "ac", true},
	{"‹k›: ‹v›,", "acs", true},
	{"What is your ‹k›? ‹v›", "ac", true},
	{"\u001b[1m‹k›\u001b[0m: ‹v›", "acs", true},
	{"‹k›: \u001b[32m‹v›\u001b[0m", "acs", true},
	{"‹k› ....... ‹v›", "ac", true},
	{"‹k›.: ‹v›", "ac", true},
	{"‹k›                  ‹v›", "ac", true},
	{"‹k›:                  ‹v›", "acs", true},
	{"‹k›: ____‹v›____", "acs", true},
	{"‹k› (‹v›)", "ac", true},
	{"with ‹k› ‹v›", "ac", true},
	{"‹k› changed from ‹v› to x", "a", true},
	{"updated ‹k› to ‹v›", "ac", true},
	{"set ‹k› to ‹v›", "ac", true},
	{"use ‹k› ‹v› to log in", "ac", true},
	{"\u001b]8;;https://x.example\u001b\\‹k›\u001b]8;;\u001b\\: ‹v›", "acs", true},
	{"- **‹k›**: `[\\\"‹v›\\\"]`", "acs", true},
	{"    [‹k›] => {\"x\": \"‹v›\"}", "a", true},
	{"#{‹k› => <<\"‹v›\">>, id => 17}", "acs", true},
	{"Row(id=17, ‹k›=Decimal('‹v›'))", "acs", true},
	{"<param><name>‹k›</name><value><string>‹v›</string></value></param>", "acs", true},
	{"array(2) {\n  [\"‹k›\"]=>\n  string(8) \"‹v›\"", "acs", true},
	{"‹k›: |\n  \"[\\\"‹v›\\\"]\"", "acs", true},
	{"SELECT 1 FROM t WHERE ‹k› LIKE '%‹v›'", "a", true},
}

// TestNamedForms: what a name says is heard in every spelling of the name and every
// form of files, messages and programs, of which the text of a leaf is one.
func TestNamedForms(t *testing.T) {
	r := newRedactor(t)
	for _, f := range namedForms {
		for _, kind := range []byte(f.kinds) {
			for name, value := range namedKinds[kind] {
				for _, key := range spellings(name, f.words) {
					doc := strings.NewReplacer("‹k›", key, "‹v›", value).Replace(f.form)
					if !json.Valid([]byte(doc)) {
						text, err := json.Marshal(map[string]string{"t": doc})
						if err != nil {
							t.Fatal(err)
						}
						doc = string(text)
					}
					out, _, err := r.JSON(nil, []byte(doc))
					if err != nil || strings.Contains(string(out), value) {
						t.Errorf("%s %q: %s %v", name, f.form, out, err)
					}
				}
			}
		}
	}
}
