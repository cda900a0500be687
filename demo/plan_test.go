package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/localnet/network"
)

func TestTheBuiltInFileNamesTwoBanksAndNineCustomers(t *testing.T) {
	message, err := iso20022.Parse(builtIn)
	require.NoError(t, err)
	file := newPlan([]*iso20022.Message{message}).file(4)
	require.NoError(t, file.Validate())
	require.Len(t, file.Institutions, 3)
	require.Len(t, file.Parties, 9)
	require.Len(t, file.Accounts, 9)
	require.Equal(t, []string{"CNY"}, file.Currencies)
	require.Equal(t, map[string]string{"CNY": "4074312.88"}, file.Accounts[0].Balances, "twice what the file spends")
}

func transfer(currency string, minor int64, creditor iso20022.Account, agent iso20022.Agent) iso20022.Transfer {
	return iso20022.Transfer{
		Amount:          iso20022.Amount{Currency: currency, Minor: math.NewInt(minor)},
		CreditorAccount: creditor, CreditorAgent: agent, Creditor: iso20022.Party{Name: "Creditor " + creditor.Number()},
	}
}

func TestAPlanNamesEachBankAndEachAccountOnce(t *testing.T) {
	byBIC := iso20022.Agent{BIC: "AAAADEFFXXX"}
	message := &iso20022.Message{Instructions: []iso20022.Instruction{{
		Debtor:        iso20022.Party{Name: "Debtor"},
		DebtorAccount: iso20022.Account{IBAN: "DE89370400440532013000"},
		DebtorAgent:   byBIC,
		Transfers: []iso20022.Transfer{
			transfer("EUR", 100, iso20022.Account{IBAN: "DE41370400440000000001"}, iso20022.Agent{}),
			transfer("EUR", 200, iso20022.Account{Other: "77"}, iso20022.Agent{BIC: "AAAADEFF"}),
			transfer("JPY", 300, iso20022.Account{Other: "77"}, iso20022.Agent{ClearingSystem: "USABA", MemberID: "021000021"}),
			transfer("EUR", 400, iso20022.Account{Other: "88"}, iso20022.Agent{}),
			{
				Amount:  iso20022.Amount{Currency: "EUR", Minor: math.NewInt(500)},
				Refusal: &iso20022.Refusal{Reason: "AC03"}, CreditorAgent: iso20022.Agent{BIC: "NOBODYXX"},
			},
		},
	}}}
	file := newPlan([]*iso20022.Message{message}).file(1)
	require.NoError(t, file.Validate())

	ids := []string{}
	for _, institution := range file.Institutions {
		ids = append(ids, institution.ID)
	}
	require.Equal(t, []string{"ZLSETTLE", "AAAADEFF", "MEMBERUSABA021000021"}, ids,
		"an IBAN of a named bank needs no agent, XXX is the head office, a refused payment names nobody")
	require.Len(t, file.Accounts, 5, "number 77 is another account at another bank")
	require.Equal(t, map[string]string{"EUR": "14.00", "JPY": "600"}, file.Accounts[0].Balances)
	require.Equal(t, map[string]string{"JPY": "600"}, file.Institutions[1].Reserves, "payments inside the bank need no reserves")
	require.Equal(t, []string{"USABA:021000021"}, file.Institutions[2].ClearingMembers)
}

func TestWithoutAnyPaymentTheBuiltInNetworkIsUsed(t *testing.T) {
	file := newPlan(nil).file(2)
	require.NoError(t, file.Validate())
	require.Equal(t, network.Default().Institutions, file.Institutions)
	require.Equal(t, 2, file.Validators.Count)
}
