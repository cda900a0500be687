package payments

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Document is an outgoing message as a file.
type Document struct {
	// Kind is the message's name, such as "pain.002.001.10".
	Kind string
	// Name is a file name made of the kind, a hash and a number. Nothing of it comes from a sender.
	Name    string
	Content []byte
}

const (
	nameHashDigits = 16
	maxSameName    = 10_000
)

func documentName(kind string, digest []byte, number int) string {
	name := kind + "-" + hex.EncodeToString(digest)[:nameHashDigits]
	if number > 0 {
		name += fmt.Sprintf("-%05d", number)
	}
	return name + ".xml"
}

// Write puts documents into a folder, readable by the owner only: they hold names and account
// numbers. An existing file is never overwritten; the new one gets a number. It returns the paths.
func Write(folder string, documents []Document) ([]string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	var paths []string
	for _, document := range documents {
		path, err := writeNew(folder, document)
		if err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func writeNew(folder string, document Document) (string, error) {
	if document.Name == "" || document.Name != filepath.Base(document.Name) {
		return "", fmt.Errorf("document has no plain file name")
	}
	extension := filepath.Ext(document.Name)
	stem := strings.TrimSuffix(document.Name, extension)
	for attempt := range maxSameName {
		path := filepath.Join(folder, document.Name)
		if attempt > 0 {
			path = filepath.Join(folder, fmt.Sprintf("%s.%d%s", stem, attempt+1, extension))
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if _, err := file.Write(document.Content); err != nil {
			return "", errors.Join(err, file.Close())
		}
		return path, file.Close()
	}
	return "", fmt.Errorf("%s: %d files of this name exist", document.Name, maxSameName)
}
