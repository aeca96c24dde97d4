// Package demo holds real card transactions to try the program with: a subset
// of Birmingham City Council's published purchase card spending, one line per
// booking, values unchanged. Whoever shows them shows Credit too.
package demo

import _ "embed"

// Credit is the attribution that the data's licence asks for, followed by
// where the data comes from.
const Credit = "Contains public sector information licensed under the Open Government Licence v3.0. " +
	"Source: Birmingham City Council, Purchase Card Transactions."

//go:embed purchase-cards-2018-01.csv
var january2018 []byte

//go:embed purchase-cards-2014-11.csv
var november2014 []byte

// Statement is one file to import.
type Statement struct {
	Name string
	Data []byte
}

// Statements returns the files, the larger and newer first: 3,134 bookings of
// December 2017 to February 2018 and 838 of October to December 2014, in the
// council's two layouts. Both are recognised by their headers.
func Statements() []Statement {
	return []Statement{
		{"purchase-cards-2018-01.csv", january2018},
		{"purchase-cards-2014-11.csv", november2014},
	}
}
