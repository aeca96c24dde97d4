package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/counterfoil/counterfoil/llm/sandbox"
)

var update = flag.Bool("update", false, "rewrite the golden files of the scripts")

// asEngine makes the test binary run as a model's engine, where there is a
// sandbox to run it in.
var asEngine = func() {}

// TestMain makes the test binary run as counterfoil where a script says so.
func TestMain(m *testing.M) {
	sandbox.Main()
	asEngine()
	if os.Getenv("COUNTERFOIL_TEST_AS_COMMAND") != "" { // see TestKill9
		killAtStep(os.Getenv(killStep))
		main()
	}
	testscript.Main(m, map[string]func(){"counterfoil": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			e.Setenv("DATA", e.WorkDir+"/data")
			samples, err := filepath.Abs("../../ingest/testdata")
			e.Setenv("SAMPLES", samples)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": code,
			"mode": mode,
			"pack": pack,
		},
	})
}
