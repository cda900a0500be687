package iso20022

// Components that several messages share. See edition for the numbers.

var (
	agent = sequence(
		one("FinInstnId", sequence(
			optional("BIC", value(bicOf2009)).to(3),
			optional("BICFI", value(bicOf2009)).from(4).to(8),
			optional("BICFI", value(bicOf2014)).from(9),
			optional("ClrSysMmbId", sequence(
				optional("ClrSysId", codeOr(text(5))),
				one("MmbId", value(text(35))),
			)),
			optional("LEI", value(lei)).from(9),
			optional("Nm", value(text(140))),
			optional("PstlAdr", notRead),
			optional("Othr", genericID(35)),
		)),
		optional("BrnchId", sequence(
			optional("Id", value(text(35))),
			optional("LEI", value(lei)).from(9),
			optional("Nm", value(text(140))),
			optional("PstlAdr", notRead),
		)),
	)

	party = sequence(
		optional("Nm", value(text(140))),
		optional("PstlAdr", notRead),
		optional("Id", choice(
			one("OrgId", organisationID),
			one("PrvtId", personID),
		)),
		optional("CtryOfRes", value(country)),
		optional("CtctDtls", notRead),
	)

	organisationID = sequence(
		optional("BICOrBEI", value(bicOf2009)).to(3),
		optional("AnyBIC", value(bicOf2009)).from(4).to(8),
		optional("AnyBIC", value(bicOf2014)).from(9),
		optional("LEI", value(lei)).from(9),
		many("Othr", genericID(35)).to(11),
		many("Othr", genericID(256)).from(12),
	)

	personID = sequence(
		optional("DtAndPlcOfBirth", sequence(
			one("BirthDt", value(date)),
			optional("PrvcOfBirth", value(text(35))),
			one("CityOfBirth", value(text(35))),
			one("CtryOfBirth", value(country)),
		)),
		many("Othr", genericID(35)).to(11),
		many("Othr", genericID(256)).from(12),
	)

	account = sequence(
		one("Id", accountID).to(10),
		optional("Id", accountID).from(11),
		optional("Tp", codeOr(accountTypeOf2009)).to(3),
		optional("Tp", codeOr(text(4))).from(4),
		optional("Ccy", value(currencyCode)),
		optional("Nm", value(text(70))),
		optional("Prxy", sequence(
			optional("Tp", codeOr(text(4))),
			one("Id", value(text(2048))),
		)).from(9),
	)

	accountID = choice(
		one("IBAN", value(ibanForm)),
		one("Othr", genericID(34)),
	)

	remittance = sequence(
		many("Ustrd", value(text(140))),
		many("Strd", notRead),
	)

	regulatoryReporting = upTo(10, "RgltryRptg", notRead)
	relatedRemittance   = upTo(10, "RltdRmtInf", notRead)

	supplementaryData = sequence(
		optional("PlcAndNm", value(text(350))),
		one("Envlp", anything),
	)

	mandate = notRead

	agentInstruction = sequence(
		optional("Cd", value(enum("CHQB", "HOLD", "PHOB", "TELB"))).to(9),
		optional("Cd", value(text(4))).from(10),
		optional("InstrInf", value(text(140))),
	)
)

// genericID is a number under a scheme. max is the longest number.
func genericID(max int) *contentModel {
	return sequence(
		one("Id", value(text(max))),
		optional("SchmeNm", codeOr(text(4))),
		optional("Issr", value(text(35))),
	)
}

// intermediaries are the agents between payer's and payee's, each with its
// account: IntrmyAgt1, IntrmyAgt1Acct, … or PrvsInstgAgt1, ….
func intermediaries(name string) []child {
	var children []child
	for _, n := range []string{"1", "2", "3"} {
		children = append(children, optional(name+n, agent), optional(name+n+"Acct", account))
	}
	return children
}

// since narrows several children to an edition.
func since(e edition, children []child) []child {
	for i := range children {
		children[i] = children[i].from(e)
	}
	return children
}

// joined makes one sequence out of parts.
func joined(parts ...[]child) *contentModel {
	var all []child
	for _, part := range parts {
		all = append(all, part...)
	}
	return sequence(all...)
}
