-- Version 3: row versions in leaves, and what leads to transactions in sorted
-- runs instead of tables of keys. What version 2 holds moves over in repack.go,
-- which then drops its tables.

-- Row versions by day, in leaves of some 280 (leaf.go): key is the first row id.
CREATE TABLE version (
  first INTEGER PRIMARY KEY,
  rows  BLOB NOT NULL
) STRICT;

-- The versions that each batch ended.
CREATE TABLE ended (
  batch      INTEGER NOT NULL,
  rid        INTEGER NOT NULL,
  from_batch INTEGER NOT NULL,
  PRIMARY KEY (batch, rid)
) STRICT, WITHOUT ROWID;

INSERT INTO ended SELECT to_batch, rid, from_batch FROM tx WHERE to_batch <> 0 ORDER BY to_batch, rid;

-- What all versions of a transaction share, by rid >> 16 (detail.go), and the
-- redactor's epoch of it.
ALTER TABLE detail RENAME TO loose_detail;

CREATE TABLE detail (
  base  INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  body  BLOB NOT NULL
) STRICT;

-- What leads to transactions, in sorted runs (run.go) of sheets (sheet.go): the
-- keys by which an import recognises what is held, the order by amount, and
-- inverted lists. The id of a sheet is its run's, shifted left by 32, and its
-- place in it.
CREATE TABLE run (
  id     INTEGER PRIMARY KEY,
  sheets INTEGER NOT NULL,
  low    INTEGER NOT NULL, -- the bases in its lists
  high   INTEGER NOT NULL
) STRICT;

CREATE TABLE sheet (
  id    INTEGER PRIMARY KEY,
  first BLOB NOT NULL, -- the first key
  body  BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX sheet_first ON sheet (id >> 32, first);

-- Of which source kinds a transaction got a source key after it was stored: a
-- bit set.
CREATE TABLE learnt (
  base  INTEGER PRIMARY KEY,
  kinds INTEGER NOT NULL
) STRICT;
