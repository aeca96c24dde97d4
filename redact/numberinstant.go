package redact

// Numbers that count the time since 1970, of which a detector makes others by chance.

// Digits of such a number.
const (
	secondDigits = 10
	milliDigits  = 13
	microDigits  = 16
	nanoDigits   = 19
)

// sinceEpoch tells whether a number counts seconds, milliseconds, microseconds or
// nanoseconds up to an instant between 2014 and 2033.
func sinceEpoch(d []byte) bool {
	n := len(d)
	return (n == secondDigits || n == milliDigits || n == microDigits || n == nanoDigits) && d[0] == '1' && d[1] >= '4'
}

// nanoseconds tells whether a number may count them up to an instant between 2017 and 2033.
func nanoseconds(d []byte) bool { return len(d) == nanoDigits && d[0] == '1' && d[1] >= '5' }

// instant tells whether a number may count milliseconds, microseconds or nanoseconds up
// to one of this century.
func instant(d []byte) bool {
	return d[0] == '1' && (len(d) == milliDigits || len(d) == microDigits || len(d) == nanoDigits)
}
