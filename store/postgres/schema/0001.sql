-- Version 1. Row versions live from from_batch up to, not including, to_batch;
-- the greatest bigint is "still". Every tenant table has its tenant in front of
-- its key and forced row-level security on it. Bases are described in ident.go.
-- Texts compare bytewise.

-- Groups that carry the rights. Login roles, one of each kind for a tenant, are
-- made by CreateTenant. Roles belong to the whole cluster, hence the guard.
DO $$
DECLARE
  r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['counterfoil_reader', 'counterfoil_writer', 'counterfoil_auditor', 'counterfoil_search'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
END $$;

CREATE TABLE counterfoil.tenant (
  id   integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text COLLATE "C" NOT NULL UNIQUE
);

-- Which tenant a login role belongs to. Nobody but the owner reads or writes it.
CREATE TABLE counterfoil.login (
  role   name PRIMARY KEY,
  tenant integer NOT NULL REFERENCES counterfoil.tenant ON DELETE CASCADE
);

-- The tenant of whoever logged in. session_user can't be changed by SET ROLE,
-- by a setting or by a function that runs as another role.
CREATE FUNCTION counterfoil.tenant() RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT tenant FROM counterfoil.login WHERE role = session_user $$;

-- The newest batch of each tenant. A change takes this row first, so that
-- numbers are given in the order of commits.
CREATE TABLE counterfoil.head (
  tenant integer PRIMARY KEY REFERENCES counterfoil.tenant ON DELETE CASCADE,
  batch  bigint NOT NULL
);

CREATE TABLE counterfoil.batch (
  tenant        integer NOT NULL,
  number        bigint NOT NULL,
  kind          text COLLATE "C" NOT NULL,
  at            bigint NOT NULL, -- microseconds since 1970, UTC
  source        text COLLATE "C" NOT NULL,
  source_digest bytea NOT NULL,
  format        text COLLATE "C" NOT NULL,
  account       text COLLATE "C" NOT NULL, -- '': none or several
  added         bigint NOT NULL,
  skipped       bigint NOT NULL,
  replaced      bigint NOT NULL,
  target        bigint NOT NULL, -- undo: the batch undone, else 0
  undone        bigint NOT NULL, -- the batch that undid this one, or 0
  rows_digest   bytea NOT NULL,
  PRIMARY KEY (tenant, number)
);

CREATE TABLE counterfoil.account (
  tenant integer NOT NULL,
  id     text COLLATE "C" NOT NULL,
  key    bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, key)
);

CREATE TABLE counterfoil.account_version (
  tenant     integer NOT NULL,
  account    text COLLATE "C" NOT NULL,
  from_batch bigint NOT NULL,
  to_batch   bigint NOT NULL,
  name       text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  currency   text COLLATE "C" NOT NULL,
  token      text COLLATE "C" NOT NULL,
  last4      text COLLATE "C" NOT NULL,
  subject    text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, account, from_batch)
);

CREATE TABLE counterfoil.vault (
  tenant integer NOT NULL,
  token  text COLLATE "C" NOT NULL,
  sealed bytea NOT NULL,
  batch  bigint NOT NULL,
  PRIMARY KEY (tenant, token)
);

CREATE TABLE counterfoil.known (
  tenant      integer NOT NULL,
  fingerprint bytea NOT NULL,
  batch       bigint NOT NULL,
  PRIMARY KEY (tenant, fingerprint)
);
CREATE INDEX known_batch ON counterfoil.known (tenant, batch, fingerprint);

-- The categories, merchants and currencies that ever were, for looking up the
-- beginning of a name and the exponents in use.
CREATE TABLE counterfoil.name (
  tenant integer NOT NULL,
  kind   smallint NOT NULL, -- 1 category, 2 merchant, 3 currency
  text   text COLLATE "C" NOT NULL,
  folded text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, kind, text)
);

