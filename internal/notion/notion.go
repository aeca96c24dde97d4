// Package notion writes pages to Notion: only where it may, only what it may,
// and in pieces that Notion accepts.
//
// Client is a small client of the REST API (https://developers.notion.com,
// versions 2022-06-28, 2025-09-03 and 2026-03-11). It uses the block and rich
// text types of github.com/jomei/notionapi for what is sent, and its own
// transport and calls for the rest, because that library resends consumed
// bodies, waits as long as a server asks, and knows neither data sources nor
// the markdown endpoints. Guard resolves where something really lies and
// refuses what is not below an allow-listed parent or is shared to the public
// web. Markdown turns text into blocks and takes out what could carry data away
// (links, images, HTML, invisible characters); Fit and Plan cut them to Notion's
// limits.
//
// Package outbox makes a write happen once; package notiontest is a server that
// behaves like the real one.
//
// # Errors
//
// An error of this package wraps one sentinel. Its text is made of fixed phrases
// and numbers: never a token, a title, a property's value or a body. What Notion
// says in a 400 is taken apart and only the parts that are Notion's own
// vocabulary are kept.
package notion

import (
	"context"
	"net/http"
	"time"
)

// Version is a version of the API, sent as Notion-Version.
type Version string

// The versions this client speaks. V20250903 brought data sources; V20260311
// renamed archived to in_trash and after to position. V20220628 is for
// workspaces whose databases have not been moved.
const (
	V20220628 Version = "2022-06-28"
	V20250903 Version = "2025-09-03"
	V20260311 Version = "2026-03-11"
)

// hasDataSources says whether databases are asked through data sources.
func (v Version) hasDataSources() bool { return v != V20220628 }

// trashField is the name of the field that trashes and restores.
func (v Version) trashField() string {
	if v == V20260311 {
		return "in_trash"
	}
	return "archived"
}

// DefaultBaseURL is where the real API is.
const DefaultBaseURL = "https://api.notion.com"

// Clock is the outside effect of time, so that tests need not wait.
type Clock interface {
	Now() time.Time
	// Sleep waits for d or until ctx ends, and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

// WallClock is the real Clock.
type WallClock struct{}

// Now is time.Now.
func (WallClock) Now() time.Time { return time.Now() }

// Sleep waits on a timer.
func (WallClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Config is what a Client needs. Transport and Token are required.
type Config struct {
	// Transport sends requests; in the program it is the egress guard.
	Transport http.RoundTripper
	// Token returns the integration's secret. It is asked before each request
	// and the answer is kept nowhere.
	Token func(context.Context) (string, error)
	// Version is the API's version; "" is V20260311.
	Version Version
	// BaseURL is scheme, host and port; "" is DefaultBaseURL.
	BaseURL string
	// Border sees every text that is about to leave (each string of a payload,
	// each run of rich text joined, and the whole payload's text joined by
	// newlines) and refuses by returning an error. nil lets everything pass: only
	// tests do that.
	Border func(text string) error
	// Clock is the time; nil is WallClock.
	Clock Clock
	// Jitter returns numbers in [0,1) that spread retries; nil is math/rand.
	Jitter func() float64
	// MaxAttempts bounds the tries of one call; 0 is DefaultMaxAttempts.
	MaxAttempts int
	// MaxWait is the longest single wait that a call accepts, whether the server
	// or our own pace asks for it; 0 is DefaultMaxWait. A longer one ends the call
	// with ErrRateLimited.
	MaxWait time.Duration
	// Pace is shared by clients that use the same token; nil is one for the whole
	// process.
	Pace *Pace
}

// Defaults of Config.
const (
	// DefaultMaxAttempts rides out a restart of a server, not an outage.
	DefaultMaxAttempts = 5
	// DefaultMaxWait is as long as a person waits for a tool.
	DefaultMaxWait = 20 * time.Second
	// connectPatience is how long a call goes on trying where no connection comes
	// about: a way out that is restarted is back after two or three seconds, and
	// whoever waits for one that is down should hear of it.
	connectPatience = 4 * time.Second
	// attemptTimeout bounds one try with its body. Notion gives up after 60 s.
	attemptTimeout = 60 * time.Second
	// maxResponse bounds a response body: 100 pages of many properties are below
	// 4 MiB.
	maxResponse = 16 << 20
)
