package document

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/redact"
)

// KnownValues fingerprints a list of values, one a line; # begins a comment. It
// warns of those that are too short to be looked for, by their lines.
func KnownValues(h *home.Home, key [32]byte, name string, text []byte) (prints [][]byte, err error) {
	if text, err = asUTF8(text); err != nil {
		return nil, err
	}
	detect, err := redact.New(redact.Config{Key: key})
	if err != nil {
		return nil, err
	}
	lines := linesOf(strings.TrimPrefix(string(text), string(byteOrderMark)))
	made := make([][]byte, len(lines))
	if n, err := eachLine(lines, func(i int, value string) (err error) {
		made[i], err = detect.Fingerprint(entityOf(detect, value), value)
		return err
	}); err != nil {
		return nil, fmt.Errorf("line %d of %s: %w", n, name, err)
	}
	short := []string(nil)
	for i, print := range made {
		switch {
		case print == nil:
		case redact.MatchesNothing(print):
			short = append(short, strconv.Itoa(i+1))
		default:
			prints = append(prints, print)
		}
	}
	warnShort(h, name, short)
	return prints, nil
}

// linesOf divides a text at the line ends of all systems: one that is not known would
// make of a whole list one value, or one comment, and none of it would be looked for.
func linesOf(text string) []string {
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}

// eachLine calls do with each line that holds a value, on all processors. Of the
// errors it returns the first one's, with its line.
func eachLine(lines []string, do func(i int, value string) error) (line int, err error) {
	workers := runtime.GOMAXPROCS(0)
	bad, errs := make([]int, workers), make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := len(lines) * w / workers; i < len(lines)*(w+1)/workers && errs[w] == nil; i++ {
				if value := strings.TrimSpace(lines[i]); value != "" && !strings.HasPrefix(value, "#") {
					bad[w], errs[w] = i+1, do(i, value)
				}
			}
		})
	}
	wg.Wait()
	for w, err := range errs {
		if err != nil {
			return bad[w], err
		}
	}
	return 0, nil
}

// maxShortTold bounds the lines that are told of.
const maxShortTold = 10

func warnShort(h *home.Home, name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	more := ""
	if n := len(lines) - maxShortTold; n > 0 {
		lines, more = lines[:maxShortTold], fmt.Sprintf(" and %d more", n)
	}
	h.UI.Warnf("%s: what stands in line %s%s is not looked for: it is shorter than %d digits, or than %d characters with letters",
		name, strings.Join(lines, ", "), more, redact.MinKnownDigits, redact.MinKnownText)
}

// entityOf is what the detectors take a value for, so that it has one token
// whether it is known or found; else it tells a number from any other secret.
func entityOf(detect *redact.Redactor, value string) redact.Entity {
	if e := detect.Entity(value); e != "" {
		return e
	}
	if strings.ContainsFunc(value, unicode.IsLetter) {
		return redact.Secret
	}
	return redact.Account
}
