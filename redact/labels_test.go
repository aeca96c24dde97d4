package redact_test

import (
	"strings"
	"testing"
)

// TestTypedNames: a name with a type between it and its value, and values across the marks
// at which one without quotes ends.
func TestTypedNames(t *testing.T) {
	checkGone(t, []gone{
		{`var acmeToken string = "q8zk2mv0xpz7lwq3rt5u"`, "q8zk"}, {`const dbPassword string = "swordfishes"`, "swordf"}, {`let apiKey: string | undefined = "q8zk2mv0xpz7lwq3rt5u";`, "q8zk"}, {`db_password: Optional[str] = "swordfishes"`, "swordf"},
		{`let api_secret: &'static str = "q8zk2mv0xpz7";`, "q8zk"}, {`var accountNumber string = "48291374"`, "48291"}, {`acme_secret: "q8zk2mv0}pz7lwq3&rt5u"`, "rt5u"}, {`my_password = '{{k}w)p${q]xor(vyt[zm>-_$#lane}}'`, "lane"}, {`password: 'Tr4vel&Oat'`, "Oat"},
	})
	r := newRedactor(t)
	if got := text(t, r, `--secret "api-key,target=API_KEY"`); !strings.Contains(got, `,target=API_KEY"`) {
		t.Errorf("what is behind a token in quotes is gone: %q", got)
	}
	checkLeft(t, `var password string`, `func login(user string, token string) error`, `var orderNumber string = "48291374"`, `apikey := "{{ .Values.key }}"`, `"result_key": "KeyValueStoreList.Items"`)
}

// TestCopies: a text says twice what only one place in it announces.
func TestCopies(t *testing.T) {
	checkGone(t, []gone{
		{"acme token = 'q8zk2mv0xpz7lwq3rt5u' | 'q8zk2mv0xpz7lwq3rt5u'", "q8zk"}, {"q8zk2mv0xpz7lwq3rt5u was refused\napi_key=q8zk2mv0xpz7lwq3rt5u", "q8zk"}, {`{"log":"token: q8zk2mv0xpz7lwq3rt5u; retry with q8zk2mv0xpz7lwq3rt5u"}`, "q8zk"},
	})
}

// TestDashes: a dash between the name of a token and its value.
func TestDashes(t *testing.T) {
	checkGone(t, []gone{
		{"acme token - 'q8zk2mv0xpz7lwq3rt5u'", "q8zk"}, {"acme secret – q8zk2mv0xpz7lwq3rt5u", "q8zk"}, {"API key - febcd7b622b66bc5c0f413bca014a93f777f20af", "febc"}, {`setSecret("ACME_TOKEN", "acme_pub_7e03c5a19215b8d79524150957")`, "7e03"},
	})
	checkLeft(t, "cache key - febcd7b622b66bc5c0f413bca014a93f777f20af", "token - the unit of a text that a model reads")
}

// TestPlaceholders: what stands where a secret will be.
func TestPlaceholders(t *testing.T) {
	checkLeft(t, `curl -u "svc_build:${APP_ID}" x`, `curl --user '$NAME:$PASSWORD' $API_URL/$COMMIT`, `curl -sL --user "$GH_NAME:$GH_PASSWORD" "$GH_URL" > x`, "curl -u <user:password> https://test.example/endpoint", "curl --user neo4j:[PASSWORD] http://x:7474/db/data/",
		"-e ACME_ACCESS_KEY=`vault get /acme_secret`", "ACME_ACCESS_KEY={AcmeAccessKey}", `<add key="ClearTextPassword" value="%SourcePassword%" />`, "$password = $input;", "A_API_KEY=\nB_API_KEY=\n", "A_SECRET=\nDB_PORT=5432\n")
	checkLeft(t, `<entry key="acme.mps.v8_elimination" value="executed" />`, `"bucket_key": "SalesResults-1.2"`, `"Maven - io.acmetoken:jjwt-jackson-0.11.2"`, `"key": "taint-key-1",`)
	checkGone(t, []gone{{`curl -u ":q8Zk2mV0!t" https://x.example`, "q8Zk"}, {`curl -u "q8Zk2mV0xPz7:" https://x.example`, "q8Zk"}, {"password='$ecretPass'", "ecret"}, {"creds = q8Zk2mV0xPz7LwQ3rT5uY", "q8Zk"}})
}

// TestWordsOfKeys: words, names of files and genes that begin as keys do.
func TestWordsOfKeys(t *testing.T) {
	checkLeft(t, "TODAYINASIAASACKOFRICEFELLOVER", "AXYASIAGTGGATCGGTACAGATTAC", "https://github.com/xoxa-nyc/xoxa-nyc.github.io/blob/master/README.md", "https://x.example/2018-250-xoxo-indieweb-1.jpg", "- (id)hf_requiredCharacteristicTypesForDisplayMetadata;",
		"./assets/vipul-f0eb1acf0da84c06a50c5b2c59932001997786b176dec02bd16128ee9ea83628.png", "https://x.notion.site/API-BD80F56CDC1441E6BF6011AB6D852875", "box.ico-7a388b69018576d24b59331fd60aab0c.png", "def _api_org_96726c78_4ae3_402f_b08b_7a78c6903d2a(self)", "BcAeb6640ad7DAD46AD73687946Ce85047d5C9Bb")
	checkGone(t, []gone{
		{"A3-CQ89NV-ZL3W6L9B6QK-SKQLA-92HP4-" + "X6G68", "CQ89"}, {"Example= kP.7Q~jnLnrD5BV74QBqBdjjPu6v3Baw" + "bGp258Cy", "jnLn"}, {"facebook 213530029773313|" + "vpnQySRAYpf7up9MW6HzrLJrZFb", "vpnQ"}, {"wallet KMU8XMt6LqZYXA47fozASo5a5tzuPWUH" + "38ovYWhicRT5YKTiG4Sm", "KMU8"},
		{"AKIAQLMNBVCXZASDF" + "GHJ", "QLMN"}, {"xoxa-2139530029-77" + "3313abc", "2139"}, {"pul-febcd7b622b66bc5c0f413bc" + "a014a93f777f20af", "febc"},
	})
}

