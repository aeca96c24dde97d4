// Package nationalid verifies national identity, tax, social security and health numbers:
// by the rules after which they are given out, by the days in them and by their check
// characters. Each function has the name that the number has in its country and takes the
// digits, or the capitals and digits, without the marks between them; their number is
// the caller's to check.
//
// Sources stand at the functions: the rules of the office that gives the numbers out.
package nationalid
