package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/lockfile"
)

// Bounds of the witness's HTTP server: a request is a few kilobytes.
const (
	witnessReadTimeout = 10 * time.Second
	witnessIdleTimeout = 2 * time.Minute
	witnessMaxHeader   = 16 << 10
	witnessStopTimeout = 5 * time.Second
)

func newWitnessCmd(a *app) *cobra.Command {
	var dir, addr, name string
	var keys []string
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Run a witness for other machines' logs",
		Long: `Run a C2SP tlog-witness: it cosigns a log's checkpoint only if that extends the one
it cosigned before. Run it on another machine than the log. At the first start it makes
its key; the verifier key goes to standard output, to be pinned by auditors and put into
the log's config. TLS is a reverse proxy's business.`,
		Example: `  counterfoil witness --dir /var/lib/witness --name witness.example/w1 --log log.pub --http 127.0.0.1:7172`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.witness(cmd.Context(), dir, name, addr, keys)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` that keeps the witness's key and memory")
	cmd.Flags().StringVar(&addr, "http", "127.0.0.1:7172", "`address` to serve on")
	cmd.Flags().StringVar(&name, "name", "", "`name` of a new witness: a URL without its scheme")
	cmd.Flags().StringArrayVar(&keys, "log", nil, "verifier `key` of a log to witness, or a file with it; may be given more than once")
	must(cmd.MarkFlagDirname("dir"))
	return cmd
}

func (a *app) witness(ctx context.Context, dir, name, addr string, keys []string) error {
	if dir == "" || len(keys) == 0 {
		return exit.Fail(exit.Usage, "", "name a folder with --dir and a log's key with --log")
	}
	logs, err := keysOrFiles(keys)
	if err != nil {
		return err
	}
	signer, err := a.witnessKey(dir, name)
	if err != nil {
		return err
	}
	// Two that share a memory could each cosign a branch of a forked log.
	lock, err := lockfile.Acquire(filepath.Join(dir, "lock"))
	if err != nil {
		return fmt.Errorf("taking the witness's folder: %w", err)
	}
	defer lock.Release()
	handler, err := audit.NewWitnessServer(dir, signer, logs)
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return exit.Fail(exit.Usage, "", "listening: %w", err)
	}
	a.UI.Notef("witness %s listens on http://%s", signer.Name(), listener.Addr())
	return serveWitness(ctx, listener, handler)
}

func serveWitness(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadTimeout: witnessReadTimeout, WriteTimeout: witnessReadTimeout,
		IdleTimeout: witnessIdleTimeout, MaxHeaderBytes: witnessMaxHeader,
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), witnessStopTimeout)
	defer cancel()
	return srv.Shutdown(stop)
}

// witnessKey loads the witness's key, or makes it, and prints the verifier key.
func (a *app) witnessKey(dir, name string) (*audit.CosignatureSigner, error) {
	private, public := dir+"/witness.key", dir+"/witness.pub"
	skey, err := audit.ReadKey(private)
	if errors.Is(err, fs.ErrNotExist) {
		if name == "" {
			return nil, exit.Fail(exit.Usage, "name it with --name", "a new witness needs a name")
		}
		skey, err = makeWitnessKey(dir, private, public, name)
	}
	if err != nil {
		return nil, auditor.WithHint(a.Home, err)
	}
	signer, err := audit.NewCosignatureSigner(skey, a.Now)
	if err != nil {
		return nil, exit.Fail(exit.NoKey, "", "the witness's key is not readable")
	}
	vkey, err := audit.ReadKey(public)
	if err != nil {
		return nil, exit.Fail(exit.NoKey, "", "reading witness.pub: %w", err)
	}
	if name != "" && name != signer.Name() {
		return nil, exit.Fail(exit.Conflict, "leave --name out, or give another witness a folder of its own", "the witness of this folder is called %s", signer.Name())
	}
	a.UI.Printf("%s\n", vkey)
	return signer, a.UI.Broken
}

func makeWitnessKey(dir, private, public, name string) (string, error) {
	skey, vkey, err := audit.GenerateWitnessKey(name)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, durable.DirMode); err != nil {
		return "", err
	}
	if err := durable.Replace(public, []byte(vkey+"\n"), durable.FileMode); err != nil {
		return "", err
	}
	return skey, durable.Replace(private, []byte(skey+"\n"), durable.FileMode)
}
