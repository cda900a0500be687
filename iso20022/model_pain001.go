package iso20022

// The content of pain.001, editions 3 to 12, which are its versions.

var customerInitiation = sequence(
	one("GrpHdr", sequence(
		one("MsgId", value(text(35))),
		one("CreDtTm", value(dateTime)),
		upTo(2, "Authstn", choice(
			one("Cd", value(enum("AUTH", "FDET", "FSUM", "ILEV"))),
			one("Prtry", value(text(128))),
		)),
		one("NbOfTxs", value(count)),
		optional("CtrlSum", value(controlSum)),
		one("InitgPty", party),
		optional("FwdgAgt", agent),
		optional("InitnSrc", sequence(
			one("Nm", value(text(140))),
			optional("Prvdr", value(text(35))),
			optional("Vrsn", value(text(35))),
		)).from(10),
	)),
	atLeastOne("PmtInf", paymentInformation),
	many("SplmtryData", supplementaryData).from(4),
)

var paymentInformation = sequence(
	one("PmtInfId", value(text(35))),
	one("PmtMtd", value(enum("CHK", "TRF", "TRA"))),
	optional("ReqdAdvcTp", notRead).from(10),
	optional("BtchBookg", value(boolean)),
	optional("NbOfTxs", value(count)),
	optional("CtrlSum", value(controlSum)),
	optional("PmtTpInf", customerPaymentType),
	one("ReqdExctnDt", value(date)).to(7),
	one("ReqdExctnDt", choice(
		one("Dt", value(date)),
		one("DtTm", value(dateTime)),
	)).from(8),
	optional("PoolgAdjstmntDt", value(date)),
	one("Dbtr", party),
	one("DbtrAcct", account),
	one("DbtrAgt", agent),
	optional("DbtrAgtAcct", account),
	optional("InstrForDbtrAgt", value(text(140))).from(4),
	optional("UltmtDbtr", party),
	optional("ChrgBr", value(chargeBearer)),
	optional("ChrgsAcct", account),
	optional("ChrgsAcctAgt", agent),
	atLeastOne("CdtTrfTxInf", customerTransfer),
)

var customerPaymentType = sequence(
	optional("InstrPrty", value(enum("HIGH", "NORM"))),
	optional("SvcLvl", codeOr(text(4))).to(8),
	many("SvcLvl", codeOr(text(4))).from(9),
	optional("LclInstrm", codeOr(text(35))),
	optional("CtgyPurp", codeOr(text(4))),
)

var customerTransfer = joined(
	[]child{
		one("PmtId", sequence(
			optional("InstrId", value(text(35))),
			one("EndToEndId", value(text(35))),
			optional("UETR", value(uetr)).from(9),
		)),
		optional("PmtTpInf", customerPaymentType),
		one("Amt", choice(
			one("InstdAmt", money18(amount)),
			one("EqvtAmt", sequence(
				one("Amt", money18(amount)),
				one("CcyOfTrf", value(currencyCode)),
			)),
		)),
		optional("XchgRateInf", sequence(
			optional("UnitCcy", value(currencyCode)).from(4),
			optional("XchgRate", value(rate)),
			optional("RateTp", value(enum("SPOT", "SALE", "AGRD"))),
			optional("CtrctId", value(text(35))),
		)),
		optional("ChrgBr", value(chargeBearer)),
		optional("MndtRltdInf", mandate).from(10),
		optional("ChqInstr", notRead),
		optional("UltmtDbtr", party),
	},
	intermediaries("IntrmyAgt"),
	[]child{
		optional("CdtrAgt", agent),
		optional("CdtrAgtAcct", account),
		optional("Cdtr", party),
		optional("CdtrAcct", account),
		optional("UltmtCdtr", party),
		many("InstrForCdtrAgt", agentInstruction),
		optional("InstrForDbtrAgt", value(text(140))).to(9),
		optional("InstrForDbtrAgt", sequence(
			optional("Cd", value(text(4))),
			optional("InstrInf", value(text(140))),
		)).from(10),
		optional("Purp", codeOr(text(4))),
		regulatoryReporting,
		optional("Tax", notRead),
		relatedRemittance,
		optional("RmtInf", remittance),
		many("SplmtryData", supplementaryData).from(5),
	},
)
