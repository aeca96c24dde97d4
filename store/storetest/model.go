package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// model is a store that keeps every snapshot whole.
type model struct {
	states  []map[string]store.Transaction // by snapshot; [0] is empty
	batches []modelBatch                   // by number, [0] is unused
	names   map[string]string              // account key to id
}

type modelBatch struct {
	undo   bool
	redact bool
	undone bool
	ids    map[string]bool // what it changed
}

// commit notes that the next state is the current one with some changes; an
// empty ID in the value removes.
func (m *model) commit(undo bool, changes map[string]store.Transaction) {
	state := maps.Clone(m.states[len(m.states)-1])
	b := modelBatch{undo: undo, ids: map[string]bool{}}
	for id, tx := range changes {
		b.ids[id] = true
		if tx.ID == "" {
			delete(state, id)
			continue
		}
		tx.Batch = int64(len(m.states))
		state[id] = tx
	}
	m.states = append(m.states, state)
	m.batches = append(m.batches, b)
}

// undo returns the changes that undoing a batch makes; ok is false for a
// conflict.
func (m *model) undo(number int64) (changes map[string]store.Transaction, ok bool) {
	b := m.batches[number]
	if b.undo || b.undone || b.redact {
		return nil, false
	}
	changes = map[string]store.Transaction{}
	for id := range b.ids {
		for _, later := range m.batches[number+1:] {
			if later.ids[id] && !later.undo && !later.undone && !later.redact {
				return nil, false
			}
		}
		restored := m.states[number-1][id]
		if now, ok := m.states[len(m.states)-1][id]; ok && restored.ID != "" { // what a redaction changed stays
			restored.Description, restored.Counterparty, restored.Memo, restored.Merchant = now.Description, now.Counterparty, now.Memo, now.Merchant
		}
		changes[id] = restored
	}
	return changes, true
}

// testModel: a random history gives what the model gives, at every snapshot,
// asked in random ways, and old snapshots stay as they were.
func testModel(t *testing.T, s store.Store) {
	for seed := range uint64(1) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := &model{states: []map[string]store.Transaction{{}}, batches: make([]modelBatch, 1), names: map[string]string{}}
		for step := range 18 {
			m.step(t, s, r, step)
			if t.Failed() {
				t.Fatalf("seed %d, step %d", seed, step)
			}
			for range 8 {
				m.compare(t, s, r, store.Snapshot(r.IntN(len(m.states))))
			}
		}
		for at := range m.states {
			m.compareRows(t, s, store.Snapshot(at))
			if at > 0 {
				checkDigest(t, s, int64(at))
			}
		}
	}
}

// step makes one random change in both.
func (m *model) step(t *testing.T, s store.Store, r *rand.Rand, step int) {
	current := m.states[len(m.states)-1]
	switch choice := r.IntN(12); {
	case choice >= 10 && len(current) > 0:
		m.redact(t, s, r, int64(step)+1)
	case choice < 5 || len(current) == 0:
		m.load(t, s, r, step)
	case choice < 8:
		ids := slices.Sorted(maps.Keys(current))
		r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		m.categorise(t, s, ids[:1+r.IntN(len(ids))], pick(r, categories))
	default:
		number := 1 + r.Int64N(int64(len(m.states)-1))
		changes, ok := m.undo(number)
		_, err := s.Undo(t.Context(), number, at)
		switch {
		case !ok && !errors.Is(err, store.ErrConflict):
			t.Errorf("undoing %d gave %v, want a conflict", number, err)
		case ok && err != nil:
			t.Errorf("undoing %d: %v", number, err)
		case ok:
			m.commit(true, changes)
			m.batches[number].undone = true
		}
	}
}

