package corpus

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// Log is a kind of text other than bank statements: what programs write, and
// what people send on.
type Log struct {
	Name string
	Line func(rng *rand.Rand) string
}

// Text returns size bytes or a few more of such lines.
func (l Log) Text(seed uint64, size int) []byte {
	rng := rand.New(rand.NewPCG(seed, 3))
	var b strings.Builder
	b.Grow(size + 4096)
	for b.Len() < size {
		b.WriteString(l.Line(rng))
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// Logs are the kinds that the redactor is timed on.
var Logs = []Log{
	{"access log", accessLine}, {"links", linkLine}, {"syslog", syslogLine}, {"JSON log", jsonLogLine}, {"key=value log", keyValueLine},
	{"stack trace", stackLine}, {"HTML mail", htmlLine}, {"CSV export", csvLine}, {"base64", base64Line}, {"hexadecimal", hexLine},
	{"percent signs", percentLine}, {"Unicode escapes", unicodeLine}, {"JSON in strings", nestedLine}, {"SQL dump", sqlLine}, {"prose", proseLine},
}

// draw returns one of the texts.
func draw(rng *rand.Rand, of ...string) string { return of[rng.IntN(len(of))] }

func drawIP(rng *rand.Rand) string {
	return fmt.Sprintf("%d.%d.%d.%d", 1+rng.IntN(223), rng.IntN(256), rng.IntN(256), rng.IntN(256))
}

// drawUUID returns a random UUID (RFC 9562).
func drawUUID(rng *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", rng.Uint32(), rng.IntN(1<<16), rng.IntN(1<<12), 0x8000+rng.IntN(1<<14), rng.Int64N(1<<48))
}

func drawBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.IntN(256))
	}
	return b
}

func drawWords(rng *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = draw(rng, "the", "payment", "was", "booked", "for", "a", "customer", "in", "shop", "at", "home", "and", "order", "of", "rent", "paper", "monthly", "to", "with", "café",
			"invoice", "letter", "ticket", "Birmingham", "London", "please", "note", "that", "delivery", "is", "late", "we", "have", "not", "yet", "received")
	}
	return strings.Join(words, " ")
}

