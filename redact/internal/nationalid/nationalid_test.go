package nationalid

import "testing"

// TestExamples: each check passes numbers of its kind, made up or printed by the office as
// an example, and not one with another character at its end.
func TestExamples(t *testing.T) {
	for number, verify := range map[string]func(d []byte) bool{
		"11144477735": CPF, "11222333000181": CNPJ, "20123456786": CUIT, "85073003328": NRN, "11010519491231002X": ResidentID,
		"255081416802538": NIR, "9434765919": NHS, "7569217076985": AHV, "8001015009087": ZAID, "123456785": RUT, "1234567890121": ThaiID,
		"12345678Z": DNI, "X1234567L": DNI, "RSSMRA85T10A562S": CodiceFiscale, "HEGG560427MVZRRL04": CURP, "S1234567D": NRIC, "A1234563": HKID,
		"9001011234568": func(d []byte) bool { return RRN(d, false) }, "131052308T": func(d []byte) bool { return HETU(d[:6], d[6:9], d[9]) },
	} {
		if !verify([]byte(number)) {
			t.Errorf("%s does not pass", number)
		}
		d := []byte(number)
		if last := len(d) - 1; d[last] == '9' || d[last] == 'Z' {
			d[last]--
		} else {
			d[last]++
		}
		if verify(d) {
			t.Errorf("%s passes too", d)
		}
	}
}

// TestAssigned: what was never given out does not pass.
func TestAssigned(t *testing.T) {
	for number, want := range map[string]bool{"078051120": true, "000123456": false, "666123456": false, "900123456": false, "123001234": false, "123450000": false} {
		if got := SSN([]byte(number)); got != want {
			t.Errorf("SSN %s: %v", number, got)
		}
	}
	for number, want := range map[string]bool{"912701234": true, "912931234": false, "812701234": false} {
		if got := ITIN([]byte(number)); got != want {
			t.Errorf("ITIN %s: %v", number, got)
		}
	}
}

func TestSchemes(t *testing.T) {
	for word, want := range map[string]string{"RSSMRA85T10A562S": "codice_fiscale", "HEGG560427MVZRRL04": "curp", "11010519491231002X": "resident_id", "12345678Z": "dni", "27AAPFU0939F1ZV": "gstin", "RSSMRA85T10A562T": "", "ORDER1234": ""} {
		if got := Lettered([]byte(word)); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	for word, want := range map[string]string{"1234567T": "pps", "15070649C103": "rvnr", "12ABC34501DE35": "cnpj", "A123456780": "", "1EG4TE5MK73": ""} {
		if got := Named([]byte(word), true, false); got != want {
			t.Errorf("%s as a tax number: %q, want %q", word, got, want)
		}
	}
	for word, want := range map[string]string{"A123456780": "kvnr", "1EG4TE5MK73": "mbi", "1234567T": ""} {
		if got := Named([]byte(word), false, true); got != want {
			t.Errorf("%s as one of a health insurance: %q, want %q", word, got, want)
		}
	}
}
