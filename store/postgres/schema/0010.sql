-- Version 10. What lies inside of words: the endings of the stems of all words
-- (store.Stem), at least three letters each, so that what is looked for inside of a
-- word is the beginning of an ending. A stem is lead and ending together.
CREATE TABLE counterfoil.ending (
  batch  bigint NOT NULL, -- that brought it
  tenant integer NOT NULL,
  ending text COLLATE "C" NOT NULL,
  lead   text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, ending, lead)
);
REVOKE ALL ON counterfoil.ending FROM PUBLIC;
ALTER TABLE counterfoil.ending ENABLE ROW LEVEL SECURITY;
ALTER TABLE counterfoil.ending FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON counterfoil.ending TO counterfoil_writer
  USING (tenant = (SELECT counterfoil.tenant())) WITH CHECK (tenant = (SELECT counterfoil.tenant()));
CREATE POLICY owner ON counterfoil.ending TO CURRENT_USER
  USING (tenant = nullif(current_setting('counterfoil.administered', true), '')::integer);
-- Readers get at it by the search function alone.
GRANT SELECT, INSERT ON counterfoil.ending TO counterfoil_writer;
GRANT SELECT ON counterfoil.ending TO counterfoil_search;
CREATE POLICY search ON counterfoil.ending FOR SELECT TO counterfoil_search USING (true);

-- What an import has just added to the index of words lies in a list that each
-- alternative of a question is compared with. An analysis, which comes within a minute
-- then, sorts it in.
ALTER TABLE counterfoil.detail SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

