package types

// Validate checks the message alone.
func (m *MsgUpdateParams) Validate() error { return m.Params.Validate() }
