// Package shareddata finds the extra conformance set that may lie beside the repository, in
// ../shared/data. The project's own fixtures do without it.
package shareddata

import (
	"os"
	"path/filepath"
	"testing"
)

// Folder is a folder of the set. Where it is not there, the test is skipped and says so.
func Folder(t testing.TB, name string) string {
	t.Helper()
	folder, found := Find(name)
	if !found {
		t.Skipf("no shared/data/%s beside the repository", name)
	}
	return folder
}

// Find is Folder for a test that has something to do without the set.
func Find(name string) (folder string, found bool) {
	directory, err := os.Getwd()
	for err == nil && directory != filepath.Dir(directory) {
		if _, statErr := os.Stat(filepath.Join(directory, "go.mod")); statErr == nil {
			folder = filepath.Join(filepath.Dir(directory), "shared", "data", name)
			_, statErr = os.Stat(folder)
			return folder, statErr == nil
		}
		directory = filepath.Dir(directory)
	}
	return "", false
}
