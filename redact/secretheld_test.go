package redact_test

import (
	"strings"
	"testing"
)

// TestHeldSecrets: credentials in the places where they stand in files, commands and
// messages, of forms that an outside examiner wrote down.
func TestHeldSecrets(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"docker login -u bob -p Copper-Tango43 registry.example.com", "Tango43"}, {"podman login -u bob -p Maple642x! quay.io", "Maple642"}, {"echo 2ao3t7MkiDnwJBxu7OIU | docker login ghcr.io -u bob --password-stdin", "2ao3t7Mk"},
		{"redis-cli -h redis -p 6379 -a PASeEyiKerKyG8k2Axa4 ping", "PASeEyi"}, {"ldapsearch -x -D cn=admin,dc=ex,dc=com -w ybh#IRX8gR9 -b dc=ex,dc=com", "IRX8gR9"}, {"bindpw Tango595$", "Tango595"},
		{"sshpass -p 'oti!jdwLno9' ssh root@h", "jdwLno9"}, {"mysql -uroot -pkzq@U7PsKR9 db", "U7PsKR9"}, {"zip -P Dragon-Tango42 out.zip in", "Tango42"}, {"smbclient //s/sh -U bob%aqg#cP8FUB9", "cP8FUB9"},
		{"rdesktop -u bob -p xhs!Rx6gha9 h", "Rx6gha9"}, {"xfreerdp /u:bob /p:copper2702 /v:h", "copper2702"}, {"lftp -u user,dragon6342 sftp://host", "dragon6342"}, {"keytool -storepass zvv!HXuhzA9 -keypass tango9956", "tango9956"},
		{"SMTP_PASSWORD=abcd efgh ijkl mnop", "mnop"}, {"app.secret_key = b'1e221b0242708f08046d2f6b'", "1e221b02"}, {"APP_KEY=base64:yOEZOVfKc96NKIwbYJOTr76D+r8W1wbaF9EqYbs3xrv=", "yOEZOVfK"},
		{"Unseal Key 1: aB7pCTqRk9JZYYgLDxmZIdKsv8nXAwmusRfmKCutb3l=", "aB7pCTqR"}, {`encrypt = "pjRhAXjs8DlpuyPGiY1u7WIEmFXo/aGQEYfKz13n3B1="`, "pjRhAXjs"}, {"code_verifier: w40SN9pZ8zFb3zVNzYrsnPApc0Yw9ajB8XgOV5aeVxX", "w40SN9pZ"},
		{"device_code=qo61H44TxcNdDITtv_DUKo6ia2KiWshh5pPZk2LJ&grant_type=x", "qo61H44T"}, {"x-honeycomb-team: LzfqPfiYVNpXakG1JiZBC2", "LzfqPfiY"}, {"sonar.login=5762599387afbed06537e8e91ff5158ed7792ef9", "57625993"},
		{`npmAuthIdent: "user:winter8022"`, "winter8022"}, {"::add-mask::BzeYIuxLSD8mBWfoXRct6dEynVGOvqiw", "BzeYIuxL"}, {"RABBITMQ_ERLANG_COOKIE=7O55WV38AEYNQPDXCMA5", "7O55WV38"},
		{"PuTTY-User-Key-File-2: ssh-rsa\nPublic-Lines: 1\nAAAAB3NzaC1yc2EAAAABJQ==\nPrivate-Lines: 2\no25wu3re2JHYGb39fLIpen5RpgOg/wE4fD5drocSS0ew6mkOcozAokjvbEYDeSn6\nGBz54kQp0jVhNbwxI14j85x5kGkynO5SMGaS\nPrivate-MAC: aa", "GBz54kQp"},
		{`{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","d":"ohF8FU-tUl860XnRTho57_X3yx_dZZUQ9XkCAPUr3SC"}`, "ohF8FU"}, {`{"d":"mXOKFqwfTdwAt_ynV2SoIGfWhPU-TurlGrpakGZgF14","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, "mXOKFq"},
		{`{"kty":"oct","k":"n8niZgAl11SiPFz8hRZ_zPqrHv59_54h7AkTQ-88jDD","alg":"HS256"}`, "n8niZg"}, {`{"attributes":{"bcrypt_hash":"x","length":16,"result":"M9sPh4W3c876-l02"}}`, "M9sPh4W3"},
		{"zprvAWgYBBk7JR8GHXbGgP8c79WzGPWvMBxTCzyXMgU2fCrCQPcZa13mTrHZ9qho5gohAThpHYeePDy8nTyCovRTYywci4bZnapHXLaXrvLxhLY", "HXbGgP8c"}, {"stellar SDY7I2PT5Y2GP2E3VGLMXG5XALEXFUIRNYFTVKS6OW325RFKDYFJVKQM", "SDY7I2PT"}, {"NATS: SUAOUSNL47533A3SBFXDA6YPCNWLY77V4L3TUJAGSLSPHK7PB2TOKTH2LI", "SUAOUSNL"},
		{"https://api.telegram.org/bot3572254442:AADa56Ma2SMB57vK8T06R08w92mtpqnUdb4/sendMessage", "AADa56Ma"}, {"Administrator:500:aad3b435b51404eeaad3b435b51404ee:4c45d77279b81e0089f92bf27340fd91:::", "4c45d772"},
		{"nats://hRxutCCEJPEZaAnuPWHMqdQGKhn40AEC@nats:4222", "hRxutCCE"}, {"http://admin:Tango-12@fk0csq9@h:5984", "fk0csq9"}, {"define( 'AUTH_KEY', 'KVq|hCraNBr11cQ7%Eq$prwq.Hyx#2gRd3#bJ:Rmt%ey}tcek3$RufLW#xZ7F}8T' );", "KVq|hCra"},
	} {
		got := text(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("%q -> %q, again %q", tc.in, got, again)
		}
	}
}

// TestHeldNoSecrets: the same forms with values that are none.
func TestHeldNoSecrets(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"docker login -u bob -p $PASSWORD registry.example.com", "docker run -p 8080:80 nginx:1.25", "echo $TOKEN | docker login ghcr.io -u bob --password-stdin", `echo "$CR_PAT" | docker login ghcr.io --password-stdin`,
		"redis-cli -h redis -p 6379 ping", "ldapsearch -x -D cn=admin -W -b dc=ex,dc=com", "zip -r out.zip src -x node_modules2", "smbclient -L //host1 -U bob", "encrypt = true", `encrypt: "aes-256-gcm"`, "Key 1: Settings", `<a accesskey="U">Graphical User Interfaces with Tk</a>`, "Unseal Key 1: <enter>",
		"Private-Lines: 14", "code_verifier=S256", "device_code: expired", "login=octocat", "APP_KEY=base64:", "secret_key = b''", "nats://localhost:4222", "http://localhost:8080/#a@b", "https://medium.com:443/@user/post-1234", "http://a:8080/path@x",
		"username admin privilege 15", "password 7 days before expiry", "Password 1 of 3", "sd.connectionFailedInFirstPass = true", "c.AllowCredentials = true", "password: true", "// Pass 1: high priority index match.", "Pass 2: slot reuse.", "bindpw file", `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}`, `{"d":"m43-tue659LNpXW6pCyStikYjKIWI5a0x_FEzRu9m36","x":"1"}`,
		`{"result":"M9sPh4W3c876l02","length":16}`, "Pat: see you at 10", "::add-mask::$TOKEN", "GA2HGNJVHE2TCMRXGQZTKMRSGI4TKNBTGQ2DKMZQGIYTSOBUGM2DKNBT", "define( 'AUTH_KEY', 'put your unique phrase here' );"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestHeldAccounts: an account before a sort code that is no date, and kinds of accounts and
// banks beside the word for one.
func TestHeldAccounts(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"BP Smith J 49077692 20-45-67 FASTER PAYMENT", "49077692"}, {"BP Smith J 49077692 20-45-67 FASTER PAYMENT", "45-67"}, {"Cuenta de cheques 59043534527", "59043534527"}, {"No rek BCA 3507191585", "3507191585"}, {"rekening Mandiri 6233354877551", "6233354877551"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
	for _, in := range []string{"ref 15644265 05-01-26", "order 15644265 31-12-25", "cuenta de 1500 clientes", "cheques 59043534527"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestHeldIdentities: plurals of the words before identity numbers, and the tax number of New
// Zealand.
func TestHeldIdentities(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"SINs: 046 454 286, 130 692 544", "046 454"}, {"SINs 046454286 and 130692544", "130692544"}, {"SINs 046454286 and 130692544", "046454286"}, {"IRD number: 49-091-850", "091-850"}, {"IRD: 49091850", "49091850"}, {"IRD no is 136410132", "136410132"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
	for _, in := range []string{"IRD form 330", "third 49091850", "cousins 046454286", "SINs of the past 2 years"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}