func drawDate(rng *rand.Rand) string {
	return fmt.Sprintf("2026-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28))
}

func drawTime(rng *rand.Rand) string {
	return fmt.Sprintf("%02d:%02d:%02d", rng.IntN(24), rng.IntN(60), rng.IntN(60))
}

func drawPath(rng *rand.Rand) string {
	return draw(rng, "/", "/index.html", "/static/app.9f3c2e.js", "/api/v1/transactions", "/images/banner-1024x768.png", "/robots.txt", "/favicon.ico", "/accounts/overview", "/reports/2026/01") +
		draw(rng, "", "", fmt.Sprintf("?page=%d&size=50", rng.IntN(90)), fmt.Sprintf("?q=%s&ts=%d", draw(rng, "tesco", "rent", "caf%C3%A9"), 1767600000+rng.IntN(900000)))
}

func accessLine(rng *rand.Rand) string {
	return fmt.Sprintf(`%s - - [%02d/%s/2026:%s +0000] "%s %s HTTP/1.1" %d %d "%s" "%s"`, drawIP(rng), 1+rng.IntN(28), draw(rng, "Jan", "Feb", "Mar", "Apr"), drawTime(rng), draw(rng, "GET", "GET", "POST", "HEAD"),
		drawPath(rng), 200+rng.IntN(4)*100, rng.IntN(90000), draw(rng, "-", "https://www.example.org/", "https://bank.example.com/login?next=%2Faccounts"),
		draw(rng, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.130 Safari/537.36",
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15", "curl/8.5.0",
			"Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Googlebot/2.1 (+http://www.google.com/bot.html)"))
}

func linkLine(rng *rand.Rand) string {
	return fmt.Sprintf("https://%s/%s/%s-%d?utm_source=%s&utm_campaign=%d&ref=%s#s%d", draw(rng, "www.example.com", "shop.example.org", "news.example.net:8443"), draw(rng, "p", "articles/2026/01", "de/produkte", "item"),
		draw(rng, "garden-chair", "blue-lamp-40w", "how-to-save"), rng.IntN(9_000_000), draw(rng, "newsletter", "mail", "x"), 20260000+rng.IntN(1300), base32(rng, 8), rng.IntN(20))
}

func syslogLine(rng *rand.Rand) string {
	return fmt.Sprintf("%s %2d %s host-%02d %s[%d]: %s", draw(rng, "Jan", "Feb", "Mar"), 1+rng.IntN(28), drawTime(rng), rng.IntN(40), draw(rng, "sshd", "kernel", "systemd", "CRON", "postfix/smtpd"), 100+rng.IntN(60000),
		draw(rng, fmt.Sprintf("Connection from %s port %d on 10.0.0.4 port 22", drawIP(rng), 1024+rng.IntN(60000)), fmt.Sprintf("[%d.%06d] eth0: link up, 1000 Mbps, full-duplex", rng.IntN(90000), rng.IntN(1000000)),
			"Started Session "+fmt.Sprint(rng.IntN(9999))+" of user www-data.", fmt.Sprintf("pam_unix(cron:session): session opened for user root(uid=0) by (uid=%d)", rng.IntN(2000)),
			fmt.Sprintf("usb 1-1.%d: new high-speed USB device number %d using xhci_hcd", rng.IntN(9), rng.IntN(99))))
}

func jsonLogLine(rng *rand.Rand) string {
	return fmt.Sprintf(`{"time":"%sT%s.%09dZ","level":"%s","logger":"%s","msg":"%s","trace_id":"%s","span_id":"%s","duration_ms":%d.%03d,"rows":%d,"status":%d}`, drawDate(rng), drawTime(rng), rng.IntN(1_000_000_000),
		draw(rng, "INFO", "DEBUG", "WARN"), draw(rng, "store.sqlite", "http.server", "jobs.import"), drawWords(rng, 6), hex.EncodeToString(drawBytes(rng, 16)), hex.EncodeToString(drawBytes(rng, 8)),
		rng.IntN(900), rng.IntN(1000), rng.IntN(4000), 200+rng.IntN(300))
}

func keyValueLine(rng *rand.Rand) string {
	return fmt.Sprintf(`ts=%sT%s.%03dZ level=%s caller=%s.go:%d msg="%s" method=%s path=%s status=%d bytes=%d dur=%d.%03dms request_id=%s remote=%s:%d`, drawDate(rng), drawTime(rng), rng.IntN(1000), draw(rng, "info", "debug", "error"),
		draw(rng, "server", "store", "gate"), rng.IntN(900), drawWords(rng, 4), draw(rng, "GET", "POST"), drawPath(rng), 200+rng.IntN(300), rng.IntN(100000), rng.IntN(100), rng.IntN(1000), drawUUID(rng), drawIP(rng), 1024+rng.IntN(60000))
}

func stackLine(rng *rand.Rand) string {
	return draw(rng, fmt.Sprintf("\tat com.example.bank.%s.%s(%s.java:%d)", draw(rng, "ledger", "imports", "web"), draw(rng, "Reader.next", "Store.commit", "Servlet.doGet"), draw(rng, "Reader", "Store", "Servlet"), rng.IntN(900)),
		fmt.Sprintf("github.com/example/app/%s.(*%s).%s(0xc%09x, {0x%x, 0x%x})\n\t/usr/src/app/%s.go:%d +0x%x", draw(rng, "store", "http"), draw(rng, "DB", "Mux"), draw(rng, "Read", "Write"), rng.Int64N(1<<36), rng.IntN(1<<24), rng.IntN(1<<10), draw(rng, "db", "mux"), rng.IntN(2000), rng.IntN(1<<12)),
		fmt.Sprintf("  File \"/usr/lib/python3.11/%s.py\", line %d, in %s", draw(rng, "socket", "asyncio/events"), rng.IntN(2000), draw(rng, "recv", "run")),
		fmt.Sprintf("Caused by: java.io.IOException: %s after %d bytes", drawWords(rng, 3), rng.IntN(1<<20)))
}

func htmlLine(rng *rand.Rand) string {
	return fmt.Sprintf(`<tr style="background:#%06x"><td class="c%d" width="%d" style="font:14px/20px Arial,sans-serif;padding:0 %dpx">%s</td><td align=right>&pound;%d.%02d&nbsp;<a href="https://mail.example.com/c/%s?u=%d">%s</a><br/></td></tr>`,
		rng.IntN(1<<24), rng.IntN(90), rng.IntN(600), rng.IntN(30), drawWords(rng, 5), rng.IntN(900), rng.IntN(100), base32(rng, 10), rng.IntN(90000), draw(rng, "open", "caf&eacute;", "more &raquo;"))
}

func csvLine(rng *rand.Rand) string {
	return fmt.Sprintf(`%s,%s,"%s",-%d.%02d,%d.%02d,GBP,%s,%06d,%04d`, drawDate(rng), draw(rng, "DEB", "DD", "FPO"), merchants[rng.IntN(len(merchants))], rng.IntN(900), rng.IntN(100), rng.IntN(9000), rng.IntN(100), draw(rng, "Groceries", "Travel", ""), rng.IntN(1_000_000), rng.IntN(10000))
}

func base64Line(rng *rand.Rand) string {
	return base64.StdEncoding.EncodeToString(drawBytes(rng, 57))
}

func hexLine(rng *rand.Rand) string {
	return fmt.Sprintf("%08x  % x  %s", rng.IntN(1<<24), drawBytes(rng, 16), hex.EncodeToString(drawBytes(rng, 20)))
}

func percentLine(rng *rand.Rand) string {
	return "q=" + url.QueryEscape(drawWords(rng, 6)+" £"+fmt.Sprint(rng.IntN(900))+" "+draw(rng, "日本語", "Größe", "ça")) + "&r=%2Fa%2Fb%3Fc%3D" + fmt.Sprint(rng.IntN(90000))
}

func unicodeLine(rng *rand.Rand) string {
	var b strings.Builder
	for _, c := range drawWords(rng, 3) + " " + draw(rng, "日本語の文", "Größe", "русский") {
		if c > 0x7f || rng.IntN(3) == 0 {
			fmt.Fprintf(&b, `\u%04x`, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func nestedLine(rng *rand.Rand) string {
	text := fmt.Sprintf(`{"id":"%s","note":"%s","n":%d,"at":"%sT%sZ"}`, base32(rng, 12), drawWords(rng, 5), rng.IntN(9999), drawDate(rng), drawTime(rng))
	for range 3 {
		text = fmt.Sprintf(`{"body":%q,"ok":true}`, text)
	}
	return text
}

func sqlLine(rng *rand.Rand) string {
	return fmt.Sprintf("INSERT INTO t VALUES (%d,'%s','%s %s',%d.%02d,NULL,'%s',%d);", rng.IntN(1_000_000), strings.ReplaceAll(merchants[rng.IntN(len(merchants))], "'", "''"), drawDate(rng), drawTime(rng), rng.IntN(900), rng.IntN(100), draw(rng, "open", "done"), rng.IntN(9999))
}

func proseLine(rng *rand.Rand) string {
	return drawWords(rng, 14) + draw(rng, ".", ", on 5 March 2026.", fmt.Sprintf(" (%d of %d).", rng.IntN(20), 20+rng.IntN(30)), fmt.Sprintf(", £%d.%02d.", rng.IntN(900), rng.IntN(100)))
}
