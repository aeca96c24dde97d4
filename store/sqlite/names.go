package sqlite

import (
	"sync"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Kinds of the dictionary. The same numbers are in the file.
const (
	kindCategory = 1
	kindMerchant = 2
	kindCurrency = 3
)

// maxNames bounds the dictionary entries kept in memory; a store with more
// merchants reads the others again and again.
const maxNames = 100_000

// names caches the dictionary by id. Entries are never changed nor removed, so
// whatever was committed once stays true; the writer, which may still roll
// back, does not fill it.
type names struct {
	mu   sync.RWMutex
	text map[int64]string
}

func (n *names) get(id int64) (string, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	text, ok := n.text[id]
	return text, ok
}

func (n *names) put(id int64, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.text == nil || len(n.text) >= maxNames {
		n.text = make(map[int64]string)
	}
	n.text[id] = text
}

// name returns the text behind a dictionary id; 0 is "".
func (c *conn) name(id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	if text, ok := c.names.get(id); ok {
		return text, nil
	}
	text := ""
	found, err := c.one("SELECT text FROM name WHERE id = ?", []any{id}, func(s *sqlite3.Stmt) { text = s.ColumnText(0) })
	if err != nil {
		return "", err
	}
	if !found {
		return "", errMissing
	}
	if c.reads {
		c.names.put(id, text)
	}
	return text, nil
}

// nameIDs returns the ids of those texts that the dictionary has.
func (c *conn) nameIDs(kind int, texts []string) ([]int64, error) {
	var ids []int64
	for _, text := range texts {
		if text == "" {
			ids = append(ids, 0)
			continue
		}
		id, err := c.integer("SELECT id FROM name WHERE kind = ? AND text = ?", kind, text)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// intern returns the id of a text, adding it to the dictionary if it is new.
func (c *conn) intern(kind int, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	id, err := c.integer("SELECT id FROM name WHERE kind = ? AND text = ?", kind, text)
	if err != nil || id != 0 {
		return id, err
	}
	if err := c.exec("INSERT INTO name (kind, text, folded) VALUES (?, ?, ?)", kind, text, store.Fold(text)); err != nil {
		return 0, err
	}
	return c.db.LastInsertRowID(), nil
}

// accountIDs returns the row ids of those accounts that exist.
func (c *conn) accountIDs(pubs []string) ([]int64, error) {
	var ids []int64
	for _, pub := range pubs {
		id, err := c.integer("SELECT id FROM account WHERE pub = ?", pub)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// accountPub returns the public id of an account.
func (c *conn) accountPub(id int64) (string, error) {
	// Accounts share the cache under negative numbers.
	if pub, ok := c.names.get(-id); ok {
		return pub, nil
	}
	pub := ""
	found, err := c.one("SELECT pub FROM account WHERE id = ?", []any{id}, func(s *sqlite3.Stmt) { pub = s.ColumnText(0) })
	if err != nil {
		return "", err
	}
	if !found {
		return "", errMissing
	}
	if c.reads {
		c.names.put(-id, pub)
	}
	return pub, nil
}
