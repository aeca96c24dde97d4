package policy

import (
	"errors"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// The fields of the structs that a rule sees, as slots of an activation.
const (
	fieldNow = iota
	principalName
	principalTenant
	principalRoles
	principalScopes
	principalAccounts
	principalAuth
	clientName
	clientVersion
	clientProtocol
	toolName
	toolEffect
	toolLabels
	historyRows
	historyAccounts
	historyLabels
	historyWindow
	budgetCalls
	budgetRows
	budgetBytes
	budgetPages
	budgetTokens
	targetParent
	targetSharing
	resultRows
	resultBytes
	resultFindings
	resultLabels
	resultFrom
	resultTo
	rowAccount
	rowDate
	rowCategory
	rowMerchant
	rowCurrency
	rowDirection
	rowPending
	numFields
)

// field is one field of a struct.
type field struct {
	name string
	slot int
	typ  *cel.Type
	get  func(*activation) (ref.Val, error) // errAbsent if the request has no such part
	max  uint64                             // most characters, items or entries, for the cost proof
	item uint64                             // most characters of one item of a list
	enum []string                           // closed set of words
}

// structs are the structs by variable name. The CEL type of `principal` is
// counterfoil.principal, and so on.
var structs = map[string][]field{
	"principal": {
		text("name", principalName, func(r *Request) string { return r.Principal.Name }),
		text("tenant", principalTenant, func(r *Request) string { return r.Principal.Tenant }),
		list("roles", principalRoles, maxRoles, func(r *Request) []string { return r.Principal.Roles }),
		list("scopes", principalScopes, MaxScopes, func(r *Request) []string { return r.Principal.Scopes }),
		list("accounts", principalAccounts, maxAccounts, func(r *Request) []string { return r.Principal.Accounts }),
		word("auth", principalAuth, authWords, func(r *Request) string { return r.Principal.Auth }),
	},
	"client": {
		text("name", clientName, func(r *Request) string { return r.Client.Name }),
		text("version", clientVersion, func(r *Request) string { return r.Client.Version }),
		text("protocol", clientProtocol, func(r *Request) string { return r.Client.Protocol }),
	},
	"tool": {
		text("name", toolName, func(r *Request) string { return r.Tool.Name }),
		word("effect", toolEffect, effectWords, func(r *Request) string { return string(r.Tool.Effect) }),
		labels("labels", toolLabels, func(a *activation) (Labels, error) { return a.req.Tool.Labels, nil }),
	},
	"history": {
		number("rows", historyRows, func(r *Request) int64 { return r.History.Rows }),
		number("accounts", historyAccounts, func(r *Request) int64 { return r.History.Accounts }),
		labels("labels", historyLabels, func(a *activation) (Labels, error) { return a.req.History.Labels, nil }),
		{name: "window", slot: historyWindow, typ: cel.DurationType, get: func(a *activation) (ref.Val, error) {
			return types.Duration{Duration: a.req.History.Window}, nil
		}},
	},
	"budget": {
		number("calls_left", budgetCalls, func(r *Request) int64 { return r.Budget.CallsLeft }),
		number("rows_left", budgetRows, func(r *Request) int64 { return r.Budget.RowsLeft }),
		number("bytes_left", budgetBytes, func(r *Request) int64 { return r.Budget.BytesLeft }),
		number("pages_left", budgetPages, func(r *Request) int64 { return r.Budget.PagesLeft }),
		number("tokens_left", budgetTokens, func(r *Request) int64 { return r.Budget.TokensLeft }),
	},
	"target": {
		{name: "parent", slot: targetParent, typ: cel.StringType, max: maxName, get: func(a *activation) (ref.Val, error) {
			return ofTarget(a, func(t *Target) string { return t.Parent })
		}},
		{name: "sharing", slot: targetSharing, typ: cel.StringType, max: maxName, enum: sharingWords, get: func(a *activation) (ref.Val, error) {
			return ofTarget(a, func(t *Target) string { return t.Sharing })
		}},
	},
	"result":      resultFields,
	"transaction": rowFields,
}

// The closed vocabularies of decide.go. A rule that compares with any other
// word does not compile.
var (
	authWords    = []string{"bearer", "stdio", "peer", "local", "model"}
	effectWords  = []string{string(EffectRead), string(EffectWrite), string(EffectDestructive)}
	sharingWords = []string{"private", "workspace", "public"}
	labelWords   = []string{"untrusted", "private", "model_output"}
)

// The entities of package redact, by the names its findings carry. This package
// imports no sibling, so a test in cmd/counterfoil keeps the two lists the same.
var (
	entityWords = append(slices.Clone(maskWords), "secret", "opaque", "fake_token")
	// maskWords are those of which mask() may show the last four characters.
	maskWords = []string{"card", "iban", "account", "bank", "reference", "national_id", "email", "phone"}
)

// Entities lists the entities that a policy can name in result.findings; those
// before "secret" can also be masked.
func Entities() []string { return slices.Clone(entityWords) }

var resultFields = []field{
	ofResult("rows", resultRows, cel.IntType, func(r *ResultFacts) (ref.Val, error) { return types.Int(r.Rows), nil }),
	ofResult("bytes", resultBytes, cel.IntType, func(r *ResultFacts) (ref.Val, error) { return types.Int(r.Bytes), nil }),
	{name: "findings", slot: resultFindings, typ: cel.MapType(cel.StringType, cel.IntType), max: maxFindings, enum: entityWords, get: func(a *activation) (ref.Val, error) {
		if a.req.Result == nil {
			return nil, errAbsent
		}
		return types.DefaultTypeAdapter.NativeToValue(a.req.Result.Findings), nil
	}},
	labels("labels", resultLabels, func(a *activation) (Labels, error) {
		if a.req.Result == nil {
			return 0, errAbsent
		}
		return a.req.Result.Labels, nil
	}),
	ofResult("from", resultFrom, cel.TimestampType, func(r *ResultFacts) (ref.Val, error) {
		if r.From.IsZero() {
			return nil, errAbsent
		}
		return types.Timestamp{Time: r.From}, nil
	}),
	ofResult("to", resultTo, cel.TimestampType, func(r *ResultFacts) (ref.Val, error) {
		if r.To.IsZero() {
			return nil, errAbsent
		}
		return types.Timestamp{Time: r.To}, nil
	}),
}

func text(name string, slot int, get func(*Request) string) field {
	return word(name, slot, nil, get)
}

func word(name string, slot int, enum []string, get func(*Request) string) field {
	return field{name: name, slot: slot, typ: cel.StringType, max: maxName, enum: enum,
		get: func(a *activation) (ref.Val, error) { return types.String(get(a.req)), nil }}
}

func number(name string, slot int, get func(*Request) int64) field {
	return field{name: name, slot: slot, typ: cel.IntType,
		get: func(a *activation) (ref.Val, error) { return types.Int(get(a.req)), nil }}
}

func list(name string, slot int, most uint64, get func(*Request) []string) field {
	return field{name: name, slot: slot, typ: cel.ListType(cel.StringType), max: most, item: maxName,
		get: func(a *activation) (ref.Val, error) { return newStringList(get(a.req)), nil }}
}

func labels(name string, slot int, get func(*activation) (Labels, error)) field {
	return field{name: name, slot: slot, typ: cel.ListType(cel.StringType), max: uint64(len(labelWords)), item: maxName, enum: labelWords,
		get: func(a *activation) (ref.Val, error) {
			l, err := get(a)
			if err != nil {
				return nil, err
			}
			if int(l) >= len(labelLists) {
				return nil, errors.New("unknown label")
			}
			return labelLists[l], nil
		}}
}

// labelLists holds the CEL list of every set of labels.
var labelLists = func() (lists [1 << 3]ref.Val) {
	for set := range lists {
		names := []string{}
		for i, name := range labelWords {
			if set&(1<<i) != 0 {
				names = append(names, name)
			}
		}
		lists[set] = newStringList(names)
	}
	return lists
}()

func ofTarget(a *activation, get func(*Target) string) (ref.Val, error) {
	if a.req.Target == nil {
		return nil, errAbsent
	}
	return types.String(get(a.req.Target)), nil
}

func ofResult(name string, slot int, typ *cel.Type, get func(*ResultFacts) (ref.Val, error)) field {
	return field{name: name, slot: slot, typ: typ, get: func(a *activation) (ref.Val, error) {
		if a.req.Result == nil {
			return nil, errAbsent
		}
		return get(a.req.Result)
	}}
}
