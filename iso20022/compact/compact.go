package compact

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
)

const (
	// MaxText is the most bytes of a text.
	MaxText = 64 << 10

	// formDeflate is the first byte of what is packed with the dictionary. No JSON begins so.
	formDeflate = 0x01
	plainBegins = '{'
	paddedTo    = 128
)

// dictionary is what details of payments say most; the most usual stands last, where references to it are shortest.
const dictionary = `"Prtry":"Issr":"SchmeNm":{"BICFI":"AnyBIC":"LEI":"OrgId":{"PrvtId":{"DtAndPlcOfBirth":{"CtryOfRes":"` +
	`"TaxRmt":{"RltdRmtInf":[{"RmtId":"RmtLctnDtls":[{"Mtd":"ElctrncAdr":"AddtlRmtInf":["CdtrRefInf":{"Tp":{"CdOrPrtry":{"Cd":"SCOR"}},"Ref":"` +
	`"Strd":[{"RfrdDocInf":[{"Tp":{"CdOrPrtry":{"Cd":"CINV"}},"Nb":"RltdDt":"2026-2027-2028-RfrdDocAmt":{"DuePyblAmt":{"@Ccy":"CNY","#":"RmtdAmt":{` +
	`"UltmtDbtr":{"Nm":"UltmtCdtr":{"Nm":"DbtrAgt":{"FinInstnId":{"CdtrAgt":{"FinInstnId":{"ClrSysMmbId":{"MmbId":"Dept":"SubDept":"BldgNm":"Flr":"PstBx":"Room":"DstrctNm":"CtrySubDvsn":"AdrLine":["` +
	`"Purp":{"Cd":"SALA"}"TAXS"}"INTC"}"GDDS"}"SCVE"}有限公司","股份有限公司","银行","发票","货款","` +
	`{"format":"zhilian-details-1","InstrId":"","EndToEndId":"","Dbtr":{"Nm":" Co. Ltd.","PstlAdr":{"StrtNm":" Road","BldgNb":"","PstCd":"","TwnNm":"","Ctry":"CN"}},` +
	`"DbtrAcct":{"Id":{"IBAN":"Othr":[{"Id":""}]}},"Cdtr":{"Nm":" Co., Ltd.","PstlAdr":{"StrtNm":" Street","BldgNb":"","PstCd":"","TwnNm":"","Ctry":"CN"}},` +
	`"CdtrAcct":{"Id":{"IBAN":"Othr":[{"Id":""}]}},"Purp":{"Cd":"SUPP"},"RmtInf":{"Ustrd":["Invoice "]}}`

// Refusals.
var (
	ErrTooLong = errors.New("text of a payment's details is longer than 64 KiB")
	ErrForm    = errors.New("text of a payment's details is in no form that is known here; a newer version of this program may read it")
)

// Pack makes a text short; ErrTooLong if it has more than MaxText bytes.
func Pack(text []byte) ([]byte, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(text))
	}
	var out bytes.Buffer
	out.WriteByte(formDeflate)
	w, err := flate.NewWriterDict(&out, flate.BestCompression, []byte(dictionary))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if over := out.Len() % paddedTo; over > 0 {
		out.Write(make([]byte, paddedTo-over))
	}
	return out.Bytes(), nil
}

// Unpack gives a text back: ErrForm if content is none, ErrTooLong if it would grow beyond MaxText. What it gives is
// what the sender wrote: treat it as hostile.
func Unpack(content []byte) ([]byte, error) {
	if len(content) > 0 && content[0] == plainBegins {
		if len(content) > MaxText {
			return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(content))
		}
		return content, nil
	}
	if len(content) == 0 || content[0] != formDeflate {
		return nil, ErrForm
	}
	packed := bytes.NewReader(content[1:])
	text, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(packed, []byte(dictionary)), MaxText+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if len(text) > MaxText {
		return nil, ErrTooLong
	}
	// A reader that takes single bytes reads no further than the end of the stream.
	for packed.Len() > 0 {
		if b, err := packed.ReadByte(); err != nil || b != 0 {
			return nil, fmt.Errorf("%w: something follows it", ErrForm)
		}
	}
	return text, nil
}
