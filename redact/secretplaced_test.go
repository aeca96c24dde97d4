package redact_test

import (
	"strings"
	"testing"
)

// TestPlacedSecrets: passwords by their place in a command, in a line of a protocol and among
// the arguments of a call.
func TestPlacedSecrets(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"$ htpasswd -b /etc/nginx/.htpasswd ann §", "htpasswd -cbB .htpasswd admin § && nginx -s reload", "$ redis-cli -h cache-1 AUTH §", "127.0.0.1:6379> AUTH §\nOK", "127.0.0.1:6379> AUTH worker §\nOK", "ACL SETUSER alice on >§ allkeys allcommands",
		`C:\> net user svc_backup § /add`, `C:\> net use Z: \\fs01\share /user:ACME\ann §`, "$ 7z a -p§ -mhe=on backup.7z /srv/data", "$ openssl enc -d -aes-256-cbc -pbkdf2 -k § -in a.enc", "$ wpa_passphrase HomeNet §", `wpa_passphrase "Cafe 5G" "§" > x.conf`,
		"$ isql -v PROD sa §", "rpcclient -U ann%§ 10.0.0.4", "mongo admin -u root -p §", "exp userid=scott/§@prod file=a.dmp", "usermod -p '§' ann", "unrar x -p§ a.rar", "echo § | kinit ann@ACME.IO", "az login -u ann@acme.io -p §", "oc login -u ann -p § https://api:6443",
		"rabbitmqctl add_user ann §", "ejabberdctl register ann acme.io §", "samba-tool user create ann §", "radtest ann § 127.0.0.1 0 x", "kadmin -p admin/admin -w § -q 'listprincs'", "hdbsql -u SYSTEM -p § -n h:30015", "a1 LOGIN ann §\nA001 OK", "/msg NickServ IDENTIFY §",
		`wifiMulti.addAP("Office", "§");`, "wlan.connect('HomeNet', '§')", `WiFi.begin(ssid, "§");`, `smtp.login(user, "§")`, `ftp = FTP("h", "ann", "§")`, ".auth('ann', '§')", `r.auth("§")`, `.httpBasic("ann","§")`, `new PasswordAuthentication("ann", "§".toCharArray())`, "neo4j.auth.basic('neo4j', '§')",
		"ssh.connect('h', 22, 'ann', '§')", "Net::FTP.open('h', 'ann', '§')", `ks.load(in, "§".toCharArray());`, `smtp.PlainAuth("", "ann@a.io", "§", "smtp.a.io")`, `bcrypt.hash("§", 10)`, "password_hash('§', PASSWORD_BCRYPT)", "hashlib.pbkdf2_hmac('sha256', b'§', salt, 100000)",
		"crypto.scryptSync('§', 'salt', 32)", "SELECT AES_ENCRYPT('x','§');", "cookieParser('§')", "gh secret set DB_PASSWORD -b\"§\"", "aws ssm put-parameter --name /prod/db_password --type SecureString --value '§'", "enter passphrase for key '/home/a/.ssh/id': §",
		`smbclient -U 'ACME\ann%§' //fs/c$ -c 'ls'`, "ldappasswd -x -D uid=ann,dc=a -w $OLD -s §", "snmpwalk -v3 -u ann -A § -X $PRIV 10.1.1.1", "printf '§' | gcloud secrets create db-pass --data-file=-", `WiFi.softAP("Attic", "§");`, `new Sequelize('db','user','§')`, `loginAs("ann", "§")`, `auth.signInWithEmailAndPassword("a@b.io","§")`,
	} {
		for _, secret := range []string{"Rocket2058!", "KestrelWinter31"} {
			full := strings.Replace(in, "§", secret, 1)
			got := text(t, r, full)
			if strings.Contains(got, secret[:8]) {
				t.Errorf("%q -> %q", full, got)
			}
			if again := text(t, r, got); again != got {
				t.Errorf("%q -> %q, again %q", full, got, again)
			}
		}
	}
}

// TestTypedSecrets: what a step of a test types into a field.
func TestTypedSecrets(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{`I fill in "Password" with "KestrelWinter31"`, `When I enter "KestrelWinter31" into the password field`, "type KestrelWinter31 into the password box"} {
		if got := text(t, r, in); strings.Contains(got, "Winter31") {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestPlacedNoSecrets: commands and calls like these with what is none.
func TestPlacedNoSecrets(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"usage: htpasswd -b passwordfile username password", "htpasswd -c .htpasswd ann2024", "127.0.0.1:6379> AUTH default", "ACL SETUSER worker on ~jobs2024:* +@all -@dangerous2", "net user administrator /active:yes", "net user ann /domain:acme2024", `net use Z: \\fs01\share2024 /persistent:no`, "net start w3svc2",
		"7z a backup-2026-11-29.7z /srv/data2", "7z l -slt backup2024.7z", "openssl x509 -in cert2024.pem -noout -sha256", "isql -v PROD2 reporter", `sqlcmd -S db01\SQL2019 -E -Q "select 1"`, "mongo shop2024 --quiet", "usermod -aG docker2 ann", "vault login -method=oidc role=dev2", "cargo login --registry acme2", "A001 SELECT INBOX2\nA001 OK", "AUTH LOGIN CRAM-MD5",
		"PASS 12 FAIL 3 SKIP 1", "--- PASS: TestAuth1 (0.00s)", "client.login(user, pw)", "server.login(config.user2, config.pass2)", "r.basic_auth(user, None)", "conn = connect(host, port5432, user)", "ks.load(in, pw.toCharArray());", `new File("backup2024.zip", "r")`, `client.send("message42", "channel7")`, `logger.info("login", "user42")`,
		`window.open("page2", "target1")`, `assert.equal("abc123", "abc124")`, `json.load(f, "utf8")`, `yaml.load("config2.yml", "Loader1")`, `db.query("select 1", "params2")`, "bcrypt.hash(password, 10)", "new Stripe(process.env.STRIPE_KEY2)", "echo hello123 | sha256sum", "echo build42 | tee version.txt", `hash("sha256", "abc123def")`, `rabbitmqctl list_users v3`,
		"gh secret set DB_PASSWORD < secret2.txt", "aws ssm get-parameter --name /prod/db_password2", "type the word2 into the password field", `compare "password" with "hash"`, "store user42 into the password database", "snmpwalk -v2 10.1.1.1 1.3.6.1.2.1", "copy build42 into the secret folder",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}
