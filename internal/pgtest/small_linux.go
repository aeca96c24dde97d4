package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Small is a cluster whose disks can be filled: the write-ahead log lies on a
// small file system, and another one is there for a tablespace.
type Small struct {
	DSN       string // of its superuser
	Data, WAL string // the two file systems' folders, the server's user's
	c         *cluster
	settings  []string
}

// Sizes of the two file systems: for a database of some thousand rows, and for
// what it takes to make one.
const (
	smallData = 40 << 20
	smallWAL  = 40 << 20
)

// StartSmall is Start for such a cluster. It needs root, to mount. Without, the
// test is skipped and says so; as the checks run, as root, it fails if it can't.
func StartSmall(tb testing.TB, settings ...string) *Small {
	tb.Helper()
	if os.Getuid() != 0 {
		tb.Skip("a full disk is NOT TESTED: that takes root, to mount small file systems")
	}
	c := newCluster(tb)
	s := &Small{c: c, Data: filepath.Join(c.dir, "small"), WAL: filepath.Join(c.dir, "wal"), settings: settings}
	s.mount(s.Data, smallData)
	s.mount(s.WAL, smallWAL)
	c.run("initdb", "-D", c.data(), "-X", s.WAL, "--wal-segsize=1", "-U", "counterfoil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	s.DSN = c.start(settings)
	return s
}

func (s *Small) mount(path string, size int) {
	s.c.tb.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		s.c.tb.Fatal(err)
	}
	options := fmt.Sprintf("size=%d,mode=0700,uid=%d,gid=%d", size, s.c.cred.Uid, s.c.cred.Gid)
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, options); err != nil {
		if required || os.Getenv("COUNTERFOIL_REQUIRE_POSTGRES") == "1" {
			s.c.tb.Fatalf("mounting a small file system: %v", err)
		}
		s.c.tb.Skipf("a full disk is NOT TESTED: mounting a small file system: %v", err)
	}
	s.c.tb.Cleanup(func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			s.c.tb.Errorf("unmounting: %v", err)
		}
	})
}

// Fill leaves only so many bytes free on one of the file systems. The file that it
// returns takes the rest.
func (s *Small) Fill(folder string, free int64) (ballast string) {
	s.c.tb.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		s.c.tb.Fatal(err)
	}
	f, err := os.Create(filepath.Join(folder, "ballast"))
	if err != nil {
		s.c.tb.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, int64(disk.Bavail)*disk.Bsize-free); err != nil {
		s.c.tb.Fatal(err)
	}
	return f.Name()
}

// Revive starts the server if it has ended, as a service manager would.
func (s *Small) Revive() {
	s.c.tb.Helper()
	status := exec.Command(filepath.Join(s.c.bin, "pg_ctl"), "-D", s.c.data(), "status")
	status.SysProcAttr = &syscall.SysProcAttr{Credential: s.c.cred}
	status.Dir = s.c.dir
	const notRunning = 3 // as pg_ctl's manual has it
	if status.Run(); status.ProcessState != nil && status.ProcessState.ExitCode() == notRunning {
		if err := s.c.launch(s.settings); err != nil {
			s.c.tb.Fatal(err)
		}
	}
}
