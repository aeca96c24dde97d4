package cue

import (
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/date"
)

// Words of payments behind which the number of an account stands: they say so together
// with its form, as what stands there may as well be an amount, a reference or a telephone
// number.

// foreignMoney is all of these.
const foreignMoney = foreignBank | foreignUnsure | foreignLoan | foreignTransfer | foreignBranded

// Words for a loan; not prêt alone, as a merchant is called Pret.
const foreignLoans = `
en: loan, loan payment, loan pymt, home loan, homeloan, mortgage, mortgage payment, ln repay, emi
de: darlehen, ~darlehen, ~kredit
fr: échéance prêt, échéance de prêt, mensualité prêt, remboursement prêt, prêt immobilier, prêt immo, prêt personnel, emprunt
es: préstamo, hipoteca
pt: empréstimo, financiamento, crédito habitação
it: mutuo, rata mutuo, finanziamento, prestito
nl: ~lening, ~hypotheek
pl: kredyt, pożyczka, rata kredytu, rata pożyczki
cs: úvěr, hypotéka, půjčka
sv: ~lån, ~lånet
fi: ~laina, ~lainan
tr: kredi
`

// Words of transfers behind which the account stands to which they go, or of which they
// come.
const foreignTransfers = `
de: überweisung an, umbuchung auf, umbuchung von, übertrag auf, übertrag an, übertrag von
fr: virement vers, virement à, vir vers, virement sur, virement de
es: traspaso a, transferencia a, traspaso desde, traspaso de
pt: transferência para, transf para, trf para, trf p, tbi
it: bonifico a, bonifico verso, giroconto a, giroconto da
nl: overboeking naar, overschrijving naar, naar spaarrekening, overboeking giro
pl: przelew na, przelew do, przelew z
cs: převod na, platba na
hu: átutalás, azonnali átutalás
sv: överföring, överföring till, överföring från, insättning från
no: overføring til, overføring fra
da: overførsel til, overførsel fra
tr: havale, eft
ko: 계좌이체, 타행이체, 이체, 송금
zh: 轉賬至, 转账至, 转账到, 轉帳至, 汇款至, 匯款至, 匯款到
`

// Names of banks behind which their accounts stand in forms that no telephone number has.
const foreignBrands = `
any: dbs, posb, ocbc, uob, hsbc, hsbc hk, hsbc sg, hang seng, bochk, standard chartered
he: הפועלים, לאומי, דיסקונט, מזרחי, מזרחי טפחות, הבינלאומי
zh: 匯豐, 滙豐, 恒生, 中銀, 渣打
`

// Words for an account that mean an invoice as well, or something of fewer digits.
const foreignUnsures = `
es: cci
hr: račun
`

// Names of banks behind which many people write nothing but the number of an account.
const foreignBanks = `
id: bca, bni, bri, mandiri, bsi, permata, danamon
th: ธนาคารกสิกรไทย, ธนาคารไทยพาณิชย์, ธนาคารกรุงเทพ, ธนาคารกรุงไทย, กสิกรไทย, กสิกร, ไทยพาณิชย์, กรุงไทย, กรุงเทพ
ms: maybank, cimb, public bank, rhb
ko: 은행, 국민, 신한, 우리, 하나, 농협, 수협, 신협, 새마을금고, 우체국, 뱅크, 기업
`

// Digits of such numbers.
const (
	leastLoan  = 8  // of an amount that is as large some are set apart
	leastGroup = 5  // of the first group of one that is printed in groups: of an amount it has three
	leastMoved = 10 // behind a word for a transfer: telephone numbers of Spain have nine
	// leastUnsure is how many digits stand behind a word that means an invoice as well, at
	// least: accounts of Slovenia have fifteen, of Croatia seventeen with the bank's.
	leastUnsure = 15
)

// moneyFollows tells whether the number at t[i] has the form of an account of which words
// speak that begin at t[start].
func moneyFollows(says Foreign, t []byte, start, i int) bool {
	switch {
	case says&foreignBank != 0 && (printedGroups(t, i) || movedNumber(t, i) && transferBefore(t, start)):
		return true
	case says&foreignUnsure != 0 && digitsFrom(t, i) >= leastUnsure:
		return true
	case says&foreignLoan != 0 && loanNumber(t, i):
		return true
	case says&foreignTransfer != 0 && (movedNumber(t, i) || printedGroups(t, i) || BankForm(t, i) || cleared(t, i)):
		return true
	}
	return says&foreignBranded != 0 && BankForm(t, i)
}

