package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// nameWords are what an expression can name by itself, variables and functions;
// fieldWords what can stand behind a point. The arguments of tools are added while
// a policy compiles.
var (
	nameWords = []string{
		"principal", "client", "tool", "args", "now", "history", "budget", "target", "result", "transaction", "variables",
		"allow", "deny", "ask", "via", "max_rows", "max_bytes", "drop", "mask", "days", "orValue", "hasValue", "value",
		"startsWith", "endsWith", "contains", "matches", "size", "exists", "all", "has", "duration", "timestamp", "date",
		"getHours", "getDayOfWeek", "getDayOfMonth", "getMonth", "getFullYear",
	}
	fieldWords = []string{
		"name", "tenant", "roles", "scopes", "accounts", "auth", "version", "protocol", "effect", "labels", "window", "rows",
		"calls_left", "rows_left", "bytes_left", "pages_left", "tokens_left", "parent", "sharing", "bytes", "findings", "from", "to",
		"account", "category", "merchant", "currency", "direction", "date", "pending",
	}
)

// forms are how functions are written.
var forms = map[string]string{
	"allow": "allow()", "deny": `deny("reason")`, "ask": `ask("question")`, "via": `ask("question").via("client")`,
	"max_rows": "allow().max_rows(50)", "max_bytes": "allow().max_bytes(65536)", "rows": `allow().rows("scope")`,
	"drop": `allow().drop(["memo"])`, "mask": `allow().mask(["iban"])`, "days": "days(90)", "date": `date("2026-01-31")`,
}

// signs are CEL's for words that other languages have.
var signs = map[string]string{"and": "&&", "or": "||", "not": "!", "is": "=="}

// places say where a variable is seen, for a rule that names it elsewhere.
var places = map[string]string{
	"args":        "args is seen under tools only, where it is one tool's",
	"result":      "result is seen in release only",
	"transaction": "transaction is seen in scopes only",
}

var (
	undefined = regexp.MustCompile(`^(undefined field|undeclared reference to) '([A-Za-z_][A-Za-z0-9_]*)'`)
	overload  = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	unread    = regexp.MustCompile(`^Syntax error: token recognition error at: '(.*)'$`)
	misplaced = regexp.MustCompile(`^Syntax error: (?:mismatched|extraneous) input '([A-Za-z]+)'`)
	// bare is an expression of which YAML takes the first part for a whole value.
	bare       = regexp.MustCompile(`(?m)^[ -]*(?:condition|output|expression|explanation): +(?:"(?:[^"\\\n]|\\.)*" *[^ #\r\n]|'[^'\n]*' *[^ '#\r\n]|!|\[[^\]\n]*\] *[^ #\r\n])`)
	yamlAtLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)
)

// advice is what to do about a compiler's message, "" if nothing is known.
func advice(message string, arguments []string) string {
	if m := undefined.FindStringSubmatch(message); m != nil {
		if m[2] == "amount" {
			return "rules and scopes do not see single amounts; docs/policy.md lists what they see"
		}
		if m[1] == "undefined field" {
			return alike(m[2], slices.Concat(arguments, fieldWords))
		}
		return undeclared(m[2])
	}
	if m := overload.FindStringSubmatch(message); m != nil {
		return noOverload(m[1], m[2])
	}
	if m := unread.FindStringSubmatch(message); m != nil {
		return unreadable(m[1])
	}
	if m := misplaced.FindStringSubmatch(message); m != nil && signs[strings.ToLower(m[1])] != "" {
		return fmt.Sprintf("%s is written %s", m[1], signs[strings.ToLower(m[1])])
	}
	return ""
}

func alike(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "docs/policy.md lists what there is"
}

// undeclared is what may be meant by a name that is none here.
func undeclared(name string) string {
	if at := places[name]; at != "" {
		return at
	}
	if sign := signs[strings.ToLower(name)]; sign != "" {
		return fmt.Sprintf("%s is written %s", name, sign)
	}
	if form := forms[name]; form != "" {
		return "it is written " + form
	}
	for _, of := range slices.Sorted(maps.Keys(structs)) {
		for _, f := range structs[of] {
			if f.name == name {
				return "it is a field: " + of + "." + name
			}
			if slices.Contains(f.enum, name) {
				return fmt.Sprintf("words stand in quotes: %q", name)
			}
		}
	}
	return alike(name, nameWords)
}

