package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Tenant is a tenant with its login roles. A password that is "" is not set:
// the role then logs in by what pg_hba.conf allows without one (peer, cert).
type Tenant struct {
	Name    string // lower-case letters, digits and _, at most 40, a letter first
	Reader  Login
	Writer  Login
	Auditor Login
}

// Login is a role that logs in.
type Login struct {
	Role     string // "" is cf_NAME_reader, cf_NAME_writer or cf_NAME_auditor
	Password string
}

// maxConnections bounds the connections of each login role: several replicas
// with a pool each, and no tenant that takes all the server has.
const maxConnections = 40

var tenantName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// CreateTenant makes a tenant and its login roles, by the login that migrated,
// and admits them to the modules. A tenant or a role of that name is
// store.ErrConflict.
func CreateTenant(ctx context.Context, dsn string, allowPlain bool, t Tenant, modules ...Module) error {
	const what = "creating a tenant"
	if !tenantName.MatchString(t.Name) {
		return fmt.Errorf("%s: %w: a name is a letter and up to 39 letters, digits or _, in lower case", what, store.ErrInvalid)
	}
	return administer(ctx, dsn, allowPlain, what, func(ctx context.Context, tx pgx.Tx) error {
		var id int32
		err := tx.QueryRow(ctx, "INSERT INTO counterfoil.tenant (name) VALUES ($1) RETURNING id", t.Name).Scan(&id)
		if err != nil {
			return taken(err)
		}
		logins := t.logins()
		for kind, login := range logins {
			if err := createLogin(ctx, tx, id, kind, login); err != nil {
				return taken(err)
			}
		}
		if err := createHead(ctx, tx, id); err != nil {
			return err
		}
		return admit(ctx, tx, t.Name, logins, modules)
	})
}

