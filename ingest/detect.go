package ingest

import (
	"bytes"
	"cmp"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/camt"
	"github.com/counterfoil/counterfoil/ingest/mt"
	"github.com/counterfoil/counterfoil/ingest/ofx"
	"github.com/counterfoil/counterfoil/ingest/qif"
	"github.com/counterfoil/counterfoil/ingest/tabular"
)

// Profile is a CSV profile; see tabular.Profile for its YAML form.
type Profile = tabular.Profile

// Reasons for which no format is found.
const (
	reasonUnknown   = "not a statement in a known format, and no CSV profile fits"
	reasonAmbiguous = "several CSV profiles fit; choose one by name"
	reasonManual    = "the columns are those of several banks that write amounts differently; choose a CSV profile by name"
	reasonOrder     = "the columns are those of several banks, and the dates can be read day first or month first; choose a CSV profile by name"
	reasonProfile   = "there is no CSV profile of that name"
	reasonCurrency  = "the CSV profile is for accounts in another currency than the one that was named or is set; choose another, or write one"
)

// format is how a file is parsed.
type format struct {
	name    string // for the report and the batch
	kind    string // store.Row.SourceKind
	profile string
	why     string
	parse   func(io.Reader, sink) error
	// learn, if set, reads the whole text before it is parsed.
	learn func(io.Reader) (func(io.Reader, sink) error, error)
}

var camtStart = regexp.MustCompile(`<(?:[A-Za-z0-9_.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)`)

var mtStart = regexp.MustCompile(`(?m)(?:^|\{4:\s*):25P?:`)

var ofxStart = regexp.MustCompile(`(?i)<OFX>|\bOFXHEADER\b`)

// detect tells the format from a file's beginning. Naming a profile means CSV,
// or QIF with dates in the order qif-dmy, qif-mdy or qif-ymd.
func (im *Importer) detect(head []byte, opts Options) (format, error) {
	if order, ok := strings.CutPrefix(opts.Profile, "qif-"); ok && (order == "dmy" || order == "mdy" || order == "ymd") {
		return im.qif(opts, order), nil
	}
	if opts.Profile == "" {
		switch {
		case ofxStart.Match(head[:min(len(head), 4096)]):
			return format{name: "ofx", kind: ofx.Kind, why: "it has an OFX header or root element", parse: func(r io.Reader, s sink) error {
				return ofx.Parse(r, im.currency(opts), s)
			}}, nil
		case camtStart.Match(head):
			return format{name: "camt", kind: camt.Kind, why: "it has an ISO 20022 bank-to-customer element", parse: camt.Parse}, nil
		case mtStart.Match(head):
			return format{name: "mt940", kind: mt.Kind, why: "it has the account field (:25:) of MT940 and MT942", parse: mt.Parse}, nil
		case qif.Detect(head):
			return im.qif(opts, ""), nil
		case bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")):
			return format{}, &Error{Reason: foreign(head)}
		}
	}
	if reason := foreign(head); reason != reasonUnknown {
		return format{}, &Error{Reason: reason}
	}
	return im.detectProfile(head, opts)
}

// foreigners are files that people have in the place of a statement, by what
// they begin with as text in lower case; bytes above 0x7F as Windows-1252.
var foreigners = []struct{ begins, reason string }{
	{"%pdf-", "this is a PDF document, which has no exact data; download the statement as OFX, CAMT, MT940, QIF or CSV"},
	{"ðï\x11à", "this is an old Excel workbook; save it as CSV"},
	{"<!doctype html", reasonPage},
	{"<html", reasonPage},
	{"<table", reasonPage},
	{"{", reasonJSON},
	{"[{", reasonJSON},
}

const (
	reasonPage = "this is a web page, as banks send when a session has ended; download the statement again. If it shows the bookings (some .xls files are such pages), save it as CSV in a spreadsheet program"
	reasonBook = "this is an Excel workbook in XML; save it as CSV"
	reasonBAI  = "this is BAI2, which is not read; download the statement as OFX, CAMT, MT940, QIF or CSV"
	reasonJSON = "this is JSON; download the statement as OFX, CAMT, MT940, QIF or CSV"
)

