// Package remote asks a key service over HTTP: bounded in time and size, retried
// where that is safe, and with errors that say what to do and quote nothing that
// the service said.
package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Sentinel errors.
var (
	// ErrUnavailable means that the service could not be reached, was too slow, or
	// said that it can't answer now.
	ErrUnavailable = errors.New("the key service can't be reached or does not answer now; try again")
	// ErrDenied means that the service refuses the credentials.
	ErrDenied = errors.New("the key service refuses the credentials; check them, and what they may use")
	// ErrNoSuchKey means that the key is not there, disabled or about to be deleted.
	ErrNoSuchKey = errors.New("the key service does not have that key, or it is disabled; check its name")
	// ErrRefused means that the service will not unwrap this: it is damaged, or was
	// wrapped by another key or for another place.
	ErrRefused = errors.New("the key service can't unwrap this: it is damaged, or another key wrapped it")
	// ErrAnswer means that the answer is not what the service documents.
	ErrAnswer = errors.New("the answer of the key service can't be read; check its address")
)

// Bounds of one operation. With seal.KEKTimeout over all of it.
const (
	// attemptTimeout bounds one try, so that a lost packet leaves room for another.
	attemptTimeout = 3 * time.Second
	// maxTries of what may be repeated.
	maxTries = 3
	// firstWait comes before the second try, twice that before the third.
	firstWait = 50 * time.Millisecond
	// maxAnswer bounds an answer in bytes; the longest known is under 8 KB.
	maxAnswer = 64 << 10
)

// Client asks one service.
type Client struct {
	// HTTP goes through internal/egress.
	HTTP *http.Client
	// Judge turns an answer other than 2xx into one of the sentinels. nil goes by
	// the status alone.
	Judge func(status int, body []byte) error
}

// Ask sends what request makes, and decodes a JSON answer into into, unless that
// is nil. Only what is repeatable is tried again, and only after ErrUnavailable:
// wrapping and unwrapping change nothing at the service.
func (c *Client) Ask(ctx context.Context, repeatable bool, request func(context.Context) (*http.Request, error), into any) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := c.once(ctx, request, into)
		if !errors.Is(err, ErrUnavailable) || !repeatable || try == maxTries || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, request func(context.Context) (*http.Request, error), into any) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	req, err := request(ctx)
	if err != nil {
		return err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return ErrUnavailable // whose own text has the address
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	defer clear(body)
	switch {
	case err != nil:
		return ErrUnavailable // cut off
	case len(body) > maxAnswer:
		return ErrAnswer
	case resp.StatusCode/100 != 2:
		return c.judge(resp.StatusCode, body)
	case into == nil:
		return nil
	case json.Unmarshal(body, into) != nil:
		return ErrAnswer
	}
	return nil
}

func (c *Client) judge(status int, body []byte) error {
	if c.Judge != nil {
		if err := c.Judge(status, body); err != nil {
			return fmt.Errorf("%w (status %d)", err, status)
		}
	}
	return fmt.Errorf("%w (status %d)", ByStatus(status), status)
}

// ByStatus goes by the status alone.
func ByStatus(status int) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ErrDenied
	case status == http.StatusNotFound:
		return ErrNoSuchKey
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status/100 == 5:
		return ErrUnavailable
	case status == http.StatusBadRequest:
		return ErrRefused
	}
	return ErrAnswer
}
