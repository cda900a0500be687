package report_test

import (
	"strings"
	"testing"
	"time"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/iso20022/report"
)

func TestPaymentStatusRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*report.PaymentStatusReport)
		says   string
	}{
		"no message id":            {func(r *report.PaymentStatusReport) { r.MessageID = "" }, "MessageID: is empty"},
		"a message id of 36":       {func(r *report.PaymentStatusReport) { r.MessageID = strings.Repeat("青", 36) }, "MessageID: has 36 characters"},
		"no time":                  {func(r *report.PaymentStatusReport) { r.CreatedAt = time.Time{} }, "CreatedAt: is not set"},
		"a time after 9999":        {func(r *report.PaymentStatusReport) { r.CreatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "CreatedAt: year 10000"},
		"no original id":           {func(r *report.PaymentStatusReport) { r.Original.MessageID = "" }, "Original.MessageID: is empty"},
		"a control sum with comma": {func(r *report.PaymentStatusReport) { r.Original.ControlSum = "1,5" }, "Original.ControlSum"},
		"a control sum too long":   {func(r *report.PaymentStatusReport) { r.Original.ControlSum = "1234567890123456.789" }, "Original.ControlSum: has more than 18"},
		"more transfers than sent": {func(r *report.PaymentStatusReport) { r.Original.Transactions = 2 }, "speak for 3 transfers of an original of 2"},
		"more transfers than the block": {func(r *report.PaymentStatusReport) { r.Payments[0].Transactions = 2 },
			"Payments[0].Transactions: is 2, but 3"},
		"exceptions only, without a status": {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers = r.Payments[0].Transfers[2:] },
			"Payments[0].Status: must be given"},
		"blocks missing, without a status": {func(r *report.PaymentStatusReport) { r.Original.Transactions = 4 }, "Status: must be given"},
		"nothing at all":                   {func(r *report.PaymentStatusReport) { r.Payments = nil }, "Status: must be given"},
		"settled over a refusal":           {func(r *report.PaymentStatusReport) { r.Status = report.Settled }, "Status: ACSC contradicts"},
		"an invented status":               {func(r *report.PaymentStatusReport) { r.Status = "DONE" }, `Status: "DONE" is not a status`},
		"PART on a transfer":               {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[0].Status = report.Partial }, "Transfers[0].Status"},
		"a refusal of the file without reason": {func(r *report.PaymentStatusReport) {
			r.Payments, r.Status = nil, report.Rejected
		}, "Status: a rejection needs a reason"},
		"a refusal without reason": {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[2].Reasons = nil }, "Transfers[2].Reasons: a rejection needs"},
		"a reason of five letters": {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[2].Reasons[0].Code = "AC045" }, "is not an ISO reason code"},
		"a reason of both kinds":   {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[2].Reasons[0].Proprietary = "x" }, "both Code and Proprietary"},
		"narrative without a text": {func(r *report.PaymentStatusReport) { r.Reasons = []report.Reason{{Code: "NARR"}} }, "Reasons[0]: has neither"},
		"an empty reason":          {func(r *report.PaymentStatusReport) { r.Reasons = []report.Reason{{Text: []string{" \n"}}} }, "Reasons[0]: has neither"},
		"an upper-case UETR": {func(r *report.PaymentStatusReport) {
			r.Payments[0].Transfers[0].UETR = "7A562C67-CA16-48BA-B074-65581BE6F011"
		}, "UETR"},
		"no reference": {func(r *report.PaymentStatusReport) {
			r.Payments[0].Transfers[1] = report.TransferStatus{Status: report.Pending}
		}, "has no reference"},
		"a reference XML cannot hold": {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[0].EndToEndID = "a\x00" }, "EndToEndID: holds a character"},
		"a reference not in UTF-8":    {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[0].EndToEndID = "a\xff" }, "EndToEndID: holds a character"},
		"an amount of zero":           {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[0].Original.Amount = cny(0) }, "Amount: is not above zero"},
		"an unknown currency":         {func(r *report.PaymentStatusReport) { r.Payments[0].Transfers[0].Original.Amount.Currency = "ZZZ" }, "not a currency"},
		"an amount of 19 digits": {func(r *report.PaymentStatusReport) {
			r.Payments[0].Transfers[0].Original.Amount = cny(1_000_000_000_000_000_000)
		}, "has 19 digits"},
		"a wrong BIC": {func(r *report.PaymentStatusReport) { r.DebtorAgent.BIC = "LSHQCN" }, "DebtorAgent.BIC"},
		"a wrong LEI": {func(r *report.PaymentStatusReport) { r.InitiatingParty.LEI = "x" }, "InitiatingParty.LEI"},
		"a wrong IBAN": {func(r *report.PaymentStatusReport) {
			r.Payments[0].Transfers[0].Original.CreditorAccount = report.Account{IBAN: "DE"}
		}, "CreditorAccount.IBAN"},
		"an account number of 35": {func(r *report.PaymentStatusReport) {
			r.Payments[0].Transfers[0].Original.CreditorAccount = report.Account{Other: strings.Repeat("1", 35)}
		}, "CreditorAccount.Other: has 35"},
	} {
		t.Run(name, func(t *testing.T) {
			in := paidAndRefused("pain.001.001.09")
			test.change(&in)
			out, err := report.PaymentStatus(in)
			require.ErrorIs(t, err, report.ErrInvalid)
			require.ErrorContains(t, err, test.says)
			require.Nil(t, out)
		})
	}
}

