//go:build linux || darwin

package kek

import (
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
)

func TestAWSCredentials(t *testing.T) {
	got := parseCredentials([]byte("[other]\naws_access_key_id = no\n[default]\n# a comment\naws_access_key_id = id\naws_secret_access_key=se=cret\naws_session_token = tok\n[last]\naws_secret_access_key = no\n"))
	if got.AccessKeyID != "id" || got.SecretAccessKey != "se=cret" || got.SessionToken != "tok" {
		t.Errorf("%+v", got)
	}
	h := &home.Home{Env: map[string]string{"AWS_ACCESS_KEY_ID": "id"}}
	if _, err := awsCredentials(h, ""); err == nil {
		t.Errorf("half of the credentials: %v", err)
	}
}
