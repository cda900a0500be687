package iso20022

// The content of pacs.008. Its versions 2 to 13 are the editions 3 to 13; see
// editionOf.

var bankTransfers = sequence(
	one("GrpHdr", sequence(
		one("MsgId", value(text(35))),
		one("CreDtTm", value(dateTime)),
		optional("XpryDtTm", value(dateTime)).from(13),
		optional("BtchBookg", value(boolean)),
		one("NbOfTxs", value(count)),
		optional("CtrlSum", value(controlSum)),
		optional("TtlIntrBkSttlmAmt", money18(amount)),
		optional("IntrBkSttlmDt", value(date)),
		one("SttlmInf", settlementInformation),
		optional("PmtTpInf", bankPaymentType),
		optional("InstgAgt", agent),
		optional("InstdAgt", agent),
	)),
	atLeastOne("CdtTrfTxInf", bankTransfer),
	many("SplmtryData", supplementaryData).from(4),
)

var settlementInformation = sequence(
	one("SttlmMtd", value(enum("INDA", "INGA", "COVE", "CLRG"))),
	optional("SttlmAcct", account),
	optional("ClrSys", choice(
		one("Cd", value(text(3))),
		one("Prtry", value(text(35))),
	)),
	optional("InstgRmbrsmntAgt", agent),
	optional("InstgRmbrsmntAgtAcct", account),
	optional("InstdRmbrsmntAgt", agent),
	optional("InstdRmbrsmntAgtAcct", account),
	optional("ThrdRmbrsmntAgt", agent),
	optional("ThrdRmbrsmntAgtAcct", account),
)

var bankPaymentType = sequence(
	optional("InstrPrty", value(enum("HIGH", "NORM"))),
	optional("ClrChanl", value(enum("RTGS", "RTNS", "MPNS", "BOOK"))),
	optional("SvcLvl", codeOr(text(4))).to(8),
	many("SvcLvl", codeOr(text(4))).from(9),
	optional("LclInstrm", codeOr(text(35))),
	optional("CtgyPurp", codeOr(text(4))),
)

var bankTransfer = joined(
	bankTransferTerms,
	[]child{
		optional("PrvsInstgAgt", agent).to(7),
		optional("PrvsInstgAgtAcct", account).to(7),
	},
	since(8, intermediaries("PrvsInstgAgt")),
	[]child{
		optional("InstgAgt", agent),
		optional("InstdAgt", agent),
	},
	intermediaries("IntrmyAgt"),
	bankTransferParties,
)

var bankTransferTerms = []child{
	one("PmtId", sequence(
		optional("InstrId", value(text(35))),
		one("EndToEndId", value(text(35))),
		one("TxId", value(text(35))).to(8),
		optional("TxId", value(text(35))).from(9),
		optional("UETR", value(uetr)).from(9),
		optional("ClrSysRef", value(text(35))),
	)),
	optional("PmtTpInf", bankPaymentType),
	one("IntrBkSttlmAmt", money18(amount)),
	optional("IntrBkSttlmDt", value(date)),
	optional("SttlmPrty", value(enum("URGT", "HIGH", "NORM"))),
	optional("SttlmTmIndctn", notRead),
	optional("SttlmTmReq", notRead),
	optional("AccptncDtTm", value(dateTime)).to(12),
	optional("PoolgAdjstmntDt", value(date)).to(12),
	optional("AddtlDtTm", notRead).from(13),
	optional("InstdAmt", money18(amount)),
	optional("XchgRate", value(rate)),
	optional("AgrdRate", notRead).from(13),
	one("ChrgBr", value(chargeBearer)),
	many("ChrgsInf", notRead),
	optional("MndtRltdInf", mandate).from(10),
	optional("PmtSgntr", notRead).from(13),
}

var bankTransferParties = []child{
	optional("UltmtDbtr", party),
	optional("InitgPty", party),
	one("Dbtr", party),
	optional("DbtrAcct", account),
	one("DbtrAgt", agent),
	optional("DbtrAgtAcct", account),
	one("CdtrAgt", agent),
	optional("CdtrAgtAcct", account),
	one("Cdtr", party),
	optional("CdtrAcct", account),
	optional("UltmtCdtr", party),
	many("InstrForCdtrAgt", agentInstruction),
	many("InstrForNxtAgt", sequence(
		optional("Cd", value(enum("PHOA", "TELA"))),
		optional("InstrInf", value(text(140))),
	)),
	optional("Purp", codeOr(text(4))),
	regulatoryReporting,
	optional("Tax", notRead).from(6),
	relatedRemittance,
	optional("RmtInf", remittance),
	many("SplmtryData", supplementaryData).from(5),
}
