package redact_test

import (
	"strings"
	"testing"
)

// TestNoSecretInSource: what source code and documentation give to the name of a secret
// and is none: variables, patterns, places that somebody fills, names of resources.
func TestNoSecretInSource(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`see https://example.com/spec/2025-11-25/basic/security_best_practices#local-server`,
		"use `\"example.com/sdk/controller/basic\".Controller.Resource()`. (#2120)",
		"- Create basic `othttp.Transport` for simple instrumentation",
		"        self.password = password",
		"user.password = new_password",
		`  's3': re.compile(r'AWS (?P<access_key>\w+):'),`,
		"Pass :meth:`peek` a default value to return that instead",
		`BackendKeyData{ProcessID: 1, SecretKey: []byte{1, 2, 3, 4}},`,
		`proxy_url="socks5h://<username>:<password>@proxy-host"`,
		`	PrivateKey:  testRSAPrivateKey,`,
		`	PrivateKey:  testEd25519PrivateKey,`,
		`use HashBase qw{ -pass -no_debug -number };`,
		`ModuleInlinerWrapperPass::runOnModule(x)`,
		`credentials = '{0}:{1}'.format(user, passwd).encode()`,
		`user_pass = '%s:%s' % (unquote(user), unquote(password))`,
		`print(f"password={password!r}")`,
		`cannot parse "host=host password=xxxxx user=user"`,
		`FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"`,
		`"secret": PLAID_SECRET,`,
		`            aws_session_token=session_token,`, `using llvm::Pass::doInitialization;`,
		`api_key: YOUR_API_KEY`, `token = "your-token-here"`,
		`"encryptionKey": "arn:aws:kms:us-west-2:111122223333:key/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",`,
		`# public key: age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z`,
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		`{"properties":{"api_key":{"type":"string","default":"YOUR_API_KEY"}}}`,
		`{"hits":[{"_id":"x","sort":[1756112400000,480680]},{"sort":[1756112400001,153987]}]}`,
		`{"signatures":[{"keyid":"SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA","sig":"MEUCIQG1Jke8TfrpQUvmlmc57Y+UTr6v3QewWMf9SIXKFr478zm9QVAizVrUO2BkrQ9/gIAAAAAAAAAAAAAAAAAAAAAAAA=="}]}`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
}

// TestSecretsBesideThose: what looks a little like these is still a secret.
func TestSecretsBesideThose(t *testing.T) {
	r := newRedactor(t)
	for in, secret := range map[string]string{
		`auth is basic YWxhZGRpbjpvcGVuc2VzYW1l`:      `YWxhZGRpbjpvcGVuc2VzYW1l`,
		`"Basic YWxhZGRpbjpvcGVuc2VzYW1l"`:            `YWxhZGRpbjpvcGVuc2VzYW1l`,
		`cmd -pass -Xk29`:                             `-Xk29`,
		`<password>@dm1n!9</password>`:                `@dm1n!9`,
		`password=%sk4j3h2%`:                          `%sk4j3h2%`,
		`password: tr0ub4dor_key`:                     `tr0ub4dor_key`,
		`"password": "correct-horse-battery-staple"`:  `correct-horse`,
		`password = \w0rd77kk`:                        `w0rd77kk`,
		`api_key: your_9f8e7d6c5b4a39281706f5e4d3c2b`: `9f8e7d6c5b4a`,
		`DB_PASSWORD=my_secret`:                       `my_secret`,
		`Password::monkey7x`:                          `monkey7x`,
		`user.password = hunter`:                      `hunter`,
	} {
		if got := text(t, r, in); got == in || strings.Contains(got, secret) {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
