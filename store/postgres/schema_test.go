package postgres

import (
	"io/fs"
	"regexp"
	"testing"
)

// TestMigrationsAskForSet pins that no version of the schema takes a member of a
// role for one that can take it on: from PostgreSQL 16 on, a login that is no
// superuser is a member of the roles that it made and cannot SET ROLE to them, so
// that giving a function to one fails. Servers before 16 don't know 'SET'.
func TestMigrationsAskForSet(t *testing.T) {
	files, err := fs.Glob(migrations, "schema/*.sql")
	if err != nil || len(files) != SchemaVersion {
		t.Fatalf("%d files, %v; want %d", len(files), err, SchemaVersion)
	}
	asks := regexp.MustCompile(`pg_has_role\([^;]*`)
	right := regexp.MustCompile(`^pg_has_role\(current_user, '\w+',\s+CASE WHEN current_setting\('server_version_num'\)::int < 160000 THEN 'MEMBER' ELSE 'SET' END\)`)
	seen := 0
	for _, name := range files {
		text, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range asks.FindAllString(string(text), -1) {
			seen++
			if !right.MatchString(ask) {
				t.Errorf("%s: %.80s", name, ask)
			}
		}
	}
	if seen == 0 {
		t.Error("no migration asks for membership: this test looks for the wrong thing")
	}
}
