package redact_test

import "testing"

// TestSentences: secrets as people tell them in a message.
func TestSentences(t *testing.T) {
	checkGone(t, []gone{
		{"WPA key 9SAHxmPPOCi7", "9SAH"}, {"wifi key: 9SAHxmPPOCi7", "9SAH"}, {"TOTP seed 2TLHCFZAI2QYANFCWLFS5UZRTLNNR42M", "QYAN"}, {"otp seed: 2TLH CFZA I2QY ANFC", "CFZA"},
		{"I changed my password from FBr89oVOHZ$ to snLbIN6DvH$", "FBr89"}, {"I changed my password from FBr89oVOHZ$ to snLbIN6DvH$", "snLbI"}, {`password from "FBr89oVOHZ" to "snLb6IN!DvH".`, "snLb"},
		{"credentials bob / GCwvl4YkxZ$", "GCwvl"}, {"creds bob:GCwvl4YkxZ$", "GCwvl"}, {"your code is 271187", "271187"}, {"Your Acme code: 4821", "4821"}, {"Your code is: 271187.", "271187"},
		{"WIFI:T:WPA;S:Net;P:aQ9ixZPzsw$;;", "aQ9i"}, {`WIFI:S:Net;T:WPA;P:a\;Q9ixZPzsw;H:true;;`, "Q9ix"}, {"connect with 9JAde#vC1mX as the password", "vC1m"}, {"KtvX7#dk3sh is my password", "dk3sh"},
		{"temp password (f6YOsAZS!)", "f6YO"}, {"HMAC key 02345dcaf14e97076e8eeffb6ad3d92463c10d378ef3d5dd4a4b005e5a97bc1b", "02345dca"}, {"SSHPASS=5MqYs#ETSa1 ssh bob@h", "ETSa"}, {"_csrf=n8bqym4EhzJD6mFn3F2MsJxDi0rYXF7z", "n8bq"},
		{"redis://:SvPk3#8eXVy@cache:6379/0", "SvPk3"}, {"amqps://u:kLTyy#KsTvz?a@mq/vh", "kLTyy"}, {"the security code on the back is 251", "251"},
	})
	checkLeft(t, "your code is 2500 lines long", "Your zip code is 94107", "the network key is on the router", "credentials page/2024", "read the password from file1 to memory", "WIFI: free, no password",
		"https://example.com:8080#a@b", "the API key field", "signs as the password holder", "network key 0x1f3a5b7c9d", "seed 12345678", "Account credentials for/2024")
}

// TestToldTokens: a key some words behind its name, credentials for something, a code said
// to be one behind it.
func TestToldTokens(t *testing.T) {
	checkGone(t, []gone{
		{"secret for the webhook is 2150834b40593123d79b57cb23d34e13", "40593123"}, {"the api key i gave u yesterday (6BwiiLfGrWf5DNUrtdHWrdXn4uzg) stopped working", "GrWf5DNU"}, {"token expired, here's the new one: DiNyBkSFusAamc7cXxHE5zaebQqT", "usAamc7c"},
		{"creds for staging: admin:Comet-cobalt321", "cobalt"}, {"credentials for the old box: root / Comet-cobalt321", "cobalt"}, {"passcode 346358", "346358"}, {"Acct no\\, passcode 346358\\nAsk for Tim", "346358"},
		{"They texted me 224720 as the verification code", "224720"}, {"got 224720 as my login code", "224720"}, {"BankDetails(secret=SecretStr('Willow_tulip937'))", "tulip"}, {"array(1) {\n  [\"pin\"]=>\n  int(4523)\n}", "4523"},
	})
	checkLeft(t, "token expired, see page 12: it is 20261129", "secret for the webhook is in the vault", "token bucket is 5f2a", "credentials for staging: see the wiki", "He scored 224720 as the season ended", "passcode 12", "commit is the token of 2150834b")
}

// TestBlocks: the default or the example of a block in YAML and HCL, by the name of the
// block.
func TestBlocks(t *testing.T) {
	checkGone(t, []gone{
		{"variable \"api_token\" {\n  type    = string\n  default = \"HBMRrPsbBE53vYSBJgPm3jqcc6dW\"\n}", "BE53vYSB"}, {"api_key:\n  description: x\n  example: HBMRrPsbBE53vYSBJgPm3jqcc6dW\n", "BE53vYSB"},
		{"  routing_number:\n    type: string\n    example: '322329838'", "329838"}, {"account_number:\n  type: string\n  example: '1494359309'", "359309"}, {"variable \"account_number\" {\n  default = \"1494359309\"\n}", "359309"},
	})
	checkLeft(t, "variable \"region\" {\n  default = \"eu-central-1a-prod-7\"\n}", "order_number:\n  type: string\n  example: '1494359309'", "account_number:\n  type: string\nother:\n  example: '1494359309'", "api_token:\n  type: string\nname:\n  default: HBMRrPsbBE53vYSBJgPm3jqcc6dW")
}

