package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/store"
)

// TestSilence pins that a server which is there and says nothing ends what waits for
// it, with or without a deadline of its own, and that this is told as what it is. It
// is no lost connection: a read is not tried again.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const statement = 30 * time.Second
		var cfg pgconn.Config
		var server net.Conn
		cfg.DialFunc = func(context.Context, string, string) (client net.Conn, err error) {
			client, server = net.Pipe()
			return client, nil
		}
		endSilence(&cfg, statement)
		for what, do := range map[string]func(net.Conn) error{
			"a read":  func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err },
			"a write": func(c net.Conn) error { _, err := c.Write([]byte("Q")); return err },
		} {
			c, err := cfg.DialFunc(t.Context(), "tcp", "192.0.2.1:5432")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour) // an idle connection stays
			go server.Write([]byte("x"))
			if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Fatalf("%s: the server's answer: %d, %v", what, n, err)
			}
			begun := time.Now()
			err = do(c)
			if took := time.Since(begun); !errors.Is(err, errSilent) || took != statement+silenceAfter {
				t.Errorf("%s ended with %v after %v", what, err, took)
			}
			told := wrap(t.Context(), "reading", err)
			if !errors.Is(told, store.ErrUnavailable) || !strings.Contains(told.Error(), "did not answer in time") || isLost(err) {
				t.Errorf("%s is told as %v", what, told)
			}
			server.Close()
		}
	})
}

// TestConnectingToSilence: a server that accepts and says nothing is told apart from
// one that is not there.
func TestConnectingToSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool, err := parse("host=127.0.0.1 user=u dbname=d", false)
		if err != nil {
			t.Fatal(err)
		}
		cfg := pool.ConnConfig
		cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go io.Copy(io.Discard, server)
			t.Cleanup(func() { server.Close() })
			return client, nil
		}
		begun := time.Now()
		_, err = pgx.ConnectConfig(t.Context(), cfg)
		told := wrap(t.Context(), "opening the store", err)
		if took := time.Since(begun); took != connectTimeout || !strings.Contains(told.Error(), "did not answer in time") {
			t.Errorf("%v after %v", told, took)
		}
	})
}
