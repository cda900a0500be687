package rest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proto/tendermint/version"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/server/api"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/zhilian-network/zhilian/app"
	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/door"
	"github.com/zhilian-network/zhilian/gateway/live"
	"github.com/zhilian-network/zhilian/gateway/rest"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/localnet/network"
	"github.com/zhilian-network/zhilian/testutil/chain"
	"github.com/zhilian-network/zhilian/testutil/smallmodel"
	accesstypes "github.com/zhilian-network/zhilian/x/access/types"
	consortiumtypes "github.com/zhilian-network/zhilian/x/consortium/types"
	credittypes "github.com/zhilian-network/zhilian/x/credit/types"
	disputetypes "github.com/zhilian-network/zhilian/x/dispute/types"
	financingtypes "github.com/zhilian-network/zhilian/x/financing/types"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
	vaulttypes "github.com/zhilian-network/zhilian/x/vault/types"
)

// What the network of the tests has: the built-in one, with payments between two of its banks.
const (
	payer       = "huanghai-appliances"
	payerKey    = "party-huanghai-appliances"
	supplier    = "laoshan-compressors"
	paidUETR    = "3f1a9c52-7d0e-4b6a-9a51-2c8e4d7b6f10"
	supplierKey = "party-laoshan-compressors"
	refusedUETR = "8c2b7e64-1f3d-4a95-b8d0-5e6f7a8b9c0d"
	// detailedUETR is of a payment with sealed details.
	detailedUETR = "5b0e6a1c-94d2-4f37-8c1b-2a7d9e3f4c60"
)

// node is the real application with the real API server around it, in one process; only consensus
// is missing.
type node struct {
	chain   *chain.Chain
	comet   *comet
	handler http.Handler
	paid    string // hash of the transaction with the payment
	// grpc is the node's own gRPC server.
	grpc *grpc.ClientConn
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func startNode(t testing.TB, change ...func(*rest.Config)) *node {
	t.Helper()
	return startNodeBehind(t, door.Modes{}, change...)
}

// startNodeBehind starts a node whose read door guards some of the ways in.
func startNodeBehind(t testing.TB, modes door.Modes, change ...func(*rest.Config)) *node {
	t.Helper()
	file := network.Default()
	file.Institutions = append(file.Institutions, network.Institution{
		ID: "QDTX", Name: "Qingdao Tax Data", Kind: network.KindDataProvider, Country: "CN",
	})
	n := &node{chain: chain.New(t, file)}
	n.comet = &comet{app: n.chain.App, id: file.ChainID}
	n.comet.add(&abci.ResponseFinalizeBlock{})

	service, err := gateway.OpenService(context.Background(), filepath.Join(t.TempDir(), "index.sqlite"), n.chain.App.Encoding.Addresses, "v0.0.0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = service.Close() })
	queries := service.QueryServer(n.chain.App.Keepers.Access)
	n.chain.App.AttachGateway(queries)
	readers, err := n.chain.App.AttachReaders(modes, "node-0", queries)
	require.NoError(t, err)
	n.fill(t)
	ctx, cancel := context.WithCancel(context.Background())
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		_ = service.Follow(ctx, n.comet, n.chain.App.Keepers.Consortium, nil, log.NewNopLogger())
	}()
	t.Cleanup(func() { cancel(); <-followed })

	config := rest.Config{
		RequestsPerSecond: 1e6, Burst: 1e6,
		Heights: func() (int64, int64) {
			return n.chain.App.CommitMultiStore().EarliestVersion(), n.chain.App.LastBlockHeight()
		},
	}
	config.Guard = func(conn grpc.ClientConnInterface) grpc.ClientConnInterface {
		if modes.REST {
			return door.Conn{ClientConnInterface: conn, Door: readers}
		}
		return door.OwnConn{ClientConnInterface: conn, Door: readers}
	}
	for _, f := range change {
		f(&config)
	}
	config.Routes = append(config.Routes, rest.Route{Path: live.Path, Handler: service.EventsHandler(nil), Streams: true})
	require.Eventually(t, func() bool {
		status, err := service.QueryServer(nil).Status(n.chain.Context(), &gatewaytypes.QueryStatusRequest{})
		return err == nil && status.IndexedHeight == status.Height
	}, 20*time.Second, 5*time.Millisecond)
	n.handler = n.serve(t, config)
	return n
}

// serve builds the API server as the SDK's start command does.
func (n *node) serve(t testing.TB, config rest.Config) http.Handler {
	t.Helper()
	application := n.chain.App
	encoding := application.Encoding
	clientCtx := client.Context{}.WithCodec(encoding.Codec).WithInterfaceRegistry(encoding.Registry).
		WithTxConfig(encoding.TxConfig).WithChainID(n.comet.id).WithClient(n.comet)
	application.RegisterTxService(clientCtx)
	application.RegisterTendermintService(clientCtx)
	application.RegisterNodeService(clientCtx, *serverconfig.DefaultConfig())

	wire := codec.NewProtoCodec(encoding.Registry).GRPCCodec()
	server := grpc.NewServer(grpc.ForceServerCodec(wire))
	application.RegisterGRPCServerWithSkipCheckHeader(server, true)
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient("passthrough:///node",
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }),
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodec(wire)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })

	n.grpc = connection
	apiServer := api.New(clientCtx.WithGRPCClient(connection), log.NewNopLogger(), server)
	require.NoError(t, rest.Mount(apiServer, config))
	apiServer.Router.PathPrefix("/").Handler(apiServer.GRPCGatewayRouter) // as its Start does
	return apiServer.Router
}

