package qif

import (
	"bytes"
	"errors"
	"io"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Learn reads a whole file and fills in what opts leave open: the order of
// dates and the decimal point.
func Learn(src io.Reader, opts Options) (Options, error) {
	l := learner{lines: statement.NewLines(src)}
	for _, order := range [...]string{"dmy", "mdy", "ymd"} {
		l.tries = append(l.tries, try{order: order, fits: true, rises: true, falls: true})
	}
	section := outside
	for {
		line, err := l.lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return opts, err
		}
		line = statement.Trim(line)
		switch {
		case len(line) == 0:
		case line[0] == '!':
			section = sectionOf(line, section)
		case section == transactions:
			l.look(line[0], line[1:])
		}
	}
	return l.decide(opts)
}

func sectionOf(line []byte, now section) section {
	kind, ok := bytes.CutPrefix(bytes.ToLower(line), []byte("!type:"))
	switch {
	case ok && kinds[string(statement.Trim(kind))] != "":
		return transactions
	case ok || bytes.EqualFold(line, []byte("!account")):
		return lists
	}
	return now
}

type learner struct {
	lines  *statement.Lines
	tries  []try
	points int // amounts that end in a point and one or two digits
	commas int
}

// try is one order of dates.
type try struct {
	order        string
	fits         bool // every date can be read so
	rises, falls bool // the dates never fall, never rise
	last         store.Date
}

func (l *learner) look(letter byte, value []byte) {
	switch letter {
	case 'D':
		for i := range l.tries {
			l.tries[i].look(value)
		}
	case 'T', 'U':
		b := statement.UnitOf(value).Number
		for _, digits := range [...]int{2, 3} {
			if n := len(b) - digits; n >= 0 && b[n] == '.' {
				l.points++
			} else if n >= 0 && b[n] == ',' {
				l.commas++
			}
		}
	}
}

func (t *try) look(value []byte) {
	date, ok := readDate(value, t.order)
	if !ok {
		t.fits = false
		return
	}
	if t.last != 0 {
		t.rises = t.rises && date >= t.last
		t.falls = t.falls && date <= t.last
	}
	t.last = date
}

func (l *learner) decide(opts Options) (Options, error) {
	if opts.point = '.'; l.commas > 0 {
		if l.points > 0 {
			return opts, statement.At(0, 0, reasonPoint)
		}
		opts.point = ','
	}
	if opts.Order != "" {
		return opts, nil
	}
	var fit, sorted []string
	for _, t := range l.tries {
		if t.fits {
			fit = append(fit, t.order)
			if t.rises || t.falls {
				sorted = append(sorted, t.order)
			}
		}
	}
	switch {
	case len(fit) == 0:
		// No order reads all: month first, so that the parser names the line.
		opts.Order = "mdy"
		return opts, nil
	case len(fit) == 1:
		opts.Order = fit[0]
	case len(sorted) == 1:
		opts.Order = sorted[0]
	case !l.dated():
		opts.Order = fit[0]
	default:
		return opts, statement.At(0, 0, reasonOrder)
	}
	return opts, nil
}

func (l *learner) dated() bool {
	for _, t := range l.tries {
		if t.last != 0 {
			return true
		}
	}
	return false
}

// readDate reads three numbers in an order, separated by / - . ' or spaces. An
// apostrophe before a two-digit year means 2000 to 2099, as Quicken writes it.
func readDate(b []byte, order string) (store.Date, bool) {
	var n [3]int
	var width [3]int
	apostrophe := false
	i := 0
	for _, c := range statement.Trim(b) {
		switch {
		case c >= '0' && c <= '9':
			if width[i]++; width[i] > 4 {
				return 0, false
			}
			n[i] = n[i]*10 + int(c-'0')
		case c == ' ':
		case c == '/' || c == '-' || c == '.' || c == '\'':
			if width[i] == 0 || i == 2 {
				return 0, false
			}
			apostrophe = c == '\''
			i++
		default:
			return 0, false
		}
	}
	if i != 2 || width[2] == 0 {
		return 0, false
	}
	y, m, d := 2, 0, 1
	switch order {
	case "dmy":
		m, d = 1, 0
	case "ymd":
		y, m, d = 0, 1, 2
	}
	if width[m] > 2 || width[d] > 2 || width[y] == 3 || order == "ymd" && width[y] != 4 {
		return 0, false
	}
	return statement.Civil(fullYear(n[y], width[y], apostrophe), n[m], n[d])
}

func fullYear(year, width int, apostrophe bool) int {
	switch {
	case width == 4:
		return year
	case apostrophe || year < statement.Pivot:
		return 2000 + year
	}
	return 1900 + year
}
