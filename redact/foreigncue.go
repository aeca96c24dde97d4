package redact

import "bytes"

// Cues in other scripts. They are compared as they are folded: letters that look
// like Latin ones are those.

// foreignCue is such a word, folded, and what it says.
type foreignCue struct {
	word []byte
	cue  cue
}

var foreignCues = makeForeignCues()

// foreignWords are these words as they are written.
func foreignWords() map[cue][]string {
	return map[cue][]string{
		cueAccount: {"口座番号", "口座", "账号", "账户", "帐号", "帐户", "帳號", "帳戶", "계좌번호", "계좌", "счет", "счёт", "счета", "счёта", "рахунку", "Счет", "Счёт", "СЧЕТ", "рахунок", "λογαριασμός", "λογαριασμού", "חשבון", "الحساب", "حساب", "сметка", "普通", "当座", "खाता संख्या", "खाता", "เลขที่บัญชี", "บัญชี"},
		cueCard:    {"カード番号", "卡号", "银行卡", "카드번호", "карта", "карты"},
		cueTax:     {"身份证号", "身份证号码", "身份证", "居民身份证", "주민등록번호", "ИНН", "СНИЛС", "マイナンバー", "個人番号", "ת.ז."},
	}
}

// makeForeignCues leaves those to makeCueWords that Latin letters look like.
func makeForeignCues() (all []foreignCue) {
	for c, words := range foreignWords() {
		for _, w := range words {
			if word := []byte(foldString(w)); !ascii(word) {
				all = append(all, foreignCue{word, c})
			}
		}
	}
	return all
}

// longestForeign is the most bytes of such a word.
const longestForeign = 40

// foreignCueBefore returns what the word that ends at t[:i] says, if a letter of
// another script is in it.
func foreignCueBefore(t []byte, i int) (found cue) {
	const last = 4 // bytes, of which one is not ASCII
	if ascii(t[max(0, i-last):i]) {
		return 0
	}
	word := t[max(0, i-longestForeign):i]
	for k := range foreignCues {
		if bytes.HasSuffix(word, foreignCues[k].word) {
			found |= foreignCues[k].cue
		}
	}
	return found
}
