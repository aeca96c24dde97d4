package audit

import (
	"errors"
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{}`, `{}`},
		{` [ 1 , 2.50, -0, 1e2, 0.1e1, true, null ] `, `[1,2.5,0,100,1,true,null]`},
		{`{"b":1,"a":{"d":[],"c":"\u0041\/"}}`, `{"a":{"c":"A/","d":[]},"b":1}`},
		{`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"`, `"€$\u000f\nA'B\"\\\\\"/"`}, // RFC 8785, 3.2.2.2
		{`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`,
			`{"\r":2,"1":4,"` + "\u0080" + `":6,"ö":7,"€":1,"😀":5,"` + "\ufb33" + `":3}`}, // RFC 8785, 3.2.3
		{`[1E30, 4.50, 2e-3, 1e-27, 9007199254740991]`, `[1e+30,4.5,0.002,1e-27,9007199254740991]`},
		{`[1e21,1e20,0.000001,1e-7,123456789012e3]`, `[1e+21,100000000000000000000,0.000001,1e-7,123456789012000]`},
	} {
		got, err := Canonical([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("Canonical(%s) = %s, %v; want %s", c.in, got, err, c.want)
		}
		if again, err := Canonical(got); err != nil || string(again) != string(got) {
			t.Errorf("Canonical(%s) is not a fixed point: %s, %v", got, again, err)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, in := range []string{
		``, `{`, `}`, `[1,]`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `1 2`, `{} x`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83dx"`,
		"\"\xff\"", `9007199254740993`, `9007199254740992`, `-9007199254740993`, `1e400`, `1e-400`, `0.1234567890123456789`, `333333333.33333329`,
		`NaN`, `01`, `+1`, `.5`, `'a'`, strings.Repeat("[", 100) + strings.Repeat("]", 100), `0.` + strings.Repeat("0", 500) + `1`,
	} {
		if got, err := Canonical([]byte(in)); !errors.Is(err, ErrInvalid) {
			t.Errorf("Canonical(%.40s) = %s, %v; want ErrInvalid", in, got, err)
		}
	}
}
