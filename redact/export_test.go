package redact

// Thorough makes a redactor examine every text in full, without a shortcut.
func (r *Redactor) Thorough() *Redactor {
	r.rules.Thorough = true
	return r
}
