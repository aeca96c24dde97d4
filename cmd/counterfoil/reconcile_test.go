package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// newApp sets up a data folder and returns the app on it, and what it says.
func newApp(t *testing.T) (*app, *bytes.Buffer) {
	t.Helper()
	h, said := setuptest.New(t)
	return &app{Home: h, started: true}, said
}

// TestFaultsOfTheFolder: each fault is one clear line with its exit code, and
// nothing is served.
func TestFaultsOfTheFolder(t *testing.T) {
	write := func(a *app, text string, elem ...string) error {
		return os.WriteFile(a.Data(elem...), []byte(text), 0o600)
	}
	tests := []struct {
		name string
		do   func(a *app) error
		code int
		text string
	}{
		{"no folder", func(a *app) error { return os.RemoveAll(a.DataDir) }, exit.Data, "is not set up"},
		{"unknown version", func(a *app) error { return write(a, "counterfoil-data 9\n", "VERSION") }, exit.Data, "another version"},
		{"no config", func(a *app) error { return os.Remove(a.ConfigPath) }, exit.Data, "no config"},
		{"no key", func(a *app) error { return os.Remove(a.Data("keys", "kek")) }, exit.NoKey, "kek"},
		{"key open to others", func(a *app) error { return os.Chmod(a.Data("keys", "kek"), 0o644) }, exit.NoKey, "chmod 600"},
		{"damaged key", func(a *app) error { return write(a, "x", "keys", "kek") }, exit.NoKey, "not a key"},
		{"missing known file", func(a *app) error { return write(a, "", "known"+"x") }, exit.Config, "known_file"},
		{"lost log key", func(a *app) error { return os.Remove(a.Data("keys", "log.key")) }, exit.CheckFailed, "log"},
		{"held folder", func(a *app) error { _, err := folder.Take(context.Background(), a.Home); return err }, exit.Data, "held by another process"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := newApp(t)
			if tt.name == "missing known file" {
				setuptest.Edit(t, a.ConfigPath, `known_file: ""`, "known_file: known")
			}
			if err := tt.do(a); err != nil {
				t.Fatal(err)
			}
			f, err := folder.Take(context.Background(), a.Home)
			if err == nil {
				f.Close()
				t.Fatal("the folder opened")
			}
			got := exit.Classify(err, false, true)
			if got.Code != tt.code || !strings.Contains(got.Error(), tt.text) || strings.Contains(got.Error(), "\n") {
				t.Errorf("got code %d, %q; want %d with %q on one line", got.Code, got.Error(), tt.code, tt.text)
			}
		})
	}
}

// TestPanicText: the text of a panic never gets out.
func TestPanicText(t *testing.T) {
	var f *exit.Failure
	func() {
		defer func() {
			recover()
			f = exit.Panicked()
		}()
		panic("GB29NWBK60161331926819")
	}()
	if strings.Contains(f.Error(), "GB29") || !strings.Contains(f.Error(), "reconcile_test.go:") {
		t.Errorf("got %q", f.Error())
	}
}
