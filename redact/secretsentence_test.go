package redact_test

import "testing"

// TestSentences: secrets as people tell them in a message.
func TestSentences(t *testing.T) {
	checkGone(t, []gone{
		{"WPA key 9SAHxmPPOCi7", "9SAH"}, {"wifi key: 9SAHxmPPOCi7", "9SAH"}, {"TOTP seed 2TLHCFZAI2QYANFCWLFS5UZRTLNNR42M", "QYAN"}, {"otp seed: 2TLH CFZA I2QY ANFC", "CFZA"},
		{"I changed my password from FBr89oVOHZ$ to snLbIN6DvH$", "FBr89"}, {"I changed my password from FBr89oVOHZ$ to snLbIN6DvH$", "snLbI"}, {`password from "FBr89oVOHZ" to "snLb6IN!DvH".`, "snLb"},
		{"credentials bob / GCwvl4YkxZ$", "GCwvl"}, {"creds bob:GCwvl4YkxZ$", "GCwvl"}, {"your code is 271187", "271187"}, {"Your Acme code: 4821", "4821"}, {"Your code is: 271187.", "271187"},
		{"WIFI:T:WPA;S:Net;P:aQ9ixZPzsw$;;", "aQ9i"}, {`WIFI:S:Net;T:WPA;P:a\;Q9ixZPzsw;H:true;;`, "Q9ix"}, {"connect with 9JAde#vC1mX as the password", "vC1m"}, {"KtvX7#dk3sh is my password", "dk3sh"},
		{"temp password (f6YOsAZS!)", "f6YO"}, {"HMAC key 02345dcaf14e97076e8eeffb6ad3d92463c10d378ef3d5dd4a4b005e5a97bc1b", "02345dca"}, {"SSHPASS=5MqYs#ETSa1 ssh bob@h", "ETSa"}, {"_csrf=n8bqym4EhzJD6mFn3F2MsJxDi0rYXF7z", "n8bq"},
		{"redis://:SvPk3#8eXVy@cache:6379/0", "SvPk3"}, {"amqps://u:kLTyy#KsTvz?a@mq/vh", "kLTyy"}, {"the security code on the back is 251", "251"},
	})
	checkLeft(t, "your code is 2500 lines long", "Your zip code is 94107", "the network key is on the router", "credentials page/2024", "read the password from file1 to memory", "WIFI: free, no password",
		"https://example.com:8080#a@b", "the API key field", "signs as the password holder", "network key 0x1f3a5b7c9d", "seed 12345678", "Account credentials for/2024")
}
