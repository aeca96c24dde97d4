package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
)

// limitsResource tells a caller its own limits.
var limitsResource = Resource{
	URI:         "counterfoil://limits",
	Name:        "limits",
	Description: "Your own limits, and what you have used of them today.",
	MIMEType:    "application/json",
}

type resourceArgs struct {
	URI string `json:"uri" required:"true" max:"200" enum:"counterfoil://limits"`
}

type resourceRead struct {
	URI      string `json:"uri" class:"enum"`
	MIMEType string `json:"mime_type" class:"enum"`
	Text     string `json:"text" class:"text"`
}

// ownLimits is the text of the limits resource.
type ownLimits struct {
	RowsPerCall    int64  `json:"rows_per_call"`
	BytesPerCall   int64  `json:"bytes_per_call"`
	CallsPerMinute int64  `json:"calls_per_minute"`
	CallsPerDay    int64  `json:"calls_per_day"`
	RowsPerDay     int64  `json:"rows_per_day"`
	BytesPerDay    int64  `json:"bytes_per_day"`
	PagesPerDay    int64  `json:"pages_per_day"`
	TokensPerDay   int64  `json:"tokens_per_day"`
	UsedCalls      int64  `json:"used_calls_today"`
	UsedRows       int64  `json:"used_rows_today"`
	UsedBytes      int64  `json:"used_bytes_today"`
	UsedPages      int64  `json:"used_pages_today"`
	UsedTokens     int64  `json:"used_tokens_today"`
	Refills        string `json:"refills"`
}

func resourceTool() *tool {
	return define(Spec{Name: "@resource", Description: "Reads a resource."}, policy.Labels(0), readResource)
}

func readResource(_ context.Context, r *run, a resourceArgs) (resourceRead, error) {
	text, err := encode(ownLimits{
		RowsPerCall:    r.limits.RowsPerCall,
		BytesPerCall:   r.limits.BytesPerCall,
		CallsPerMinute: r.limits.CallsPerMinute,
		CallsPerDay:    r.limits.CallsPerDay,
		RowsPerDay:     r.limits.RowsPerDay,
		BytesPerDay:    r.limits.BytesPerDay,
		PagesPerDay:    r.limits.PagesPerDay,
		TokensPerDay:   r.limits.TokensPerDay,
		UsedCalls:      r.spent.Calls,
		UsedRows:       r.spent.Rows,
		UsedBytes:      r.spent.Bytes,
		UsedPages:      r.spent.Pages,
		UsedTokens:     r.spent.Tokens,
		Refills:        "midnight UTC",
	}, nil)
	r.facts.seen("", 0)
	return resourceRead{URI: a.URI, MIMEType: limitsResource.MIMEType, Text: string(text)}, err
}
