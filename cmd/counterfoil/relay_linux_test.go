package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// TestWrongUser: a process of another user that gets as far as the socket, here
// because root opened every door, is refused on each route, on record, before
// anything of it is read. Without root the refusal is tested by TestTicketless.
func TestWrongUser(t *testing.T) {
	if os.Getuid() != 0 {
		return
	}
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	d := mustDesk(t, dir)
	sock := filepath.Join(dir, "run", "sock")
	err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(sock), 0o755), os.Chmod(sock, 0o666))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/mcp", "/local/v1/" + "hello", "/local/v1/" + "batches", "/healthz"} {
		got, err := asNobody(sock, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
		if err != nil || !strings.HasPrefix(got, "HTTP/1.1 403 ") {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if err := d.end(); err != nil {
		t.Error(err)
	}
	setuptest.CheckRefusal(t, dir)
}

// asNobody connects as another user: it gives up the identity of one thread,
// which then ends with its goroutine.
func asNobody(sock, request string) (answer string, err error) {
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock
		if _, _, no := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), nobody, ^uintptr(0)); no != 0 {
			err = no
			return
		}
		var c net.Conn
		if c, err = net.Dial("unix", sock); err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		if _, err = c.Write([]byte(request)); err != nil {
			return
		}
		buf := make([]byte, 512)
		n, readErr := c.Read(buf)
		answer, err = string(buf[:n]), readErr
	}()
	<-done
	return answer, err
}
