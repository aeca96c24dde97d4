-- The outbox that replicas share: one row for each write to Notion. What a write
-- holds is sealed; in the clear stands what finds it, orders it and keeps two
-- processes apart. The part "audit" of the schema comes first: it knows whose
-- login is which tenant's.

CREATE TABLE outbox_rows (
    owner   text   NOT NULL DEFAULT coalesce(audit_owner(), ''),
    origin  text   NOT NULL, -- of the log beside it
    id      text   NOT NULL COLLATE "C",
    rev     bigint NOT NULL CHECK (rev > 0),
    key     bytea  NOT NULL CHECK (length(key) = 32), -- SHA-256 of what it writes to
    state   text   NOT NULL,
    created bigint NOT NULL, -- nanoseconds since 1970
    updated bigint NOT NULL,
    sealed  bytea  NOT NULL,
    PRIMARY KEY (owner, origin, id)
);

-- Of the writes to one page, one at a time is pending.
CREATE UNIQUE INDEX outbox_rows_pending ON outbox_rows (owner, origin, key) WHERE state = 'pending';
CREATE INDEX outbox_rows_key ON outbox_rows (owner, origin, key, created);
CREATE INDEX outbox_rows_newest ON outbox_rows (owner, origin, created);

REVOKE ALL ON outbox_rows FROM PUBLIC;
ALTER TABLE outbox_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox_rows FORCE ROW LEVEL SECURITY;
-- Whoever keeps the schema removes a tenant's rows, for which it has to find them.
CREATE POLICY keeper ON outbox_rows FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY keeper_removes ON outbox_rows FOR DELETE TO CURRENT_USER USING (true);
CREATE POLICY owner ON outbox_rows TO counterfoil_recorder
    USING (owner = (SELECT audit_owner())) WITH CHECK (owner = (SELECT audit_owner()));
GRANT SELECT, DELETE ON outbox_rows TO counterfoil_recorder;
GRANT INSERT (origin, id, rev, key, state, created, updated, sealed) ON outbox_rows TO counterfoil_recorder;
GRANT UPDATE (rev, key, state, updated, sealed) ON outbox_rows TO counterfoil_recorder;
