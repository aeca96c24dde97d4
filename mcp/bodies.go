package mcp

import "encoding/json"

// resultBody turns the document of an internal tool into the members of the
// method's result.
func resultBody(x *exchange, doc []byte) ([]byte, error) {
	switch x.msg.method {
	case methodPrompt:
		return promptBody(doc)
	case methodResource:
		return resourceBody(doc, x.modern)
	}
	return completeBody(doc)
}

func promptBody(doc []byte) ([]byte, error) {
	var in struct {
		Description string
		Messages    []struct{ Role, Text string }
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		return nil, err
	}
	type content struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type line struct {
		Role    string  `json:"role"`
		Content content `json:"content"`
	}
	lines := make([]line, 0, len(in.Messages))
	for _, m := range in.Messages {
		lines = append(lines, line{m.Role, content{"text", m.Text}})
	}
	return inner(struct {
		Description string `json:"description,omitempty"`
		Messages    []line `json:"messages"`
	}{in.Description, lines})
}

func resourceBody(doc []byte, modern bool) ([]byte, error) {
	var in struct {
		URI      string `json:"uri"`
		MIMEType string `json:"mime_type"`
		Text     string `json:"text"`
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		return nil, err
	}
	type content struct {
		URI      string `json:"uri"`
		MIMEType string `json:"mimeType,omitempty"`
		Text     string `json:"text"`
	}
	out := struct {
		Contents []content `json:"contents"`
		TTL      *int64    `json:"ttlMs,omitempty"`
		Scope    string    `json:"cacheScope,omitempty"`
	}{Contents: []content{{in.URI, in.MIMEType, in.Text}}}
	if modern { // required there: nobody may keep it, least of all for others
		out.TTL, out.Scope = new(int64), "private"
	}
	return inner(out)
}

// maxCompletions is what the specification lets one answer hold.
const maxCompletions = 100

func completeBody(doc []byte) ([]byte, error) {
	var in struct {
		Values  []string `json:"values"`
		HasMore bool     `json:"has_more"`
	}
	if err := json.Unmarshal(doc, &in); err != nil {
		return nil, err
	}
	type completion struct {
		Values  []string `json:"values"`
		HasMore bool     `json:"hasMore"`
	}
	if len(in.Values) > maxCompletions {
		in.Values, in.HasMore = in.Values[:maxCompletions], true
	}
	return inner(struct {
		Completion completion `json:"completion"`
	}{completion{append([]string{}, in.Values...), in.HasMore}})
}

// inner returns the members of an object without its braces.
func inner(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return b[1 : len(b)-1], nil
}
