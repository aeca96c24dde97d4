package date

// Numbers that count the time since 1970, of which a detector makes others by chance.

// Digits of such a number.
const (
	SecondDigits = 10
	MilliDigits  = 13
	MicroDigits  = 16
	NanoDigits   = 19
)

// SinceEpoch tells whether a number counts seconds, milliseconds, microseconds or
// nanoseconds up to an instant between 2014 and 2033.
func SinceEpoch(d []byte) bool {
	n := len(d)
	return (n == SecondDigits || n == MilliDigits || n == MicroDigits || n == NanoDigits) && d[0] == '1' && d[1] >= '4'
}

// Nanoseconds tells whether a number may count them up to an instant between 2017 and 2033.
func Nanoseconds(d []byte) bool { return len(d) == NanoDigits && d[0] == '1' && d[1] >= '5' }

// Instant tells whether a number may count milliseconds, microseconds or nanoseconds up
// to one of this century.
func Instant(d []byte) bool {
	return d[0] == '1' && (len(d) == MilliDigits || len(d) == MicroDigits || len(d) == NanoDigits)
}