// noOverload is what a function or an operator would take instead.
func noOverload(fn, args string) string {
	_, operator := strings.CutPrefix(fn, "_")
	list := strings.Contains(args, "list(")
	switch {
	case strings.Contains(args, "optional_type("):
		return "an argument that may be left out is read with .orValue(DEFAULT), or .hasValue() and .value()"
	case forms[fn] != "":
		return "it is written " + forms[fn]
	case fn == "@in" || fn == "in":
		return `what stands behind "in" is a list`
	case list && (fn == "_==_" || fn == "_!=_" || fn == "contains"):
		return `whether a list holds a value is asked with "in": "reader" in principal.roles`
	case operator && strings.Contains(args, "timestamp") && strings.Contains(args, "string"):
		return `a date is written date("2026-01-31")`
	case operator && strings.Contains(args, "timestamp") && strings.Contains(args, "int"):
		return "a stretch of time is written days(90)"
	case operator && strings.Contains(args, "double"):
		return "numbers here are whole: 10, not 10.5"
	case operator && strings.Contains(args, ", "):
		return "the two sides have to be of one type"
	}
	return "docs/policy.md says what there is and what it takes"
}

// unreadable is what to write in place of characters that are none of CEL's.
func unreadable(text string) string {
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case text == "= ":
		return "equality is =="
	case text != "" && strings.ContainsRune(`"'`, r):
		return "a text ends with the quote that it begins with"
	case strings.ContainsRune("“”„‟‘’‚‛«»`", r):
		return `quotes are straight: " or '`
	case r >= utf8.RuneSelf:
		return fmt.Sprintf("this is %U, not the character that it looks like: outside of quotes there is ASCII only", r)
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
func yamlProblem(err error, text []byte) Problem {
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
		if at := bare.FindIndex(text); at != nil {
			return Problem{Line: 1 + bytes.Count(text[:at[0]], []byte("\n")), Message: "an expression that begins with a quote, ! or [ has to be in quotes or after >"}
		}
		p.Message += "; here or below, a line is indented more or less than its neighbours"
	}
	return p
}

var (
	unknownKey = regexp.MustCompile(`^(?:line (\d+): )?field (.*) not found in type `)
	wrongKind  = regexp.MustCompile("^(?:line (\\d+): )?cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.*)$")
	noTime     = regexp.MustCompile(`^parsing time "(.*?)" as `)
)

// kinds are what the YAML reader's names for Go's types mean to who writes it.
var kinds = []struct{ prefix, word string }{
	{"[]", "a list"}, {"map", "a mapping"}, {"struct", "a mapping"}, {"int", "a whole number"}, {"string", "a text"},
	{"time.Time", "a time, such as 2026-01-15T12:00:00Z"}, {"time.Duration", "a duration, such as 24h"},
}

// decodeProblem words the first thing that the YAML reader found wrong, without
// the names that types have in this program.
func decodeProblem(err error, lines bool) string {
	text := err.Error()
	var all *yaml.TypeError
	if errors.As(err, &all) && len(all.Errors) > 0 {
		text = all.Errors[0]
	}
	at := func(line string) string {
		if line == "" || !lines {
			return ""
		}
		return "line " + line + ": "
	}
	if m := unknownKey.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%sfield %s not found; %s", at(m[1]), m[2], alike(m[2], slices.Concat(nameWords, fieldWords)))
	}
	if m := wrongKind.FindStringSubmatch(text); m != nil {
		want := "another kind of value"
		for _, k := range kinds {
			if strings.HasPrefix(m[4], k.prefix) {
				want = k.word
			}
		}
		got := map[string]string{"seq": "a list", "map": "a mapping"}[m[2]]
		return fmt.Sprintf("%s%s stands where %s belongs", at(m[1]), cmp.Or(got, m[3]), want)
	}
	if m := noTime.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%q is no time; one is written 2026-01-15T12:00:00Z", m[1])
	}
	return strings.ReplaceAll(text, "\n", " ")
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
