package redact_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestForeignWords: the words of other languages speak for a number in a sentence, as a
// label, as the head of a column and as a key, in any spelling.
func TestForeignWords(t *testing.T) {
	for _, c := range []struct{ label, value string }{
		{"Konto des Empfängers", "1234567890"}, {"Tagesgeldkonto", "586813847"}, {"n° de cpte", "24657028311"}, {"compte à débiter", "24657028311"}, {"Cta. Cte. N°", "24657028311"},
		{"conta do favorecido", "98.141-8"}, {"rekening begunstigde", "8831694221"}, {"numer rachunku odbiorcy", "27102069717391041705799475"}, {"č. ú.", "9678231643"}, {"protiúčet", "9678231643"},
		{"Kedvezményezett számlaszáma", "14292826-34567442"}, {"contul beneficiarului", "1448883290"}, {"сметка на получателя", "3129393322"}, {"ΛΟΓΑΡΙΑΣΜΌΣ", "3592454156494798"},
		{"hesap no", "1234567890"}, {"лицевой счёт", "1234567890"}, {"особовий рахунок", "1234567890"}, {"mottagarens konto", "8404405842"}, {"saajan tilinumero", "1234567890"}, {"arveldusarve", "12345678901"},
		{"norēķinu konts", "1234567890"}, {"sąskaitos Nr.", "86408703336"}, {"broj računa primaoca", "3778790721"}, {"TRR", "876178000286"}, {"uimhir chuntais", "91380243"}, {"رقم حساب المستفيد", "1648902018781"},
		{"מספר חשבון", "590600123456"}, {"شماره حساب", "1234567890123"}, {"खाता संख्या", "12345678901"}, {"হিসাব নম্বর", "3511547698799"}, {"கணக்கு எண்", "45419554503"}, {"เลขที่บัญชี", "739-1-05942-1"}, {"STK", "0717425049149"},
		{"no. rek.", "1234567890"}, {"no. akaun", "778634608990"}, {"收款人账号", "6222021234567890123"}, {"轉入帳號", "149-51-8019359"}, {"口座番号", "1234567"}, {"입금계좌", "531-685555-78745"},
		{"T.C. Kimlik No", "19728333062"}, {"СНИЛС", "65176400896"}, {"rodné číslo", "7711279862"}, {"isikukood", "48010037318"}, {"کد ملی", "2835533333"}, {"เลขประจำตัวประชาชน", "4-0695-01731-76-9"},
	} {
		digits := c.value[len(c.value)-3:]
		ascii, _ := json.Marshal(map[string]string{c.label: c.value})
		checkGone(t, []gone{
			{c.label + ": " + c.value, digits}, {c.label + " " + c.value, digits}, {c.label + "\n" + c.value + "\n", digits}, {"<tr><td>" + c.label + "</td><td>" + c.value + "</td></tr>", digits},
		})
		for _, doc := range []string{string(ascii), fmt.Sprintf(`{%q:%q}`, c.label, c.value), fmt.Sprintf(`[{"label":%q,"value":%q}]`, c.label, c.value)} {
			checkGone(t, []gone{{doc, digits}})
		}
	}
}

// TestForeignLabels: a label whose first words name an account, whatever it goes on with;
// and one that means an invoice, too, before as many digits as no invoice has.
func TestForeignLabels(t *testing.T) {
	for _, label := range []string{"conta de recebimento", "conta de débito do cliente", "compte de règlement", "compte du payeur", "cuenta receptora", "konto dla zwrotów", "účet pro vratky", "rekening voor terugbetaling",
		"conto per il rimborso", "Konto für Rückzahlungen", "contul de plată", "счёт для возврата", "kontonummer for utbetaling", "tili palautuksia varten"} {
		for _, sign := range []string{": ", "=", " : ", "</td><td>", ":\n"} {
			in := label + sign + "123456789012345"
			checkGone(t, []gone{{in, "345"}, {"Info\n- " + in, "345"}})
		}
	}
	checkGone(t, []gone{{"račun: 051008010032875", "875"}, {"Račun: 2360000-1101234565", "565"}})
	checkLeft(t, "račun: 12345678", "compte rendu: 12345678", "conta de luz: 12345678", "Broj računa R-1: 239395", "estado de cuenta: 12345678", "El saldo de hoy, sin la cuenta de Ana: 12345678")
}

