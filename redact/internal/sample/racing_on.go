//go:build race

package sample

const racing = true
