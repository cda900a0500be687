// Package nodebinary gives tests of real nodes the program that they run.
package nodebinary

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Variable names a ready binary, to spare the build.
const Variable = "ZHILIAN_TEST_BINARY"

// In is the absolute path of zhiliand: the ready one, or one that is built into the folder.
func In(folder string) (string, error) {
	if ready := os.Getenv(Variable); ready != "" {
		return filepath.Abs(ready)
	}
	path := filepath.Join(folder, "zhiliand")
	build := exec.Command("go", "build", "-o", path, "github.com/zhilian-network/zhilian/cmd/zhiliand")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, output)
	}
	return filepath.Abs(path)
}
