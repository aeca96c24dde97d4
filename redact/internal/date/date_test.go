package date

import "testing"

func TestLike(t *testing.T) {
	for d, want := range map[string]bool{
		"2026": true, "1227": true, "2712": true, "0526": true, "20260105": true, "1227123": true, "122026": true, "202601": true,
		"4539": false, "9999": false, "45395787": false, "123": false,
	} {
		if got := Like([]byte(d)); got != want {
			t.Errorf("Like(%s) = %v", d, got)
		}
	}
}

func TestISO(t *testing.T) {
	for d, want := range map[string]bool{"2026-01-05": true, "1999-12-31": true, "2026-13-05": false, "2026-01-32": false, "2026/01/05": false, "12345-6789": false} {
		if got := IsISO([]byte(d)); got != want {
			t.Errorf("IsISO(%s) = %v", d, got)
		}
	}
	if !BeginsISO([]byte("2026-01-05T10:00:00Z")) || BeginsISO([]byte("2026-01")) {
		t.Error("BeginsISO")
	}
	if !IsCompact([]byte("20260105")) || IsCompact([]byte("20261305")) || IsCompact([]byte("2026010")) {
		t.Error("IsCompact")
	}
}

func TestInstants(t *testing.T) {
	for d, want := range map[string]bool{"1767571200": true, "1767571200000": true, "1767571200000000": true, "1767571200000000000": true, "2767571200": false, "1367571200": false, "17675712000": false} {
		if got := SinceEpoch([]byte(d)); got != want {
			t.Errorf("SinceEpoch(%s) = %v", d, got)
		}
	}
	if !DayLike([]byte("05.01.26"), false) || DayLike([]byte("20-00-00"), true) || !DayLike([]byte("2026-1-5"), true) || DayLike([]byte("1.2"), false) {
		t.Error("DayLike")
	}
}
