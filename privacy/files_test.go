package privacy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/zhilian-network/zhilian/api/zhilian/access/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/consortium/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/credit/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/crypto/sm2/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/dispute/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/financing/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/gateway/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/ledger/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/privacy/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/seal/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/settlement/v1"
	_ "github.com/zhilian-network/zhilian/api/zhilian/vault/v1"
)

// ourFiles are the descriptors of all proto files of the network, in the order of their paths. A file that
// no import above brings fails the test: a new module cannot stand outside of what is checked here.
func ourFiles(t testing.TB) []protoreflect.FileDescriptor {
	t.Helper()
	var files []protoreflect.FileDescriptor
	root := filepath.Join("..", "proto")
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".proto") {
			return err
		}
		file, err := protoregistry.GlobalFiles.FindFileByPath(path)
		require.NoError(t, err, "import the package below api that %s generates", path)
		files = append(files, file)
		return nil
	}))
	require.NotEmpty(t, files)
	return files
}

// eachMessage visits all messages of ours, nested ones too.
func eachMessage(t testing.TB, visit func(protoreflect.MessageDescriptor)) {
	t.Helper()
	var walk func(protoreflect.MessageDescriptors)
	walk = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			visit(messages.Get(i))
			walk(messages.Get(i).Messages())
		}
	}
	for _, file := range ourFiles(t) {
		walk(file.Messages())
	}
}

func eachField(t testing.TB, visit func(protoreflect.FieldDescriptor)) {
	t.Helper()
	eachMessage(t, func(message protoreflect.MessageDescriptor) {
		for i := range message.Fields().Len() {
			visit(message.Fields().Get(i))
		}
	})
}

// eachRead visits the methods of all services of ours that read.
func eachRead(t testing.TB, visit func(protoreflect.MethodDescriptor)) {
	t.Helper()
	for _, file := range ourFiles(t) {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if service.Name() == "Msg" {
				continue
			}
			for j := range service.Methods().Len() {
				visit(service.Methods().Get(j))
			}
		}
	}
}
