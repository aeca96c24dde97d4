package redact_test

import "testing"

// TestPlantedConcealed: digits that say nothing are glued to a card, and what divides all
// of it stands between no other numbers.
func TestPlantedConcealed(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "4792\u20063170\u20068140\u20062222", gone: "3170"}, {in: "4792\u200c3170\u034f8140\u00ad2623", gone: "3170"}, {in: "134939&nbsp;71988\u200b14881", gone: "71988"},
		{in: "3041&hyphen;7210&hyphen;8093&hyphen;1544&hyphen;5", gone: "7210"}, {in: "0501&#x200B;2636&#x20;6780&#x200B;4669&#45;2582&#x200B;0965", gone: "6780"},
		{in: "13627\u033718120\u03388\u03383\u033885\u033828", gone: "18120"}, {in: "9360\U000E00202\U000E00205\U000E0020239\U000E002089\U000E002016084\U000E002080", gone: "16084"},
		{in: "4036\u20694983\u20696313\u20698341\u20698825\u2069983", gone: "6313"},
		{in: "36678😀046692★5820😀965", gone: "046692"}, {in: "6&#160;0&#45;9&#xA0;7&#x2d;4&#45;5&#x200B;2&#160;9&#8211;0&#x20;9&#160;8&#x20;1&#x200B;7&#xA0;8&#45;2&#x20;1", gone: "9&#8211;0"},
	})
	// What is written between numbers conceals nothing.
	for _, in := range []string{"4792│3170│8140│2222", "479 231 708–140 222 23", "3041&nbsp;7210&nbsp;8093&nbsp;1544&nbsp;5",
		`"\x06ྲྀ\x09ྲཱྀ\x06ླྀ\x09ླཱྀ\x06ཱྀ\x06ྒྷ\x06ྜྷ\x06ྡྷ\x06ྦྷ\x06ྫྷ\x06ྐྵ\x02"`, "f₁ = (1+1-1/2²³)×2¹²⁷ = (2-2⁻²³)×2¹²⁷ = 2¹²⁸ - 2¹⁰⁴"} {
		if got := text(t, newRedactor(t), in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}

// TestPlantedGluedDates: a day, or the expiry date with the security code, is glued to a
// card that is divided in one place, or zeros are.
func TestPlantedGluedDates(t *testing.T) {
	checkPlanted(t, []plantedCase{
		{in: "20260105360" + "25239891608480", gone: "239891"}, {in: "20260105501807 2169431937880", gone: "2169431"}, {in: "202601055018868-03121975", gone: "8868"}, {in: "2026010530163֊30335741234", gone: "30335"},
		{in: "501839130|623594812281234", gone: "6235948"}, {in: "22495214334396  4512281234", gone: "4334396"}, {in: "35647122284174,29801228123", gone: "122284"}, {in: "2202764965039−0042812123", gone: "764965"},
		{in: "003+011150648372104", gone: "0111506"}, {in: "49174682/3077601847400", gone: "3077601"}, {in: "035689961865:0434664", gone: "6899618"},
	})
}
