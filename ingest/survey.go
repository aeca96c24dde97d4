package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/ingest/camt"
	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// sink is what a parser writes to.
type sink = statement.Sink

// Bounds on what is kept in memory about one file.
const (
	maxAccounts = 10_000
	maxBalances = 500_000
	// maxUnbalanced are told of one by one; a person looks at no more.
	maxUnbalanced = 10
)

// Reasons for which a file is refused as a whole.
const (
	reasonAccounts = "the file has more accounts than the limit"
	reasonBalances = "the file states more balances than the limit"
	reasonSeveral  = "the file has several accounts, so it cannot go into the one that was named"
	reasonRange    = "amount is larger than can be kept exactly"
	reasonMoney    = "currency is missing or not a known ISO 4217 code"
	reasonLong     = "value is longer than the limit"
	reasonNoDate   = "booking has no date"
	reasonFarDate  = "booking date is outside the years 1900 to 2199"
)

// account is an account of the file as the import will make it.
type account struct {
	statement.Account
	id     identity
	unique string // what identifies it, before hashing
	key    []byte
	prints [][]byte
	last4  string
	shown  string // its name, redacted
	rows   int64
}

// survey is the second reading: it checks everything and keeps what must be
// known before the first row is stored.
type survey struct {
	only        string // Options.Account
	accounts    []*account
	index       map[string]int
	balances    []statement.Balance
	days        map[stated]int // index into balances
	repeats     *repeats
	withPending bool // Options.Pending
	ignoreIDs   bool // Options.IgnoreIDs

	rows, pending, corrections int64
	matched, passed            int64 // rules
	first, last                store.Date
	totals                     map[string]*Total
	checked                    Checked
}

func newSurvey(opts Options, f format, size int64) *survey {
	return &survey{only: opts.Account, withPending: opts.Pending, ignoreIDs: opts.IgnoreIDs, index: map[string]int{}, days: map[stated]int{}, totals: map[string]*Total{}, repeats: newRepeats(size, f.kind != camt.Kind)}
}

// Account implements statement.Sink.
func (s *survey) Account(a statement.Account, line, column int) (int, error) {
	id := identify(a)
	unique := id.key()
	if id.entity == "" {
		if masked(a.Number) && a.Masked == "" {
			a.Masked = a.Number
		}
		unique = nameKey(strings.Join([]string{a.Name, a.Masked}, " "))
	}
	if i, ok := s.index[unique]; ok {
		return i, nil
	}
	if s.only != "" {
		return s.named(a, id, unique, line, column)
	}
	if len(s.accounts) == maxAccounts {
		return 0, statement.At(line, column, reasonAccounts)
	}
	s.accounts = append(s.accounts, &account{Account: a, id: id, unique: unique, last4: lastFour(a, id)})
	s.index[unique] = len(s.accounts) - 1
	return len(s.accounts) - 1, nil
}

// named puts an account into the one that the person named. Accounts that the
// file tells apart by name only (cost centres, pots) become one; two numbers
// are refused.
func (s *survey) named(a statement.Account, id identity, unique string, line, column int) (int, error) {
	if len(s.accounts) == 0 {
		a.Name = s.only
		s.accounts = append(s.accounts, &account{Account: a, id: id, unique: nameKey(s.only), last4: lastFour(a, id)})
	} else if old := s.accounts[0].id; id.entity != "" && old.entity != "" && id.key() != old.key() {
		return 0, statement.At(line, column, reasonSeveral)
	}
	s.index[unique] = 0
	return 0, nil
}

// lastFour returns what may be shown of a full or masked number.
func lastFour(a statement.Account, id identity) string {
	if id.entity != "" {
		return id.last4()
	}
	digits := alphanumeric(a.Masked)
	if len(digits) < 4 || strings.Trim(digits[len(digits)-4:], "0123456789") != "" {
		return ""
	}
	return digits[len(digits)-4:]
}

// Transaction implements statement.Sink.
func (s *survey) Transaction(t *statement.Transaction) error {
	if err := check(t); err != nil {
		return err
	}
	if t.Pending {
		s.pending++
		if !s.withPending {
			return nil
		}
	}
	s.rows++
	s.matched, s.passed = s.matched+int64(t.Matched), s.passed+int64(t.Passed)
	if t.Corrects {
		s.corrections++
	}
	s.accounts[t.Account].rows++
	if s.first == 0 || t.Booked < s.first {
		s.first = t.Booked
	}
	s.last = max(s.last, t.Booked)
	s.add(t.Amount)
	if s.ignoreIDs {
		return nil
	}
	return s.repeats.note(t)
}

