package store

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text string
		want Date
		err  error
	}{
		{"1970-01-01", 1, nil},
		{"1969-12-31", -1, nil},
		{"0001-01-01", MinDate, nil},
		{"9999-12-31", MaxDate, nil},
		{"2024-02-29", NewDate(2024, time.February, 29), nil},
		{"2023-02-29", 0, ErrInvalid},
		{"0000-01-01", 0, ErrInvalid},
		{"2024-2-9", 0, ErrInvalid},
		{"2024-13-01", 0, ErrInvalid},
		{"2024-01-32", 0, ErrInvalid},
		{"20240101", 0, ErrInvalid},
		{" 2024-01-01", 0, ErrInvalid},
		{"2024-01-01T00:00:00Z", 0, ErrInvalid},
		{"-024-01-01", 0, ErrInvalid},
		{"", 0, ErrInvalid},
	} {
		got, err := ParseDate(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseDate(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

// Every date over the turn of 1970 and a leap century keeps order, prints
// and reads back, and lies in the month and week that package time gives.
func TestDateSequence(t *testing.T) {
	at := time.Date(1968, 12, 20, 0, 0, 0, 0, time.UTC)
	previous := DateOf(at.AddDate(0, 0, -1))
	for range 14000 {
		d := DateOf(at)
		if d <= previous || d == 0 || previous.AddDays(1) != d || d.AddDays(-1) != previous || d.Sub(previous) != 1 {
			t.Fatalf("%v follows %v out of order", d, previous)
		}
		if got, err := ParseDate(d.String()); err != nil || got != d || !d.Time().Equal(at) {
			t.Fatalf("%v reads back as %v, %v", d, got, err)
		}
		if d.Month() != at.Format("2006-01") || d.MonthStart().String() != at.Format("2006-01")+"-01" {
			t.Fatalf("%v is in month %s from %v", d, d.Month(), d.MonthStart())
		}
		if start := d.WeekStart(); start.Time().Weekday() != time.Monday || d.Sub(start) > 6 || d < start || start.Week() != d.Week() {
			t.Fatalf("%v is in week %s from %v", d, d.Week(), start)
		}
		previous, at = d, at.AddDate(0, 0, 1)
	}
}

func TestDateKeys(t *testing.T) {
	d := NewDate(2027, time.January, 1)
	if got, want := d.Week(), "2026-W53"; got != want {
		t.Errorf("week is %s, want %s", got, want)
	}
	if got, want := d.AddMonths(-1).String(), "2026-12-01"; got != want {
		t.Errorf("month before starts %s, want %s", got, want)
	}
	var none Date
	if none.String() != "" || none.Month() != "" || none.Week() != "" || !none.IsZero() || none.Valid() ||
		none.AddDays(3) != 0 || none.MonthStart() != 0 || none.WeekStart() != 0 || !none.Time().IsZero() {
		t.Error("the zero date is a date")
	}
}

func TestDateOfUsesItsLocation(t *testing.T) {
	zone := time.FixedZone("east", 13*60*60)
	if got, want := DateOf(time.Date(2026, 3, 1, 0, 30, 0, 0, zone)).String(), "2026-03-01"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDateJSON(t *testing.T) {
	type doc struct{ A, B Date }
	data, err := json.Marshal(doc{A: NewDate(2026, 11, 22)})
	if want := `{"A":"2026-11-22","B":""}`; string(data) != want || err != nil {
		t.Errorf("got %s, %v; want %s", data, err, want)
	}
	var back doc
	if err := json.Unmarshal(data, &back); err != nil || back.A != NewDate(2026, 11, 22) || back.B != 0 {
		t.Errorf("read back %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"22/11/2026"}`), &back); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
