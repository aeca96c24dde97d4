package redact_test

import (
	"strings"
	"testing"
)

// TestToldCodes: a PIN, a security code or a code that is used once, behind words.
func TestToldCodes(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"PIN 4821", "4821"}, {"pin#0806", "0806"}, {"PIN: 4821", "4821"}, {"cvv 731", "731"}, {"CVC 371", "371"}, {"pin code: 8977", "8977"}, {"PIN code 9750", "9750"}, {"OTP 166607", "166607"}, {"otp=219467", "219467"},
		{"the bank says: the pin for my card is 9042", "9042"}, {"api says: your verification code is 619597", "619597"}, {"to: bob, security code 380", "380"}, {"note: 2FA code 221161", "221161"},
		{"pw Xk29ab7", "Xk29"}, {"pw: Xk29ab7", "Xk29"}, {"password|Summer8240!", "Summer"}, {"| password | xgqjlr56LALD |", "xgqj"}, {"Password - hunter2433", "hunter"}, {"password -> Dragon9773!", "Dragon"}, {"Password for savings: oLWc6LqaMh4", "oLWc"},
		{"initial password is: tr0ub4dor3x617", "tr0ub"}, {"Password changed to Welcome4491", "Welcome"}, {"os.environ['PASSWORD'] = 'vjZeCqZqZO9'", "vjZe"}, {"password s3cr3t315", "s3cr"}, {"mot de passe tr0ub4dor3x569", "tr0ub"},
	} {
		got := text(t, r, tc.in)
		if strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
		if again := text(t, r, got); again != got {
			t.Errorf("%q -> %q, again %q", tc.in, got, again)
		}
	}
	for _, in := range []string{"PIN 560001", "PIN 12", "pin 4.50", "PIN 12/27", "CODE 1234", "POSTCODE 1234", "SORT CODE", "PASS 2", "pass 12 of 20", "password reset", "PARIS 1234", "PASSAGE 221", "this is 2024", "PINE ST 4821", "passport A12", "Pass the salt - table 12"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestToldLater holds messages that bring a code behind what it is for, and names and
// phrases of several words.
func TestToldLater(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"Your OTP for transaction of Rs 500 is 483920. Do not share.", "483920"},
		{"OTP for payment of INR 2,500.00 at a shop on card ending 1234 is 483920", "483920"},
		{"your verification code for online banking is 4839.", "4839"},
		{"recovery code: 4f9a-b2c8-11de", "4f9a"}, {"Backup code is 4f9a-b2c8-11de", "b2c8"},
		{"passphrase: correct horse battery staple", "battery"}, {"pass phrase: correct horse battery staple\n", "staple"},
	} {
		if out := text(t, r, tc.in); strings.Contains(out, tc.gone) {
			t.Errorf("%s\nbecomes %s", tc.in, out)
		}
	}
	for _, in := range []string{"OTP rate for the year is 2024.", "the verification code of the module is 1234 lines long", "backup code path 2 is slow", "passphrase: a string that unlocks the key"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
}
