package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/sample"
)

// twins are redactors in pairs: one takes the shortcuts, the other examines
// every text in full.
type twins struct{ short, thorough *Redactor }

func newTwins(tb testing.TB) (all []twins) {
	tb.Helper()
	many := manyPrints(tb)
	few := [][]byte{fingerprint(tb, Account, "55779911"), fingerprint(tb, Account, "1234567"), fingerprint(tb, Card, "4012888888881881")}
	for _, cfg := range []Config{
		{},
		{Known: knownSet(tb, few)},
		{Known: knownSet(tb, append(many, few...))},
		{Known: knownSet(tb, append(many, fingerprint(tb, Account, ibanOfNumber), fingerprint(tb, Account, "55779911"), fingerprint(tb, Account, "A12345678B"),
			fingerprint(tb, Secret, "tok-5f3a9c21b7"), without(fingerprint(tb, Secret, "Blue7Sky9Rain"), known.EntryShape)))},
		{Known: knownSet(tb, [][]byte{fingerprint(tb, Secret, "correct horse battery")})},
		{Known: knownSet(tb, [][]byte{fingerprint(tb, Secret, "tok-5f3a9c21b7"), fingerprint(tb, Secret, "Blue7Sky9Rain")})},
		{Known: knownSet(tb, [][]byte{fingerprint(tb, Secret, "SSCB11010000000000001497USD")})},
		{Actions: map[Entity]Action{Phone: Token, Email: Keep}},
	} {
		short, err := New(cfg)
		if err != nil {
			tb.Fatal(err)
		}
		thorough, err := New(cfg)
		if err != nil {
			tb.Fatal(err)
		}
		thorough.rules.Thorough = true
		all = append(all, twins{short, thorough})
	}
	return all
}

