package corpus

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// Shape is a kind of document with nothing to redact in it: rows between a head and a
// tail. A field of it is {kind size}: see fieldOf.
type Shape struct {
	Name            string
	Head, Row, Tail string
	Between         string // rows
	Rows            int
	JSON            bool
}

// Shapes are answers of services, logs, tables and texts, in the forms that their makers
// document.
var Shapes = []Shape{
	{Name: "repositories", JSON: true, Head: "[", Between: ",", Rows: 5, Tail: "]", Row: `{"id":{n9},"node_id":"R_{b14}","size":{n5},"stargazers_count":{n4},"watchers_count":{n4},"forks_count":{n3},"open_issues":{n2},"created_at":"{d}T{t}Z","pushed_at":"{d}T{t}Z"}`},
	{Name: "commits", JSON: true, Head: `{"files":[`, Between: ",", Rows: 5, Tail: `],"stats":{"total":{n4},"additions":{n4},"deletions":{n3}}}`, Row: `{"sha":"{h40}","additions":{n3},"deletions":{n3},"changes":{n3}}`},
	{Name: "messages", JSON: true, Head: `{"messages":[`, Between: ",", Rows: 5, Tail: "]}", Row: `{"user":"U{b8}","text":"see ticket {n6} and <https://x.example/{n7}>","ts":"{e}.{n6}","thread_ts":"{e}.{n6}","reply_count":{n1},"client_msg_id":"{u}"}`},
	{Name: "issues", JSON: true, Head: "[", Between: ",", Rows: 4, Tail: "]", Row: `{"id":"{n5}","key":"PRJ-{n4}","fields":{"created":"{d}T{t}.000+0100","timeestimate":{n5},"timespent":{n5},"customfield_10010":{n2},"assignee":{"accountId":"{n6}:{u}"}}}`},
	{Name: "charges", JSON: true, Head: `{"data":[`, Between: ",", Rows: 4, Tail: "]}", Row: `{"id":"ch_3{b23}","amount":{n5},"amount_refunded":0,"created":{e},"currency":"usd","balance_transaction":"txn_3{b23}","exp_month":12,"exp_year":2031,"last4":"{n4}","receipt_number":"{n4}-{n4}","fee":{n3},"net":{n5}}`},
	{Name: "orders", JSON: true, Head: `{"orders":[`, Between: ",", Rows: 4, Tail: "]}", Row: `{"AmazonOrderId":"{n3}-{n7}-{n7}","PurchaseDate":"{d}T{t}Z","Amount":"{f2}","NumberOfItemsShipped":{n1},"latitude":{g},"longitude":{g}}`},
	{Name: "pods", JSON: true, Head: `{"items":[`, Between: ",", Rows: 4, Tail: "]}", Row: `{"uid":"{u}","resourceVersion":"{n9}","image":"nginx@sha256:{h64}","ports":[{"containerPort":8080},{"containerPort":8443}],"limits":{"cpu":"500m","memory":"512Mi"},"runAsUser":{n5},"podIP":"10.{i}.{i}.{i}","restartCount":{n2}}`},
	{Name: "metrics", JSON: true, Head: `{"values":[`, Between: ",", Rows: 8, Tail: "]}", Row: `[{e}.{n3},"{n7}"]`},
	{Name: "weather", JSON: true, Head: `{"latitude":52.52,"generationtime_ms":0.{n16},"dt":{e},"sunrise":{e},"visibility":10000,"pressure":{n4},"humidity":{n2},"sea_level":{n4},"temps":[`, Between: ",", Rows: 12, Tail: "]}", Row: `{n2}.{n1}`},
	{Name: "embedding", JSON: true, Head: `{"embedding":[`, Between: ",", Rows: 16, Tail: "]}", Row: `-0.0{n16}`},
	{Name: "lockfile", JSON: true, Head: `{"packages":{`, Between: ",", Rows: 6, Tail: "}}", Row: `"node_modules/{w}-{n4}":{"version":"{n2}.{n1}.{n2}","resolved":"https://files.example.com/x/-/x-{n2}.{n1}.{n2}.tgz","integrity":"sha512-{b86}==","engines":{"node":">=14.17"}}`},
	{Name: "candles", JSON: true, Head: "[", Between: ",", Rows: 6, Tail: "]", Row: `[{e}000,"{n5}.{n2}000000","{n5}.{n2}000000","{n4}.{n2}000000",{e}999]`},
	{Name: "spans", JSON: true, Head: "[", Between: ",", Rows: 5, Tail: "]", Row: `{"traceId":"{h32}","ts":{n10},"dur":{n5},"pid":{n5},"tid":{n5},"args":{"bytes":{n6}}}`},
	{Name: "usage", JSON: true, Head: "[", Between: ",", Rows: 5, Tail: "]", Row: `{"id":"msg_01{b22}","usage":{"input_tokens":{n5},"cache_read_input_tokens":{n5},"output_tokens":{n4}},"width":{n4},"height":{n4}}`},
	{Name: "hits", JSON: true, Head: `{"took":{n2},"hits":[`, Between: ",", Rows: 5, Tail: "]}", Row: `{"_id":"{b20}","sort":[{e}000,{n5}],"_source":{"bytes":{n5},"port":{n4}}}`},
	{Name: "git log", Between: "\n", Rows: 5, Row: "commit {h40}\nDate:   Thu Jan {y} {t} 2024 +0100\n\n    {w} {w} (#{n4})\n"},
	{Name: "git diff", Between: "\n", Rows: 5, Row: "index {h7}..{h7} 100644\n@@ -{n3},{n1} +{n3},{n1} @@ func {w}() {"},
	{Name: "web server log", Between: "\n", Rows: 6, Row: `203.0.113.{i} - - [{y}/Dec/2023:{t} +0000] "GET /p/{n6}?page={n2}&ts={e} HTTP/1.1" 200 {n5} "-" "Chrome/12.0.{n4}.{n3} Safari/537.36" {n1}.{n3}`},
	{Name: "kernel log", Between: "\n", Rows: 6, Row: "Jan {y} {t} host kernel: [{n6}.{n6}] audit: type=1400 audit({e}.{n3}:{n5}): pid={n5}"},
	{Name: "key and value log", Between: "\n", Rows: 6, Row: "{d}T{t}Z level=info took={n3}ms rows={n5} bytes={n7} id={n9} user_id={n6}"},
	{Name: "processes", Head: "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n", Between: "\n", Rows: 8, Row: "root     {n5}  {n1}.{n1}  {n1}.{n1} {n7} {n5} ?        Ss   09:23   12:35 /usr/bin/{w}"},
	{Name: "league table", Head: "Pos Team            P  W  D  L  GF GA GD  Pts\n", Between: "\n", Rows: 8, Row: "{n1}  {w}        {n2} {n2}  {n1}  {n1}  {n2} {n2} +{n2}  {n2}"},
	{Name: "files", Head: "total {n4}\n", Between: "\n", Rows: 8, Row: "-rw-r--r-- 1 root root    {n6} Jan {y} 09:23 {w}.txt"},
	{Name: "query plan", Between: "\n", Rows: 4, Row: "  ->  Seq Scan on {w}  (cost=0.00..{f2} rows={n6} width={n2}) (actual time={n1}.{n3}..{n3}.{n3} rows={n5} loops=1)"},
	{Name: "result set", Head: "   id   | order_no |  total  |   created\n--------+----------+---------+------------\n", Between: "\n", Rows: 8, Row: " {n6} | {n7} | {f2} | {d}"},
	{Name: "inserts", Head: "INSERT INTO items VALUES\n", Between: ",\n", Rows: 6, Row: "({n5}, '{n6}', {n2}, {f2}, '{d} {t}')"},
	{Name: "sales", Head: "date,order_id,sku,qty,unit_price,total\n", Between: "\n", Rows: 10, Row: "{d},{n7},{n6},{n2},{f2},{f2}"},
	{Name: "prices", Head: "Date,Open,High,Low,Close,Volume\n", Between: "\n", Rows: 10, Row: "{d},{n3}.{n6},{n3}.{n6},{n3}.{n6},{n3}.{n6},{n8}"},
	{Name: "figures", Between: "\n", Rows: 8, Row: "{n4} {n4} {n4} {n4} {n4} {n4}"},
	{Name: "invoice", Head: "INVOICE\nInvoice No: {n6}\nInvoice Date: {d}\nPO Number: {n8}\nCustomer No: {n5}\n\nQty  Description   Unit Price    Amount\n", Between: "\n", Rows: 5, Row: "  {n2}  {w} {w}    {f2}   {f2}"},
	{Name: "telephone numbers", Between: "\n", Rows: 8, Row: "{d} {t} ({n3}) {n3}-{n4} 00:{y}:{y} in\n+33 6 {n2} {n2} {n2} {n2} {n3}-{n3}-{n4}\n+49 175 {n8}"},
	{Name: "sitemap", Between: "\n", Rows: 6, Row: "<url><loc>https://x.example/p/{n6}</loc><lastmod>{d}T{t}Z</lastmod><priority>0.{n1}</priority></url>"},
	{Name: "cells", Head: "<table>\n", Between: "\n", Rows: 6, Tail: "</table>", Row: "<tr><td>{n5}</td><td>{n4}</td><td>{n5}</td><td>{n5}</td><td>{n3}</td></tr>"},
	{Name: "drawing", Head: `<path d="m {n1} {n1}`, Between: "", Rows: 8, Tail: `z"/>`, Row: " c 0.{n6} -{n1}.{n6} 1 -1 {n1} {n1} s -0.{n6} {n1} -1 1"},
	{Name: "versions", Between: " ", Rows: 12, Row: "{n1}.{n1}.{n2}"},
	{Name: "purchase order", Head: "BEG*00*SA*{n8}**20260306~", Between: "~", Rows: 4, Row: "PO1*{n1}*{n2}*EA*{f2}**SK*{n6}*VN*{n8}"},
	{Name: "execution reports", Between: "\n", Rows: 3, Row: "8=FIX.4.4\x019=22{n1}\x0135=8\x0134={n5}\x0149=SND\x0152=20250507-{t}.{n3}\x0111={n9}\x0138={n5}\x0144={f2}\x0110={n3}\x01"},
	{Name: "ports", Between: "\n", Rows: 6, Row: "{w}:\n  ports: [{n5}, {n5}, {n5}]\n  timeout: {n5}\n  version: {n1}.{n2}.{n2}"},
}

