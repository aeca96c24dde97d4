package sqlite

import (
	"embed"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// applicationID marks the file as ours (PRAGMA application_id): "CFst".
const applicationID = 0x43467374

// migrations holds schema/0001.sql and on, applied in order and once; the
// number of the last is the file's PRAGMA user_version.
//
//go:embed schema/*.sql
var migrations embed.FS

// schemaVersion is the newest version this program knows.
const schemaVersion = 5

// The versions whose tables are filled by repack and by fillEndings.
const (
	repackVersion = 3
	endingVersion = 5
)

// setWAL puts the file into write-ahead mode.
func (c *conn) setWAL() error {
	mode := ""
	_, err := c.one("PRAGMA journal_mode=wal", nil, func(s *sqlite3.Stmt) { mode = s.ColumnText(0) })
	if err == nil && mode != "wal" {
		err = fmt.Errorf("%w: write-ahead logging is not available here", store.ErrUnavailable)
	}
	return err
}

// migrate brings the schema up to date, and refuses a file of another program
// or of a newer version of this one.
func (c *conn) migrate(readOnly bool) error {
	version, err := c.version()
	if err != nil || version == schemaVersion {
		return err
	}
	if readOnly {
		return fmt.Errorf("%w: schema is version %d, this program reads version %d", store.ErrUnavailable, version, schemaVersion)
	}
	if err := c.db.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer c.rollback()
	// Another process may have migrated while this one waited.
	if version, err = c.version(); err != nil {
		return err
	}
	for next := version + 1; next <= schemaVersion; next++ {
		if err := c.apply(next); err != nil {
			return err
		}
	}
	return c.db.Exec("COMMIT")
}

func (c *conn) version() (int64, error) {
	version, err := c.integer("PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	id, err := c.integer("PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	tables, err := c.integer("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return 0, err
	}
	switch {
	case tables > 0 && id != applicationID:
		return 0, fmt.Errorf("%w: the file belongs to another program", store.ErrUnavailable)
	case version > schemaVersion:
		return 0, fmt.Errorf("%w: the store was written by a newer version of this program (schema %d, this one knows %d)",
			store.ErrUnavailable, version, schemaVersion)
	}
	return version, nil
}

func (c *conn) apply(version int64) error {
	sql, err := migrations.ReadFile(fmt.Sprintf("schema/%04d.sql", version))
	if err != nil {
		return err
	}
	if err := c.db.Exec(string(sql)); err != nil {
		return err
	}
	switch version {
	case repackVersion:
		err = c.repack()
	case endingVersion:
		err = c.fillEndings()
	}
	if err != nil {
		return err
	}
	return c.db.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version))
}