// fill makes what the queries are about.
func (n *node) fill(t testing.TB) {
	t.Helper()
	pay := func(uetr string, fen int64) *settlementtypes.MsgPay {
		return &settlementtypes.MsgPay{
			Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0),
			Currency: "CNY", Amount: math.NewInt(fen), EndToEndDigest: digest(uetr), Uetr: uetr,
		}
	}
	// Behaviour is counted from enrolment on.
	n.send(supplierKey, &credittypes.MsgEnrolBehaviour{
		Operator: chain.Address(supplierKey), Subject: supplierMember, Currencies: []string{"CNY"}, EndsAt: chain.Start.AddDate(1, 0, 0),
	})
	paid := n.send(payerKey, pay(paidUETR, 1_250_000))
	n.paid = strings.ToUpper(hexOf(paid))
	batch := &settlementtypes.MsgPayBatch{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Currency: "CNY", Mode: settlementtypes.BestEffort,
		InstructionDigest: digest("MSG-2026-0042"), ContentDigest: digest("file"),
		Transfers: []settlementtypes.Transfer{{
			Creditor: chain.Account(supplier, 0), Amount: math.NewInt(9_000_000_000_000), EndToEndDigest: digest(refusedUETR), Uetr: refusedUETR,
		}},
	}
	hold := &settlementtypes.MsgPlaceHold{
		Operator: chain.Address(payerKey), Debtor: chain.Account(payer, 0), Creditor: chain.Account(supplier, 0), Currency: "CNY",
		Amount: math.NewInt(300_000), EndToEndDigest: digest("RESERVATION-2026-7"), ExpiresAt: chain.Start.AddDate(0, 1, 0),
	}
	n.send(payerKey, batch, hold)
	params := consortiumtypes.DefaultParams()
	change, err := codectypes.NewAnyWithValue(&consortiumtypes.MsgUpdateParams{Authority: app.Authority(), Params: params})
	require.NoError(t, err)
	n.send("bank-BQDQ", &consortiumtypes.MsgSubmitProposal{
		Operator: chain.Address("bank-BQDQ"), Title: "Set the consortium's settings", Messages: []*codectypes.Any{change},
	})
	n.fillAuthority(t)
	n.fillVault(t)
	n.fillCredit()
	n.fillFinancing()
	n.fillDispute(t)
	n.send("bank-BQDQ")
}

