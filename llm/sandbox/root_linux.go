//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mount is one path that the engine will see.
type mount struct {
	Source string `json:"source"` // on the host, without links
	Path   string `json:"path"`   // in the sandbox
	Write  bool   `json:"write,omitempty"`
	Run    bool   `json:"run,omitempty"` // may be executed or mapped as code
}

// devices are all that an engine gets.
var devices = []string{"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}

// tree makes the engine's root at dir out of the mounts and enters it; nothing
// of the old root can be reached afterwards.
func tree(dir string, mounts []mount) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,mode=0755"); err != nil {
		return fmt.Errorf("mounting the root: %w", err)
	}
	if err := scratch(dir); err != nil {
		return err
	}
	for _, d := range devices {
		if err := bind(dir, mount{Source: d, Path: d}, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC); err != nil {
			return err
		}
	}
	for _, m := range mounts {
		if err := bind(dir, m, attributes(m)); err != nil {
			return err
		}
	}
	return enter(dir)
}

func attributes(m mount) uint64 {
	attr := uint64(unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV)
	if !m.Write {
		attr |= unix.MOUNT_ATTR_RDONLY
	}
	if !m.Run {
		attr |= unix.MOUNT_ATTR_NOEXEC
	}
	return attr
}

// scratch is the engine's /tmp. It comes before the mounts, some of which may
// lie below it.
func scratch(dir string) error {
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", tmp, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, fmt.Sprintf("size=%d,mode=0700", tmpBytes)); err != nil {
		return fmt.Errorf("mounting its /tmp: %w", err)
	}
	return nil
}

// bind shows one path of the host below dir.
func bind(dir string, m mount, attr uint64) error {
	target := filepath.Join(dir, m.Path)
	info, err := os.Stat(m.Source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(target, 0o755)
	} else {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err != nil {
		return err
	}
	if err := unix.Mount(m.Source, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("showing a path: %w", err)
	}
	set := unix.MountAttr{Attr_set: attr}
	if err := unix.MountSetattr(unix.AT_FDCWD, target, 0, &set); err != nil {
		return fmt.Errorf("limiting a path: %w", err)
	}
	return nil
}

// enter makes dir the root, lets go of the old one, and closes the new one to
// writing.
func enter(dir string) error {
	if err := unix.Chdir(dir); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("changing the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("letting go of the old root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	set := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", 0, &set); err != nil {
		return fmt.Errorf("closing the root: %w", err)
	}
	return nil
}
