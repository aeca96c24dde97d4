package audit

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// ExportFormats are the formats that Export writes.
var ExportFormats = []string{"ocsf", "otlp", "csv", "jsonl"}

// Export writes records in a format that other tools read, and returns how
// many there were. Formats:
//
//   - jsonl: one JSON object a line, {"index", "leaf_hash", "record"}, the
//     record as its canonical leaf.
//   - csv: RFC 4180 with a header line; text that a spreadsheet would take for
//     a formula begins with an apostrophe.
//   - ocsf: OCSF 1.8, one API Activity (class 6003) event a line.
//   - otlp: OTLP/JSON, one LogsData message a line, with the attribute names of
//     OpenTelemetry's GenAI and MCP conventions.
//
// No format carries sidecars. An error of items ends the export.
func Export(w io.Writer, format string, items iter.Seq2[*Item, error]) (int64, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	write, err := exporter(out, format)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	for it, err := range items {
		if err != nil {
			return n, err
		}
		if err := write(it); err != nil {
			return n, fmt.Errorf("exporting: %w", err)
		}
		n++
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("exporting: %w", err)
	}
	return n, nil
}

func exporter(out *bufio.Writer, format string) (func(*Item) error, error) {
	switch format {
	case "jsonl":
		return jsonLines(out, func(it *Item) any {
			return struct {
				Index    int64           `json:"index"`
				LeafHash string          `json:"leaf_hash"`
				Record   json.RawMessage `json:"record"`
			}{it.Index, hexHash(it), it.Leaf}
		}), nil
	case "ocsf":
		return jsonLines(out, ocsfEvent), nil
	case "otlp":
		return jsonLines(out, otlpLog), nil
	case "csv":
		return csvLines(out)
	}
	return nil, invalid("export format %q; there are ocsf, otlp, csv and jsonl", format)
}

func hexHash(it *Item) string {
	h := it.LeafHash()
	return hex.EncodeToString(h[:])
}

func jsonLines(out io.Writer, shape func(*Item) any) func(*Item) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return func(it *Item) error { return enc.Encode(shape(it)) }
}

// object is a JSON object that leaves out what is empty.
type object map[string]any

func (o object) set(name string, value any) object {
	switch v := value.(type) {
	case string:
		if v == "" {
			return o
		}
	case int64:
		if v == 0 {
			return o
		}
	case []string:
		if len(v) == 0 {
			return o
		}
	case object:
		if len(v) == 0 {
			return o
		}
	}
	o[name] = value
	return o
}

// Numbers of OCSF 1.8 (https://schema.ocsf.io/1.8.0/classes/api_activity).
const (
	ocsfVersion      = "1.8.0"
	ocsfClass        = 6003
	ocsfCategory     = 6
	ocsfRead         = 2
	ocsfOther        = 99
	ocsfSuccess      = 1
	ocsfFailure      = 2
	ocsfAllowed      = 1
	ocsfDenied       = 2
	ocsfInformative  = 1
	ocsfMedium       = 3
	ocsfOtherAction  = 99
	ocsfPseudonym    = 99 // user type "Other"
	ocsfPseudonymous = "pseudonym"
)

