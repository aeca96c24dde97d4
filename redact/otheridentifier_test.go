package redact_test

import "testing"

// TestIdentifiersLeftAlone: what is told by what stands before or around it is no number of a
// card, also where its digits happen to be one.
func TestIdentifiersLeftAlone(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		`	const x = "b881823a-7e22-4d36-a95c-357e3afab6cd" // see docs`, `<td class="r">a824446a-5da3-45f9-a4b4-f1fb515589f6</td>`, `<td class="r">f12f8b92-a017-4a23-a0f6-ad9278636a0b</td>`,
		"doi:10.1145/3899736.0545274", "10.1038/s41586-029-07018-0",
		"arn:aws:lambda:us-east-1:616376791391:function:my-fn", "arn:aws:ec2:eu-west-1:670000507889:instance/i-072b1bec7f2494d6b",
		"IMEI 35-442651-961517-6", "IMEI: 35-604731-491633-8",
		"https://example.com/x/+46%208%20248%20812%2026?q=1", "https://example.com/x/+353%201%20430%208038?q=1", "https://example.com/x/01%2045%2019%2029%2083?q=1", "https://example.com/x/Order%207%20130-4285465-0935954?q=1",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
	for _, in := range []string{
		"10.1145/4556737586899855", "10.1145/4556-7375-8689-9855", "10.11/45567375.86899855", "arn:aws:iam::4556737586899855:role/x", "35-442651-961517-6",
		"4556%207375%208689%209855", "x/%204556737586899855", "4556%7375%8689%9855",
	} {
		if _, found, err := r.Text(nil, []byte(in)); err != nil || len(found) == 0 {
			t.Errorf("%q is not found: %v %v", in, found, err)
		}
	}
}
