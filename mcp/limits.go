package mcp

import "time"

// Limits bounds what one server spends on its clients. Every field whose value
// is zero takes its default; no value means "unlimited".
type Limits struct {
	BodyBytes       int           // one HTTP request body, in bytes
	LineBytes       int           // one line of stdio, in bytes, without its newline
	HeaderBytes     int           // all headers of one HTTP request, in bytes
	Depth           int           // nesting of one JSON message
	Calls           int           // requests being answered at one time, all clients
	CallsPerClient  int           // the same, for one principal
	Conns           int           // open HTTP connections
	Streams         int           // open GET streams, all clients
	Sessions        int           // sessions of the handshake revisions, all clients
	SessionsPerUser int           // the same, for one principal
	Progress        int           // progress notifications of one call
	HeaderTimeout   time.Duration // from connecting to the last header byte
	BodyTimeout     time.Duration // from the last header byte to the last body byte
	WriteTimeout    time.Duration // one write to a client that does not read
	IdleTimeout     time.Duration // a kept-alive connection without a request
	SessionIdle     time.Duration // a session without a request
	DrainTimeout    time.Duration // calls in flight when the server is told to stop
}

// The defaults of Limits, each with its reason.
const (
	// DefaultBodyBytes is many times the largest legal arguments (a hundred
	// ids, or one report to publish) and small enough that all bodies that may
	// be held at one time, DefaultCalls large ones, fit in 64 MiB.
	DefaultBodyBytes = 1 << 20
	// DefaultLineBytes is DefaultBodyBytes: one message is one line.
	DefaultLineBytes = DefaultBodyBytes
	// DefaultHeaderBytes holds a bearer token and the MCP headers with room to
	// spare.
	DefaultHeaderBytes = 16 << 10
	// DefaultDepth is ten times what any tool's schema nests.
	DefaultDepth = 64
	// DefaultCalls keeps the queue in front of the store short; more is refused
	// at once rather than left to time out.
	DefaultCalls = 64
	// DefaultCallsPerClient leaves half of DefaultCalls to everybody else.
	DefaultCallsPerClient = 32
	// DefaultConns bounds the memory of idle connections, about 30 KB each.
	DefaultConns = 512
	// DefaultStreams bounds the GET streams, each of which holds a connection.
	DefaultStreams = 256
	// DefaultSessions bounds what abandoned handshakes cost, about 10 KB each.
	DefaultSessions = 1024
	// DefaultSessionsPerUser keeps one principal from using up DefaultSessions;
	// its least recently used session gives way.
	DefaultSessionsPerUser = 128
	// DefaultProgress is far above what a deadline of one minute can show.
	DefaultProgress = 10_000
	// DefaultHeaderTimeout ends connections that send headers byte by byte.
	DefaultHeaderTimeout = 5 * time.Second
	// DefaultBodyTimeout allows DefaultBodyBytes at 70 kB/s.
	DefaultBodyTimeout = 15 * time.Second
	// DefaultWriteTimeout ends calls whose client stopped reading.
	DefaultWriteTimeout = 30 * time.Second
	// DefaultIdleTimeout is above the usual keep-alive of proxies.
	DefaultIdleTimeout = 2 * time.Minute
	// DefaultSessionIdle outlasts a pause in a conversation.
	DefaultSessionIdle = 30 * time.Minute
	// DefaultDrainTimeout is below the ten seconds after which container
	// runtimes kill.
	DefaultDrainTimeout = 8 * time.Second
)

func (l Limits) withDefaults() Limits {
	pick(&l.BodyBytes, DefaultBodyBytes)
	pick(&l.LineBytes, DefaultLineBytes)
	pick(&l.HeaderBytes, DefaultHeaderBytes)
	pick(&l.Depth, DefaultDepth)
	pick(&l.Calls, DefaultCalls)
	pick(&l.CallsPerClient, DefaultCallsPerClient)
	pick(&l.Conns, DefaultConns)
	pick(&l.Streams, DefaultStreams)
	pick(&l.Sessions, DefaultSessions)
	pick(&l.SessionsPerUser, DefaultSessionsPerUser)
	pick(&l.Progress, DefaultProgress)
	pick(&l.HeaderTimeout, DefaultHeaderTimeout)
	pick(&l.BodyTimeout, DefaultBodyTimeout)
	pick(&l.WriteTimeout, DefaultWriteTimeout)
	pick(&l.IdleTimeout, DefaultIdleTimeout)
	pick(&l.SessionIdle, DefaultSessionIdle)
	pick(&l.DrainTimeout, DefaultDrainTimeout)
	return l
}

// pick replaces a value that bounds nothing by its default.
func pick[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}
