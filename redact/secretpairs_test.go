package redact_test

import (
	"strings"
	"testing"
)

// vanish fails for each text in which a part of the secret survives, or which changes when it
// is redacted again.
func vanish(t *testing.T, cases [][2]string) {
	t.Helper()
	r := newRedactor(t)
	for _, tc := range cases {
		got := text(t, r, tc[0])
		if strings.Contains(got, tc[1]) {
			t.Errorf("%q -> %q", tc[0], got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("%q -> %q, again %q", tc[0], got, again)
		}
	}
}

// remain fails for each text that is altered.
func remain(t *testing.T, texts []string) {
	t.Helper()
	r := newRedactor(t)
	for _, in := range texts {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestPairedPasswords: a user and a password behind a head that names both, as people write
// them into tickets and chats.
func TestPairedPasswords(t *testing.T) {
	vanish(t, [][2]string{
		{"ID/PW root(Kx83mQzw)", "Kx83mQ"}, {"ID/PW(root/Kx83mQzw)", "Kx83mQ"}, {"id/pass:root,Kx83mQzw", "Kx83mQ"}, {"ID/Password for root (root/Kx83mQzw)", "Kx83mQ"}, {"VPN_ID(PW):root(Kx83mQzw)", "Kx83mQ"},
		{"ID/PW->root/Kx83mQzw", "Kx83mQ"}, {"id/pw/port:root/Kx83mQzw/8022", "Kx83mQ"}, {"ID/PW 10.20.30.40:22 root/Kx83mQzw", "Kx83mQ"}, {"ID PW kim@example.com Kx83mQzw", "Kx83mQ"}, {"user/password - root, Kx83mQzw", "Kx83mQ"},
		{"password for root:Kx83mQzw", "Kx83mQ"}, {"Password of the router: Kx83mQzw", "Kx83mQ"}, {`The default password for the user "pi-user" is "rasp4321".`, "rasp4321"}, {"the password for user 'pg' is 'adm1n777' or change it", "adm1n777"},
	})
	remain(t, []string{"user/password authentication (RFC 2617)", "ID/PASS through of 3 (2x4) units", "id/path: a, b2c3d4", "username/password(string, uint32)", "Login/Password required (v2.10.1)", "password for the account: required", "password of user: see wiki", "Password for 2026: none",
		"the password for user 'pg' is '$PG_PASSWORD'", "the password for the user is \"required\"", "ID/PW: ${ID}/${PW}"})
}

// TestSaidBehind: a value of which the words behind it say that it is a secret.
func TestSaidBehind(t *testing.T) {
	vanish(t, [][2]string{
		{"Kx83mQzw is the password", "Kx83mQ"}, {"//Kx83mQzw is the password", "Kx83mQ"}, {"#4f9ab2c811de77aa is the password", "4f9ab2c8"}, {"root is the user, Kx83mQzw is your new password.", "Kx83mQ"}, {"q7w8e9r0t1y2u3 is my api key", "q7w8e9r0"}, {"'Kx83mQzw' is the password for root", "Kx83mQ"},
		{"Kx83mQzw! is our wifi password", "Kx83mQ"},
	})
	remain(t, []string{"argon2id is the password hash", "sha256 is the token type", "utf8 is the password encoding", "jjwt-0.11.2 is the token library", "hunter2x is the password_hash column", "v2.10.1 is the secret", "a1b2 is the password"})
}

// TestSpacedTokens: a random value of small letters and digits right behind "token" or "secret".
func TestSpacedTokens(t *testing.T) {
	vanish(t, [][2]string{
		{"[DEBUG] Using token k3v9x2qpl7m4n8b1c6z5a0s", "k3v9x2qp"}, {"found an acme secret 9d1f4c7ab23e5f6081d2c3b4a5968778 within", "9d1f4c7a"}, {"token acm-9d1f4c7ab23e5f6081d2c3b4a5968778", "9d1f4c7a"}, {"new apikey k3v9x2qpl7m4n8b1c6z5a0s works", "k3v9x2qp"},
		{"<secret>{acme LABEL k3v9x2qpl7m4n8b1c6z5a0s}</secret>", "k3v9x2qp"}, {"<password>acme k3v9x2qpl7m4n8b1c6z5a0s</password>", "k3v9x2qp"},
	})
	remain(t, []string{"secret default-token-7xk2p", "secret my-app-db-credentials-5f7d8c9b4d", "token kubernetes.io/service-account-token", "secret sh.helm.release.v1.ingress-nginx.v12", "<secret>of the temple</secret>", "token application/vnd.oci.image.v1"})
}

// TestCallPasswords: the arguments of calls that take a user and a password.
func TestCallPasswords(t *testing.T) {
	vanish(t, [][2]string{
		{`c.Credentials = new NetworkCredential("bob@example.com", "kzqmvhwtrpls");`, "kzqmvh"}, {`$c = New-Object System.Net.NetworkCredential("ci", "Kx83mQzw92")`, "Kx83mQ"}, {"new DirectoryEntry(\"LDAP://EXAMPLE.COM\",\n      \"ADM@EXAMPLE.COM\",\n   \"Kx83mQzw\");", "Kx83mQ"},
		{`mysql_connect("localhost", "root", "pw9912345")`, "pw9912345"}, {"mysqli_connect('db', 'adm', 'Kx@83w0rd', 'mydb')", "Kx@83"}, {`DBI->connect("dbi:mysql:database=x", "root", "kzqm99")`, "kzqm99"}, {`DBI.connect('DBI:Pg:x', 'adm', 'kzqmvh1')`, "kzqmvh1"},
		{`requests.get(u, auth=("bob", "Kx83mQzw"))`, "Kx83mQ"}, {`requests.get(u, auth=HTTPBasicAuth("bob", "kzqmvhwt"))`, "kzqmvh"}, {`req := x; req.SetBasicAuth("bob", "kzqmvhwt")`, "kzqmvh"}, {`smtp.login("bob@example.com", "Kx83mQzw")`, "Kx83mQ"},
		{"OAuth('Mq7HWoGbzYmJv3ZuHaBv', 'anJLB4OALCXl7aXeybmN', 'kl3E14NQx84qxO1dy247V0b2W')", "kl3E14NQ"},
		{`{"basicAuth":"Kx83mQzw92a"}`, "Kx83mQ"}, {`{"networkCredential":"Kx83mQzw92a"}`, "Kx83mQ"},
		{"psexec \\\\10.0.9.1 -u Administrator -p dev_adm1n cmd", "dev_adm1n"}, {"PSEXEC.EXE \\\\host -u DOM\\bob -p Kx83mQ CMD", "Kx83mQ"}, {"plink -ssh -l bob -pw Kx83mQzw host", "Kx83mQ"},
		{"curl --user bob:'Kx83mQzw91' -X PATCH", "Kx83mQ"}, {`curl --user "{4f9a-b2c8}":"{Kx83mQzw91}" -H x`, "Kx83mQ"}, {"curl --oauth2-bearer \"ZzQ2fjkjD8hUcsQ37b8zHig==\" https://example.com", "ZzQ2fj"},
	})
	remain(t, []string{`new NetworkCredential(user, password)`, `mysql_connect($host, $user, $pass)`, `login("bob", "home")`, `auth=("bob", get("x1y2z3"))`, `DirectoryEntry("a", b, "Kx83mQzw")`, `"Arn": "arn:aws:connect:us-west-2:123456789012:instance/a1b2c3d4"`, `db.connect("a1b2c3d4", "e5f6g7h8", "i9j0k1l2")`,
		"psexec \\\\h -u User -p $Password -d calc.exe", "psexec -u bob -p %pw% x", "registry.DirectoryEntry = true", `curl --user bob:"${PASS}" x`, `router.auth("admin", "index")`})
}

// TestIssuedForms: forms of keys and hashes that their issuers print.
func TestIssuedForms(t *testing.T) {
	vanish(t, [][2]string{
		{"glptt-QCsY4WxBjTccGpH75XkhRtl9", "QCsY4Wx"}, {"gloas-q8YYT2Kl7rEpcDvNhnYG7gT1", "q8YYT2"}, {"glagent-2VQ0ReyJvHQQ1BoQYKoyPsQm", "2VQ0Re"}, {"key-qSmVD4SIhaSaXxISpMw8uCAf8KT92aqZ", "qSmVD4"}, {"$8$QnGX/fE4KGHOVU$qEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWz", "qEhnEv"},
		{`{"method":"auth.login_with_api_key", "params":["8-Mq22ov7halMBLUpG97Wg4y7fibQi3CW19VJiZcCu746zgCs0mdDdTCoOcpgEucgv"]}`, "Mq22ov7"}, {"-H 'Jenkins-Crumb:440561953171ba44ace9740562d172bc'", "44056195"}, {"machine h\n  login bob\n  password pass4321\n", "pass4321"},
	})
	remain(t, []string{"glagent-configuration-of-the-cluster", "key-TheNameOfAConfigurationSetting01", "breadcrumb: home", "8-bit", "key-value"})
}

// TestDefaultSecrets: what a program takes if a variable is given nothing, and the
// passwords that commands of databases and PowerShell set.
func TestDefaultSecrets(t *testing.T) {
	vanish(t, [][2]string{
		{"const s = process.env.JWT_SECRET || 'dvsecret123x';", "dvsecret"}, {"secret: process.env.SESSION_SECRET ?? 'keyb0ardcat9'", "keyb0ard"}, {"K = os.environ.get('SECRET_KEY', 'dvsecret123x')", "dvsecret"}, {`PASSWORD = os.environ.get("PASSWORD") or "bt5G6zi!m"`, "bt5G6"},
		{`x = config.get("password", "s3cretRook")`, "s3cret"}, {`viper.SetDefault("db.password", "s3cretRook")`, "s3cret"}, {`x := flag.String("password", "s3cretRook", "of the database")`, "s3cret"}, {`ENV.fetch("DB_PASSWORD") { "s3cretRook" }`, "s3cret"}, {`if password != "y6s7djtEa": pass`, "y6s7dj"},
		{"ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY 'Sq2pa5sW0rE';", "Sq2pa5"}, {"CREATE USER bob IDENTIFIED BY Sq2pa5sW0rE;", "Sq2pa5"}, {"GRANT ALL ON *.* TO 'a'@'%' IDENTIFIED BY PASSWORD '*Sq2pa5sW0rE'", "Sq2pa5"}, {`exec("create user bob account unlock identified by Sq2pa5sW0rE");`, "Sq2pa5"},
		{`$pw = ConvertTo-SecureString "P@ssx0rd77" -AsPlainText -Force`, "P@ssx0"}, {"ConvertTo-SecureString -String 'P@ssx0rd77' -AsPlainText -Force", "P@ssx0"}, {"ConvertTo-SecureString -String -Force esjUE#$gds8s", "esjUE#"},
		{"secret BIhq5Xyb1Gga9Q1", "BIhq5X"}, {"Session Token BIhq5Xyb1Gga9Q14", "BIhq5X"}, {"passowrd: wintersnow", "wintersnow"}, {"MYSQLPASS: wintersnow", "wintersnow"},
	})
	remain(t, []string{`const s = process.env.JWT_SECRET || 'development';`, `K = os.environ.get("SECRET_KEY", None)`, `attribute.String("key", "value1")`, `Labels("key4", "value4a")`, `i18n.t("password", "v2.10.1")`, `x := flag.String("password", "", "the password of user1")`, `form.get("password", "/login2")`, `getenv("SECRET",`, `getenv("SECRET", `, `if password != confirm1 {`,
		"the user is identified by id12345", "identified by 'field_2'", "ALTER USER bob IDENTIFIED BY '${DB_PASSWORD}';", "$pw = ConvertTo-SecureString $env:PW1 -AsPlainText -Force", "ConvertTo-SecureString", "$c = New-Object System.Random", "secret lemonade2024ab", "token BasicUser12Type3"})
}

// TestFilledSecrets: places that a program fills are no secrets.
func TestFilledSecrets(t *testing.T) {
	remain(t, []string{`$pwd = $_POST["password"];`, `$password = $_SERVER['DB_PASS'];`, `export PGPASSWORD="$app_db_password"`, `Connect-VIServer "$endpoint" -User "$username" -Password "$password"`, `text << "Password=#{password}, "`, "pwd = (char *) (p + 2);"})
	vanish(t, [][2]string{{`password = "$super$ecret9"`, "super"}, {"password: $wintersnow9", "wintersnow"}, {`password = "#snowy{99}x"`, "snowy"}})
}

// TestPairEnds: what ends within a pair is looked at no further.
func TestPairEnds(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"ID/PW(root/Kx83mQzw)", "password for root:Kx83mQzw", "Kx83mQzw is the password", `NetworkCredential("ci", "Kx83mQzw92")`, "enable password 7 104D000A061843", `getenv("DB_PASSWORD", "s3cretRook")`, "CREATE USER bob IDENTIFIED BY PASSWORD 'Sq2pa5sW0rE'", "ConvertTo-SecureString -String 'P@ssx0rd77'", "ID/PW " + strings.Repeat("a", 90), "ID/PW aaaaaa1" + strings.Repeat("a", 60) + "("} {
		for n := range len(in) + 1 {
			text(t, r, in[:n])
		}
	}
}
