package notion

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Client calls the API. It is safe for concurrent use and holds no secret.
type Client struct {
	cfg    Config
	base   *url.URL
	sender *retrier
}

// New checks the configuration. It connects to nothing.
func New(cfg Config) (*Client, error) {
	if cfg.Transport == nil || cfg.Token == nil {
		return nil, errors.New("notion: a transport and a token provider are needed")
	}
	if cfg.Version == "" {
		cfg.Version = V20260311
	}
	if v := cfg.Version; v != V20220628 && v != V20250903 && v != V20260311 {
		return nil, errors.New("notion: unknown API version: use 2022-06-28, 2025-09-03 or 2026-03-11")
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil || base.Host == "" || base.User != nil || (base.Path != "" && base.Path != "/") || base.RawQuery != "" {
		return nil, errors.New("notion: base URL is not of the form https://host")
	}
	if cfg.Clock == nil {
		cfg.Clock = WallClock{}
	}
	return &Client{cfg: cfg, base: base, sender: newRetrier(cfg)}, nil
}

// Version is the API version that the client speaks.
func (c *Client) Version() Version { return c.cfg.Version }

// Clock is the client's clock.
func (c *Client) Clock() Clock { return c.cfg.Clock }

// String keeps a printed client from showing its parts.
func (c *Client) String() string { return "notion.Client(" + string(c.cfg.Version) + ")" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// call sends one request and decodes its answer into out, which may be nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	req, err := c.request(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	resp, err := c.sender.RoundTrip(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fail(ErrUnavailable, "the answer can't be read")
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refused(resp, body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		// A 200 that is no JSON: a captive portal or a broken proxy. What became
		// of a write can't be told.
		return &Error{Kind: unreadable(method, path), Status: resp.StatusCode, Reason: "the answer is not what Notion sends"}
	}
	return nil
}

func unreadable(method, path string) error {
	if safe(method, path) {
		return ErrUnavailable
	}
	return ErrAmbiguous
}

func (c *Client) refused(resp *http.Response, body []byte) error {
	var w wireError
	_ = json.Unmarshal(body, &w) // HTML of a proxy leaves w empty
	e := answerError(resp.StatusCode, w)
	if e.Kind == ErrRateLimited {
		e.Wait, _ = retryAfter(resp.Header.Get("Retry-After"), c.cfg.Clock.Now())
	}
	return e
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, in any) (*http.Request, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = encode(in); err != nil {
			return nil, fail(ErrInvalid, "the payload can't be encoded")
		}
		if len(body) > MaxPayloadBytes {
			return nil, fail(ErrInvalid, "the payload is too large")
		}
		if err := c.scan(body); err != nil {
			return nil, err
		}
	}
	u := *c.base
	u.Path, u.RawQuery = path, query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fail(ErrInvalid, "the request can't be formed")
	}
	token, err := c.cfg.Token(ctx)
	if err != nil || !plainToken(token) {
		return nil, fail(ErrDenied, "there is no usable token")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Notion-Version", string(c.cfg.Version))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "counterfoil")
	if in == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
		return req, nil
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

// plainToken refuses what could not stand in a header.
func plainToken(t string) bool {
	return t != "" && len(t) <= 512 && !strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' })
}

// encode is JSON without the six-byte forms of <, > and &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// CheckID returns the dashed lower-case form of a Notion id: 32 hexadecimal
// digits with or without dashes. It takes no URL.
func CheckID(id string) (string, error) {
	id = strings.ToLower(id)
	if !uuidForm.MatchString(id) {
		return "", fail(ErrInvalid, "an id is not 32 hexadecimal digits")
	}
	h := strings.ReplaceAll(id, "-", "")
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// path joins fixed segments and one checked id.
func path(before, id, after string) (string, error) {
	dashed, err := CheckID(id)
	if err != nil {
		return "", err
	}
	return "/v1/" + before + "/" + dashed + after, nil
}

// List is one page of a paginated answer.
type List[T any] struct {
	Results    []T    `json:"results"`
	NextCursor string `json:"next_cursor"`
	HasMore    bool   `json:"has_more"`
}

// Bot is the integration behind the token.
type Bot struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// Me returns the integration's own user.
func (c *Client) Me(ctx context.Context) (Bot, error) {
	var b Bot
	err := c.call(ctx, http.MethodGet, "/v1/users/me", nil, nil, &b)
	if err == nil && b.ID == "" {
		err = fail(ErrUnavailable, "the answer names no user")
	}
	return b, err
}

// millis is how Notion writes instants.
const millis = "2006-01-02T15:04:05.000Z07:00"

func parseTime(s string) time.Time {
	t, err := time.Parse(millis, s)
	if err != nil {
		t, _ = time.Parse(time.RFC3339Nano, s)
	}
	return t
}

// cursorForm bounds what a caller can send out as a cursor, which the border
// does not look at.
var cursorForm = regexp.MustCompile(`^[A-Za-z0-9_=-]{1,128}$`)

func pageQuery(cursor string, size int) (url.Values, error) {
	if size < 1 || size > MaxPageSize {
		return nil, fail(ErrInvalid, fmt.Sprintf("a page holds 1 to %d results", MaxPageSize))
	}
	if cursor != "" && !cursorForm.MatchString(cursor) {
		return nil, fail(ErrInvalid, "the cursor is not one of Notion's")
	}
	q := url.Values{"page_size": {fmt.Sprint(size)}}
	if cursor != "" {
		q.Set("start_cursor", cursor)
	}
	return q, nil
}
