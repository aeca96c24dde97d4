package store

// Date is a civil date as days since 1970-01-01 plus one, so that the zero
// value means "no date".
type Date int32
