package cue

// Words for an account or the number of one, a language a line, as statements, transfer
// orders, invoices and messages of banks print them; see foreignTable for how they are
// read.
const foreignAccounts = `
de: ~konto, ~kontos, ~kontonummer, ~kontonr, ~ktonr, kto, ~kontonummern, konto des empfängers, depotnummer, kontoverbindung
fr: numéro de compte, n° de compte, n° compte, no de compte, n° cpte, n° de cpte, cpte, num de compte, numéro du compte, numero compte, num compte, compte, compte courant, compte bancaire, compte du bénéficiaire, compte bénéficiaire, compte donneur d'ordre, compte émetteur, compte destinataire, compte à débiter, compte à créditer, compte épargne, compte chèque, compte chèques, compte de dépôt, compte joint, ccp, livret a, numéro de livret, compte n°
es: cuenta, cuenta de cheques, cuentas, cta, cta cte, número de cuenta, núm de cuenta, cuenta corriente, cuenta de ahorro, cuenta de ahorros, cuenta bancaria, cuenta beneficiario, cuenta beneficiaria, cuenta del beneficiario, cuenta destino, cuenta de destino, cuenta origen, cuenta de origen, cuenta de cargo, cuenta de abono, cuenta ordenante, cuenta vista, cuenta a la vista, cuenta rut, caja de ahorro, caja de ahorros, código cuenta cliente, clabe interbancaria, c.c.c
pt: conta, contas, conta n, número da conta, número de conta, n da conta, conta corrente, conta-corrente, conta poupança, conta de poupança, conta bancária, conta do favorecido, conta favorecido, conta do beneficiário, conta beneficiária, conta de destino, conta destino, conta de origem, conta origem, conta para crédito, conta para débito, conta de pagamento, conta salário, conta p/ depósito, conta à ordem, conta d.o, conta do, conta de depósito à ordem, conta a prazo, conta ordenante, conta a debitar, conta a creditar, conta-ordenado, nib, n.i.b
it: conto, c/c, numero di conto, numero conto, n conto, num conto, conto corrente, conto bancario, conto beneficiario, conto del beneficiario, conto di addebito, conto di accredito, conto ordinante, conto deposito, conto destinatario, libretto di risparmio, libretto n, numero rapporto, n rapporto, coordinate bancarie, c.c.p, c.c. postale, numero di conto corrente
nl: ~rekening, ~rekeningnummer, ~rekeningnr, rek, rek nr, reknr, rekening begunstigde, rekening van de begunstigde, rekening opdrachtgever, gironummer, ~girorekening, banknr
pl: konto, konta, kontem, koncie, nr konta, numer konta, rachunek, rachunku, rachunki, rachunkiem, nr rachunku, numer rachunku, nr rach, rach, rachunek bankowy, numer rachunku bankowego, konto bankowe, rachunek odbiorcy, konto odbiorcy, rachunek nadawcy, rachunek zleceniodawcy, rachunek obciążany, rachunek bieżący, rachunek oszczędnościowy, konto oszczędnościowe, rachunek do przelewu, konto do wpłaty, nrb, nr rachunku kontrahenta
cs: účet, účtu, účtem, účty, číslo účtu, č účtu, č.ú, čú, bankovní účet, běžný účet, spořicí účet, účet příjemce, číslo účtu příjemce, účet plátce, protiúčet, účet protistrany, bankovní spojení, účet pro platbu, inkasní účet, účet č
sk: účte, bankový účet, bežný účet, sporiaci účet, účet príjemcu, číslo účtu príjemcu, účet platiteľa, bankové spojenie, osobný účet
hu: ~számlaszám, ~számlaszáma, ~számlaszámra, ~számlaszámunk, ~számlaszámom, ~számlaszámról, számla száma, ~számla, ~számlára, ~számláról, ~számláján, szla szám, számlasz, bankszla sz, kedvezményezett számla, fizetési számla száma, terhelendő számla, jóváírandó számla, forrásszámla, célszámla, ellenszámla, pénzforgalmi jelzőszám
ro: cont, contul, contului, contului nr, număr de cont, număr cont, nr cont, numărul contului, numărul de cont, cont bancar, contul bancar, cont curent, contul curent, cont de economii, contul beneficiarului, cont beneficiar, cont plătitor, cont ordonator, cont debitor, cont destinație, cont sursă, cont depozit, cont iban, cod iban
bg: сметка, сметката, сметки, с/ка, с-ка, номер на сметка, банкова сметка, разплащателна сметка, спестовна сметка, депозитна сметка, сметка на получателя, сметката на получателя, сметка на бенефициента, сметка на наредителя, iban на получателя
el: λογαριασμός, λογαριασμού, λογαριασμό, αριθμός λογαριασμού, αρ λογαριασμού, αρ λογ, αριθ λογαριασμού, λογ/σμός, λογ/σμού, λογ/σμό, αρ λογ/σμού, λογ, τραπεζικός λογαριασμός, λογαριασμός όψεως, λογαριασμός ταμιευτηρίου, λογαριασμός δικαιούχου, λογαριασμός πίστωσης, λογαριασμός χρέωσης, λογ καταθέσεων, αριθμός λογαριασμού δικαιούχου
tr: hesap, hesabı, hesaba, hesabın, hesabınız, hesabınıza, hesabınızdan, hesap no, hes no, hesap nosu, hesap numarası, hesap numaram, hesap numaranız, hesap numarasına, hesap numaralı, banka hesabı, vadesiz hesap, vadeli hesap, tasarruf hesabı, alacaklı hesap, gönderen hesap, lehdar hesap no, karşı hesap, cari hesap no, şube kodu-hesap no
ru: счёт, счета, счету, счетом, счёте, счета получателя, счёт получателя, счёт плательщика, номер счёта, № сч, сч, счёт списания, счёт зачисления, р/с, р/сч, к/с, л/с, л/сч, л/счёт, р/счёт, расчётный счёт, расч счёт, корр счёт, кор счёт, корсчёт, лицевой счёт, текущий счёт, банковский счёт, банк счёт, сберегательный счёт, счёт отправителя, спецсчёт, номер вклада, лицевого счёта, лицевому счёту, расчётного счёта, номер счёта получателя
uk: рахунок, рахунку, рахунка, рахунком, рах, р/р, п/р, о/р, номер рахунку, розрахунковий рахунок, поточний рахунок, особовий рахунок, особовим рахунком, особового рахунку, рахунок отримувача, рахунок одержувача, рахунок платника, банківський рахунок, ощадний рахунок, депозитний рахунок, картковий рахунок, кор рахунок, номер рахунку отримувача
sv: ~kontot, ~kontonumret, ~kontonummret, mottagarens konto, till konto, från konto, clearing/konto, clearingnr/kontonr, ~bankgiro, ~bankgironummer, bankgironr, ~plusgiro, ~plusgirokonto, ~plusgironummer, plusgironr
no: ~kontoen, ~kontonummeret, mottakers konto, til konto, fra konto, betalers konto, kontonummer til mottaker
da: modtagers konto, afsenders konto, reg nr/kontonr, reg nr og kontonr, reg og kontonr, ~gironummer, nemkonto
fi: ~tili, ~tilin, ~tilille, ~tililtä, ~tilinumero, ~tilinumeroni, ~tilinumeromme, ~tilinumeroon, ~tilinumerosi, tilinro, tilin numero, tili nro, pankkitilin numero, saajan tili, saajan tilinro, maksajan tili, pankkitilini, tililtäsi, tililtänne
et: ~kontonumber, ~kontonumbri, ~kontonumbriga, konto number, ~kontole, ~kontolt, ~kontol, arveldusarve, arvelduskontole, a/a, arve number pangas, saaja konto, maksja konto, saaja kontonumber
lv: konts, konta, kontu, kontā, kontam, konta numurs, konta numuru, konta nr, norēķinu konts, norēķinu konta nr, norēķinu kontā, bankas konts, saņēmēja konts, saņēmēja konta numurs, maksātāja konts, krājkonts
lt: sąskaita, sąskaitos, sąskaitą, sąskaitai, sąskaitoje, sąskaitos numeris, sąskaitos nr, sąsk, sąsk nr, banko sąskaita, atsiskaitomoji sąskaita, atsisk sąsk, a/s, a.s, gavėjo sąskaita, gavėjo sąskaitos numeris, mokėtojo sąskaita, taupomoji sąskaita, indėlio sąskaita
hr: račun br, broj računa, br računa, br rač, računa, računu, žiro račun, žiroračun, žiro računa, tekući račun, tekućeg računa, štedni račun, račun primatelja, broj računa primatelja, račun platitelja, devizni račun, bankovni račun, na račun, s računa, po računu, transakcijski račun, iban ili račun primatelja
sl: trr, št trr, št računa, št rač, številka računa, številka trr, račun prejemnika, trr prejemnika, račun plačnika, osebni račun, bančni račun, varčevalni račun, z računa, poslovni račun, račun št
sr: број рачуна, бр рачуна, рачун, рачуна, рачуну, текући рачун, жиро рачун, рачун примаоца, račun primaoca, račun prim, рачун платиоца, račun platioca, девизни рачун, račun poverioca, на рачун, uplatni račun, уплатни рачун, t.r, т.р, sa računa, са рачуна
ga: uimhir chuntais, uimh chuntais, cuntas, chuntas, chuntais, cuntas bainc, uimhir an chuntais, cuntas reatha, cuntas taisce, cuntas coigiltis, cuntas an tairbhí, uimhir chuntais an tairbhí, uimhir chuntais bhainc
ar: حساب, الحساب, حسابك, حسابي, حسابكم, حسابه, رقم الحساب, رقم حساب, رقم الحساب البنكي, الحساب الجاري, حسابه الجاري, حساب جاري, حساب التوفير, حساب المستفيد, رقم حساب المستفيد, الحساب المدين, الحساب الدائن, حساب المرسل, رقم الحساب المصرفي, حساب بنكي, الحساب البنكي, رقم الآيبان, حساب المحول إليه, ح/رقم
he: חשבון, חשבונך, חשבוני, חשבונו, החשבון, מספר חשבון, מס חשבון, חשבון בנק, חשבון עו"ש, עו"ש, עו״ש, חשבון חיסכון, חשבון המוטב, מספר חשבון המוטב, חשבון לזיכוי, חשבון לחיוב, ח-ן, ח"ן, חשבון נגדי, בנק/סניף/חשבון, חשבון הנהנה
fa: شماره حساب, شمارهحساب, حساب بانکی, حساب جاری, حساب پسانداز, حساب ذینفع, شماره حساب گیرنده, حساب گیرنده, حساب مقصد, حساب مبدا, حساب قرضالحسنه, شماره سپرده, سپرده, ش حساب, حساب شما, حسابم, حسابتان, شماره شبا, شبا
hi: खाता, khata, khata number, khata no, khaata, खाते, खातों, खाता संख्या, खाता नंबर, खाता नं, खाता सं, खाता क्रमांक, बैंक खाता, बचत खाता, बचत खाते, चालू खाता, लाभार्थी खाता संख्या, लाभार्थी का खाता, प्राप्तकर्ता खाता, खाते का नंबर, अकाउंट नंबर, अकाउंट नं, एकाउंट नंबर, बैंक अकाउंट, अकाउंट, ऋण खाता, खाता स
bn: হিসাব নম্বর, হিসাব নং, হিসাব, হিসাবে, ব্যাংক হিসাব, সঞ্চয়ী হিসাব, চলতি হিসাব, সুবিধাভোগীর হিসাব, হিসাব সংখ্যা, হিঃ নং, অ্যাকাউন্ট নম্বর, একাউন্ট নম্বর, অ্যাকাউন্ট নং, একাউন্ট নং, অ্যাকাউন্ট, একাউন্ট, অ্যাকাউন্টে, একাউন্টে, একাউন্ট নাম্বার, অ্যাকাউন্ট নাম্বার, একাউন্ট নাম্বারটি
ta: கணக்கு எண், கணக்கு, கணக்கில், கணக்கிற்கு, வங்கி கணக்கு, வங்கிக் கணக்கு, சேமிப்பு கணக்கு, சேமிப்புக் கணக்கு, நடப்பு கணக்கு, நடப்புக் கணக்கு, கணக்கு இலக்கம், அக்கவுண்ட் நம்பர், க.எண், பயனாளி கணக்கு எண்
th: เลขที่บัญชี, เลขบัญชี, หมายเลขบัญชี, บัญชีเลขที่, บัญชี, บัญชีธนาคาร, บัญชีออมทรัพย์, บัญชีกระแสรายวัน, บัญชีผู้รับ, บัญชีผู้รับโอน, บัญชีผู้รับเงิน, บัญชีต้นทาง, บัญชีปลายทาง, เลข บช, บ/ช, บช, เลขบช, บัญชีเงินฝาก, บัญชีของท่าน, เลขที่บัญชีธนาคาร
vi: số tài khoản, tài khoản, số tk, stk, tk, tk số, tài khoản số, tài khoản ngân hàng, tài khoản thanh toán, tài khoản tiết kiệm, tài khoản thụ hưởng, tài khoản người nhận, tài khoản người thụ hưởng, tài khoản nhận, tài khoản nguồn, tài khoản đích, tk nhận, tk thụ hưởng, tài khoản trích nợ, tài khoản ghi có
id: rekening, rekening bca, rekening mandiri, rekening bni, rekening bri, rek bca, rek mandiri, rek bni, rek bri, no rek bca, no rek mandiri, no rek bni, no rek bri, norek, no rek, nomor rekening, rek, rek tujuan, rekening bank, rekening tabungan, rekening giro, rekening tujuan, rekening penerima, rekening asal, rekening pengirim, rekening sumber, no rek penerima, nomor akun bank, nomor virtual account, virtual account, no va
ms: akaun, nombor akaun, no akaun, no ak, akaun bank, akaun simpanan, akaun semasa, akaun penerima, akaun benefisiari, akaun pengirim, akaun sumber, akaun pembayar, akaun maybank
zh: 账号, 账户, 帐号, 帐户, 帳號, 帳戶, 賬號, 賬戶, 账户号, 账户号码, 帳戶號碼, 賬戶號碼, 戶口號碼, 户口号码, 戶口, 银行账户, 基本户账号, 局號, 存折号, 账號
ja: 口座番号, 口座, 口座no, 口座№, 普通, 普通預金, 当座, 当座預金, 貯蓄預金, 普通口座, 振込先, お振込先, 記号番号, 記号・番号, 店番・口座番号, 支店・口座番号
ko: 계좌번호, 계좌, 은행계좌, 계좌no, 통장번호, 통장, 보통예금, 저축예금, 예금계좌, 입금하실 계좌, 받는 계좌, 가상계좌번호
`

