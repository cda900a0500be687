package iso20022

// The content of the business application header, head.001, versions 1 to 4,
// which are the editions 8, 9, 9 and 12.

var businessHeader = sequence(
	optional("CharSet", value(anyText)),
	one("Fr", headerParty),
	one("To", headerParty),
	one("BizMsgIdr", value(text(35))),
	one("MsgDefIdr", value(text(35))),
	optional("BizSvc", value(text(35))),
	optional("MktPrctc", sequence(
		one("Regy", value(text(350))),
		one("Id", value(text(2048))),
	)).from(9),
	one("CreDt", value(utcDateTime)).to(8),
	one("CreDt", value(dateTime)).from(9),
	optional("BizPrcgDt", value(dateTime)).from(9),
	optional("CpyDplct", value(enum("CODU", "COPY", "DUPL"))),
	optional("PssblDplct", value(boolean)),
	optional("Prty", value(anyText)),
	optional("Sgntr", anything),
	optional("Rltd", notReadHeader).to(8),
	many("Rltd", notReadHeader).from(9),
)

// headerParty may be left empty: a header that names nobody contradicts
// nothing, and senders without a BIC write it so.
var headerParty = &contentModel{
	choice:   true,
	mayEmpty: true,
	children: []child{one("OrgId", party), one("FIId", agent)},
}

// notReadHeader is the header of an earlier message, signature included.
var notReadHeader = anything
