-- The id of the key that signs a log's checkpoints (the key hash of a signed
-- note). A rotation changes it in the transaction that records it, so that no
-- replica can publish under a key that another has replaced. Null in a log that
-- was begun before it was kept: then any key may publish, until the first
-- rotation.
ALTER TABLE audit_head ADD COLUMN key bigint;

GRANT INSERT (key), UPDATE (key) ON audit_head TO counterfoil_recorder;
