package hostile

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Credentials returns one key, token or password of each common issuer. They
// are put together when they are needed, so that no scanner of repositories
// takes this file for a leak.
func Credentials(rng *rand.Rand) (all []Value) {
	w := func(n int) string { return from(rng, base62, n-1) + digits(rng, 1) }
	up := func(n int) string { return from(rng, upper+"234567", n) }
	hexa := func(n int) string { return from(rng, hexSet, n) }
	id := func() string {
		return hexa(8) + "-" + hexa(4) + "-4" + hexa(3) + "-a" + hexa(3) + "-" + hexa(12)
	}
	add := func(form string, parts ...string) {
		args := make([]any, len(parts))
		for i, p := range parts {
			args[i] = p
		}
		for i, p := range parts {
			parts[i] = strings.ToLower(longest(p))
		}
		all = append(all, Value{Kind: "credential", Text: fmt.Sprintf(strings.Replace(form, "~", "", 1), args...), Parts: parts, Least: 12})
	}
	for _, env := range []string{"sand~box", "produc~tion", "develop~ment"} {
		add("access-"+env+"-%s", id())
	}
	add("public-sand~box-%s", id())
	add("link-produc~tion-%s", id())
	for _, prefix := range []string{"secr~et_", "nt~n_", "gh~p_", "gh~o_", "gh~s_", "gh~u_", "gh~r_", "github_~pat_11", "glp~at-", "sk_~live_", "rk_~live_", "sk_~test_", "whs~ec_", "sk-~ant-api03-", "sk-~proj-", "sk-~", "sk-~or-v1-",
		"hf~_", "gsk~_", "r8~_", "np~m_", "dop~_v1_", "pypi-~AgEIcHlwaS5vcmc", "shp~at_", "shp~ss_", "xai~-", "pplx~-", "tvly~-", "fw~_", "nvapi~-", "lin~_api_", "figd~_", "dckr~_pat_", "pul~-", "sbp~_", "AGE-SECR~ET-KEY-1",
		"hvs~.", "hvb~.", "ATAT~T3xFfGF0", "glsa~_", "sq0~atp-", "sq0~csp-", "PMAK~-", "rdme~_", "sntrys~_", "ya29~.", "1//0~g", "GOCSPX~-", "AC~CESS_TOKEN="} {
		add(prefix+"%s", w(40))
	}
	for _, prefix := range []string{"AK~IA", "AS~IA", "ABI~A", "ACC~A"} {
		add(prefix+"%s", up(16))
	}
	add("AIz~aSy%s", w(33))
	add("xox~b-123456789012-1234567890123-%s", w(24))
	add("xox~p-123456789012-123456789012-%s", hexa(32))
	add("xapp~-1-A0123456789-1234567890123-%s", hexa(64))
	add("https://hooks.sl~ack.com/services/T01234567/B01234567/%s", w(24))
	add("S~G.%s.%s", w(22), w(43))
	add("ke~y-%s", hexa(32))
	add("SK~%s", hexa(32))
	add("aws_secr~et_access_key = %s", w(40))
	add("aws_secr~et_access_key=\"%s\"", w(40))
	add("AccountName=x;Account~Key=%s==;EndpointSuffix=core", w(86))
	add("Shared~AccessSignature sr=x&sig=%s%%3D&se=1", w(43))
	add("https://x.blob.core.example/?sv=2020-08-04&s~ig=%s%%3D", w(43))
	add("ey~JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.%s.%s", "eyJzdWIiOiI"+w(40), w(43))
	add("ey~JhbGciOiJub25lIn0.%s.", "eyJzdWIiOiI"+w(40))
	all = append(all, assigned(rng)...)
	all = append(all, pems(rng)...)
	rng = rand.New(rand.NewPCG(20, 7)) // of its own: what was planted before stays the same
	for _, prefix := range []string{"mnzc~onf.", "acc~ess_", "te~st_", "po~lar_oat_", "ph~c_", "ra~mp_tok_", "rk_~prod_", "s~k_", "ek_~live_", "oa_~prod_", "sup_~sk_", "vc~p_", "xa~u_", "up:~yeah:", "pdl_~live_",
		"user_~token_", "secret-~token:", "t~1.9eu", "secret access k~ey ", "my api tok~en "} {
		add(prefix+"%s", w(40))
	}
	add("https://hooks.sl~ack.com/triggers/T01234567/1234567890123/%s", w(32))
	add("https://x.webhook.office.com/webhookb2/a@b/Incoming~Webhook/%s", hexa(32))
	add("https://discord.com/api/web~hooks/156555278455841979/%s", w(68))
	add("%s+/%s", from(rng, "aB3", 4)+w(18), from(rng, "xY7", 4)+w(12))
	add("%s.atlas~v1.%s", w(14), w(67))
	add("1/1234567890123456:%s", hexa(32))
	return all
}

