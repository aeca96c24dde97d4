-- Version 1. Row versions live from from_batch up to, not including, to_batch;
-- to_batch 0 is "still". Ids and terms are described in ident.go and posting.go.

CREATE TABLE batch (
  number        INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL,
  at            INTEGER NOT NULL, -- microseconds since 1970, UTC
  source        TEXT NOT NULL,
  source_digest BLOB NOT NULL,
  format        TEXT NOT NULL,
  account       INTEGER NOT NULL, -- 0: none or several
  added         INTEGER NOT NULL,
  skipped       INTEGER NOT NULL,
  replaced      INTEGER NOT NULL,
  target        INTEGER NOT NULL, -- undo: the batch undone, else 0
  undone        INTEGER NOT NULL, -- the batch that undid this one, or 0
  blocks        INTEGER NOT NULL, -- posting blocks of the rows brought
  rows_digest   BLOB NOT NULL
) STRICT;

CREATE TABLE account (
  id  INTEGER PRIMARY KEY,
  pub TEXT NOT NULL UNIQUE,
  key BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE account_version (
  account    INTEGER NOT NULL,
  from_batch INTEGER NOT NULL,
  to_batch   INTEGER NOT NULL,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  currency   TEXT NOT NULL,
  token      TEXT NOT NULL,
  last4      TEXT NOT NULL,
  subject    TEXT NOT NULL,
  PRIMARY KEY (account, from_batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE vault (
  token  TEXT PRIMARY KEY,
  sealed BLOB NOT NULL,
  batch  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE known (
  fingerprint BLOB PRIMARY KEY,
  batch       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX known_batch ON known (batch, fingerprint);

-- Dictionary of categories (1), merchants (2) and currencies (3). Id 0 is "".
CREATE TABLE name (
  id     INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL,
  text   TEXT NOT NULL,
  folded TEXT NOT NULL,
  UNIQUE (kind, text)
) STRICT;

CREATE INDEX name_folded ON name (kind, folded);

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

-- What all versions of a transaction share, by rid >> 16 (detail.go).
CREATE TABLE detail (
  base INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

-- How many rows of an account have a category or merchant (name 0: how many rows
-- it has), as the change that each batch made: sums up to a batch are the counts
-- as of it.
CREATE TABLE tally (
  name    INTEGER NOT NULL,
  account INTEGER NOT NULL,
  batch   INTEGER NOT NULL,
  delta   INTEGER NOT NULL,
  PRIMARY KEY (name, account, batch)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE source_kind (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- Of which source kinds a transaction got a source key after it was stored: a
-- bit set.
CREATE TABLE learnt (
  base  INTEGER PRIMARY KEY,
  kinds INTEGER NOT NULL
) STRICT;

CREATE TABLE balance (
  account    INTEGER NOT NULL,
  day        INTEGER NOT NULL, -- store.Date
  kind       TEXT NOT NULL,
  from_batch INTEGER NOT NULL,
  to_batch   INTEGER NOT NULL,
  minor      INTEGER NOT NULL,
  currency   TEXT NOT NULL,
  PRIMARY KEY (account, day, kind, from_batch)
) STRICT, WITHOUT ROWID;