// TestQuestions: the answers of security questions.
func TestQuestions(t *testing.T) {
	checkGone(t, []gone{
		{"security question: city you were born in -> Tromsoe42", "Tromsoe"}, {"Sicherheitsfrage Mädchenname der Mutter: Wiedenbrueck", "Wieden"}, {"Security question: first pet? A: Mr Whiskerton", "Whisk"},
		{"Secret question: What was your first school?\nAnswer: Brackenbury", "Bracken"}, {"My security answer (first school) is Brackenbury.", "Bracken"}, {"security answer (pet): Biscuitina", "Biscuit"},
	})
	checkLeft(t, "Security question: enabled", "The security question was discussed at length.", "security question: What is the name of your first pet?", "Sicherheitsfrage: Wie heißt Ihr Haustier?", "It is a security question: see the policy of 2026 for all that follows here")
}

// TestCommandsToo: passwords that options give to further commands, in a column, and behind
// the word for one in a script without spaces.
func TestCommandsToo(t *testing.T) {
	checkGone(t, []gone{
		{"mosquitto_pub -u dev -P Pepper$raven841 -t x -m y", "raven"}, {"cqlsh -u cassandra -p Raven!tulip661 host", "tulip"}, {"snmpwalk -v2c -c c0mmun1tyRW 10.0.0.1", "mmun1ty"}, {"sqlcmd -S db -U sa -P Comet_cobalt551 -Q x", "cobalt"}, {"mongosh -u app -p Comet_cobalt551 db", "cobalt"},
		{"lease_duration      768h\npassword            Cobalt_cobalt397", "cobalt"}, {"密码939389", "939389"}, {"Koden till kortet är 2337", "2337"}, {"put it in acct 9801347405 not 3801347405", "801347405"},
	})
	checkLeft(t, "mosquitto_pub -t temp/room -m 21.5", "mongosh --port 27017 -p", "snmpwalk is slow -count 12", "password            required", "password                 string")
}

// TestToldOnce: codes that are used once, behind "use" and the names of services, in two
// halves, before the name for one, in a list of two groups each.
func TestToldOnce(t *testing.T) {
	checkGone(t, []gone{
		{"616647 is your Amazon OTP. Do not share it with anyone.", "616647"}, {"616647 is the OTP for your login", "616647"}, {"Use 167636 to verify your account.", "167636"}, {"Enter 370315 to log in. Expires in 10 min.", "370315"},
		{"Your Apple ID Code is: 859370. Don't share it.", "859370"}, {"Your Bank of America code is 859370", "859370"}, {"Your WhatsApp code: 506-018", "506-018"}, {"WhatsApp code 506-018", "506-018"}, {"verification code 506 018", "506 018"},
		{"Door code is 7931", "7931"}, {"gate code: 7931", "7931"}, {"PUK: 65711764", "65711764"}, {"Your one time code for Wise: 604-925", "604-925"}, {"OTP for Wise: 604925", "604925"}, {"PIN number 4821", "4821"}, {"the CVV number on the back: 482", "482"}, {"my pin for the bank 4821", "4821"}, {"PIN no 4821", "4821"}, {"card PIN for the debit card 482193", "482193"}, {"conference PIN: 513313#", "513313"}, {"card PIN 123456", "123456"}, {"Code wifi : dragon-32x", "dragon-32"}, {"Backup codes:\n1. 4821 9937\n2. 7730 1284", "7730"}, {"Backup codes: 4821 9937, 7730 1284", "1284"},
	})
	checkGone(t, []gone{ // which the fast path let pass
		{"my Medicare number is 2WH5-TG4-MB81", "TG4-MB"}, {"TOTP seed 2THICKZAK7QYANFBWYWQ3UZRTTNNR70X", "QYANFBWY"}, {"kata sandi saya 75a5898f", "75a58"}, {"a jelszavam r2xDWoTOK8cgcX", "DWoTOK"}, {"mijn wachtwoord is eWguzDBGwBnMx", "uzDBGw"},
		{"HTTPBasicAuth('ann', 'eaSBEzls')", "SBEz"}, {`wlan.connect("Attic", "muLJfcpWqPLTIz")`, "fcpW"}, {`NetworkCredential("ci", "Kx83mQzw92")`, "mQzw"}, {`PBKDF2("5IEHz9nFEj9Me", salt)`, "z9nF"}, {`new X509Certificate2("c.pfx", "5r39hHrji")`, "9hHr"}, {"cy.get('#pw').type('CuCGXrE9lAW56')", "XrE9"}, {"GRANT ALL ON *.* TO 'a'@'%' IDENTIFIED BY 'Rgzs$1pp'", "Rgzs"}, {`$("#password").val("h+sFm%F^6e")`, "sFm"},
	})
	checkLeft(t, "1204 is your table. The OTP follows by mail", "Use 1204 screws to fix it", "Enter 2026 as the year", "use 1500 to 2000 words", "Your Postal Code: 10115", "Your VAT Registration Code: 12345678", "Your Order Code: 4821", "1204 is the number of rows",
		"verification code 506-018-7", "gate 7931", "OTP for order: 12 items", "otp settings, length: 123456", "PIN: 560001", "The door code review is due", "Use 167636 of them", "In 2026 is the code due", "PUK", "purchase on the card 4821", "page number 4821", `attribute.String("slice_key", "value1"),`, "spinning for 2026", "PIN pad on sale for 4821", "Your error code: 4821")
}

