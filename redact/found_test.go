package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

// TestFound holds one text for each class that once got past the redactor, or
// was altered though it holds nothing.
func TestFound(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"CN\u201338\u200908\t45\nC", "45"}, {"National Insurance Number\tCN 38 08\t45\nC", "45"},
		{"4111x1111x1111x1111", "1111"}, {"5038x0902x3990", "0902"}, {"4111 o 1111 o 1111 o 1111", "1111"},
		{"𜳴𜳵𜳵6737586899𜳸𜳵𜳵", "6737"}, {"G󠁁B󠁁33BUK󠁁B2020155555󠁁55555", "20201"}, {"4&#0;5&#0000000;5&#x0;6737586&amp;#0;899855", "6737"},
		{"3056\u2009064805423517", "064805"}, {"364,2026,7919,5149,9", "x"}, {"6\b3\b6432\b1\b743\b285\b832", "743"},
		{"DE3802\x1b[0m3111165992707982", "3111"}, {"ᴅᴇ38023111165992707982", "3111"}, {"ŚĶ8639418821533226985006", "3941"},
		{"6\u01c05\u01c08\u01c03\u01c010\u01c039061\u01c065703", "39061"}, {"4111&nbsp1111&hyphen;1111&zwj;1111", "1111"},
		{`\N{U+0034}\N{DIGIT ONE}11111111111111`, "1111"}, {`\0064111111111111111`, "1111"}, {"%uD835%uDFD2%uD835%uDFCF11111111111111", "1111"},
		{"41111111111111111", "11111111111"}, {"4111111111111111123", "11111111111"}, {"5018136538485512281 23", "x"}, {"98501935223385813612345", "35223385"},
		{"S/C 33-85-88 A/C 41761296", "41761296"}, {"33-85-88 4176 1296", "4176"}, {"pay to 338588 / 41761296 sort code and account", "41761296"},
		{"⑆021000021⑆ 148646288179⑈ 0101", "148646288179"}, {"21549-003 77580056", "77580056"}, {"HDFC0001234/9903863424211", "9903863424211"},
		{"a/c no 9903863424211 ifsc code HDFC0001234", "9903863424211"}, {"2100 0418 45 0200051332", "0200051332"}, {"30006 00001 12345678901 89", "12345678901"},
		{"account NWBK52828970251234 at bank", "52828970251234"}, {"conto K 05415 13856 000000866171", "866171"}, {":86:166?00GUTSCHRIFT?31474322048?32MAX", "474322048"},
		{"348 04 6648", "6648"}, {"A★B★6582★43C", "6582"}, {"R/F/1/8/5/3/9/0/0/7/5/4/7/0/3/4", "7/5/4"}, {"RF18\n539007547034", "539007"},
		{"GB29NWBK601613****6819", "601613"}, {"411111??????1111", "411111"}, {"file 4111 11__ ____ 1111", "4111"},
		{"Authorization: token Ea4fDw3btQ1Xt2", "Ea4f"}, {"--token JqPp32ShM5w6u0", "JqPp"}, {"<password>XHJP5ht4co6WZ2</password>", "XHJP"},
		{"Set-Cookie: sessionid=Vfo1xooGxkdEo2; Path=/", "Vfo1"}, {"contraseña: Ztsz5W08Sw0G65", "Ztsz"}, {"Kennwort: 4gdmoZj6rddam6", "4gdm"},
		{"-----BEGIN+RSA+PRIVATE+KEY-----%0AMIIabc", "MIIabc"}, {"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhk\n-----END -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhk", "MIIEvQ"},
		{"AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"}, {"Cookie: theme=dark; connect.sid=s3Yt1Vq9wLk2Zp8; a=b", "s3Yt1"}, {"curl -u me:hunter2x https://a.example", "hunter2x"},
		{"bot 5691384756:AASxUEyCKKIlxl8HRkZCZbiRG8cKxKX9801", "AASx"}, {"MaGPnAfXFFdus0UdnSCR7pG5.tBOdcU.RLKuQsIoHC-2RpAJ48ndrrEEWXQ", "RLKu"}, {"e2b91b72e3773b34116ee7fca0474818-us5", "e2b9"},
		{"access_token$production$jjjgjj2fryp2uz02$9f96d0a816b4cb9736dec55203d284da", "9f96"}, {"BH50UQWRMMMMPOH5KKDUY5", "UQWR"}, {"Konto 7351691897 BLZ 38866413", "38866413"},
		{"account 6,5,0,7,5,1,4,8,6", "5,1,4"}, {"ABA 0414.1920.7", "1920"}, {"06/0163/0859418/07", "0859418"}, {"756.3197.7773.13", "7773"}, {"59186111G", "59186111"}, {"59186111-G", "59186111"}, {"X2810991T", "2810991"},
		{"19730327-6039", "6039"}, {"RUT 12.785.210-3", "785"}, {"TCKN 76190204986", "76190204986"}, {"fødselsnummer 28118396210", "28118396210"}, {"EIN 45-0882503", "0882503"}, {"7303275800088", "x"},
		{"4314&#x200B4504&#x200B3298&#x200B9663", "4504"}, {"𝍬𝍫𝍩𝍬𝍬𝍭0𝍬𝍫𝍪𝍱𝍰𝍱𝍮𝍮𝍫", "𝍱𝍰"}, {"1<b>2</b>3-45-6789", "6789"}, {"PX•78•17•26•B", "17"}, {"card ending in 621486", "621486"}, {"Visa ending 62-1486", "1486"},
		{"NDExMQAxMTExADExMTEAMTExMQ==", "NDEx"}, {"/v1/cards/eJwyMTREAEAAAAAA//8", "x"},
		{"q=please+charge+4137762265706+today", "4137762265706"},
		{"4539™5787™6362№1486", "5787"}, {"4539ￜ5787ㅣ6362丨1486", "5787"}, {"45𐄉957876362148𐄌", "57876"}, {"45395787636兩1486", "57876"}, {"ꓓꓰ89370400440532013000", "370400"}, {"DЕ89370400𐄊𐄊0532013000", "370400"}, // symbols, numerals, Lisu
		{"<![CDATA[4539]]><![CDATA[5787]]><![CDATA[6362]]><![CDATA[1486]]>", "5787"}, {"DE89<!--[if IE 9]>x<![endif]-->3704<!-- a > b -->0044<i x='>'>0532</i>013000", "3704"},
		{"[4539](https://example.com)[5787](#a)[6362][ref][1486](b)", "5787"}, {"4539[^1]5787[^2]6362[^note]1486", "5787"}, {"4539[1]5787[2]6362[3]1486", "5787"},
		{"[b]4539[/b][b]5787[/b][b]6362[/b][b]1486[/b]", "5787"}, {`\textbf{4539}\textbf{5787}\emph{6362}\emph{1486}`, "5787"},
		{`\o{64}\o{65}\o{63}\o{71}578763621486`, "5787"}, {`\N{LATIN CAPITAL LETTER D}\N{LATIN CAPITAL LETTER E}89370400440532013000`, "3704"}, {`\x26#5\x32\x3b5&#5\x31\x3b9&#5\x33\x3b78763621486`, "78763"},
		{"=?utf-8?Q?45395787?= =?utf-8?Q?63621486?=", "5787"}, {"=?utf-8?B?NDUzOTU3ODc=?=\r\n =?utf-8?B?NjM2MjE0ODY=?=", "NDUz"},
		{"part1=45395787&part2=63621486", "5787"}, {"{'part1': '45395787', 'part2': '63621486'}", "5787"}, {"s = \"45395787\"\ns += \"63621486\"", "5787"},
		{`<card p1="4539" p2="5787" p3="6362" p4="1486"/>`, "5787"}, {"d0=45395787 d1=63621486", "6362"}, {"chr(52)+chr(53)+chr(51)+chr(57)+chr(53)+chr(55)+chr(56)+chr(55)+chr(54)+chr(51)+chr(54)+chr(50)+chr(49)+chr(52)+chr(56)+chr(54)", "chr(55)"},
		{"CHAR(52) || CHAR(53) || CHAR(51) || CHAR(57) || CHAR(53) || CHAR(55) || CHAR(56) || CHAR(55) || CHAR(54) || CHAR(51) || CHAR(54) || CHAR(50) || CHAR(49) || CHAR(52) || CHAR(56) || CHAR(54)", "CHAR(55)"},
		{"Account Number Statement Period\n5364282355 01/01/2024 - 01/31/2024", "5364282355"}, {"ACCOUNT NO. BALANCE\r\n5364282355 $100.00", "5364282355"},
		{"my checking is 1847458566 and savings is 228589869615", "1847"}, {"my checking is 1847458566 and savings is 228589869615", "2285"}, {"The account that ends in 867781", "867781"},
		{"453957876362148*", "5787"}, {"4539 5787 6362 148x", "5787"}, {"3742 481897 7235*", "481897"},
		{"the account whose number is 4869147981", "4869147981"}, {"account not found: 2560055652", "2560055652"}, {"CCI 93776650920205535981", "93776"}, {"CCI: 937-766-509202055359-81", "509202055359"},
	} {
		if tc.gone == "x" { // only that it does not fail
			text(t, r, tc.in)
			continue
		}
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}

