// Command probe is what verify.sh looks around with, from inside the network of
// a container. It is a module of its own, so that the program itself stays
// without a way to dial.
//
//	probe listen PORT...        echo over TCP and UDP on each port
//	probe echo tcp|udp ADDRESS  succeed if ADDRESS echoes
//	probe open ADDRESS          succeed if a TCP connection is made
//	probe lookup NAME [SERVER]  succeed if the name resolves
//	probe connect PROXY TARGET  print the status of a CONNECT
//	probe call URL TOOL ARGS    print what an MCP call gave: "ok", or its error
//	probe load URL SECONDS      call without pause, try again what fails, and print
//	                            the receipts; succeed if no call failed for good
//
// The last two take a token from TOKEN (load: several, one client each) and the
// CA's certificate from CA, both in the environment.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// patience bounds one attempt; everything that may answer is near.
const patience = time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 2 && args[0] == "listen":
		return listen(args[1:])
	case len(args) == 3 && args[0] == "echo":
		return echo(args[1], args[2])
	case len(args) == 2 && args[0] == "open":
		conn, err := net.DialTimeout("tcp", args[1], patience)
		if err == nil {
			conn.Close()
		}
		return err
	case len(args) >= 2 && args[0] == "lookup":
		return lookup(args[1], append(args[2:], "")[0])
	case len(args) == 3 && args[0] == "connect":
		return connect(args[1], args[2])
	case len(args) == 4 && args[0] == "call":
		return call(args[1], args[2], args[3])
	case len(args) == 3 && args[0] == "load":
		return load(args[1], args[2])
	}
	return fmt.Errorf("unknown arguments")
}

func listen(ports []string) error {
	ended := make(chan error)
	for _, port := range ports {
		l, err := net.Listen("tcp", ":"+port)
		if err != nil {
			return err
		}
		p, err := net.ListenPacket("udp", ":"+port)
		if err != nil {
			return err
		}
		go func() { ended <- echoTCP(l) }()
		go func() { ended <- echoUDP(p) }()
	}
	fmt.Println("listening")
	return <-ended
}

func echoTCP(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			io.Copy(conn, conn)
		}()
	}
}

func echoUDP(p net.PacketConn) error {
	buf := make([]byte, 1500)
	for {
		n, from, err := p.ReadFrom(buf)
		if err != nil {
			return err
		}
		p.WriteTo(buf[:n], from)
	}
}

func echo(network, address string) error {
	conn, err := net.DialTimeout(network, address, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte("hello")); err != nil {
		return err
	}
	got := make([]byte, 5)
	_, err = io.ReadFull(conn, got)
	return err
}

func lookup(name, server string) error {
	r := &net.Resolver{PreferGo: true}
	if server != "" {
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	_, err := r.LookupHost(ctx, name)
	return err
}

func connect(proxy, target string) error {
	conn, err := net.DialTimeout("tcp", proxy, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * patience))
	fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	fmt.Println(resp.StatusCode)
	return resp.Body.Close()
}
