package store

// MaxMinor bounds |minor| of a stored amount: 2^53 − 1, the largest integer
// that every JSON reader holds exactly (RFC 8259 section 6).
const MaxMinor = 1<<53 - 1

// Money is an exact amount: integer minor units and an ISO 4217 code. Negative
// is money out. {−1250, "GBP"} is −12.50 pounds, {500, "JPY"} is 500 yen.
type Money struct {
	Minor    int64
	Currency string
}

// Decimal is an exact decimal number: Unscaled × 10^−Scale.
type Decimal struct {
	Unscaled int64
	Scale    uint8
}
