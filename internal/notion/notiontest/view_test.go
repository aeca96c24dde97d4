package notiontest

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func (s *Server) see(method, host, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Whatever is written, the view shows it as text.
func TestViewEscapes(t *testing.T) {
	s := New(Options{})
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(1)>'{{.}}`
	home := s.AddPage("", evil)
	_, ds := s.AddDatabase(home, evil, Property{Name: evil, Type: "title"}, Property{Name: "b" + evil, Type: "rich_text"})
	row := s.AddRow(ds, evil)
	s.AddText(row, evil)
	s.fillMarkdown(s.objects[row], "# "+`\<script>x\</script>`+"\n\n```"+evil+"\n"+evil+"\n```\n\n| a |\n|---|\n| `<script>` |")
	for _, path := range []string{"/", "/" + home, "/" + row, "/" + s.objects[ds].parent.id} {
		w := s.see("GET", "127.0.0.1:8080", path)
		body := w.Body.String()
		if w.Code != 200 || strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "onerror=alert(1)>") && !strings.Contains(body, "onerror=alert(1)&gt;") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self';") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestViewIsReadOnlyAndLocal(t *testing.T) {
	s := New(Options{})
	s.AddPage("", "x")
	for _, c := range []struct {
		method, host, path string
		want               int
	}{
		{"GET", "localhost:1", "/", 200}, {"GET", "[::1]:1", "/", 200}, {"HEAD", "127.0.0.1", "/style.css", 200},
		{"GET", "evil.example", "/", 421}, {"GET", "127.0.0.1.evil.example", "/", 421}, {"GET", "", "/", 421},
		{"POST", "localhost", "/", 405}, {"DELETE", "localhost", "/", 405}, {"GET", "localhost", "/nope", 404},
		{"GET", "localhost", "/11111111-1111-4111-8111-111111111111", 404},
	} {
		if got := s.see(c.method, c.host, c.path).Code; got != c.want {
			t.Errorf("%s %s %s: %d, want %d", c.method, c.host, c.path, got, c.want)
		}
	}
	if New(Options{}).see("GET", "localhost", "/").Code != 200 {
		t.Error("an empty workspace has no view")
	}
}

// A report can be read with a screen reader: headings without a gap below the
// title, tables that say what their rows and columns are and can be scrolled
// with the keyboard, numbers below each other.
func TestViewIsAccessible(t *testing.T) {
	s := New(Options{})
	page := s.AddPage("", "Report")
	s.fillMarkdown(s.objects[page], "## Summary\n\n| Currency | Net |\n|---|---|\n| GBP | +1.50 |\n| EUR | -2.00 |\n\n### Note\n\ntext")
	body := s.see("GET", "localhost", "/"+page).Body.String()
	for _, want := range []string{
		`<html lang="en">`, `<a class="skip" href="#page">`, `<main id="page">`, `<nav aria-label="Pages">`, `aria-current="page"`,
		"<h1>Report</h1>", "<h2>Summary</h2>", "<h3>Note</h3>", `role="region" tabindex="0" aria-label="Summary"`,
		`<th scope="col">Currency</th>`, `<th scope="row">GBP</th>`, `<td class="num">-2.00</td>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the view lacks %s", want)
		}
	}
}
