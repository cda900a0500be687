package observer

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// ReadOpening reads what a network begins with from a genesis file. It reads the JSON and nothing of
// the application's code, so that a mistake there is not made twice.
func ReadOpening(path string) (Opening, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Opening{}, err
	}
	var genesis struct {
		State struct {
			Ledger struct {
				Balances []struct {
					Address string `json:"address"`
					Denom   string `json:"denom"`
					Amount  string `json:"amount"`
				} `json:"balances"`
			} `json:"ledger"`
			Settlement struct {
				Accounts []struct {
					Address     string `json:"address"`
					Institution string `json:"institution_id"`
				} `json:"accounts"`
				Participants []struct {
					Institution string `json:"institution_id"`
					Reserve     string `json:"reserve_address"`
				} `json:"participants"`
			} `json:"settlement"`
		} `json:"app_state"`
	}
	if err := json.Unmarshal(text, &genesis); err != nil {
		return Opening{}, fmt.Errorf("%s: %w", path, err)
	}
	opening := Opening{Balances: map[Holding]int64{}, Banks: map[string]string{}, Reserves: map[string]string{}}
	for _, balance := range genesis.State.Ledger.Balances {
		amount, err := strconv.ParseInt(balance.Amount, 10, 64)
		if err != nil {
			return Opening{}, fmt.Errorf("%s: balance of %s: %w", path, balance.Address, err)
		}
		opening.Balances[Holding{balance.Address, balance.Denom}] = amount
	}
	for _, account := range genesis.State.Settlement.Accounts {
		opening.Banks[account.Address] = account.Institution
	}
	for _, participant := range genesis.State.Settlement.Participants {
		opening.Reserves[participant.Institution] = participant.Reserve
	}
	if len(opening.Balances) == 0 || len(opening.Banks) == 0 || len(opening.Reserves) == 0 {
		return Opening{}, fmt.Errorf("%s names no balances, accounts or participants", path)
	}
	return opening, nil
}