// Words for a bank card or its number.
const foreignCards = `
ru: карта, карты, картой, номер карты
zh: 卡号, 卡號, 银行卡, 信用卡號, 信用卡号
ja: カード番号
ko: 카드번호
`

// Words for the number by which an authority knows a person or a firm.
const foreignIdentities = `
en: national id, national id no, national id number, national identity number, national identification number, identity number, identity card number, id card number, citizen id, citizen identity number, teudat zehut, israeli id, thai id, emirates id, cnic, unique taxpayer reference, taxpayer reference
de: steuernummer, steuernr, st.-nr, steuer-nr, svnr, steuer-id, ~steueridentifikationsnummer, steuer-identifikationsnummer, steuerliche identifikationsnummer, idnr, steuer-idnr, ~sozialversicherungsnummer, ~rentenversicherungsnummer, sv-nummer, sv-nr, rv-nummer, rvnr
fr: numéro fiscal, n° fiscal, numéro fiscal de référence, numéro spi, n° spi, identifiant fiscal, numéro de sécurité sociale, n° de sécurité sociale, n° sécu, n° ss, numéro insee, n° d'assuré social, numéro d'immatriculation à la sécurité sociale
es: ruc, rif, nit, registro único de contribuyentes, registro de información fiscal, número de identificación tributaria, n.i.f, d.n.i, número de identificación fiscal, documento de identidad, número de la seguridad social, nº afiliación, nss, cédula, cédula de identidad, cédula de ciudadanía
pt: c.p.f, cpf/mf, cpf do titular, cpf/cnpj, cnpj/mf, cpf nº, nis, pis, pis/pasep, título de eleitor, cnh, número de contribuinte, contribuinte, contribuinte n, n de contribuinte, número de identificação fiscal, nipc, cartão de cidadão, número de segurança social, n segurança social, número de utente, bilhete de identidade, rg n
it: codice fiscale, cod fisc, cod fiscale, c.f, partita iva, p iva
nl: ~burgerservicenummer, bsn-nummer, fiscaal nummer, fiscaal identificatienummer, ~rijksregisternummer, sofi-nummer, rsin
pl: nip, numer nip, nr nip, numer identyfikacji podatkowej, numer pesel, nr pesel, nr dowodu, dowód osobisty
cs: rodné číslo, rodného čísla, rodným číslem, r.č, dič, daňové identifikační číslo
sk: daňové identifikačné číslo, identifikačné číslo
hu: adóazonosító jel, adóazonosító jele, adóazonosító, adószám, adószáma, taj szám, taj száma, tajszám, taj-szám, taj, személyi szám, személyi azonosító, személyazonosító jel, társadalombiztosítási azonosító jel
ro: c.n.p, cod numeric personal, codul numeric personal, cod de identificare fiscală, nr cnp
bg: егн, егн на титуляра, единен граждански номер, личен номер, лнч, данъчен номер, еик, булстат
el: αφμ, α.φ.μ, αριθμός φορολογικού μητρώου, αμκα, α.μ.κ.α, αριθμός ταυτότητας, αδτ, αριθμός μητρώου κοινωνικής ασφάλισης
tr: t.c. kimlik no, tc kimlik no, tc no, t.c. kimlik numarası, kimlik numarası, kimlik no, vergi kimlik numarası, vergi kimlik no, vergi no, vkn
ru: инн, инн получателя, инн плательщика, идентификационный номер налогоплательщика, снилс, номер снилс, страховой номер, паспорт, серия и номер паспорта
uk: рнокпп, іпн, ідентифікаційний код, ідентифікаційний номер, єдрпоу, податковий номер, унзр
sv: ~personnummer, personnr, pnr, ~samordningsnummer, person-/organisationsnummer, skatteregistreringsnummer
no: ~fødselsnummer, fødselsnr, f.nr, d-nummer, fødsels- og personnummer, skattenummer
da: cpr-nummer, cprnr, cpr-nr, cprnummer
fi: ~henkilötunnus, henkilötunnuksesi, hetu, sotu, sosiaaliturvatunnus, verotunnus, veronumero
et: isikukood, isikukoodi, isikukoodiga
lv: personas kods, personas kodu, pers kods, p.k, nodokļu maksātāja reģistrācijas numurs
lt: asmens kodas, asmens kodą, a.k, mokesčių mokėtojo kodas
hr: oib primatelja, osobni identifikacijski broj, porezni broj, matični broj
sl: emšo, emšo številka, davčna številka, davčna št, dš, id za ddv, matična številka
sr: пиб, порески број, poreski broj, poreski identifikacioni broj, pib, јмбг, матични број, jedinstveni matični broj građana, lbo
ga: upsp, uimhir chánach, uimhir thagartha cánach, uimhir psp, uimh psp, uimhir cbl, uimhir phearsanta seirbhíse poiblí
ar: رقم الهوية, الرقم القومي, رقم الهوية الوطنية, رقم الضمان الاجتماعي, رقم الإقامة, رقم البطاقة الشخصية, الرقم الضريبي, رقم التعريف الضريبي, رقم التسجيل الضريبي
he: תעודת זהות, ת.ז, ת"ז, ת״ז, תז, מספר זהות, מס זהות, מספר תעודת זהות, ע"מ, ח.פ, עוסק מורשה
fa: کد ملی, کدملی, شماره ملی, شماره شناسنامه, شناسه ملی, کد ملی صاحب حساب, کد اقتصادی, شناسه مالیاتی, شماره اقتصادی
hi: आधार, आधार संख्या, आधार नंबर, आधार कार्ड, आधार क्रमांक, आधार कार्ड नंबर, पैन, पैन नंबर, स्थायी खाता संख्या, जीएसटी नंबर
bn: জাতীয় পরিচয়পত্র, জাতীয় পরিচয়পত্র নম্বর, এনআইডি, এনআইডি নম্বর, এনআইডি নং, আধার নম্বর, টিআইএন, টিন নম্বর, টিআইএন নম্বর, কর শনাক্তকরণ নম্বর
ta: ஆதார், ஆதார் எண், ஆதார் அட்டை எண், அடையாள அட்டை எண், பான் எண், வரி அடையாள எண்
th: เลขประจำตัวประชาชน, เลขบัตรประชาชน, หมายเลขบัตรประชาชน, บัตรประชาชนเลขที่, เลขที่บัตรประชาชน, เลขบัตร ปชช, เลขประจำตัวผู้เสียภาษี, เลขประจำตัวผู้เสียภาษีอากร, เลขผู้เสียภาษี, เลขที่ผู้เสียภาษี
vi: cccd, cmnd, cmnd/cccd, căn cước công dân, chứng minh nhân dân, số căn cước, số định danh cá nhân, mã số thuế, mã số thuế cá nhân, mst
id: nik, nomor induk kependudukan, ktp, no ktp, nomor ktp, nik ktp, npwp, no npwp, npwp nomor, nomor pokok wajib pajak
ms: kad pengenalan, no kad pengenalan, no k/p, no k.p, mykad, no mykad, nombor kad pengenalan, nombor cukai pendapatan, no cukai, no rujukan cukai
zh: 身份证号, 身份证号码, 身份证, 公民身份号码, 证件号码, 证件号, 身份证件号码, 身分證字號, 身分證號碼, 身份證字號, 身份證號碼, 身分證, 身分證統一編號, 居民身份证, 纳税人识别号, 纳税识别号, 税号, 统一社会信用代码, 統一編號, 統編, 稅籍編號
ja: マイナンバー, 個人番号, 基礎年金番号, 運転免許証番号, 法人番号, 納税者番号
ko: 주민등록번호, 주민번호, 외국인등록번호, 사업자등록번호, 사업자번호, 납세자번호, 생년월일/주민번호
`