func (m *model) load(t *testing.T, s store.Store, r *rand.Rand, step int) {
	var all []store.Row
	for i := range 20 + r.IntN(40) {
		all = append(all, randomRow(r, step*1000+i))
	}
	if _, err := s.Import(t.Context(), file(fmt.Sprint("step ", step), accounts...), seq(all...), false); err != nil {
		t.Fatal(err)
	}
	// The store makes the ids: match its rows with ours by content.
	m.learnAccounts(t, s)
	byContent := map[store.Transaction][]string{}
	now := head(t, s)
	for _, tx := range rows(t, s, now, store.Filter{}) {
		if tx.Batch == int64(now) {
			bare := tx
			bare.ID, bare.Batch = "", 0
			byContent[bare] = append(byContent[bare], tx.ID)
		}
	}
	changes := map[string]store.Transaction{}
	for _, row := range all {
		tx := row.Transaction
		tx.Account = m.names[string(row.AccountKey)]
		ids := byContent[tx]
		if len(ids) == 0 {
			t.Fatalf("imported %+v, which did not arrive", tx)
		}
		byContent[tx] = ids[1:]
		tx.ID = ids[0]
		changes[tx.ID] = tx
	}
	m.commit(false, changes)
}

func (m *model) learnAccounts(t *testing.T, s store.Store) {
	list, err := s.Accounts(t.Context(), head(t, s), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		m.names[string(key("account", a.Name))] = a.ID
	}
}

func (m *model) categorise(t *testing.T, s store.Store, ids []string, category string) {
	changes := map[string]store.Transaction{}
	for _, id := range ids {
		if tx := m.states[len(m.states)-1][id]; tx.Category != category {
			tx.Category = category
			changes[id] = tx
		}
	}
	done, err := s.Categorise(t.Context(), ids, category, at)
	if err != nil || done.Added != int64(len(changes)) {
		t.Fatalf("categorise: %+v, %v; want %d changed", done, err, len(changes))
	}
	if len(changes) > 0 {
		m.commit(false, changes)
	}
}

// selected returns the model's rows for a filter, in a sort.
func (m *model) selected(at store.Snapshot, f *store.Filter, sort store.Sort) []store.Transaction {
	var all []store.Transaction
	for _, tx := range m.states[at] {
		if f.Match(&tx) {
			all = append(all, tx)
		}
	}
	slices.SortFunc(all, func(a, b store.Transaction) int {
		order := cmp.Compare(a.Booked, b.Booked)
		if sort == store.AmountAsc || sort == store.AmountDesc {
			order = cmp.Compare(max(a.Amount.Minor, -a.Amount.Minor), max(b.Amount.Minor, -b.Amount.Minor))
		}
		order = cmp.Or(order, strings.Compare(a.ID, b.ID))
		if sort == store.AmountDesc || sort == store.DateDesc {
			return -order
		}
		return order
	})
	return all
}

func (m *model) compareRows(t *testing.T, s store.Store, at store.Snapshot) {
	t.Helper()
	diff(t, fmt.Sprint("rows at ", at), rows(t, s, at, store.Filter{}), m.selected(at, &store.Filter{}, store.DateAsc))
}

// compare asks both the same random questions.
func (m *model) compare(t *testing.T, s store.Store, r *rand.Rand, at store.Snapshot) {
	t.Helper()
	f := m.randomFilter(r)
	what := fmt.Sprintf("at %d, filter %+v", at, describe(f))
	sort := pick(r, []store.Sort{store.DateDesc, store.DateAsc, store.AmountDesc, store.AmountAsc})
	want := m.selected(at, &f, sort)
	diff(t, fmt.Sprintf("%s pages, %s", sort, what), m.pages(t, s, r, store.Query{At: at, Filter: f, Sort: sort}), want)
	m.compareSummary(t, s, r, at, f, want, what)
	m.compareLists(t, s, r, at, f.Scope, what)
	var ids []string
	for id := range m.states[len(m.states)-1] {
		ids = append(ids, id)
	}
	got, err := s.Get(t.Context(), at, f.Scope, ids)
	if err != nil {
		t.Fatal(err)
	}
	var wanted []store.Transaction
	for _, id := range ids {
		if tx, ok := m.states[at][id]; ok && f.Scope.Match(&tx) {
			wanted = append(wanted, tx)
		}
	}
	diff(t, "get, "+what, got, wanted)
}

// pages reads all pages, of random lengths.
func (m *model) pages(t *testing.T, s store.Store, r *rand.Rand, q store.Query) (all []store.Transaction) {
	t.Helper()
	for {
		q.Limit = 1 + r.IntN(25)
		page, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatalf("%v: %+v", err, describe(q.Filter))
		}
		if len(page.Items) > q.Limit || (page.Next != nil && len(page.Items) < q.Limit) {
			t.Fatalf("a page of %d has %d rows, next %v", q.Limit, len(page.Items), page.Next != nil)
		}
		all = append(all, page.Items...)
		if q.After = page.Next; q.After == nil {
			return all
		}
	}
}

