package credential

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// Where the value of a password should be, forms, interfaces and people say what is the
// matter with it: password: must not be blank; {"api_key": "missing"}; {"password": ["This
// field is required."]}; Passwort: mindestens 8 Zeichen. Each word of such a text is one of
// those below, or a small number; a secret that is made of these alone is none.

const (
	LongestComplaint = 128 // bytes of such a sentence
	leastComplaint   = 2   // words, but for those that say it alone
	complaintDigits  = 3   // of a number in it: how many characters
)

// verdicts say alone what is the matter with a secret; complaints are the other words of
// such sentences. They stand in small letters, and without accents as well.
var (
	verdicts   = wordSet("required optional missing invalid incorrect wrong empty blank expired revoked unchanged changed mandatory unset falsch fehlt abgelaufen erforderlich ungültig ungultig leer pflichtfeld unverändert obligatoire requis invalide manquant expiré obligatoria obligatorio incorrecta incorrecto requerida requerido inválida invalida obrigatória obrigatoria incorreta expirada obbligatoria errata scaduta richiesta verplicht onjuist vereist verlopen ongeldig wymagane wymagany nieprawidłowe nieprawidlowe krävs kravs påkrævet pakraevet forkert påkrevd pakrevd povinné povinne kötelező kotelezo obligatorie zorunlu pakollinen")
	complaints = wordSet("a an and as at be been by can can't cannot characters character chars char common contain contains correct digit digits different does doesn't either empty enter ensure exceed exactly expired field fewer found from had has have incorrect input invalid is it least length less letter letters long longer lower lowercase lower-case match may maximum max meet min minimum missing more most must need needs new no not null number numbers numeric of old one only or password passwords passphrase pin please policy provide provided required requirements reset same secret set short should similar special strong symbol symbols than that the this to token too two uppercase upper upper-case value valid was weak were with without wrong your zero blank " +
		"mindestens zeichen muss müssen mussen enthalten haben sein geändert geandert werden darf nicht ziffern buchstaben zu kurz lang bitte eingeben das feld ist ein eine und oder neues altes " +
		"au moins caractères caracteres doit contenir avoir être etre chiffres chiffre lettres trop court ne pas vide ce champ est minimum " +
		"mínimo minimo al menos debe deve devem tener contener conter contenere ter ser de caracteres carácter caratteri almeno no puede pode vacía vacia estar vazia essere vuota demasiado corta muito curta troppo corta " +
		"minimaal tekens moet bevatten hebben minimalnie co najmniej znaków znakow musi mieć miec zawierać minst tecken måste maste ha innehålla mindst tegn skal være må ma ikke være tom alespoň alespon znaků znaku mít mit legalább legalabb karakter cel puțin putin caractere en az olmalıdır vähintään vahintaan merkkiä merkkia")
)

// complained are those of them that such a sentence may have, but that say nothing by
// themselves: secret password.
var complained = wordSet("password passwords passphrase pin token secret letter letters number numbers special symbol strong zero old new one two same user your value")

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// Complains tells whether a text says what is the matter with a secret: all of it, or what
// stands before its line, its sentence or the quotes around it ends.
func Complains(t []byte, whole bool) bool {
	if len(t) > LongestComplaint && whole {
		return false
	}
	t = t[:min(len(t), LongestComplaint)]
	words, verdict, says := 0, false, false
	for i := 0; i < len(t); {
		if t[i] <= ' ' && (whole || t[i] == ' ') {
			i++
			continue
		}
		if !whole && (t[i] < ' ' || complaintEnd(t[i])) {
			break
		}
		from := i
		for i < len(t) && t[i] > ' ' && (whole || !complaintEnd(t[i])) {
			i++
		}
		word := bytes.Trim(t[from:i], ".,:;!?()[]*-")
		if char.Digits(word) == len(word) { // or marks alone
			if len(word) > complaintDigits || words == 0 && len(word) > 0 {
				return false
			}
			continue
		}
		if len(word) > cue.LongestName {
			return false
		}
		var low [cue.LongestName]byte
		small := bytes.ToLower(append(low[:0], word...))
		said := verdicts[string(small)]
		if !said && !complaints[string(small)] {
			return false
		}
		verdict = verdict || said
		says = says || !complained[string(small)]
		if words++; !whole && says && words >= leastComplaint && bytes.IndexByte([]byte(".;!"), t[i-1]) >= 0 {
			break
		}
	}
	return says && words >= leastComplaint || words == 1 && verdict
}

// complaintEnd tells whether a character ends such a sentence in a text of another kind.
func complaintEnd(c byte) bool { return c == '"' || c == '<' || c == '\\' }