// Words for something else of an account than its number, and for documents whose names
// have one of these words in them.
const foreignAbouts = `
de: kontostand, kontoauszug, kontoauszug nr, kontoauszugsnummer, kontoinhaber, kontoart, kontosaldo, saldo konto
fr: solde du compte, solde de compte, solde compte, relevé de compte, relevé de compte n°, extrait de compte, extrait de compte n°, type de compte, titulaire du compte, nom du compte, compte rendu, compte-rendu, compte rendu n°, compte de résultat
es: saldo de la cuenta, saldo de cuenta, saldo cuenta, extracto de cuenta, estado de cuenta, tipo de cuenta, titular de la cuenta, nombre de la cuenta, clave de producto, cuenta de cobro, cuenta de gastos, cuenta de resultados
pt: saldo da conta, saldo de conta, saldo em conta, saldo conta, extrato da conta, extrato de conta, tipo de conta, titular da conta, nome da conta, conta de luz, conta de água, conta de gás, conta de telefone, conta de energia, conta de internet, conta telefônica
it: saldo del conto, saldo conto, saldo c/c, estratto conto, estratto conto n, estratto del conto, tipo conto, tipo di conto, intestatario del conto, intestatario conto, conto economico, conto spese, conto energia
nl: saldo rekening, rekeningafschrift, saldo van de rekening, rekeninghouder
pl: saldo konta, saldo rachunku, stan konta, stan rachunku, wyciąg z konta, wyciąg z rachunku, wyciągu z rachunku, typ konta, typ rachunku, nazwa rachunku, właściciel rachunku
cs: zůstatek účtu, zůstatek na účtu, stav účtu, výpis z účtu, výpis z účtu č, výpis účtu, typ účtu, název účtu, majitel účtu
sk: zostatok účtu, zostatok na účte, stav účtu, výpis z účtu č, názov účtu, typ účtu
hu: számlaszám sorszáma, számla sorszáma, számla kelte, számla kelt, számla dátuma, számla összege, számla száma sorszám, számlaegyenleg, számlakivonat, a számla sorszáma, számla egyenlege
ro: sold cont, soldul contului, sold de cont, extras de cont, extras de cont nr, extrasul de cont, titular cont, titularul contului, tip cont
bg: салдо по сметка, салдо по сметката, наличност по сметка, извлечение по сметка, извлечение от сметка, титуляр на сметка, вид сметка
el: υπόλοιπο λογαριασμού, κίνηση λογαριασμού, αντίγραφο λογαριασμού, δικαιούχος λογαριασμού
tr: hesap bakiyesi, hesap özeti, hesap ekstresi, hesap adı, hesap türü, hesap sahibi
ru: счёт-фактура, счета-фактуры, счёт-фактура №, счёт на оплату, счёт на оплату №, остаток на счёте, остаток по счёту, остаток счёта, выписка по счёту, выписка со счёта, баланс счёта, владелец счёта, тип счёта, валюта счёта
uk: рахунок-фактура, рахунок-фактура №, рахунок на оплату, рахунок на оплату №, залишок на рахунку, залишок по рахунку, виписка по рахунку, баланс рахунку, власник рахунку, тип рахунку, валюта рахунку
sv: kontosaldo, kontoutdrag, kontoutdrag nr, saldo på kontot, kontohavare
no: kontosaldo, kontoutskrift, kontoutskrift nr, saldo på kontoen, kontoinnehaver
da: kontosaldo, kontoudtog, kontoudtog nr, saldo på kontoen, kontoindehaver
fi: tilin saldo, tiliote, tiliote nro, tilin omistaja, tilin nimi
et: konto jääk, kontojääk, konto väljavõte, konto omanik, konto saldo
lv: konta atlikums, konta izraksts, atlikums kontā, konta īpašnieks
lt: sąskaita faktūra, sąskaita faktūra nr, sąskaita-faktūra, sąskaitos faktūros, pvm sąskaita, pvm sąskaita faktūra, sąskaitos likutis, likutis sąskaitoje, sąskaitos išrašas, sąskaitos savininkas
hr: stanje računa, stanje na računu, stanje na račun, izvadak računa, izvod računa, vrsta računa, vlasnik računa, datum računa, iznos računa, broj računa r, račun r, račun r-1, broj računa r-1, računa r-1
sl: stanje računa, stanje na računu, izpisek računa, datum računa, znesek računa
sr: стање рачуна, стање на рачуну, извод рачуна, датум рачуна, износ рачуна, власник рачуна
ga: iarmhéid chuntais, ráiteas cuntais
ar: رصيد الحساب, كشف حساب, كشف الحساب, نوع الحساب, اسم الحساب, صاحب الحساب, رصيد حسابك
he: יתרה בחשבון, יתרת חשבון, יתרת החשבון, מספר חשבונית, חשבונית, דף חשבון, שם החשבון, סוג חשבון
fa: موجودی حساب, صورت حساب, صورتحساب, نوع حساب, مانده حساب, صاحب حساب
hi: खाता शेष, खाता विवरण, खाता प्रकार, खाता धारक, खाते का शेष
bn: হিসাবের স্থিতি, হিসাব বিবরণী, হিসাবের ধরন, হিসাবের নাম
ta: கணக்கு இருப்பு, கணக்கு அறிக்கை
th: ยอดบัญชี, ชื่อบัญชี, ประเภทบัญชี, ยอดเงินในบัญชี
vi: số dư tài khoản, số dư tk, tên tài khoản, loại tài khoản, chủ tài khoản, sao kê tài khoản
id: saldo rekening, nama rekening, jenis rekening, pemilik rekening
ms: baki akaun, penyata akaun, nama akaun, jenis akaun
zh: 账户余额, 帳戶餘額, 賬戶餘額, 账户名称, 帳戶名稱, 戶口名稱, 账户类型, 对账单, 帳戶類型
ja: 口座残高, 口座名義, 口座名義人, 口座種別
ko: 계좌 잔액, 계좌잔액, 계좌명, 통장잔액, 통장 잔액, 통장 사본
`

// Forms of words for an account that stand right behind its number.
const foreignInflected = `
hu: számlaszámra, számlára, számláról, bankszámlára, bankszámláról, bankszámlaszámra, számú bankszámla, számú számla, számú folyószámla, számú számlára, számú bankszámlájáról
tr: numaralı hesap, numaralı hesaba, numaralı hesaptan, numaralı hesabınıza, numaralı hesabınızdan, numaralı hesabınız, nolu hesap, nolu hesaba, nolu hesabınızdan, nolu hesabınıza, no'lu hesaba, no lu hesaba, no'lu hesap, no.lu hesaba
hi: खाते में, खाते से, लाभार्थी का खाता नंबर
bn: হিসাব নম্বরে, হিসাবে, অ্যাকাউন্টে, একাউন্টে, প্রাপকের হিসাব নম্বর
ta: கணக்கில், கணக்கிற்கு, கணக்கிலிருந்து
ja: 口座へ, 口座に, の口座へ, の口座に
ko: 계좌로, 계좌에서, 계좌에, 통장으로, 통장에
fi: tilille, tililtä
`
