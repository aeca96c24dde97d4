package bankaccount

// Digits of an account number that a cue speaks for.
const (
	MinDigits = 6
	MaxDigits = 26
)
