package tools

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/store"
)

// bookState is a book as replicas share it, in JSON. It holds what the log's
// records hold as well: pseudonyms and counts.
type bookState struct {
	Version  int              `json:"v"`
	Day      int64            `json:"day"`
	Spent    audit.Usage      `json:"spent"`
	Accounts []string         `json:"accounts,omitempty"`
	Tools    map[string]int64 `json:"tools,omitempty"`
	From     int64            `json:"from,omitempty"` // store.Date
	To       int64            `json:"to,omitempty"`
	Labels   []string         `json:"labels,omitempty"`
	Bucket   float64          `json:"bucket"`
	Filled   time.Time        `json:"filled"`
}

const bookVersion = 1

var errBook = errors.New("a shared book is of another version, or damaged")

// encode is the book's state.
func (k *book) encode() ([]byte, error) {
	return json.Marshal(bookState{
		Version: bookVersion, Day: k.day, Spent: k.spent, Accounts: slices.Sorted(maps.Keys(k.accounts)), Tools: k.tools,
		From: int64(k.from), To: int64(k.to), Labels: namesOf(k.labels), Bucket: k.bucket, Filled: k.filled,
	})
}

// decodeBook reads a state; nil is no book.
func decodeBook(state []byte) (*book, error) {
	if state == nil {
		return nil, nil
	}
	var s bookState
	if json.Unmarshal(state, &s) != nil || s.Version != bookVersion {
		return nil, errBook // a budget that can't be read is spent
	}
	k := &book{
		day: s.Day, spent: s.Spent, accounts: make(map[string]struct{}, len(s.Accounts)), tools: s.Tools, unsettled: map[string]audit.Usage{},
		from: store.Date(s.From), to: store.Date(s.To), labels: labelsOf(s.Labels), bucket: s.Bucket, filled: s.Filled,
	}
	for _, a := range s.Accounts {
		k.accounts[a] = struct{}{}
	}
	if k.tools == nil {
		k.tools = map[string]int64{}
	}
	return k, nil
}
