package redact_test

import (
	"strings"
	"testing"
)

// TestOtherForms: numbers of rows, programs, hosts and standards of which a detector would
// make up a number.
func TestOtherForms(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"2FA4      ; [.8308.0020.0004] # KANGXI RADICAL DISTINGUISH", "0302      ; [.0000.0029.0002] # COMBINING CIRCUMFLEX ACCENT",
		"2023-05-22,COLES 9453,SEATTLE WA,-2317.71,635614,4761",
		"| 2023-04-23 | GOOGLE *YouTube | 4951.66 | 9644451950 |",
		"values 0.6763520776609533 and no other", "m = 2.7182818284590452353602874713526625;",
		"0x41201: 0x4000, 0x1202: 0x4000, 0x1203: 0x4000, 0x1204: 0x4000, 0x1205: 0x4000,",
		"\t0x650: 0x101, 0x651: 0x101, 0x652: 0x101, 0x653: 0x19d,",
		"- 19*s1*s2*s3**3*s4 - 875*s1*s2*s3*s5**2 + 640*s1*s2*s4**2*s5 + 2*s1*s3**5",
		`\260\250\221\371\141\237\166\040\120\250\221\307\146\265\353\141`,
		"PURCHASE AUTHORIZED ON 02/20 SAINSBURYS S/MKTS DUBLIN 2 S631987118024760 CARD 6544",
		"FEDEX 434354529278 +1 350-364-1216 TN",
		"COSTCO WHSE #5131 1695 Rue de Lyon 39531 PARIS 75 020 7096 9998",
		"DEBIT CARD PURCHASE BUNNINGS 47145 0800 414 5034 MADRID",
		"WITHDRAWAL #992316690487# SHELL OIL 06474218", "WITHDRAWAL #533101902897# CVS/PHARMACY #38162",
		`"PrivateDnsName": "ip-172-31-24-130.us-west-2.compute.internal",`,
		"For RFC 1950, 1951 and 1952 see", "Produces an RFC 2047/2243 encoded word", "sin0001 sin 0.0 -0.0 -> 0.0 -0.0",
		`"pattern": "(arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:[a-z\\-]*\\/)?"`,
		`"accessPolicyArn": "arn:aws:iotsitewise:us-west-2:123456789012:access-policy/a1b2c3d4-5678-90ab-cdef-dddddEXAMPLE"`,
		"[(0, 2, 4), (1, 3, 5), (2, 4, 6), (3, 5, 7)]", "((0.0, 0.0, 1.0), (4./6., 1.0, 1.0)), # blue",
		"5689,5690,5691,5692,5693,5694,5695,5696, #  992", "\t1.0312345868828130999062984e+00,", "Lo = 1.90821492927058770002e-10 /* 3dea39ef35793c76 */",
		"0,2,2,0,0,0,0,2,2,0,0,2,2,2,0,0,0,0,0,0,2,0,0,0,0,0,0,0,0,0,0,2,0,0,0,0,0,0,1,1,0,0,1,2,0,0,2,1,1,1,0,2,1,2,",
		":61:131017D1507,NTRFN", "<UNITPRICE>12.3456<MKTVAL>4187.6423<DTPRICEASOF>20170307150000.000[-5:EST]</INVPOS>",
		"<MKTVAL>5171.44<DTPRICEASOF>20141017160000.000[-5:EST]<MEMO>Price", "<FID>3101</FI><START.TIME>20130325211209<ERROR.CODE>15500</SONRS>",
		"PIX ENVIADO 15/01 13:22 PADARIA SAO JOSE E12345678202601151322abcDEF12345",
		"UPI/641676140545/SHELL OIL/Payment", "IMPS-641676140545-RENT", "DHL 4836296293 JJD605616918737124949",
		"PURCHASE AUTHORIZED ON 10/16 WHOLEFDS MKT 12798 NEW YORK NY S506192336406537 CARD 6886",
		"git clone git@github.com:owner/name.git", "git+ssh://git@github.com/owner/name.git",
		"?text=RRN%20600719343019",
		"4774 3710.41 241116", "3698 2418.18 230428", "6548 07/04 2905.13 9219 05/03 1085.32", "380.035 693.90 20240809 2610.05", "290325 4007.29 08461937", "171024 1991.43 288754",
		"12 ABC-1 mug 44 49.55 253.85 19%", "24.03.23 09.09.22 H&M AUSTIN TX 4028.64 1.1162 303,10 -", "3932 05/24 3722.54", "COSTCO LISBOA 3815 2511 $1159.53", "5612 9327 1920.50 4245.20", "-30.49989 2.95548 1694 m",
		"11/MAR 08/JUL LYFT GEY9J2 AUT: 463982 76,892.83", "04.06. 11.02. Carrefour Market 39823339 3.914,27 S", "Kunde 4723322;3.477,85;EUR;-481,89;EUR",
		"REMI/SNCF factuur 53841447 15-12-2025/EREF", `"CARD-679595482","10-01-2025","-4999.79","EUR"`, "3840 4560 97805 25/10/23 18:55", "EUR\t20240730\t261,39\t1647,00\t20230630\t-2802,10\tBEA",
		"RECHNUNG 108549736 VOM 03.02.2023 Steam</Ustrd></RmtInf>", "VOM 01.03.2025 KARTEN NR. XXXX1019 WOOLWORTHS", "ICPL 04/29/25 05/12/26 85.4067 3872.27 1839.83", "BUY 727 WPAD @ 4577.83 1030.54 6.21 CUSIP 776NAL646",
		"[1 9223372036854775808] + [1 9223372036854775808]", "int64(9223372036854775807)", "S-1-5-21-3623811015-3361044348-30300820-1013", "* gh-103968: a metaclass with",
		`\101\040\114\151\155\151\164\145\144\061\041\060\037`, "[2]Op{OpAMD64SUBQload, OpAMD64ADDQ}: OpAMD64SUBQloadidx1,", "/* @(#)netdb.h\t2.1 88/07/29 3.9 RPCSRC */",
		"16,165,6183,Z,,8861039666,7-ELEVEN 10/02/25/", "49,17819254,9/", "http_request_duration_seconds_sum{code=\"200\"} 53.06296058180633",
		"postgres://foo:xxxxx@host/db", "SMART_HCYL_PASS                             = 0xc2", `"SID": "S-1-2-33-453"`,
		`"Tytuł:  998987954 24933673271719176308032","Lokalizacja: DUBLIN"`, "+71<280335448999251+07202091< 4.949,39", "APPROVED 700777 RRN 585014102370 28/01/2024 03:46:11",
		"TSE-Nr 103394 Bon 21899", "UPS 1ZJ4W4145979713977 27.3 lb",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
}

