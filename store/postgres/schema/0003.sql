-- Version 3. Other packages keep tables in this schema too, each under a name
-- and with versions of its own; and a login can ask whose it is.

CREATE TABLE counterfoil.module_version (
  module  text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (module, version)
);
REVOKE ALL ON counterfoil.module_version FROM PUBLIC;
GRANT SELECT ON counterfoil.module_version TO counterfoil_reader, counterfoil_writer, counterfoil_auditor;

-- The tenant of whoever logged in, by name, and whether it is the only one here.
CREATE FUNCTION counterfoil.identity(OUT name text, OUT alone boolean)
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT (SELECT t.name FROM counterfoil.tenant t WHERE t.id = counterfoil.tenant()), (SELECT count(*) = 1 FROM counterfoil.tenant) $$;
REVOKE ALL ON FUNCTION counterfoil.identity() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counterfoil.identity() TO counterfoil_reader, counterfoil_writer, counterfoil_auditor;
