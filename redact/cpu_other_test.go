//go:build !unix

package redact_test

import "testing"

func reportCPU(*testing.B, int) func() { return func() {} }