// TestBesideOtherForms: a number that stands beside these, or is divided by their marks,
// is still found.
func TestBesideOtherForms(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"2026-01-05,SHOP,-2317.71,4539 5787 6362 1486,4761", "paid with 4539  578 7 63 62 1 486 on 2026-01-05", "4.539578763621486e15\n4.111111111111111e+15\n", "4.539578763621486e15,a\n4.111111111111111e+15,b", "| SHOP | 12.40 | 4539578763621486 |", "4539.57,8763,621486",
		"n 0.4539578763621486 x", "x 1.4539578763621486", "45395787x63621486", "4539x5787x6362x1486", "REF S4539578763621486 CARD",
		"\\4539\\5787\\6362\\1486", "RFC 1950 card 4539578763621486", "4539578763621486 020 7096 9998", "DE89 3704 0044 0532 0130 00", "FINAL DE89370400440532013000",
		"4539 5787 6362 1486 12.50", "12.50 4539 5787 6362 1486", "45395787 63621486 12.50", "20240809 4539578763621486 12.50", "4539578763621486 1.234,56", "5/4/26 4539 578763 621486 12.50",
		"DE89 3704 0044 0532 0130 00 03.02.2023", "NR103394B", "4539578763621486 9223372036854775807", "S-1-4539-5787-6362-1486", "x_sum 4539578763621486", "16,165,4539578763621486,Z,,12,X/", "NINO: AB 103394 C", `"Tytuł: 4539578763621486"`, "+71<4539578763621486+07202091<", "RRN 4539578763621486", "+++453/9578/763621486+++", "postgres://bob:62148x@host/db", "postgres://bob:xxxxx62148@host/db", "4539 578.763 6214 86",
		"ip-10-0-0-1 378-28-0878", "UPI/4539578763621486/SHELL OIL", "git@example.com: 4539578763621486", "AUTHORIZED ON 10/16 S4539578763621486 CARD 6886",
	} {
		if got := text(t, r, in); got == in || strings.Contains(got, "62148") || strings.Contains(got, "0878") || strings.Contains(got, "532013") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestComputedMembers: members of an object with as many decimals as a program writes of
// what it computed are no card; one by itself may be.
func TestComputedMembers(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`{"score":0.7926736496966515,"centre":842.7448726482918,"std":2.2030966295754717,"n":1684}`,
		`{"p50":0.3617223936917835, "p90":29.642688409899698, "p99":5.182264712152272}`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{`{"n":45.39578763621486}`, `{"n":45.39578763621486,"x":12.5}`, `{"n":0.4539578763621486,"x":"0.1234567890123456"}`, `{"n":4.539578763621486e15,"x":0.1234567890123456}`} {
		if got := jsonText(t, r, in); strings.Contains(got, "62148") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
