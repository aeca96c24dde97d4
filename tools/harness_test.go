package tools

import (
	"bytes"
	"iter"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/sqlite"
)

// plantedAccount is a number that the test store knows and that a memo quotes.
const plantedAccount = "60-16-13 31926819"

// testNow is when every test call happens.
var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// rig is a Gate over real parts: a store in memory, a log in a test folder,
// real keys and the default policy.
type rig struct {
	*Gate
	store *sqlite.Store
	log   *audit.Log
	keys  *seal.Keyring
	dir   string
	cfg   Config
}

// alice reads and analyses; she may see every account.
var alice = policy.Principal{Tenant: "default", Name: "alice", Roles: []string{"analyst"}, Auth: "bearer"}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	ctx := t.Context()
	r := &rig{dir: t.TempDir()}
	if err := seal.Create(r.dir); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.keys, err = seal.OpenKeyring(r.dir, ""); err != nil {
		t.Fatal(err)
	}
	if r.store, err = sqlite.Open(ctx, sqlite.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.store.Close() })
	r.openLog(t)
	r.seed(t)
	compiled, err := policy.Compile(policy.Source{Name: "policy.yaml", Text: policy.Default()}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	r.cfg = Config{
		Store:  r.store,
		Policy: compiled,
		Log:    r.log,
		Keys:   r.keys,
		Build:  "test",
		Now:    func() time.Time { return testNow },
	}
	for _, c := range change {
		c(&r.cfg)
	}
	if r.Gate, err = New(ctx, r.cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) openLog(t testing.TB) {
	t.Helper()
	var err error
	if r.log, err = audit.Open(t.Context(), audit.Config{Dir: r.dir, Origin: "test.example/log", Now: func() time.Time { return testNow }}); err != nil {
		t.Fatal(err)
	}
	log := r.log
	t.Cleanup(func() { log.Close() })
}

// seed fills two accounts with a year of a household.
func (r *rig) seed(t testing.TB) {
	t.Helper()
	key := TokenKey(r.keys)
	print, err := redact.Fingerprint(key, "account", plantedAccount)
	if err != nil {
		t.Fatal(err)
	}
	im := store.Import{Source: "household.csv", Format: "csv", At: testNow, Accounts: []store.NewAccount{
		{Key: []byte("k1"), Name: "Everyday", Kind: "checking", Currency: "GBP", Last4: "6819",
			Token: redact.TokenOf(key, "account", plantedAccount), Fingerprints: [][]byte{print}},
		{Key: []byte("k2"), Name: "Travel", Kind: "card", Currency: "EUR", Subject: "bob"},
	}}
	if _, err := r.store.Import(t.Context(), im, seedRows(), false); err != nil {
		t.Fatal(err)
	}
}

func seedRows() iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		n := byte(0)
		row := func(account, date string, minor int64, merchant, category, memo string) bool {
			n++
			currency := "GBP"
			if account == "k2" {
				currency = "EUR"
			}
			day, err := store.ParseDate(date)
			return yield(store.Row{
				AccountKey: []byte(account),
				ContentKey: []byte{n},
				SourceKind: "csv",
				Transaction: store.Transaction{
					Booked: day, Amount: store.Money{Minor: minor, Currency: currency}, Status: store.Booked,
					Description: merchant + " " + date, Merchant: merchant, Category: category, Memo: memo,
				},
			}, err)
		}
		for month := 1; month <= 11; month++ {
			first := time.Date(2026, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
			day := func(d int) string { return first.AddDate(0, 0, d-1).Format(time.DateOnly) }
			if !row("k1", day(1), -120000, "Landlord", "Rent", "rent to "+plantedAccount) ||
				!row("k1", day(3), -1099, "Streamflix", "Subscriptions", "") ||
				!row("k1", day(5+month), -4250-int64(month), "Grocer", "Food", "") ||
				!row("k1", day(15), 250000, "Employer", "Salary", "") ||
				!row("k2", day(20), -3000, "Metro", "Transport", "") {
				return
			}
		}
	}
}

func (r *rig) call(t testing.TB, p policy.Principal, tool, args string) Result {
	t.Helper()
	return r.Call(t.Context(), p, Call{Tool: tool, Args: []byte(args)})
}

// accountID finds an account by name.
func (r *rig) accountID(t testing.TB, name string) string {
	t.Helper()
	at, err := r.store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.store.Accounts(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Name == name {
			return a.ID
		}
	}
	t.Fatalf("no account %s", name)
	return ""
}

// records returns every record of the log, oldest first.
func (r *rig) records(t testing.TB) []*audit.Item {
	t.Helper()
	var items []*audit.Item
	for it, err := range r.log.Reader().Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
	return items
}

func (r *rig) last(t testing.TB) *audit.Item {
	t.Helper()
	all := r.records(t)
	if len(all) == 0 {
		t.Fatal("the log is empty")
	}
	return all[len(all)-1]
}

func mustHave(t testing.TB, doc []byte, want string) {
	t.Helper()
	if !bytes.Contains(doc, []byte(want)) {
		t.Errorf("document lacks %q:\n%.500s", want, doc)
	}
}

func mustLack(t testing.TB, doc []byte, secret string) {
	t.Helper()
	if bytes.Contains(doc, []byte(secret)) {
		t.Errorf("document holds %q:\n%.500s", secret, doc)
	}
}

// usageOf is what a principal has used today.
func (r *rig) usageOf(who string) audit.Usage {
	r.budgets.mu.Lock()
	defer r.budgets.mu.Unlock()
	return r.budgets.books[who].spent
}
