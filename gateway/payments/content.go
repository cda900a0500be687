package payments

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/iso20022"
	"github.com/zhilian-network/zhilian/iso20022/compact"
	"github.com/zhilian-network/zhilian/iso20022/report"
)

const (
	// DetailsFormat names the form of sealed details, and its version.
	DetailsFormat = "zhilian-details-1"
	// maxDetailRows bounds what is shown of details.
	maxDetailRows = 4_000
)

// ErrDetailsFormat says that details opened and are in no form that is known here.
var ErrDetailsFormat = errors.New("sealed details are not in the form " + DetailsFormat)

// repeatable are the elements that are always lists in details, also where there is one.
var repeatable = []string{
	"AddtlRmtInf", "AdrLine", "LineDtls", "Othr", "RfrdDocInf", "RltdRmtInf", "RmtLctnDtls", "Strd", "Ustrd",
}

// detailsContent writes what a file says of a transfer as the JSON that is packed and sealed: names and nesting are
// those of ISO 20022. An element with others in it is an object, one without is its text; elements that may
// be repeated are lists; an attribute is a member "@Ccy" beside the text, which is then "#".
func detailsContent(details []iso20022.Element) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(`{"format":"` + DetailsFormat + `"`)
	if len(details) > 0 {
		out.WriteByte(',')
	}
	if err := writeMembers(&out, details); err != nil {
		return nil, err
	}
	out.WriteByte('}')
	return compact.Pack(out.Bytes())
}

// DetailsText is the JSON of opened details; ErrDetailsFormat if they are in another form.
func DetailsText(content []byte) ([]byte, error) {
	text, err := compact.Unpack(content)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDetailsFormat, err)
	}
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%w: they are no JSON object", ErrDetailsFormat)
	}
	if head.Format != DetailsFormat {
		return nil, fmt.Errorf("%w: they say %.40q; a newer version of this program may read them", ErrDetailsFormat, head.Format)
	}
	return text, nil
}

func writeMembers(out *bytes.Buffer, elements []iso20022.Element) error {
	var order []string
	byName := map[string][]iso20022.Element{}
	for _, e := range elements {
		if byName[e.Name] == nil {
			order = append(order, e.Name)
		}
		byName[e.Name] = append(byName[e.Name], e)
	}
	for i, name := range order {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeText(out, name); err != nil {
			return err
		}
		out.WriteByte(':')
		same := byName[name]
		if len(same) == 1 && !slices.Contains(repeatable, name) {
			if err := writeElement(out, same[0]); err != nil {
				return err
			}
			continue
		}
		for j, e := range same {
			out.WriteByte("[,"[min(j, 1)])
			if err := writeElement(out, e); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	}
	return nil
}

func writeElement(out *bytes.Buffer, e iso20022.Element) error {
	if len(e.Attributes) == 0 && len(e.Children) == 0 {
		return writeText(out, e.Text)
	}
	var members []iso20022.Element
	for _, a := range e.Attributes {
		members = append(members, iso20022.Element{Name: "@" + a.Name, Text: a.Value})
	}
	if members = append(members, e.Children...); len(e.Children) == 0 {
		members = append(members, iso20022.Element{Name: "#", Text: e.Text})
	}
	out.WriteByte('{')
	if err := writeMembers(out, members); err != nil {
		return err
	}
	out.WriteByte('}')
	return nil
}

func writeText(out *bytes.Buffer, text string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the encoder ends with a new line
	return nil
}

// DetailRow is one value of opened details and where it stands, such as "RmtInf/Ustrd[2]".
type DetailRow struct{ Path, Text string }

// DetailRows lists the values of opened details in their order; ErrDetailsFormat if they are in another
// form. They are what their sender wrote: treat them as hostile when you show them.
func DetailRows(content []byte) ([]DetailRow, error) {
	text, err := DetailsText(content)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	var rows []DetailRow
	if err := walk(decoder, "", &rows); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows them", ErrDetailsFormat)
	}
	return slices.DeleteFunc(rows, func(r DetailRow) bool { return r.Path == "format" }), nil
}

func walk(decoder *json.Decoder, path string, rows *[]DetailRow) error {
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDetailsFormat, err)
	}
	switch token := token.(type) {
	case json.Delim:
		for i := 1; decoder.More(); i++ {
			at := path + "[" + strconv.Itoa(i) + "]"
			if token == '{' {
				name, err := decoder.Token()
				if err != nil {
					return fmt.Errorf("%w: %w", ErrDetailsFormat, err)
				}
				at = strings.TrimPrefix(path+"/"+fmt.Sprint(name), "/")
			}
			if err := walk(decoder, at, rows); err != nil {
				return err
			}
		}
		_, err := decoder.Token()
		return err
	case nil:
		return nil
	default:
		if len(*rows) == maxDetailRows {
			return fmt.Errorf("%w: more than %d values", ErrDetailsFormat, maxDetailRows)
		}
		*rows = append(*rows, DetailRow{path, fmt.Sprint(token)})
		return nil
	}
}

// told is what a statement takes from details.
type told struct {
	InstrID    string `json:"InstrId"`
	EndToEndID string `json:"EndToEndId"`
	Dbtr       toldParty
	DbtrAcct   toldAccount
	Cdtr       toldParty
	CdtrAcct   toldAccount
	Purp       struct{ Cd string }
	RmtInf     struct{ Ustrd []string }
}

type toldParty struct{ Nm string }

type toldAccount struct {
	ID struct {
		IBAN string
		Othr []struct {
			ID string `json:"Id"`
		}
	} `json:"Id"`
}

func (a toldAccount) report() report.Account {
	account := report.Account{IBAN: a.ID.IBAN}
	if account.IBAN == "" && len(a.ID.Othr) > 0 {
		account.Other = a.ID.Othr[0].ID
	}
	return account
}

// entryDetail is what a statement says of a payment whose details were opened.
func entryDetail(content []byte) (report.EntryDetail, error) {
	text, err := DetailsText(content)
	if err != nil {
		return report.EntryDetail{}, err
	}
	var t told
	if err := json.Unmarshal(text, &t); err != nil {
		return report.EntryDetail{}, fmt.Errorf("%w: %w", ErrDetailsFormat, err)
	}
	return report.EntryDetail{
		InstructionID: t.InstrID, EndToEndID: t.EndToEndID,
		Debtor: report.Party{Name: t.Dbtr.Nm}, DebtorAccount: t.DbtrAcct.report(),
		Creditor: report.Party{Name: t.Cdtr.Nm}, CreditorAccount: t.CdtrAcct.report(),
		Purpose: purposeCode(&iso20022.Transfer{Purpose: t.Purp.Cd}), Remittance: t.RmtInf.Ustrd,
	}, nil
}
