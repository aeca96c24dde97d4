package main

// LimitsConfig bounds what one call and one principal may take. Zero means the
// default.
type LimitsConfig struct{}

func (ck *checker) limits(*LimitsConfig) {}
