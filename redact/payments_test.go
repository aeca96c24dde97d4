package redact_test

import (
	"strings"
	"testing"
)

// TestBothAccounts: two numbers of which the words around say that they are accounts, a sort
// code and an account alone in a text or in cells, and lists of accounts.
func TestBothAccounts(t *testing.T) {
	checkGone(t, []gone{
		{"From 75894301 to 95283444 £40.00 rent share", "75894301"},
		{"From 75894301 to 95283444 £40.00 rent share", "95283444"},
		{"Moved £500 from 95279119 to 99622463 on 3 Nov", "95279119"},
		{"Moved £500 from 95279119 to 99622463 on 3 Nov", "99622463"},
		{"Debit account 687335773, credit 123456789, amount 1,200.00", "123456789"},
		{"2026-11-02T10:15:03Z INFO transfer from=7136829401 to=4967893402 amount=250.00", "4967893402"},
		{"wrong account number!! it should be 83666257 not 39731698", "39731698"},
		{"I transferred to the wrong account. I typed 75682808 instead of 24141291", "75682808"},
		{"204912 29254122", "29254122"},
		{"STANDING ORDER J KAY 042516 30466109 75.00", "30466109"},
		{"2026-11-04 ERROR payee 99478470 60-11-37 rejected", "99478470"},
		{"Next payment from account ending 4417, full number 39141777", "39141777"},
		{"payments to 041434 29254122", "29254122"},
		{"refunded by Jo to 13289218 / 07-11-10", "13289218"},
		{`02/11/2026,"TFR J SMITH",40-46-03,97055610,-45.00`, "97055610"},
		{`02/11/2026,"TFR J SMITH",40-46-03,97055610,-45.00`, "40-46-03"},
		{"ONLINE TRANSFER FROM CHK 1234509876 TO SAV 7103396217 $250.00", "7103396217"},
		{"!Account\nNCurrent\nTBank\nD38123324\n^", "38123324"},
		{"accounts:\n  - bank: Barclays\n    sort: \"20-49-12\"\n    number: \"69735292\"", "69735292"},
		{"Ben: sure what's your account\nAnn: 55936862\nAnn: 04-59-53", "04-59-53"},
	})
	checkLeft(t, "ids from 12345678 to 87654321", "traffic rose from 12345678 to 23456789 requests", "Sales grew from 12345678 to 23456789 £",
		"payment period from 20260101 to 20260131", "invoice should be 83666257 not 39731698", "Account review: ticket should be 12345678 not 87654321", "111226 29254122", "payee 99478470 02-11-26 rejected", "The full number 39141777 of items", "204912-29254122",
		"payment 13289218 / 07-11-10", "x,11-02-26,97055610,4", "sort: asc\nnumber: 69735292", "!Account\nNCurrent\nTBank\n^\n!Type:Bank\nD38123324\n^")
}

// TestBankCodes: TANs without a sign, the PIN of a card or a device, and codes of which the
// text does not say whose they are.
func TestBankCodes(t *testing.T) {
	checkGone(t, []gone{
		{"TAN 705703 für Überweisung 12,50 EUR", "705703"},
		{"Die TAN für Ihren Auftrag ist 689848.", "689848"},
		{"788699 ist Ihre TAN", "788699"},
		{"Ihr TAN lautet 543529", "543529"},
		{"PIN war 4411", "4411"},
		{"pin for the joint card is 2341 dont tell anyone", "2341"},
		{"user Ann, security device PIN 951781", "951781"},
		{"code is 840080 hurry", "840080"},
		{"Ihre mobileTAN für die Überweisung über 50,00 EUR lautet 295364", "295364"},
		{"PIN's 6773 btw", "6773"},
		{"the pin to the safe is 7341", "7341"},
		{"the safe code is 758943", "758943"},
		{"G-161976 is your Google code", "161976"},
		{"¿Cuál es la contraseña?\nkestrel-sommer-qwerty-76", "kestrel"},
		{"agent: For security, what is your telephone passcode?\ncustomer: 85463", "85463"},
	})
	checkLeft(t, "PIN 560001", "Tan 123456", "NISSAN SULTAN 123456", "Pin for the second LED is 2048 ohm", "The postal PIN for the office is 560001",
		"error code is 840080", "PIN war 2024 noch kostenlos", "bob's 6773", "G-161976 is a part", "the code is 123000 lines", "Jetzt ist 2026 im TAN Verfahren 123456")
}