// transferBefore tells whether words for a transfer end before t[i].
func transferBefore(t []byte, i int) bool {
	for i > 0 && t[i-1] == ' ' {
		i--
	}
	says, _ := ForeignWords.before(t, i)
	return says&foreignTransfer != 0
}

// loanNumber tells whether the number at t[i] is that of a loan, and no amount or day.
func loanNumber(t []byte, i int) bool {
	const round = 3 // zeros that an amount ends in
	n := char.Digits(t[i:])
	run := t[i : i+n]
	next := char.At(t, i+n)
	if n >= leastGroup && n < leastLoan && digitsFrom(t, i) > leastLoan+round { // 81334 961182 84
		return true
	}
	if char.Digit(char.At(t, i+n+1)) && (next == '.' || next == ',') || n < leastLoan || char.At(t, i-1) == '$' {
		return false
	}
	return (n > len("20260105") || !date.IsCompact(run)) && string(run[n-round:]) != "000"
}

// movedNumber tells whether the number at t[i] is one in a row as long as only accounts
// are, and none for a telephone.
func movedNumber(t []byte, i int) bool {
	n := char.Digits(t[i:])
	next := char.At(t, i+n)
	return n >= leastMoved && n <= bankaccount.MaxDigits && t[i] != '0' && char.At(t, i-1) != '+' && !(char.Digit(char.At(t, i+n+1)) && (next == '.' || next == ','))
}

// printedGroups tells whether digits at t[i:] are printed as those of an account are, in
// three groups and more, and no telephone number is, which begins with a zero.
func printedGroups(t []byte, i int) bool {
	dashes, n := 0, 0
	for k := i; k < len(t) && (char.Digit(t[k]) || t[k] == '-' && char.Digit(char.At(t, k+1))); k++ {
		if n++; t[k] == '-' {
			dashes++
		}
	}
	return dashes > 1 && n-dashes >= leastAbbreviated && t[i] != '0' && !date.DayLike(t[i:i+n], false)
}

// cleared tells whether the digits at t[i:] are printed as an account of Sweden or Denmark
// behind the four of its branch: 8327-9 123 456 789-0, 4183-0003999999.
func cleared(t []byte, i int) bool {
	const branch = 4
	n := char.Digits(t[i:])
	next := char.At(t, i+n)
	return n == branch && (next == '-' || next == ' ') && digitsFrom(t, i) >= leastMoved && !date.PlausibleYear(char.Number(t[i:], branch))
}

// bankForms are forms in which accounts are printed and no telephone number is, by the
// digits of their groups: of DBS and POSB, OCBC, UOB and HSBC in Singapore, of HSBC, Hang
// Seng and the Bank of China in Hong Kong, of Israel, of Itaú in Brazil.
var bankForms = [...][]int{{3, 5, 1}, {3, 6, 1}, {3, 6, 3}, {3, 6, 2}, {3, 7, 3}, {3, 3, 3, 1}, {3, 1, 6}, {3, 1, 7}, {3, 3, 1, 6}, {3, 1, 6, 1}, {2, 3, 6}, {4, 5, 1}}

// BankForm tells whether the digits at t[i:], with dashes or points between them, have
// such a form.
func BankForm(t []byte, i int) bool {
	const most = 4 // groups
	var sizes [most]int
	n := 0
	for ; n < most; n++ {
		if sizes[n] = char.Digits(t[i:]); sizes[n] == 0 {
			return false
		}
		if i += sizes[n]; char.At(t, i) != '-' && char.At(t, i) != '.' || !char.Digit(char.At(t, i+1)) {
			break
		}
		i++
	}
	if n == most || char.Alnum(char.At(t, i)) {
		return false
	}
	for _, form := range bankForms {
		if slices.Equal(form, sizes[:n+1]) {
			return true
		}
	}
	return false
}