// fillAuthority proposes a payment for others to approve, and lets a bank read.
func (n *node) fillAuthority(t testing.TB) {
	t.Helper()
	payment, err := codectypes.NewAnyWithValue(&settlementtypes.MsgPay{
		Operator: chain.Address(supplierKey), Debtor: chain.Account(supplier, 0), Creditor: chain.Account(payer, 0),
		Currency: "CNY", Amount: math.NewInt(200_000), EndToEndDigest: digest("proposed"),
	})
	require.NoError(t, err)
	n.send(supplierKey, &accesstypes.MsgProposeAction{Operator: chain.Address(supplierKey), Messages: []*codectypes.Any{payment}})
	n.send(supplierKey, &accesstypes.MsgGiveConsent{
		Operator: chain.Address(supplierKey), Subject: supplierMember, Grantee: accesstypes.Member{InstitutionId: "BQDQ"},
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_FINANCING}, Level: 3, ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
	n.send("bank-LSHB", &accesstypes.MsgRecordLegalBasis{
		Operator: chain.Address("bank-LSHB"), Subject: supplierMember, Grantee: accesstypes.Member{InstitutionId: "JZWB"},
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_AUDIT}, Level: 2, Reference: "PIPL 13(3)", ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
}

var supplierMember = accesstypes.Member{InstitutionId: "LSHB", PartyId: supplier}

// fillVault seals a payment's details and a record.
func (n *node) fillVault(t testing.TB) {
	t.Helper()
	private, err := seal.GenerateKey(seal.SM2)
	require.NoError(t, err)
	readers := []seal.PublicKey{private.Public()}
	n.send(supplierKey, &vaulttypes.MsgRegisterKey{Operator: chain.Address(supplierKey), Owner: supplierMember, PublicKey: private.Public()})

	put := &vaulttypes.MsgPut{
		Operator: chain.Address(supplierKey), Subject: supplierMember, Level: 3, MediaType: "application/pdf",
		Purpose: accesstypes.Purpose_PURPOSE_CREDIT_RATING,
	}
	if put.Envelope, err = seal.Seal([]byte("a balance sheet"), put.Binding(), seal.SM4GCM, readers); err != nil {
		t.Fatal(err)
	}
	n.send(supplierKey, put)
	n.send("bank-BQDQ", &vaulttypes.MsgRequestAccess{
		Operator: chain.Address("bank-BQDQ"), RecordId: 1, Purpose: accesstypes.Purpose_PURPOSE_FINANCING,
	})

	details, err := seal.Seal([]byte("{}"), settlementtypes.DetailsBinding(n.comet.id, detailedUETR), seal.SM4GCM, readers)
	require.NoError(t, err)
	n.send(supplierKey, &settlementtypes.MsgPay{
		Operator: chain.Address(supplierKey), Debtor: chain.Account(supplier, 0), Creditor: chain.Account(payer, 0),
		Currency: "CNY", Amount: math.NewInt(42_00), EndToEndDigest: digest(detailedUETR), Uetr: detailedUETR, Details: &details,
	})
}

// fillCredit has a data provider attest open values and sealed ones about the supplier.
func (n *node) fillCredit() {
	n.send(supplierKey, &accesstypes.MsgGiveConsent{
		Operator: chain.Address(supplierKey), Subject: supplierMember, Grantee: accesstypes.Member{InstitutionId: "QDTX"},
		Purposes: []accesstypes.Purpose{accesstypes.Purpose_PURPOSE_CREDIT_RATING}, Level: 3, ExpiresAt: chain.Start.AddDate(1, 0, 0),
	})
	const provider = "bank-QDTX"
	attest := &credittypes.MsgAttest{
		Operator: chain.Address(provider), Subject: supplierMember, Period: credittypes.Period{FirstMonth: 202501, LastMonth: 202512},
		Values:    []credittypes.InputValue{{Name: "debt", Decimals: 2, Value: 6_000_000_00}, {Name: "equity", Decimals: 2, Value: 2_000_000_00}},
		ExpiresAt: chain.Start.AddDate(1, 0, 0),
	}
	n.send(provider, attest)
	n.send("bank-BQDQ", smallmodel.Registration(chain.Address("bank-BQDQ"), smallmodel.Model(1), 1, 900_000))
	for _, step := range []credittypes.ModelStep{credittypes.StepApprove, credittypes.StepPromote} {
		for _, bank := range []string{"bank-LSHB", "bank-JZWB"} {
			n.send(bank, &credittypes.MsgEndorseModel{Operator: chain.Address(bank), ModelId: 1, Step: step})
		}
	}
	n.send(supplierKey, &credittypes.MsgRate{Operator: chain.Address(supplierKey), Subject: supplierMember, Product: smallmodel.Product})
	sealed := *attest
	sealed.Values, sealed.Commitment, sealed.RecordId = nil, digest("sealed values"), 1
	n.send(provider, &sealed)
}

// fillFinancing has a bank lend to the supplier on a receivable that another party owes: receivable, facility, request,
// offer and loan have number 1.
func (n *node) fillFinancing() {
	const bank, lenderParty, debtor, debtorKey = "bank-BQDQ", "shibei-logistics", "jimo-mouldings", "party-jimo-mouldings"
	lender := accesstypes.Member{InstitutionId: "BQDQ"}
	n.send(supplierKey, &financingtypes.MsgIssueReceivable{
		Operator: chain.Address(supplierKey), Supplier: chain.Account(supplier, 0), Debtor: chain.Account(debtor, 0), Currency: "CNY",
		Amount: math.NewInt(1_000_000), DueAt: chain.Start.AddDate(0, 2, 0), Parts: []financingtypes.InvoicePart{{
			Digest: digest("invoice 2026-118"), NearDigest: digest("number 2026-118"), InvoiceAmount: math.NewInt(1_600_000), Amount: math.NewInt(1_000_000),
		}},
	})
	n.send(debtorKey, &financingtypes.MsgConfirmReceivable{Operator: chain.Address(debtorKey), ReceivableId: 1})
	terms := financingtypes.RepaymentTerms{
		Schedule: financingtypes.Bullet, DayCount: financingtypes.Act360, RatePpm: 60_000, PenaltyPpm: 30_000, Instalments: 1,
		Period: financingtypes.Period{Unit: financingtypes.UnitDay, Count: 70}, GraceDays: 3, DefaultDays: 30,
	}
	n.send(bank, &financingtypes.MsgOfferFacility{
		Operator: chain.Address(bank), LenderAccount: chain.Account(lenderParty, 0), BorrowerAccount: chain.Account(supplier, 0),
		Currency: "CNY", Limit: math.NewInt(2_000_000), Terms: terms, OpenDays: 180,
	}, &financingtypes.MsgSetLimit{
		Operator: chain.Address(bank), Lender: lender, Kind: financingtypes.LimitBorrower, Borrower: supplierMember, Currency: "CNY",
		Bounded: true, Amount: math.NewInt(5_000_000),
	})
	n.send(supplierKey, &financingtypes.MsgAcceptFacility{Operator: chain.Address(supplierKey), FacilityId: 1})
	n.send(supplierKey, &financingtypes.MsgRequestFinance{
		Operator: chain.Address(supplierKey), Account: chain.Account(supplier, 0), Kind: financingtypes.KindAdvance, Mode: financingtypes.ModeOpen,
		ReceivableId: 1, Units: math.NewInt(1_000_000), Currency: "CNY", Amount: math.NewInt(900_000), Repayment: &terms,
		Lenders: []accesstypes.Member{lender}, BiddingPeriod: time.Hour, DecisionPeriod: time.Hour,
	})
	n.send(bank, &financingtypes.MsgMakeOffer{
		Operator: chain.Address(bank), RequestId: 1, Account: chain.Account(lenderParty, 0),
		Terms: financingtypes.OfferTerms{Price: math.ZeroInt(), RatePpm: 45_000, FacilityId: 1},
	})
	n.send(supplierKey, &financingtypes.MsgAcceptOffer{Operator: chain.Address(supplierKey), OfferId: 1})
	n.send(supplierKey, &financingtypes.MsgRepayLoan{Operator: chain.Address(supplierKey), LoanId: 1, Amount: math.NewInt(100_000)})
}

// fillDispute has a panel rule on the supplier's case about attested values, and its bank answer feedback of it.
func (n *node) fillDispute(t testing.TB) {
	t.Helper()
	arbitrators := []string{"bank-BQDQ", "bank-JZWB", "bank-QDFR"}
	for _, key := range arbitrators {
		n.send(key, &disputetypes.MsgEnrolArbitrator{Operator: chain.Address(key), Arbitrator: chain.Address(key)})
	}
	n.send(supplierKey, &disputetypes.MsgFileCase{
		Operator: chain.Address(supplierKey), Claimant: supplierMember, Reason: disputetypes.CaseReason_CASE_REASON_CREDIT_DATA,
		Matter: disputetypes.Matter{Kind: disputetypes.MatterAttestation, Number: 1},
		Remedies: []disputetypes.Remedy{{
			Kind: disputetypes.RemedyCorrect, Amount: math.OneInt(), Values: []credittypes.InputValue{{Name: "debt", Decimals: 2, Value: 600_000_00}},
		}},
	})
	const provider, handler = "bank-QDTX", "complaints-QDTX" // who attested does not answer
	n.send(provider, &accesstypes.MsgRegisterOperator{
		Operator: chain.Address(provider), Address: chain.Address(handler), InstitutionId: "QDTX", Roles: []string{"complaints"},
	})
	n.send(handler, &disputetypes.MsgAcknowledgeCase{Operator: chain.Address(handler), CaseId: 1})
	n.send(handler, &disputetypes.MsgAnswerCase{Operator: chain.Address(handler), CaseId: 1, Answer: disputetypes.AnswerContest})
	n.send(supplierKey, &disputetypes.MsgEscalateCase{Operator: chain.Address(supplierKey), CaseId: 1})
	for n.statusOf(t, 1) == disputetypes.Drawing {
		n.send(supplierKey)
	}
	vote, salt := disputetypes.Award{Grants: []disputetypes.Grant{{Remedy: 0, Amount: math.OneInt()}}}, []byte("sixteen random b")
	for _, key := range arbitrators {
		n.send(key, &disputetypes.MsgCommitVote{
			Operator: chain.Address(key), CaseId: 1, Commitment: disputetypes.VoteCommitment(1, 1, chain.Address(key), vote, salt),
		})
	}
	for _, key := range arbitrators {
		n.send(key, &disputetypes.MsgRevealVote{Operator: chain.Address(key), CaseId: 1, Vote: vote, Salt: salt})
	}
	require.Equal(t, disputetypes.Ruled, n.statusOf(t, 1))
	n.send(arbitrators[0], &disputetypes.MsgPublishReasons{
		Operator: chain.Address(arbitrators[0]), CaseId: 1, Reasons: "The tax return of the year says a tenth of the debt that was attested.",
	})

	const bank = "bank-LSHB"
	n.send(supplierKey, &disputetypes.MsgGiveFeedback{
		Operator: chain.Address(supplierKey), Author: supplierMember, Interaction: disputetypes.Interaction{Kind: disputetypes.UsedPayment, Uetr: paidUETR}, Score: 4,
	})
	n.send(bank, &disputetypes.MsgAnswerFeedback{Operator: chain.Address(bank), FeedbackId: 1, Text: "Thank you. Advices now name the payer's reference."})
	n.send(bank, &disputetypes.MsgRecordChange{
		Operator: chain.Address(bank), InstitutionId: "LSHB", Text: "Credit advices name the payer's reference.", FeedbackIds: []uint64{1},
	})
}

func (n *node) statusOf(t testing.TB, id uint64) disputetypes.CaseStatus {
	t.Helper()
	found, err := n.chain.App.Keepers.Dispute.Case(n.chain.Context(), id)
	require.NoError(t, err)
	return found.Status
}

// newest is the height of the node's newest block.
func (n *node) newest() string { return strconv.FormatInt(n.chain.Height(), 10) }

// send makes a block of a transaction and tells consensus' stand-in of it.
func (n *node) send(key string, messages ...sdk.Msg) []byte {
	var txs [][]byte
	if len(messages) > 0 {
		txs = append(txs, n.chain.Sign(key, messages...))
	}
	result := n.chain.Block(txs...)
	for _, tx := range result.TxResults {
		if tx.Code != 0 {
			panic(tx.Log)
		}
	}
	n.comet.add(result, txs...)
	if len(txs) == 0 {
		return nil
	}
	return digest(string(txs[0]))
}

// reply is an answer of the node.
type reply struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &object), r.body)
	return object
}

