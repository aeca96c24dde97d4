package secrets

import (
	"bytes"
)

// The calls that take a password, by their names and what stands before these.

// callNames are the calls that take a user and a password, by their small letters, and
// which of their strings the password is, from one on.
var callNames = map[string]int{
	"networkcredential": 2, "usernamepasswordcredential": 2, "usernamepasswordcredentials": 2, "passwordcredential": 2, "httpbasicauth": 2, "httpdigestauth": 2, "basicauth": 2, "setbasicauth": 2,
	"mysqlconnect": 3, "mysqliconnect": 3, "mysqli": 3, "mysqlpconnect": 3, "directoryentry": 3, "login": 2, "auth": 2, "connect": 3,
	"usernamepasswordauthenticationtoken": 2, "createuser": 3, "createsuperuser": 3, "checkpassword": lastArg, "setpassword": lastArg, "hashpassword": lastArg, "verifypassword": lastArg, "credentials": lastArg,
	"getconnection": 3, "pdo": 3, "ldapbind": 3, "pgpsymencrypt": 2, "pgpsymdecrypt": 2, "sign": 2, "encode": 2, "verify": 2, "begin": 2, "new": 1, "fernet": 1,
	"softap": 2, "basicauthentication": 2, "basicauthenticationinterceptor": 2, "sequelize": 3, "httpbasic": 2, "passwordauthentication": 2, "plainauth": 3, "dialpassword": 1, "comparesync": 1, "hashsync": 1, "passwordhash": 1, "passwordverify": 1, "pbkdf": 1, "pbkdfhmac": 2, "scryptsync": 1, "scrypt": 1, "aesencrypt": 2, "aesdecrypt": 2, "encrypt": 2, "decrypt": 2, "crypt": 1, "xcertificate": 2, "publickeys": 3, "loginas": 2, "signinwithemailandpassword": 2, "createuserwithemailandpassword": 2, "signinwithpassword": 2, "addap": 2, "ftp": 3, "addidentity": 2, "cookieparser": 1, "urlsafeserializer": 1, "hashpw": 1, "checkpw": 1, "basic": 2, "load": 2, "open": 3, "setcredentials": 2, "usepassword": 1, "withpassword": lastArg, "withcredentials": 2, "setpass": lastArg, "authenticate": 2, "spaddlogin": 2, "mkpasswd": 1, "hash": 1,
	"openai": 0, "twilio": 0, "pusher": 0, "anthropic": 0, "createclient": 0, "sendgrid": 0, "cloudinary": 0, "minio": 0, "algoliasearch": 0,
	"oauth": 0, // each of its strings that looks random
}

// lastArg is the last one of the strings.
const lastArg = -1

// plainCalls are those of callNames whose names alone mean too little: the value has to
// look like a password, with a digit.
func plainCall(name string) bool {
	switch name {
	case "softap", "basicauthentication", "basicauthenticationinterceptor", "sequelize", "httpbasic", "passwordauthentication", "plainauth", "dialpassword", "comparesync", "hashsync", "passwordhash", "passwordverify", "pbkdf", "pbkdfhmac", "scryptsync", "scrypt", "aesencrypt", "aesdecrypt", "encrypt", "decrypt", "crypt", "xcertificate", "publickeys", "loginas", "signinwithemailandpassword", "createuserwithemailandpassword", "signinwithpassword", "addap", "ftp", "addidentity", "cookieparser", "urlsafeserializer", "hashpw", "checkpw", "basic", "load", "open", "setcredentials", "usepassword", "withpassword", "withcredentials", "setpass", "authenticate", "spaddlogin", "mkpasswd", "hash",
		"createuser", "createsuperuser", "checkpassword", "setpassword", "hashpassword", "verifypassword", "credentials", "getconnection", "pdo", "ldapbind", "pgpsymencrypt", "pgpsymdecrypt", "sign", "encode", "verify", "begin", "new", "fernet":
		return true
	}
	return false
}

// driverCall returns which string is the password in a call of connect of the driver of a
// database whose name stands before t[i:]; 0 if there is none.
func driverCall(t []byte, i int) int {
	for _, driver := range [...]string{"DBI->", "DBI.", "pymysql.", "MySQLdb.", "mariadb."} {
		if bytes.HasSuffix(t[:i], []byte(driver)) {
			return 3
		}
	}
	for _, driver := range [...]string{"cx_Oracle.", "oracledb.", "wlan.", "sta_if.", "wifi.", "WiFi.", "WLAN."} { // of microcontrollers, too
		if bytes.HasSuffix(t[:i], []byte(driver)) {
			return 2
		}
	}
	if bytes.HasSuffix(t[:i], []byte("ssh.")) { // a host, a port, a name
		return 4
	}
	return 0
}

// callOwner is how many bytes before the name of a call are looked at for what it is of.
const callOwner = len("KeyStore.getInstance(\"PKCS12\").")

// plainPlace returns which string of a call is the password if its name means something else
// without what stands before it; nth if it needs nothing.
func plainPlace(t []byte, i int, name string, nth int) int {
	before := t[max(0, i-callOwner):i]
	switch name {
	case "load":
		if low := bytes.ToLower(before); !bytes.HasSuffix(low, []byte("ks.")) && !bytes.Contains(low, []byte("keystore")) {
			return 0
		}
	case "open":
		if !bytes.HasSuffix(before, []byte("FTP.")) {
			return 0
		}
	case "hash", "crypt":
		if name == "hash" && !bytes.HasSuffix(before, []byte("crypt.")) && !bytes.HasSuffix(before, []byte("argon2.")) || bytes.HasSuffix(before, []byte("_")) {
			return 0
		}
	case "encrypt", "decrypt":
		if !bytes.HasSuffix(before, []byte("AES.")) {
			return 0
		}
	}
	return nth
}
