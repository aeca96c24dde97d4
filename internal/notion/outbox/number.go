package outbox

import (
	"math/big"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// sameNumber reports whether a number that was read is the one to be written:
// Notion gives -12.50 back as -12.5.
func sameNumber(read string, v notion.Value) bool {
	if v.Type != "number" {
		return read == v.Plain()
	}
	x, ok := new(big.Rat).SetString(read)
	y, ok2 := new(big.Rat).SetString(v.Plain())
	return ok && ok2 && x.Cmp(y) == 0
}