// requireRefused checks status and the one shape of refusals.
func (r reply) requireRefused(t testing.TB, status int, words string) {
	t.Helper()
	require.Equal(t, status, r.status, r.body)
	require.Equal(t, "application/json", r.header.Get("Content-Type"))
	object := r.json(t)
	require.Len(t, object, 3, r.body)
	require.IsType(t, float64(0), object["code"])
	require.NotZero(t, object["code"])
	require.Equal(t, []any{}, object["details"])
	require.Contains(t, object["message"], words)
}

func (n *node) do(request *http.Request) reply {
	recorder := httptest.NewRecorder()
	began := time.Now()
	n.handler.ServeHTTP(recorder, request)
	return reply{recorder.Code, recorder.Result().Header, recorder.Body.String(), time.Since(began)}
}

func (n *node) get(path string, headers ...string) reply {
	return n.ask(http.MethodGet, path, nil, headers...)
}

func (n *node) ask(method, path string, body io.Reader, headers ...string) reply {
	request := httptest.NewRequest(method, path, body)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	return n.do(request)
}

func (n *node) post(path, body string) reply {
	return n.ask(http.MethodPost, path, strings.NewReader(body), "Content-Type", "application/json")
}

func hexOf(bytes []byte) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for _, b := range bytes {
		out.WriteByte(digits[b>>4])
		out.WriteByte(digits[b&15])
	}
	return out.String()
}

