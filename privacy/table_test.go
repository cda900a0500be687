package privacy_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/zhilian-network/zhilian/privacy"
)

var update = flag.Bool("update", false, "write docs/data-classes.md anew")

// mark begins what is written from the proto files; what stands before it is written by hand.
const mark = "<!-- From here on written by: go test ./privacy -run Document -update -->\n"

func TestDocumentIsNewest(t *testing.T) {
	path := filepath.Join("..", "docs", "data-classes.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	introduction, _, found := strings.Cut(string(text), mark)
	require.True(t, found, "docs/data-classes.md has lost the line %q", mark)
	want := introduction + mark + table(t)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "run: go test ./privacy -run Document -update")
}

func table(t *testing.T) string {
	var b strings.Builder
	b.WriteString("\n## Queries\n\n| module | query | read | permission |\n|---|---|---|---|\n")
	eachRead(t, func(method protoreflect.MethodDescriptor) {
		class, permission := privacy.ReadOf(method)
		read := "public"
		if class == privacy.ReadClass_READ_CLASS_SENSITIVE {
			read = "sensitive"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", moduleName(method.ParentFile()), method.Name(), read, permission)
	})
	b.WriteString("\n## Fields\n\n| module | message | field | class | personal | sealed |\n|---|---|---|---|---|---|\n")
	eachField(t, func(field protoreflect.FieldDescriptor) {
		class := privacy.ClassOf(field)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", moduleName(field.ParentFile()), field.Parent().Name(), field.Name(),
			levelName(class.Level), personalName(class.Personal), map[bool]string{true: "sealed"}[class.Sealed])
	})
	return b.String()
}

// moduleName is what stands between "zhilian." and the version.
func moduleName(file protoreflect.FileDescriptor) string {
	name := strings.TrimPrefix(string(file.Package()), "zhilian.")
	return name[:strings.LastIndexByte(name, '.')]
}

func levelName(level uint32) string {
	if level == 1 {
		return "public"
	}
	return fmt.Sprintf("level %d", level)
}

func personalName(personal uint32) string {
	if personal == 0 {
		return ""
	}
	return fmt.Sprintf("C%d", personal)
}