// TestLetterPasswords: passwords of letters alone where a command, SQL, an option or a sentence
// says so, and words that go on with a sentence instead.
func TestLetterPasswords(t *testing.T) {
	checkGone(t, []gone{
		{"mysql -u ann -psesame bank", "sesame"},
		{"sshpass -p sesame ssh ann@10.0.0.5", "sesame"},
		{"redis-cli -a foobared -h cache", "foobared"},
		{"docker login -u ann -p sesame registry.example.com", "sesame"},
		{"keytool -list -keystore k.jks -storepass changeit", "changeit"},
		{"CREATE USER ann WITH PASSWORD 'sesame';", "sesame"},
		{"ALTER USER 'ann'@'%' IDENTIFIED BY 'sesame';", "sesame"},
		{"ann:sesame@tcp(db:3306)/bank", "sesame"},
		{"machine api.example.com login ann password opensesame", "opensesame"},
		{"Your temporary password is Marmalade - change it at first login.", "Marmalade"},
		{"My mother's maiden name is Fitzwilliam if they ask.", "Fitzwilliam"},
		{"Memorable information: bluebell", "bluebell"},
		{`verified via memorable word "lighthouse"`, "lighthouse"},
		{`Caller passed security with mother's maiden name "Abernathy"`, "Abernathy"},
		{`twilio = Client("ACb024cb73a80a3b48c2fdc979413576d8", "0888f4c3b2b09e44246fab954cec3489")`, "0888f4c3"},
		{"seed words: auction bubble fiction bonus afraid breeze actor absent couple brother desert coral", "bubble"},
		{"wallet: coconut estate fiction fabric afraid aspect clever army brick citizen absurd anchor", "coconut"},
		{"AC2516e99f40edbdb686ef8d98e23ae97a:74587d0dc74225ec79c80943d99d1435", "74587d0d"},
		{"echo MarbleRocket91 | sudo -S ls", "MarbleRocket91"},
		{`$mysqli = new mysqli("localhost", "ann", "Cobalt_tulip413", "bank");`, "Cobalt"},
		{"jwt.verify(t, 'rhwet4v26C63vgRmYX434TQNmX7E')", "rhwet4v2"},
		{`New-Object System.Net.NetworkCredential("ann", "winter-football-sommer-85")`, "football"},
	})
	checkLeft(t, "your password is incorrect", "If your password is Weak, choose another one.", "Your memorable word is case sensitive and has 6 to 15 characters.",
		"wallet: lost near the main train station today please call me back when found thanks", "The password is hard to guess", "my password is secret.", "password is case-sensitive and long",
		"use --no-password option", "use the --password option", "the --username and --password options can't be used", "docker run -p web:web nginx",
		"field password 'required' missing", "until the first pass is complete.", "security information: bluebell", "the option -p is for ports")
}

// TestHostBehindLogin: what stands behind a user and a password is the host of a URL, and no
// mailbox's.
func TestHostBehindLogin(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range [...]struct{ in, host, gone string }{
		{"git clone https://ann:sesame@github.com/x/y.git", "@github.com/x/y.git", "sesame"},
		{"postgres://app:Comet@tulip123@db.example.com:5432/bank", "@db.example.com:5432/bank", "tulip123"},
		{"https://0123456789abcdef0123456789abcde1@o12345.ingest.sentry.io/678", "@o12345.ingest.sentry.io/678", "0123456789abcdef"},
	} {
		got := text(t, r, tc.in)
		if !strings.Contains(got, tc.host) || strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("%q -> %q, again %q", tc.in, got, again)
		}
	}
	checkGone(t, []gone{{"see https://foo.example.com/a?x=ann@example.com", "ann@example.com"}})
}

// TestLabelBlocks: a block of Notion is a label, and the next one has its value.
func TestLabelBlocks(t *testing.T) {
	const styles = `"annotations":{"bold":false,"italic":false,"strikethrough":false,"underline":false,"code":false,"color":"default"}`
	const ids = `"object":"block","id":"c02fc1d3-db8b-45c5-a222-27595b15aea7","created_time":"2022-03-01T19:05:00.000Z","last_edited_time":"2022-07-06T19:41:00.000Z","has_children":false`
	run := func(text string) string {
		return `{` + ids + `,"type":"paragraph","paragraph":{"rich_text":[{"type":"text","text":{"content":"` + text + `","link":null},` + styles + `,"plain_text":"` + text + `","href":null}],"color":"default"}}`
	}
	checkGone(t, []gone{
		{`{"type":"toggle","toggle":{"rich_text":[{"plain_text":"Account number"}]},"children":[{"type":"paragraph","paragraph":{"rich_text":[{"plain_text":"87220568"}]}}]}`, "87220568"},
		{`{"type":"toggle","toggle":{"rich_text":[{"plain_text":"PIN"}],"children":[{"paragraph":{"rich_text":[{"plain_text":"44176"}]}}]}}`, "44176"},
		{`{"results":[` + run("Sort code") + `,` + run("119759") + `]}`, "119759"},
		{`{"results":[` + run("PIN") + `,` + run("4417") + `]}`, `"4417"`},
		{`{"results":[` + run("Password") + `,` + run("Comet!falcon261") + `]}`, "falcon"},
		{`{"survey":[{"q":"Your account number","a":"967565088"}]}`, "967565088"},
		{`{"turns":[{"bot":"Please enter your PIN."},{"user":"2840"}]}`, "2840"},
		{`{"cells":[{"row":0,"col":0,"text":"Account number"},{"row":0,"col":1,"text":"783861491"}]}`, "783861491"},
	})
	checkLeft(t, `{"results":[`+run("Account number")+`,`+run("Balance")+`,`+run("783861491")+`]}`, `{"results":[`+run("Notes")+`,`+run("783861491")+`]}`,
		`{"items":[{"question":"Account","answer":"Savings"}]}`, `{"items":[{"q":"PIN","a":"see below"}]}`)
}
