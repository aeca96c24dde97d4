-- Version 6. A writer may seal what the vault holds anew, when a data key is
-- rotated: the value, and nothing that says whose or what it is.
GRANT UPDATE (value) ON counterfoil.vault TO counterfoil_writer;
