package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // for machines without a time zone database

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/internal/seal/locked"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// stamped is the version of a release, set by the linker where the source has
// no history to read it from (deploy/Dockerfile); "" is what the toolchain noted.
var stamped string

// ownProcess says that this process is the command and nothing else, so that
// it may be replaced by its confined self: main sets it.
var ownProcess bool

func main() {
	sandbox.Main()
	build.Release = stamped
	ownProcess = true
	ignoreFileLimit()
	_ = locked.NoCoreDumps() // they would hold keys; where it can't be, keys are in locked memory all the same
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}
