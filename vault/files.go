package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

const fileMode = 0o600

// writeNew writes a file with mode 0600 that appears whole or not at all, and never over another one.
func writeNew(path string, write func(io.Writer) error) (err error) {
	// An empty file of this name keeps the place until the whole content takes it.
	place, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := place.Close(); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".vault-*")
	if err != nil {
		return err
	}
	if err := errors.Join(write(temporary), temporary.Sync(), temporary.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return os.Rename(temporary.Name(), path)
}

// source opens a file, or standard input for "-".
func source(stdin io.Reader, name string) (io.ReadCloser, error) {
	if name == stdinName {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}

// interruptible ends a long read when the user gives up.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// mediaTypes are those that the readers of records meet. The machine's own table would give other answers
// on other machines.
var mediaTypes = map[string]string{
	".csv": "text/csv", ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".json": "application/json", ".md": "text/markdown",
	".pdf": "application/pdf", ".png": "image/png", ".txt": "text/plain", ".xml": "application/xml",
	".zip": "application/zip",
}

// guessMediaType goes by the name, or else by the first 512 bytes.
func guessMediaType(name string, head []byte) string {
	if known, found := mediaTypes[strings.ToLower(filepath.Ext(name))]; found {
		return known
	}
	guessed, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return "application/octet-stream"
	}
	return guessed
}

// isText says whether a content is safe on a terminal: letters, spaces and line ends, nothing that moves the
// cursor back, hides or turns text.
func isText(content []byte) bool {
	if !utf8.Valid(content) {
		return false
	}
	for _, r := range strings.ReplaceAll(string(content), "\r\n", "\n") {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}

// isTerminal says whether people look at what is written.
func isTerminal(w io.Writer) bool {
	file, isFile := w.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
