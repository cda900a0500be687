package index

// RememberAccounts bounds what the writer remembers of accounts, so that a test sees it forget.
func (s *Store) RememberAccounts(most int) { s.accounts.most = most }
