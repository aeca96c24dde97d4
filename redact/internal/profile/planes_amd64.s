#include "textflag.h"

// Sixteen of a byte each.
#define SIXTEEN(name, value) \
	DATA name<>+0(SB)/8, value; \
	DATA name<>+8(SB)/8, value; \
	GLOBL name<>(SB), RODATA|NOPTR, $16

SIXTEEN(zero, $0x3030303030303030)
SIXTEEN(nine, $0x0909090909090909)
SIXTEEN(case, $0x2020202020202020)
SIXTEEN(a, $0x6161616161616161)
SIXTEEN(z, $0x1919191919191919)

// CLASSIFY sets R11, R12 and R13 to the digits, the letters and what is
// neither digit, letter nor space of the sixteen bytes in X0: x-'0' <= 9 and
// (x|' ')-'a' <= 25, both unsigned.
#define CLASSIFY \
	MOVO X0, X1; \
	PSUBB X8, X1; \
	MOVO X1, X2; \
	PMINUB X9, X2; \
	PCMPEQB X1, X2; \
	MOVO X0, X3; \
	POR X10, X3; \
	PSUBB X11, X3; \
	MOVO X3, X4; \
	PMINUB X12, X4; \
	PCMPEQB X3, X4; \
	PCMPEQB X10, X0; \
	POR X2, X0; \
	POR X4, X0; \
	PMOVMSKB X2, R11; \
	PMOVMSKB X4, R12; \
	PMOVMSKB X0, R13; \
	XORL $0xFFFF, R13

// func classify(p *byte, n int) (digits, letters, others uint64)
TEXT ·classify(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), DX
	MOVOU zero<>(SB), X8
	MOVOU nine<>(SB), X9
	MOVOU case<>(SB), X10
	MOVOU a<>(SB), X11
	MOVOU z<>(SB), X12
	XORL R8, R8
	XORL R9, R9
	XORL R10, R10
	XORL CX, CX
	CMPQ DX, $16
	JLT short

whole: // sixteen bytes from SI+CX on
	MOVOU (SI)(CX*1), X0
	CLASSIFY
	SHLQ CX, R11
	SHLQ CX, R12
	SHLQ CX, R13
	ORQ R11, R8
	ORQ R12, R9
	ORQ R13, R10
	ADDQ $16, CX
	LEAQ 16(CX), BX
	CMPQ BX, DX
	JLE whole
	CMPQ CX, DX
	JGE done

	// The last sixteen bytes, of which the first were seen.
	MOVOU -16(SI)(DX*1), X0
	CLASSIFY
	LEAQ -16(DX), CX
	SHLQ CX, R11
	SHLQ CX, R12
	SHLQ CX, R13
	ORQ R11, R8
	ORQ R12, R9
	ORQ R13, R10
	JMP done

short: // fewer than sixteen: what follows them is read too, unless a page ends
	TESTQ DX, DX
	JLE done
	MOVL SI, BX
	ANDL $0xFFF, BX
	CMPL BX, $0xFF0
	JGT end
	MOVOU (SI), X0
	CLASSIFY
	MOVL DX, CX
	MOVL $1, BX
	SHLL CX, BX
	DECL BX
	ANDL BX, R11
	ANDL BX, R12
	ANDL BX, R13
	JMP few

end: // then what stands before them
	MOVOU -16(SI)(DX*1), X0
	CLASSIFY
	MOVL $16, CX
	SUBL DX, CX
	SHRL CX, R11
	SHRL CX, R12
	SHRL CX, R13

few:
	MOVQ R11, R8
	MOVQ R12, R9
	MOVQ R13, R10

done:
	MOVQ R8, digits+16(FP)
	MOVQ R9, letters+24(FP)
	MOVQ R10, others+32(FP)
	RET
