package cue

// Words for what lets somebody in, a language a line; see foreignTable for how they are
// read.

// Words for a password.
const foreignPasswords = `
de: ~passwort, ~kennwort, passphrase, losung, wlan-schlüssel, netzwerkschlüssel, wlan-netzwerkschlüssel, wpa2-schlüssel, wpa-schlüssel
fr: mot de passe, mdp, code wifi, code wi-fi, code du wifi, clé wifi, clé wi-fi, clé du wifi, clé wpa, mot de passe provisoire, mot de passe wi-fi, mot de passe temporaire, phrase secrète, phrase de passe
es: contraseña, clave de acceso, palabra clave, contraseña temporal, contraseña provisional, clave del wifi, clave de internet, contraseña de acceso, contraseña del wifi
pt: senha, senha de acesso, senha do wifi, senha da internet, palavra-passe, palavra passe, palavra-passe do wi-fi, senha provisória, senha temporária, frase secreta, palavra-chave
it: parola d'ordine, parola chiave, parola segreta, chiave di accesso, password del wifi, password temporanea, password provvisoria
nl: ~wachtwoord, wachtzin, paswoord, wachtwoord van de wifi
pl: hasło, hasła, hasło dostępu, hasło do wifi, hasło tymczasowe, hasło do systemu, hasło początkowe, fraza hasła
cs: heslo, hesla, heslo k wifi, heslová fráze
sk: heslo na wifi
hu: ~jelszó, ~jelszava, ~jelszavam, ~jelszavad, jelmondat
ro: parolă, parola, parolă temporară, parola temporară, parola wifi, parola de la wifi, parola de acces, parola nouă, frază de acces
bg: парола, паролата, парола за достъп, парола за wifi, паролата за wifi, временна парола, паролата ви
el: κωδικός πρόσβασης, κωδικός πρόσβασής σας, κωδικός, κωδικό, συνθηματικό, κωδικός χρήστη, κωδικός wifi, προσωρινός κωδικός, φράση πρόσβασης, κωδικός του wifi
tr: şifre, şifresi, şifreniz, şifrem, parola, parolanız, parolası, parolam, şifrem, parolam
ru: пароль, пароля, паролем, временный пароль, пароль от wifi, парольная фраза, пароль доступа, пасс, кодовое слово
uk: пароль від wifi, парольна фраза, тимчасовий пароль
sv: ~lösenord, ~lösenordet, lösenordet till wifi, lösenfras
no: ~passord, ~passordet, passordet ditt, passordet til wifi, passfrase, adgangsord
da: ~adgangskode, ~adgangskoden, ~kodeord, kodeordet, wifi-kode, koden til wifi, kodeord, kodeordet
fi: ~salasana, ~salasanasi, salasanani, tunnussana, salalause, wifin salasana, salasanani, salasana
et: ~parool, parooliks, salasõna, paroolifraas
lv: parole, paroli, wifi parole, piekļuves parole
lt: slaptažodis, slaptažodį, slaptažodžio, wifi slaptažodis, slapta frazė
hr: lozinka, lozinku, lozinke, lozinka za wifi, zaporka, zaporku
sl: geslo, gesla, geslom, geslo za wifi, dostopno geslo
sr: лозинка, лозинку, лозинке, лозинка за wifi
ga: pasfhocal, phasfhocal, focal faire, fhocal faire, pasfhocal sealadach, pasfhocal nua, phasfhocal nua
ar: كلمة المرور, كلمة السر, كلمة مرور, كلمة سر, كلمة المرور المؤقتة, كلمة المرور الجديدة, كلمة سر الواي فاي, كلمة المرور الخاصة بك, باسورد, باسوورد, باسوورد الشبكة, عبارة المرور
he: סיסמה, סיסמא, ססמה, הסיסמה, סיסמת כניסה, סיסמה זמנית, סיסמת wifi, סיסמה חדשה, הסיסמה החדשה, הסיסמה שלך, הסיסמה ל wifi, סיסמתך, ביטוי סיסמה
fa: رمز عبور, گذرواژه, کلمه عبور, کلمه رمز, پسورد, رمز وایفای, گذرواژه موقت, رمز عبور جدید, رمز عبور شما, گذرواژه شما
hi: पासवर्ड, कूटशब्द, कूट शब्द, पासफ़्रेज़
bn: পাসওয়ার্ড, গোপন শব্দ, গোপনশব্দ
ta: கடவுச்சொல், கடவுச் சொல், பாஸ்வேர்டு
th: รหัสผ่าน, รหัสผ่านชั่วคราว, รหัสผ่านใหม่, รหัสผ่านของคุณ, รหัส wifi, รหัสผ่าน wi-fi, พาสเวิร์ด, รหัสเข้าระบบ, วลีรหัสผ่าน
vi: mật khẩu, mật khẩu đăng nhập, mật khẩu tạm thời, mật khẩu wifi, mật khẩu mới, mật khẩu của bạn
id: kata sandi, sandi, kata sandi sementara, kata sandi wifi, kata sandi baru, kata sandi anda, sandi baru, sandi wifi, pasword, kata sandinya, sandinya, passwordnya
ms: kata laluan, katalaluan, kata laluan sementara, kata laluan wifi, kata laluan baharu, kata laluan baru, kata laluan anda
zh: 密码, 密碼, 口令, 通行碼, 通關密語
ja: パスワード, 合言葉, パスフレーズ, 暗号キー, 秘密の言葉
ko: 비밀번호, 비번, 패스워드, 암호
`

