package statement

// months maps lower-case abbreviations and names to months. English first;
// others only where they do not contradict it.
var months = map[string]int{}

func init() {
	for _, names := range [][12]string{
		{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
		{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"},
		{"jän", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sept", "okt", "nov", "dez"},
		{"janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"},
		{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
		{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"},
	} {
		for i, name := range names {
			months[name] = i + 1
		}
	}
}

// longestMonth bounds the letters read as a month's name, in bytes.
const longestMonth = 12

// monthName reads a month's name or abbreviation, with an optional point.
func monthName(text []byte) (month, n int) {
	var folded [longestMonth]byte
	for n < len(text) && n < longestMonth {
		c := text[n]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		} else if (c < 'a' || c > 'z') && c < 0x80 {
			break
		}
		folded[n] = c
		n++
	}
	month, ok := months[string(folded[:n])]
	if !ok {
		return 0, 0
	}
	if n < len(text) && text[n] == '.' {
		n++
	}
	return month, n
}
