package redact_test

import (
	"strings"
	"testing"
)

// TestPaymentForms: what the files of banks, the slips of terminals, servers and models write
// beside payments stays, and a number that is whole in the same places goes.
func TestPaymentForms(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"ELV51394103 24.02 15.12 ME6 IBIS//OSLO/DE", "EC 30071108 130424174207PP7 H&M", "EC 86012120 140724013600ZX7 Migros", "Kortköp 250405 ETSY Ref 400407886 79,81", "Dankort-nota Target 9268 Notanr. 41895023278 328,12",
		"Korttiosto H&M 03.06.2023 Arkistointitunnus 202404026931418126A41 946,39-", "ECOM PUR/ETSY/OSLO/010722/01:12/627321979208/157518", "端末番号 49617-316-99582 2024/12/28 08:36 91,393円",
		"Покупка 06.11.25 18:21 терминал 25230624 код авторизации 767498 RRN 416311074447 MCC 3463", "NETS QR PAYMENT 23182346 OMV SGP 11SEP 20251121145221569317 SGD 607.57", "ชำระ H&M เลขที่อ้างอิง 202304126206179147 20/01/2024 12:48",
		"07/06 09/30 84340920215838335983231 ARAL OSLO 708.99", "05/31 08/22 24606029354495267806678 EBAY DUBLIN", `"84353963118439556262496; 09621; ; ; ;","-43.33"`,
		"Mandat AC81916339 Gläubiger-ID DE81ZZZ14356387675 EREF 918608343", "RUM TK598573274 ICS FR32ZZZ814622", "Policy CU733645675 premium 21,060.16", "/NAME/OMV/MARF/143200/REMI/Factuur", "End-to-End 2024041228071951-7783 Ibis 64.66 EUR",
		"7-ELEVEN 240711 0307 2023-334T00 4207.37", "250306 2024-W16-7 422617 23,461.88", "HILTON 15062024 145191 01:00PM 02-03-22 3411.65", "ZABKA Jul 04, 2022 614042 20 January 2023 3480.70",
		"<DTPOSTED>20250620180131.000[-5:EST]</DTPOSTED><DTUSER>20240903</DTUSER>", "<FITID>74419740120</FITID><CHECKNUM>8935</CHECKNUM><REFNUM>01328265</REFNUM><SIC>5938</SIC>", "<FITID>26303379928</FITID><CHECKNUM>1922</CHECKNUM><REFNUM>70766238</REFNUM>",
		"<MsgId>2025112400389534</MsgId><AcctSvcrRef>20260123399911</AcctSvcrRef><PmtInfId>Z57LX4ELCBH4</PmtInfId><EndToEndId>45927094</EndToEndId>",
		":61:2308130813D964,80NMSC05186652//9097856845", ":61:2409220922D1777,16NMSC70306221//7838152342", ":61:2603080324C5143,72NTRF11236263//GU4E2540891485 /OCMT/",
		":86:192?00FOLGELASTSCHRIFT?20EREF+67916735909725?21MREF+OR-54681067?22CRED+DE31ZZZ16594773767?23SVWZ+", ":86:166?00LASTSCHRIFT?20REWE 10.11?21RG 04236065 KD 454428?22890.68 EUR?32LYFT", ":86:GIRO 4791789 BETAAL.KENM. 77260758 FACT 04882880 190324 TRANSACTIEDATUM*",
		"88,045,571020,,,400,8463365,4,,170,4929285,36/", "UNITED KINGDOM,'AT242890005000016016159',General", "UNITED KINGDOM,'AT240120048000012145651',General", `"Posted","VISA","9864","H&M 60061 MADRID","$35,240.90","","$85,709.75"`,
		"AND id IN (473708, 781136, 5989133) LIMIT 63", `web~ app/s5 6/2/3/352/423 200 99559 - - ---- 551/784/4/1/0 0/0 "GET /"`, "(G1 Evacuation Pause) 6919M->389M(4600M) 9.24ms", "[2022-06-26 16:43:05,009] INFO [Log partition=tx-6, dir=/data]",
		"sha256=7eb17e5861bfd9c53165b2a5eca468cded228fb9d40df358a6516035331d6d9c took=1.89ms", "index be366917c..c4c25111a 100644", "index ac571620d..788e7511d 100644", "index 414a1ea..8707acc 100644", "index 4e096ad..ac87616 100644",
		`rpc_bucket{job="api",le="2.5",instance="10.14.7.135:3665"} 45 1650971055254`, `x_bucket{le="2.5"} 5279 1657495817510`, "REF 3801984297 31/05 18 694,87", "CHQ PAID-MICR CTS-LISBOA 411790 5,08,64,508.28 6,30,37,047.81",
		`1556,97;"S";"EUR";;;;0701;58819;;1003;"25489235";;;"Spar Rechnung"`, "tax 3,278.81 bill 57953604 2024", "-rw-r--r-- 1 6111 8142 3405 Mar 16  2022 IMG.jpg", "https://x.example/p?_ga=2.238445485.2364866077.1701810823-8044548062&x=1", "seat 2W ticket 449 8500762259", "loss 0.36883564856588746",
		"| 2022-06-08 | Coles | 26485663 | €176.75 | 65.4 % | 24 |", ":86:177?00GUTSCHRIFT?20COSTCO 12.09?21RG 23965722 KD 500824?224195.81 EUR?32ARAL", "<MndtId>AC76761586</MndtId>", "?21MREF+AC-57265153?22CRED+DE82ZZZ63699026851?23SVWZ+",
		"        v0 := b.NewValue0(v.Pos, OpMIPS64DIVV, types.NewTuple(typ.Int64, typ.Int64))",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		"ELV4539578763621486 24.02 15.12", "EC 45395787 63621486", "Ref 4539578763621486 79,81", "Ref 45395787 63621486", "Ref 4539 5787 6362 1486 79,81", "17:56/4539578763621486/157518", "терминал 25230624 код авторизации 6214816", "Код авторизации: 362148. Никому не сообщайте",
		"NETS 202511214539578763621486", "NETS 20254539578763621486", "07/06 09/30 4539578763621486 ARAL", "07/06 09/30 45395787636214861234567", `"4539578763621486; 09621; ; ; ;"`, "DE81ZZZ4539578763621486", "Mandat account 3662148112", "Policy holder's account number AC 3662148112",
		"<FITID>4539578763621486</FITID>", "<b>45395787</b><i>63621486</i>", "<AcctSvcrRef>4539 5787 6362 1486</AcctSvcrRef>", ":61:2308130813D964,80NMSC4539578763621486//9097856845", ":61:2308130813D964,80NMSC1//4539578763621486", "45395787//63621486", ":86:177?20EREF+4539578763621486?21MREF+X", ":86:177?20EREF+453957876?213621486?22X",
		"FACT 4539578763621486 190324", "88,045,4539578763621486", "UNITED KINGDOM,'AT4539578763621486',General", `"VISA","4539578763621486","x"`, "id IN (4539578763621486, 781136)", "id IN (4539, 5787, 6362, 1486)", "4539578763621486M->389M(4600M)", "4539/5787/6362/1486 - - ---- 1/2",
		"sha256=4539578763621486", `x_bucket{le="2.5"} 4539578763621486 1657495817510`, "REF 4539578763621486 31/05", "bill 4539578763621486 2024", "-rw-r--r-- 1 4539578763621486 8142 Mar 16  2022", "https://x.example/p?_ga=4539578763621486", "ticket 4539578763621486", "ticket 4539 5787 6362 1486",
		"| 4539578763621486 | €176.75 |", "| 4539 | 5787 | 6362 | 1486 |", "TOTAL   96.40\n4539578763621486 LYFT", "4539\n5787\n6362\n1486", "Mandat AC 4539578763621486",
		"0.4539578763621486", "4539578763621486 01:00PM", "4539 5787 6362 1486 20 January 2023", "4539;5787;6362;1486", "refDE,89,3704,0044,0532,0162,1486", "NIR 2 95 06 11 476 533 19,12.50,TESCO",
	} {
		if got := text(t, r, in); strings.Contains(got, "62148") || strings.Contains(got, "6362") || strings.Contains(got, "3621486") || strings.Contains(got, "476 533") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestPaymentMembers: members of an object that name what a payment has of its own are no
// parts of a number that is divided over them, and the cursor of a page is no web token.
func TestPaymentMembers(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`{"cursor":"eyJkIjogIjIwMjMtMDMtMjYiLCAiaWQiOiA2MDE1ODM4M30=","request_id":"c6579ae5-cc90-4d23-acc5-e35eabe1c26d","idempotency_key":"e24f515e-3ab9-498f-8589-1e3364ac5921"}`,
		`{"cursor":"eyJkIjogIjIwMjItMTAtMjQiLCAiaWQiOiA4NzMyOTg5M30=","request_id":"2e611461-5951-4af4-8f94-0ae76c16dd13"}`,
		`{"stan":"045954","rrn":"406311829032","auth_code":"7T1KWT","merchant":{"mid":"2358108633","terminal":"99458704"},"transmission":"0607215040","local_time":"065126"}`, `{"rrn":"327301191275"}`, `{"stan":"846807","rrn":"317517852058"}`,
		`{"number":"22017242","order":"962639871"}`, `{"sku":"507814","ean":"9859410747655"}`, `{"vat":"GB582715953","store":"3859","address":{"line1":"348 High St"}}`,
		`{"amount":"3040.51","customer_reference":"6434839840","bank_reference":"91688513"}`, `{"checknum":"8249","refnum":"99176513","sic":"4519","name":"BOLT"}`, `{"bucketCounts":["51","681","21","7","6","7365","7921","5"]}`,
		`[{"t":"JUMBO 02FEB 18:38 TID 57414167","r":"2736939"}]`, `{"mem":1923006118,"rx":164470939,"tx":592811836,"lat":[7.92,50.584]}`, `[6.02e23]`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		`{"cursor":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9","request_id":".eyJzdWIiOiI1M3621486.yucjx7sG3621486"}`, `{"note":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.yucjx7sGxd3621486"}`,
		`{"rrn":"4539578763621486"}`, `{"order":"4539578763621486"}`, `{"bucketCounts":["4539578763621486"]}`, `{"counts":[4539,5787,6362,1486]}`, `{"accounts":["45395787","63621486"]}`, `{"reference":"45395787","reference2":"63621486"}`, `{"customer_reference":"45395787","customer_reference2":"63621486"}`,
		`{"order":"45395787","order2":"63621486"}`, `{"rrn":"4539 5787 6362","auth":"1486"}`, `{"sku":"4539-5787","ean":"6362-1486"}`, `{"t":"card 45395787","r":"63621486"}`, `{"memo":"45395787","notes":"63621486"}`,
	} {
		if got := jsonText(t, r, in); strings.Contains(got, "3621486") || strings.Contains(got, "6362") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestExpressions: what a program gives to the name of a secret is none, if it is a part of
// itself, a list, an attribute, a member that is called the same.
func TestExpressions(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"        pw = pw[:-1]", "        pw = [1]*N", `"ApiKey": ApiGatewayApiKey.resource_type,`, "        RegEnumKey = win32api.RegEnumKey", "[f'AWS4-HMAC-SHA256 Credential={self.scope(request)}']", "	SIOCGLIFTOKEN                 = -0x3f879678", "        pass     => $self->{+PASS},",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		`password = "pw[:-1]Tulip9"`, "password = [1]*Tulip9", `"ApiKey": Tulip9.resource`, "api_key = win32api.Tulip9", "password={Tulip9(request)}", "password = -Tulip9x3f87", "password => $elf->{Tulip9}",
	} {
		if got := text(t, r, in); strings.Contains(got, "Tulip") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