// Words for a code of a few digits: a PIN, the security code of a card, one that is used
// once.
const foreignCodes = `
any: otp, cvv, cvc, cvv2, cvc2
de: ~geheimzahl, ~geheimnummer, ~kartenprüfnummer, kartenprüfziffer, prüfziffer der karte, ~sicherheitscode, kpn, cvc-code, cvv-code, ~pin-code, ihre tan, deine tan, die tan, der tan, mtan, smstan, ~einmalkennwort, ~einmalpasswort, ~bestätigungscode, ~verifizierungscode, ~freigabecode, ~zugangscode, ~anmeldecode, ~aktivierungscode, ihr code, dein code, mit dem code, geben sie den code, prüfnr, prüfnummer, kartenprüfnummer, geheimzahl
fr: cryptogramme, cryptogramme visuel, code de sécurité, code de vérification, code cvv, code pin, code secret, code confidentiel, code de la carte, code carte, code de confirmation, code d'authentification, code à usage unique, code unique, mot de passe à usage unique, code sms, code d'activation, code de validation, code d'accès, votre code, utilisez le code, saisissez le code, entrez le code, cryptogramme au dos de ma carte, code secret de votre carte, code de carte bleue, code de ma carte, code de la carte
es: código de seguridad, código de verificación, cvv de la tarjeta, código cvv, dígitos de seguridad, número de seguridad, clave secreta, número secreto, clave de cajero, clave pin, código pin, nip, clave de la tarjeta, código secreto, código de confirmación, código de un solo uso, clave dinámica, clave de un solo uso, código de acceso, código de activación, código sms, clave de firma, clave de operaciones, clave temporal, tu código, su código, introduzca el código, ingrese el código, usa el código, usa la clave, use la clave, código de seguridad de mi tarjeta, clave del cajero, clave de la tarjeta, pin de la tarjeta, código que te llegó, código que me llegó
pt: código de segurança, cvv do cartão, código cvv, código de verificação, dígitos de segurança, senha, senha do cartão, senha de 4 dígitos, senha numérica, senha eletrônica, senha do app, código pin, código secreto, código multibanco, código pessoal, código de confirmação, código de acesso, código sms, senha de uso único, senha temporária, código de ativação, chave de segurança, itoken, código de autorização, código de utilização única, código de autenticação, código de validação, chave móvel, sms token, seu código, o seu código é, use o código, utilize o código, digite o código, insira o código, insira o código sms, senha do banco, código que chegou por sms, código que recebi
it: codice di sicurezza, codice cvv, codice di verifica, codice sul retro, codice di controllo, codice pin, codice segreto, codice dispositivo, pin della carta, codice personale, pin dispositivo, codice di conferma, codice otp, codice usa e getta, password monouso, codice di autorizzazione, codice di accesso, codice temporaneo, codice sms, codice di attivazione, tuo codice, suo codice è, usa il codice, inserisci il codice, inserire il codice, codice segreto del bancomat
nl: ~beveiligingscode, ~veiligheidscode, cvc-code, ~verificatiecode, ~pincode, pin-code, geheime code, toegangscode, tan-code, ~bevestigingscode, eenmalige code, eenmalig wachtwoord, sms-code, inlogcode, activeringscode, signeercode, controlecode, je code, uw code, gebruik code, voer de code, pincode van mijn pas
pl: kod bezpieczeństwa, kod cvv, kod cvc, kod zabezpieczający, kod weryfikacyjny karty, kod pin, numer pin, pin karty, pin do karty, kod pin-u, kod sms, kod autoryzacyjny, hasło sms, smskod, kod jednorazowy, hasło jednorazowe, kod weryfikacyjny, kod potwierdzający, kod aktywacyjny, kod dostępu, kod blik, kod autoryzacji, kod do logowania, twój kod, podaj kod, wpisz kod
cs: bezpečnostní kód, kód cvv, ověřovací kód karty, cvc kód, kód pin, pin kód, pin karty, pin ke kartě, tajný kód, ověřovací kód, sms kód, autorizační kód, autorizační sms kód, jednorázový kód, jednorázové heslo, potvrzovací kód, certifikační kód, aktivační kód, přístupový kód, váš kód, zadejte kód
sk: bezpečnostný kód, overovací kód, overovací kód karty, autorizačný kód, autorizačný sms kód, jednorazový kód, jednorazové heslo, potvrdzovací kód, aktivačný kód, prístupový kód, pin ku karte, zadajte kód
hu: biztonsági kód, cvv kód, ellenőrző kód, ellenőrző kódja, érvényesítési kód, pin kód, pin kódja, titkos kód, megerősítő kód, egyszer használatos kód, egyszer használatos jelszó, egyszer használatos jelszava, sms kód, aláíró kód, belépési kód, belépési kódja, hitelesítő kód, jóváhagyó kód, aktiváló kód, azonosító kód, mobilaláírás kód, adja meg a, pin kódom
ro: cod de securitate, codul cvv, cod cvv, cod de verificare, codul de verificare, codul dvs de verificare, cod pin, codul pin, pin-ul cardului, cod secret, cod personal, cod de confirmare, codul tău de confirmare, cod de autentificare, parolă unică, parola unică, cod unic, cod sms, cod de autorizare, cod de acces, codul de acces, cod de activare, cod otp, parola de unică folosință, introduceți codul, codul dvs, codul pin al cardului meu
bg: код за сигурност, cvv код, код за проверка, защитен код, пин, пин код, пин кодът, пин кодът ви, pin код, таен код, пин на картата, код за потвърждение, вашият код, код за верификация, еднократна парола, еднократен код, sms код, код за достъп, код за активация, тан, код за вход, динамична парола, код за оторизация, въведете код, пин кодът на картата ми
el: κωδικός ασφαλείας, κωδικός cvv, κωδικός επαλήθευσης, κωδικός pin, μυστικός κωδικός, μυστικός αριθμός, αριθμός pin, κωδικός επιβεβαίωσης, κωδικός μίας χρήσης, κωδικός μιας χρήσης, κωδικός sms, κωδικός έγκρισης, κωδικός πρόσβασης, κωδικός ενεργοποίησης, κωδικός ταυτοποίησης, κωδικός otp, κωδικός σας, τον κωδικό, pin της κάρτας σας
tr: güvenlik kodu, cvv kodu, güvenlik numarası, cvc2 kodu, kart şifresi, kart şifreniz, şifre, şifresi, şifreniz, pin kodu, gizli numara, 4 haneli şifre, parola, onay kodu, onay kodunuz, doğrulama kodu, doğrulama kodunuz, tek kullanımlık şifre, tek kullanımlık şifreniz, sms şifresi, sms şifreniz, sms onay kodu, tek kullanımlık kod, aktivasyon kodu, giriş kodu, 3d şifresi, işlem şifresi, mobil onay kodu, anlık şifre
ru: код безопасности, cvv-код, код проверки подлинности, трехзначный код, защитный код, код на обороте, cvc-код, пин, пин-код, пин код, пинкод, пин-код от карты, пин-код вашей карты, pin-код, секретный код, код подтверждения, одноразовый пароль, одноразовый код, код из смс, смс-код, проверочный код, код авторизации, код доступа, код активации, пароль, ваш пароль, пароль для подтверждения, код для входа, код из sms, контрольный код, ваш код, введите код, никому не сообщайте код, код для оплаты
uk: код безпеки, захисний код, код перевірки, тризначний код, пін, пін-код, пін-код вашої картки, пін код, секретний код, код підтвердження, одноразовий пароль, одноразовий код, код з смс, код авторизації, код доступу, код активації, код для входу, перевірочний код, введіть код, нікому не кажіть код
sv: ~säkerhetskod, cvc-kod, cvv-kod, kortverifieringskod, pin-kod, ~pinkod, pinkoden, personlig kod, kortkod, personliga koden, ~engångskod, ~engångskoden, ~engångslösenord, ~bekräftelsekod, ~verifieringskod, sms-kod, svarskod, inloggningskod, aktiveringskod, kontrollkod, din kod, ange koden, använd koden, pinkoden till kortet, koden till kortet, kod till kortet, koden till mitt kort
no: ~sikkerhetskode, cvc-kode, kortkontrollkode, pin-kode, pin-koden, ~pinkode, pinkoden, personlig kode, kortkode, ~engangskode, ~engangspassord, ~bekreftelseskode, ~verifiseringskode, sms-kode, innloggingskode, aktiveringskode, engangskoden, godkjenningskode, koden din, skriv inn koden, bruk koden, koden til kortet, kode til kortet
da: ~sikkerhedskode, sikkerhedskoden, kontrolkode, hemmelig kode, engangskodeord, bekræftelseskode, verifikationskode, godkendelseskode, engangsadgangskode, loginkode, din kode, indtast koden, brug koden, pinkoden til mit kort, koden til kortet, koden til mit kort
fi: ~turvakoodi, turvaluku, cvc-koodi, varmistuskoodi, pin-koodi, pin-koodisi, ~tunnusluku, kortin tunnusluku, korttisi tunnusluku, salainen tunnusluku, ~vahvistuskoodi, ~vahvistuskoodisi, kertakäyttöinen koodi, ~kertakäyttösalasana, tekstiviestikoodi, avainluku, avaintunnus, vahvistustunnus, tunnistuskoodi, aktivointikoodi, kirjautumiskoodi, sms-koodi, kertakoodi, koodisi, syötä koodi, käytä koodia, pin-koodini, tunnuslukuni
et: ~turvakood, cvv-kood, kontrollkood, pin-kood, pin kood, pin1, pin2, salakood, ~kinnituskood, ühekordne kood, ühekordne parool, sms-kood, aktiveerimiskood, autoriseerimiskood, sisselogimiskood, sisestage kood, kasutage koodi
lv: drošības kods, cvv kods, kartes drošības kods, pin kods, slepenais kods, apstiprinājuma kods, vienreizējais kods, vienreizējā parole, sms kods, verifikācijas kods, aktivizācijas kods, autorizācijas kods, piekļuves kods, ievadiet kodu
lt: saugos kodas, cvv kodas, kortelės saugos kodas, patvirtinimo kodas, pin kodas, slaptas kodas, kortelės pin kodas, vienkartinis kodas, vienkartinis slaptažodis, sms kodas, aktyvavimo kodas, prisijungimo kodas, autorizacijos kodas, įveskite kodą
hr: sigurnosni kod, cvv kod, sigurnosni broj, pin broj, pin kod, tajni broj, pin moje kartice, jednokratni kod, jednokratna lozinka, potvrdni kod, verifikacijski kod, sms kod, autorizacijski kod, aktivacijski kod, kod za potvrdu, kod za prijavu, unesite kod
sl: varnostna koda, cvv koda, pin koda, pin številka, osebna številka, tajna številka, enkratna koda, enkratno geslo, potrditvena koda, verifikacijska koda, sms koda, avtorizacijska koda, aktivacijska koda, koda za potrditev, prijavna koda, vnesite kodo, pin koda moje kartice
sr: сигурносни код, bezbednosni kod, безбедносни код, пин код картице, једнократна лозинка, verifikacioni kod, верификациони код, autorizacioni kod, aktivacioni kod, код за потврду, тајни код, tajni kod
ga: cód slándála, cód fíoraithe, chód fíoraithe, cód fíoraithe cárta, cód cvv, uap, uimhir aitheantais phearsanta, cód rúnda, uimhir pin, cód aonuaire, pasfhocal aonuaire, cód deimhnithe, cód sms, cód gníomhachtaithe, do chód, iontráil an cód
ar: رمز الأمان, رمز التحقق, رقم التحقق, الرمز السري, الرمز السري خلف البطاقة, رمز cvv, الرقم السري, الرقم السري للبطاقة, الرقم السري لبطاقتك, رقم سري, رمزك السري, رقم التعريف الشخصي, رمز pin, كلمة المرور لمرة واحدة, رمز التأكيد, رمز لمرة واحدة, رمز التفعيل, كود التحقق, كود التفعيل, رمز الدخول, الرمز المؤقت, رمز التحقق لمرة واحدة, رمز التحقق الخاص بك, أدخل الرمز, استخدم الرمز
he: קוד אבטחה, שלוש ספרות בגב הכרטיס, 3 ספרות בגב הכרטיס, קוד cvv, קוד בטחון, קוד סודי, הקוד הסודי, הקוד הסודי של הכרטיס, קוד pin, קוד אישי, סיסמת כרטיס, קוד אימות, קוד האימות, קוד האימות שלך, קוד חד פעמי, סיסמה חד פעמית, קוד זיהוי, קוד אישור, קוד כניסה, קוד הפעלה, הזן את הקוד, השתמש בקוד, קוד חד פעמי לכניסה
fa: کد امنیتی, کد cvv2, رمز cvv2, رمز, رمز اول, رمز دوم, رمز دوم من, رمز دوم پویا, رمز کارت, رمز کارت شما, رمز عبور کارت, پین کد, رمز پویا, رمز یکبار مصرف, رمز یکبار مصرف شما, کد تایید, کد تأیید, کد تایید شما, کد فعالسازی, کد ورود, کد یکبار مصرف, کد احراز هویت
hi: सुरक्षा कोड, पिन नंबर, एटीएम पिन, यूपीआई पिन, गुप्त पिन, ओटीपी, ओ.टी.पी, सत्यापन कोड, वन टाइम पासवर्ड, पुष्टि कोड, एकबारगी पासवर्ड, लॉगिन कोड, otp संख्या, आपका पिन, cvv नंबर, सीवीवी, सीवीवी नंबर, पिन कोड संख्या
bn: সিভিভি, নিরাপত্তা কোড, সিকিউরিটি কোড, পিন নম্বর, পিন নাম্বার, গোপন পিন, এটিএম পিন, বিকাশ পিন, আপনার পিন, ওটিপি, ওটিপি কোড, যাচাইকরণ কোড, ভেরিফিকেশন কোড, এককালীন পাসওয়ার্ড, নিশ্চিতকরণ কোড
ta: பாதுகாப்பு குறியீடு, பாதுகாப்புக் குறியீடு, சிவிவி, பின் எண், ரகசிய எண், இரகசிய எண், ஏடிஎம் பின், ஓடிபி, சரிபார்ப்பு குறியீடு, சரிபார்ப்புக் குறியீடு, ஒருமுறை கடவுச்சொல், ஒரு முறை கடவுச்சொல், உறுதிப்படுத்தல் குறியீடு
th: รหัสความปลอดภัย, รหัส cvv, เลข cvv, รหัส 3 หลักหลังบัตร, เลขหลังบัตร, รหัส pin, รหัส pin ของคุณ, รหัสพิน, พิน, รหัสเอทีเอ็ม, รหัสเอทีเอ็มของฉัน, รหัสบัตร, รหัสลับ, รหัสกดเงิน, รหัส atm, รหัส otp, รหัส otp ของคุณ, รหัสโอทีพี, โอทีพี, รหัสยืนยัน, รหัสยืนยันตัวตน, รหัสยืนยันของคุณ, รหัสผ่านครั้งเดียว, รหัสผ่านแบบใช้ครั้งเดียว, รหัสตรวจสอบ, รหัสเปิดใช้งาน, กรุณากรอกรหัส
vi: mã bảo mật, mã cvv, mã an toàn, số cvv, mã pin, số pin, mã số bí mật, mật mã, mã otp, mã otp của giao dịch, mã xác thực, mã xác thực thẻ, mã xác thực của bạn, mã xác nhận, mã xác nhận của bạn, mật khẩu một lần, mã kích hoạt, mã xác minh, mã sms, mã giao dịch otp, smart otp, nhập mã, mã pin thẻ của quý khách, mã pin thẻ của tôi, mã pin thẻ, mã pin của thẻ
id: kode keamanan, kode cvv, nomor cvv, tiga digit di belakang kartu, nomor pin, pin atm, pin atm saya, pin kartu, pin kartu anda, kode pin, kode rahasia, kode otp, kode otp transaksi anda, kode verifikasi, kode verifikasi anda, kode konfirmasi, kata sandi sekali pakai, kode aktivasi, kode otentikasi, kode akses, kode sekali pakai, token transaksi, mtoken, masukkan kode
ms: kod keselamatan, kod cvv, kod pengesahan, kod pengesahan kad, kod pengesahan anda, nombor pin, nombor pin kad, pin kad anda, no pin, kod pin, kod rahsia, tac, nombor tac, kod tac, no tac, no tac anda, tac untuk transaksi anda, kata laluan sekali guna, kod pengaktifan, kod otp, kod sekali guna, masukkan kod
zh: 安全码, 安全碼, 验证码, 驗證碼, 动态验证码, 卡背面三位数, 卡片背面末三碼, 末三碼, 后三位, cvv码, 校验码, 檢查碼, 保安編碼, 取款密码, 提款密碼, 提款卡密碼, 金融卡密碼, 交易密码, 交易密碼, 支付密码, pin码, pin碼, 卡密码, 查询密码, 个人识别码, 晶片密碼, 個人密碼, 私人密碼, 动态密码, 動態密碼, 动态口令, 动态码, 一次性密码, 一次性密碼, 激活码, 确认码, 啟用碼, 開通碼, 認證碼, 验证代码, 驗證代碼, 代碼驗證
ja: セキュリティコード, セキュリティ番号, カード確認番号, 裏面3桁, 署名欄の番号, カード裏面の3桁, 暗証番号, pinコード, ピンコード, 認証コード, あなたの認証コード, 認証番号, ワンタイムパスワード, 確認コード, 検証コード, 一時パスワード
ko: 보안코드, 카드보안코드, cvc번호, cvc 번호, 카드 뒷면 3자리, 유효성 코드, 비밀번호, 비번, pin번호, 핀번호, 핀 번호, 인증번호, 인증 번호, 인증코드, 일회용 비밀번호, 확인코드, 확인 코드, otp번호, 승인 코드, 보안카드번호
`

