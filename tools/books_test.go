package tools

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/policy"
)

const replicasOrigin = "test.example/replicas"

func TestReplicas(t *testing.T) {
	dsn := pgtest.Start(t, "fsync=off")
	for name, test := range map[string]func(*testing.T, string){
		"the wall is that of one":         shareTheWall,
		"what is not settled stays spent": shareUnsettled,
		"history":                         shareHistory,
		"distinct accounts":               shareAccounts,
		"an answer is taken once":         shareAnswers,
		"without books nothing is served": noBooksNoService,
	} {
		t.Run(name, func(t *testing.T) { test(t, dsn) })
	}
}

// replicas are gates over one log and one set of books in PostgreSQL, each with
// connections of its own, as processes have them.
func replicas(t *testing.T, dsn string, n int, change ...func(*Config)) (gates []*Gate, pools []*pgxpool.Pool, again func() *Gate) {
	t.Helper()
	r := newRig(t, change...)
	schema := fmt.Sprintf("t%d", time.Now().UnixNano())
	admin, err := pgxpool.New(t.Context(), dsn)
	if err == nil {
		_, err = admin.Exec(t.Context(), "CREATE SCHEMA "+schema)
		admin.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	dsn += " search_path=" + schema
	open := func() *pgxpool.Pool {
		pool, err := pgxpool.New(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		return pool
	}
	migrate(t, open())
	add := func() *Gate {
		cfg, pool := r.cfg, open()
		log, err := audit.OpenPostgres(t.Context(), pool, audit.Config{Dir: r.dir, Origin: replicasOrigin, Now: cfg.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { log.Close() })
		cfg.Log, cfg.Books = log, audit.NewShared(pool, replicasOrigin)
		g, err := New(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		pools = append(pools, pool)
		return g
	}
	// The embedded log's key is for another origin.
	r.dir = t.TempDir()
	for range n {
		gates = append(gates, add())
	}
	return gates, pools, add
}

func migrate(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	files := audit.PostgresMigrations()
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		sql, err := fs.ReadFile(files, name)
		if err == nil {
			_, err = pool.Exec(t.Context(), string(sql))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// hammer calls from both gates at once, and returns the calls that were served
// and the rows that left.
func hammer(t *testing.T, gates []*Gate, workers, each int) (served, rows int64) {
	t.Helper()
	var wg sync.WaitGroup
	var s, n atomic.Int64
	for _, g := range gates {
		for range workers {
			wg.Go(func() {
				for range each {
					got := g.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(`{"limit":1}`)})
					if got.Err == nil {
						s.Add(1)
						n.Add(int64(len(decodeItems(t, got))))
					} else if got.Err.Code != CodeLimit {
						t.Errorf("%v", got.Err)
					}
				}
			})
		}
	}
	wg.Wait()
	return s.Load(), n.Load()
}

// Two replicas that are called at once hit exactly the wall that one hits, and a
// third that starts later finds it where it is.
func shareTheWall(t *testing.T, dsn string) {
	for name, change := range map[string]func(*Config){
		"rows":     func(c *Config) { c.Limits.RowsPerDay, c.Limits.CallsPerDay = 37, 10_000 },
		"calls":    func(c *Config) { c.Limits.CallsPerDay = 37 },
		"a minute": func(c *Config) { c.Limits.CallsPerMinute = 37 },
		"one tool": func(c *Config) { c.Limits.CallsPerTool = map[string]int64{"search_transactions": 37} },
	} {
		t.Run(name, func(t *testing.T) {
			gates, _, add := replicas(t, dsn, 2, func(c *Config) {
				c.Limits.RowsPerCall, c.Limits.CallsPerMinute = 1, 10_000
				change(c)
			})
			served, rows := hammer(t, gates, 4, 15)
			if served != 37 || rows != 37 {
				t.Errorf("%d calls were served and %d rows left, want 37 of each", served, rows)
			}
			if served, _ := hammer(t, []*Gate{add()}, 1, 3); served != 0 {
				t.Errorf("a replica that started later served %d calls", served)
			}
		})
	}
}

// What a replica sets aside and never settles stays spent for all of them.
func shareUnsettled(t *testing.T, dsn string) {
	gates, _, add := replicas(t, dsn, 1, func(c *Config) { c.Limits.RowsPerDay = 20 })
	g := gates[0]
	who := g.pseudonym("principal", alice.Tenant, alice.Name)
	if _, err := g.budgets.reserve(t.Context(), who, "list_accounts", testNow, g.cfg.Limits, audit.Usage{Rows: 15}); err != nil {
		t.Fatal(err)
	}
	r, err := add().budgets.reserve(t.Context(), who, "list_accounts", testNow, g.cfg.Limits, audit.Usage{Rows: 15})
	if err != nil || r.taken.Rows != 5 || r.before.Rows != 15 {
		t.Errorf("the other replica reserved %+v, %v; want the 5 rows that are left", r.taken, err)
	}
}

// What one replica served, another one's policy sees.
func shareHistory(t *testing.T, dsn string) {
	gates, _, _ := replicas(t, dsn, 2)
	if got := gates[0].Call(t.Context(), alice, Call{Tool: "search_transactions", Args: []byte(`{"limit":3}`)}); got.Err != nil {
		t.Fatal(got.Err)
	}
	who := gates[0].pseudonym("principal", alice.Tenant, alice.Name)
	r, err := gates[1].budgets.reserve(t.Context(), who, "list_accounts", testNow, gates[1].cfg.Limits, audit.Usage{})
	if err != nil || r.history.Rows != 3 || r.history.Accounts == 0 || r.history.Labels&policy.Untrusted == 0 {
		t.Errorf("history %+v, %v", r.history, err)
	}
}

// Distinct accounts are a budget of the day, also if two replicas are asked for
// one each at the same time.
func shareAccounts(t *testing.T, dsn string) {
	gates, _, _ := replicas(t, dsn, 2, func(c *Config) { c.Limits.AccountsPerDay = 1 })
	listed := gates[0].Call(t.Context(), alice, Call{Tool: "list_accounts"})
	if listed.Err == nil || listed.Err.Code != CodeLimit {
		t.Fatalf("both accounts at once: %+v", listed)
	}
	at, err := gates[0].cfg.Store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := gates[0].cfg.Store.Accounts(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var served atomic.Int64
	for i, g := range gates {
		wg.Go(func() {
			args := []byte(`{"account_ids":["` + accounts[i].ID + `"],"limit":1}`)
			if got := g.Call(t.Context(), alice, Call{Tool: "search_transactions", Args: args}); got.Err == nil {
				served.Add(1)
			}
		})
	}
	wg.Wait()
	if served.Load() != 1 {
		t.Errorf("%d accounts were read, the budget is 1", served.Load())
	}
}

// A question is answered once, whichever replica is told.
func shareAnswers(t *testing.T, dsn string) {
	gates, _, _ := replicas(t, dsn, 2)
	var wg sync.WaitGroup
	var first atomic.Int64
	for _, g := range gates {
		for range 5 {
			wg.Go(func() {
				ok, err := g.firstUse(t.Context(), &state{CallID: "call_x", Expires: testNow.Add(time.Minute)}, testNow)
				if err != nil {
					t.Error(err)
				}
				if ok {
					first.Add(1)
				}
			})
		}
	}
	wg.Wait()
	if first.Load() != 1 {
		t.Errorf("an answer was taken %d times", first.Load())
	}
}

// Without its books a replica serves nothing.
func noBooksNoService(t *testing.T, dsn string) {
	gates, pools, _ := replicas(t, dsn, 1)
	pools[0].Close()
	got := gates[0].Call(t.Context(), alice, Call{Tool: "list_accounts"})
	if got.Document != nil || got.Err == nil || got.Err.Code != CodeUnavailable {
		t.Errorf("got %+v", got)
	}
}

// memory is Books that a test damages.
type memory map[string][]byte

func (m memory) Turn(_ context.Context, who string, turn func([]byte) ([]byte, error)) error {
	next, err := turn(m[who])
	if err == nil {
		m[who] = next
	}
	return err
}

func (m memory) First(context.Context, string) (bool, error) { return true, nil }

func TestBookState(t *testing.T) {
	k := newBook(testNow, Limits{CallsPerMinute: 7})
	k.open(testNow)
	k.spent = audit.Usage{Calls: 1, Rows: 2, Bytes: 3, Pages: 4, Tokens: 5}
	k.accounts["a"], k.tools["t"] = struct{}{}, 6
	k.from, k.to, k.labels, k.bucket = 100, 200, policy.Untrusted|policy.Private, 3.25
	state, err := k.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeBook(state)
	if diff := cmp.Diff(k, got, cmp.AllowUnexported(book{})); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for _, damaged := range []string{"", "{}", `{"v":2}`, "x"} {
		b := newBudgets(memory{"who": []byte(damaged)})
		if _, err := b.reserve(t.Context(), "who", "t", testNow, Limits{}.withDefaults(), audit.Usage{}); err == nil {
			t.Errorf("a book that reads %q gives budget", damaged)
		}
	}
}