// comet stands for CometBFT: it has the blocks that the test made.
type comet struct {
	client.CometRPC // what is not here is not asked

	app interface {
		CheckTx(request *abci.RequestCheckTx) (*abci.ResponseCheckTx, error)
	}
	id     string
	mutex  sync.Mutex
	blocks []*coretypes.ResultBlock
	result []*coretypes.ResultBlockResults
}

var errNoBlock = errors.New("height must be less than or equal to the current blockchain height")

func (c *comet) add(result *abci.ResponseFinalizeBlock, txs ...[]byte) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	height := int64(len(c.blocks) + 1)
	block := cmttypes.MakeBlock(height, nil, &cmttypes.Commit{}, nil)
	for _, tx := range txs {
		block.Txs = append(block.Txs, tx)
	}
	hash := func(height int64) cmttypes.BlockID {
		if height < 1 {
			return cmttypes.BlockID{}
		}
		return cmttypes.BlockID{Hash: digest("block" + string(rune(height))), PartSetHeader: cmttypes.PartSetHeader{Total: 1, Hash: digest("parts")}}
	}
	block.Header = cmttypes.Header{
		Version: version.Consensus{Block: 11, App: 1}, ChainID: c.id, Height: height,
		Time: chain.Start.Add(time.Duration(height) * chain.BlockInterval), LastBlockID: hash(height - 1),
		LastCommitHash: digest("commit"), DataHash: digest("data"), ValidatorsHash: digest("validators"),
		NextValidatorsHash: digest("validators"), ConsensusHash: digest("consensus"), AppHash: digest("app"),
		LastResultsHash: digest("results"), EvidenceHash: digest("evidence"), ProposerAddress: digest("proposer")[:20],
	}
	c.blocks = append(c.blocks, &coretypes.ResultBlock{BlockID: hash(height), Block: block})
	c.result = append(c.result, &coretypes.ResultBlockResults{
		Height: height, TxsResults: result.TxResults, FinalizeBlockEvents: result.Events, AppHash: result.AppHash,
	})
}