func fingerprint(tb testing.TB, e Entity, value string) []byte {
	tb.Helper()
	f, err := Fingerprint([32]byte{}, e, value)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func knownSet(tb testing.TB, prints [][]byte) *Known {
	tb.Helper()
	k, err := NewKnown(prints)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// compare redacts a text, alone and as a member of a document, both ways.
func (w twins) compare(t *testing.T, in []byte) {
	t.Helper()
	got, found, err := w.short.Text(nil, in)
	want, wanted, wantErr := w.thorough.Text(nil, in)
	if !bytes.Equal(got, want) || !slices.Equal(found, wanted) || (err == nil) != (wantErr == nil) {
		t.Fatalf("%q:\n got %q %v %v\nwant %q %v %v", in, got, found, err, want, wanted, wantErr)
	}
	text, err := json.Marshal(string(in))
	if err != nil {
		t.Fatal(err)
	}
	doc := fmt.Appendf(nil, `{"memo":%s,"account":%s,"list":["77",%s,"99"],"card ending":{"last":%s}}`, text, text, text, text)
	got, found, err = w.short.JSON(nil, doc)
	want, wanted, wantErr = w.thorough.JSON(nil, doc)
	if !bytes.Equal(got, want) || !slices.Equal(found, wanted) || (err == nil) != (wantErr == nil) {
		t.Fatalf("%s:\n got %s %v %v\nwant %s %v %v", doc, got, found, err, want, wanted, wantErr)
	}
}

// pieces are what the texts of TestShortcuts are put together from: what the
// shortcuts look for, what they dismiss, and what lies close to either.
var pieces = []string{"account", "acct", "REF", "Sort code", "no", "STORES", "x", "AB", "C", "*", ",", "'", "(", ")", "5577", "9911", "55779911", "779911", "79911", "1234567",
	"1", "22", "333", "123456", "4111", "41111111", "é", "·", "٤١١١", "card", "ending", "ssn", "20", "00", "2026-01-05", "-", ".", "&", "/", "INV-", "GB", "nr.", "866-579-7172",
	"078-05-1120", "7-11", "811218-9876", "20-12345678-6", "111.444.777-35", "85.07.30-033.28", "12.50", "1,234.50", "-01-05", "DNI", "557-79911", "5577-9911", "+", "\\", "X", "xx", "****",
	"12:30", "12:30:45", ":", "::", "key:", "password", "password:", "pin =", "api_key", "token is", "Bearer ", "basic", "secret_", "sk-", "AKIA", "eyJ", "access-", "ghp_", "a@b.example",
	"@", "=", "=34", "%", "%34", "&amp;", "&#52;", "<b>", "#", "_", "CARD_ABCDEFGHIJKLMN", "CardMember", "Mobiles/Radios/Pagrs", "SEPA-Ueberweisungsauftrag", "FP251515N84916",
	"-----BEGIN PRIVATE KEY-----", "DE", "89370400440532013000", "RF18", "539007547034", "HBUK", "AB123456C", "SBIN0001234", "RSSMRA85T10A562S", "12345678Z", "\n", "\t", "  ", "0x34",
	"34 31 31 31 31", "correct horse", " battery", "deadbeef", "0123456789abcdef", "4111 1111 1111 1111", "20-00-00 55779911", "021000021", ":59:/12345678", "correcthorsebattery",
	"tok-5f3a9c21b7", "tok", "5f3a", "9c21b7", "Blue7Sky9Rain", "Blue7Sk", "y9Rain", "SSCB1101", "0000000000001497USD", "\x1b[0m", "BH50UQWRMMMMPOH5KKDUY5", "GI24", "GCOCOYXCYXJQOAB",
	"756.3197.7773.13", "7563197777313", "59186111-G", "X-2810991-T", "19730327-6039", "7303275800088", "NDUz OTU3", " ODc2 MzYy", "MTQ4 Ng==", "NDUzOTU3\nODc2MzYy", "3435 3339", " 3537 3837",
	"-u a:bcdefgh", "Cookie: sid=s3Yt1Vq9wLk2Zp8", "EIN", "45-0882503", "RUT 12.785.210-3", "BLZ", "38866413", "RIB", "12-0271-0278426-05", "5691384756:AASxUEyCKKIlxl8HRkZCZbiRG8cKxKX9801",
	"RF18 REF12:30", "RF18", "REF12:30", "600x79x2139", "536\x8790\x874399", "\x87", "5577o9911:", "453957------1486", "[redacted]1486", "453957", "hunter2pass", "pw=", "login: bob / ", "password ", "bin", "db.internal:5432:prod:bob:", "mysql ", "-p", "NTRFITIN",
	"994636205", "994", "636205", "A1234", "5678B", "20000001", "77900001"}

// randomText puts one to twelve pieces together, some of them encoded.
func randomText(rng *rand.Rand) []byte {
	var in []byte
	for range 1 + rng.IntN(12) {
		p := pieces[rng.IntN(len(pieces))]
		switch rng.IntN(24) {
		case 0:
			p = base64.StdEncoding.EncodeToString([]byte(p + pieces[rng.IntN(len(pieces))]))
		case 1:
			p = base64.RawURLEncoding.EncodeToString([]byte(p))
		case 2:
			p = hex.EncodeToString([]byte(p))
		case 3:
			p = strings.ToUpper(p)
		case 4:
			p = fmt.Sprint(rng.IntN(1_000_000_000))
		case 5:
			raw := make([]byte, 4+rng.IntN(20))
			for i := range raw {
				raw[i] = byte(rng.IntN(256))
			}
			p = base64.RawStdEncoding.EncodeToString(raw)
		}
		in = append(in, p...)
		if rng.IntN(2) == 0 {
			in = append(in, ' ')
		}
	}
	return in
}

// TestShortcuts: what takes a shortcut comes out as if it were examined in full.
func TestShortcuts(t *testing.T) {
	all := newTwins(t)
	rng := rand.New(rand.NewPCG(7, 8))
	quiet := 0
	for _, in := range []string{"RF18 REF12:30", "5577o9911:", "600x79x2139:", "login: bob / hunter2pass", "password hunter2pass", "password Xk29ab", `{"cred":"MarbleFootball92"}`, `{"PASSWORDS":["monkey"]}`, `["psql","--host","db","--password","rn$ts+w0p0bDt"]`} {
		for _, w := range all {
			w.compare(t, []byte(in))
		}
	}
	for i := range sample.Of(12_000) {
		w := all[i%len(all)]
		in := randomText(rng)
		if p := profile.Of(in); w.short.rules.Quiet(&p, in) {
			quiet++
		}
		w.compare(t, in)
	}
	for _, f := range corpus.CleanFields(rng, 40) {
		all[rng.IntN(len(all))].compare(t, []byte(f.Text))
	}
	for _, d := range corpus.Disguises {
		for _, s := range corpus.Secrets(rng)[:4] {
			all[rng.IntN(len(all))].compare(t, []byte(d.Apply(rng, s.Text)))
		}
	}
	least := 1000
	if !sample.Takes(1) {
		least = 70 // of the first tenth, which has fewer
	}
	if quiet < least {
		t.Errorf("only %d texts took the shortcut", quiet)
	}
}

// TestSpokenNames: what stands behind the name of a secret, with no sign between them, is
// looked at in both ways, whatever other words stand there.
func TestSpokenNames(t *testing.T) {
	w := newTwins(t)[0]
	for n, name := range append(credential.Passwords(), "pin", "cvv", "cvc", "cvn", "csc", "otp", "tan", "puk", "passcode", "cvvnumber", "number", "purchase", "king", "note") {
		spellings := []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]}
		for i, form := range []string{"%s 4821", "my %s 482193", "%s for the card 4821", "%s number 4821", "the %s no. 482", "%s Xk29ab", "%s 070C285F4D06", "the new %s kq8Alm3zpq2x for it", "%s is hunter2x", "%s 1 md5 070C285F4D06 7", "%s on 2026-01-05"} {
			w.compare(t, fmt.Appendf(nil, form, spellings[(n+i)%len(spellings)]))
		}
	}
}

// FuzzShortcuts compares both ways on any text, and on one that is made of the
// pieces that its bytes choose.
func FuzzShortcuts(f *testing.F) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 20 {
		f.Add(randomText(rng))
	}
	for _, p := range pieces {
		f.Add([]byte(p))
	}
	all := newTwins(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		var made []byte
		for _, b := range in[:min(len(in), 16)] {
			made = append(made, pieces[int(b)%len(pieces)]...)
			if b >= 128 {
				made = append(made, ' ')
			}
		}
		for _, w := range all {
			w.compare(t, in)
			w.compare(t, made)
		}
	})
}
