package redact_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// dumpForms are what programs print of bytes, one line of sixteen: addresses of several
// widths, pairs and words, with and without the column of characters.
var dumpForms = map[string]func(at int, line []byte) string{
	"hexdump -C": func(at int, line []byte) string {
		half := min(8, len(line))
		return fmt.Sprintf("%08x  %-23s  %-23s  |%s|", at, pairs(line[:half], 1), pairs(line[half:], 1), column(line))
	},
	"xxd": func(at int, line []byte) string {
		return fmt.Sprintf("%08x: %-39s  %s", at, pairs(line, 2), column(line))
	},
	"xxd -g1": func(at int, line []byte) string {
		return fmt.Sprintf("%08x: %-47s  %s", at, pairs(line, 1), column(line))
	},
	"xxd, trim": func(at int, line []byte) string {
		return strings.TrimRight(fmt.Sprintf("%08x: %-39s  %s", at, pairs(line, 2), column(line)), " ")
	},
	"od -t x1z": func(at int, line []byte) string {
		return fmt.Sprintf("%07o %-47s  >%s<", at, pairs(line, 1), column(line))
	},
	"od -A x": func(at int, line []byte) string { return fmt.Sprintf("%06x %s", at, pairs(line, 1)) },
	"network": func(at int, line []byte) string {
		return fmt.Sprintf("%04x   %-47s   %s", at, pairs(line, 1), column(line))
	},
	"capitals": func(at int, line []byte) string {
		return fmt.Sprintf("%08X   %-47s   %s", at, strings.ToUpper(pairs(line, 1)), column(line))
	},
	"words, last byte first": func(at int, line []byte) string {
		turned := []byte(string(line))
		for i := 0; i+1 < len(turned); i += 2 {
			turned[i], turned[i+1] = turned[i+1], turned[i]
		}
		return fmt.Sprintf("%07x %s", at, pairs(turned, 2))
	},
	"array": func(_ int, line []byte) string { return "  0x" + strings.ReplaceAll(pairs(line, 1), " ", ", 0x") + "," },
}

// pairs prints bytes as hexadecimal in words of so many.
func pairs(line []byte, n int) string {
	var words []string
	for i := 0; i < len(line); i += n {
		words = append(words, hex.EncodeToString(line[i:min(i+n, len(line))]))
	}
	return strings.Join(words, " ")
}

func column(line []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, string(line))
}

// TestHexDump plants a card at every place of the lines of a dump.
func TestHexDump(t *testing.T) {
	const width = 16
	r := newRedactor(t)
	for name, form := range dumpForms {
		dump := func(text string) (lines []string) {
			for i := 0; i < len(text); i += width {
				lines = append(lines, form(i, []byte(text[i:min(i+width, len(text))])))
			}
			return lines
		}
		for at := range 2 * width {
			before := strings.Repeat("a memo \n", 4)[:at] + " "
			lines := dump(before + visaVaried + " \nthank you for  all of it\n")
			out := text(t, r, strings.Join(lines, "\n"))
			for i, line := range lines {
				from, to := max(i*width, len(before)), min((i+1)*width, len(before)+len(visaVaried))
				if to-from > 4 && (strings.Contains(out, line) || strings.Contains(out, visaVaried[from-len(before):to-len(before)])) {
					t.Errorf("%s, at %d: %q survives in %q", name, at, line, out)
				}
			}
		}
		words := "note: " + strings.Join(dump("memo "+visaVaried+" thank you"), "\n") // words stand before the first line
		if out := text(t, r, words); strings.Contains(out, visaVaried[:6]) || !strings.Contains(out, "_") {
			t.Errorf("%s: %q became %q", name, words, out)
		}
		clean := strings.Join(dump("monk kiln million onyx jonquil\nlemon jelly, mellow melon\n"), "\n")
		if out := text(t, r, clean); out != clean {
			t.Errorf("%s: %q became %q", name, clean, out)
		}
	}
}