-- Whether a text has something inside of one of its words, which lie in words
-- behind their tenant and stretch. All in it is immutable, so that it can be inlined.
CREATE FUNCTION counterfoil.inside(words tsvector, me integer, base bigint, wanted text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT strpos(replace(words::text, me::text || ':' || counterfoil.stretch(base), '') COLLATE "C", wanted) > 0 $$;
REVOKE ALL ON FUNCTION counterfoil.inside(tsvector, integer, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counterfoil.inside(tsvector, integer, bigint, text) TO counterfoil_reader, counterfoil_writer, counterfoil_search;

-- The search function belongs to a role that its replacer has to be a member of.
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
CREATE TEMPORARY TABLE counterfoil_member_10 ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_10) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;

-- The stems in which something lies, as words that begin with the rest where there is
-- one; some twice, and at most most of them. What is looked for comes in three parts,
-- as store.QueryWord.Parts divides it.
CREATE FUNCTION counterfoil.stems(me integer, before text, body text, rest text, at bigint, most integer) RETURNS SETOF text
  LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
  start CONSTANT text := body || rest;
  upto  CONSTANT text := start || chr(1114111);
BEGIN
  RETURN QUERY SELECT e.lead || e.ending FROM counterfoil.ending e
    WHERE e.tenant = me AND e.ending >= start AND e.ending < upto AND e.batch <= at AND right(e.lead, length(before)) = before
      AND e.lead !~ '[''\\@]' AND e.ending !~ '[''\\@]' LIMIT most;
  IF rest <> '' THEN
    RETURN QUERY SELECT e.lead || e.ending || rest FROM counterfoil.ending e
      WHERE e.tenant = me AND e.ending = body AND e.batch <= at AND right(e.lead, length(before)) = before
        AND e.lead !~ '[''\\@]' AND e.ending !~ '[''\\@]' LIMIT most;
  END IF;
END $$;
REVOKE ALL ON FUNCTION counterfoil.stems(integer, text, text, text, bigint, integer) FROM PUBLIC;
ALTER FUNCTION counterfoil.stems(integer, text, text, text, bigint, integer) OWNER TO counterfoil_search;

-- Transactions of a tenant that match and have some texts inside of their words, in
-- no order; without a match, all rows between are looked at. One plan for all, as in
-- version 5.
DROP FUNCTION counterfoil.find_part(integer, tsquery, bigint, bigint, bigint);
CREATE FUNCTION counterfoil.find_part(me integer, part tsquery, texts text[], low bigint, high bigint, at bigint) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_indexscan = off
AS $$
BEGIN
  IF part IS NULL THEN
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.tenant = me AND d.base >= low AND d.base < high AND d.batch <= at AND d.to_batch > at
        AND NOT EXISTS (SELECT FROM unnest(texts) n WHERE NOT counterfoil.inside(d.words, me, d.base, n));
  ELSIF cardinality(texts) > 0 THEN
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.words @@ part AND d.tenant + 0 = me AND d.batch <= at AND d.to_batch > at AND d.base + 0 >= low AND d.base + 0 < high
        AND NOT EXISTS (SELECT FROM unnest(texts) n WHERE NOT counterfoil.inside(d.words, me, d.base, n));
  ELSE
    RETURN QUERY SELECT d.base FROM counterfoil.detail d
      WHERE d.words @@ part AND d.tenant + 0 = me AND d.batch <= at AND d.to_batch > at AND d.base + 0 >= low AND d.base + 0 < high;
  END IF;
END $$;
REVOKE ALL ON FUNCTION counterfoil.find_part(integer, tsquery, text[], bigint, bigint, bigint) FROM PUBLIC;
ALTER FUNCTION counterfoil.find_part(integer, tsquery, text[], bigint, bigint, bigint) OWNER TO counterfoil_search;

-- Transactions in which all words occur, the last as a beginning, as in version 8.
-- A word that begins with an asterisk is looked for inside of words; its parts
-- stand between asterisks: *LEAD*BODY*REST. The words that have it become
-- alternatives for the index. If they are too many, rows are looked at instead.
CREATE OR REPLACE FUNCTION counterfoil.find(wanted text[], low bigint, high bigint, at bigint, down boolean, most integer)
  RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
  SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
DECLARE
  walk    CONSTANT integer := 2000; -- rows read one after the other; some 2 ms
  crowd   CONSTANT integer := 500;  -- alternatives in one question to the index; some 10 µs each and stretch
  me      integer := counterfoil.tenant();
  few     CONSTANT integer := 30;   -- alternatives that are less work than looking at a row's words
  form    text := ''; -- what the index is asked
  plain   text := ''; -- and of that what is looked for as it is
  queries tsquery[];  -- for the rows read one after the other, of each stretch from first on
  first   bigint;
  texts   text[] := '{}'; -- what is looked for inside of words,
  checked text[] := '{}'; -- and of that what has too many stems
  parts   text[];
  stems   text[];
  word    text;
  none    boolean := false;
  room    integer := crowd;
  got     integer := 0;
  found   integer;
  edge    bigint;
  g       bigint;
  bits    integer := 35; -- of a base, that a piece of it leaves out: 32 days
  mine    text[] := counterfoil.granted(); -- NULL: no further limit
  step    bigint := CASE WHEN down THEN -1 ELSE 1 END;
BEGIN
  IF me IS NULL OR coalesce(cardinality(wanted), 0) = 0 THEN
    RETURN;
  END IF;
  FOR i IN 1 .. cardinality(wanted) LOOP
    parts := string_to_array(wanted[i], '*');
    IF coalesce(wanted[i], '') = '' OR wanted[i] ~ '[''\\@]' OR starts_with(wanted[i], '*') AND (cardinality(parts) <> 4 OR length(parts[3]) < 3) THEN
      RAISE EXCEPTION 'not a word' USING ERRCODE = 'invalid_parameter_value';
    ELSIF starts_with(wanted[i], '*') THEN
      stems := ARRAY(SELECT counterfoil.stems(me, parts[2], parts[3], parts[4], at, room + 1));
      IF cardinality(stems) = 0 THEN
        none := true;
      ELSIF cardinality(stems) > room THEN
        checked := checked || (parts[2] || parts[3] || parts[4]);
      ELSE
        room := room - cardinality(stems);
        form := form || ' & (' || (SELECT string_agg(DISTINCT '''' || me || ':@' || s || ''':*', ' | ') FROM unnest(stems) s) || ')';
      END IF;
      texts := texts || (parts[2] || parts[3] || parts[4]);
    ELSE
      word := ' & ''' || me || ':@' || wanted[i] || '''' || CASE WHEN i = cardinality(wanted) THEN ':*' ELSE '' END;
      form := form || word;
      plain := plain || word;
    END IF;
  END LOOP;
  form := substr(form, 4);
  plain := substr(plain, 4);
  IF crowd - room <= few THEN
    plain := form;
    texts := checked;
  END IF;

  SELECT greatest(low, min(d.base)), least(high, max(d.base) + 1) INTO low, high FROM counterfoil.detail d WHERE d.tenant = me;
  IF none OR low IS NULL OR low >= high THEN
    RETURN;
  END IF;
  first := low >> 35;
  IF plain <> '' THEN
    queries := ARRAY(SELECT replace(plain, '@', counterfoil.stretch(s << 35))::tsquery FROM generate_series(first, (high - 1) >> 35) s ORDER BY s);
  END IF;

  -- WITH TIES: all texts of the last transaction, of which one is that of the snapshot.
  IF most IS NOT NULL AND down THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base DESC FETCH FIRST walk ROWS WITH TIES) w
      WHERE (plain = '' OR w.words @@ queries[(w.base >> 35) - first + 1]) AND w.batch <= at AND w.to_batch > at
        AND (cardinality(texts) = 0 OR NOT EXISTS (SELECT FROM unnest(texts) n WHERE NOT counterfoil.inside(w.words, me, w.base, n)))
        AND (mine IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = me AND t.base = w.base AND t.account = ANY (mine))) ORDER BY w.base DESC LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base DESC OFFSET walk - 1 LIMIT 1;
    high := edge;
  ELSIF most IS NOT NULL THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base FETCH FIRST walk ROWS WITH TIES) w
      WHERE (plain = '' OR w.words @@ queries[(w.base >> 35) - first + 1]) AND w.batch <= at AND w.to_batch > at
        AND (cardinality(texts) = 0 OR NOT EXISTS (SELECT FROM unnest(texts) n WHERE NOT counterfoil.inside(w.words, me, w.base, n)))
        AND (mine IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = me AND t.base = w.base AND t.account = ANY (mine))) ORDER BY w.base LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base OFFSET walk - 1 LIMIT 1;
    low := edge + 1;
  END IF;
  IF most IS NOT NULL AND (got >= most OR edge IS NULL) OR low >= high THEN
    RETURN;
  END IF;

  IF form = '' THEN
    bits := 30; -- a day
  END IF;

  FOR i IN 0 .. ((high - 1) >> bits) - (low >> bits) LOOP
    g := CASE WHEN down THEN ((high - 1) >> bits) - i ELSE (low >> bits) + i END;
    RETURN QUERY SELECT f FROM counterfoil.find_part(me,
        CASE WHEN form = '' THEN NULL WHEN form = plain THEN queries[g - first + 1] ELSE replace(form, '@', counterfoil.stretch(g << 35))::tsquery END, checked,
        greatest(low, g << bits), least(high, (g + 1) << bits), at) f
      WHERE (mine IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = me AND t.base = f AND t.account = ANY (mine)))
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
  IF NOT (SELECT member FROM counterfoil_member_10) THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;
