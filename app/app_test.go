package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"
	"github.com/cosmos/gogoproto/proto"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// The built-in network: two customers of different banks.
const (
	payer        = "huanghai-appliances" // at BQDQ
	payerKey     = "party-huanghai-appliances"
	neighbour    = "shibei-logistics" // at BQDQ
	supplier     = "laoshan-compressors"
	supplierKey  = "party-laoshan-compressors"
	payerBankKey = "bank-BQDQ"
)

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func payment(endToEnd string, fen int64) *settlementtypes.MsgPay {
	return &settlementtypes.MsgPay{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0),
		Currency: "CNY", Amount: math.NewInt(fen), EndToEndDigest: digest(endToEnd),
	}
}

func TestEveryMessageSaysWhoSignsIt(t *testing.T) {
	app.SetAddressPrefixes()
	require.NoError(t, msgservice.ValidateProtoAnnotations(proto.HybridResolver))
}

func TestAPaymentBetweenBanksMovesMoneyOnce(t *testing.T) {
	c := chain.New(t, network.Default())
	before := balance(t, c, supplier, "LSHB/CNY")

	first := chain.Response[settlementtypes.MsgPayResponse](t, c.MustSend(payerKey, payment("invoice 1", 12345)))
	require.Equal(t, settlementtypes.PaymentSettled, first.Result.Status)
	require.False(t, first.Result.Replayed)

	again := chain.Response[settlementtypes.MsgPayResponse](t, c.MustSend(payerKey, payment("invoice 1", 12345)))
	require.True(t, again.Result.Replayed, "a retry is answered with the first result")
	require.Equal(t, first.Result.Uetr, again.Result.Uetr)
	require.Equal(t, first.Result.Height, again.Result.Height)

	require.Equal(t, before.AddRaw(12345), balance(t, c, supplier, "LSHB/CNY"))
	c.RequireMoneyConserved()
}

func balance(t *testing.T, c *chain.Chain, party, denom string) math.Int {
	t.Helper()
	amount, err := c.App.Keepers.Ledger.Balance(c.Context(), settlementtypes.AccountAddress(party, 0), denom)
	require.NoError(t, err)
	return amount
}