// TestFoundTwice holds one text for each class of two disguises at once that got
// past the redactor. The second column must be gone.
func TestFoundTwice(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"0/8/0/-/6/4/-/4/8/2/4", "4/8"}, {"8\x1b75+.903+.536+-63", "903"}, {"27-1431$5109-9", "5109"}, {"93~.183.829/0001&58", "829"}, // marks of identity numbers among others
		{"530415--55|74", "530415"}, {"87.&01.14-6&23.&15", "6&23"}, {"𝟑-𝟓-𝟏---𝟏-𝟖---𝟔-𝟕-𝟑-𝟐", "𝟔-𝟕"}, {"3\n0\n9\n!\n7\n3\n!\n5\n4\n8\n5", "5\n4"}, {"110105\n19720822210X", "19720822"},
		{"147-31-32092026", "3209"}, {"00002!3!8!-!9!5!-!7!2!6!5", "7!2"}, {"2024103-28-5023", "28-50"}, // something is glued to them
		{"16011 5587 4078 9574", "5587"}, {"002720 6382 0583 2522", "6382"}, {"3589-2264-0920-29200000", "2264"}, {"3782 822463 10005123", "822463"}, {"45518\n2385\n3768\n7741", "2385"}, // and to cards in groups
		{"62\u20285\u2028832\u2028091024\u2028730\u202811227", "091024"}, {"66304 7623 7569", "7623"}, {"6761715683754083", "17156"}, {"3627077059825374097", "70598"},
		{"6086  - 9 829  - 24 20 –  642 1", "829"},                                                                         // separators of several kinds in a card of a range that is thinly issued
		{":25:4977-0220-4740-9532/2028\n:28C:1", "4740"}, {"d41d8cd98f00b204e9800998ecf84271 4111 1111 1111 1111", "1111"}, // beside hexadecimal
		{"4111<\nb>1111<b\n></b\n>1111<!-\t- x ->1111", "1111"}, {"41</i>11<</i>b</i>>11</i>11 1111 1111", "1111"}, {"6759<,i>9291<s p an>45550", "9291"}, // a separator in the middle of another
		{"4111&n-bsp;1111&t\thin\tsp;1111&#x|20;1111", "1111"}, {"411&#1-6-0;1111&;n;b;s;p;;11111&nd.ash;1111", "1111"},
		{"598#61 1786", "61 17"}, {"552.476.055;60", "476"}, {"91.02.01€594.40", "594"}, {"3~4~4~~9~4~~3~4~1~9", "9~4"}, // other marks in a printed form
		{"179\u200b74\u200b1881", "1881"}, {"970911\u03010655", "0911"}, {"713195691\u00ad02", "x"}, // and marks that nobody sees
		{"1845110][1051961100349824905", "1051961"}, {"0927110105197210159007", "197210"}, {"xPSNPDD52M09H501Kz", "52M09"}, // digits and letters glued to strict codes
		{`\64\61\61\61\61\61\61\61\61\61\61\61\61\61\61\612026`, `\61\61`}, {"0112,0756,1538,17&71,1764,29", "0756"}, {"012=58028654689=4002", "5802865"},
		{"3035876011 7034 3126 5696927892", "7034"}, {"5286304/3/2/7/8/5/0/8/7/5/3/0/5/7/5/3165456", "8/7"}, {"3341663774 215137 61127703159", "x"}, // digits at both ends
		{"6268 7785 2316 2045 329", "7785"}, {"6763 9298 4979 6173 524", "9298"},
		{"349@@61@@1@622", "61"}, {"068$76$6#762", "76"}, {"574_94_29-43", "94"}, // a mark that hardly ever stands between numbers
		{"ιq83-jfμg-0034-1112-9091-866", "1112"}, {"νL24ΝwdU6383038012", "6383"}, // letters of Greek in lower case
	} {
		got := text(t, r, tc.in)
		if tc.gone != "x" && strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("%q -> %q -> %q", tc.in, got, again)
		}
	}
}

