package redact_test

import (
	"strings"
	"testing"
)

// TestBesideInJSON: what the members of an object say about each other, and keys
// about what they hold.
func TestBesideInJSON(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"iban":"DE97465343919572766670","bic":"CHASUS33"}`, "CHAS"}, {`{"bic":"INGBNL2A","iban":"DE97465343919572766670"}`, "INGB"}, {`{"swift":"NWBKGB2L","account_number":"12345678"}`, "NWBK"},
		{`{"details":{"BIC":"BNPAFRPPXXX","name":"x","IBAN":"DE97465343919572766670"}}`, "BNPA"}, {`{"account_number":12345678,"swift_code":"BARCGB22"}`, "BARC"},
		{`{"account_number":{"iban":"x","number":"95049271","sort_code":"42-05-18"}}`, "95049271"}, {`{"routing_numbers":{"ach":"297517377"}}`, "297517377"}, {`{"abartn":"322995123","accountNumber":"8629015544"}`, "322995123"},
		{`{"SchemeName":"UK.OBIE.SortCodeAccountNumber","Identification":"33482872602226"}`, "33482872"}, {`{"DebtorAccount":{"SchemeName":"SortCodeAccountNumber","Name":"x","Identification":"45396741097917"}}`, "45396741"},
		{`{"iban":"GB35LOYD12345678901234"}`, "12345678"}, {`{"Account":[{"SchemeName":"UK.OBIE.SortCodeAccountNumber","Identification":"80200110203345"}],"Servicer":{"SchemeName":"UK.OBIE.BICFI","Identification":"NWBKGB2L"}}`, "NWBK"},
		{`{"Othr":{"Id":"12345678"}}`, "12345678"}, {`{"sort_code":"16-07-68"}`, "16-07"}, {`{"last6":"477648"}`, "477648"}, {`{"mask":"718838"}`, "718838"}, {`{"card":{"lastSix":477143}}`, "477143"},
		{`{"tax_file_number":"357395618"}`, "357395618"}, {`{"taxId":"45309416286"}`, "45309416286"}, {`{"ein":"710743310"}`, "710743310"}, {`{"tcKimlikNo":"56421698494"}`, "56421698494"}, {`{"rut":"10.198.625-K"}`, "10.198"}, {`{"memo":"no 7.852.675-0"}`, "7.852"}, {`{"memo":"1207, 15.069.857-K"}`, "15.069"},
		{`{"access":"J2QqRenVOSp5VNcXMZBwwFWWnxtQj7uLODQA8AlZ","access_expires":86400}`, "J2Qq"}, {`{"authorization_code":"Fjx4xhAaJ0jjAGBIRKOgN4Sd3"}`, "Fjx4"}, {`{"code_verifier":"qK6be0GzUxJ2gG6oxVxO8UHa1"}`, "qK6b"},
		{`{"security_code":"482"}`, "482"}, {`{"mfa":"553264"}`, "553264"}, {`{"tan":553264}`, "553264"}, {`{"api_keys":["q8Zk2mV0xPz7Lw","x"]}`, "q8Zk"}, {`{"password_confirmation":"Winter3117$"}`, "Winter"},
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

// TestBesidePointers: a code that was held for an account behind it is reported
// where it stands.
func TestBesidePointers(t *testing.T) {
	r := newRedactor(t)
	_, found, err := r.JSON(nil, []byte(`{"a":[{"bic":"INGBNL2A","iban":"DE97465343919572766670"}]}`))
	if err != nil || len(found) != 2 || found[1].Pointer != "/a/0/bic" && found[0].Pointer != "/a/0/bic" {
		t.Errorf("%v, %v", found, err)
	}
}

// TestBesideNothing: keys and words that only sound like it.
func TestBesideNothing(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{`{"bic":"DEUTDEFF"}`, `{"iban":"none"}`, `{"iban":"DE12 3456"}`, `{"swift":"BARCGB22","name":"x"}`, `{"SchemeName":"UK.OBIE.Other","Identification":"33482872602226"}`, `{"Identification":"33482872602226"}`, `{"last4":"1111","mask":"0000"}`,
		`{"access":"public","refresh":"daily"}`, `{"seed":42,"tan":"blue","mfa":true}`, `{"account":{"balance":{"value":1234567}}}`, `{"order":{"number":"12345678"}}`, `{"bearer":"bob"}`, `{"cookie":"yes"}`} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
	for range 100 { // what an account in a text left behind says nothing of the next document
		text(t, r, "account 12345678")
		if in, got := `{"pin":"4821","bic":"DEUTDEFF"}`, jsonText(t, r, `{"pin":"4821","bic":"DEUTDEFF"}`); !strings.Contains(got, "DEUTDEFF") {
			t.Fatalf("%s -> %s", in, got)
		}
	}
	for _, in := range []string{"COUNCIL TAX 12345678", "SALES TAX 123456782", "SOC 123456782", "ein 123456789", "FIRST BANK 412345", "last 12 orders", "RESORT 12-04-44"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestBesideInText: cues of several words, cues behind a number, and what is left
// of a number beside one.
func TestBesideInText(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"Tax ID 45309416286", "45309416286"}, {"Tax File Number: 614492856", "614492856"}, {"Social Insurance Number 115298473", "115298473"}, {"soc sec 093068849", "093068849"}, {"SS# 443171540", "443171540"},
		{"burgerservicenummer 313239654", "313239654"}, {"TC Kimlik No: 92182719672", "92182719672"}, {"NIF do titular 256519897", "256519897"}, {"Federal tax ID: 58-8236425", "8236425"}, {"EIN 829473446", "829473446"},
		{"CPF/MF 00374045470", "00374045470"}, {"RUT 10.103.237-K", "103.237"}, {"TIN 47913985621", "47913985621"}, {"henkilötunnus 070289-523Y", "070289"},
		{"sortcode=11-09-40", "11-09"}, {"557-044 14669119 (BSB account)", "14669119"}, {"320452503 / 1935356834 (routing/account)", "1935356834"}, {"<BANKID>019890463</BANKID>", "019890463"},
		{"<MmbId>467442</MmbId><Othr><Id>18874233</Id></Othr>", "18874233"}, {"card **732767", "732767"}, {"account XX159457", "159457"}, {"Mastercard ...323379", "323379"}, {"•••845298 account", "845298"},
		{"last six digits 372481", "372481"}, {"last 6 digits of card 882425", "882425"}, {"first six digits of card 419518", "419518"}, {"ending with 262153 (card)", "262153"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}

// TestDividedCodes: codes of letters and digits whose parts are elements of an
// array.
func TestDividedCodes(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{`["RTSP","PD56","T25H","501Y"]`, `{"a":["RTSPPD56T","25H501Y"],"b":"x"}`, `[["RTSP"],[["PD56","T25H","501Y"]]]`} {
		if got := jsonText(t, r, in); strings.Contains(got, "501Y") || strings.Contains(got, "RTSP") {
			t.Errorf("%s -> %s", in, got)
		}
	}
	for _, in := range []string{`["RTSP","PD56","T25H","501X"]`} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestSpelledTokens: token-shaped text is taken apart, however its underscore is
// spelled; our own tokens are left alone.
func TestSpelledTokens(t *testing.T) {
	r := newRedactor(t)
	for _, mark := range []string{"%5F", "%5f", "&#95;", "&#x5f;", "&lowbar;", `\u005f`, `\x5f`, `\137`, "=5F", "＿", "\u200b_", "_\u200b", "%255F", "</b>_"} {
		in := "see ACCT" + mark + "ABCDEFGHIJKLMN now"
		if got := text(t, r, in); got == in || !strings.Contains(got, "-") || text(t, r, got) != got {
			t.Errorf("%q -> %q", in, got)
		}
		own := strings.Replace(card(visa), "_", mark, 1)
		if got := text(t, r, own); got != own {
			t.Errorf("own token: %q -> %q", own, got)
		}
	}
}

// TestMoreKeys holds one key of each further issuer, and words that begin alike.
func TestMoreKeys(t *testing.T) {
	r := newRedactor(t)
	const body = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7bC9d"
	for _, form := range []string{"mnzc~onf.%s", "acc~ess_%s", "te~st_%s", "ph~c_%s", "ra~mp_tok_%s", "rk_~prod_%s", "s~k_%s", "oa_~prod_%s", "sup_~sk_%s", "vc~p_%s", "up:~yeah:%s", "secret access k~ey %s", "my api tok~en %s",
		"https://hooks.sl~ack.com/triggers/T01234567/123/%s", "https://discord.com/api/web~hooks/156555278455841979/%s", "aB3dE5fG7hJ9kL.atlas~v1.%s" + body, "00%s", "re_aB3~dE5fG_%s"} {
		in := strings.ReplaceAll(strings.Replace(form, "~", "", 1), "%s", body)
		if form == "re_aB3~dE5fG_%s" {
			in = in[:len("re_aB3dE5fG_")+24]
		}
		if got := text(t, r, in); strings.Contains(got, body[:20]) {
			t.Errorf("%s -> %s", in, got)
		}
	}
	if got := text(t, r, "private key 0xb5404faf73b2e289e4f253c1691009adaf7c198a2a9864bc32ac794514409b91"); strings.Contains(got, "b5404f") {
		t.Errorf("hexadecimal key -> %s", got)
	}
	if got := text(t, r, "VK+C3GC8nXccxljSRjEeooLsrqas5AAqbHeC8GYZ"); strings.Contains(got, "LjSR") || strings.Contains(got, "VK+C") {
		t.Errorf("bare secret -> %s", got)
	}
	for _, in := range []string{"test_results_for_branch_2024_in_the_archive", "access_log_2024_01_05_of_the_old_server_farm", "sk_products_of_the_year_2024_by_branch", "/usr/local/share/Fonts2/TrueType/Regular", "private-equity-fund-2024-annual-report-of-Q3",
		"re_invoice_2024_of_the_old_customer_123", "token 123e4567-e89b-12d3-a456-426614174000", "key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "aGVsbG8gd29ybGQgdGhpcyBpcyB0ZXh0IDEyMzQ1"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
