package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// TestMigrateFirst: a store of version 1 keeps its sealed numbers, each with the
// owner that its account had, and its texts are outdated.
func TestMigrateFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := migrations.ReadFile("schema/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	err = db.Exec(string(schema) + fmt.Sprintf("; PRAGMA application_id=%d; PRAGMA user_version=1;", applicationID) + `
		INSERT INTO account_version VALUES (1, 1, 2, 'a', 'card', 'GBP', 'ACCT_A', '1234', 'alex'), (1, 2, 0, 'b', 'card', 'GBP', 'ACCT_A', '1234', 'kim');
		INSERT INTO vault VALUES ('ACCT_A', CAST('one' AS BLOB), 1), ('ACCT_B', CAST('two' AS BLOB), 1);
		INSERT INTO detail VALUES (1, 0, 0, 0, 'x', '', '', ''), (2, 0, 0, 0, 'y', '', '', '');`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, Config{Path: path, Plain: true})
	for token, want := range map[string]string{"ACCT_A": "alex one", "ACCT_B": " two"} {
		got, err := s.Sealed(t.Context(), token)
		if err != nil || len(got) != 1 || got[0].Subject+" "+string(got[0].Value) != want || len(got[0].Proof) != 0 {
			t.Errorf("%s: %+v, %v", token, got, err)
		}
	}
	if n, err := s.Outdated(t.Context(), 1); err != nil || n != 2 {
		t.Errorf("%d are outdated, %v", n, err)
	}
}