// Words for a PIN that may also be the number of a place: four digits are one.
const foreignPINs = `
any: pin
hi: पिन
bn: পিন
ta: பின்
`

// Words for a token or a key of a program.
const foreignTokens = `
de: ~zugriffstoken, ~zugangstoken, api-schlüssel, geheimer schlüssel, ~zugriffsschlüssel, ~zugangsschlüssel, ~sitzungsschlüssel, kundengeheimnis, client-geheimnis
fr: jeton d'accès, clé api, clé d'api, clé secrète, clé d'accès, clef secrète, jeton d'api, secret client, jeton de session, clé d'accès secrète
es: token de acceso, clave api, clave de api, clave secreta, llave secreta, secreto de cliente, llave api, clave privada, secreto del cliente, clave de acceso
pt: token de acesso, chave de api, chave api, chave secreta, chave de acesso, segredo do cliente, segredo de cliente, token de autenticação, chave privada
it: token di accesso, chiave api, chiave segreta, chiave di accesso, chiave privata, segreto del client, gettone di accesso
nl: ~toegangstoken, api-sleutel, geheime sleutel, ~toegangssleutel, ~clientgeheim, sessiesleutel, privésleutel
pl: token dostępu, klucz api, tajny klucz, klucz dostępu, klucz tajny, token dostępowy, sekret klienta, klucz prywatny
cs: přístupový token, klíč api, api klíč, tajný klíč, přístupový klíč, soukromý klíč, klientské tajemství
sk: prístupový token, api kľúč, kľúč api, tajný kľúč, prístupový kľúč, súkromný kľúč
hu: hozzáférési token, api-kulcs, titkos kulcs, hozzáférési kulcs, privát kulcs, ügyféltitok
ro: token de acces, cheie api, cheie secretă, cheia secretă, cheie de acces, cheie privată
bg: токен за достъп, api ключ, таен ключ, ключ за достъп, частен ключ, секретен ключ
el: διακριτικό πρόσβασης, κλειδί api, μυστικό κλειδί, κλειδί πρόσβασης, ιδιωτικό κλειδί
tr: erişim belirteci, api anahtarı, gizli anahtar, erişim anahtarı, özel anahtar, istemci sırrı, erişim jetonu
ru: токен доступа, ключ api, api-ключ, секретный ключ, ключ доступа, закрытый ключ, токен, секрет клиента, приватный ключ
uk: токен доступу, секретний ключ, ключ доступу, закритий ключ, приватний ключ
sv: ~åtkomsttoken, api-nyckel, hemlig nyckel, ~åtkomstnyckel, klienthemlighet, privat nyckel
no: ~tilgangstoken, api-nøkkel, hemmelig nøkkel, ~tilgangsnøkkel, klienthemmelighet, privat nøkkel
da: ~adgangstoken, api-nøgle, hemmelig nøgle, ~adgangsnøgle, privat nøgle
fi: käyttöoikeustunnus, api-avain, salainen avain, pääsyavain, yksityinen avain, asiakassalaisuus, pääsytunnus
et: juurdepääsutõend, api-võti, salajane võti, juurdepääsuvõti, privaatvõti, pääsuvõti
lv: piekļuves pilnvara, api atslēga, slepenā atslēga, piekļuves atslēga, privātā atslēga
lt: prieigos raktas, api raktas, slaptasis raktas, prieigos žetonas, privatusis raktas, slaptas raktas
hr: pristupni token, api ključ, tajni ključ, pristupni ključ, privatni ključ
sl: dostopni žeton, skrivni ključ, dostopni ključ, zasebni ključ, žeton za dostop
sr: тајни кључ, приступни кључ, api кључ
ga: comhartha rochtana, eochair api, eochair rúnda, eochair rochtana, eochair phríobháideach
ar: رمز الوصول, مفتاح api, المفتاح السري, مفتاح الوصول, المفتاح الخاص, مفتاح سري
he: אסימון גישה, מפתח api, מפתח סודי, מפתח גישה, מפתח פרטי, טוקן גישה
fa: توکن دسترسی, کلید api, کلید محرمانه, کلید دسترسی, کلید خصوصی, کلید مخفی
hi: एक्सेस टोकन, एपीआई कुंजी, गुप्त कुंजी, निजी कुंजी, पहुँच टोकन, api कुंजी
bn: অ্যাক্সেস টোকেন, এপিআই কী, গোপন কী, ব্যক্তিগত কী, api কী
ta: அணுகல் டோக்கன், ரகசிய விசை, api விசை, தனிப்பட்ட விசை, அணுகல் விசை
th: โทเค็นการเข้าถึง, คีย์ api, คีย์ลับ, คีย์ส่วนตัว, โทเคน, กุญแจลับ
vi: mã truy cập, khóa api, khóa bí mật, khóa truy cập, khóa riêng, mã thông báo truy cập
id: token akses, kunci api, kunci rahasia, kunci akses, kunci pribadi, rahasia klien
ms: kunci rahsia, kunci peribadi
zh: 访问令牌, api密钥, 密钥, 私钥, 访问密钥, 令牌, 秘钥, 应用密钥, 存取權杖, api金鑰, 金鑰, 存取金鑰, 密鑰, 權杖, 私鑰
ja: アクセストークン, apiキー, 秘密鍵, シークレットキー, アクセスキー, トークン, クライアントシークレット, 秘密キー
ko: 액세스 토큰, api 키, 비밀키, 시크릿 키, 접근 토큰, 개인키, 액세스 키, 인증키
`

