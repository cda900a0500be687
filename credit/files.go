package credit

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	errorsmod "cosmossdk.io/errors"

	"github.com/zhilian-network/zhilian/x/credit/document"
	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

const (
	stdinName = "-"
	fileMode  = 0o644
)

// readFile reads a file, or standard input for "-", of at most the bytes that a document may have.
func readFile(stdin io.Reader, name string, most int64) ([]byte, error) {
	source, err := open(stdin, name)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	text, err := io.ReadAll(io.LimitReader(source, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, types.ErrModelTooLarge.Wrapf("%s has more than %d bytes", name, most)
	}
	return text, nil
}

func open(stdin io.Reader, name string) (io.ReadCloser, error) {
	if name == stdinName {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}

// readModel reads a model file; calibrationName, if any, names a file whose calibration stands in for its own.
func readModel(stdin io.Reader, name, calibrationName string) (*document.Document, *engine.Rater, error) {
	text, err := readFile(stdin, name, document.MaxBytes)
	if err != nil {
		return nil, nil, err
	}
	doc, rater, err := document.Read(text)
	if err != nil {
		return nil, nil, errorsmod.Wrap(err, name)
	}
	if calibrationName == "" {
		return doc, rater, nil
	}
	if text, err = readFile(stdin, calibrationName, document.MaxBytes); err != nil {
		return nil, nil, err
	}
	calibration, err := document.ReadCalibration(text)
	if err != nil {
		return nil, nil, errorsmod.Wrap(err, calibrationName)
	}
	rater, err = engine.Compile(&doc.Model, calibration, &doc.Scale)
	if err != nil {
		return nil, nil, errorsmod.Wrap(err, calibrationName)
	}
	return doc, rater, nil
}

// deliver writes a command's result to standard output, or to a file that appears whole or not at all.
func deliver(stdout io.Writer, name string, content []byte) error {
	if name == "" || name == stdinName {
		_, err := stdout.Write(content)
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), ".credit-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	if err := errors.Join(err, temporary.Chmod(fileMode), temporary.Sync(), temporary.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return os.Rename(temporary.Name(), name)
}
