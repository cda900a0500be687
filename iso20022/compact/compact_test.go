package compact

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const invoice = `{"format":"zhilian-details-1","InstrId":"SUP-9f2c","EndToEndId":"INV-9f2c","Dbtr":{"Nm":"青岛黄海电器有限公司","PstlAdr":{"TwnNm":"Qingdao","Ctry":"CN"}},` +
	`"DbtrAcct":{"Id":{"Othr":[{"Id":"8020100000010001"}]}},"Cdtr":{"Nm":"Laoshan Compressor Works","PstlAdr":{"StrtNm":"Haier Road","BldgNb":"183","PstCd":"266100","TwnNm":"Qingdao","Ctry":"CN"}},` +
	`"CdtrAcct":{"Id":{"Othr":[{"Id":"8030200000020001"}]}},"Purp":{"Cd":"SUPP"},"RmtInf":{"Ustrd":["Invoice 9f2c of 2 November, 140 compressors QC-7 at 2,310.00"]}}`

func TestTextsComeBackAsTheyWere(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	noise := make([]byte, MaxText)
	_, _ = random.Read(noise)
	for _, text := range []string{"", "{}", invoice, strings.Repeat("a", MaxText), string(noise)} {
		packed, err := Pack([]byte(text))
		require.NoError(t, err)
		require.Zero(t, len(packed)%paddedTo)
		got, err := Unpack(packed)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	_, err := Pack(make([]byte, MaxText+1))
	require.ErrorIs(t, err, ErrTooLong)
	got, err := Unpack([]byte(invoice))
	require.NoError(t, err)
	require.Equal(t, invoice, string(got), "a text that nobody packed")
}

func TestAnInvoiceTakesLessThanHalfOfItsText(t *testing.T) {
	packed, err := Pack([]byte(invoice))
	require.NoError(t, err)
	require.LessOrEqual(t, len(packed), 2*paddedTo, "of %d bytes", len(invoice))
}

// What was packed once must come back for ever.
func TestTheDictionaryStays(t *testing.T) {
	sum := sha256.Sum256([]byte(dictionary))
	require.Equal(t, "3021f4b6262a86551090d80fd56e6c73e464bdaf81740b8bb8988170b57ae88e", hex.EncodeToString(sum[:]))
}

func TestWhatNobodyPackedIsRefused(t *testing.T) {
	packed, err := Pack([]byte(invoice))
	require.NoError(t, err)
	var bomb bytes.Buffer
	bomb.WriteByte(formDeflate)
	w, err := flate.NewWriterDict(&bomb, flate.BestCompression, []byte(dictionary))
	require.NoError(t, err)
	_, err = w.Write(make([]byte, MaxText+1))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	stream := bytes.TrimRight(packed, "\x00")
	for story, row := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":                 {nil, ErrForm},
		"another form":            {append([]byte{2}, packed[1:]...), ErrForm},
		"a cut stream":            {stream[:len(stream)/2], ErrForm},
		"no stream":               {[]byte{formDeflate, 0xff, 0xff}, ErrForm},
		"something after the end": {append(bytes.Clone(packed), 7), ErrForm},
		"a plain text beyond all": {[]byte("{" + strings.Repeat(" ", MaxText)), ErrTooLong},
		"two texts in one":        {append(bytes.Clone(stream), stream...), ErrForm},
		"a form without a stream": {[]byte{formDeflate}, ErrForm},
		"a stream that grows":     {bomb.Bytes(), ErrTooLong},
	} {
		_, err := Unpack(row.content)
		require.ErrorIs(t, err, row.want, story)
	}
}

func FuzzUnpack(f *testing.F) {
	packed, err := Pack([]byte(invoice))
	require.NoError(f, err)
	f.Add(packed)
	f.Add([]byte(invoice))
	f.Add([]byte{formDeflate, 0x4b, 0x04, 0x00})
	f.Fuzz(func(t *testing.T, content []byte) {
		text, err := Unpack(content)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(text), MaxText)
		again, err := Pack(text)
		require.NoError(t, err)
		back, err := Unpack(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(back))
	})
}
