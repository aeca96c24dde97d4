-- Version 4. Words of a stretch of time: every text also has the lexeme
-- "TENANT@STRETCH", where a stretch is 32 days (base >> 35), so that a search for
-- the newest rows need not fetch all that have a word and sort them.

-- The owner sees one tenant at a time.
DO $$
DECLARE
  t integer;
BEGIN
  FOR t IN SELECT id FROM counterfoil.tenant LOOP
    PERFORM set_config('counterfoil.administered', t::text, true);
    UPDATE counterfoil.detail SET words = words || array_to_tsvector(ARRAY[tenant || '@' || (base >> 35)]) WHERE tenant = t;
  END LOOP;
  PERFORM set_config('counterfoil.administered', '', true);
END $$;

-- The search function belongs to a role that its replacer has to be a member of.
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
CREATE TEMPORARY TABLE counterfoil_member_4 ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_4) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;

-- Transactions in which all words occur, the last as a beginning, in order: as in
-- version 1. With a bound on how many are wanted it goes from the end where the
-- order begins: first through the rows themselves, which finds what is frequent,
-- then through the index, one stretch and after that as many at a time as what was
-- found so far lets expect.
CREATE OR REPLACE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
  RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
DECLARE
  walk   CONSTANT integer := 2000; -- rows read one after the other; some 2 ms
  widest CONSTANT bigint := 64;    -- stretches named in one query; for more, none is
  me     integer := counterfoil.tenant();
  query  tsquery;
  part   tsquery;
  form   text := '';
  got    integer := 0;
  found  integer;
  edge   bigint;
  s      bigint;     -- the next stretch,
  last   bigint;     -- the last one,
  step   bigint;     -- and the way there: -1 or 1
  n      bigint := 1; -- stretches at a time
  until  bigint;
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
  IF most IS NULL THEN
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.tenant = me AND d.words @@ query AND d.batch <= at AND d.to_batch > at AND d.base >= low AND d.base < high;
    RETURN;
  END IF;

  -- WITH TIES: all texts of the last transaction, of which one is that of the snapshot.
  IF down THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base DESC FETCH FIRST walk ROWS WITH TIES) w
      WHERE w.words @@ query AND w.batch <= at AND w.to_batch > at ORDER BY w.base DESC LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base DESC OFFSET walk - 1 LIMIT 1;
    high := edge;
  ELSE
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base FETCH FIRST walk ROWS WITH TIES) w
      WHERE w.words @@ query AND w.batch <= at AND w.to_batch > at ORDER BY w.base LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base OFFSET walk - 1 LIMIT 1;
    low := edge + 1;
  END IF;
  IF got >= most OR edge IS NULL THEN
    RETURN;
  END IF;

  IF down THEN
    SELECT greatest(low, min(d.base)) INTO edge FROM counterfoil.detail d WHERE d.tenant = me;
    s := (high - 1) >> 35; last := edge >> 35; step := -1;
  ELSE
    SELECT least(high - 1, max(d.base)) INTO edge FROM counterfoil.detail d WHERE d.tenant = me;
    s := low >> 35; last := edge >> 35; step := 1;
  END IF;
  WHILE (last - s) * step >= 0 LOOP
    IF n > widest THEN
      until := last;
      part := query;
    ELSE
      until := CASE WHEN down THEN greatest(s - n + 1, last) ELSE least(s + n - 1, last) END;
      SELECT query && string_agg('''' || me || '@' || g || '''', ' | ')::tsquery INTO part FROM generate_series(least(s, until), greatest(s, until)) g;
    END IF;
    -- Materialized, so that no plan walks the table in order to find few.
    RETURN QUERY WITH hits AS MATERIALIZED (SELECT d.base FROM counterfoil.detail d
        WHERE d.tenant = me AND d.words @@ part AND d.batch <= at AND d.to_batch > at)
      SELECT h.base FROM hits h WHERE h.base >= low AND h.base < high AND (h.base >> 35) BETWEEN least(s, until) AND greatest(s, until)
      ORDER BY h.base * step LIMIT most - got;
    GET DIAGNOSTICS found = ROW_COUNT;
    got := got + found;
    IF got >= most THEN
      RETURN;
    END IF;
    n := CASE WHEN found = 0 THEN widest + 1 ELSE (n * (most - got) * 3) / (found * 2) + 1 END;
    s := until + step;
  END LOOP;
END $$;

DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_4) THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;
