//go:build linux || darwin

package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// pgKeys seals card numbers and looks for them in a dump and in every file of the
// cluster, its write-ahead log included; then rotates their key, which goes when
// other replicas can't use it any more.
func pgKeys(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	file, numbers := cards(t, 60)
	run(t, "import", "--yes", file, "--data", f.dir)
	a := appOn(t, f.dir)
	open, err := folder.Open(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	before := vaultOf(t, open)
	if len(before) != len(numbers) {
		t.Fatalf("%d values, want %d", len(before), len(numbers))
	}
	got, err := open.Reveal(t.Context(), []string{before[0].Token})
	if err != nil || got[0].Value == "" {
		t.Fatalf("%+v, %v", got, err)
	}

	db := dialPostgres(t, f.super)
	var bin, data string
	if err := db.QueryRow(t.Context(), "SELECT setting FROM pg_config WHERE name = 'BINDIR'").Scan(&bin); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	dump, err := exec.Command(filepath.Join(bin, "pg_dump"), "--data-only", "--inserts", "-d", f.super).Output()
	if err != nil || !bytes.Contains(dump, []byte(before[0].Token)) {
		t.Fatalf("pg_dump gives %d bytes: %v", len(dump), err)
	}
	secrets := [][]byte{[]byte(numbers[0]), []byte(numbers[len(numbers)-1])}
	for _, n := range secrets {
		if bytes.Contains(dump, n) {
			t.Error("the dump holds a card number")
		}
	}
	noFileHolds(t, data, secrets...)
	noFileHolds(t, f.dir, secrets...)

	rotated, err := open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysRotate, Purpose: "vault"})
	if err != nil || len(rotated.Rotated) != 1 {
		t.Fatalf("%+v, %v", rotated, err)
	}
	done, err := open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysReseal, Finish: true})
	if err != nil || done.Resealed != len(numbers) || len(done.Destroyed) != 0 || len(done.Waiting) != 1 {
		t.Fatalf("within the hour: %+v, %v", done, err)
	}
	if _, err := opened(open, &before[0]); err != nil {
		t.Errorf("what another replica may have sealed: %v", err)
	}
	a.Now = func() time.Time { return time.Now().UTC().Add(2 * time.Hour) }
	if done, err = open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysReseal}); err != nil || len(done.Destroyed) != 0 || !strings.Contains(done.Waiting[0].Why, "--finish") {
		t.Errorf("without --finish: %+v, %v", done, err)
	}
	if done, err = open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysReseal, Finish: true}); err != nil || len(done.Destroyed) != 1 || done.Resealed != 0 {
		t.Errorf("after the hour: %+v, %v", done, err)
	}
	if _, err := opened(open, &before[0]); !errors.Is(err, seal.ErrErased) {
		t.Errorf("old ciphertext: %v", err)
	}
	if got, err := open.Reveal(t.Context(), []string{before[0].Token}); err != nil || got[0].Value == "" {
		t.Errorf("%+v, %v", got, err)
	}
	after, err := exec.Command(filepath.Join(bin, "pg_dump"), "--data-only", "--inserts", "-d", f.super).Output()
	if err != nil || bytes.Contains(after, []byte(hex.EncodeToString(before[0].Value))) || !bytes.Contains(dump, []byte(hex.EncodeToString(before[0].Value))) {
		t.Errorf("the dump still holds the old ciphertext: %v", err)
	}
	// A server without the writer's login does its part and destroys nothing; the
	// command says what is missing.
	if _, err := open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysRotate, Purpose: "vault"}); err != nil {
		t.Fatal(err)
	}
	writer := open.Config.Store.Postgres
	open.Config.Store.Postgres.Writer, open.Config.Store.Postgres.WriterFile = "", ""
	if done, err := open.ResealAll(t.Context(), false, true); err != nil || len(done.Destroyed) != 0 || done.Resealed != 0 {
		t.Errorf("a server without a writer: %+v, %v", done, err)
	}
	if _, err := open.KeysDo(t.Context(), folder.KeysRequest{Do: folder.KeysReseal, Finish: true}); err == nil || !strings.Contains(err.Error(), "no login that may change") {
		t.Errorf("the command without a writer: %v", err)
	}
	open.Config.Store.Postgres = writer
	for login, sql := range map[string]string{
		"reader": "UPDATE counterfoil.vault SET value = ''", "writer": "UPDATE counterfoil.vault SET subject = 'x'",
	} {
		dsn, err := os.ReadFile(filepath.Join(f.dir, "keys", "postgres-"+login))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dialPostgres(t, strings.TrimSpace(string(dsn))).Exec(t.Context(), sql); err == nil {
			t.Errorf("the %s may: %s", login, sql)
		}
	}
}
