package store

import "strings"

// Exponent returns how many decimal digits a currency has, and whether the
// code is one the program knows: upper case, from ISO 4217 (current and
// withdrawn), or one of the few unofficial codes listed in this file. Every
// other code is refused, because an amount without a known exponent cannot be
// exact.
func Exponent(currency string) (digits int, ok bool) {
	e, ok := exponents[currency]
	return int(e), ok
}

// The table, by exponent. Sources: ISO 4217 lists one (current) and three
// (withdrawn). Funds and metals without a minor unit (XAU, XDR, XXX, …) are
// left out: no statement is kept in them.
const (
	exponent0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
	exponent2 = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD " +
		"CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ " +
		"GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
		"MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB " +
		"SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN " +
		"UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
	exponent3 = "BHD IQD JOD KWD LYD OMR TND"
	exponent4 = "CLF UYW"

	// Withdrawn codes that old statements still carry.
	withdrawn0 = "BEF BYR ESP GRD ITL LUF PTE TRL"
	withdrawn2 = "ATS BGN CUC CYP CSD DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG ROL SDD SIT SKK SLL STD " +
		"TMM VEB VEF YUM ZMK ZWD ZWL"

	// Unofficial codes: offshore yuan, the island pounds, London pence, and
	// the digital currencies whose whole supply fits MaxMinor. Ether (18
	// digits) does not, and is refused.
	unofficial0 = "GBX"
	unofficial2 = "CNH GGP IMP JEP"
	unofficial6 = "USDC USDT XRP"
	unofficial8 = "BCH BTC LTC"
)

var exponents = tabulate(map[uint8][]string{
	0: {exponent0, withdrawn0, unofficial0},
	2: {exponent2, withdrawn2, unofficial2},
	3: {exponent3},
	4: {exponent4},
	6: {unofficial6},
	8: {unofficial8},
})

func tabulate(lists map[uint8][]string) map[string]uint8 {
	table := make(map[string]uint8)
	for exponent, codes := range lists {
		for _, list := range codes {
			for code := range strings.FieldsSeq(list) {
				table[code] = exponent
			}
		}
	}
	return table
}
