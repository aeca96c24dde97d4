package hostile

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Nationals returns numbers that states give to persons, as banks print them.
func Nationals(rng *rand.Rand) (all []Value) {
	ssn := fmt.Sprintf("%03d-%02d-%04d", 1+rng.IntN(600), 1+rng.IntN(99), 1+rng.IntN(9999))
	itin := fmt.Sprintf("9%02d-%02d-%04d", rng.IntN(100), 70+rng.IntN(18), 1+rng.IntN(9999))
	nino := pick(rng, "AB", "CE", "JG", "WK", "SX", "PR") + digits(rng, 6) + pick(rng, "A", "B", "C", "D")
	bare := strings.ReplaceAll(ssn, "-", "")
	all = append(all, number("SSN", ssn), cued("SSN", "SSN "+bare, bare), cued("SSN", "social security number: "+bare, bare), cued("SSN", "SSN: "+strings.ReplaceAll(ssn, "-", " "), bare),
		number("ITIN", itin), cued("ITIN", "ITIN "+strings.ReplaceAll(itin, "-", ""), itin), number("NINO", nino),
		cued("NINO", "NI number "+nino[:2]+" "+nino[2:4]+" "+nino[4:6]+" "+nino[6:8]+" "+nino[8:], nino), cued("NINO", "national insurance "+strings.ToLower(nino), nino))
	return append(append(append(all, latin(rng)...), others(rng)...), northern()...)
}

// northern are numbers of Canada and of American companies. They are drawn apart,
// so that what was planted before stays the same.
func northern() []Value {
	rng := rand.New(rand.NewPCG(20, 8))
	sin := pick(rng, "1", "4", "5", "7") + digits(rng, 7)
	sin += string(mod10(sin))
	ein := pick(rng, "12", "45", "82", "94") + "-" + digits(rng, 7)
	return []Value{cued("SIN", "Social Insurance Number "+sin, sin), cued("SIN", "SIN: "+sin[:3]+" "+sin[3:6]+" "+sin[6:], sin), cued("EIN", "Federal tax ID "+ein, ein), cued("EIN", "EIN: "+ein, ein)}
}

func latin(rng *rand.Rand) []Value {
	cpf := digits(rng, 9)
	for len(cpf) < 11 {
		sum := 0
		for i := range len(cpf) {
			sum += int(cpf[i]-'0') * (len(cpf) + 1 - i)
		}
		cpf += strconv.Itoa(sum * 10 % 11 % 10)
	}
	cnpj := digits(rng, 8) + "0001"
	for len(cnpj) < 14 {
		w := []int{5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}
		if len(cnpj) == 13 {
			w = append([]int{6}, w...)
		}
		if c := 11 - weighted(cnpj, w...)%11; c > 9 {
			cnpj += "0"
		} else {
			cnpj += strconv.Itoa(c)
		}
	}
	var cuit string
	for cuit == "" {
		head := pick(rng, "20", "23", "27", "30", "33") + digits(rng, 8)
		if c := 11 - weighted(head, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11; c != 10 {
			cuit = head + strconv.Itoa(c%11)
		}
	}
	return []Value{number("CPF", cpf[:3]+"."+cpf[3:6]+"."+cpf[6:9]+"-"+cpf[9:]), cued("CPF", "CPF "+cpf, cpf),
		number("CNPJ", cnpj[:2]+"."+cnpj[2:5]+"."+cnpj[5:8]+"/"+cnpj[8:12]+"-"+cnpj[12:]), number("CUIT", cuit[:2]+"-"+cuit[2:10]+"-"+cuit[10:]), cued("CUIT", "CUIT "+cuit, cuit)}
}

func others(rng *rand.Rand) (all []Value) {
	dni := digits(rng, 8)
	n, _ := strconv.Atoi(dni)
	dni += string("TRWAGMYFPDXBNJZSQVHLCKE"[n%23])
	born := fmt.Sprintf("%02d%02d%02d", 50+rng.IntN(49), 1+rng.IntN(12), 1+rng.IntN(28))
	swede := born + digits(rng, 3)
	swede += string(mod10(swede))
	nrn := born + digits(rng, 3)
	n, _ = strconv.Atoi(nrn)
	nrn += fmt.Sprintf("%02d", 97-n%97)
	nir := strconv.Itoa(1+rng.IntN(2)) + born[:4] + fmt.Sprintf("%02d", 1+rng.IntN(95)) + digits(rng, 6)
	big, _ := strconv.ParseInt(nir, 10, 64)
	nir += fmt.Sprintf("%02d", 97-big%97)
	cn := "110105" + "19" + born + digits(rng, 3)
	cn += string("10X98765432"[weighted(cn, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11])
	nhs := ""
	for nhs == "" {
		head := strconv.Itoa(4+rng.IntN(3)) + digits(rng, 8)
		if c := 11 - weighted(head, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11; c != 10 {
			nhs = head + strconv.Itoa(c%11)
		}
	}
	adhr := aadhaar(rng)
	fiscal := codice(rng, born)
	return []Value{cued("DNI", "DNI "+dni[:8]+"-"+dni[8:], dni), number("personnummer", swede[:6]+"-"+swede[6:]), cued("personnummer", "personnummer 19"+swede, swede),
		number("BE national number", nrn[:2]+"."+nrn[2:4]+"."+nrn[4:6]+"-"+nrn[6:9]+"."+nrn[9:]), number("NIR", nir), cued("NIR", "NIR "+nir[:1]+" "+nir[1:3]+" "+nir[3:5]+" "+nir[5:7]+" "+nir[7:10]+" "+nir[10:13]+" "+nir[13:], nir),
		number("resident id", cn), cued("NHS number", "NHS "+nhs[:3]+" "+nhs[3:6]+" "+nhs[6:], nhs), cued("Aadhaar", "Aadhaar "+spaced(adhr, 4), adhr), number("codice fiscale", fiscal)}
}

// aadhaar ends in a digit by Verhoeff's scheme, computed by the group itself.
func aadhaar(rng *rand.Rand) string {
	mul := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b)%5
		case b < 5:
			return 5 + (a-b+5)%5
		}
		return (a - b + 5) % 5
	}
	step := []int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	for {
		s := strconv.Itoa(2+rng.IntN(8)) + digits(rng, 11)
		c := 0
		for i := range len(s) {
			d := int(s[len(s)-1-i] - '0')
			for range i % 8 {
				d = step[d]
			}
			c = mul(c, d)
		}
		if c == 0 {
			return s
		}
	}
}

func codice(rng *rand.Rand, born string) string {
	head := from(rng, "BCDFGLMNPRST", 6) + born[:2] + string("ABCDEHLMPRST"[rng.IntN(12)]) + born[4:] + "H501"
	odd := []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range len(head) {
		v := int(head[i] - 'A')
		if head[i] <= '9' {
			v = int(head[i] - '0')
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return head + string(rune('A'+sum%26))
}