func TestWhatMustBeRefusedIsRefusedWithACodeAndMovesNothing(t *testing.T) {
	c := chain.New(t, network.Default())
	c.MustSend(payerKey, payment("paid before", 100))
	state := c.App.LastCommitID()

	unknown := payment("x", 1)
	unknown.Operator = chain.Address("stranger")
	foreign := payment("x", 1)
	foreign.Operator = chain.Address(supplierKey)
	self := payment("x", 1)
	self.Creditor = self.Debtor
	missing := payment("x", 1)
	missing.Creditor = chain.Account("nobody", 0)
	dollars := payment("x", 1)
	dollars.Currency = "USD"
	tooMuch := payment("x", 1)
	tooMuch.Amount = math.NewIntFromUint64(1 << 63)
	changed := payment("paid before", 101)
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
		Transfers: make([]settlementtypes.Transfer, settlementtypes.TransfersPerBatchMax+1),
	}
	for i := range batch.Transfers {
		batch.Transfers[i] = settlementtypes.Transfer{Creditor: chain.Account(supplier, 0), Amount: math.OneInt(), EndToEndDigest: digest("b")}
	}

	for name, refused := range map[string]struct {
		key       string
		message   sdk.Msg
		codespace string
		code      uint32
	}{
		"an unknown operator":              {"stranger", unknown, accesstypes.ModuleName, accesstypes.ErrOperatorNotFound.ABCICode()},
		"another customer's operator":      {supplierKey, foreign, accesstypes.ModuleName, accesstypes.ErrScopeDenied.ABCICode()},
		"a payment to oneself":             {payerKey, self, settlementtypes.ModuleName, settlementtypes.ErrSameAccount.ABCICode()},
		"an unknown creditor":              {payerKey, missing, settlementtypes.ModuleName, settlementtypes.ErrCreditorUnknown.ABCICode()},
		"a currency nobody settles":        {payerKey, dollars, settlementtypes.ModuleName, settlementtypes.ErrCurrencyNotSettled.ABCICode()},
		"a zero amount":                    {payerKey, payment("x", 0), settlementtypes.ModuleName, settlementtypes.ErrAmountZero.ABCICode()},
		"a negative amount":                {payerKey, payment("x", -1), settlementtypes.ModuleName, settlementtypes.ErrAmountInvalid.ABCICode()},
		"an amount beyond 64 bits":         {payerKey, tooMuch, settlementtypes.ModuleName, settlementtypes.ErrAmountInvalid.ABCICode()},
		"more than there is":               {payerKey, payment("x", 1<<62), settlementtypes.ModuleName, settlementtypes.ErrInsufficientBalance.ABCICode()},
		"a used end-to-end id":             {payerKey, changed, settlementtypes.ModuleName, settlementtypes.ErrDuplicateEndToEnd.ABCICode()},
		"1,001 transfers":                  {payerKey, batch, settlementtypes.ModuleName, settlementtypes.ErrTooManyTransfers.ABCICode()},
		"issuance by a customer":           {payerKey, &settlementtypes.MsgIssueDeposit{Operator: chain.Address(payerKey), Account: chain.Account(payer, 0), Currency: "CNY", Amount: math.OneInt()}, accesstypes.ModuleName, accesstypes.ErrPermissionDenied.ABCICode()},
		"reserves issued by a bank":        {payerBankKey, &settlementtypes.MsgIssueReserve{Operator: chain.Address(payerBankKey), InstitutionId: "BQDQ", Currency: "CNY", Amount: math.OneInt()}, settlementtypes.ModuleName, settlementtypes.ErrNotCentralBank.ABCICode()},
		"settings changed by one bank":     {payerBankKey, &accesstypes.MsgUpdateParams{Authority: chain.Address(payerBankKey), Params: accesstypes.DefaultParams()}, accesstypes.ModuleName, accesstypes.ErrNotAuthority.ABCICode()},
		"another bank's customer credited": {payerBankKey, &settlementtypes.MsgIssueDeposit{Operator: chain.Address(payerBankKey), Account: chain.Account(supplier, 0), Currency: "CNY", Amount: math.OneInt()}, accesstypes.ModuleName, accesstypes.ErrScopeDenied.ABCICode()},
	} {
		t.Run(name, func(t *testing.T) {
			before := balance(t, c, payer, "BQDQ/CNY")
			result := c.Send(refused.key, refused.message)
			require.Equal(t, refused.codespace, result.Codespace, result.Log)
			require.Equal(t, refused.code, result.Code, result.Log)
			require.Equal(t, before, balance(t, c, payer, "BQDQ/CNY"))
			c.RequireMoneyConserved()
		})
	}
	require.NotEqual(t, state.Version, c.App.LastBlockHeight())
}

func TestTheDoorTakesNeitherFeeNorMemo(t *testing.T) {
	c := chain.New(t, network.Default())
	config := c.App.Encoding.TxConfig
	for name, refused := range map[string]struct {
		change func(fee sdk.Coins) (sdk.Coins, string)
		code   uint32
	}{
		"a fee":  {func(sdk.Coins) (sdk.Coins, string) { return sdk.NewCoins(sdk.NewInt64Coin("BQDQ/CNY", 5)), "" }, app.ErrFeeNotAccepted.ABCICode()},
		"a memo": {func(sdk.Coins) (sdk.Coins, string) { return nil, "for Zhang San" }, app.ErrMemoNotAccepted.ABCICode()},
	} {
		t.Run(name, func(t *testing.T) {
			signed, err := config.TxDecoder()(c.SignAt(payerKey, 0, payment("x", 1)))
			require.NoError(t, err)
			builder, err := config.WrapTxBuilder(signed)
			require.NoError(t, err)
			fee, memo := refused.change(nil)
			builder.SetFeeAmount(fee)
			builder.SetMemo(memo)
			raw, err := config.TxEncoder()(builder.GetTx())
			require.NoError(t, err)
			result := c.Block(raw).TxResults[0]
			require.Equal(t, app.Name, result.Codespace, result.Log)
			require.Equal(t, refused.code, result.Code, result.Log)
		})
	}
}

