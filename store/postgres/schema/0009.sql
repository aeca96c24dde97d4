-- Version 9. Names of files and accounts have the redactor's epoch, too.

ALTER TABLE counterfoil.batch ADD COLUMN epoch bigint NOT NULL DEFAULT 0; -- of the file's newest name
ALTER TABLE counterfoil.account_version ADD COLUMN epoch bigint NOT NULL DEFAULT 0; -- of the name
CREATE INDEX batch_epoch ON counterfoil.batch (tenant, epoch) WHERE source <> '';
GRANT UPDATE (epoch) ON counterfoil.batch TO counterfoil_writer;
GRANT UPDATE (epoch) ON counterfoil.account_version TO counterfoil_writer;

-- The names of files that a redaction brought: of a batch, the newest that is not
-- younger than the snapshot; without any, table batch has it.
CREATE TABLE counterfoil.file_name (
  tenant     integer NOT NULL,
  batch      bigint NOT NULL,
  from_batch bigint NOT NULL,
  name       text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, batch, from_batch)
);
CREATE INDEX file_name_from ON counterfoil.file_name (tenant, from_batch, batch);
REVOKE ALL ON counterfoil.file_name FROM PUBLIC;
ALTER TABLE counterfoil.file_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE counterfoil.file_name FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON counterfoil.file_name TO counterfoil_reader, counterfoil_writer, counterfoil_auditor
  USING (tenant = (SELECT counterfoil.tenant())) WITH CHECK (tenant = (SELECT counterfoil.tenant()));
CREATE POLICY owner ON counterfoil.file_name TO CURRENT_USER
  USING (tenant = nullif(current_setting('counterfoil.administered', true), '')::integer);
GRANT SELECT ON counterfoil.file_name TO counterfoil_reader, counterfoil_writer, counterfoil_auditor;
GRANT INSERT ON counterfoil.file_name TO counterfoil_writer;
