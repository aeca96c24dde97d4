-- Who may use which log, and what replicas share beside it: the books of
-- budgets, the questions that were answered, and small files (approvals that
-- wait, archived policies). All of it is bound by row-level security: a log
-- belongs to an owner (a tenant), and a login role to at most one owner.

-- Groups that carry the rights. Roles belong to the whole cluster, hence the
-- guard. A recorder appends; a log reader reads.
DO $$
DECLARE
  r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['counterfoil_recorder', 'counterfoil_log_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END $$;

-- Whose logs a login role may use. Nobody but the schema's owner reads or
-- writes it.
CREATE TABLE audit_login (
    role  name PRIMARY KEY,
    owner text NOT NULL
);

-- The owner of whoever logged in. session_user can't be changed by SET ROLE, by
-- a setting or by a function that runs as another role.
CREATE FUNCTION audit_owner() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
  AS $$ SELECT owner FROM audit_login WHERE role = session_user $$;

ALTER TABLE audit_head ADD COLUMN owner text NOT NULL DEFAULT coalesce(audit_owner(), '');

-- The logs of whoever logged in.
CREATE FUNCTION audit_origins() RETURNS text[]
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
  AS $$ SELECT array_agg(origin) FROM audit_head WHERE owner = audit_owner() $$;

-- One principal's day of budgets, as package tools encodes it.
CREATE TABLE audit_books (
    origin text  NOT NULL,
    who    text  NOT NULL,
    state  bytea NOT NULL,
    PRIMARY KEY (origin, who)
);

-- Questions that were answered: each once.
CREATE TABLE audit_used (
    origin text NOT NULL,
    id     text NOT NULL,
    PRIMARY KEY (origin, id)
);

CREATE TABLE audit_files (
    origin text  NOT NULL,
    name   text  NOT NULL,
    data   bytea NOT NULL,
    PRIMARY KEY (origin, name)
);

REVOKE ALL ON audit_login, audit_head, audit_records, audit_checkpoints, audit_books, audit_used, audit_files FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_owner(), audit_origins(), audit_append_only() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_owner(), audit_origins() TO counterfoil_recorder, counterfoil_log_reader;

DO $$
DECLARE
  t text;
BEGIN
  EXECUTE format('ALTER FUNCTION audit_owner() SET search_path = pg_catalog, %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION audit_origins() SET search_path = pg_catalog, %I, pg_temp', current_schema());
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO counterfoil_recorder, counterfoil_log_reader', current_schema());
  FOREACH t IN ARRAY ARRAY['audit_head', 'audit_records', 'audit_checkpoints', 'audit_books', 'audit_used', 'audit_files'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    -- Whoever keeps the schema reads every log: leaves hold no content, and it
    -- is how the log of a tenant that was dropped stays evidence.
    EXECUTE format('CREATE POLICY keeper ON %I FOR SELECT TO CURRENT_USER USING (true)', t);
    IF t = 'audit_head' THEN
      EXECUTE format('CREATE POLICY owner ON %I TO counterfoil_recorder, counterfoil_log_reader
        USING (owner = (SELECT audit_owner())) WITH CHECK (owner = (SELECT audit_owner()))', t);
    ELSE
      EXECUTE format('CREATE POLICY owner ON %I TO counterfoil_recorder, counterfoil_log_reader
        USING (origin = ANY ((SELECT audit_origins())::text[])) WITH CHECK (origin = ANY ((SELECT audit_origins())::text[]))', t);
    END IF;
    EXECUTE format('GRANT SELECT ON %I TO counterfoil_recorder, counterfoil_log_reader', t);
  END LOOP;
END $$;

GRANT INSERT (origin, size, root, peaks), UPDATE (size, root, peaks) ON audit_head TO counterfoil_recorder;
GRANT INSERT ON audit_records, audit_checkpoints, audit_books, audit_used, audit_files TO counterfoil_recorder;
GRANT UPDATE (state) ON audit_books TO counterfoil_recorder;
GRANT UPDATE (name) ON audit_files TO counterfoil_recorder;
