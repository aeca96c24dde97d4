package policy

import "time"

// fits reports whether a request is within the bounds that costs were proven
// with, and its arguments are those of the tool's schema.
func (t *tool) fits(r *Request) bool {
	if !fitsPrincipal(&r.Principal) || !fitsRest(r) {
		return false
	}
	for name, v := range r.Args {
		spec := t.arg(name)
		if spec == nil || !spec.fits(v) {
			return false
		}
	}
	return true
}

func (s *argument) fits(v any) bool {
	if s.kind == kindOther {
		return true
	}
	switch v := v.(type) {
	case int64:
		return s.kind == kindInt
	case bool:
		return s.kind == kindBool
	case time.Time:
		return s.kind == kindDate
	case string:
		return s.kind == kindString && len(v) <= s.maxLen
	case []int64:
		return s.kind == kindInts && len(v) <= s.maxItems
	case []string:
		return s.kind == kindStrings && len(v) <= s.maxItems && short(v, s.maxLen)
	}
	return false
}

func fitsPrincipal(p *Principal) bool {
	return len(p.Name) <= maxName && len(p.Tenant) <= maxName && len(p.Auth) <= maxName &&
		len(p.Roles) <= maxRoles && len(p.Scopes) <= MaxScopes && len(p.Accounts) <= maxAccounts &&
		short(p.Roles, maxName) && short(p.Scopes, maxName) && short(p.Accounts, maxName)
}

func fitsRest(r *Request) bool {
	c := &r.Client
	return len(c.Name) <= maxName && len(c.Version) <= maxName && len(c.Protocol) <= maxName &&
		(r.Target == nil || len(r.Target.Parent) <= maxName && len(r.Target.Sharing) <= maxName) &&
		(r.Result == nil || len(r.Result.Findings) <= maxFindings)
}

func short(list []string, most int) bool {
	for _, s := range list {
		if len(s) > most {
			return false
		}
	}
	return true
}
