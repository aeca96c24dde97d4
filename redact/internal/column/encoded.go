package column

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// encodedDigits returns how many digits a cell encodes in base64 or hexadecimal, and nothing
// else; 0 if it does not.
func encodedDigits(cell []byte) int {
	if len(cell) < encoded.LeastShortBase64 || len(cell) > encoded.MaxTornPiece || char.AllDigits(cell) && !encoded.HexOfDigits(cell) {
		return 0
	}
	for _, c := range cell {
		if !credential.Base64Char(c) && c != '=' && c != ':' && c != '\\' && c != ' ' {
			return 0
		}
	}
	for _, decode := range [...]func([]byte) []byte{encoded.HexPiece, encoded.Base64Piece} {
		if text := decode(cell); len(text) > 0 && char.AllDigits(text) {
			return len(text)
		}
	}
	return 0
}
