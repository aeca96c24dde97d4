package redact_test

import "testing"

// TestHeld: secrets behind the type of a variable, and inside of what a program wraps around
// them.
func TestHeld(t *testing.T) {
	checkGone(t, []gone{
		{`Dim pwd As String = "TX2yNrRRCVZchxaW"`, "TX2yNr"}, {`PASSWORD: Final[str] = "Adm1n#742"`, "Adm1n"}, {`var jwtKey = []byte("EcseS9VDX3")`, "EcseS9"}, {`passphrase: Buffer.from("BYJjQGpc9")`, "BYJjQG"},
		{`let password = Secret("hunter2099x")`, "hunter20"}, {`password = SecretString::from("hunter2099x")`, "hunter20"}, {`password=quote_plus("hunter2099x")`, "hunter20"}, {`secret = bytes(b"hunter2099x")`, "hunter20"},
		{"<Password><Value>hunter2099x</Value><PlainText>true</PlainText></Password>", "hunter20"}, {"storePassword 'hunter2099x'", "hunter20"}, {`keyPassword "hunter2099x"`, "hunter20"}, {"rootpw --plaintext hunter2099x", "hunter20"}, {"tacacs-server key 0 Kjgs9Vud@pjW", "Kjgs9V"},
	})
	checkLeft(t, `Dim pwd As String = ""`, `password: Final[str] = field()`, `var jwtKey = []byte(os.Getenv("JWT_KEY"))`, `password = Secret(settings.password)`, "<Password><Value>required</Value></Password>x", "token = bytes(16)", `signingKey := []byte("AWS4" + secret)`, `signingKey := []byte("AWS4v2x" + secret)`)
}

