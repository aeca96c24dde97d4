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
CREATE TEMPORARY TABLE counterfoil_member_5 ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search', 'MEMBER') AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_5) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;

-- Transactions in which all words occur, the last as a beginning: as in version 1.
-- With a bound on how many are wanted they come in order, from the end where it
-- begins: first through the rows themselves, which finds what is frequent, then
-- through the index, one stretch after the other.
CREATE OR REPLACE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
  RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
  walk    CONSTANT integer := 2000; -- rows read one after the other; some 2 ms
  patient CONSTANT integer := 128;  -- stretches without a hit before several are asked for at a time,
  widest  CONSTANT integer := 64;   -- and how many at most
  me      integer := counterfoil.tenant();
  form    text := '';
  part    tsquery;
  got     integer := 0;
  found   integer;
  empty   integer := 0;
  edge    bigint;
  s       bigint;      -- the next stretch,
  last    bigint;      -- the last one,
  step    bigint := 1; -- and the way there: -1 or 1
  n       bigint;      -- stretches at a time
  until   bigint;
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

  -- WITH TIES: all texts of the last transaction, of which one is that of the snapshot.
  IF most IS NOT NULL AND down THEN
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base DESC OFFSET walk - 1 LIMIT 1;
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base DESC FETCH FIRST walk ROWS WITH TIES) w
      JOIN (SELECT g, replace(form, '@', counterfoil.stretch(g << 35))::tsquery AS query
        FROM generate_series(coalesce(edge, low) >> 35, (high - 1) >> 35) g) q ON q.g = w.base >> 35
      WHERE w.words @@ q.query AND w.batch <= at AND w.to_batch > at ORDER BY w.base DESC LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    high := edge;
  ELSIF most IS NOT NULL THEN
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base OFFSET walk - 1 LIMIT 1;
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base FETCH FIRST walk ROWS WITH TIES) w
      JOIN (SELECT g, replace(form, '@', counterfoil.stretch(g << 35))::tsquery AS query
        FROM generate_series(low >> 35, coalesce(edge, high - 1) >> 35) g) q ON q.g = w.base >> 35
      WHERE w.words @@ q.query AND w.batch <= at AND w.to_batch > at ORDER BY w.base LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    low := edge + 1;
  END IF;
  IF most IS NOT NULL AND (got >= most OR edge IS NULL) THEN
    RETURN;
  END IF;

  IF down THEN
    s := (high - 1) >> 35; last := low >> 35; step := -1;
  ELSE
    s := low >> 35; last := (high - 1) >> 35;
  END IF;
  WHILE (last - s) * step >= 0 LOOP
    n := CASE WHEN empty < patient THEN 1 ELSE least(empty - patient + 2, widest) END;
    until := CASE WHEN down THEN greatest(s - n + 1, last) ELSE least(s + n - 1, last) END;
    IF s = until THEN
      part := replace(form, '@', counterfoil.stretch(s << 35))::tsquery;
    ELSE
      SELECT string_agg(replace(form, '@', counterfoil.stretch(g << 35)), ' | ')::tsquery INTO part FROM generate_series(least(s, until), greatest(s, until)) g;
    END IF;
    IF most IS NULL THEN
      RETURN QUERY SELECT d.base FROM counterfoil.detail d
        WHERE d.tenant = me AND d.words @@ part AND d.batch <= at AND d.to_batch > at AND d.base >= low AND d.base < high;
      GET DIAGNOSTICS found = ROW_COUNT;
    ELSE
      -- Materialized, so that no plan walks the table in order to find few.
      RETURN QUERY WITH hits AS MATERIALIZED (SELECT d.base FROM counterfoil.detail d
          WHERE d.tenant = me AND d.words @@ part AND d.batch <= at AND d.to_batch > at)
        SELECT h.base FROM hits h WHERE h.base >= low AND h.base < high ORDER BY h.base * step LIMIT most - got;
      GET DIAGNOSTICS found = ROW_COUNT;
      got := got + found;
      IF got >= most THEN
        RETURN;
      END IF;
    END IF;
    empty := CASE WHEN found = 0 THEN empty + n ELSE 0 END;
    s := until + step;
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
