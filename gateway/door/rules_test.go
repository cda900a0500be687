package door_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/credit/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/dispute/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/financing/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/vault/v1"
	"github.com/zhilian-network/zhilian/gateway/door"
)

func TestEveryQueryOfOursHasARule(t *testing.T) {
	rules := door.ProtoRules{}
	asked := 0
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if !strings.HasPrefix(string(service.FullName()), "zhilian.") || service.Name() == "Msg" {
				continue
			}
			for k := range service.Methods().Len() {
				method := "/" + string(service.FullName()) + "/" + string(service.Methods().Get(k).Name())
				permission, sensitive := rules.Of(method)
				require.True(t, !sensitive || permission != "", method)
				asked++
			}
		}
		return true
	})
	require.Greater(t, asked, 50)
}

func TestWhatIsNotKnownIsForNobody(t *testing.T) {
	rules := door.ProtoRules{}
	for _, method := range []string{"", "/zhilian.access.v1.Query/None", "/cosmos.tx.v1beta1.Service/GetTxsEvent", "/a.B/C"} {
		permission, sensitive := rules.Of(method)
		require.True(t, sensitive, method)
		require.Empty(t, permission, method)
	}
	_, sensitive := rules.Of("/cosmos.bank.v1beta1.Query/AllBalances")
	require.True(t, sensitive)
	_, sensitive = rules.Of("/zhilian.settlement.v1.Query/Currencies")
	require.False(t, sensitive)
}
