package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// gone is a text and what must not be left of it.
type gone struct{ in, gone string }

// checkGone: what is to go goes, again changes nothing more, and the shortcuts hide nothing.
func checkGone(t *testing.T, cases []gone) {
	t.Helper()
	r, thorough := newRedactor(t), newRedactor(t).Thorough()
	for _, tc := range cases {
		redact := text
		if strings.HasPrefix(tc.in, "{") || strings.HasPrefix(tc.in, "[") {
			redact = jsonText
		}
		got := redact(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
		if again := redact(t, r, got); again != got {
			t.Errorf("%q -> %q, again %q", tc.in, got, again)
		}
		if want := redact(t, thorough, tc.in); want != got {
			t.Errorf("%q -> %q, without shortcuts %q", tc.in, got, want)
		}
	}
}

// checkLeft: nothing changes.
func checkLeft(t *testing.T, cases ...string) {
	t.Helper()
	r := newRedactor(t)
	for _, in := range cases {
		redact := text
		if strings.HasPrefix(in, "{") || strings.HasPrefix(in, "[") {
			redact = jsonText
		}
		if got := redact(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestToldInSentences: codes and passwords that only words announce, inside a
// sentence.
func TestToldInSentences(t *testing.T) {
	checkGone(t, []gone{
		{"your PIN is 5740", "5740"}, {"remember my PIN 5740 for the debit card please", "5740"}, {"your one-time code is 941833", "941833"}, {"Your security code is 941833. Do not share it.", "941833"},
		{"my password is intwlXR721!vj", "intwl"}, {"login with user bob and password Xk29ab now", "Xk29"}, {"Use code 941833 to log in", "941833"}, {"941833 is your verification code", "941833"}, {"TAN: 941833", "941833"}, {"mTAN: 941833", "941833"},
		{"Dear customer, a PIN was ordered; your new PIN is 8823 and it may be used at any ATM from now on.", "8823"},
	})
	checkLeft(t, "Use code 20264 at the checkout", "SUN TAN 4821", "MAXIS 5740", "transfer to 5740", "PARIS 75001 is your next stop", "12345 is your order", "CODE 5740 SHOP", "TAN LEATHER 4821")
}

// TestBranches: the numbers of a branch and of an institution beside an account.
func TestBranches(t *testing.T) {
	checkGone(t, []gone{
		{"Transit 89682 Institution 006 Account 5575656231", "89682"}, {"agência 3688 conta 9829877-4", "3688"}, {"clearing 7670 konto 968600767", "7670"}, {"NEFT to 55390450532904 SBIN0109902", "55390450532904"},
		{"bankgiro 8857-8623", "8857"}, {"conta corrente 40258567", "40258567"}, {"conto corrente 821361792544", "8213"}, {"口座番号 9259544", "9259544"}, {"账号 2577969727649355", "2577"}, {"Account No 2026-01-05 25672505", "25672505"},
		{"03 - 2141 - 0398495 - 06", "0398495"}, {"2 0 - 4 5 - 7 7   2 5 6 7 2 5 0 5", "2 5 6 7"}, {`["03-2141-0","398495-06"]`, "03-2141"}, {"03|2141|0398495|06", "2141"},
	})
	checkLeft(t, "Transit 89682", "branch 204 of the library", "clearing 7670 items", "12-01-26 1234 5678", "agência 3688")
}

// TestShortReferences: a short creditor reference in pieces.
func TestShortReferences(t *testing.T) {
	checkGone(t, []gone{{"RF645.700968", "700968"}, {"R-F-6-4-5-7-0-0-9-6-8", "5-7-0"}, {`["RF6457","00968"]`, "6457"}, {`{"RF6457":"00968"}`, "6457"}, {"a=b&n=reference+RF64+5700+968&c=d", "5700"}, {"RF" + strings.Repeat(" ", 20) + "6457 00968", "6457"}})
	checkLeft(t, "RF 24 kHz 1200", "RF645.700969", "rf 64 items for 5700")
}

// TestMoreIdentityNumbers: schemes with letters, and forms with a dash of their own.
func TestMoreIdentityNumbers(t *testing.T) {
	checkGone(t, []gone{
		{"181276-0738", "181276"}, {"131052-308T", "131052"}, {"NRIC S0451666D", "S0451"}, {"RFC ITVW600419G7Z", "ITVW"}, {"761218-2481349", "761218"}, {"to 721207 2826923", "2826923"}, {"to 721207  2826923 on 5", "2826923"}, {"Nr 443 56 7194 paid 692", "7194"}, {"paid 349 610 702 20 to 209", "610"}, {"680714 3257 for 520", "3257"}, {"0.981 011 575 06", "011"}, {"주민등록번호 761218-2481348", "761218"}, {"PAN EOFPL4624S", "EOFPL"}, {"PAN number: JQHPD9732O", "JQHPD"},
		{"SIN: 744 339 441:12/28:123", "744 339"}, {"EIN: 12-0095409 12.50", "0095409"}, {"EIN: 12-0095409/2026", "0095409"}, {":61:2601050105D12,50NTRFEIN: 12-0095409//1", "0095409"}, {"950617x4664", "4664"}, {"[2950611476533190000]", "29506114"},
	})
	checkLeft(t, "S0451666D", "EOFPL4624S", "order EOFPL4624S", "181276-0739", "761218-2481348", "ITVW600419G7Z")
}

// TestBankBesideInViews: the code of a bank beside an account, where both are
// disguised.
func TestBankBesideInViews(t *testing.T) {
	checkGone(t, []gone{
		{"IBAN DE71352567588368081907 BIC D E U T D E F F", "D E U"}, {"BIC: deutdeff IBAN DE71352567588368081907", "deut"}, {"BIC: DEUT\u200bDEFF IBAN: DE71\u200b352567588368081907", "DEUT"},
		{"<BIC>ＤＥＵＴＤＥＦＦ</BIC><IBAN>DE71352567588368081907</IBAN>", "ＤＥＵ"}, {"BIC%3A%20DEUTDEFF%20IBAN%20DE71352567588368081907", "DEUT"}, {`\x44\x45\x55\x54\x44\x45\x46\x46 DE71352567588368081907`, `\x44\x45\x55`},
	})
	checkLeft(t, "BIC D E U T D E F F", "swift deutdeff", "deutdeff")
}

// TestCuedCodes: codes behind their cue, with marks between their characters or with
// letters glued on.
func TestCuedCodes(t *testing.T) {
	checkGone(t, []gone{
		{"IFSC SBIN-0109-902 A/c 5539-0450-5329-04", "0109"}, {"IFSC sbin0109902", "0109902"}, {"NRIC S 0451 666D", "0451"}, {"DNI 1 2 3 4 5 6 7 8 Z", "3 4 5"}, {"RFC itvw-600419-g7z", "600419"}, {"HETU 131052 308T", "308"}, {"henkilötunnus 1.3.1.0.5.2.3.0.8.T", "0.5.2"},
		{"account abc29690678803xyz", "29690678803"}, {"Acct. No.: id_29690678803_v", "29690678803"}, {"7 6 1 2 1 8 - 2 4 8 1 3 4 9", "2 4 8"}, {"A\x00c\x00c\x00o\x00u\x00n\x00t\x00 \x002\x005\x006\x007\x002\x005\x000\x005", "6\x007"},
	})
	checkLeft(t, "IFSC SBIN branch 109 of 902", "account INV2026", "PAN seared tuna 1234 5678", "8=FIX.4.4\x0135=D\x0138=100")
}

// TestValuesInQuotes: secrets in quotes, in data of a URL, in pairs of hexadecimal
// digits, and codes in base64 and hexadecimal beside their name.
func TestValuesInQuotes(t *testing.T) {
	checkGone(t, []gone{
		{`Password is "jXO6YLWHBYQ4"`, "jXO6"}, {`Authorization: token "f5c21ec8d5f43aaa18eb6659680d4344d402cd61"`, "f5c2"}, {"my+password+is+intwlXR721%21vj", "intwl"}, {"password: 6a 58 4f 36 59 4c 57 48 42 59 51 34", "4f 36"},
		{"password: data:text/plain;base64,alhPNllMV0hCWVE0", "alhP"}, {"PIN: NTc0MA==", "NTc0"}, {"PIN 35373430", "3537"}, {"OTP: OTQxODMz", "OTQx"}, {"your PIN is NTc0MA", "NTc0"},
		{"RVzIwxWguCdhqIFvwR1HNEiVPP1RbJKa2OdpoJF9", "IwxW"}, {"file_B333UMYSuAWx5YGx02iiM5+/YxxYX3IqOllDx583.pdf", "UMYS"}, {":59:/B333UMYSuAWx5YGx02iiM5+/YxxYX3IqOllDx583\nJOHN DOE", "UMYS"},
		{`{"part1":"gl` + `pat-waZg4IEHH","part2":"18MpvZssa8E"}`, "waZg"},
	})
	checkLeft(t, "PIN ABCD", "PIN code table", "PIN 3A3B", "my pin is blue", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "arn/aws/iam/Ab12345/roleNamesAreLong/policy", "AbcdefGhijklMnopqrStuvwxYzabcdEfghijklmn1")
}

// TestCodeTails: a code with a check character, divided over members, blocks, a key
// and its value.
func TestCodeTails(t *testing.T) {
	checkGone(t, []gone{
		{`{"PSF":"RPD95E17H501A"}`, "PSF"}, {`{"a":"PSF","b":"RPD95E17H501A"}`, "RPD95"}, {`{"x":{"a":"PSF"},"y":{"b":"RPD95E17H501A"}}`, "RPD95"}, {`{"part1":"PSFRPD","part2":"95E17H","part3":"501A"}`, "95E17H"},
		{`{"content":[{"type":"text","text":"it is PSF"},{"type":"text","text":"RPD95E17H501A ok"}]}`, "RPD95"}, {`["PSFRPD95","E17H501A"]`, "E17H"},
	})
	checkLeft(t, `{"a":"PSF","b":"RPD95E17H501B"}`, `{"a":"PSF","n":1,"b":"RPD95E17H501A"}`, `["A\"B","E17H501A"]`)
}

// TestKeysOfTokens: a key that became a token says nothing of its value, and what is left
// of a divided number beside a leaf that was redacted is the same the second time.
func TestKeysOfTokens(t *testing.T) {
	for _, action := range []redact.Action{redact.Token, redact.Mask, redact.Drop} {
		r, err := redact.New(redact.Config{Actions: map[redact.Entity]redact.Action{redact.Account: action, redact.Bank: action}})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []string{`{"账号 2577969727":"649355 12/28"}`, `{"p1":"Please send it to RTN 0832338","p2":"81 / A/C 29690678803, thanks."}`, `{"CBU: 0723320 75":"11 8184"}`, `{"content":[{"type":"text","text":"CBU: 07233202075"},{"type":"text","text":"11818442482559"}]}`} {
			once := jsonText(t, r, in)
			if again := jsonText(t, r, once); again != once {
				t.Errorf("%s: %s -> %s, again %s", action, in, once, again)
			}
		}
	}
}

// TestNationalInsuranceGlued: small letters are set apart from the capitals of a
// national insurance number.
func TestNationalInsuranceGlued(t *testing.T) {
	checkGone(t, []gone{{"cardAB171066Cexp", "171066"}, {"refAB725495Cx", "725495"}, {"Pay AB725495Cash", "725495"}})
	checkLeft(t, "SKU CABAB725495CDE", "cardab171066cexp")
}

// TestBesideNames: secrets beside a name with no sign of assignment between them, and in
// pairs of a name and a value in a text.
func TestBesideNames(t *testing.T) {
	checkGone(t, []gone{
		{`setx ACME_API_KEY "q8zk2mv0xpz7lwq3rt5u"`, "q8zk"}, {"ENV DB_PASSWORD hunter2x", "hunter2"}, {"Set `ACME_SECRET` to `0f8c2d7b91e64a35aa`.", "0f8c"}, {"| ACME_TOKEN | q8Zk2mV0xPz7LwQ3 |", "q8Zk"}, {"acme_secret,0f8c2d7b91e64a35aa", "0f8c"},
		{"deploy --acme-license-key 0f8c2d7b91e64a35aa --wait", "0f8c"}, {"HEROKU_API_KEY 0b1c2d3e-1111-4222-8333-444455556666", "0b1c"}, {"PRIVATEKEY uiMT0LEfLOD6aqWzC5B0zP+zvo8NKIvscj5a7mG3EFc=", "uiMT"}, {"| BANK_PIN | 482913 |", "4829"},
		{`ENV DJANGO_SECRET_KEY rRy@+J0R+ZpmM!tYRLs11c0DKa44wk(I-8tVzGQ3t`, "8tVz"}, {"- name: DB_PASSWORD\n  value: swordfish\n", "swordfish"}, {"<name>password</name>\n<value>swordfish</value>", "swordfish"}, {`x {\"name\": \"DB_PASSWORD\", \"value\": \"swordfish\"} y`, "swordfish"},
		{"  acme-key: YTRiZjU5NGI2MWJkZmQ4Njc4NDQ4M2U3NzNkMDM2NGQ=", "YTRi"}, {`{"𝗷𝘄𝘁𝗦𝗲𝗰𝗿𝗲𝘁": "kJAJhHFU1OKArQ"}`, "kJAJ"}, {`{"upstashToken": "` + strings.Repeat("𝗔𝗫𝘂𝟵𝗜𝗭", 8) + `"}`, "𝗔𝗫𝘂𝟵𝗜𝗭"}, {"DENO_TOKEN=alXVcUYwaijEQFKawWzfJchIcUqMhn", "alXV"}, {"bank_pin=482913", "4829"}, {"GITHUB_PAT=q8Zk2mV0xPz7LwQ3rT", "q8Zk"}, {"vault_secret_id: 0b1c2d3e-1111-4222-8333-444455556666", "0b1c"},
		{"password mnzc~onf9", "mnzc"}, {"GET /cb?code=q8Zk2mV0xPz7LwQ3rT5u&state=x", "q8Zk"}, {"jdbc:oracle:thin:scott/hunter2x@//db:1521/XE", "hunter2"},
	})
	checkLeft(t, "EC_KEY *d2i_ECPrivateKey_fp(FILE *fp)", "#define GL_PASS_DEPTH_PASS 0x0B96", "dbus-user-session\t1.14.10-1~deb12u1", "f(db_password, port5432)", "STREET_KEY Market 24", "--- PASS: TestIndex1 (0.00s)", "?code=SUMMER2026", "PIN 560001", "next_page_token q8Zk2mV0xPz7LwQ3")
}

// TestNoSecrets: what is given to the name of a secret and is none.
func TestNoSecrets(t *testing.T) {
	checkLeft(t, `ClientSecret: os.Getenv("ACME_ID"),`, "pwd := xgetwd()", "PWD=/tmp/x1", "self.password = handler.password", "accessToken = initial.AccessToken", "passphrase: passphrase,", "client_secret=None, x=1", "persist-credentials: false", "id-token: write",
		"api-key: ${{secrets.FOSSA_KEY}}", "DB_PASSWORD=${DB_PASSWORD}", "for _, pass := range x {", "password = await read()", "the password is required.", "No secret is given", "dirSignature = 0x08074b50", "key=itemgetter(1))", "private key: bytes, x", "const DATA_API_KEY = '.data-api'",
		"Passwd      *uint16", "have to pass --enable-gui=gtk3", "const key = pbkdf2Sync(x)", "Key=int32/Elem=int32", "Bearer resource_metadata=\"x\"")
	checkGone(t, []gone{{"password: swordfish", "fish"}, {"PASSWORD=monkey12(x", "monkey"}, {"password: correct.horse", "horse"}, {"DB_PASSWORD=my_secret", "my_secret"}, {`password = "hunter"`, "hunter"}})
}

// TestStoredPasswords: hashes of passwords with their salt. They are put together here,
// so that no scanner of repositories takes them for a leak.
func TestStoredPasswords(t *testing.T) {
	const salt, hash = "Ab12cdEF", "Zx9kq0pWmN3vR7tY2uI5oP"
	checkGone(t, []gone{
		{"root:$6" + "$" + salt + "$" + hash + hash + ":19000:0:99999:7:::", hash}, {"bob:$apr1" + "$" + salt + "$" + hash, hash}, {"bob:$2y" + "$10$abc.hijklmnopqrstuu." + hash + ".P8a", hash}, {"bob:{SSHA}" + hash + salt + "=", hash},
		{"$argon2id" + "$v=19$m=65536,t=3,p=4$" + hash + "$" + hash, hash}, {"pbkdf2_sha256" + "$600000$" + salt + "$" + hash + "=", hash}, {"scrypt:32768:8:1" + "$" + salt + "$6e9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a", "6e9c"},
	})
	checkLeft(t, `sed 's/\(a\)\(b\)/$1$2/' $HOME/AbcdefGhijkl1mnopqrstuvwx`, "$1$foo cost $5$ or $6$ each")
}

// TestSecretsOfWords: phrases, lists of codes, passwords of several words, parameters of
// a header, words for a password in other languages.
func TestSecretsOfWords(t *testing.T) {
	const phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
	checkGone(t, []gone{
		{"mnemonic: " + phrase, "yellow"}, {"seed phrase: " + phrase + ".", "yellow"}, {"recovery codes: 8f3k-29dk 77dj-k20f, 1p9s-xx82", "xx82"}, {`passphrase = "correct horse battery staple"`, "staple"}, {"security answer: Fluffy1987", "Fluffy"},
		{`Authorization: Digest username="bob", nonce="0a1b2c3d4e5f6071", response="e966c932a9242554e42c8ee2"`, "e966"}, {"das Passwort lautet Kx9mQ2vt", "Kx9m"}, {"le mot de passe est Kx9mQ2vt", "Kx9m"}, {"la contraseña es Kx9mQ2vt", "Kx9m"}, {"la password è Kx9mQ2vt", "Kx9m"},
		{"пароль: Kx9mQ2vt", "Kx9m"}, {"密码是Kx9mQ2vt", "Kx9m"}, {"パスワード：Kx9mQ2vt", "Kx9m"}, {"şifre: Kx9mQ2vt", "Kx9m"}, {"mật khẩu: Kx9mQ2vt", "Kx9m"}, {`{"пароль":"Kx9mQ2vt"}`, "Kx9m"},
	})
	checkLeft(t, "忘记密码？请点击", "Введите пароль и нажмите Enter", "Mnemonic: global substitute", "country codes: GB1234 DE5678", "security answer", "GNOME 密碼匙圈：PKCS#11 元件")
}

// TestRulesOfTheirOwn: each of these is seen by one rule alone.
func TestRulesOfTheirOwn(t *testing.T) {
	checkGone(t, []gone{
		{"3782541902-37328000", "37328"}, {"37/8268859658046000", "8268859658"}, {"883743/668030/3076942867", "668030"}, // zeros and digits glued to a card in two and three groups
		{"507.73\t56230/001/2383607", "2383607"}, {"4;12~0935~0735360~08;064", "0735360"}, // accounts in their printed form in a row
		{"| 10 | 12.0935.0735360.08 |", "0735360"},
		{"<table><tr><td>123</td></tr><tr><td>4539</td><td>5787</td><td>6362</td><td>1486</td></tr></table>", "5787"}, // cells of four digits, as of a card
	})
	checkLeft(t,
		"ISA*00*          *00*          *ZZ*509183076*ZZ*640935478*260105*1253*U*00401*856386101*0*P*>~\nST*820*9726~", "ST*820*2251~\nDTM*4741*2121.52*059454~\nRMR*ABC*2248608193*2658040~",
		"02,414523004,079430458,1,260105,,USD,2/\n88,9586.08,4472835074,12094/", "9453|9490|7671|7441|5495|81", // a parcel
	)
}