// check refuses what a parser should not have let through.
func check(t *statement.Transaction) error {
	if _, ok := store.Exponent(t.Amount.Currency); !ok {
		return statement.At(t.Line, t.Column, reasonMoney)
	}
	if t.Amount.Minor > store.MaxMinor || t.Amount.Minor < -store.MaxMinor {
		return statement.At(t.Line, t.Column, reasonRange)
	}
	for _, text := range [...]string{t.ID, t.Description, t.Merchant, t.Counterparty, t.Memo, t.Category} {
		if len(text) > statement.MaxText {
			return statement.At(t.Line, t.Column, reasonLong)
		}
	}
	if t.Booked == 0 {
		return statement.At(t.Line, t.Column, reasonNoDate)
	}
	if t.Booked < firstDay || t.Booked > lastDay {
		return statement.At(t.Line, t.Column, reasonFarDate)
	}
	return nil
}

// The booking dates that a store keeps (docs/store.md).
var (
	firstDay = store.NewDate(1900, time.January, 1)
	lastDay  = store.NewDate(2199, time.December, 31)
)

// Balance implements statement.Sink.
func (s *survey) Balance(b statement.Balance) error {
	if _, ok := store.Exponent(b.Amount.Currency); !ok {
		return statement.At(b.Line, b.Column, reasonMoney)
	}
	day := stated{b.Account, b.Date, b.Kind, b.Amount.Currency}
	if i, ok := s.days[day]; ok {
		s.balances[i] = b // of two for one day the later in the file holds
		return nil
	}
	if len(s.balances) == maxBalances {
		return statement.At(b.Line, b.Column, reasonBalances)
	}
	s.days[day] = len(s.balances)
	s.balances = append(s.balances, b)
	return nil
}

// Sums implements statement.Sink.
func (s *survey) Sums(sums statement.Sums) error {
	s.checked.Statements++
	if sums.Agree() {
		return nil
	}
	if s.checked.Wrong++; len(s.checked.Unbalanced) < maxUnbalanced {
		s.checked.Unbalanced = append(s.checked.Unbalanced, sums)
	}
	return nil
}

// stated is what a balance is for.
type stated struct {
	account  int
	date     store.Date
	kind     string
	currency string
}

// add counts an amount towards its currency's total.
func (s *survey) add(m store.Money) {
	t := s.totals[m.Currency]
	if t == nil {
		t = &Total{Currency: m.Currency}
		s.totals[m.Currency] = t
	}
	side := &t.In
	if m.Minor < 0 {
		side = &t.Out
	}
	sum, err := store.AddMinor(*side, m.Minor)
	if err != nil || t.Exceeded {
		*t = Total{Currency: m.Currency, Exceeded: true}
		return
	}
	*side = sum
}

func (s *survey) sums() []Total {
	out := make([]Total, 0, len(s.totals))
	for _, t := range s.totals {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Total) int { return cmp.Compare(a.Currency, b.Currency) })
	return out
}

// fingerprints makes the known values that come with an account. Every spelling
// of its number is shown as the account's own token.
func (j *job) fingerprints(a *account) (out [][]byte, err error) {
	if a.id.entity == "" {
		return nil, nil
	}
	token := j.cfg.Token(a.id.entity, a.id.number)
	for _, k := range a.id.known() {
		print, err := j.cfg.Fingerprint(k[0], k[1], token)
		if err != nil {
			return nil, err
		}
		out = append(out, print)
	}
	return out, nil
}

// newAccount describes an account to the store.
func (j *job) newAccount(a *account, redact redactFunc) (store.NewAccount, error) {
	key := j.cfg.MAC([]byte("account\x00" + a.unique))
	a.key = key[:]
	name := a.Name
	if name == "" {
		name = "Account"
	}
	if j.opts.Account == "" && a.last4 != "" && !strings.Contains(name, a.last4) {
		name += " " + a.last4
	}
	j.found = nil
	shown, err := redact(nil, []byte(name))
	if err != nil {
		return store.NewAccount{}, fmt.Errorf("redacting an account's name: %w", err)
	}
	a.shown = Cut(string(shown), maxStoredName)
	held := j.found
	if a.id.entity != "" {
		held = append(held, found{j.cfg.Token(a.id.entity, a.id.number), a.id.number})
	}
	sealed, err := j.seal(a.shown, held)
	if err != nil {
		return store.NewAccount{}, err
	}
	out := store.NewAccount{
		Key: a.key, Name: a.shown, Kind: a.Kind, Currency: j.survey.currency(a), Last4: a.last4, Fingerprints: a.prints, Sealed: sealed,
	}
	if out.Kind == "" {
		out.Kind = "other"
	}
	if a.id.entity != "" {
		out.Token = j.cfg.Token(a.id.entity, a.id.number)
	}
	return out, nil
}

// currency is what the file says, or if it does not, that of a balance or of
// the only currency it has.
func (s *survey) currency(a *account) string {
	if _, ok := store.Exponent(a.Currency); ok {
		return a.Currency
	}
	for _, b := range s.balances {
		if s.accounts[b.Account] == a {
			return b.Amount.Currency
		}
	}
	for _, t := range s.sums() {
		return t.Currency
	}
	return ""
}