// TestPositions: passwords among the arguments of calls, and in what a program types into a
// field of a page.
func TestPositions(t *testing.T) {
	checkGone(t, []gone{
		{`conn = pymysql.connect("db", "root", "Sommer2083!", "shop")`, "Sommer"}, {`$pdo = new PDO('mysql:host=db;dbname=a', 'root', 'FqAydzhw3');`, "FqAydz"}, {`$ldap = ldap_bind($c, 'cn=admin', 'summer-tango-42');`, "tango"}, {`DriverManager.getConnection(url, "scott", "Kestrel28x");`, "Kestrel"},
		{`new UsernamePasswordAuthenticationToken("ann", "Kestrel2063~")`, "Kestrel"}, {`let r = client.get(url).basic_auth("ann", Some("3sScZtEsm")).send();`, "3sScZ"}, {`req.SetBasicAuth("ann", "CP2Ucvdt8S")`, "CP2U"}, {`assert check_password("ann", "6BBEyEbJsFjg9tGb")`, "6BBEyE"}, {`User.objects.create_user('ann', 'a@x.io', 'winter-blue-50')`, "winter"},
		{`credentials += Credentials("Nexus", "repo.acme.io", "ci", "dySWfhN5z")`, "dySWfh"}, {`jwt.sign({ id: 1, b: [2, 3] }, 'L3tm31n=836', { expiresIn: '1h' })`, "L3tm31n"}, {`jwt.encode({"sub": 1}, "admin-marble-10", algorithm="HS256")`, "marble"}, {`SELECT pgp_sym_decrypt(data, 'gdvnj9YddcGJEm5s')`, "gdvnj9"},
		{`await page.fill('#password', 'cGtA.2#W9F')`, "cGtA"}, {`cy.get('input[name=password]').type('Qw3rty-994')`, "Qw3rty"}, {`driver.find_element(By.ID, "password").send_keys("Qw3rty-994")`, "Qw3rty"}, {"curl --proxy-user ann:Qw3rty-994 -x proxy:3128 https://a", "Qw3rty"},
		{`{"element":"Password field","ref":"e21","text":"Adm1n.866"}`, "Adm1n"}, {`{"selector":"#password","value":"BerlinWelcome20"}`, "Welcome20"}, {`{"args":["--user","ann","--password","q3jrJ*jhJc*R^J"]}`, "q3jrJ"}, {"- --password\n- hunter2099x", "hunter20"}, {"args:\n  - \"--api-key\"\n  - \"q3jrJjhJc8Rq3jrJjhJc8R3\"", "hJc8Rq3j"},
		{`{"command":["mysqldump","-uroot","-pfootball2071?","shop"]}`, "football"}, {`test: ["CMD", "mysqladmin", "ping", "-uroot", "-pexample1x"]`, "example1x"}, {`subprocess.run(["cqlsh", "-u", "cassandra", "-p", "hunter2099x"])`, "hunter20"},
		{"echo 'BSQ*^6e=J79z23' | sudo -S apt-get update", "J79z"}, {`echo "ann:monkeyMarble64" | chpasswd`, "Marble"}, {"echo root:hunter2099x | sudo chpasswd", "hunter20"},
		{`fernet = Fernet(b"Zk3q9Xv7Rt2mWp5Lc8Jd4Nb6Hy1Gs0Ue-FaTiKoV_zQ=")`, "Lc8Jd4Nb"}, {`hmac.new(b"x9hFFtZzUxcHbjR39yCGe73hTV2r", msg, hashlib.sha256)`, "cHbjR39y"}, {"bcp shop.dbo.t out t.csv -S db1 -U sa -P Sommer2075@", "2075"}, {`{"cred":"MarbleFootball92"}`, "Football"},
		{"chpasswd:\n  list: |\n    root:hunter2099x\n    ann:Sommer2083\n  expire: False", "hunter20"}, {"chpasswd:\n  list: |\n    root:hunter2099x\n    ann:Sommer2083\n  expire: False", "Sommer20"},
		{"Service     Login    Password\nGrafana     admin    3VceGzwphv\nKibana      root     Xk29abQQ1", "3VceGz"}, {"Host    User    Passwort\ndb1     admin   3VceGzwphv", "3VceGz"},
		{`{"ParameterKey":"MasterUserPassword","ParameterValue":"tsVCAM42HF"}`, "tsVCAM"}, {`{"SecretString":"tsVCAM42HF"}`, "tsVCAM"},
	})
	checkLeft(t, `conn = sqlite3.connect("a", "b", "c4d5e6")`, `jwt.sign(payload, key)`, `sign("a", "b12345x")`, `jwt.decode(token, options={"verify": 1})`, `page.fill('#password', password)`, `page.fill('#username', 'ann2026x')`, `{"element":"Search field","ref":"e21","text":"Adm1n.866"}`,
		`{"args":["--user","ann","--output","report2026.txt"]}`, "- --output\n- report2026.txt", `{"ParameterKey":"InstanceType","ParameterValue":"t3.micro2x"}`, `Credentials("a")`, `["mysql","-port","3306"]`, `["mysql","-p"]`, `"mysql", "-P", "3306"`, "sudo apt-get install python3.11", "echo hello1 | sudo tee /etc/x", "chpasswd: done1", "chpasswd:\n  expire: False\n  port: x80", "Name   Password   Enabled\nann    x           true", "Name   Password   Enabled\nann    changed 2026-11-29", "hmac.new(key, msg, sha256)", `check_password(user, request.form["password"])`, `new PDO($dsn, $user, $password)`)
}

// TestCardRows: the security code behind a card and the day on which it expires.
func TestCardRows(t *testing.T) {
	checkGone(t, []gone{
		{"4539578763621486|09|2028|493", "493"}, {"4539578763621486|09/28|649|Ann Lee|12 High St", "649"}, {"4539578763621486:09:28:151", ":151"}, {"4539 5787 6362 1486;09;2028;1493", "1493"}, {"4539578763621486 | 11/27 | 141", "141"}, {"4539578763621486,11/27,216", "216"},
	})
	checkLeft(t, "1204|09|2028|493", "1204,11/27,216")
}

// TestKindsOfAccounts: numbers in brackets behind a kind of account.
func TestKindsOfAccounts(t *testing.T) {
	checkGone(t, []gone{
		{"Checking (7937164870) → Savings (6964023592): $200", "37164870"}, {"Checking (7937164870) → Savings (6964023592): $200", "64023592"}, {"from my Savings (79371648)", "371648"}, {"Checking [8067557014]", "67557014"},
	})
	checkLeft(t, "Savings (20261129)", "Savings (1234)", "Checking (12 of 12345678)", "Order (7937164870)")
}
