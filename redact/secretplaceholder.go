package redact

import "bytes"

// What stands where a secret will be, and what the names of files, packages and settings
// look like.

// placeholder tells whether the value t[a:end] is a place that another program or a
// person fills: ${NAME}, $name;, %NAME%, {Name}, <name>, [NAME], `command …`.
func placeholder(t []byte, a, end int) bool {
	value := t[a:end]
	if variable(value) {
		return true
	}
	before, after := byteAt(t, a-1), byteAt(t, end)
	if before == '`' && after == ' ' && end < len(t) && wordOnly(value) {
		return bytes.IndexByte(t[end:min(len(t), end+longestQuoted)], '`') > 0
	}
	switch first, rest := value[0], value[1:]; first {
	case '$':
		return wordOnly(rest) && end < len(t) && bytes.IndexByte([]byte(";,)"), after) >= 0
	case '%':
		return len(rest) > 1 && rest[len(rest)-1] == '%' && wordOnly(rest[:len(rest)-1])
	case '{':
		return after == '}' && wordOnly(rest)
	case '<':
		return after == '>' && wordOnly(rest)
	case '[':
		return len(rest) > 1 && rest[len(rest)-1] == ']' && wordOnly(rest[:len(rest)-1])
	}
	return false
}

// wordOnly tells whether a text is made of letters, underscores and dashes alone.
func wordOnly(text []byte) bool {
	for _, c := range looked(text) {
		if !letter(c) && c != '_' && c != '-' {
			return false
		}
	}
	return len(text) > 0
}

// mostVersion is how many digits in a row the parts of a version have.
const mostVersion = 2

// versioned tells whether a value is the name of something with its version or its
// number: words of one case that marks divide, and hardly any digits, one part of them
// in none of the words: jjwt-jackson-0.11.2, SalesResults-1.2.
func versioned(value []byte) bool {
	const leastWord, mostDigits = 4, 6
	words, digits, parts := 0, 0, 0
	for i := 0; i < len(value) && i < maxLooked; {
		if !alnum(value[i]) {
			if bytes.IndexByte([]byte("-_.:/@"), value[i]) < 0 {
				return false
			}
			i++
			continue
		}
		j, run := i, 0
		for j < len(value) && alnum(value[j]) {
			if digit(value[j]) {
				run++
			}
			j++
		}
		part := value[i:j]
		switch {
		case run == 0:
			if changesOf(part)*4 > len(part)+4 { // more often than in words
				return false
			}
			if len(part) >= leastWord {
				words++
			}
		case run == len(part) && run <= mostVersion, run <= mostVersion && run == len(part)-1 && lower(part[0]) == 'v':
			parts++
		default:
			return false
		}
		digits += run
		i = j
	}
	return words > 0 && parts > 0 && digits <= mostDigits
}