// Words that may stand between one of these and its value: is, my, your, number.
const foreignLinks = `
de: ist, lautet, lauten, nummer, nr, mit der nummer, die nummer, ab sofort, für den auftrag, war die, ist die, ist der, wäre
fr: est, est le, numéro, n°, portant le numéro, c'est, c'est le, était
es: es, es el, número, nº, n.º, con número, es la
pt: é, é a, é o, número, nº, n.º, de número, com o número, foi
it: è, numero, n, nr, è il, è la
nl: is, luidt, nummer, nr, met nummer
pl: to, jest, nr, numer, o numerze
cs: je, číslo, č, s číslem
hu: száma, számú, sz
ro: este, e, nr, numărul, cu numărul
bg: е, номер, №, с номер
el: είναι, είναι ο, είναι το, αρ, αριθ, με αριθμό
tr: no, numarası, numaralı, nolu, no'lu, no.lu
ru: это, №, номер, такой, с номером
uk: це, №, номер
sv: är, nr, nummer, med nummer
no: er, nr, nummer, med nummer
fi: on, numero, nro
et: on, nr, number, numbriga
lv: ir, nr, numurs, ar numuru
lt: yra, nr, numeris
hr: je, br, broj
sl: je, št, številka
sr: је, бр, број
ga: is é, uimhir
ar: هو, هي, رقم
he: הוא, היא, מספר, מס
fa: است, شماره, به شماره
hi: है, नंबर, संख्या, नं
bn: হলো, হল, নং, নম্বর
ta: ஆகும், எண்
th: คือ, เลขที่
vi: là, số
id: adalah, nomor, no
ms: ialah, adalah, nombor, no
zh: 是, 为, 為, 号, 號, 号码, 號碼
ja: は, が, は、
ko: 는, 은, 이, 가, 를, 로, no
`

