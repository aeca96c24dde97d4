package redact

import (
	"bytes"
	"slices"
)

// Words for a password in other scripts. They are compared as they are folded, see
// foreignCues.

var foreignPasswords = foldAll("пароль", "Пароль", "ПАРОЛЬ", "пароля", "парола", "лозинка", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "κωδικός", "κωδικος", "συνθηματικό", "كلمة المرور", "كلمة السر", "סיסמה", "סיסמא", "पासवर्ड", "รหัสผ่าน", "mật khẩu", "şifre", "şifresi", "Şifre", "hasło", "Hasło", "jelszó", "Jelszó")

func foldAll(words ...string) (all [][]byte) {
	for _, w := range words {
		folded := foldString(w)
		if all = append(all, []byte(folded)); folded != w { // letters with accents alone are not folded
			all = append(all, []byte(w))
		}
	}
	return all
}

// foreignGap is the most bytes between such a word and the password.
const foreignGap = 12

// foreignWords finds the passwords behind such words: what a sign of assignment or a
// word for "is" stands before, and what looks like one.
func (s *scan) foreignWords(v *view) {
	t := v.t
	for _, word := range foreignPasswords {
		for at := 0; ; {
			k := bytes.Index(t[at:], word)
			if k < 0 {
				break
			}
			at += k + len(word)
			a, sign := foreignValue(t, at)
			end := s.valueEnd(t, a)
			for k, c := range looked(t[a:end]) {
				if c >= 0x80 {
					end = a + k
					break
				}
			}
			end = endsTrimmed(t, a, end, ".)")
			if value := t[a:end]; (passwordLike(value) || sign && len(value) >= minPassword && alnum(value[0])) && a > at && !s.r.isToken(value) {
				s.secret(v, a, end, "assigned")
			}
		}
	}
}

// foreignValue returns where the value begins behind a word that ends at t[i], and
// whether a sign stands between them.
func foreignValue(t []byte, i int) (at int, sign bool) {
	for at = i; at < len(t) && at-i < foreignGap; at++ {
		switch c := t[at]; {
		case c == ':' || c == '=':
			sign = true
		case c >= 0x80:
			n := linkSize(t[at:])
			if n == 0 {
				return at, sign
			}
			at += n - 1
		case c == ' ' || c == '"' || c == '\'' || c == '-' || c == '\\' || c == '(':
		default:
			return at, sign
		}
	}
	return at, sign
}

// linkSize returns the bytes of a word or a mark for "is" that a text begins with.
func linkSize(t []byte) int {
	for _, word := range [...]string{"是", "为", "為", "は", "が", "는", "은", "이", "—", "–", "“", "「", "：", "है", "это"} {
		if bytes.HasPrefix(t, []byte(word)) {
			return len(word)
		}
	}
	return 0
}

// anyForeign tells whether such a word stands in a text.
func anyForeign(t []byte) bool {
	return slices.ContainsFunc(foreignPasswords, func(word []byte) bool { return bytes.Contains(t, word) })
}

// foreignName is spelledName for a key that is, folded, such a word.
func foreignName(key []byte) nameKind {
	for _, word := range foreignPasswords {
		if bytes.Equal(key, word) {
			return nameSecret
		}
	}
	return nameNone
}
