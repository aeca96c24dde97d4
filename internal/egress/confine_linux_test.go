package egress

import (
	"errors"
	"net"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConfine confines one thread and tries from it what is listed and what is
// not. A kernel without these rules has to say so.
func TestConfine(t *testing.T) {
	open, shut := listenLoopback(t), listenLoopback(t)
	failed := make(chan []string)
	go func() {
		runtime.LockOSThread() // not unlocked: the thread ends with this
		failed <- confined(open, shut)
	}()
	for _, what := range <-failed {
		t.Error(what)
	}
	if c, err := net.Dial("tcp", shut.String()); err != nil {
		t.Errorf("another thread is confined too: %v", err)
	} else {
		c.Close()
	}
}

func confined(open, shut *net.TCPAddr) (failed []string) {
	p := Ports{Connect: []uint16{uint16(open.Port)}, Listen: []uint16{0}}
	if Confined(p) {
		failed = append(failed, "confined before Confine")
	}
	if _, err := Confine(p); errors.Is(err, ErrUnconfined) {
		if Confined(p) {
			failed = append(failed, "the kernel confines and said that it can't")
		}
		return failed
	} else if err != nil {
		return append(failed, err.Error())
	}
	if !Confined(p) {
		failed = append(failed, "a port that is not listed can be listened on")
	}
	for _, c := range []struct {
		addr string
		want error
	}{
		{open.String(), nil}, {shut.String(), unix.EACCES}, {"[::1]:" + strconv.Itoa(shut.Port), unix.EACCES},
	} {
		conn, err := net.Dial("tcp", c.addr)
		if err == nil {
			conn.Close()
		}
		if errors.Is(err, unix.EAFNOSUPPORT) {
			continue // a machine without IPv6
		}
		if !errors.Is(err, c.want) {
			failed = append(failed, "connecting: "+c.addr+": got "+errorText(err))
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return append(failed, "port 0 is listed: "+err.Error())
	}
	l.Close()
	return failed
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

func listenLoopback(t *testing.T) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr)
}

func TestPortsOfAConfig(t *testing.T) {
	c := Config{Destinations: []Destination{{Host: "api.notion.com"}, {Host: "collector.example.net", Port: 4318}}}
	if got := (Ports{Connect: c.Ports()}).Normal().Connect; !slices.Equal(got, []uint16{53, 443, 4318}) {
		t.Errorf("got %v", got)
	}
	c.Destinations = append(c.Destinations, Destination{Host: "10.0.0.1", Port: 3128})
	c.Proxy = "http://10.0.0.1:3128"
	if got := c.Ports(); !slices.Equal(got, []uint16{3128}) {
		t.Errorf("behind a proxy: %v", got)
	}
	if got := (Config{}).Ports(); len(got) != 0 {
		t.Errorf("without destinations: %v", got)
	}
}