// foreign says what a file is that is no statement.
func foreign(head []byte) (reason string) {
	begin := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 64)]))
	for _, f := range foreigners {
		if bytes.HasPrefix(begin, []byte(f.begins)) {
			return f.reason
		}
	}
	if bytes.Contains(head[:min(len(head), 1024)], []byte("urn:schemas-microsoft-com:office:spreadsheet")) {
		return reasonBook
	}
	return reasonUnknown
}

// baiStart is the file header of BAI2 (Cash Management Balance Reporting
// Specifications, version 2) with the group header below it.
var baiStart = regexp.MustCompile(`^01,[^\n]*/\s*\n02,`)

// unlike says what a file is that no CSV profile fits.
func unlike(head []byte) (reason string) {
	if baiStart.Match(bytes.TrimSpace(head)) {
		return reasonBAI
	}
	return reasonUnknown
}

func (im *Importer) detectProfile(head []byte, opts Options) (format, error) {
	candidates := im.profiles()
	if opts.Profile != "" {
		return im.chosen(head, opts, candidates)
	}
	found := tabular.Detect(head, candidates)
	manual, doubtful := 0, 0
	for _, c := range found {
		switch {
		case c.Doubtful:
			doubtful++
		case c.Profile.Manual:
			manual++
		}
	}
	found = slices.DeleteFunc(found, func(c tabular.Candidate) bool { return c.Profile.Manual || c.Doubtful })
	switch {
	case len(found) == 0 && doubtful > 0:
		return format{}, &Error{Reason: reasonOrder}
	case len(found) == 0 && manual > 0:
		return format{}, &Error{Reason: reasonManual}
	case len(found) == 0:
		return format{}, &Error{Reason: unlike(head)}
	case len(found) > 1 && found[0].Score == found[1].Score && found[0].Profile.Family != found[1].Profile.Family:
		return format{}, &Error{Reason: reasonAmbiguous}
	}
	return im.csv(found[0].Profile, opts, found[0].Why)
}

func (im *Importer) chosen(head []byte, opts Options, candidates []*Profile) (format, error) {
	for _, p := range candidates {
		if p.Name != opts.Profile {
			continue
		}
		if fits := tabular.Detect(head, []*Profile{p}); len(fits) > 0 {
			p = fits[0].Profile // with the file's delimiter
		}
		return im.csv(p, opts, "it was named")
	}
	return format{}, &Error{Reason: reasonProfile}
}

// csv reads by the profile. A currency that was named for this import is not
// passed over in silence: a file of another bank may have the same columns. Where
// that is known of the columns, the config's currency is heard too, unless the
// profile was named.
func (im *Importer) csv(p *Profile, opts Options, why string) (format, error) {
	named := opts.Currency
	if p.Shared && opts.Profile == "" {
		named = im.currency(opts)
	}
	if named != "" && p.Fixed() && p.Currency != named {
		return format{}, &Error{Reason: reasonCurrency}
	}
	return format{
		name: "csv", kind: "csv:" + p.Family, profile: p.Name, why: why,
		parse: p.WithCurrency(im.currency(opts)).Parse,
	}, nil
}

// currency is that of files which do not say theirs.
func (im *Importer) currency(opts Options) string { return cmp.Or(opts.Currency, im.cfg.Currency) }

// qif reads a file's conventions before it is parsed, unless they are named.
func (im *Importer) qif(opts Options, order string) format {
	told := qif.Options{Currency: im.currency(opts), Order: order}
	return format{name: "qif", kind: qif.Kind, why: "it has a QIF section header", learn: func(r io.Reader) (func(io.Reader, sink) error, error) {
		learned, err := qif.Learn(r, told)
		return func(r io.Reader, s sink) error { return qif.Parse(r, learned, s) }, err
	}}
}