-- The facts of a row version, keyed in order of date.
CREATE TABLE counterfoil.tx (
  base       bigint NOT NULL,
  from_batch bigint NOT NULL,
  to_batch   bigint NOT NULL,
  minor      bigint NOT NULL,
  size       bigint NOT NULL GENERATED ALWAYS AS (abs(minor)) STORED,
  tenant     integer NOT NULL,
  seq        integer NOT NULL, -- place in its batch, from 0
  month      integer NOT NULL, -- 12 * year + month - 1
  pending    boolean NOT NULL,
  transfer   boolean NOT NULL,
  account    text COLLATE "C" NOT NULL,
  currency   text COLLATE "C" NOT NULL,
  category   text COLLATE "C" NOT NULL,
  merchant   text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, base, from_batch)
);
CREATE INDEX tx_amount ON counterfoil.tx (tenant, size, base);
CREATE INDEX tx_batch ON counterfoil.tx (tenant, from_batch, seq);
CREATE INDEX tx_account ON counterfoil.tx (tenant, account, base);
CREATE INDEX tx_category ON counterfoil.tx (tenant, category, base);
CREATE INDEX tx_merchant ON counterfoil.tx (tenant, merchant, base);
CREATE INDEX tx_ended ON counterfoil.tx (tenant, to_batch) WHERE to_batch < 9223372036854775807;

-- Totals by month, account and category, as the change that each batch made: sums
-- up to a batch are the totals as of it.
CREATE TABLE counterfoil.rollup (
  tenant   integer NOT NULL,
  month    integer NOT NULL,
  batch    bigint NOT NULL,
  count    bigint NOT NULL,
  money_in  numeric NOT NULL,
  money_out numeric NOT NULL,
  pending  boolean NOT NULL,
  transfer boolean NOT NULL,
  account  text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  category text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, month, batch, account, category, currency, pending, transfer)
);

-- What all versions of a transaction share. A word is stored behind its tenant
-- ("7:coffee"), so that a search can't touch another tenant's part of the index.
CREATE TABLE counterfoil.detail (
  base              bigint NOT NULL,
  batch             bigint NOT NULL, -- that brought the first version
  original          bigint NOT NULL,
  tenant            integer NOT NULL,
  authorised        integer NOT NULL, -- store.Date
  original_currency text COLLATE "C" NOT NULL,
  description       text COLLATE "C" NOT NULL,
  counterparty      text COLLATE "C" NOT NULL,
  memo              text COLLATE "C" NOT NULL,
  mcc               text COLLATE "C" NOT NULL,
  words             tsvector NOT NULL,
  PRIMARY KEY (tenant, base)
);
CREATE INDEX detail_words ON counterfoil.detail USING gin (words);

-- Keys by which an import recognises what is held: 128 bits of a SHA-256.
CREATE TABLE counterfoil.source_kind (
  tenant integer NOT NULL,
  id     smallint NOT NULL,
  text   text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, text)
);

CREATE TABLE counterfoil.source_key (
  tenant integer NOT NULL,
  h1     bigint NOT NULL,
  base   bigint NOT NULL,
  h2     bigint NOT NULL,
  PRIMARY KEY (tenant, h1, base)
);

CREATE TABLE counterfoil.content_key (
  h1     bigint NOT NULL,
  base   bigint NOT NULL,
  h2     bigint NOT NULL,
  text   bigint NOT NULL, -- 64 bits of the text key
  keyed  bigint NOT NULL, -- bit set of the source kinds that have a source key for it
  tenant integer NOT NULL,
  kind   smallint NOT NULL,
  PRIMARY KEY (tenant, h1, base)
);

CREATE TABLE counterfoil.balance (
  tenant     integer NOT NULL,
  account    text COLLATE "C" NOT NULL,
  day        integer NOT NULL, -- store.Date
  kind       text COLLATE "C" NOT NULL,
  from_batch bigint NOT NULL,
  to_batch   bigint NOT NULL,
  minor      bigint NOT NULL,
  currency   text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, account, day, kind, from_batch)
);

-- Transactions in which all words occur, the last as a beginning: their bases
-- from low up to, not including, high, of batches up to at, at most most of them.
-- A full-text match can't use its index behind row-level security (it is not
-- leakproof), hence a function that applies the tenant and the snapshot itself.
CREATE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
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
      WHERE d.tenant = me AND d.words @@ query AND d.batch <= at AND d.base >= low AND d.base < high
      ORDER BY d.base DESC LIMIT most;
  ELSE
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.tenant = me AND d.words @@ query AND d.batch <= at AND d.base >= low AND d.base < high
      ORDER BY d.base LIMIT most;
  END IF;
END $$;