func (c *comet) at(height *int64) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if height == nil {
		return len(c.blocks) - 1, nil
	}
	if *height < 1 || *height > int64(len(c.blocks)) {
		return 0, errNoBlock
	}
	return int(*height) - 1, nil
}

func (c *comet) Status(context.Context) (*coretypes.ResultStatus, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	status := &coretypes.ResultStatus{}
	status.NodeInfo.Network = c.id
	status.NodeInfo.Moniker = "node0"
	status.SyncInfo.EarliestBlockHeight = 1
	status.SyncInfo.LatestBlockHeight = int64(len(c.blocks))
	status.SyncInfo.LatestBlockTime = c.blocks[len(c.blocks)-1].Block.Time
	return status, nil
}

func (c *comet) NetInfo(context.Context) (*coretypes.ResultNetInfo, error) {
	return &coretypes.ResultNetInfo{NPeers: 3}, nil
}

func (c *comet) ABCIInfo(context.Context) (*coretypes.ResultABCIInfo, error) {
	return &coretypes.ResultABCIInfo{}, nil
}

func (c *comet) Block(_ context.Context, height *int64) (*coretypes.ResultBlock, error) {
	i, err := c.at(height)
	if err != nil {
		return nil, err
	}
	return c.blocks[i], nil
}

func (c *comet) BlockResults(_ context.Context, height *int64) (*coretypes.ResultBlockResults, error) {
	i, err := c.at(height)
	if err != nil {
		return nil, err
	}
	return c.result[i], nil
}