// TestLetteredIDs: identity numbers with letters in them, and their checks.
func TestLetteredIDs(t *testing.T) {
	checkGone(t, []gone{
		{"07CXKPS1210S1ZX", "CXKPS"}, {"RVNR: 13070758U468", "0758"}, {"Sozialversicherungsnummer 13070758U468", "0758"}, {"NIR 284072B62853888", "284072"}, {"284072B21971457", "284072"}, {"PPSN 5148392P", "5148"}, {"my PPS number is 0952905TA", "0952"}, {"KVNR: D447513967", "4475"}, {"my Medicare number is 2EH5-TG4-MK81", "TG4"},
		{"CNPJ 07.GXW.006/00G3-05", "GXW"}, {"CNPJ 07GXW00600G305", "GXW"}, {"GSTIN 27ABCDE1234F1Z5", "ABCDE"},
	})
	checkLeft(t, "07CXKPS1210S1ZY", "13070758U468", "284072B62853889", "5148392P", "D447513967", "07GXW00600G305", "27ABCDE1234F1Z5")
}

// TestSpokenIDs: identity numbers whose checks a cue needs, and two with a form of their own.
func TestSpokenIDs(t *testing.T) {
	checkGone(t, []gone{
		{"UTR: 2549339410", "2549"}, {"ABN 37 657 964 066", "657 964"}, {"Medicare number 5444 72253 1", "72253"}, {"NIP 6577938123", "6577"}, {"6-7855-42504-86-1", "42504"}, {"95.23.25-216.26", "95.23"}, {"NHS number 943-476-5919", "943"},
		{"DNI 12.345.678", "345"}, {"NIT 900.373.115-3", "373"}, {"SVNR 1237 010180", "010180"}, {"D.N.I. 30.123.456", "123"}, {"D.N.I.: 30123456", "3012"}, {"cédula 79.456.123", "456"}, {"Steuernummer 38/361/61626", "61626"}, {"HKID: A123456(3)", "123456"}, {"hkid A1234563", "123456"},
		{"national id 1234567890121", "12345"}, {"Citizen ID 180774955 on file", "1807"}, {"St.-Nr. 123/456/78901", "78901"}, {"CNIC 42201-0397640-8", "0397"}, {"The SSN of the customer is 378280878", "3782"}, {"The account number of the client is 48291374", "4829"},
	})
	checkLeft(t, "DNI 12.50", "paid 12.345.678", "HKID A123456(4)", "UTR 990013991234 paid", "6-7855-42504-86-2", "906225/6676", "invoice of the customer is 48291374")
}

// TestAnswers: what somebody answers to a question that tells who it is, of several words.
func TestAnswers(t *testing.T) {
	checkGone(t, []gone{{"Security answer: Mr Whiskers the third", "third"}, {"security_answer=blue suede shoes\nnext line", "shoes"}, {"Mother's maiden name: Kowalska Nowak, of Kraków", "Nowak"}})
	checkLeft(t, "Security answer: the one that you gave us when you opened the account", "password: The passphrase for the signer's keys", "if password is None and parsed.auth is not None:")
	r := newRedactor(t)
	if got := text(t, r, "Mother's maiden name: Kowalska Nowak, of Kraków"); !strings.HasSuffix(got, ", of Kraków") {
		t.Errorf("what is behind an answer is gone: %q", got)
	}
}

// TestPaymentAddresses: the addresses of India's payments name a person as those of mail do.
func TestPaymentAddresses(t *testing.T) {
	checkGone(t, []gone{{"UPI/412345678901/Rahul/rpatel@oksbi/State Bank", "rpatel"}, {"9876543210@paytm", "98765"}, {"VPA rahul.k@okhdfcbank", "rahul"}, {"UPI-SWIGGY-SWIGGY@YBL-YESB0YBLUPI-817609861621", "@YBL"}})
	checkLeft(t, "git@github", "git@github.com:org/repo.git", "ssh://git@example.com/org/repo", "root@localhost", "npm i @paytm/blink", "@ybl", "x@sbi", "anna@home")
}

// TestSpokenNames: passwords behind names that end in pw.
func TestSpokenNames(t *testing.T) {
	checkGone(t, []gone{{"acme_pw='23ab31cd59ef42ab11cd'", "23ab"}, {"DB_PW: hunter2xyz", "hunter"}, {"X-JFrog-Art-Api: AKCp94PN78ER95LR", "AKCp"}, {"samsara_api_" + "ZGqnSl7QAGcKaPV213E04D0grZIT2c", "ZGqn"}, {"npg_" + "L7B1G8K0BYMsT2yC", "L7B1"}})
	checkLeft(t, "make the_pw optional", "BSA is the Bank Secrecy Act", "key_1234")
}
