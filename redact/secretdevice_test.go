package redact_test

import "testing"

// TestDeviceSecrets: the configuration of network devices, as their command lines print it.
func TestDeviceSecrets(t *testing.T) {
	vanish(t, [][2]string{
		{"enable password 7 104D000A061843", "104D000A"}, {"username bob password 7 05080F1C22431F5B4A", "05080F1C"}, {" password 7 094F471A1A0A57", "094F471A"}, {"tacacs-server key 7 0822455D0A16544541", "0822455D"}, {" key 7 0822455D0A16544541", "0822455D"}, {" key-string 7 094F471A1A0A57", "094F471A"},
		{"neighbor 10.0.0.2 password 7 0822455D0A16544541", "0822455D"}, {"ntp authentication-key 1 md5 070C285F4D06 7", "070C285F"}, {"snmp-server community n3tw0rkQQ RO", "n3tw0rk"}, {"set snmp community n3tw0rkQQ authorization read-only", "n3tw0rk"}, {"rocommunity n3tw0rkQQ 10.0.0.0/8", "n3tw0rk"},
		{"radius-server key R4diusKey77", "R4dius"}, {"tacacs-server host 10.0.0.5 key Tac4csKey77", "Tac4cs"}, {"crypto isakmp key Vpn5haredKey address 203.0.113.9", "Vpn5hared"}, {"set password ENC AK1mNVvcUnWwfV6vF1kFPpLVbGxnfkbqFdfkmZc8m6yX8k=", "AK1mNVvc"}, {"set psksecret ENC dUJzcVYyM2h4dGZnZEpBVnFK", "dUJzcVYy"},
		{"community_string: winter", "winter"}, {"privKey: wintersnow", "wintersnow"}, {"privacy_key: wintersnow", "wintersnow"}, {"http://h.example/x?appkey=Qx12345abcd9f", "Qx12345"}, {"org+builder:1D2F9D0BB1E67E9F6B3B5B9A2A3D4E5F6A7B8C9D0E1F2A3B", "1D2F9D0B"}, {"BBDC-NDM5MzAxNTc4MzA1OqEEPqHU4oTScTVkDs/JUzB7ptIg", "NDM5MzAx"},
	})
	remain(t, []string{"snmp-server community public RO", "snmp-server community private", "the open source community grew 4x2", "community 2026a", "password 7 days before expiry", "Password 5 of 8", "key 7 Settings4u", "secret 9 lives", "key 5 value1x", "Key 0 offset2a", "password ENC rypted", "key 7 2026091512",
		"sort key 0 ascending1", "radius key figures2", "community: password reset at 10", "keystring: abc", "foreign key 7 0123ABCD45", "a+b:ABC123", "certtool --generate-privkey --bits 128", "the idiom is to pass ed25519.PrivateKey by value"})
}