func (m *model) compareSummary(t *testing.T, s store.Store, r *rand.Rand, at store.Snapshot, f store.Filter, selected []store.Transaction, what string) {
	t.Helper()
	by := []store.Dimension{store.ByCategory, store.ByMerchant, store.ByMonth, store.ByWeek, store.ByAccount}
	r.Shuffle(len(by), func(i, j int) { by[i], by[j] = by[j], by[i] })
	by = by[:r.IntN(3)]
	sums := map[string]*store.Group{}
	for _, tx := range selected {
		keys := make([]string, len(by))
		for i, d := range by {
			keys[i] = map[store.Dimension]string{store.ByCategory: tx.Category, store.ByMerchant: tx.Merchant,
				store.ByMonth: tx.Booked.Month(), store.ByWeek: tx.Booked.Week(), store.ByAccount: tx.Account}[d]
		}
		id := strings.Join(keys, "\x00") + "\x00" + tx.Amount.Currency
		g := sums[id]
		if g == nil {
			g = &store.Group{Keys: keys, Currency: tx.Amount.Currency}
			sums[id] = g
		}
		g.Count++
		g.In += max(tx.Amount.Minor, 0)
		g.Out += min(tx.Amount.Minor, 0)
	}
	var want []store.Group
	for _, id := range slices.Sorted(maps.Keys(sums)) {
		want = append(want, *sums[id])
	}
	slices.SortFunc(want, func(a, b store.Group) int {
		return cmp.Or(slices.Compare(a.Keys, b.Keys), cmp.Compare(a.Currency, b.Currency))
	})
	got, err := s.Summarize(t.Context(), store.Summary{At: at, Filter: f, By: by})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 && len(want) == 0 {
		return
	}
	diff(t, fmt.Sprintf("summary by %v, %s", by, what), got, want)
}

func (m *model) compareLists(t *testing.T, s store.Store, r *rand.Rand, at store.Snapshot, scope *store.Predicate, what string) {
	t.Helper()
	prefix := pick(r, []string{"", "t", "TES", "f", "É", "zo", "x", "100%", "o'"})
	limit := 1 + r.IntN(6)
	visible := m.selected(at, &store.Filter{Scope: scope}, store.DateAsc)
	for name, list := range map[string]struct {
		field func(*store.Transaction) string
		read  func() ([]store.Named, error)
	}{
		"categories": {func(tx *store.Transaction) string { return tx.Category },
			func() ([]store.Named, error) { return s.Categories(t.Context(), at, scope, prefix, limit) }},
		"merchants": {func(tx *store.Transaction) string { return tx.Merchant },
			func() ([]store.Named, error) { return s.Merchants(t.Context(), at, scope, prefix, limit) }},
	} {
		got, err := list.read()
		if err != nil {
			t.Fatal(err)
		}
		if want := named(visible, list.field, prefix, limit); len(got)+len(want) > 0 {
			diff(t, fmt.Sprintf("%s %q, %s", name, prefix, what), got, want)
		}
	}
	counts := map[string]int64{}
	for _, tx := range visible {
		counts[tx.Account]++
	}
	list, err := s.Accounts(t.Context(), at, scope)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Count != counts[a.ID] {
			t.Errorf("account has %d rows, want %d; %s", a.Count, counts[a.ID], what)
		}
		delete(counts, a.ID)
	}
	if len(counts) > 0 {
		t.Errorf("%d accounts are missing, %s", len(counts), what)
	}
}

// named counts the names that begin so among rows in order of date.
func named(txs []store.Transaction, field func(*store.Transaction) string, prefix string, limit int) []store.Named {
	byName := map[string]*store.Named{}
	for i := range txs {
		name := field(&txs[i])
		if name == "" || !strings.HasPrefix(store.Fold(name), store.Fold(prefix)) {
			continue
		}
		if byName[name] == nil {
			byName[name] = &store.Named{Name: name}
		}
		byName[name].Count++
		byName[name].Last = txs[i].Booked
	}
	var all []store.Named
	for _, n := range byName {
		all = append(all, *n)
	}
	slices.SortFunc(all, func(a, b store.Named) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return all[:min(limit, len(all))]
}
