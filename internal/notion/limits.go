package notion

import "unicode/utf8"

// Notion's limits (https://developers.notion.com/reference/request-limits).
// Text is counted in UTF-16 code units, as Notion's JavaScript does.
const (
	// MaxText is the longest content of one rich text object.
	MaxText = 2000
	// MaxRichText is how many rich text objects one array holds.
	MaxRichText = 100
	// MaxChildren is how many blocks one array of children holds.
	MaxChildren = 100
	// MaxBlocks is how many blocks one payload holds, nested ones included.
	MaxBlocks = 1000
	// MaxPayloadBytes is the size of one payload.
	MaxPayloadBytes = 500_000
	// MaxURL is the longest URL.
	MaxURL = 2000
	// MaxPageSize is how many results one page of a list holds.
	MaxPageSize = 100
	// MaxLevels is how many levels of blocks one request carries: blocks and
	// their children. Deeper ones follow in requests of their own.
	MaxLevels = 2
	// MaxTitle is the longest title that we write: one rich text object.
	MaxTitle = MaxText
)

// Our own limits.
const (
	// MaxMarkdown is the longest markdown, in bytes, that is converted: about 70
	// pages of text.
	MaxMarkdown = 256 << 10
	// MaxDepth is how deep blocks nest; what is deeper moves up.
	MaxDepth = 6
	// MaxTotalBlocks bounds one write over all its requests, so that a write
	// takes a minute at worst at three requests a second.
	MaxTotalBlocks = 5000
	// maxBlockBytes bounds one block's own text as JSON, so that a payload always
	// has room for at least one.
	maxBlockBytes = 100_000
	// planBytes is where a batch is closed: below MaxPayloadBytes by what the
	// properties of a page can need.
	planBytes = 300_000
)

// UTF16Len is the length of a text as Notion counts it.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

func units(r rune) int {
	if r >= 0x10000 && r <= utf8.MaxRune {
		return 2
	}
	return 1
}
