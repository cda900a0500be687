package types

import (
	"strings"
	"sync"

	"github.com/cosmos/gogoproto/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/zhilian-network/zhilian/privacy"
)

// MessagePermissions are the permissions that messages need by the options of their methods, by type URL:
// those of all proto files that the program is linked with. It is read once; nobody changes it.
var MessagePermissions = sync.OnceValue(func() map[string]string {
	permissions := map[string]string{}
	proto.HybridResolver.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(file.Package()), "zhilian.") {
			return true
		}
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if service.Name() != "Msg" {
				continue
			}
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				_, permission := privacy.ReadOf(method)
				permissions["/"+string(method.Input().FullName())] = permission
			}
		}
		return true
	})
	return permissions
})
