package credential

// The prefixes that issuers of credentials publish for secret scanning.

// KeyForm is a token that starts with a fixed prefix.
type KeyForm struct {
	Prefix string
	Body   int // least characters after the prefix
}

// Distinct tells whether a prefix stands out even with letters glued on.
func (f *KeyForm) Distinct() bool {
	last := f.Prefix[len(f.Prefix)-1]
	return len(f.Prefix) > 3 && (last == '_' || last == '-' || last == '/' || f.Body == 16 && f.Prefix[0] == 'A' || f.Prefix == "AIza")
}

// Access tells whether it is the id of an access key of AWS.
func (f *KeyForm) Access() bool { return f.Prefix == "AKIA" || f.Prefix == "ASIA" }

// GroupSize is how many characters of the id in a bank aggregator's token stand before
// its first dash: a bank may have cut the rest off.
const GroupSize = 8

// KeyForms is indexed by the first byte of the prefix.
var KeyForms = makeKeyForms([]KeyForm{
	{"access-sandbox-", GroupSize}, {"access-development-", GroupSize}, {"access-production-", GroupSize}, // bank aggregators
	{"public-sandbox-", 20}, {"public-production-", 20}, {"link-sandbox-", 20}, {"link-production-", 20},
	{"processor-sandbox-", 20}, {"processor-production-", 20}, {"test_tkn_", 12}, {"test_token_", 12}, {"token_", 20},
	{"access-", 30},
	{"secret_", 20}, {"ntn_", 20}, // Notion
	{"sk_live_", 10}, {"sk_test_", 10}, {"rk_live_", 10}, {"rk_test_", 10}, {"pk_live_", 20}, {"whsec_", 16}, // Stripe
	{"sk-ant-", 16}, {"sk-proj-", 16}, {"sk-svcacct-", 16}, {"sk-or-", 16}, {"sk-", 20}, {"hf_", 20}, {"gsk_", 20}, {"r8_", 20}, // model APIs
	{"AKIA", 16}, {"ASIA", 16}, {"ABIA", 16}, {"ACCA", 16}, {"AROA", 16}, {"AIDA", 16}, // AWS
	{"AIza", 30}, {"ya29.", 16}, {"GOCSPX-", 16}, // Google
	{"ghp_", 20}, {"gho_", 20}, {"ghu_", 20}, {"ghs_", 20}, {"ghr_", 20}, {"github_pat_", 20}, {"glpat-", 16}, {"gldt-", 16}, {"glrt-", 16},
	{"xoxb-", 10}, {"xoxp-", 10}, {"xoxa-", 10}, {"xoxr-", 10}, {"xoxs-", 10}, {"xoxe-", 10}, {"xapp-", 10}, {"xoxe.", 10},
	{"SG.", 30}, {"npm_", 20}, {"pypi-", 20}, {"dop_v1_", 20}, {"doo_v1_", 20}, {"shpat_", 20}, {"shpss_", 20}, {"shpca_", 20}, {"shppa_", 20},
	{"sq0atp-", 16}, {"sq0csp-", 16}, {"EAAA", 50}, {"EAACEdEose0cBA", 16}, {"lin_api_", 20}, {"figd_", 20}, {"dapi", 32}, {"hvs.", 20}, {"hvb.", 20},
	{"dp.pt.", 20}, {"sntrys_", 20}, {"glsa_", 20}, {"PMAK-", 20}, {"rubygems_", 20}, {"NRAK-", 16}, {"key-", 32}, {"pat-", 30}, {"patn", 40},
	{"AGE-SECRET-KEY-1", 20}, {"age-secret-key-1", 20}, {"live_", 25}, {"sandbox_", 30}, {"ATATT3", 30}, {"ATBB", 24}, {"BBDC-", 40}, {"tskey-", 16},
	{"xai-", 20}, {"pplx-", 20}, {"tvly-", 20}, {"nvapi-", 20}, {"fw_", 20}, {"rpa_", 20}, {"tgp_v1_", 20}, {"jina_", 20}, {"sk-lf-", 16}, {"phx_", 20},
	{"dckr_pat_", 20}, {"dckr_oat_", 20}, {"pul-", 32}, {"rdme_", 20}, {"nfp_", 20}, {"CFPAT-", 20}, {"xkeysib-", 20}, {"glc_", 20}, {"ops_", 20}, {"HRKU-", 16},
	{"1//0", 30}, {"LTAI", 16}, {"FLWSECK", 16}, {"hooks.slack.com/services/", 20}, {"/api/webhooks/", 30}, {"sk.eyJ", 20}, {"APA91b", 30},
	{"pscale_", 20}, {"sbp_", 20}, {"sb_secret_", 16}, {"vercel_", 20}, {"EZAK", 40}, {"squ_", 20}, {"tfp_", 20}, {"SK", 32}, {"AccountKey=", 20}, {"sk-admin-", 16},
	{"A3T", 17}, {"ABSK", 100}, {"amzn.mws.", 30}, // AWS
	{"glcbt-", 16}, {"glffct-", 16}, {"glft-", 16}, {"glimt-", 16}, {"glagent-", 20}, {"gloas-", 20}, {"glptt-", 20}, {"glsoat-", 16}, {"GR1348941", 20}, {"glwt-", 16}, // GitLab
	{"dor_v1_", 20}, {"duffel_live_", 30}, {"duffel_test_", 30}, {"dt0c01.", 60}, {"dt0s01.", 60}, {"EZTK", 40}, {"fo1_", 40}, {"fm1a_", 60}, {"fm1r_", 60}, {"fm2_", 60}, {"fio-u-", 50},
	{"dnkey-", 40}, {"CLOJARS_", 50}, {"shippo_live_", 30}, {"shippo_test_", 30}, {"FLWPUBK", 16}, {"AKCp", 60}, {"cmVmd", 55}, {"p8e-", 32}, {"v1.0-", 100},
	{"dp.st.", 20}, {"dp.ct.", 20}, {"dp.sa.", 20}, {"dp.scim.", 20}, {"dp.audit.", 20}, {"hvr.", 20}, {"pnu_", 30}, {"sgp_", 30}, {"sqp_", 30}, {"sqa_", 30}, {"sntryu_", 40}, {"sm_aat_", 16}, {"sm_pat_", 16}, {"sm_sat_", 16},
	{"s-s4t2ud-", 40}, {"s-s4t2af-", 40}, {"NRJS-", 16}, {"NRII-", 30}, {"NRAL-", 16}, {"NRIQ-", 30}, {"pubkey-", 32}, {"sha256~", 40}, {"tk-us-", 40}, {"lin_oauth_", 20}, {"api_org_", 30}, {"AQVN", 35}, {"aio_", 26}, {"ico-", 32},
	{"pk.eyJ", 20}, {"xoxd-", 20}, {"xsmtpsib-", 20}, {"lsv2_pt_", 30}, {"lsv2_sk_", 30}, {"pcsk_", 30}, {"rzp_live_", 12}, {"rzp_test_", 12}, {"mlsn.", 40}, {"napi_", 40}, {"CCIPAT_", 20}, {"CCIPRJ_", 20}, {"bkua_", 30}, {"ddp_", 30},
	{"cfut_", 30}, {"cfat_", 30}, {"ATCTT3", 30}, {"glpat_", 16}, {"sk_prod_", 16}, {"sk_sbox_", 16}, {"AQE", 80}, {"bb_live_", 16}, {"sl.", 60}, {"sdk-", 36}, {"oy2", 43}, {"4b1d", 38}, {"API-", 26}, {"zpka_", 30},
	{"A3-", 30}, {"ATSTT3", 30}, {"sc_", 40}, {"mnzconf.", 20}, {"mnzpub.", 20}, {"test_", 25}, {"access_", 30}, {"A21AA", 60}, {"polar_", 30}, {"phc_", 30}, {"pub-c-", 30}, {"sub-c-", 30}, {"sec-c-", 30},
	{"ramp_tok_", 30}, {"ramp_sec_", 30}, {"re_", 30}, {"rk_prod_", 10}, {"sk_", 24}, {"ek_live_", 20}, {"ek_test_", 20}, {"oa_prod_", 20}, {"oa_sand_", 20}, {"hooks.slack.com/workflows/", 20}, {"hooks.slack.com/triggers/", 20},
	{"/IncomingWebhook/", 30}, {"hooks.zapier.com/hooks/catch/", 10}, {"sup_sk_", 20}, {"sb_publishable_", 16}, {"unkey_", 20}, {"up:yeah:", 30}, {"vcp_", 30}, {"vck_", 30}, {"vca_", 30}, {"vci_", 30}, {"vcr_", 30}, {"xau_", 30}, {"xprv", 80}, {"yprv", 80}, {"zprv", 80}, {"tprv", 80}, {"uprv", 80}, {"vprv", 80}, {"add-mask::", 6}, // SLIP-132; what a step of GitHub Actions hides

	{"t1.", 40}, {"reset-password/", 20}, {"password/reset/", 20}, {"private-", 32}, {"fc-", 32}, {"e2b_", 30}, {"csk-", 40}, {"ark-", 30}, {"pdl_live_", 30}, {"pdl_sdbx_", 30}, {"secret-token:", 20}, {"klarna_live_api_", 40}, {"klarna_test_api_", 40},
	{"user_token_", 16}, {"app_token_", 16}, {"pst_live_", 20}, {"sat.", 50}, {"pat.", 50}, {"PMAT-", 20}, {"snyk_uat.", 30}, {"mkp_", 30}, {"dsk_", 40}, {"glrtr-", 16}, {"bb_pr_", 24}, {"bb_ma_", 24}, {"thog-key-", 16}, {"tok_", 40},
	{"EAA", 80}, {"access_token$production$", 16}, {"access_token$sandbox$", 16}, // Meta, PayPal Braintree
	{"assets-sandbox-", GroupSize}, {"assets-development-", GroupSize}, {"assets-production-", GroupSize}, {"user-sandbox-", GroupSize}, {"user-development-", GroupSize}, {"user-production-", GroupSize},
	{"live_sk_", 16}, {"test_sk_", 16}, {"refresh_", 40}, {"simplefin/claim/", 16}, {"nyk_v0_", 30}, {"persona_production_", 16}, {"persona_sandbox_", 16}, {"xnd_production_", 30}, {"xnd_development_", 30}, {"Mid-server-", 20}, {"APP_USR-", 30},
	{"figu_", 20}, {"figur_", 20}, {"shpcat_", 20}, {"shpua_", 20}, {"pnb_", 30}, {"bkaj_", 30}, {"mob-", 36}, {"api-", 36}, {"waka_", 36}, {"configcat-sdk-1/", 20}, {"packagist_", 40}, {"rnd_", 28}, {"rootly_", 40}, {"crsr_", 40},
	{"signkey-", 30}, {"hcaik_", 30}, {"hcamk_", 30}, {"hcxik_", 30}, {"hcxmk_", 30}, {"endr+", 16}, {"apify_api_", 20}, {"dbtc_", 30}, {"dbtu_", 30}, {"tr_prod_", 16}, {"tr_stg_", 16}, {"tr_dev_", 16}, {"tr_pat_", 16},
	{"secret-live-", 30}, {"secret-test-", 30}, {"secret-", 36}, {"console-", 36}, {"pk_prod_", 20}, {"sktsec_", 30}, {"ES_", 32}, {"0x4AAAAAA", 20}, {"AVNS_", 16}, {"AstraCS:", 20}, {"esecret_", 20}, {"dvc_server_", 16}, {"snyk_sat.", 30},
	{"eyJrIjoi", 60}, {"eyJvcmciOiI", 60}, {"dG9rO", 50}, {"dt0s16.", 60}, {"007eJx", 80}, {"mdb_sa_sk_", 30}, {"ver:1-hint:", 40}, {"y0_A", 40}, {"xoxc-", 10}, {"xoxo-", 10}, {"pk_", 34}, {"m0-", 36}, {"md-", 22}, {"SCW", 17},
	{"AKID", 32}, {"AKLT", 40}, {"samsara_api_", 20}, {"api_live.", 30}, {"api_sandbox.", 30}, {"vtwn_", 20}, {"aivenv1_", 40}, {"gcntfy-", 60}, {"ctp_", 30}, {"lmb_", 40}, {"lip_", 20}, {"sindri-", 30}, {"tss_", 30}, {"BSA", 28}, {"npg_", 12}, {"KEY0", 40}, {"rw_Fe26.2**", 20}, {"key_", 60},
	{"v1.local.", 60}, {"v2.local.", 60}, {"v3.local.", 60}, {"v4.local.", 60}, {"v1.public.", 60}, {"v2.public.", 60}, {"v3.public.", 60}, {"v4.public.", 60}, {"nsec1", 58}, // PASETO, Nostr
	{"hooks/", 24}, {"with/key/", 20}, {"make.com/", 24}, {"hc-ping.com/", 20}, {"sendwebhookdata/", 20}, {"webhook/", 36}, {"magic/", 24}, {"magic-link/", 20}, {"offline?data=", 20}, // addresses that are credentials
})

func makeKeyForms(all []KeyForm) (t [256][]KeyForm) {
	for _, f := range all {
		t[f.Prefix[0]] = append(t[f.Prefix[0]], f)
	}
	return t
}
