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

-- The facts of a row version, narrow, in order of date: a range of dates is a
-- range of this table, which makes it the covering index of every summary.
CREATE TABLE tx (
  rid        INTEGER PRIMARY KEY,
  account    INTEGER NOT NULL,
  currency   INTEGER NOT NULL,
  minor      INTEGER NOT NULL,
  category   INTEGER NOT NULL,
  merchant   INTEGER NOT NULL,
  flags      INTEGER NOT NULL, -- 1 pending, 2 transfer
  from_batch INTEGER NOT NULL,
  to_batch   INTEGER NOT NULL
) STRICT;

CREATE INDEX tx_amount ON tx (abs(minor), ((((rid >> 16) & 1073741823) << 17) | (rid >> 46)));
CREATE INDEX tx_ended ON tx (to_batch) WHERE to_batch <> 0;

-- What all versions of a transaction share, by rid >> 16.
CREATE TABLE detail (
  base              INTEGER PRIMARY KEY,
  authorised        INTEGER NOT NULL,
  original          INTEGER NOT NULL,
  original_currency INTEGER NOT NULL,
  description       TEXT NOT NULL,
  counterparty      TEXT NOT NULL,
  memo              TEXT NOT NULL,
  mcc               TEXT NOT NULL
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

-- Inverted lists: which transactions have a word, account, category, merchant
-- or came in a batch.
CREATE TABLE posting (
  term  BLOB NOT NULL,
  first INTEGER NOT NULL,
  list  BLOB NOT NULL,
  PRIMARY KEY (term, first)
) STRICT, WITHOUT ROWID;

-- Keys by which an import recognises what is held: 128 bits of a SHA-256.
CREATE TABLE source_kind (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE source_key (
  h1   INTEGER NOT NULL,
  base INTEGER NOT NULL,
  h2   INTEGER NOT NULL,
  PRIMARY KEY (h1, base)
) STRICT, WITHOUT ROWID;

CREATE TABLE content_key (
  h1    INTEGER NOT NULL,
  base  INTEGER NOT NULL,
  h2    INTEGER NOT NULL,
  text  INTEGER NOT NULL, -- 64 bits of the text key
  kind  INTEGER NOT NULL,
  keyed INTEGER NOT NULL, -- bit set of the source kinds that have a source key for it
  PRIMARY KEY (h1, base)
) STRICT, WITHOUT ROWID;

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
