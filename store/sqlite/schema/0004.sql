-- Version 4: names of files and accounts have the redactor's epoch, too.

ALTER TABLE batch ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- of the file's newest name
ALTER TABLE account_version ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- of the name

CREATE INDEX batch_epoch ON batch (epoch) WHERE source <> '';

-- The names of files that a redaction brought: of a batch, the newest that is not
-- younger than the snapshot; without any, table batch has it.
CREATE TABLE file_name (
  batch      INTEGER NOT NULL,
  from_batch INTEGER NOT NULL,
  name       TEXT NOT NULL,
  PRIMARY KEY (batch, from_batch)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_name_from ON file_name (from_batch, batch);
