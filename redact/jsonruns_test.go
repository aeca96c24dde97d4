package redact_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestRuns: what whoever reads a document puts together is read together: the runs of rich
// text, and the events of a model, in an array, in lines of a text and behind "data:".
func TestRuns(t *testing.T) {
	forms := map[string]string{
		"rich text":    `{"type":"text","text":{"content":%[1]s,"link":null},"annotations":{"bold":true,"color":"default"},"plain_text":%[1]s,"href":null}`,
		"anthropic":    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%s}}`,
		"openai":       `{"id":"chatcmpl-x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`,
		"tool call":    `{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":%s}}]}}]}`,
		"responses":    `{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"delta":%s}`,
		"gemini":       `{"candidates":[{"content":{"parts":[{"text":%s}],"role":"model"},"index":0}]}`,
		"notification": `{"jsonrpc":"2.0","method":"x","params":{"delta":{"text":%s}}}`,
	}
	r := newRedactor(t)
	for name, form := range forms {
		for secret, cuts := range map[string][]string{
			"4539578763621486":            {"Card 45", "39", "578", "7636", "2", "1486", " ok"},
			"DE89370400440532013000":      {"DE8", "9 3704 0", "044 0", "532 01", "30 00 is it"},
			"378280878":                   {"SSN 37", "8-2", "8-", "08", "78"},
			"48291374":                    {"my acc", "ount num", "ber: 48", "29", "13", "74"},
			"ghp16C7e42F292c6912E7710c83": {"gh", "p_1", "6C7e42F2", "92c6912E7710c838347Ae178B4a is my", " token"},
			"5787636214":                  {"NDUz", "OTU3ODc2", "MzYyM", "TQ4Ng", "=="},
			"039&#053":                    {"&#05", "2;&#053;&#051;&#05", "7;&#053;&#055;&#056;&#055;&#054;&#051;&#054;&#05", "0;&#049;&#052;&#056;&#054;"},
		} {
			var events []string
			for _, c := range cuts {
				piece, err := json.Marshal(c)
				if err != nil {
					t.Fatal(err)
				}
				events = append(events, fmt.Sprintf(form, piece))
			}
			array := "[" + strings.Join(events, ",") + "]"
			if name != "rich text" {
				array = `[{"type":"message_start","message":{"role":"assistant","content":[]}},` + array[1:]
			}
			docs := []string{array}
			if name != "rich text" {
				docs = append(docs, "event: x\r\ndata: "+strings.Join(events, "\r\n\r\ndata: ")+"\r\n\r\n", strings.Join(events, "\n"))
			}
			for _, in := range docs {
				out := text(t, r, in)
				if again := text(t, r, out); again != out {
					t.Errorf("%s: not idempotent: %s -> %s -> %s", name, in, out, again)
				}
				whole := joinPieces(out)
				for _, part := range cuts[1:] {
					if part = strings.TrimSuffix(strings.TrimSuffix(part, " is my"), " is it"); len(part) > 3 && strings.ContainsAny(part, "0123456789") && strings.Contains(whole, part) {
						t.Errorf("%s, %s: %s -> %s", name, secret, in, out)
						break
					}
				}
				for line := range strings.Lines(out) {
					if line = strings.TrimPrefix(strings.TrimSpace(line), "data: "); strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) {
						t.Errorf("%s: %s is no document any more", name, line)
					}
				}
			}
		}
	}
}

// joinPieces drops the marks of JSON.
func joinPieces(doc string) string { return strings.NewReplacer(`"`, "", `\u0026`, "&").Replace(doc) }

// TestRunsClean: pieces that hold nothing together stay, and rows of a table are none.
func TestRunsClean(t *testing.T) {
	for _, in := range []string{
		`[{"delta":{"text":"It costs 12"}},{"delta":{"text":".50 EUR on 2026"}},{"delta":{"text":"-01-05 at 10"}},{"delta":{"text":":30"}}]`,
		`{"rich_text":[{"type":"text","text":{"content":"Total "},"plain_text":"Total "},{"type":"text","text":{"content":"1,204.50"},"annotations":{"bold":true},"plain_text":"1,204.50"}]}`,
		`[{"id":1,"text":"4539"},{"id":2,"text":"5787"},{"id":3,"text":"6362"},{"id":4,"text":"1486 pieces"}]`,
		"data: {\"delta\":{\"text\":\"order 1234\"}}\n\ndata: {\"delta\":{\"text\":\"5678 shipped\"}}\n\n",
		"{\"delta\":4539}\n{\"delta\":5787}\n{\"delta\":6362}\n{\"delta\":1486}\n",
	} {
		if out := text(t, newRedactor(t), in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestRunsList: of a list that repeats each walk takes the last numbers; it goes as a whole
// before the document is refused.
func TestRunsList(t *testing.T) {
	piece := `{"text":{"content":"é%34&12"},"plain_text":"é%34&12"}`
	in := "[" + strings.Repeat(piece+",", 149) + piece + "]"
	out := jsonText(t, newRedactor(t), in)
	if again := jsonText(t, newRedactor(t), out); again != out {
		t.Errorf("not idempotent: %s -> %s", out, again)
	}
	if strings.Count(out, "CARD_") < 100 {
		t.Error(out)
	}
}
