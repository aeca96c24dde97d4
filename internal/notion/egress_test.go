package notion_test

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
)

// The client as the program wires it: through the guard, which counts, and
// which refuses what is not listed at once and without a try.
func TestThroughTheEgressGuard(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{})
	page := b.AddPage("", "x")
	u, _ := url.Parse(b.http.URL)
	port, _ := strconv.Atoi(u.Port())
	guard, err := egress.New(egress.Config{Destinations: []egress.Destination{
		{Host: "127.0.0.1", Port: port, Plain: true, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	b.cfg.Transport = guard
	if _, err := b.open(t).Append(t.Context(), page, []*notion.Node{notion.Text(notion.Paragraph, "x")}, ""); err != nil {
		t.Fatal(err)
	}
	if c := guard.Counts()[1]; c.Requests != 1 || c.Connections != 1 {
		t.Errorf("%+v", c)
	}
	guard.CloseIdle()

	closed, _ := egress.New(egress.Config{})
	b.cfg.Transport = closed
	_, err = b.open(t).Append(t.Context(), page, []*notion.Node{notion.Text(notion.Paragraph, "x")}, "")
	if !errors.Is(err, notion.ErrUnavailable) || !strings.Contains(err.Error(), "egress guard") {
		t.Errorf("refused: %v", err)
	}
	if c := closed.Counts()[0]; c.Refusals != 1 {
		t.Errorf("%d tries", c.Refusals)
	}
}
