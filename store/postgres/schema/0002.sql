-- Version 2: the vault by subject and with proofs, several texts of one
-- transaction, and the redactor's epoch of each.

-- What tokens stand for. Two proofs of one token are a collision; what came from
-- version 1 has none ('').
ALTER TABLE counterfoil.vault RENAME COLUMN sealed TO value;
ALTER TABLE counterfoil.vault DROP COLUMN batch;
ALTER TABLE counterfoil.vault ADD COLUMN subject text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN proof bytea NOT NULL DEFAULT '';
ALTER TABLE counterfoil.vault DROP CONSTRAINT vault_pkey, ADD PRIMARY KEY (tenant, token, subject, proof);

-- A text is that of the versions from batch up to, not including, to_batch. One
-- that a redaction replaced stays for reads at older snapshots.
ALTER TABLE counterfoil.detail ADD COLUMN to_batch bigint NOT NULL DEFAULT 9223372036854775807, ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE counterfoil.detail DROP CONSTRAINT detail_pkey, ADD PRIMARY KEY (tenant, base, batch);

-- How many transactions have their newest text from which epoch.
CREATE TABLE counterfoil.epoch (
  tenant integer NOT NULL,
  epoch  bigint NOT NULL,
  count  bigint NOT NULL,
  PRIMARY KEY (tenant, epoch)
);
REVOKE ALL ON counterfoil.epoch FROM PUBLIC;
ALTER TABLE counterfoil.epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE counterfoil.epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON counterfoil.epoch TO counterfoil_reader, counterfoil_writer, counterfoil_auditor
  USING (tenant = (SELECT counterfoil.tenant())) WITH CHECK (tenant = (SELECT counterfoil.tenant()));
CREATE POLICY owner ON counterfoil.epoch TO CURRENT_USER
  USING (tenant = nullif(current_setting('counterfoil.administered', true), '')::integer);
GRANT SELECT ON counterfoil.epoch TO counterfoil_reader, counterfoil_writer;
GRANT INSERT, UPDATE (count) ON counterfoil.epoch TO counterfoil_writer;
GRANT UPDATE (to_batch, epoch) ON counterfoil.detail TO counterfoil_writer;
GRANT SELECT (to_batch) ON counterfoil.detail TO counterfoil_search;

-- The owner sees one tenant at a time.
DO $$
DECLARE
  t integer;
BEGIN
  FOR t IN SELECT id FROM counterfoil.tenant LOOP
    PERFORM set_config('counterfoil.administered', t::text, true);
    UPDATE counterfoil.vault v SET subject = coalesce((SELECT a.subject FROM counterfoil.account_version a
      WHERE a.tenant = t AND a.token = v.token ORDER BY a.from_batch LIMIT 1), '') WHERE v.tenant = t;
    INSERT INTO counterfoil.epoch SELECT t, 0, count(*) FROM counterfoil.detail d WHERE d.tenant = t HAVING count(*) > 0;
  END LOOP;
  PERFORM set_config('counterfoil.administered', '', true);
END $$;

-- The search function belongs to a role that its replacer has to be a member of.
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
CREATE TEMPORARY TABLE counterfoil_member ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;
CREATE OR REPLACE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
  RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
DECLARE
  me    integer := counterfoil.tenant();
  query tsquery;
  form  text := '';
BEGIN
  IF me IS NULL OR coalesce(cardinality(wanted), 0) = 0 THEN
    RETURN;
  END IF;
  FOR i IN 1 .. cardinality(wanted) LOOP
    IF coalesce(wanted[i], '') = '' OR wanted[i] ~ '[''\\]' THEN
      RAISE EXCEPTION 'not a word' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    form := form || CASE WHEN i > 1 THEN ' & ' ELSE '' END || '''' || me || ':' || wanted[i] || '''';
  END LOOP;
  query := (form || ':*')::tsquery;
  IF down THEN
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.tenant = me AND d.words @@ query AND d.batch <= at AND d.to_batch > at AND d.base >= low AND d.base < high
      ORDER BY d.base DESC LIMIT most;
  ELSE
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.tenant = me AND d.words @@ query AND d.batch <= at AND d.to_batch > at AND d.base >= low AND d.base < high
      ORDER BY d.base LIMIT most;
  END IF;
END $$;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member) THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;
