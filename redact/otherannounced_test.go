package redact_test

import (
	"strings"
	"testing"
)

// TestAnnounced: numbers stay of which the words beside them, or the form of the line, say
// that they are something else.
func TestAnnounced(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"CUPS lectura 636518 121026 kWh 594", "/dev/sda3 637654794 60610918 34741766 30% /mnt/x", "BenchmarkX-30 25724546 1219.89 ns/op 317.49 MB/s",
		"Invoices 670975, 827958, 355080 and 365387 total 41,860.24", "Invoices 676762, 755588, 546011 and 894173 total 62,111.34",
		"USPS 9400 1114 0237 6001 8422 67 arrived 01/18/2024", "One tap +16465587807,,71431818130#", "One tap +16465587865,,29490158647#",
		"Factura B 44664-80406056 16/05/2024", "Factura B 41849-14132053 09/06/2022",
		"Mobile deposit ref no 633386285323347 68,800.84", "Mobile deposit ref no 780743440203416 85,121.91",
		"Container CSQU0054380 seal 5501592", "Receipt 22642244 2024/11/12 06:07", "Receipt 40651517 2025/04/27 11:15", "11257 2026052314 12.8 27 1030.7 11.8 337",
		"REF 6011084116 18/05 79 715,49", "CARREFOUR MARKET Verifikation 422972956 4 719,55 59 888,56", "RENFE Verifikation 472308041 81 190,04 23 049,21", "39518577 9 907,79",
		"QUHD 240407P18299000 17.15 46.52 4429 80814 0.0103 0.1161", "563.82000000000000", "4982.45000000000000",
		"if r != 18446744069414584320 {", "TC# 3020 8890 6012 9588 0768", "TC# 3038 4198 6436 6911 3611", "Betalingskenmerk 6952 8429 9598 0747 Etsy", "KID 580200114008437 forfall", "Viite 57324 23396 94817 eräpäivä", "Betalingskenmerk: 5802 0011 4008 4372",
		"Оплата по счёту № 369711 от 19.11.2023 за товар", "Счет 3697112 от 19.11.2023", "ОПЛАТА ПО СЧЕТУ №36971122 ОТ 19.11.2023",
		"Оплата згідно рахунку №28237049 від 28.12.2022 р.", "Utalás számla 90344276 kelte 2022.09.22", "számla: 2024/856931 fizetendő 22 452,82 Ft", "Számla kelte: 2024/856931",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		"4539578763621486 kWh", "4539 5787 6362 1486 kWh", "4539578763621486 30%", "Invoices 4539578763621486, 827958", "Invoices 4539 5787 6362 1486 and 365387",
		"USPS 4539578763621486", "+4539578763621486,,123456789#", "Factura B 4539578763621486", "card no 4539578763621486", "IBAN NO9386011117947 62148x",
		"4539578763621486 2024/11/12", "4539578763621486 79 715,49", "4539 5787 6362 1486 79 715,49", "4539.578763621486000000",
		"TC# 4539 5787 6362 1486", "Betalingskenmerk 4539 5787 6362 1486", "KID 4539578763621486", "OCR 45395 78763 62148 6", "Viite 4539 578763621486",
		"Перевод на счёт 62148112233", "Счет 40817810099910062148 от 19.11.2023", "лицевой счёт 3662148 от 19.11.2023", "bankszámla 90362148 kelte 2022.09.22", "számla 90362148", "Számlaszám: 2024/62148", "рахунок 2600123462148",
	} {
		if got := text(t, r, in); strings.Contains(got, "62148") || strings.Contains(got, "6214 8") || strings.Contains(got, "6362") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}

// TestOtherMembers: members of an object whose keys say that they are references, sums and
// measures are no parts of a number that is divided over them, nor are days and amounts with
// spaces between their thousands; others are.
func TestOtherMembers(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`[{"c":-31,"ref":"12345","b":52493413},{"d":"20220708","m":"Jumbo"}]`,
		`{"bars":[{"o":554.96,"h":561.2,"l":540.01,"c":550.5,"v":41058269,"n":79919}]}`,
		`["5339557","52 521,60","65 669,02"]`, `["DD MIGROS REF 695355734","20 083,71","2 488,58"]`,
		`{"description":"SPEI ENVIADO LIDL 6911560","reference":"2903860"}`,
		`{"merchant_reference1":"1250119416","lines":[{"reference":"22558772"}]}`,
		`{"reference":"INV-669764","amount":{"value":742682,"currency":"EUR"}}`, `{"amount":"3780.78000000000000"}`,
		`{"Date":"/Date(1701462924663+0000)/","n":1}`, `{"Date":"/Date(1705463233312+0000)/"}`,
	} {
		if got := jsonText(t, r, in); got != in {
			t.Errorf("%s\n-> %s", in, got)
		}
	}
	for _, in := range []string{
		`{"reference":"453957876","reference2":"3621486"}`, `{"memo":"453957876","notes":"3621486"}`, `{"memo":"4539 5787","reference":"6362 1486"}`, `{"memo":"45395787","reference":"63621486"}`, `{"reference":"45395787","memo":"63621486"}`, `{"reference":"4539-5787","memo":"63621486"}`, `{"a":453957876,"b":3621486}`, `{"a":453957876,"b":3621486,"c":12.5}`,
		`["45395787","63621486"]`, `{"amount":{"memo":"453957876"},"x":{"memo":"3621486"}}`, `{"a":"4539","b":"5787","c":"6362","d":"1486"}`,
	} {
		if got := jsonText(t, r, in); strings.Contains(got, "3621486") || strings.Contains(got, "6362") {
			t.Errorf("%s -> %s", in, got)
		}
	}
}