func (c *comet) Validators(_ context.Context, height *int64, page, perPage *int) (*coretypes.ResultValidators, error) {
	if _, err := c.at(height); err != nil {
		return nil, err
	}
	key := cmttypes.NewMockPV()
	public, _ := key.GetPubKey()
	return &coretypes.ResultValidators{BlockHeight: 1, Validators: []*cmttypes.Validator{cmttypes.NewValidator(public, 1)}, Count: 1, Total: 1}, nil
}

func (c *comet) Tx(_ context.Context, hash []byte, _ bool) (*coretypes.ResultTx, error) {
	found, err := c.TxSearch(context.Background(), "", false, nil, nil, "")
	if err != nil {
		return nil, err
	}
	for _, tx := range found.Txs {
		if bytes.Equal(tx.Hash, hash) {
			return tx, nil
		}
	}
	return nil, errors.New("tx (" + strings.ToUpper(hexOf(hash)) + ") not found")
}

func (c *comet) TxSearch(_ context.Context, _ string, _ bool, page, perPage *int, _ string) (*coretypes.ResultTxSearch, error) {
	if page != nil && *page < 1 || perPage != nil && *page > 1 {
		return nil, errors.New("page should be within [1, 1] range")
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found := &coretypes.ResultTxSearch{}
	for i, block := range c.blocks {
		for k, tx := range block.Block.Txs {
			found.Txs = append(found.Txs, &coretypes.ResultTx{
				Hash: tx.Hash(), Height: int64(i + 1), Index: uint32(k), TxResult: *c.result[i].TxsResults[k], Tx: tx,
			})
		}
	}
	found.TotalCount = len(found.Txs)
	return found, nil
}

func (c *comet) BroadcastTxSync(_ context.Context, tx cmttypes.Tx) (*coretypes.ResultBroadcastTx, error) {
	answer, err := c.app.CheckTx(&abci.RequestCheckTx{Tx: tx})
	if err != nil {
		return nil, err
	}
	return &coretypes.ResultBroadcastTx{Code: answer.Code, Log: answer.Log, Codespace: answer.Codespace, Hash: tx.Hash()}, nil
}

func (c *comet) BroadcastTxAsync(ctx context.Context, tx cmttypes.Tx) (*coretypes.ResultBroadcastTx, error) {
	return c.BroadcastTxSync(ctx, tx)
}
