package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/mcp"
)

// The owner of a data folder listens on run/sock. Where that path is too long
// for a socket, it listens in the user's runtime folder and run/sock.path says
// where. Whoever holds run/owner.lock may replace the socket and that file.

// maxPointer bounds run/sock.path in bytes.
const maxPointer = 4 << 10

func socketPointer(h *home.Home) string { return h.Data("run", "sock.path") }

// ownerSocket is where the owner listens, or would.
func ownerSocket(h *home.Home) string {
	text, err := bounded.ReadFile(socketPointer(h), maxPointer)
	if path := strings.TrimSpace(string(text)); err == nil && filepath.IsAbs(path) {
		return path
	}
	return h.Data("run", "sock")
}

// claimSocket chooses where to listen and says so in the data folder. Only the
// holder of the lock may call it.
func claimSocket(h *home.Home) (string, error) {
	path := h.Data("run", "sock")
	if len(path) <= mcp.MaxSocketPath {
		if err := os.Remove(socketPointer(h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return path, nil
	}
	sum := sha256.Sum256([]byte(h.DataDir))
	name := hex.EncodeToString(sum[:8]) + ".sock"
	var errs []error
	for _, dir := range runtimeFolders(h) {
		path := filepath.Join(dir, name)
		if len(path) > mcp.MaxSocketPath {
			continue
		}
		if err := privateFolder(dir); err != nil {
			errs = append(errs, err)
			continue
		}
		return path, durable.Replace(socketPointer(h), []byte(path+"\n"), durable.FileMode)
	}
	return "", errors.Join(append(errs, errors.New("the path of the data folder is too long for a socket, and there is no runtime folder to put it in"))...)
}

// runtimeFolders lists where a socket may lie instead, best first. See the XDG
// base directory specification for the first.
func runtimeFolders(h *home.Home) (dirs []string) {
	if dir := h.Env["XDG_RUNTIME_DIR"]; filepath.IsAbs(dir) {
		dirs = append(dirs, filepath.Join(dir, "counterfoil"))
	}
	own := "counterfoil-" + strconv.Itoa(os.Getuid())
	dirs = append(dirs, filepath.Join(os.TempDir(), own))
	return append(dirs, filepath.Join("/tmp", own)) // macOS has a long TMPDIR
}

// privateFolder makes a folder that only this user can enter, or finds it so. In
// a temporary folder somebody else may have made it before, or a link.
func privateFolder(dir string) error {
	if err := os.Mkdir(dir, durable.DirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making a runtime folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("making a runtime folder: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !mcp.OwnedByUser(info) {
		return fmt.Errorf("the runtime folder %s is not a folder of this user alone (chmod 700)", dir)
	}
	return nil
}
