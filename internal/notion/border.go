package notion

import (
	"bytes"
	"encoding/json"
	"strings"
)

// notContent are the keys whose strings are the API's own vocabulary or ids that
// the server made: they are not scanned, because 32 hexadecimal digits look like
// a card number once in a while.
var notContent = map[string]bool{
	"id": true, "page_id": true, "database_id": true, "data_source_id": true, "block_id": true, "type": true,
	"object": true, "color": true, "start_cursor": true, "after": true, "language": true, "direction": true,
	"timestamp": true, "time_zone": true,
}

// scan shows the border every text of a payload: each string, each array of
// rich text joined (formatting may cut a number in two) and everything joined.
// A payload that can't be walked is refused.
func (c *Client) scan(body []byte) error {
	if c.cfg.Border == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return fail(ErrBorder, "the payload can't be scanned")
	}
	w := walker{}
	w.walk("", v)
	for _, t := range append(w.texts, strings.Join(w.texts, "\n")) {
		if t == "" {
			continue
		}
		if err := c.cfg.Border(t); err != nil {
			// What was found stays with the border: its error may quote it.
			return fail(ErrBorder, "the scan found something that may not leave")
		}
	}
	return nil
}

type walker struct{ texts []string }

func (w *walker) walk(key string, v any) {
	switch v := v.(type) {
	case string:
		if !notContent[key] {
			w.texts = append(w.texts, v)
		}
	case json.Number:
		w.texts = append(w.texts, v.String())
	case []any:
		if run := joined(v); run != "" {
			w.texts = append(w.texts, run)
		}
		for _, e := range v {
			w.walk(key, e)
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if (key == "properties" || key == "filter") && !notContent[k] {
				w.texts = append(w.texts, k) // names of properties are chosen by people
			}
			w.walk(k, v[k])
		}
	}
}

// joined is the text of an array of rich text objects.
func joined(list []any) string {
	var b strings.Builder
	for _, e := range list {
		m, _ := e.(map[string]any)
		text, _ := m["text"].(map[string]any)
		s, _ := text["content"].(string)
		b.WriteString(s)
	}
	return b.String()
}
