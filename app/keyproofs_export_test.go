package app

// KeyProofs are what access asks about new keys.
func (app *App) KeyProofs() keyProofs { return keyProofs{app.Keepers.Accounts} }
