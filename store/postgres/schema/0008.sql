-- Version 8. The accounts that a call is granted, as a further limit on what its
-- transaction reads, should a query ever forget its conditions. Whoever runs
-- statements of his own can change the setting: it keeps no tenant from another.

-- The accounts granted in this transaction; NULL is all of them.
CREATE FUNCTION counterfoil.granted() RETURNS text[]
  LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT nullif(current_setting('counterfoil.accounts', true), '')::text[] $$;
REVOKE ALL ON FUNCTION counterfoil.granted() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counterfoil.granted() TO counterfoil_reader, counterfoil_writer, counterfoil_search;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tx', 'rollup', 'rollup_sum', 'balance', 'account_version'] LOOP
    EXECUTE format('CREATE POLICY granted ON counterfoil.%I AS RESTRICTIVE FOR SELECT TO counterfoil_reader
      USING ((SELECT counterfoil.granted()) IS NULL OR account = ANY ((SELECT counterfoil.granted())::text[]))', t);
  END LOOP;
END $$;
-- The text of a transaction is read by whoever may read the transaction.
CREATE POLICY granted ON counterfoil.detail AS RESTRICTIVE FOR SELECT TO counterfoil_reader
  USING ((SELECT counterfoil.granted()) IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = detail.tenant AND t.base = detail.base));

-- The search function looks up whose a transaction is.
GRANT SELECT (tenant, base, account) ON counterfoil.tx TO counterfoil_search;
CREATE POLICY search ON counterfoil.tx FOR SELECT TO counterfoil_search USING (true);

-- The search function belongs to a role that its replacer has to be a member of.
GRANT CREATE ON SCHEMA counterfoil TO counterfoil_search;
CREATE TEMPORARY TABLE counterfoil_member_8 ON COMMIT DROP AS SELECT pg_has_role(current_user, 'counterfoil_search',
    CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS member;
DO $$
BEGIN
  IF NOT (SELECT member FROM counterfoil_member_8) THEN
    EXECUTE format('GRANT counterfoil_search TO %I', current_user);
  END IF;
END $$;

-- As in version 5, confined to the accounts granted.
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
  mine    text[] := counterfoil.granted(); -- NULL: no further limit
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
      WHERE w.words @@ queries[(w.base >> 35) - first + 1] AND w.batch <= at AND w.to_batch > at
        AND (mine IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = me AND t.base = w.base AND t.account = ANY (mine))) ORDER BY w.base DESC LIMIT most;
    GET DIAGNOSTICS got = ROW_COUNT;
    SELECT d.base INTO edge FROM counterfoil.detail d WHERE d.tenant = me AND d.base >= low AND d.base < high
      ORDER BY d.base DESC OFFSET walk - 1 LIMIT 1;
    high := edge;
  ELSIF most IS NOT NULL THEN
    RETURN QUERY SELECT w.base FROM (SELECT d.base, d.words, d.batch, d.to_batch FROM counterfoil.detail d
        WHERE d.tenant = me AND d.base >= low AND d.base < high ORDER BY d.base FETCH FIRST walk ROWS WITH TIES) w
      WHERE w.words @@ queries[(w.base >> 35) - first + 1] AND w.batch <= at AND w.to_batch > at
        AND (mine IS NULL OR EXISTS (SELECT FROM counterfoil.tx t WHERE t.tenant = me AND t.base = w.base AND t.account = ANY (mine))) ORDER BY w.base LIMIT most;
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
  IF NOT (SELECT member FROM counterfoil_member_8) THEN
    EXECUTE format('REVOKE counterfoil_search FROM %I', current_user);
  END IF;
END $$;
REVOKE CREATE ON SCHEMA counterfoil FROM counterfoil_search;