// longest is the longest run of letters and digits of s.
func longest(s string) (best string) {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !strings.ContainsRune(base62, r) }) {
		if len(word) > len(best) {
			best = word
		}
	}
	return best
}

// assigned are passwords and keys that only what stands beside them announces.
func assigned(rng *rand.Rand) (all []Value) {
	for _, form := range []string{"https://user:%s@example.com/path", "postgres://app:%s@db.internal:5432/x", "mongodb+srv://u:%s@c.example.net", "redis://:%s@10.0.0.1:6379", "ftp://me:%s@host/file", "amqp://a:%s@b",
		"Authorization: Bear~er %s", "authorization: bear~er %s", "curl -H 'Authorization: Bear~er %s'", "X-Api-K~ey: %s", "Authorization: tok~en %s", "Proxy-Authorization: Bear~er %s",
		"pass~word=%s", "pass~word: %s", "pass~wd=%s", "PASS~WORD = \"%s\"", "pw~d:%s", "DB_PASS~WORD=%s", "client_secr~et=%s", "client_secr~et: '%s'", "api_k~ey=%s", "apiK~ey: \"%s\"", "api-k~ey: %s", "secr~et_key = '%s'",
		"acc~ess_token=%s&x=1", "refr~esh_token: %s", "auth_tok~en=%s", "tok~en=%s", "--tok~en %s", "--pass~word=%s", "<pass~word>%s</pass~word>", "{\"pass~word\":\"%s\"}", "{\"client_secr~et\": \"%s\"}", "Set-Cookie: sess~ionid=%s; Path=/",
		"PG~PASSWORD=%s", "export SECR~ET=%s", "pass~phrase: %s", "encryption_k~ey=%s", "private_k~ey = %s", "otpauth://totp/x?secr~et=%s&issuer=y", "pass~code: %s", "Kenn~wort: %s", "mot de pa~sse : %s", "contra~seña: %s"} {
		body := from(rng, base62, 13) + digits(rng, 1)
		all = append(all, Value{Kind: "assigned", Text: fmt.Sprintf(strings.ReplaceAll(form, "~", ""), body), Parts: []string{strings.ToLower(body)}, Cue: true, Least: 8})
	}
	basic := from(rng, base62, 14)
	return append(all, Value{Kind: "assigned", Text: "Authorization: Bas" + "ic " + base64.StdEncoding.EncodeToString([]byte("user:"+basic)), Parts: []string{strings.ToLower(basic)}, Cue: true, Least: 8})
}

func pems(rng *rand.Rand) (all []Value) {
	line := func() string { return from(rng, base62+"+/", 64) }
	for _, label := range []string{"RSA PRIV~ATE KEY", "PRIV~ATE KEY", "EC PRIV~ATE KEY", "OPENSSH PRIV~ATE KEY", "ENCRYPTED PRIV~ATE KEY", "PGP PRIV~ATE KEY BLOCK", "DSA PRIV~ATE KEY"} {
		label = strings.Replace(label, "~", "", 1)
		begin, end := "-----BEGIN "+label+"-----", "-----END "+label+"-----"
		one, two, three := line(), line(), line()[:41]
		parts := []string{strings.ToLower(longest(one)), strings.ToLower(longest(two)), strings.ToLower(longest(three))}
		body := strings.Join([]string{begin, one, two, three, end}, "\n")
		for _, text := range []string{body, body + "\n", strings.ReplaceAll(body, "\n", `\n`), strings.ReplaceAll(body, "\n", "\r\n"), strings.ReplaceAll(body, "\n", " "), strings.ReplaceAll(body, "\n", ""),
			strings.TrimSuffix(body, "\n"+end), body[:len(body)-20], strings.ReplaceAll(body, "\n", `\\n`), "key: |\n  " + strings.ReplaceAll(body, "\n", "\n  "), strings.ReplaceAll(body, "\n", "\n> "), strings.ReplaceAll(body, "\n", `\r\n`),
			strings.ReplaceAll(strings.ReplaceAll(body, "\n", "<br>"), "--", "--"), strings.Replace(body, begin, begin+"\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n", 1), strings.ReplaceAll(body, "\n", `\`+"\n")} {
			all = append(all, Value{Kind: "PEM", Text: text, Parts: parts, Cue: true, Least: 12})
		}
	}
	return all
}

// Emails returns addresses of several forms.
func Emails(rng *rand.Rand) (all []Value) {
	name := from(rng, "abcdefghijklmnopqrstuvwxyz", 8)
	for _, form := range []string{"%s@example.com", "%s+bank@mail.example.co.uk", "<%s@example.org>", "mailto:%s@example.com", "x.%s@sub.domain.example", "%s_x@example.io", "\"J S\" <%s@example.de>"} {
		all = append(all, Value{Kind: "e-mail", Text: fmt.Sprintf(form, name), Parts: []string{name}, Cue: true, Least: 8})
	}
	return all
}