-- Rights. Nothing is PUBLIC's.
REVOKE ALL ON ALL TABLES IN SCHEMA counterfoil FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA counterfoil FROM PUBLIC;
GRANT USAGE ON SCHEMA counterfoil TO counterfoil_reader, counterfoil_writer, counterfoil_auditor, counterfoil_search;
GRANT EXECUTE ON FUNCTION counterfoil.tenant() TO counterfoil_reader, counterfoil_writer, counterfoil_auditor, counterfoil_search;
GRANT EXECUTE ON FUNCTION counterfoil.find(text[], bigint, bigint, bigint, boolean, integer) TO counterfoil_reader, counterfoil_writer;
GRANT SELECT ON counterfoil.schema_version TO counterfoil_reader, counterfoil_writer, counterfoil_auditor;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['head', 'batch', 'account', 'account_version', 'vault', 'known', 'name', 'tx', 'rollup', 'detail',
                           'source_kind', 'source_key', 'content_key', 'balance'] LOOP
    EXECUTE format('ALTER TABLE counterfoil.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE counterfoil.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON counterfoil.%I TO counterfoil_reader, counterfoil_writer, counterfoil_auditor
      USING (tenant = (SELECT counterfoil.tenant())) WITH CHECK (tenant = (SELECT counterfoil.tenant()))', t);
    -- The owner is bound, too, and says which tenant it is about to make or drop.
    EXECUTE format('CREATE POLICY owner ON counterfoil.%I TO CURRENT_USER
      USING (tenant = nullif(current_setting(''counterfoil.administered'', true), '''')::integer)', t);
    EXECUTE format('GRANT SELECT ON counterfoil.%I TO counterfoil_writer', t);
  END LOOP;
  -- What tools read: no keys, no sealed numbers.
  FOREACH t IN ARRAY ARRAY['head', 'batch', 'account_version', 'known', 'name', 'tx', 'rollup', 'detail', 'balance'] LOOP
    EXECUTE format('GRANT SELECT ON counterfoil.%I TO counterfoil_reader', t);
  END LOOP;
  -- What the digest of a batch is recomputed from.
  FOREACH t IN ARRAY ARRAY['head', 'batch', 'account_version', 'known', 'tx', 'detail', 'balance'] LOOP
    EXECUTE format('GRANT SELECT ON counterfoil.%I TO counterfoil_auditor', t);
  END LOOP;
  -- What a change brings. Nothing is ever deleted.
  FOREACH t IN ARRAY ARRAY['batch', 'account', 'account_version', 'vault', 'known', 'name', 'tx', 'rollup', 'detail',
                           'source_kind', 'source_key', 'content_key', 'balance'] LOOP
    EXECUTE format('GRANT INSERT ON counterfoil.%I TO counterfoil_writer', t);
  END LOOP;
END $$;

GRANT UPDATE (batch) ON counterfoil.head TO counterfoil_writer;
GRANT UPDATE (undone) ON counterfoil.batch TO counterfoil_writer;
GRANT UPDATE (to_batch) ON counterfoil.tx TO counterfoil_writer;
GRANT UPDATE (to_batch, token, last4, subject) ON counterfoil.account_version TO counterfoil_writer;
GRANT UPDATE (to_batch, minor, currency) ON counterfoil.balance TO counterfoil_writer;
GRANT UPDATE (keyed) ON counterfoil.content_key TO counterfoil_writer;

-- The owner of the search function may read what it searches, and nothing else.
GRANT SELECT (tenant, base, batch, words) ON counterfoil.detail TO counterfoil_search;
CREATE POLICY search ON counterfoil.detail FOR SELECT TO counterfoil_search USING (true);
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
DO $$
DECLARE
  -- From 16 on, whoever made a role is a member that can't take it on.
  member boolean := pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END);
BEGIN
  IF NOT member THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
  ALTER FUNCTION counterfoil.find(text[], bigint, bigint, bigint, boolean, integer) OWNER TO counterfoil_search;
  IF NOT member THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;

-- Imports stage their rows in a temporary table, which nobody else needs. Whoever
-- does not own the database leaves this to its owner.
DO $$
BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO counterfoil_writer', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'the owner of the database must revoke TEMPORARY from PUBLIC and grant it to counterfoil_writer';
END $$;
