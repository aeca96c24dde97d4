-- Version 5. Words by stretch of time, and sums of rollups.

-- The stretch of a base: 32 days, as two characters.
CREATE FUNCTION counterfoil.stretch(base bigint) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~', (base >> 41)::integer + 1, 1)
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~', ((base >> 35) & 63)::integer + 1, 1) $$;
REVOKE ALL ON FUNCTION counterfoil.stretch(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counterfoil.stretch(bigint) TO counterfoil_reader, counterfoil_writer, counterfoil_search;

-- A word is stored behind its tenant and its stretch ("7:Gwcoffee"). So a search
-- from the newest on meets only what one stretch holds, and a beginning that very
-- many words have is looked up in one stretch after the other.
DROP INDEX counterfoil.detail_words;
DO $$
DECLARE
  t integer;
BEGIN
  FOR t IN SELECT id FROM counterfoil.tenant LOOP
    PERFORM set_config('counterfoil.administered', t::text, true);
    UPDATE counterfoil.detail SET words = array_to_tsvector(ARRAY(SELECT tenant || ':' || counterfoil.stretch(base) || substr(l, length(tenant::text) + 2)
      FROM unnest(tsvector_to_array(words)) l WHERE starts_with(l, tenant || ':'))) WHERE tenant = t;
  END LOOP;
  PERFORM set_config('counterfoil.administered', '', true);
END $$;
CREATE INDEX detail_words ON counterfoil.detail USING gin (words);

-- Sums of the rollups up to a batch, so that a question adds up those and the few
-- changes since. Points are added, never moved: every older snapshot has its own.
CREATE TABLE counterfoil.rollup_point (
  tenant integer NOT NULL,
  upto   bigint NOT NULL,
  cells  bigint NOT NULL, -- rows in rollup_sum
  PRIMARY KEY (tenant, upto)
);
CREATE TABLE counterfoil.rollup_sum (
  tenant    integer NOT NULL,
  upto      bigint NOT NULL,
  month     integer NOT NULL,
  count     bigint NOT NULL,
  money_in  numeric NOT NULL,
  money_out numeric NOT NULL,
  pending   boolean NOT NULL,
  transfer  boolean NOT NULL,
  account   text COLLATE "C" NOT NULL,
  currency  text COLLATE "C" NOT NULL,
  category  text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, upto, month, account, category, currency, pending, transfer)
);
-- Changes are read by batch, from a point on.
ALTER TABLE counterfoil.rollup DROP CONSTRAINT rollup_pkey,
  ADD PRIMARY KEY (tenant, batch, month, account, category, currency, pending, transfer);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rollup_point', 'rollup_sum'] LOOP
    EXECUTE format('REVOKE ALL ON counterfoil.%I FROM PUBLIC', t);
    EXECUTE format('ALTER TABLE counterfoil.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE counterfoil.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON counterfoil.%I TO counterfoil_reader, counterfoil_writer, counterfoil_auditor
      USING (tenant = (SELECT counterfoil.tenant())) WITH CHECK (tenant = (SELECT counterfoil.tenant()))', t);
    EXECUTE format('CREATE POLICY owner ON counterfoil.%I TO CURRENT_USER
      USING (tenant = nullif(current_setting(''counterfoil.administered'', true), '''')::integer)', t);
    EXECUTE format('GRANT SELECT ON counterfoil.%I TO counterfoil_reader, counterfoil_writer', t);
    EXECUTE format('GRANT INSERT ON counterfoil.%I TO counterfoil_writer', t);
  END LOOP;
END $$;

-- The search function belongs to a role that its replacer has to be a member of.
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
CREATE TEMPORARY TABLE counterfoil_member_5 ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_5) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;

-- Transactions of a tenant that match, in no order. The index of words is the one
-- way that the planner is left with, whatever it thinks, so one plan does for all
-- questions: planning takes longer than looking into a stretch that has no hit.
CREATE FUNCTION counterfoil.find_part(me integer, part tsquery, low bigint, high bigint, at bigint) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_indexscan = off
AS $$
BEGIN
  RETURN QUERY SELECT d.base FROM counterfoil.detail d
    WHERE d.words @@ part AND d.tenant + 0 = me AND d.batch <= at AND d.to_batch > at AND d.base + 0 >= low AND d.base + 0 < high;
END $$;
REVOKE ALL ON FUNCTION counterfoil.find_part(integer, tsquery, bigint, bigint, bigint) FROM PUBLIC;
ALTER FUNCTION counterfoil.find_part(integer, tsquery, bigint, bigint, bigint) OWNER TO counterfoil_search;

-- Transactions in which all words occur, the last as a beginning: as in version 1.
-- With a bound on how many are wanted they come in order, from the end where it
-- begins: first through the rows themselves, which finds what is frequent, then
-- through the index, one stretch after the other.
CREATE OR REPLACE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
  RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
DECLARE
  walk    CONSTANT integer := 2000; -- rows read one after the other; some 2 ms
  me      integer := counterfoil.tenant();
  form    text := '';
  queries tsquery[]; -- of each stretch from first on
  first   bigint;
  got     integer := 0;
  found   integer;
  edge    bigint;
  step    bigint := CASE WHEN down THEN -1 ELSE 1 END;
BEGIN
  IF me IS NULL OR coalesce(cardinality(wanted), 0) = 0 THEN
    RETURN;
  END IF;
  FOR i IN 1 .. cardinality(wanted) LOOP
    IF coalesce(wanted[i], '') = '' OR wanted[i] ~ '[''\\@]' THEN
      RAISE EXCEPTION 'not a word' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    form := form || CASE WHEN i > 1 THEN ' & ' ELSE '' END || '''' || me || ':@' || wanted[i] || '''';
  END LOOP;
  form := form || ':*';

  SELECT greatest(low, min(d.base)), least(high, max(d.base) + 1) INTO low, high FROM counterfoil.detail d WHERE d.tenant = me;
  IF low IS NULL OR low >= high THEN
    RETURN;
  END IF;
  first := low >> 35;
  queries := ARRAY(SELECT replace(form, '@', counterfoil.stretch(g << 35))::tsquery FROM generate_series(first, (high - 1) >> 35) g ORDER BY g);

  -- WITH TIES: all texts of the last transaction, of which one is that of the snapshot.
  IF most IS NOT NULL AND down THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base DESC FETCH FIRST walk ROWS WITH TIES) w
      WHERE w.words @@ queries[(w.base >> 35) - first + 1] AND w.batch <= at AND w.to_batch > at ORDER BY w.base DESC LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base DESC OFFSET walk - 1 LIMIT 1;
    high := edge;
  ELSIF most IS NOT NULL THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base FETCH FIRST walk ROWS WITH TIES) w
      WHERE w.words @@ queries[(w.base >> 35) - first + 1] AND w.batch <= at AND w.to_batch > at ORDER BY w.base LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base OFFSET walk - 1 LIMIT 1;
    low := edge + 1;
  END IF;
  IF most IS NOT NULL AND (got >= most OR edge IS NULL) THEN
    RETURN;
  END IF;

  -- low and high may be equal now: then there is no stretch left.
  FOR i IN 0 .. CASE WHEN low < high THEN ((high - 1) >> 35) - (low >> 35) ELSE -1 END LOOP
    RETURN QUERY SELECT f FROM counterfoil.find_part(me, queries[CASE WHEN down THEN ((high - 1) >> 35) - i ELSE (low >> 35) + i END - first + 1], low, high, at) f
      ORDER BY f * step LIMIT most - got;
    GET DIAGNOSTICS found = ROW_COUNT;
    got := got + found;
    IF got >= most THEN
      RETURN;
    END IF;
  END LOOP;
END $$;

DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_5) THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;

-- Who has many changes begins with a point.
DO $$
DECLARE
  t integer;
BEGIN
  FOR t IN SELECT id FROM counterfoil.tenant LOOP
    PERFORM set_config('counterfoil.administered', t::text, true);
    INSERT INTO counterfoil.rollup_sum (tenant, upto, month, count, money_in, money_out, pending, transfer, account, currency, category)
      SELECT t, h.batch, month, sum(count), sum(money_in), sum(money_out), pending, transfer, account, currency, category
      FROM counterfoil.rollup r, counterfoil.head h WHERE r.tenant = t AND h.tenant = t
      GROUP BY h.batch, month, pending, transfer, account, currency, category
      HAVING sum(count) <> 0 OR sum(money_in) <> 0 OR sum(money_out) <> 0;
    INSERT INTO counterfoil.rollup_point SELECT t, upto, count(*) FROM counterfoil.rollup_sum WHERE tenant = t GROUP BY upto;
  END LOOP;
  PERFORM set_config('counterfoil.administered', '', true);
END $$;
