package kekfake

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"
)

// AWS is AWS KMS in one region, with one key. It checks every signature by its own
// reading of "Signature Version 4", not by the library that the client uses.
type AWS struct {
	*Server
	Region, KeyID, AccessKeyID, Secret, Session string
	Now                                         func() time.Time
	key                                         Key
}

// StartAWS starts one that knows one access key.
func StartAWS(tb testing.TB) *AWS {
	a := &AWS{
		Region: "eu-central-1", KeyID: "1234abcd-12ab-34cd-56ef-1234567890ab",
		AccessKeyID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Session: "SESSION-OF-THE-TEST",
		Now: time.Now, key: NewKey(),
	}
	a.Server = Start(tb, a.answer)
	return a
}

func refuseAWS(w http.ResponseWriter, kind string) {
	Reply(w, http.StatusBadRequest, map[string]string{"__type": kind, "message": secret})
}

// Denied answers as KMS refuses a caller.
func (a *AWS) Denied(w http.ResponseWriter, _ *http.Request) { refuseAWS(w, "AccessDeniedException") }

// Refusing answers with a type of error.
func (a *AWS) Refusing(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { refuseAWS(w, kind) }
}

func (a *AWS) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	if kind := a.checkSignature(r, body); kind != "" {
		refuseAWS(w, kind)
		return
	}
	var q struct {
		KeyId                     string
		Plaintext, CiphertextBlob []byte
		EncryptionContext         map[string]string
	}
	if json.Unmarshal(body, &q) != nil || r.Header.Get("Content-Type") != "application/x-amz-json-1.1" {
		refuseAWS(w, "SerializationException")
		return
	}
	if q.KeyId != a.KeyID && q.KeyId != "alias/counterfoil" {
		refuseAWS(w, "NotFoundException")
		return
	}
	aad, err := json.Marshal(q.EncryptionContext) // sorts by name
	if err != nil {
		return
	}
	arn := "arn:aws:kms:" + a.Region + ":111122223333:key/" + a.KeyID
	switch r.Header.Get("X-Amz-Target") {
	case "TrentService.Encrypt":
		Reply(w, http.StatusOK, map[string]any{"CiphertextBlob": a.key.Encrypt(q.Plaintext, aad), "KeyId": arn, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
	case "TrentService.Decrypt":
		plain, ok := a.key.Decrypt(q.CiphertextBlob, aad)
		if !ok {
			refuseAWS(w, "InvalidCiphertextException")
			return
		}
		Reply(w, http.StatusOK, map[string]any{"Plaintext": plain, "KeyId": arn, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
	default:
		refuseAWS(w, "UnknownOperationException")
	}
}

// skew is how old a signature may be.
const skew = 5 * time.Minute

// checkSignature follows the four tasks of Signature Version 4.
func (a *AWS) checkSignature(r *http.Request, body []byte) (refusal string) {
	auth, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return "MissingAuthenticationTokenException"
	}
	parts := map[string]string{}
	for _, p := range strings.Split(auth, ", ") {
		name, value, _ := strings.Cut(p, "=")
		parts[name] = value
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || a.Now().Sub(at).Abs() > skew {
		return "InvalidSignatureException"
	}
	scope := at.Format("20060102") + "/" + a.Region + "/kms/aws4_request"
	if parts["Credential"] != a.AccessKeyID+"/"+scope || r.Header.Get("X-Amz-Security-Token") != a.Session {
		return "UnrecognizedClientException"
	}
	signed := strings.Split(parts["SignedHeaders"], ";")
	if !sort.StringsAreSorted(signed) || !strings.Contains(parts["SignedHeaders"], "host;") || !strings.Contains(parts["SignedHeaders"], "x-amz-target") {
		return "IncompleteSignatureException"
	}
	var request bytes.Buffer
	request.WriteString(r.Method + "\n/\n\n")
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		if name == "content-length" {
			value = r.Header.Get("Content-Length")
		}
		request.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	request.WriteString("\n" + parts["SignedHeaders"] + "\n" + hexSum(body))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + hexSum(request.Bytes())
	key := []byte("AWS4" + a.Secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(mac(key, text))), []byte(parts["Signature"])) {
		return "InvalidSignatureException"
	}
	return ""
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