func TestASuspendedInstitutionPaysNothingAndIsPaid(t *testing.T) {
	c := chain.New(t, network.Default())
	decide(t, c, "suspend LSHB", &accesstypes.MsgSetInstitutionStatus{
		Authority: app.Authority(), InstitutionId: "LSHB", Status: accesstypes.MemberStatus_MEMBER_STATUS_SUSPENDED,
	})
	outgoing := &settlementtypes.MsgPay{
		Operator: chain.Address(supplierKey), Debtor: chain.Account(supplier, 0), Creditor: chain.Account(payer, 0),
		Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest("out"),
	}
	result := c.Send(supplierKey, outgoing)
	require.Equal(t, accesstypes.ModuleName, result.Codespace)
	require.Equal(t, accesstypes.ErrInstitutionInactive.ABCICode(), result.Code, result.Log)

	c.MustSend(payerKey, payment("still paid", 5))
}

// decide passes a proposal by the votes of all institutions that vote.
func decide(t *testing.T, c *chain.Chain, title string, message sdk.Msg) {
	t.Helper()
	proposed, err := codectypes.NewAnyWithValue(message)
	require.NoError(t, err)
	submit := &consortiumtypes.MsgSubmitProposal{
		Operator: chain.Address("bank-QDCB"), Title: title, Messages: []*codectypes.Any{proposed},
	}
	submitted := chain.Response[consortiumtypes.MsgSubmitProposalResponse](t, c.MustSend("bank-QDCB", submit))
	var status consortiumtypes.ProposalStatus
	for _, bank := range []string{"bank-QDCB", "bank-BQDQ", "bank-JZWB"} {
		answer := chain.Response[consortiumtypes.MsgCastVoteResponse](t, c.MustSend(bank, &consortiumtypes.MsgCastVote{
			Operator: chain.Address(bank), ProposalId: submitted.ProposalId, Option: consortiumtypes.VoteOption_VOTE_OPTION_YES,
		}))
		status = answer.Status
	}
	require.Equal(t, consortiumtypes.ProposalStatus_PROPOSAL_STATUS_EXECUTED, status)
}

func TestAnUnknownSignerLeavesNoTrace(t *testing.T) {
	c := chain.New(t, network.Default())
	c.Block()
	before := c.App.LastCommitID().Hash
	message := payment("x", 1)
	message.Operator = chain.Address("stranger")
	result := c.Block(c.SignAt("stranger", 0, message)).TxResults[0]
	require.NotZero(t, result.Code)
	require.Equal(t, before, c.App.LastCommitID().Hash, "refused before anything is stored")
}

func TestAForgedSignatureOfAKnownOperatorIsRefused(t *testing.T) {
	c := chain.New(t, network.Default())
	raw := c.SignAt(payerKey, 0, payment("x", 1))
	forged := bytes.Replace(raw, digest("x"), digest("y"), 1)
	require.NotEqual(t, raw, forged)
	result := c.Block(forged).TxResults[0]
	require.Equal(t, "sdk", result.Codespace)
	require.Contains(t, result.Log, "signature verification failed")
}

// history is a fixed run of payments good and bad, block by block.
func history(c *chain.Chain) [][][]byte {
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
		InstructionDigest: digest("file"), ContentDigest: digest("content"),
	}
	for i := range 50 {
		creditor := chain.Account(supplier, 0)
		if i%3 == 0 {
			creditor = chain.Account(neighbour, 0)
		}
		batch.Transfers = append(batch.Transfers, settlementtypes.Transfer{
			Creditor: creditor, Amount: math.NewInt(int64(i * 70)), EndToEndDigest: digest(strings.Repeat("i", i+1)),
		})
	}
	batch.Transfers[0].Amount = math.OneInt()
	blocks := [][][]byte{
		{c.Sign(payerKey, payment("a", 10)), c.Sign(payerKey, payment("b", 20))},
		{},
		{c.Sign(payerKey, batch), c.Sign(payerBankKey, &settlementtypes.MsgIssueDeposit{
			Operator: chain.Address(payerBankKey), Account: chain.Account(payer, 0), Currency: "CNY", Amount: math.NewInt(999),
		})},
		{c.Sign(payerKey, payment("c", 1<<62)), c.Sign(payerKey, payment("a", 10))},
	}
	return blocks
}

