-- The shared audit log. Table names begin with audit_, so that the store's
-- tables can lie in the same database.

-- One row for each log: where it ends. A batch takes this row, so batches are
-- serial; size and peaks (roots of the perfect subtrees) are all that is
-- needed to append.
CREATE TABLE audit_head (
    origin text PRIMARY KEY,
    size   bigint NOT NULL CHECK (size >= 0),
    root   bytea  NOT NULL CHECK (length(root) = 32),
    peaks  bytea  NOT NULL CHECK (length(peaks) % 32 = 0)
);

CREATE TABLE audit_records (
    origin    text   NOT NULL,
    idx       bigint NOT NULL CHECK (idx >= 0),
    leaf_hash bytea  NOT NULL CHECK (length(leaf_hash) = 32),
    leaf      bytea  NOT NULL,
    sidecar   bytea,
    call_id   text   NOT NULL,
    PRIMARY KEY (origin, idx)
);
CREATE INDEX audit_records_call ON audit_records (origin, call_id) WHERE call_id <> '';

-- Signed checkpoints, published after the commit of what they cover.
CREATE TABLE audit_checkpoints (
    origin text   NOT NULL,
    size   bigint NOT NULL,
    note   bytea  NOT NULL,
    PRIMARY KEY (origin, size)
);

-- Nobody changes or removes what is in the log, not by a slip.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_records_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
