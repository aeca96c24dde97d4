package audit

import "time"

// A visitor is shown the members of a record in canonical order. A key is the
// member's name as it is written between two members: ,"name":
type visitor interface {
	text(key string, p *string)
	number(key string, p *int64)
	list(key string, p *[]string)
	counts(key string, p *[]Count)
	exchanges(key string, p *[]Exchange)
	usage(key string, p **Usage)

	// Members that are written even if they are empty.
	mustText(key string, p *string)
	mustNumber(key string, p *int64)
	schema(key string, p *int)
	time(key string, p *time.Time)
}

// visit shows a record's members in canonical order: the names are ASCII, so
// byte order is the order of UTF-16 code units. A test compares the list with
// the struct.
func (r *Record) visit(v visitor) {
	v.list(`,"accounts":`, &r.Accounts)
	v.usage(`,"after":`, &r.After)
	v.text(`,"args_digest":`, &r.ArgsDigest)
	v.text(`,"auth":`, &r.Auth)
	v.number(`,"batch":`, &r.Batch)
	v.usage(`,"before":`, &r.Before)
	v.text(`,"build":`, &r.Build)
	v.number(`,"bytes":`, &r.Bytes)
	v.text(`,"call_id":`, &r.CallID)
	v.text(`,"client_name":`, &r.ClientName)
	v.text(`,"client_version":`, &r.ClientVersion)
	v.text(`,"clock":`, &r.Clock)
	v.text(`,"config_digest":`, &r.ConfigDigest)
	v.text(`,"correlation":`, &r.Correlation)
	v.text(`,"decision":`, &r.Decision)
	v.text(`,"detail":`, &r.Detail)
	v.text(`,"error":`, &r.Error)
	v.text(`,"event":`, &r.Event)
	v.exchanges(`,"exchanges":`, &r.Exchanges)
	v.counts(`,"findings":`, &r.Findings)
	v.text(`,"from":`, &r.From)
	v.list(`,"labels":`, &r.Labels)
	v.list(`,"obligations":`, &r.Obligations)
	v.mustText(`,"origin":`, &r.Origin)
	v.number(`,"pages":`, &r.Pages)
	v.mustText(`,"phase":`, (*string)(&r.Phase))
	v.text(`,"policy_digest":`, &r.PolicyDigest)
	v.text(`,"predecessor":`, &r.Predecessor)
	v.text(`,"principal":`, &r.Principal)
	v.text(`,"protocol":`, &r.Protocol)
	v.text(`,"reason":`, &r.Reason)
	v.text(`,"received_digest":`, &r.ReceivedDigest)
	v.number(`,"redactor_epoch":`, &r.RedactorEpoch)
	v.text(`,"result_digest":`, &r.ResultDigest)
	v.number(`,"rows":`, &r.Rows)
	v.text(`,"rows_digest":`, &r.RowsDigest)
	v.text(`,"rule":`, &r.Rule)
	v.text(`,"salt_commit":`, &r.SaltCommit)
	v.schema(`,"schema":`, &r.Schema)
	v.text(`,"seed":`, &r.Seed)
	v.text(`,"sidecar":`, &r.Sidecar)
	v.number(`,"snapshot":`, &r.Snapshot)
	v.text(`,"source_digest":`, &r.SourceDigest)
	v.time(`,"time":`, &r.Time)
	v.text(`,"to":`, &r.To)
	v.number(`,"tokens":`, &r.Tokens)
	v.text(`,"tool":`, &r.Tool)
	v.text(`,"tool_digest":`, &r.ToolDigest)
	v.text(`,"trace_id":`, &r.TraceID)
}

// visit shows the members of a usage; all are always written.
func (u *Usage) visit(v visitor) {
	v.mustNumber(`,"bytes":`, &u.Bytes)
	v.mustNumber(`,"calls":`, &u.Calls)
	v.mustNumber(`,"pages":`, &u.Pages)
	v.mustNumber(`,"rows":`, &u.Rows)
	v.mustNumber(`,"tokens":`, &u.Tokens)
}

// visit shows the members of a count.
func (c *Count) visit(v visitor) {
	v.text(`,"layer":`, &c.Layer)
	v.mustNumber(`,"n":`, &c.N)
	v.mustText(`,"name":`, &c.Name)
}

// visit shows the members of an exchange.
func (x *Exchange) visit(v visitor) {
	v.text(`,"answer":`, &x.Answer)
	v.text(`,"detail":`, &x.Detail)
	v.text(`,"error":`, &x.Error)
	v.mustText(`,"sent":`, &x.Sent)
	v.text(`,"to":`, &x.To)
}

// A slot is one member of a record that holds something: its name, and a
// pointer to the Go field.
type slot struct {
	name string
	at   any
}

// slots lists the members that hold something and may be replaced by a digest
// or opened: texts and lists.
func (r *Record) slots() []slot {
	var c collector
	r.visit(&c)
	return c
}

// A collector is the visitor that makes slots.
type collector []slot

func (c *collector) add(key string, at any) { *c = append(*c, slot{key[2 : len(key)-2], at}) }

func (c *collector) text(key string, p *string) {
	if *p != "" {
		c.add(key, p)
	}
}

func (c *collector) list(key string, p *[]string) {
	if len(*p) > 0 {
		c.add(key, p)
	}
}

func (c *collector) counts(key string, p *[]Count) {
	if len(*p) > 0 {
		c.add(key, p)
	}
}

func (c *collector) exchanges(key string, p *[]Exchange) {
	if len(*p) > 0 {
		c.add(key, p)
	}
}

func (c *collector) mustText(key string, p *string) { c.text(key, p) }
func (*collector) number(string, *int64)            {}
func (*collector) mustNumber(string, *int64)        {}
func (*collector) usage(string, **Usage)            {}
func (*collector) schema(string, *int)              {}
func (*collector) time(string, *time.Time)          {}