// ocsfEvent maps a record to an API Activity event. Events of the log itself
// have activity Other and "@" with the event as their operation.
func ocsfEvent(it *Item) any {
	r := it.Record
	activity, operation := ocsfRead, r.Tool
	if r.Phase == PhaseEvent {
		activity, operation = ocsfOther, "@"+r.Event
	}
	status, severity := ocsfSuccess, ocsfInformative
	if r.Error != "" || r.Decision != "" && r.Decision != "allow" {
		status = ocsfFailure
	}
	if r.Decision == "deny" {
		severity = ocsfMedium
	}
	e := object{
		"class_uid": ocsfClass, "class_name": "API Activity", "category_uid": ocsfCategory, "category_name": "Application Activity",
		"activity_id": activity, "type_uid": ocsfClass*100 + activity, "severity_id": severity, "status_id": status,
		"time": r.Time.UnixMilli(), "metadata": ocsfMetadata(it), "actor": ocsfActor(r), "api": ocsfAPI(r, operation),
		"src_endpoint": object{"svc_name": orUnknown(r.ClientName)},
	}
	ocsfDecision(e, r)
	return e.set("status_code", r.Error).set("unmapped", ocsfUnmapped(r))
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func ocsfMetadata(it *Item) object {
	r := it.Record
	return object{
		"version": ocsfVersion, "uid": hexHash(it), "sequence": it.Index, "log_name": r.Origin, "profiles": []string{"security_control"},
		"product": object{"name": "Counterfoil", "vendor_name": "Counterfoil"}.set("version", r.Build),
	}.set("correlation_uid", r.TraceID).set("event_code", r.Event)
}

func ocsfActor(r *Record) object {
	return object{"user": object{"uid": orUnknown(r.Principal), "type_id": ocsfPseudonym, "type": ocsfPseudonymous}}.
		set("app_name", r.ClientName)
}

func ocsfAPI(r *Record, operation string) object {
	return object{"operation": orUnknown(operation), "service": object{"name": "counterfoil"}}.
		set("version", r.Protocol).
		set("request", object{}.set("uid", r.CallID)).
		set("response", object{}.set("error", r.Error))
}

func ocsfDecision(e object, r *Record) {
	if r.Decision == "" {
		return
	}
	action := map[string]int{"allow": ocsfAllowed, "deny": ocsfDenied}[r.Decision]
	if action == 0 {
		action = ocsfOtherAction
	}
	e["action_id"], e["disposition_id"] = action, action
	e["authorizations"] = []object{object{"decision": r.Decision}.
		set("policy", object{}.set("uid", r.PolicyDigest).set("name", r.Rule).set("desc", r.Reason))}
}

func ocsfUnmapped(r *Record) object {
	findings := make([]object, 0, len(r.Findings))
	for _, f := range r.Findings {
		findings = append(findings, object{"name": f.Name, "n": f.N}.set("layer", f.Layer))
	}
	o := object{"phase": string(r.Phase)}
	if len(findings) > 0 {
		o["findings"] = findings
	}
	return o.set("rows", r.Rows).set("bytes", r.Bytes).set("snapshot", r.Snapshot).set("labels", r.Labels).
		set("predecessor", r.Predecessor).set("result_digest", r.ResultDigest).set("args_digest", r.ArgsDigest)
}

// Severity numbers of OpenTelemetry's log data model.
const (
	otlpInfo = 9
	otlpWarn = 13
)

// otlpLog maps a record to one LogsData message of OTLP/JSON, in which 64-bit
// integers are strings and ids are hex.
func otlpLog(it *Item) any {
	r := it.Record
	severity, text := otlpInfo, "INFO"
	if r.Error != "" || r.Decision == "deny" {
		severity, text = otlpWarn, "WARN"
	}
	nanos := strconv.FormatInt(r.Time.UnixNano(), 10)
	name := "counterfoil.call"
	if r.Phase == PhaseEvent {
		name = "counterfoil.event." + r.Event
	}
	record := object{
		"timeUnixNano": nanos, "observedTimeUnixNano": nanos, "severityNumber": severity, "severityText": text,
		"eventName": name, "body": object{"stringValue": otlpBody(r)}, "attributes": otlpAttributes(it),
	}
	if len(r.TraceID) == 32 {
		record["traceId"] = r.TraceID
	}
	resource := []object{attr("service.name", "counterfoil")}
	if r.Build != "" {
		resource = append(resource, attr("service.version", r.Build))
	}
	return object{"resourceLogs": []object{{
		"resource":  object{"attributes": resource},
		"scopeLogs": []object{{"scope": object{"name": "counterfoil/audit"}, "logRecords": []object{record}}},
	}}}
}

func otlpBody(r *Record) string {
	if r.Phase == PhaseEvent {
		return r.Event
	}
	return r.Tool + " " + orUnknown(r.Decision)
}

// otlpAttributes uses the names of the GenAI and MCP semantic conventions where
// they have one, and counterfoil.* elsewhere.
func otlpAttributes(it *Item) []object {
	r := it.Record
	attrs := []object{attr("counterfoil.log.origin", r.Origin), intAttr("counterfoil.log.index", it.Index), attr("counterfoil.log.leaf_hash", hexHash(it))}
	if r.Tool != "" {
		attrs = append(attrs, attr("gen_ai.operation.name", "execute_tool"), attr("mcp.method.name", "tools/call"))
	}
	for _, a := range [...][2]string{
		{"gen_ai.tool.name", r.Tool}, {"gen_ai.tool.call.id", r.CallID}, {"mcp.protocol.version", r.Protocol}, {"error.type", r.Error},
		{"enduser.pseudo.id", r.Principal}, {"counterfoil.client.name", r.ClientName}, {"counterfoil.client.version", r.ClientVersion},
		{"counterfoil.phase", string(r.Phase)}, {"counterfoil.decision", r.Decision}, {"counterfoil.rule", r.Rule}, {"counterfoil.reason", r.Reason},
		{"counterfoil.policy.digest", r.PolicyDigest}, {"counterfoil.result.digest", r.ResultDigest},
	} {
		if a[1] != "" {
			attrs = append(attrs, attr(a[0], a[1]))
		}
	}
	attrs = append(attrs, intAttr("counterfoil.rows", r.Rows), intAttr("counterfoil.bytes", r.Bytes))
	for _, f := range r.Findings {
		name := "counterfoil.findings." + f.Name
		if f.Layer != "" {
			name += "." + f.Layer
		}
		attrs = append(attrs, intAttr(name, f.N))
	}
	return attrs
}

func attr(key, value string) object {
	return object{"key": key, "value": object{"stringValue": value}}
}

func intAttr(key string, n int64) object {
	return object{"key": key, "value": object{"intValue": strconv.FormatInt(n, 10)}}
}
