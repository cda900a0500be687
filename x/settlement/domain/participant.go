package domain

import (
	"slices"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

// AdmitParticipant adds currencies to a participant; to a new one, if it has none. settled are those of
// the new currencies that the network settles.
func AdmitParticipant(bank types.Participant, currencies, settled []string) (types.Participant, error) {
	for _, currency := range currencies {
		if !slices.Contains(settled, currency) {
			return bank, types.ErrCurrencyNotSettled.Wrap(currency)
		}
	}
	all := slices.Sorted(slices.Values(slices.Concat(bank.Currencies, currencies)))
	bank.Currencies = slices.Compact(all)
	if len(bank.Currencies) > types.CurrenciesMax {
		return bank, types.ErrCurrenciesInvalid.Wrapf("%s would settle %d", bank.InstitutionId, len(bank.Currencies))
	}
	return bank, nil
}
