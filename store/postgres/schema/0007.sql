-- Version 7. Content keys by day. Rows that agree in their content agree in their
-- day, so the keys of a file lie side by side instead of all over the index.
ALTER TABLE counterfoil.content_key
  ADD COLUMN day integer NOT NULL GENERATED ALWAYS AS ((base >> 30)::integer) STORED,
  DROP CONSTRAINT content_key_pkey;
ALTER TABLE counterfoil.content_key ADD PRIMARY KEY (tenant, day, h1, base);
