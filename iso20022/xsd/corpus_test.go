package xsd_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/xsd"
	"github.com/zhilian-network/zhilian/testutil/shareddata"
)

func records(t *testing.T, path string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, row := range rows[1:] {
		record := map[string]string{}
		for i, value := range row {
			record[rows[0][i]] = value
		}
		out = append(out, record)
	}
	return out
}

func TestEverySchemaCompiles(t *testing.T) {
	v, err := xsd.New(filepath.Join(shareddata.Folder(t, "iso20022"), "xsd"))
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(shareddata.Folder(t, "iso20022"), "xsd", "*.xsd"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		message := strings.TrimSuffix(filepath.Base(file), ".xsd")
		if strings.HasPrefix(message, "head") {
			continue // its root is AppHdr, not Document
		}
		empty := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + message + `"/>`
		require.ErrorIs(t, v.Validate(context.Background(), message, []byte(empty)), xsd.ErrInvalid, message)
	}
}

// libxml2's verdicts on samples of other people are the reference.
func TestSamplesAgreeWithLibxml2(t *testing.T) {
	data := shareddata.Folder(t, "iso20022")
	v, err := xsd.New(filepath.Join(data, "xsd"))
	require.NoError(t, err)
	compared := 0
	for _, sample := range records(t, filepath.Join(data, "samples", "INDEX.csv")) {
		verdict := sample["iso_xsd_result_libxml2"]
		message := theOne(v, sample["namespaces_in_file"])
		if message == "" || verdict != "valid" && !strings.HasPrefix(verdict, message+" invalid") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(data, "samples", sample["file"]))
		require.NoError(t, err)
		err = v.Validate(context.Background(), message, text)
		if errors.Is(err, xsd.ErrRefused) && strings.Contains(sample["file"], "CDATA") {
			continue // the Document is a text within an envelope; the gateway would have to unpack it
		}
		require.Equal(t, verdict == "valid", err == nil, "%s: %v", sample["file"], err)
		compared++
	}
	require.Greater(t, compared, 50)
}

// theOne names the message of a file if there is exactly one with a schema.
func theOne(v *xsd.Validator, namespaces string) string {
	var found []string
	for _, message := range strings.Fields(namespaces) {
		if v.Has(message) && !strings.HasPrefix(message, "head.") {
			found = append(found, message)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

func TestHostileFilesAgreeWithLibxml2(t *testing.T) {
	data := shareddata.Folder(t, "iso20022")
	v, err := xsd.New(filepath.Join(data, "xsd"))
	require.NoError(t, err)
	valid, invalid := 0, 0
	for _, sample := range records(t, filepath.Join(data, "invalid", "EXPECT.csv")) {
		if !strings.HasSuffix(sample["file"], ".xml") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(data, "invalid", sample["file"]))
		require.NoError(t, err)
		err = anyMessage(v, text)
		switch verdict := sample["xsd_libxml2"]; {
		case strings.Contains(string(text), "<!DOCTYPE"):
			require.ErrorIs(t, err, xsd.ErrRefused, sample["file"])
		case verdict == "valid" && !strings.Contains(sample["file"], "gb18030"):
			require.NoError(t, err, sample["file"])
			valid++
		case strings.HasPrefix(verdict, "invalid"):
			require.ErrorIs(t, err, xsd.ErrInvalid, sample["file"])
			invalid++
		case strings.HasPrefix(sample["well_formed_libxml2"], "no"):
			require.ErrorIs(t, err, xsd.ErrRefused, sample["file"])
		}
	}
	require.Greater(t, valid, 20)
	require.Greater(t, invalid, 15)
}

// anyMessage validates by the namespace found in the text.
func anyMessage(v *xsd.Validator, text []byte) error {
	for _, message := range []string{"pain.001.001.09", "pain.001.001.03", "pacs.008.001.08"} {
		if strings.Contains(string(text), "xsd:"+message) {
			return v.Validate(context.Background(), message, text)
		}
	}
	return v.Validate(context.Background(), "pain.001.001.09", text)
}