// TestFoundEncoded holds encodings of the card 4539578763621486 that once got
// past: all of each must go.
func TestFoundEncoded(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"NDUz\nOTU3\nODc2\nMzYy\nMTQ4\nNg==",
		"NDUzOTU3\r\nODc2MzYy\r\nMTQ4Ng==",
		"NDUzOTU3OD\n  c2MzYyMTQ4\n  Ng==",
		"34353339\n35373837\n36333632\n31343836",
		"NDUzOTU3ODc2\\nMzYyMTQ4Ng==",
		"MzE1tjQ1tzA3MzYzMjSxMAMA",
		"333135b63435b730373336333234b1300300",
		"H4sIAAAAAAACA5Pv5mAAASZmY0PTbSam2w3Mjc2MjUw2GjAziO2q3SsAlAMAkv+r0yQAAAA=",
		"3435 3339 3537 3837 3633 3632 3134 3836",
		"d 3435:3339:3537:3837:3633:3632:3134:3836",
		"\\x{34}\\x{35}\\x{33}\\x{39}\\x{35}\\x{37}\\x{38}\\x{37}\\x{36}\\x{33}\\x{36}\\x{32}\\x{31}\\x{34}\\x{38}\\x{36}",
		"NAAAADUAAAAzAAAAOQAAADUAAAA3AAAAOAAAADcAAAA2AAAAMwAAADYAAAAyAAAAMQAAADQAAAA4AAAANgAAAA==",
		"AAAANAAAADUAAAAzAAAAOQAAADUAAAA3AAAAOAAAADcAAAA2AAAAMwAAADYAAAAyAAAAMQAAADQAAAA4AAAANg==",
	} {
		if got := text(t, r, "pay "+in+" now"); !strings.Contains(got, "CARD_") || len(got) > len("pay CARD_KQXWMTRBZAPLNE now")+len("d ==") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"NDUzOTU3 ODc2MzYy MTQ4Ng==", "NDUz OTU3 ODc2 MzYy MTQ4 Ng==", "> NDUzOTU3\n> ODc2MzYy\n> MTQ4Ng==", "     1\tNDUzOTU3\n     2\tODc2MzYy\n     3\tMTQ4Ng==", "> AKIAQ2F7=\r\n> R4XZ5MWL3KPT", "    9\tAKIAQ2F7=\n   10\tR4XZ5MWL3KPT", "00000000  63 61 72 64 20 34 35 33 39 2d 35 37 38 37 2d 36\n00000010  33 36 32 2d 31 34 38 36\n", "e0a7 aae0 a7ab e0a7 a9e0 a7af e0a7 abe0 a7ad e0a7 aee0 a7ad e0a7 ace0 a7a9 e0a7 ace0 a7a8 e0a7 a7e0 a7aa e0a7 aee0 a7ac"} {
		if got := text(t, r, in); !strings.Contains(got, "_") {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, in := range []string{"one\ntwo\nsix\nten", "Payments\nTESCOS", "2024 1205 1100 4455 9910", "Café\nBar\nBöö"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestFoundDivided holds encoded values that are divided over leaves.
func TestFoundDivided(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`["NDUzOTU3ODc2","MzYyMTQ4Ng=="]`, "MzYyMTQ4"}, {`{"a":"3435333935373837","b":"3633363231343836"}`, "36333632"},
		{`{"content":[{"type":"text","text":"R0IyOSBOV0JLIDYwMT"},{"type":"text","text":"YgMTMzMSA5MjY4IDE5"}]}`, "YgMTMz"},
		{`["N","D","U","z","O","T","U","3","O","D","c","2","M","z","Y","y","M","T","Q","4","N","g","=","="]`, `"M"`},
		{`{"BG🯹🯱GYCZ🯹🯳🯰":"🯶🯷🯸🯴🯶🯳🯳🯱🯴🯵🯷"}`, "🯷🯸"}, {`{"XK०३-९१५९-४५२":"०-०६६६-५३३७"}`, "६६"},
		{`["\\u0034\\u0031\\u0031\\u0031\\u003","1\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031\\u0031"]`, "u0031"},
		{`["33:38:35:34:20:36:37:37:31:20:32:3","1:35:36:20:31:32:31:31:20:39:35:36"]`, "x"}, {`{"a":"%31%34%36%2D%39%","b":"33%2D%36%37%30%38"}`, "%37%30"},
		{`["a","c","c","e","s","s","_","t","o","k","e","n","%","3","D","f","3","e","6","h","9","t","O","U","w","C","J","v","0"]`, `"U"`},
		{`["access-sandbox-0f8ba5ef-3","3b0-477a-a2c1-c84a422d2715"]`, "a2c1"}, {`{"a":"ghp_tSWJrCJajfr8","b":"MTK4EEGdYt6U3DqsFymcEV6nh1wW"}`, "MTK4"},
		{`["-----BEGIN PRIVATE KEY-----","MIIEvQIBADANBgkqhkiG9w0BAQEFAASC","BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj","-----END PRIVATE KEY-----"]`, "BKcw"}, {`{"a":"NDUzOTU3","b":"ODc2MzYy","c":"MTQ4Ng=="}`, "ODc2"},
		{`["QUtJ","QUlP","U0ZP","RE5O","N0VY","QU1Q","TFE="]`, "RE5O"}, {`{"a":"414b4941494f53464f44","b":"4e4e374558414d504c51"}`, "4e4e37"},
		{`["\\","x","3","4","\\x3","5","\\x33\\x3","9\\x35\\x37\\","x38\\x37","\\x36\\x33","\\x36\\x32\\x31","\\x34\\x38\\x36"]`, "x36"},
		{`{"ssn":["536","90","4399"]}`, "4399"}, {`{"account_number":["1234","5678"]}`, "5678"}, {`{"cpf":["1","1","1","4","4","4","7","7","7","3","5"]}`, `"7"`},
		{`{"content":[{"type":"text","text":"account 12345"},{"type":"text","text":"678"}]}`, "12345"},
	} {
		got := jsonText(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%s -> %s", tc.in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("%s -> %s -> %s", tc.in, got, again)
		}
	}
	if in := `[["9e107d9d372bb6826bd81d3542a419d6","e4d909c290d0fb1ca068ffaddf22cbd0"],["food","rent","2026","0105"],{"id":"txn_1A9bXq82KdPq","ref":"pay_Zk28sQp1Lm9X"},{"a":"PayPal","b":"iPhone","c":"McDonald"},{"date":"20260105","ref":"22334455"},{"n":"groceries and more","accounts":["1234","5678"],"m":"restaurants and bars","card":["1111","2222"],"account":["2026-01-05","12.50"],"account_ids":[12,13,14,15]}]`; jsonText(t, r, in) != in {
		t.Errorf("%s -> %s", in, jsonText(t, r, in))
	}
}

// TestFoundKnown is TestFoundTwice for an account that only the store knows.
func TestFoundKnown(t *testing.T) {
	r := newRedactor(t, "12087120")
	for _, in := range []string{"120871✨20", "120871.20", "12,0871,20", "202612087120122028", "77712087120999", "0000 1208 7120 0000",
		`{"1208":"7120"}`, `["１２０８","７１２０"]`, `{"first":"１２０８７","second":"１２０"}`, `["1208","-7120"]`, `["12%30","87%31","20"]`} {
		var got string
		if in[0] == '{' || in[0] == '[' {
			got = jsonText(t, r, in)
		} else {
			got = text(t, r, in)
		}
		if !strings.Contains(got, "ACCT_") || strings.Contains(got, "12087") || strings.Contains(got, "7120") || strings.Contains(got, "７１２") {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestFoundKnownEnds: a known number is divided so that its last six digits or more
// stand in one leaf.
func TestFoundKnownEnds(t *testing.T) {
	r := newRedactor(t, "7997882694704")
	for _, in := range []string{
		`{"n":["7997882","694704"]}`, `["7997882",694704]`, `[7997882,694704,"x"]`, `["799","7882694704 rest"]`, `{"first":"7997882","second":"694704"}`,
		`{"content":[{"type":"text","text":"acct 7997882"},{"type":"text","text":"694704 ok"}]}`,
	} {
		got := jsonText(t, r, in)
		if strings.Contains(got, "799") || strings.Contains(got, "704") {
			t.Errorf("%s -> %s", in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("%s -> %s -> %s", in, got, again)
		}
	}
	for _, in := range []string{`["4556","694704"]`, `[12,694704,3]`} { // other numbers beside the last digits
		if got := jsonText(t, r, in); !strings.HasPrefix(got, in[:3]) || strings.Contains(got, "694704") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestFoundJSON is TestFound for documents.
func TestFoundJSON(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`["A B12"]`, ""}, {`["TMNDM","S69A0","4H501J"]`, ""}, {`{"a":"sk-o","b":"r-v1"}`, ""}, // these failed whole
		{`[3,44335936539357]`, "44335"}, {`{"a":41111,"b":11111111111}`, "1111"}, {`[["4111"],[["1111","1111","1111"]]]`, "1111"},
		{`["LV80","BANK","0000","4351","9500","1"]`, "4351"}, {`[{"type":"text","text":"it is DE89370400"},{"type":"text","text":"440532013000 ok"}]`, "4405"},
		{`[{"type":"text","text":"D"},{"type":"text","text":"E89370400440532013000"}]`, "4405"},
		{`["HU42117730161111101","800000000"]`, "8000"},
		{`{"4111 11":"11 1111 1111"}`, "11 1"}, {`{"41111111":11111111}`, "1111"}, {`{"DE89370400":"440532013000"}`, "4405"}, {`{"GB29NWBK":"60161331926819"}`, "6016"},
		{`{"D":"E89370400440532013000"}`, "4405"}, {`{"４１１１１１":"1111111111"}`, "1111"}, {`["GR796_83_0","_2_0068427_4B","44_082_2282"]`, "0068"},
		{`["%34%31%31%31","%31%31%31%31","%31%31%31%31","%31%31%31%31"]`, "%31"}, {`["４１１１","１１１１","１１１１","１１１１"]`, "１１"}, {`["4111-1111","-1111-1111"]`, "1111"},
		{`["19","7-2","9-0","1","57"]`, "7-2"}, {`{"a":"574-6","b":"5-6045"}`, "6045"}, {`["6","0","0","-","7","9","-","2","1","3","9"]`, `"9"`}, {`["600","-79-","2139"]`, "79"},
		{`["2561","2518","3157","947"]`, "2518"}, {`["4111","-","1111","-","1111","-","1111"]`, "1111"}, {`["110105","1959010","41121"]`, "1959"},
		{`{"bin":"453957","rest":"8763621486"}`, "8763"}, {`{"first6":453957,"rest":8763621486}`, "8763"}, {`{"head":"4539578763","last6":"621486"}`, "57876"}, // under a key that says a part of it
		{`[{"i":0,"t":"4539"},{"i":1,"t":"5787"},{"i":2,"t":"6362"},{"i":3,"t":"1486"}]`, "5787"},
	} {
		got := jsonText(t, r, tc.in)
		if tc.gone != "" && strings.Contains(got, tc.gone) {
			t.Errorf("%s -> %s", tc.in, got)
		}
		if again := jsonText(t, r, got); again != got {
			t.Errorf("%s -> %s -> %s", tc.in, got, again)
		}
	}
}

// TestIDs: ids that the server makes are no masked and no divided numbers.
func TestIDs(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`{"id":"tx_gi54s35xxqsp3vu3","account":"acc_om24oxx7xyq6vm2a","booked":"2021-01-17"}`,
		`{"id":"tx_wrwgfve3gybqgemo","account":"acc_ci367ylssxx76wwe","booked":"2020-10-01"}`,
		`{"account":"acc_rf33zbjbbx7get4h","booked":"2024-12-25","amount":{"minor":-19165,"decimal":"-191.65"}}`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestMemos: what stands in ordinary statements stays as it is.
func TestMemos(t *testing.T) {
	r := newRedactor(t)
	for _, in := range hostile.Memos {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestFoundSincePinned: what earlier versions overlooked.
func TestFoundSincePinned(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"肆伍参玖伍漆捌漆陸参陸弐壱肆捌陸", "account ending 621486", "NI number QQ123456C", "Steuer-ID 86095742719",
		"key-3ax6xnjp29jd6fds4gc373sgvjxteol0", "EAACEdEose0cBA1234567890abcdefghijklmnop",
		"transit 12345-003, paid",
	} {
		if got := text(t, r, in); got == in {
			t.Errorf("%q: not found", in)
		}
	}
	for _, in := range []string{"account ending 1486", "transit 12345-999, paid", "card ending 1486 on 2026-01-05", "key-value", "key-account-manager-for-the-north-west-1"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}
