package redact

// accounts finds national account numbers.
func (s *scan) accounts(v *view, q *sequence, before cue) {}

// nationals finds national identity numbers.
func (s *scan) nationals(v *view, q *sequence, before cue) {}

// maskedNumbers finds masked numbers that show more than their last four digits.
func (s *scan) maskedNumbers(v *view) {}

// words finds credentials and contacts.
func (s *scan) words(v view, p profile) {}
