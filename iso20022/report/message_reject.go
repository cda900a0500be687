package report

import (
	"encoding/xml"
	"time"
)

// MessageRejection refuses a file that could not be understood at all (admi.002).
// Everything in it but the time may come from the refused file, so nothing in it
// is trusted: texts are made tidy and cut, never refused.
type MessageRejection struct {
	Reference   string // the refused file's message id or business message id, if one was found
	Reason      string // such as FF01
	RejectedAt  time.Time
	Location    string // where in the file, such as "line 12" or an element path
	Description string
	Data        string // further detail, such as all findings of the schema check
}

// notProvided is ISO 20022's word for a mandatory reference that does not exist.
const notProvided = "NOTPROVIDED"

type admi002V01 struct {
	XMLName     xml.Name `xml:"urn:iso:std:iso:20022:tech:xsd:admi.002.001.01 Document"`
	Reference   string   `xml:"admi.002.001.01>RltdRef>Ref"`
	Reason      string   `xml:"admi.002.001.01>Rsn>RjctgPtyRsn"`
	RejectedAt  string   `xml:"admi.002.001.01>Rsn>RjctnDtTm"`
	Location    string   `xml:"admi.002.001.01>Rsn>ErrLctn,omitempty"`
	Description string   `xml:"admi.002.001.01>Rsn>RsnDesc,omitempty"`
	Data        string   `xml:"admi.002.001.01>Rsn>AddtlData,omitempty"`
}

// MessageReject writes an admi.002.001.01.
func MessageReject(in MessageRejection) ([]byte, error) {
	var c check
	c.moment("RejectedAt", in.RejectedAt)
	document := admi002V01{
		Reference:   tidy(in.Reference, maxReference),
		Reason:      tidy(in.Reason, maxReference),
		RejectedAt:  instant(in.RejectedAt),
		Location:    tidy(in.Location, maxDescription),
		Description: tidy(in.Description, maxDescription),
		Data:        tidy(in.Data, maxData),
	}
	if document.Reference == "" {
		document.Reference = notProvided
	}
	if document.Reason == "" {
		c.fail("Reason", "is empty")
	}
	if c.err != nil {
		return nil, c.err
	}
	return marshal(document)
}