// Words for whose number it is: the account number of the payee.
const foreignRoles = `
de: des empfängers, des zahlungsempfängers, zahlungsempfänger, empfänger, des auftraggebers, des kontoinhabers, des zahlers, meiner karte, der karte, deiner karte, ihrer karte, meiner girokarte, meines kontos, der bankkarte
fr: du bénéficiaire, bénéficiaire, du titulaire, du donneur d'ordre, du destinataire, de l'émetteur, de ma carte, de la carte, de carte bleue, de mon père, de ma mère, de mon mari, de ma femme, de mon fils, de ma fille, de votre carte, de ta carte
es: del beneficiario, beneficiario, del titular, del ordenante, del destinatario, de destino, de origen, de mi tarjeta, de la tarjeta, de tu tarjeta, de su tarjeta, del cajero, del banco, de mi mujer, de mi madre, de mi padre, de mi hermano, de mi hermana, de mi hijo, de mi hija, de mi marido
pt: do favorecido, favorecido, do beneficiário, beneficiário, do titular, do ordenante, de destino, de origem, do seu cartão, do cartão, do meu cartão, do banco, da minha mãe, do meu pai
it: del beneficiario, beneficiario, dell'ordinante, del titolare, del destinatario, della sua carta, del bancomat, della carta, della mia carta, della tua carta, del conto, di mia madre, di mio padre
nl: begunstigde, van de begunstigde, opdrachtgever, van de opdrachtgever, van de rekeninghouder, van mijn pas, van de pas, van mijn kaart, van de kaart
pl: bankowego, odbiorcy, nadawcy, zleceniodawcy, kontrahenta, beneficjenta, bankowe, oszczędnościowego, bieżącego, do karty, do mojej karty, karty
cs: příjemce, plátce, protistrany, odesílatele, majitele, ke kartě, ke kartě, k mé kartě, karty
sk: príjemcu, platiteľa, odosielateľa, majiteľa
hu: kedvezményezett, a kedvezményezett, a kártyához
ro: beneficiarului, al beneficiarului, beneficiar, plătitorului, titularului, al cardului meu, cardului, de la card, mea, al meu
bg: на получателя, на бенефициента, на наредителя, на титуляра, ви
el: δικαιούχου, του δικαιούχου, εντολέα, όψεως, ταμιευτηρίου, πίστωσης, χρέωσης, καταθέσεων, της κάρτας, της κάρτας μου, μου, σας, σου
tr: alıcı, lehtar, kartın, kartımın
ru: получателя, плательщика, отправителя, бенефициара, организации, клиента, владельца, вашей карты, от карты, карты, моей карты, карточки, от вайфая, мой
uk: отримувача, одержувача, платника, відправника, клієнта, вашої картки, картки, карти, моєї картки, від вайфаю
sv: mottagarens, mottagare, avsändarens, betalarens, till kortet, till mitt kort, mitt
no: mottaker, mottakers, betaler, til kortet, til kortet mitt, mitt
da: modtager, modtagers, betaler, til mit kort, til kortet, til mit dankort
fi: saajan, maksajan
et: saaja, maksja
lv: saņēmēja, maksātāja
lt: gavėjo, mokėtojo
hr: primatelja, platitelja, primaoca
sl: prejemnika, plačnika
sr: primaoca, platioca, poverioca, dužnika, примаоца, платиоца, повериоца, дужника
ga: an tairbhí
ar: الجديد, المستفيد, للمستفيد, الخاص بك, الخاصة بك
he: המוטב, של המוטב, הנהנה, של, שלך, שלי, החדש שלי
fa: گیرنده, ذینفع, شما, من
hi: में, का, की, आपका, लाभार्थी
th: ใหม่ของฉัน, ใหม่, ผู้รับ, ผู้รับโอน, ของคุณ, ของท่าน, ของฉัน
vi: người nhận, người thụ hưởng, thụ hưởng, của bạn, của quý khách, của tôi, của thẻ, thẻ của tôi
id: penerima, tujuan, pengirim, asal, anda, saya, kamu, kartu, kartu saya, kartu kamu
ms: penerima, benefisiari, pengirim, anda, saya
ja: 受取人, 受取人の
ko: 수취인, 예금주, 고객님
`