func admit(ctx context.Context, tx pgx.Tx, tenant string, logins map[string]Login, modules []Module) error {
	if err := enter(ctx, tx); err != nil {
		return err
	}
	for _, m := range modules {
		if err := m.Admit(ctx, tx, tenant, logins["reader"].Role, logins["auditor"].Role); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

// createHead makes the head row. Row-level security binds its owner, too, until
// it says which tenant it administers.
func createHead(ctx context.Context, tx pgx.Tx, id int32) error {
	if err := administerTenant(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "INSERT INTO counterfoil.head VALUES ($1, 0)", id)
	return err
}

// administerTenant lets the owner of the schema see one tenant's rows until the
// end of the transaction.
func administerTenant(ctx context.Context, tx pgx.Tx, id int32) error {
	_, err := tx.Exec(ctx, "SELECT set_config('counterfoil.administered', $1, true)", strconv.Itoa(int(id)))
	return err
}

func (t *Tenant) logins() map[string]Login {
	logins := map[string]Login{"reader": t.Reader, "writer": t.Writer, "auditor": t.Auditor}
	for kind, login := range logins {
		if login.Role == "" {
			login.Role = "cf_" + t.Name + "_" + kind
		}
		logins[kind] = login
	}
	return logins
}

// taken turns the refusal of a name into a conflict.
func taken(err error) error {
	if state := sqlState(err); state == "23505" || state == "42710" {
		return fmt.Errorf("%w: the tenant or its role exists", store.ErrConflict)
	}
	return err
}

func createLogin(ctx context.Context, tx pgx.Tx, tenant int32, kind string, login Login) error {
	role := pgx.Identifier{login.Role}.Sanitize()
	password := ""
	if login.Password != "" {
		verifier, err := scram(login.Password)
		if err != nil {
			return err
		}
		password = " PASSWORD '" + verifier + "'"
	}
	sql := fmt.Sprintf("CREATE ROLE %s LOGIN INHERIT NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT %d%s IN ROLE counterfoil_%s",
		role, maxConnections, password, kind)
	if _, err := tx.Exec(ctx, sql); err != nil {
		return err
	}
	if kind != "writer" {
		if _, err := tx.Exec(ctx, "ALTER ROLE "+role+" SET default_transaction_read_only = on"); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "INSERT INTO counterfoil.login VALUES ($1, $2)", login.Role, tenant)
	return err
}

// scramRounds is what PostgreSQL itself uses (RFC 7677 asks for 4096 at least).
const scramRounds = 4096

// scram returns the SCRAM-SHA-256 verifier of a password (RFC 5802 section 3, in
// the form of PostgreSQL's pg_authid), so that the server and its log never see
// the password.
func scram(password string) (string, error) {
	for i := range len(password) {
		if password[i] < 0x20 || password[i] > 0x7e {
			return "", fmt.Errorf("%w: a password is printable ASCII", store.ErrInvalid) // SASLprep leaves it as it is
		}
	}
	var salt [16]byte
	rand.Read(salt[:])
	salted, err := pbkdf2.Key(sha256.New, password, salt[:], scramRounds, sha256.Size)
	if err != nil {
		return "", err
	}
	client := sha256.Sum256(mac(salted, "Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", scramRounds, encode(salt[:]), encode(client[:]), encode(mac(salted, "Server Key"))), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Tenants returns the names of the tenants, bytewise in order.
func Tenants(ctx context.Context, dsn string, allowPlain bool) (names []string, err error) {
	err = administer(ctx, dsn, allowPlain, "listing tenants", func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name FROM counterfoil.tenant ORDER BY name")
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return names, err
}

// tenantTables are those whose rows go with a tenant.
var tenantTables = []string{"batch", "account", "account_version", "vault", "known", "name", "tx", "rollup", "rollup_point", "rollup_sum", "detail",
	"source_kind", "source_key", "content_key", "balance", "epoch", "file_name", "ending", "head"}

// DropTenant removes a tenant, all its rows and its login roles, for good and in
// one transaction, and expels it from the modules. A name that is none is
// store.ErrNotFound.
func DropTenant(ctx context.Context, dsn string, allowPlain bool, name string, modules ...Module) error {
	return administer(ctx, dsn, allowPlain, "dropping a tenant", func(ctx context.Context, tx pgx.Tx) error {
		var id int32
		err := tx.QueryRow(ctx, "SELECT id FROM counterfoil.tenant WHERE name = $1 FOR UPDATE", name).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := administerTenant(ctx, tx, id); err != nil {
			return err
		}
		for _, table := range tenantTables {
			if _, err := tx.Exec(ctx, "DELETE FROM counterfoil."+table+" WHERE tenant = $1", id); err != nil {
				return err
			}
		}
		if err := enter(ctx, tx); err != nil {
			return err
		}
		for _, m := range modules {
			if err := m.Expel(ctx, tx, name); err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
		}
		return dropLogins(ctx, tx, id)
	})
}

func dropLogins(ctx context.Context, tx pgx.Tx, id int32) error {
	rows, err := tx.Query(ctx, "DELETE FROM counterfoil.login WHERE tenant = $1 RETURNING role::text", id)
	if err != nil {
		return err
	}
	roles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, role := range roles {
		if err := dropLogin(ctx, tx, role); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "DELETE FROM counterfoil.tenant WHERE id = $1", id)
	return err
}

// dropLogin ends a role's sessions, which may hold a temporary table, and drops
// it.
func dropLogin(ctx context.Context, tx pgx.Tx, role string) error {
	name := pgx.Identifier{role}.Sanitize()
	if _, err := tx.Exec(ctx, "GRANT "+name+" TO CURRENT_USER"); err != nil { // who may end its sessions
		return err
	}
	_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE usename = $1", role, connectTimeout.Milliseconds())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DROP ROLE "+name)
	return err
}

// IsTenantName reports whether a tenant can have this name.
func IsTenantName(name string) bool { return tenantName.MatchString(name) }
