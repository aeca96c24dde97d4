package redact_test

import "testing"

// TestSubfields: numbers that go on in the next field of a booking's purpose.
func TestSubfields(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: ":86:166?00UEBERWEISUNG?109310?20KROGER 4539 5787 63?2162 1486 UND?22MEHR", gone: "5787"},
		{in: ":86:166?00X?20IBAN DE8937040044?2105 32013000 DANKE", gone: "0532013000"},
		{in: ":86:166?00X?20DANKE FUER ALLES?21KARTE 45395?2278763621?60486?61ENDE", gone: "78763"},
		{in: "020~00MEMO~20PRZELEW KARTA 45395787~2163621486 A~30X", gone: "5787"},
		{in: "166?20VERWEND?21KTO 50108?221234 BLZ 37040044", gone: "50108"},
	})
	checkLeft(t, ":86:166?00A?20RE 2026-11-23 NR 12345?2167890 VOM 3.11.?22BETRAG 12,50",
		"166?20EREF+1234567890123?21SVWZ+RECHNUNG 4711?22VOM 2026-01-05", "what is?20 and?21 or 12?2134")
}
