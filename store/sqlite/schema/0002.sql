-- Version 2: the vault by subject and with proofs, several texts of one
-- transaction, and the redactor's epoch of each.

-- What tokens stand for. Two proofs of one token are a collision; what came from
-- version 1 has none ('').
CREATE TABLE sealed (
  token   TEXT NOT NULL,
  subject TEXT NOT NULL,
  proof   BLOB NOT NULL,
  value   BLOB NOT NULL,
  PRIMARY KEY (token, subject, proof)
) STRICT, WITHOUT ROWID;

INSERT INTO sealed SELECT token, coalesce((SELECT subject FROM account_version WHERE account_version.token = vault.token
  ORDER BY from_batch LIMIT 1), ''), x'', sealed FROM vault;
DROP TABLE vault;

ALTER TABLE detail ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

-- How many transactions have their text from which epoch.
CREATE TABLE epoch (
  epoch INTEGER PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT;

INSERT INTO epoch SELECT 0, count(*) FROM detail HAVING count(*) > 0;

-- The texts of versions that a redaction brought, and of those after it: of a
-- version, the newest that is not younger; without any, table detail has it.
CREATE TABLE retext (
  base         INTEGER NOT NULL,
  from_batch   INTEGER NOT NULL,
  description  TEXT NOT NULL,
  counterparty TEXT NOT NULL,
  memo         TEXT NOT NULL,
  PRIMARY KEY (base, from_batch)
) STRICT, WITHOUT ROWID;
