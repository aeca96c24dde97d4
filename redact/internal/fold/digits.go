package fold

// digitRuns are digits that package unicode does not know as decimal ones, in runs:
// where a run begins, and of which digits. They are those of numeric value 0 to 9 in
// the Unicode Character Database, of categories No, Nl and Lo, and what is of category
// Nd since Unicode 16.
var digitRuns = [...]struct{ at, first, last rune }{
	{0x2460, 1, 9}, {0x2474, 1, 9}, {0x24F5, 1, 9}, {0x2776, 1, 9}, {0x2780, 1, 9}, {0x278A, 1, 9}, // circled, in parentheses, double, dingbats
	{0x1369, 1, 9}, {0x11052, 1, 9}, {0x10E60, 1, 9}, {0x1F101, 0, 9}, {0x1D360, 1, 9}, {0x1D369, 1, 9}, // Ethiopic, Brahmi, Rumi, comma, counting rods
	{0x2160, 1, 9}, {0x2170, 1, 9}, {0x2074, 4, 9}, {0x2080, 0, 9}, {0x3021, 1, 9}, // Roman, super- and subscripts, Hangzhou
	// Outlined, Garay, Myanmar Extended-C, Sunuwar, Tolong Siki, Kirat Rai, Ol Onal.
	{0x1CCF0, 0, 9}, {0x10D40, 0, 9}, {0x116D0, 0, 9}, {0x116DA, 0, 9}, {0x11BF0, 0, 9}, {0x11DE0, 0, 9}, {0x16D70, 0, 9}, {0x1E5F1, 0, 9},
	// Numerals of scripts that add them up, and Han numerals that are written seldom; each
	// of them still reads as one digit.
	{0xC78, 0, 3}, {0xC7C, 1, 3}, {0x17F0, 0, 9}, {0x19DA, 1, 1}, {0x2185, 6, 6}, {0x3192, 1, 2}, {0x3195, 4, 4}, {0x3405, 5, 5}, {0x3483, 2, 2},
	{0x382A, 5, 5}, {0x3B4D, 7, 7}, {0x4E96, 4, 4}, {0x4EE8, 3, 3}, {0x5169, 2, 2}, {0x53C4, 3, 3}, {0x5E7A, 1, 1}, {0x5EFE, 9, 9}, {0x8CAE, 2, 2},
	{0xA6E6, 1, 9}, {0xA6EF, 0, 0}, {0xF978, 2, 2}, {0x10107, 1, 9}, {0x10142, 1, 1}, {0x10143, 5, 5}, {0x10148, 5, 5}, {0x1014F, 5, 5}, {0x10158, 1, 1},
	{0x10159, 1, 1}, {0x1015A, 1, 2}, {0x1015C, 2, 2}, {0x1015D, 2, 2}, {0x1015E, 2, 2}, {0x1015F, 5, 5}, {0x10173, 5, 5}, {0x1018A, 0, 0},
	{0x102E1, 1, 9}, {0x10320, 1, 1}, {0x10321, 5, 5}, {0x103D1, 1, 2}, {0x10858, 1, 3}, {0x10879, 1, 5}, {0x108A7, 1, 4}, {0x108AB, 4, 5},
	{0x108FB, 1, 1}, {0x108FC, 5, 5}, {0x10916, 1, 1}, {0x1091A, 2, 3}, {0x109C0, 1, 8}, {0x10A40, 1, 4}, {0x10A7D, 1, 1}, {0x10A9D, 1, 1},
	{0x10AEB, 1, 1}, {0x10AEC, 5, 5}, {0x10B58, 1, 4}, {0x10B78, 1, 4}, {0x10BA9, 1, 4}, {0x10CFA, 1, 1}, {0x10CFB, 5, 5}, {0x10F1D, 1, 5},
	{0x10F51, 1, 1}, {0x10FC5, 1, 4}, {0x111E1, 1, 9}, {0x11C5A, 1, 9}, {0x12400, 2, 9}, {0x12408, 3, 9}, {0x1240F, 4, 9}, {0x12415, 1, 9},
	{0x1241E, 1, 5}, {0x12423, 2, 3}, {0x12425, 3, 9}, {0x1242C, 1, 3}, {0x1242F, 3, 5}, {0x12434, 1, 3}, {0x12437, 3, 5}, {0x1243A, 3, 3},
	{0x1243B, 3, 4}, {0x1243D, 4, 4}, {0x1243E, 4, 4}, {0x1243F, 4, 4}, {0x12440, 6, 7}, {0x12442, 7, 7}, {0x12443, 7, 8}, {0x12445, 8, 9},
	{0x12447, 9, 9}, {0x12448, 9, 9}, {0x12449, 9, 9}, {0x1244A, 2, 4}, {0x1244E, 6, 6}, {0x1244F, 1, 4}, {0x12453, 4, 5}, {0x12455, 5, 5},
	{0x12456, 2, 3}, {0x12458, 1, 2}, {0x12469, 4, 9}, {0x16E80, 0, 9}, {0x16E94, 1, 3}, {0x1D2E0, 0, 9}, {0x1D372, 1, 5}, {0x1D377, 1, 1},
	{0x1D378, 5, 5}, {0x1E8C7, 1, 9}, {0x1EC71, 1, 9}, {0x1ECA3, 1, 3}, {0x1ECA7, 5, 9}, {0x1ECB1, 1, 2}, {0x1ED01, 1, 9}, {0x1ED2F, 2, 9},
	{0x20001, 7, 7}, {0x20064, 4, 4}, {0x200E2, 4, 4}, {0x20121, 5, 5}, {0x2092A, 1, 1}, {0x20AEA, 6, 6}, {0x20AFD, 3, 3}, {0x20B19, 3, 3},
	{0x22390, 2, 2}, {0x22998, 3, 3}, {0x23B1B, 3, 3}, {0x2626D, 4, 4}, {0x2F890, 9, 9},
}