func TestTheSameBlocksGiveTheSameAppHashInAnotherProcess(t *testing.T) {
	const childVariable = "ZHILIAN_TEST_REPLAY"
	c := chain.New(t, network.Default())
	for _, block := range history(c) {
		c.Block(block...)
	}
	hashes := ""
	for _, hash := range c.Hashes {
		hashes += hex.EncodeToString(hash) + "\n"
	}
	if os.Getenv(childVariable) != "" {
		_, err := os.Stdout.WriteString("hashes:\n" + hashes + "end\n")
		require.NoError(t, err)
		return
	}
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.CombinedOutput()
	require.NoError(t, err, string(output))
	_, told, found := strings.Cut(string(output), "hashes:\n")
	require.True(t, found, string(output))
	told, _, _ = strings.Cut(told, "end\n")
	require.Equal(t, hashes, told)
}

func TestExportImportExportIsEqual(t *testing.T) {
	file := network.Default()
	c := chain.New(t, file)
	for _, block := range history(c) {
		c.Block(block...)
	}
	decide(t, c, "no change", &accesstypes.MsgUpdateParams{Authority: app.Authority(), Params: accessSettings(7_000)})
	first, err := c.App.Export(nil)
	require.NoError(t, err)

	imported := chain.NewFrom(t, file, first.AppState, first.Height)
	imported.Block()
	second, err := imported.App.Export(nil)
	require.NoError(t, err)
	require.JSONEq(t, string(first.AppState), string(second.AppState))
	imported.RequireMoneyConserved()
	imported.MustSend(payerKey, payment("after the import", 1))
}

func TestAQuotaBoundsAnOperatorsBlock(t *testing.T) {
	file := network.Default()
	file.Settings.OperatorQuotaPerBlock = 2
	c := chain.New(t, file)
	result := c.Block(
		c.Sign(payerKey, payment("1", 1)), c.Sign(payerKey, payment("2", 1)), c.Sign(payerKey, payment("3", 1)),
		c.Sign(supplierKey, &settlementtypes.MsgPay{
			Operator: chain.Address(supplierKey), Debtor: chain.Account(supplier, 0), Creditor: chain.Account(payer, 0),
			Currency: "CNY", Amount: math.OneInt(), EndToEndDigest: digest("theirs"),
		}),
	)
	require.Equal(t, []bool{true, true, false, true}, succeeded(result.TxResults))
	require.Equal(t, accesstypes.ErrQuotaExceeded.ABCICode(), result.TxResults[2].Code)
	c.MustSend(payerBankKey, &settlementtypes.MsgIssueDeposit{
		Operator: chain.Address(payerBankKey), Account: chain.Account(payer, 0), Currency: "CNY", Amount: math.OneInt(),
	})
}

func TestAnEmptyBatchIsWorkToo(t *testing.T) {
	file := network.Default()
	file.Settings.OperatorQuotaPerBlock = 1
	c := chain.New(t, file)
	empty := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
	}
	result := c.Block(c.Sign(payerKey, empty), c.Sign(payerKey, empty))
	require.Equal(t, settlementtypes.ErrNoTransfers.ABCICode(), result.TxResults[0].Code, result.TxResults[0].Log)
	require.Equal(t, accesstypes.ErrQuotaExceeded.ABCICode(), result.TxResults[1].Code, result.TxResults[1].Log)
}

func succeeded(results []*abci.ExecTxResult) []bool {
	ok := make([]bool, len(results))
	for i, result := range results {
		ok[i] = result.Code == 0
	}
	return ok
}

// accessSettings are the default settings of access with a quota.
func accessSettings(quota uint64) accesstypes.Params {
	params := accesstypes.DefaultParams()
	params.DefaultQuotaPerBlock = quota
	return params
}
