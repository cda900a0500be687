package types

// Text is a member in one word, as keys of state have it: no id has a slash.
func (m Member) Text() string { return m.InstitutionId + "/" + m.PartyId }