func TestControlSumsOfTheSchemasDecimalForm(t *testing.T) {
	for value, ok := range map[string]bool{
		"": true, "0": true, "18300.50": true, "+18300.5": true, "-1": true, ".5": true, "5.": true,
		"000000000000000000000001.00": true, "123456789012345678": true, "0.12345678901234567": true,
		"1234567890123456789": false, "0.123456789012345678": false, ".": false, "1e5": false, "1,5": false, "１": false, "1 ": false,
	} {
		in := paidAndRefused("pain.001.001.09")
		in.Original.ControlSum = value
		document, err := report.PaymentStatus(in)
		require.Equal(t, ok, err == nil, "%q: %v", value, err)
		if v := sharedSchemas(); ok && v != nil {
			require.NoError(t, v.Validate(t.Context(), report.Pain002V10, document), value)
		}
	}
}

func TestFIStatusOfMoreTransfersThanSentIsRefused(t *testing.T) {
	in := interbank("pacs.008.001.08")
	in.Original.Transactions = 1
	_, err := report.FIStatus(in)
	require.ErrorContains(t, err, "Transfers: list 2 transfers of an original of 1")
}

func TestAUETRAloneIsNoReferenceInTheOldVersion(t *testing.T) {
	for name, ok := range map[string]bool{"pain.001.001.03": false, "pain.001.001.09": true} {
		in := paidAndRefused(name)
		in.Payments[0].Transfers[1].EndToEndID = ""
		_, err := report.PaymentStatus(in)
		require.Equal(t, ok, err == nil, "%s: %v", name, err)
	}
}

func TestExceptionsOnlyWithAGivenStatus(t *testing.T) {
	in := paidAndRefused("pain.001.001.09")
	in.Payments[0].Transfers = in.Payments[0].Transfers[2:]
	in.Payments[0].Status = report.Partial
	out, err := report.PaymentStatus(in)
	require.NoError(t, err)
	require.Equal(t, []string{"PART"}, fields(t, out)["OrgnlGrpInfAndSts/GrpSts"])
}

func TestStatementRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*report.AccountStatement)
		says   string
	}{
		"no account":               {func(s *report.AccountStatement) { s.Account.Account = report.Account{} }, "Account: has neither"},
		"an id of 32":              {func(s *report.AccountStatement) { s.ID = strings.Repeat("x", 32) }, "ID: has 32 characters, at most 31"},
		"no balance":               {func(s *report.AccountStatement) { s.Balances = nil }, "Balances: are empty"},
		"a balance not set":        {func(s *report.AccountStatement) { s.Balances[0].Closing = math.Int{} }, "Balances[0].Closing: is not set"},
		"a currency twice":         {func(s *report.AccountStatement) { s.Balances[1].Currency = "CNY" }, "CNY appears twice"},
		"an entry without balance": {func(s *report.AccountStatement) { s.Balances = s.Balances[1:] }, "Entries[0].Amount.Currency: CNY has no balance"},
		"an entry too early":       {func(s *report.AccountStatement) { s.Entries[1].BookedAt = s.From.Add(-1) }, "Entries[1].BookedAt"},
		"an entry too late":        {func(s *report.AccountStatement) { s.Entries[1].BookedAt = s.To }, "Entries[1].BookedAt"},
		"no period":                {func(s *report.AccountStatement) { s.To = s.From }, "To: is not after From"},
		"a CNY account with yen":   {func(s *report.AccountStatement) { s.Account.Currency = "CNY" }, "Account.Currency: is CNY"},
		"an entry of nothing":      {func(s *report.AccountStatement) { s.Entries[1].Amount.Minor = math.ZeroInt() }, "Entries[1].Amount: is not above zero"},
		"a negative entry":         {func(s *report.AccountStatement) { s.Entries[1].Amount.Minor = math.NewInt(-1) }, "Entries[1].Amount: is not above zero"},
		"no direction":             {func(s *report.AccountStatement) { s.Entries[1].Direction = "" }, "Entries[1].Direction"},
		"a made-up code":           {func(s *report.AccountStatement) { s.Entries[1].Code = "PMNT" }, "Entries[1].Code"},
		"a batch that does not add up": {func(s *report.AccountStatement) { s.Entries[0].Details[1].Amount = math.NewInt(580_001) },
			"add up to 1830051 minor units, the entry to 1830050"},
		"a batch of nothing": {func(s *report.AccountStatement) { s.Entries[0].Details = nil }, "are empty, but the entry is a batch"},
		"two payments outside of a batch": {func(s *report.AccountStatement) { s.Entries[0].Batch = nil },
			"hold 2 payments, but the entry is not a batch"},
		"a payment without reference": {func(s *report.AccountStatement) { s.Entries[0].Details[1].EndToEndID = "" }, "Details[1]: has no reference"},
		"a sum of 19 digits": {func(s *report.AccountStatement) {
			big := single(cny(900_000_000_000_000_000), report.Credit, "A")
			s.Entries = append(s.Entries, big, big)
		}, "Entries in CNY: has 19 digits"},
	} {
		t.Run(name, func(t *testing.T) {
			in := statement()
			test.change(&in)
			_, err := report.Statement(in)
			require.ErrorIs(t, err, report.ErrInvalid)
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestStatementThatDoesNotBalanceIsRefused(t *testing.T) {
	for name, change := range map[string]func(*report.AccountStatement){
		"opening one fen off":        func(s *report.AccountStatement) { s.Balances[0].Opening = s.Balances[0].Opening.AddRaw(1) },
		"closing one fen off":        func(s *report.AccountStatement) { s.Balances[0].Closing = s.Balances[0].Closing.SubRaw(1) },
		"an entry missing":           func(s *report.AccountStatement) { s.Entries = s.Entries[:3] },
		"an entry twice":             func(s *report.AccountStatement) { s.Entries = append(s.Entries, s.Entries[3]) },
		"an entry on the wrong side": func(s *report.AccountStatement) { s.Entries[1].Direction = report.Credit },
		"off in the last currency":   func(s *report.AccountStatement) { s.Balances[3].Closing = math.NewInt(-5) },
	} {
		t.Run(name, func(t *testing.T) {
			in := statement()
			change(&in)
			out, err := report.Statement(in)
			require.ErrorIs(t, err, report.ErrUnbalanced)
			require.Nil(t, out)
		})
	}
}

func TestNotificationAndRejectionRefusals(t *testing.T) {
	n := notification()
	n.Entries = nil
	_, err := report.Notification(n)
	require.ErrorContains(t, err, "Entries: are empty")

	n = notification()
	n.Account.Currency = "EUR"
	_, err = report.Notification(n)
	require.ErrorContains(t, err, "Account.Currency: is EUR")

	r := rejection()
	r.Reason = "\n"
	_, err = report.MessageReject(r)
	require.ErrorContains(t, err, "Reason: is empty")

	r = rejection()
	r.RejectedAt = time.Time{}
	_, err = report.MessageReject(r)
	require.ErrorContains(t, err, "RejectedAt: is not set")
}

func TestARejectionNeverFailsForWhatTheFileHeld(t *testing.T) {
	for _, junk := range []string{"", "\x00", strings.Repeat("\xff<![CDATA[", 9000), "]]>&amp;\r\n", strings.Repeat("长", 30000)} {
		out, err := report.MessageReject(report.MessageRejection{
			Reference: junk, Reason: "FF01", RejectedAt: morning, Location: junk, Description: junk, Data: junk,
		})
		require.NoError(t, err)
		if strings.Trim(junk, "\x00") == "" {
			require.Equal(t, []string{"NOTPROVIDED"}, fields(t, out)["RltdRef/Ref"])
		}
	}
}