// Words that ask to enter the code before them.
const foreignEntered = `
tr: kodunu giriniz, kodunu girin, kodu ile, kodunu kullanın, şifresi ile, şifresini giriniz
hu: kódot, kóddal, kódot a jóváhagyáshoz
hi: दर्ज करें
bn: লিখুন, কোডটি দিন
ja: を入力
ko: 를 입력, 을 입력
fa: را وارد کنید
`

// Words for a code of any kind, which may be that of an article, too.
const foreignGenerics = `
any: code, kod, kode
fr: votre code
es: código
it: codice
cs: kód
ro: cod
bg: код
el: κωδικός
fi: koodi
et: kood
lv: kods
lt: kodas
sl: koda
ga: cód
ar: الرمز, رمز, كود
he: קוד, הקוד
fa: کد
hi: कोड
bn: কোড
th: รหัส
vi: mã
zh: 代码, 代碼
ja: コード
ko: 코드
`

// Words that ask to keep the code before them for oneself.
const foreignShares = `
de: niemandem, mit niemandem, niemals weiter
fr: personne, ne le communiquez, ne partagez
es: nadie, no lo compartas
pt: ninguém, não compartilhe, não o partilhe
it: nessuno, non comunicarlo
nl: niemand, met niemand
pl: nikomu
cs: nikomu, nesdělujte
sk: neposkytujte
hu: senkinek
ro: nimănui
bg: никого, никому
el: κανέναν, σε κανέναν
tr: kimse, kimseyle, kimseye
ru: никому
uk: нікому
sv: inte med någon, ingen
no: ikke med noen
da: ikke med nogen
fi: kenellekään
et: kellegagi, kellelegi
lv: nevienam
lt: niekam
hr: nikome, nikomu
sl: nikomer
sr: никоме
ga: le haon duine
ar: لا تشاركه, مع أحد, لأحد
he: לאף אחד
fa: به کسی, کسی ندهید
hi: किसी को, किसी से
bn: কাউকে
ta: யாருடனும்
th: ห้ามบอก, อย่าบอก
vi: bất kỳ ai, cho ai
id: siapa pun, siapapun
ms: sesiapa
zh: 勿告诉, 勿告訴, 勿泄露, 勿洩漏, 勿透露
ja: 教えない
ko: 알려주지, 타인에게
`
