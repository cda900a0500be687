package keeper

// ForgetRaters has the next rating read its model from the store.
func (k *Keeper) ForgetRaters() { k.raters.Purge() }
