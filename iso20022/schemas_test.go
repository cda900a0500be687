package iso20022_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/zhilian-network/zhilian/iso20022"
)

type fakeSchemas struct {
	has      string
	verdict  error
	document string
}

func (f *fakeSchemas) Has(message string) bool { return message == f.has }

func (f *fakeSchemas) Validate(_ context.Context, _ string, document []byte) error {
	f.document = string(document)
	return f.verdict
}

func TestWhereThereIsASchemaItHasTheLastWord(t *testing.T) {
	file := []byte(fixture(t, "pain001v09"))
	schemas := &fakeSchemas{has: "pain.001.001.09", verdict: errors.New("PstlAdr is wrong")}
	_, err := iso20022.Parse(file, iso20022.WithSchemas(schemas))
	var rejection *iso20022.Rejection
	require.ErrorAs(t, err, &rejection)
	require.Equal(t, iso20022.ReasonSyntax, rejection.Reason)
	require.Contains(t, rejection.Text, "PstlAdr is wrong")

	inChinese, err := simplifiedchinese.GB18030.NewEncoder().Bytes(bytes.Replace(file, []byte("UTF-8"), []byte("GB18030"), 1))
	require.NoError(t, err)
	_, err = iso20022.Parse(inChinese, iso20022.WithSchemas(schemas))
	require.ErrorAs(t, err, &rejection)
	require.Contains(t, schemas.document, "虚构银行", "the schema is shown UTF-8, whatever the file was written in")

	schemas.verdict = nil
	_, err = iso20022.Parse(file, iso20022.WithSchemas(schemas))
	require.NoError(t, err)

	other := &fakeSchemas{has: "pain.001.001.03", verdict: errors.New("not asked")}
	_, err = iso20022.Parse(file, iso20022.WithSchemas(other))
	require.NoError(t, err)
}

func TestAFileInUTF16CanBeValidated(t *testing.T) {
	text := strings.Replace(fixture(t, "pain001v09"), `encoding="UTF-8"`, `encoding="UTF-16"`, 1)
	file, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	schemas := &fakeSchemas{has: "pain.001.001.09"}
	_, err = iso20022.Parse(file, iso20022.WithSchemas(schemas))
	require.NoError(t, err)
	require.NotContains(t, schemas.document, "UTF-16", "the declaration would contradict what the schema is shown")
	require.Contains(t, schemas.document, "虚构银行")
}