var fieldMark = regexp.MustCompile(`\{([a-z])(\d*)\}`)

// Document draws a document of the shape, and returns its fields, of which none is a
// valid card number by itself.
func (s *Shape) Document(rng *rand.Rand) (text string, fields []string) {
	var rows []string
	for range s.Rows {
		rows = append(rows, s.Row)
	}
	text = fieldMark.ReplaceAllStringFunc(s.Head+strings.Join(rows, s.Between)+s.Tail, func(mark string) string {
		m := fieldMark.FindStringSubmatch(mark)
		size, _ := strconv.Atoi(m[2])
		field := fieldOf(rng, m[1][0], size)
		for luhnInside(field) {
			field = fieldOf(rng, m[1][0], size)
		}
		fields = append(fields, field)
		return field
	})
	return text, fields
}

// fieldOf draws a field: n digits, h hexadecimal, b letters and digits, all of a size; d a
// day, t a time, e seconds since 1970, f an amount, g degrees, i a byte, u a UUID, w a
// word, y a number of two digits up to 28.
func fieldOf(rng *rand.Rand, kind byte, size int) string {
	switch kind {
	case 'n':
		return strconv.Itoa(1+rng.IntN(9)) + digits(rng, size-1)
	case 'h':
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(rng.IntN(256))
		}
		return hex.EncodeToString(b)[:size]
	case 'b':
		return strings.ToUpper(base32(rng, size))
	case 'd':
		return instant(rng).Format("2006-01-02")
	case 't':
		return instant(rng).Format("15:04:05")
	case 'e':
		return fmt.Sprint(instant(rng).Unix())
	case 'f':
		return fmt.Sprintf("%d.%02d", rng.IntN(10_000), rng.IntN(100))
	case 'g':
		return fmt.Sprintf("%.6f", rng.Float64()*80)
	case 'i':
		return strconv.Itoa(1 + rng.IntN(254))
	case 'u':
		return uuid(rng)
	case 'y':
		return fmt.Sprintf("%02d", 1+rng.IntN(28))
	}
	return letters(rng, 5)
}
