// Package sample says how much of many cases a test takes in which nothing runs
// concurrently. The race detector has nothing to see there and makes each case
// ten times as long: under it, tests take one case in ten. What they prove is
// proven by the run without it, which takes them all.
package sample

const oneIn = 10

// Of returns how many of n cases are taken, at least one.
func Of(n int) int {
	if racing {
		return max(1, n/oneIn)
	}
	return n
}

// Takes tells whether case i of many is taken.
func Takes(i int) bool { return !racing || i%oneIn == 0 }
