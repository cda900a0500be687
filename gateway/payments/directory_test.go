package payments

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022"
	access "github.com/zhilian-network/zhilian/x/access/types"
)

func TestABankIsFoundByWhatAFileSaysOfIt(t *testing.T) {
	d := directory{[]access.Institution{
		{Id: "NORTH", Name: "Northern Bank", Bic: "NORTDEFF", ClearingMembers: []string{"GBDSC:200000", "USABA:021000021"}},
		{Id: "SOUTH", Name: "Southern Bank", Cnaps: "999452000112", Lei: "999900ZHILIANBQDQ146"},
		{Id: "TWIN1", Name: "Twin Bank"}, {Id: "TWIN2", Name: "Twin Bank"},
	}}
	for name, c := range map[string]struct {
		agent iso20022.Agent
		want  string
	}{
		"a BIC":                               {iso20022.Agent{BIC: "NORTDEFFXXX"}, "NORTH"},
		"a number of a foreign system":        {iso20022.Agent{ClearingSystem: "USABA", MemberID: "021000021"}, "NORTH"},
		"the same number of another system":   {iso20022.Agent{ClearingSystem: "CACPA", MemberID: "021000021"}, ""},
		"a CNAPS number":                      {iso20022.Agent{ClearingSystem: "CNAPS", MemberID: "999452000112"}, "SOUTH"},
		"a CNAPS number without its system":   {iso20022.Agent{MemberID: "999452000112"}, "SOUTH"},
		"an LEI":                              {iso20022.Agent{LEI: "999900ZHILIANBQDQ146"}, "SOUTH"},
		"a name and nothing else":             {iso20022.Agent{Name: "Southern Bank"}, "SOUTH"},
		"a name that two banks have":          {iso20022.Agent{Name: "Twin Bank"}, ""},
		"a known name with an unknown number": {iso20022.Agent{Name: "Southern Bank", BIC: "NOBODEFF"}, ""},
		"identifiers of two banks":            {iso20022.Agent{BIC: "NORTDEFF", LEI: "999900ZHILIANBQDQ146"}, ""},
		"nothing":                             {iso20022.Agent{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			id, found := d.find(c.agent)
			require.Equal(t, c.want, id)
			require.Equal(t, c.want != "", found)
		})
	}
}
