package ingest

import (
	"bytes"
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
	reasonProfile   = "there is no CSV profile of that name"
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
				return ofx.Parse(r, opts.Currency, s)
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
	{"{", reasonJSON},
	{"[{", reasonJSON},
}

const (
	reasonPage = "this is a web page, as banks send when a session has ended; download the statement again"
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
	return reasonUnknown
}

func (im *Importer) detectProfile(head []byte, opts Options) (format, error) {
	candidates := im.profiles()
	if opts.Profile != "" {
		return namedProfile(head, opts, candidates)
	}
	found := tabular.Detect(head, candidates)
	manual := 0
	for _, c := range found {
		if c.Profile.Manual {
			manual++
		}
	}
	found = slices.DeleteFunc(found, func(c tabular.Candidate) bool { return c.Profile.Manual })
	switch {
	case len(found) == 0 && manual > 0:
		return format{}, &Error{Reason: reasonManual}
	case len(found) == 0:
		return format{}, &Error{Reason: reasonUnknown}
	case len(found) > 1 && found[0].Score == found[1].Score && found[0].Profile.Family != found[1].Profile.Family:
		return format{}, &Error{Reason: reasonAmbiguous}
	}
	return csvFormat(found[0].Profile, opts, found[0].Why), nil
}

func namedProfile(head []byte, opts Options, candidates []*Profile) (format, error) {
	for _, p := range candidates {
		if p.Name != opts.Profile {
			continue
		}
		if fits := tabular.Detect(head, []*Profile{p}); len(fits) > 0 {
			p = fits[0].Profile // with the file's delimiter
		}
		return csvFormat(p, opts, "it was named"), nil
	}
	return format{}, &Error{Reason: reasonProfile}
}

func csvFormat(p *Profile, opts Options, why string) format {
	return format{
		name: "csv", kind: "csv:" + p.Family, profile: p.Name, why: why,
		parse: p.WithCurrency(opts.Currency).Parse,
	}
}

// qif reads a file's conventions before it is parsed, unless they are named.
func (im *Importer) qif(opts Options, order string) format {
	told := qif.Options{Currency: opts.Currency, Order: order}
	return format{name: "qif", kind: qif.Kind, why: "it has a QIF section header", learn: func(r io.Reader) (func(io.Reader, sink) error, error) {
		learned, err := qif.Learn(r, told)
		return func(r io.Reader, s sink) error { return qif.Parse(r, learned, s) }, err
	}}
}
