package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestNamedMembers: the key of a member says that its value is a secret.
func TestNamedMembers(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"password":"hunter2pass"}`, "hunter2"}, {`{"password":"correct horse battery"}`, "horse"}, {`{"passwords":"x","db":{"pass":"swordfish"}}`, "swordfish"},
		{`{"clientSecret":"correcthorse"}`, "correct"}, {`{"api-key":"q8Zk2mV0xPz7Lw"}`, "q8Zk"}, {`{"refreshToken":"q8Zk2mV0xPz7Lw"}`, "q8Zk"}, {`{"X-Api-Key":["q8Zk2mV0xPz7Lw"]}`, "q8Zk"},
		{`{"password":12345678}`, "12345678"}, {`{"pin":4821}`, "4821"}, {`{"cvv":"123"}`, "123"}, {`{"otp":"482193"}`, "482193"}, {`{"API Key":"q8Zk2mV0xPz7Lw","Wifi password":"swordfish"}`, "q8Zk"}, {`{"name":"db password","value":"swordfish"}`, "swordfish"}, {`{"p\u0061ssword":"hunter2pass"}`, "hunter2"},
		{`{"auths":{"https://images.example/v1/":{"auth":"Ym9iOmh1bnRlcjJwYXNz"}}}`, "Ym9i"}, {`{"Authorization":"Token abcdefghijklmnop12"}`, "abcdef"}, {`{"Authorization":"abcdefghijklmnop12"}`, "abcdef"},
		{`{"name":"DB_PASSWORD","value":"swordfish"}`, "swordfish"}, {`[{"key":"a","value":"b"},{"key":"api_key","value":"q8Zk2mV0xPz7Lw"}]`, "q8Zk"}, {`{"password":{"value":"swordfish"}}`, "swordfish"},
		{`{"airtable_key":"q8Zk2mV0xPz7LwQ3rT"}`, "q8Zk"}, {`{"a":"{\"client_secret\":\"swordfish\"}"}`, "swordfish"},
		{`{"bin":"453957","last4":"1486"}`, "453957"}, {`{"card":{"first6":453957,"last4":1486}}`, "453957"}, {`{"firstSixDigits":"45395714"}`, "453957"},
		{`{"LAST_6":"482913"}`, "482913"}, {`{"Card-Last-Six":"482913","lastSixDigits":"482913"}`, "482913"}, {`{"Swift-Code":"HBUKGB4B","ACCOUNT_NUMBER":"48291374"}`, "HBUKGB4B"}, {`{"COLUMNS":["Account number"],"ROWS":[["48291374"]]}`, "48291374"},
		{`{"SCHEME_NAME":"UK.OBIE.SortCodeAccountNumber","IDENTIFICATION":"20000048291374"}`, "20000048291374"}, {`{"NAME":"DB_PASSWORD","VALUE":"monkey"}`, "monkey"}, {`{"PASSWORDS":["monkey"]}`, "monkey"}, {`{"Memorable Word":"monkey"}`, "monkey"},
		{`{"payeeIban":"DE89370400440532013001","creditor_iban":"DE89370400440532013001"}`, "DE8937"}, {`{"rows":[["name","pin"],["bob",4821]]}`, "4821"}, {`[["account_number",48291374]]`, "48291374"}, {`["pin","4821"]`, "4821"},
		{`{"t":"user,password\nbob,monkey\n"}`, "monkey"}, {`{"t":"INSERT INTO [t] ([id], [Account]) VALUES (7, N'48291374'), (8, '48291374')"}`, "48291374"}, {"{\"t\":\"COPY a (id, account_number, pin) FROM stdin;\\n7\\t48291374\\t4821\\n\\\\.\\n\"}", "4829"},
		{`{"t":"COPY a (id, account_number, pin) FROM stdin;\n7\t48291374\t4821\n\\.\n"}`, "4821"}, {`{"properties":{"PIN":{"type":"rich_text","rich_text":[{"plain_text":"4821","text":{"content":"4821"}}]}}}`, "4821"},
	} {
		got := jsonText(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%s -> %s", tc.in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("%s -> %s, again %s", tc.in, got, again)
		}
	}
}

// TestNamedElsewhere: keys that only sound like it, and values that are none.
func TestNamedElsewhere(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{`{"password":""}`, `{"password":null}`, `{"secret":true}`, `{"password":"required"}`, `{"name":"TESCO STORES","value":"12.50"}`, `{"key":"card","value":"visa"}`,
		`{"next_page_token":"abc123def456ghi"}`, `{"sort_key":"customer2026row12"}`, `{"token":"see branch 12 for more"}`, `{"keys":["merchant2026","branch12345"]}`, `{"pin":"560001"}`, `{"bin":"blue"}`, `{"passport_office":"Durham 1234"}`,
		`{"VICTORIA'S SECRET":"1250.00","Victoria Secret":1250,"ski_pass":"120.00","bus_pass":120.50}`, `{"name":"Victoria's Secret","value":"Clothing"}`,
		`{"account":{"value":1500000,"currency":"EUR"}}`, `["Account","Visa Debit"]`, `{"t":"| Secret | Description |\n|---|---|\n| DOCKER_PASSWORD | the password |\n| NPM_TOKEN | 8 |\n"}`, `{"t":"| Option | Password |\n|---|---|\n| x | required |\n"}`,
		`{"t":"def f(user, password):\n    return hostname, port\n"}`, `{"t":"user, password\n\"gmeans\", \"gnbreg_5\",\n"}`, `{"t":"INSERT INTO t (account_name, n) VALUES ('12345678', 7)"}`, `{"t":"self.getToken(Parser.Base64EncodeV1, 0)"}`,
		`{"t":"name,city,pin code\nbob,Pune,411001\n"}`, `{"t":"Account value: 1250000"}`, `{"t":"<Account><Amount>1250000</Amount></Account>"}`, `{"t":"accountBalance=1250000"}`, `{"t":"Order 12345678 (paid)"}`, `{"t":"Transferred 1250000 from account"}`} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestNamedToken: a secret has one token, whether a key, a text or the store
// names it.
func TestNamedToken(t *testing.T) {
	r := newRedactor(t)
	want := redact.TokenOf(testKey, redact.Secret, "hunter2pass")
	for _, got := range []string{jsonText(t, r, `{"password":"hunter2pass"}`), text(t, r, "password: hunter2pass")} {
		if !strings.Contains(got, want) {
			t.Errorf("%s has not %s", got, want)
		}
	}
}

// TestPasswords holds passwords that little announces.
func TestPasswords(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"login: bob / hunter2pass", "user: bob, hunter2pass", "pw=hunter2pass", "pw: hunter2pass", "DB_PASS=hunter2pass", "smtpPass: hunter2pass", "PASSWORD: swordfish-hunter2",
		"machine api.example.com login bob password hunter2pass", "username bob password hunter2pass", "passwort hunter2pass", "the password for the account is hunter2pass.",
		"db.internal:5432:prod:bob:hunter2pass", "*:*:*:bob:hunter2pass", "mysql -u root -phunter2pass", "sshpass -p hunter2pass ssh bob@host", "bob:hunter2pass@localhost",
		"X-Amz-Signature=hunter2fe5f80f77d5fa3beca038a248ff", "REDISCLI_AUTH=hunter2pass", `<add key="password" value="hunter2pass" />`, "wifi psk: hunter2pass", "SECRET_KEY_BASE=hunter2hunter2", "file_passcode: hunter2pass.pdf", "a=b&n=--token+hunter2pass&c=d", "ID_contraseña: hunter2pass"} {
		if got := text(t, r, in); strings.Contains(got, "hunter2") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"PIN: 4821", "CVV: 4821"} {
		if got := text(t, r, in); strings.Contains(got, "4821") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"password reset", "user: bob", "login: 2026-01-05 12:30", "PASS 12", "Passport Office 2026", "pin: verified", "10:22:45:aa:22:bb", "abec:3807:ad09:cff7:5722:41d1:4039:a374", "aa:2222:cc:dd:ee:ff", "mysql -p", "12:30:45:bob:shop"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestKeyFamilies: keys of more services, by prefix or by shape. They are put
// together here, so that no scanner of repositories takes them for a leak.
func TestKeyFamilies(t *testing.T) {
	r := newRedactor(t)
	const body = "q8Zk2mV0xPz7LwQ3rTu5"
	hex := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, key := range []string{"glp" + "tt-" + hex, "glc" + "bt-" + body, "dor" + "_v1_" + hex, "duffel" + "_live_" + body + body, "dt0c01" + ".ABCDEFGHIJKLMNOPQRSTUVWX." + hex, "fm2" + "_" + body + body + body,
		"dnkey" + "-" + body + "-" + body + body, "shippo" + "_live_" + hex[:40], "AK" + "Cp8" + body + body + body + body, "dp" + ".st.prd." + body + body, "sgp" + "_" + hex[:40], "sqp" + "_" + hex[:40],
		"s-s4t2ud" + "-" + hex, "sha256" + "~" + body + body + "abc", "xoxd" + "-" + body + body, "lsv2" + "_pt_" + hex[:32] + "_0123456789", "rzp" + "_live_" + body[:14], "amzn" + ".mws.4ea38b7b-f563-7709-4bae-87aea2c0123a",
		"API" + "-ABCDEFGHIJKLMNOPQRSTUVWXY2", "oy2" + "abcdefghijklmnopqrstuvwxyz0123456789abcdefg", "pat" + "q8Zk2mV0xPz7Lw." + hex, "Abc8" + "Q~q8Zk2mV0xPz7LwQ3rTq8Zk2mV0xPz7LwQ3", "A3T" + "XABCDEFGHIJKLMNO2"} {
		if got := text(t, r, "use "+key+" now"); strings.Contains(got, key[len(key)-12:]) {
			t.Errorf("%.12s… -> %q", key, got)
		}
	}
	for _, in := range []string{"mexico-city-2024-conference-centre-hall", "sdk-2026-spring-release-notes", "API-DOCUMENTATION-2026-EDITION-ONE-TWO", "4b1d"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestKeyTails: what goes on behind a leaf that is a credential already.
func TestKeyTails(t *testing.T) {
	r := newRedactor(t)
	head := "dop" + "_v1_31200e6b71dcbda64db958e52253"
	const tail = "2a3b8fb0e930becfaec89c3ba27d3b15fa5f"
	for _, in := range []string{`["` + head + `","` + tail + `"]`, `{"a":"` + head + `","b":"` + tail + `"}`, `{"content":[{"type":"text","text":"` + head + `"},{"type":"text","text":"` + tail + `"}]}`} {
		got := jsonText(t, r, in)
		if strings.Contains(got, "0becfaec") {
			t.Errorf("%s -> %s", in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("%s -> %s, again %s", in, got, again)
		}
	}
	for _, in := range []string{`["` + head + `","paid in 2026"]`, `{"key":"` + head + `","account_ref":"` + tail + `"}`} {
		if got := jsonText(t, r, in); !strings.Contains(got, "paid in 2026") && !strings.Contains(got, tail) {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestSpokenAccounts: sentences that say what a number is, or two.
func TestSpokenAccounts(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"48291374 is my current account", "48291374 (a/c)", "48291374 (A/C number)", "48291374 is the account number of Bob", "enter 48291374 as your account number", "account 48291374 and 73920518", "Konto 48291374 und 73920518",
		"accounts 48291374, 73920518 and 11223344", "account was 48291374", "his account, which is 48291374, is overdrawn", "Account Number:                    48291374", "Account number ........ 48291374", "cta. 48291374", "customerAccountNumber=48291374",
		"<Account type=\"a\">48291374</Account>", "<AccountNumber><![CDATA[48291374]]></AccountNumber>", "<dt>Account number</dt><dd>48291374</dd>", "<field name=\"account_number\">48291374</field>", "- name: ACCOUNT_NUMBER\n  value: \"48291374\""} {
		if out := text(t, r, in); strings.Contains(out, "48291374") || strings.Contains(out, "73920518") || strings.Contains(out, "11223344") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{"12345678 (account fee)", "12345678 is the account manager phone", "Transferred 1250000 from account", "in the account.\n            (F(22, 7), '11.6e', '3.142857e+00')", "invoice 12345678 and 87654321", "passwd:         files", "-p, --passphrase            Encrypt with a passphrase.",
		"Add a ``--password`` option", "isinstance(signature_key, ed25519.Ed25519PublicKey):", "class MissingKey(S3ClientErrorOf2026):", "'SSECustomerKey',\n'SSECustomerKeyMD5',", "\"MYSQL_NATIVE_PASSWORD\",\n\"POSTGRES_SCRAM_SHA_256\""} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}
