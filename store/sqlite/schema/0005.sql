-- Version 5: what lies inside of words: the endings of the stems of all words
-- (store.Stem), at least three letters each, so that what is looked for inside of a
-- word is the beginning of an ending. A stem is lead and ending together. Those of
-- what older versions hold are added in inside.go.
CREATE TABLE ending (
  ending TEXT NOT NULL,
  lead   TEXT NOT NULL,
  batch  INTEGER NOT NULL, -- that brought it
  PRIMARY KEY (ending, lead)
) STRICT, WITHOUT ROWID;