// TestForeignSecrets: passwords and codes behind the words for them, and codes before them.
func TestForeignSecrets(t *testing.T) {
	checkGone(t, []gone{
		{"Ihre TAN lautet 941833", "941833"}, {"Geheimzahl: 9418", "9418"}, {"Votre code de confirmation est 941833", "941833"}, {"Su código de verificación es 941833", "941833"}, {"O código PIN do seu cartão é 9279", "9279"},
		{"Il tuo codice di verifica è 3229", "3229"}, {"Twoje hasło SMS do operacji: 94926", "94926"}, {"SMS kód 06620", "06620"}, {"Adja meg az ellenőrző kód: 98375", "98375"}, {"codul PIN al cardului meu: 1861", "1861"},
		{"Вашият код за потвърждение е 313-809", "809"}, {"Κωδικός μίας χρήσης: 941833", "941833"}, {"Onay kodunuz 941833", "941833"}, {"Код: 941833. Никому не сообщайте", "941833"}, {"941833 — код для входа", "941833"},
		{"Vahvistuskoodisi on 941833", "941833"}, {"رمز التحقق الخاص بك هو ٩٤١٨٣٣", "٩٤١٨٣٣"}, {"קוד האימות שלך הוא 941833", "941833"}, {"رمز پویا: 941833", "941833"}, {"आपका ओटीपी 941833 है", "941833"}, {"รหัส OTP ของคุณคือ 941833", "941833"},
		{"Mã OTP: 941833. Không chia sẻ cho bất kỳ ai.", "941833"}, {"您的验证码为335847，5分钟内有效", "335847"}, {"認証コードは941833です", "941833"}, {"인증번호 [941833]를 입력해 주세요.", "941833"}, {"941833은 고객님의 인증번호입니다", "941833"},
		{"Ihr neues Passwort lautet: xeggjt475", "xeggjt"}, {"Паролата за wifi е rbpv597", "rbpv"}, {"Geslo za wifi je: rcw4RAV92", "rcw4"}, {"contraseña temporal Ezmemar4568", "Ezmemar"}, {"パスワードはxeggjt475です", "xeggjt"}, {"비밀번호: xeggjt475", "xeggjt"},
		{"<網銀密碼>padepupum9</網銀密碼>", "padepupum"},
	})
	for _, doc := range []string{`{"código de verificación":"941833"}`, `{"sicherheitscode":"941833"}`, `{"ΚΩΔΙΚΌΣ ΕΠΙΒΕΒΑΊΩΣΗΣ":"941833"}`, `{"bekraeftelseskode":"941833"}`, `{"text":"Info;onay kodu\nabc;941833\n"}`} {
		checkGone(t, []gone{{doc, "941833"}})
	}
}

// TestForeignOthers: words that say something else of an account, or of a number.
func TestForeignOthers(t *testing.T) {
	checkLeft(t, "Saldo konta: 39 470 500,78", "Solde du compte: 72 764 645,57", "Estratto conto n. 121430", "Výpis z účtu č. 588341", "Счет-фактура № 1911655332", "Sąskaita faktūra Nr. 4736927554", "רמז המוצר: 337599",
		"رمز المنتج: 337599", "الرمز البريدي: 94492", "Código: 12345", "Codice articolo 123456", "SUN TAN 4821", "N° de suivi: 1Z814W500668359366", "ID;Relevé de compte n°;X\n1;9/2017;a\n2;9/2017;b\n", "nis-123456789222", "nip-123456", "\"tah\"\n iso_639_1_code=\"ty\"", "enter the passphrase\nSomething1 follows", "Pax 123456 boarded", "Rechnung 12345678 Konto gekündigt", "पिन कोड 110001", "TK 5000000", "국민은행 02-2073-7114", "מספר חשבונית 24374027",
		`{"Остаток на счете":"865 446,57"}`, `{"Kontosaldo":"26 469 952,47"}`, `{"खाता शेष":"2,72,41,792.37"}`, `{"Väljavõte nr":"121430"}`, `{"Mã vận đơn":"120749531086"}`)
}

// TestToldAbroad: codes and passwords behind a word for "is" in ASCII alone, and behind the
// words that say whose card or account it is.
func TestToldAbroad(t *testing.T) {
	checkGone(t, []gone{
		{"el pin de la tarjeta es 2581", "2581"}, {"Der PIN-Code meiner Karte: 5972", "5972"}, {"il pin del bancomat è 6386", "6386"}, {"min pinkode er 2849", "2849"}, {"PIN-koden er 9309, ikke si det til noen", "9309"},
		{"kortin tunnusluku on 6258", "6258"}, {"PIN-ul cardului este 5143", "5143"}, {"пин-код карты 9285", "9285"}, {"το PIN της κάρτας είναι 5770", "5770"}, {"mã pin thẻ là 5500", "5500"}, {"Kode OTP kamu 173665, jangan berikan ke siapa pun", "173665"},
		{"Geheimzahl lautet 6151", "6151"}, {"mon code de carte bleue c'est 3378", "3378"}, {"la clave del cajero es 4917", "4917"}, {"o código que chegou por SMS foi 704844", "704844"},
		{"Heslo je Falcon-copper841", "copper"}, {"La contraseña es Willow#harbor992 (con mayúscula)", "harbor"}, {"Passordet er Cobalt_falcon223", "falcon"}, {"Salasana on Falcon!tulip948", "tulip"}, {"mdp Copper!willow883", "willow"}, {"Şifrem Falcon#falcon834", "falcon"},
		{"salasanani on Comet$harbor522", "harbor"}, {"parola mea este Pepper-saturn373", "saturn"}, {"mit kodeord er Pepper#comet687", "comet"}, {"PIN-koodini on 3789", "3789"}, {"a PIN kódom 9446", "9446"}, {"La cuenta de mi hermano es la 62587465583", "465583"},
		{`{"pan":"x","cvv_number":"989"}`, "989"}, {`<data name="DbPassword"><value>Copper@cobalt749</value></data>`, "cobalt"},
		{"le credenziali sono mario / Harbor_saturn189", "saturn"}, {"Zugangsdaten: anna / Harbor_saturn189", "saturn"},
		{"le numéro du compte de mon père est 24758547085, pas le mien", "547085"}, {"Ο αριθμός λογαριασμού μου είναι 30310480149", "480149"}, {"Mein altes Konto war die 8350288442", "288442"}, {"khata number 76095177021 hai bhai", "177021"},
	})
	checkLeft(t, "el precio es 2581", "die Zahl ist 2581", "de trein er 2849", "hinta on 6258", "la tarjeta es 2581 puntos", "le code postal est 75008", "codul postal este 5143", "pin 13 er 2849", "la clave es 4917")
}
