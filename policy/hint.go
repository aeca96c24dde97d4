package policy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// vocabulary is what an expression can name: variables, their fields and functions.
// The arguments of tools are added while a policy compiles.
var vocabulary = []string{
	"principal", "client", "tool", "args", "now", "history", "budget", "target", "result", "transaction", "variables",
	"name", "tenant", "roles", "scopes", "accounts", "auth", "version", "protocol", "effect", "labels", "window", "rows",
	"calls_left", "rows_left", "bytes_left", "pages_left", "tokens_left", "parent", "sharing", "bytes", "findings", "from", "to",
	"account", "category", "merchant", "currency", "direction", "date", "pending",
	"allow", "deny", "ask", "via", "max_rows", "max_bytes", "drop", "mask", "days", "orValue", "hasValue", "value",
}

// places say where a variable is seen, for a rule that names it elsewhere.
var places = map[string]string{
	"args":        "args is seen under tools only, where it is one tool's",
	"result":      "result is seen in release only",
	"transaction": "transaction is seen in scopes only",
}

var (
	undefined  = regexp.MustCompile(`^(undefined field|undeclared reference to) '([A-Za-z_][A-Za-z0-9_]*)'`)
	unopened   = regexp.MustCompile(`applied to '.*optional_type\(`)
	yamlAtLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)
)

// advice is what to do about a compiler's message, "" if nothing is known.
func advice(message string, arguments []string) string {
	if m := undefined.FindStringSubmatch(message); m != nil {
		if at := places[m[2]]; at != "" && m[1] != "undefined field" {
			return at
		}
		if m[2] == "amount" {
			return "rules and scopes do not see single amounts; docs/policy.md lists what they see"
		}
		if near := nearest(m[2], slices.Concat(arguments, vocabulary)); near != "" {
			return "did you mean " + near + "?"
		}
		return "docs/policy.md lists what there is"
	}
	switch {
	case unopened.MatchString(message):
		return "an argument that may be left out is read with .orValue(DEFAULT), or .hasValue() and .value()"
	case strings.HasPrefix(message, "found no matching overload"):
		return "the two sides have to be of one type"
	case strings.Contains(message, "token recognition error at: '= '"):
		return "equality is =="
	}
	return ""
}

// nearest is the word that is spelt most alike, "" if none is within a third of
// its letters.
func nearest(word string, known []string) (best string) {
	least := len(word)/3 + 1
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to change, add or leave out between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, corner+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// yamlProblem takes the line out of a message of the YAML reader, and says what
// people most often got wrong.
func yamlProblem(err error) Problem {
	m := yamlAtLine.FindStringSubmatch(err.Error())
	if m == nil {
		return Problem{Message: err.Error()}
	}
	p := Problem{Message: m[2]}
	p.Line, _ = strconv.Atoi(m[1])
	switch {
	case strings.HasPrefix(m[2], "mapping values are not allowed"):
		p.Message += "; put an expression that holds \": \" in quotes"
	case strings.Contains(m[2], "cannot start any token"):
		p.Message += "; indent by spaces, not tabs, and put an expression that begins with ! or % in quotes"
	case strings.Contains(m[2], "did not find expected"):
		p.Message += "; here or below, a line is indented more or less than its neighbours"
	}
	return p
}

// argumentsOf are the names of all arguments of all tools, in order.
func argumentsOf(tools map[string]*tool) (names []string) {
	for _, t := range tools {
		for name := range t.index {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