// TestToldPasswords: passwords that a sentence brings in further ways, and those that are made
// of the word for one and digits.
func TestToldPasswords(t *testing.T) {
	checkGone(t, []gone{
		{"the password's hunter2099x", "hunter20"}, {"root pw was tsVCAM42HF, now it's tsVCAM42HX.", "tsVCAM42HF"}, {"root pw was tsVCAM42HF, now it's tsVCAM42HX.", "tsVCAM42HX"}, {"pw for the vpn is `tsVCAM42HF`", "tsVCAM"}, {"bot token `TZdK9XHGWdh823hbhzCu7FC6Y53C`", "GWdh823h"},
		{"A temporary password is generated for root@localhost: 7YZWMj.hw", "7YZW"}, {"api key (prod): sPSnM8haeFz2b32ExBnU3jrHgiTP", "aeFz2b32"}, {"Password (temporary): 7YZWMjhw2", "7YZW"}, {"auth_token cookie is 9071e22c262ea240c83b1d265188127646c211de", "262ea240"},
		{"Passwort geändert auf hfxGK6xYc", "hfxGK6"}, {"WLAN-Schlüssel: S3cr3t~482", "S3cr3t"}, {"user qa1 with password Adm1n+993 works", "Adm1n"}, {"DB_PASSWORD has been set to letmeinMonkey97", "Monkey97"}, {"Secret DB_PASSWORD was set to VDxWqJdU6jcv for the repository", "VDxWqJ"},
		{"Le mot de passe est Sommer2083", "2083"}, {"Mein Passwort ist Sommer2083.", "2083"}, {"Das Passwort lautet Sommer2083!", "2083"}, {"moje heslo je Sommer2083", "2083"}, {"mitt passord er Sommer2083", "2083"}, {"la contrasena es Sommer2083", "2083"}, {"haslo to Sommer2083", "2083"},
		{"credentials are ann / Passwort2010!", "2010"}, {"login: ann / Password123", "rd123"}, {"hunterPasswort31 is the admin password", "rt31"}, {"パスワード：Passwort2010!", "2010"},
		{"Please use the following password to proceed to installation:\n\n6b0d58e625632810e3422761c95fcafd\n\nIt is also in a file.", "25632810"}, {"Password for the [elastic] user successfully reset.\nNew value: JGEt7twxZh3d", "JGEt7t"},
	})
	checkLeft(t, "the password's length is 12 characters", "the password was changed on 2026-11-29", "the token was 3 days old", "A password is generated for each user: see page12", "Password (optional): none", "api key (required): see docs/2026", "the token is ", "(*ClientStatsPerToken)(nil), // 2: grpc.lb.v1.ClientStatsPerToken", "password was ",
		"Passwort auf Seite 12", "the following password rules:\nat least 12 characters", "login: ann / password", "user / password1", "DB_PASSWORD was set to empty", "secret is `DB_PASSWORD`", "the password is `required`")
}
