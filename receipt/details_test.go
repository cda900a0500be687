package receipt_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway"
	"github.com/zhilian-network/zhilian/gateway/client"
	"github.com/zhilian-network/zhilian/gateway/payments"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	"github.com/zhilian-network/zhilian/receipt"
	"github.com/zhilian-network/zhilian/testutil/chain"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

// plaintext are words of the file that must be readable nowhere but by its readers.
var plaintext = []string{"Zhang-Readable-Wei", "Unter-den-Linden-77", "rent-of-the-harbour-shed", "ATTACHMENT-4711", "黄海家电"}

const detailedFile = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>DETAILS-1</MsgId>
<CreDtTm>2026-11-02T09:00:00</CreDtTm><NbOfTxs>2</NbOfTxs><InitgPty><Nm>黄海家电</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-11-02</Dt></ReqdExctnDt>
<Dbtr><Nm>黄海家电</Nm></Dbtr><DbtrAcct><Id><Othr><Id>8020100000010001</Id></Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>BQDQCNQ0</BICFI></FinInstnId></DbtrAgt>
<CdtTrfTxInf><PmtId><EndToEndId>SHED-1</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">1250.00</InstdAmt></Amt>
<CdtrAgt><FinInstnId><BICFI>LSHBCNQ0</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>Zhang-Readable-Wei</Nm><PstlAdr><AdrLine>Unter-den-Linden-77</AdrLine></PstlAdr></Cdtr>
<CdtrAcct><Id><Othr><Id>8030200000020001</Id></Othr></Id></CdtrAcct><Purp><Cd>RENT</Cd></Purp>
<RltdRmtInf><RmtId>ATTACHMENT-4711</RmtId></RltdRmtInf><RmtInf><Ustrd>rent-of-the-harbour-shed</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><EndToEndId>SHED-2</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">3.00</InstdAmt></Amt>
<CdtrAgt><FinInstnId><BICFI>BQDQCNQ0</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>Shibei</Nm></Cdtr><CdtrAcct><Id><Othr><Id>8020100000010002</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>
</PmtInf></CstmrCdtTrfInitn></Document>`

// onChain is the node's chain as a gateway sees it.
type onChain struct {
	t *testing.T
	n *node
	// results are those of the blocks that were made, as a node keeps them.
	results []*abci.ExecTxResult
}

// ask reads the state as a client does.
func ask[A any, P interface {
	*A
	proto.Message
	Unmarshal(bytes []byte) error
}](c *onChain, path string, request proto.Message) *A {
	c.t.Helper()
	data, err := proto.Marshal(request)
	require.NoError(c.t, err)
	answer, err := c.n.c.App.Query(context.Background(), &abci.RequestQuery{Path: path, Data: data})
	require.NoError(c.t, err)
	require.Zero(c.t, answer.Code, answer.Log)
	out := new(A)
	require.NoError(c.t, P(out).Unmarshal(answer.Value))
	return out
}

func (c *onChain) Operator(context.Context) (access.Operator, error) {
	return access.Operator{Address: chain.Address(payerKey), InstitutionId: "BQDQ", PartyId: "huanghai-appliances"}, nil
}

func (c *onChain) Institutions(context.Context) ([]access.Institution, error) {
	return ask[access.QueryInstitutionsResponse](c, "/zhilian.access.v1.Query/Institutions", &access.QueryInstitutionsRequest{}).Institutions, nil
}

func (c *onChain) Resolve(_ context.Context, digests [][]byte) ([]*settlement.Account, error) {
	answer := ask[settlement.QueryResolveReferencesResponse](c, "/zhilian.settlement.v1.Query/ResolveReferences", &settlement.QueryResolveReferencesRequest{Digests: digests})
	accounts := make([]*settlement.Account, len(digests))
	for i, found := range answer.References {
		accounts[i] = found.Account
	}
	return accounts, nil
}

func (c *onChain) PayBatch(_ context.Context, batch *settlement.MsgPayBatch) (client.BatchReceipt, error) {
	result := c.n.c.Send(payerKey, batch)
	c.results = append(c.results, result)
	if result.Code != 0 {
		return client.BatchReceipt{}, &client.Refused{Codespace: result.Codespace, Code: result.Code, Log: result.Log}
	}
	return client.BatchReceipt{Height: c.n.c.Height(), Results: chain.Response[settlement.MsgPayBatchResponse](c.t, result).Results}, nil
}

func (c *onChain) Payment(context.Context, string) (*settlement.Payment, error) { return nil, nil }

func (c *onChain) BlockTime(context.Context, int64) (time.Time, error) { return chain.Start, nil }

// private are the encryption keys of members, by "BQDQ" or "BQDQ/huanghai-appliances".
type private map[string]seal.PrivateKey

func newPrivate(t *testing.T, members ...string) private {
	t.Helper()
	keys := private{}
	for _, member := range members {
		key, err := seal.GenerateKey(seal.MLKEM768X25519)
		require.NoError(t, err)
		keys[member] = key
	}
	return keys
}

func (k private) Readers(_ context.Context, member access.Member) ([]seal.PublicKey, error) {
	key, registered := k[strings.TrimSuffix(member.InstitutionId+"/"+member.PartyId, "/")]
	if !registered {
		return nil, nil
	}
	return []seal.PublicKey{key.Public()}, nil
}

func (k private) KnownGroups(context.Context, string, [][]byte) ([][]byte, error) { return nil, nil }

func (k private) DetailsReaders(context.Context) ([]settlement.DetailsReader, error) { return nil, nil }

// detailsFrom asks the node's index.
func (n *node) detailsFrom(t *testing.T, uetr string) *gatewaytypes.QueryPaymentDetailsResponse {
	t.Helper()
	answer, err := gateway.NewQueryServer(n.index, still{t, n}, nil, nil, nil, n.c.App.Encoding.Addresses, "").
		PaymentDetails(t.Context(), &gatewaytypes.QueryPaymentDetailsRequest{Uetr: uetr})
	require.NoError(t, err)
	return answer
}

// settledWithDetails hands the file in, and returns what settled.
func settledWithDetails(t *testing.T, keys private) (*onChain, *payments.Outcome) {
	t.Helper()
	c := &onChain{t: t, n: newNode(t, fourBanks())}
	outcome := c.handIn(keys)
	require.Equal(t, 2, outcome.Details.Sealed)
	require.True(t, outcome.AllSettled(), "%+v", outcome.Transfers)
	return c, outcome
}

func (c *onChain) handIn(keys private) *payments.Outcome {
	c.t.Helper()
	g := payments.New(c, chain.Digests, c.n.c.App.Encoding.Addresses, payments.WithClock(func() time.Time { return chain.Start }),
		payments.WithSealing(payments.Sealing{Readers: keys, Root: seal.NewRoot(), ChainID: c.n.id, Regulator: "QDFR"}))
	outcome, err := g.Submit(c.t.Context(), []byte(detailedFile), payments.Options{})
	require.NoError(c.t, err)
	require.Nil(c.t, outcome.Rejection)
	return outcome
}

var members4 = []string{"BQDQ", "BQDQ/huanghai-appliances", "LSHB", "LSHB/laoshan-compressors", "BQDQ/shibei-logistics", "QDFR", "JZWB", "JZWB/employee-0001"}

func TestAPaymentSettlesWithDetailsThatItsReadersOpenAndItsReceiptProves(t *testing.T) {
	keys := newPrivate(t, members4...)
	c, outcome := settledWithDetails(t, keys)
	uetr := outcome.Transfers[0].UETR
	answer := c.n.detailsFrom(t, uetr)
	var opening seal.Opening
	for member, reads := range map[string]bool{
		"BQDQ": true, "BQDQ/huanghai-appliances": true, "LSHB": true, "LSHB/laoshan-compressors": true, "QDFR": true,
		"BQDQ/shibei-logistics": false, "JZWB": false, "JZWB/employee-0001": false,
	} {
		opened, err := payments.OpenDetails(keys[member], answer)
		if !reads {
			require.ErrorIs(t, err, seal.ErrNotReader, member)
			continue
		}
		require.NoError(t, err, member)
		text, err := payments.DetailsText(opened.Content)
		require.NoError(t, err, member)
		require.Contains(t, string(text), "rent-of-the-harbour-shed", member)
		opening = opened
	}
	altered := *answer
	altered.Details.Ciphertext = bytes.Clone(altered.Details.Ciphertext)
	altered.Details.Ciphertext[70] ^= 4
	_, err := payments.OpenDetails(keys["LSHB"], &altered)
	require.ErrorIs(t, err, seal.ErrBroken)
	second := c.n.detailsFrom(t, outcome.Transfers[1].UETR)
	_, err = payments.OpenDetails(keys["LSHB"], second)
	require.ErrorIs(t, err, seal.ErrNotReader, "a bank opens what concerns it only")
	_, err = payments.OpenDetails(keys["QDFR"], second)
	require.NoError(t, err, "the group's keys stand with the first payment and serve all")

	file, trust := c.n.receipt(t, uetr, 1)
	verified, err := receipt.Verify(file, trust, now())
	require.NoError(t, err)
	require.Equal(t, answer.Digest, []byte(verified.Payment.DetailsDigest))
	require.Contains(t, verified.Words(), "sealed, with the digest "+verified.Payment.DetailsDigest.String())
	disclosed := receipt.NewOpening(uetr, opening)
	require.NoError(t, verified.CheckOpening(disclosed))
	require.Contains(t, disclosed.Words(), "rent-of-the-harbour-shed")
	disclosed.Content = bytes.Clone(disclosed.Content)
	disclosed.Content[20] ^= 1
	requireWrong(t, receipt.PartDetails, verified.CheckOpening(disclosed))

	again := c.handIn(keys)
	require.True(t, again.Duplicate)
	require.Equal(t, answer.Digest, c.n.detailsFrom(t, uetr).Digest, "what was sealed again does not replace the first")
	c.n.c.RequireMoneyConserved()
}

func TestWordsOfTheFileStandNowhereInClear(t *testing.T) {
	keys := newPrivate(t, members4...)
	c, outcome := settledWithDetails(t, keys)
	opened, err := payments.OpenDetails(keys["BQDQ"], c.n.detailsFrom(t, outcome.Transfers[0].UETR))
	require.NoError(t, err)
	hidden := append(slices.Clone(plaintext), string(opened.Content[:64]), string(opened.Salt)) // as they were packed, too
	require.NoError(t, c.n.index.Close())                                                       // what is in memory goes into the file
	places := map[string][]byte{}
	exported, err := c.n.c.App.Export(nil)
	require.NoError(t, err)
	places["exported state"] = exported.AppState
	for _, result := range c.results {
		places["events"] = append(places["events"], []byte(result.String())...)
		for _, event := range result.Events {
			for _, attribute := range event.Attributes {
				if decoded, err := base64.StdEncoding.DecodeString(strings.Trim(attribute.Value, `"`)); err == nil {
					places["events, decoded"] = append(places["events, decoded"], decoded...)
				}
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(c.n.indexFile), "*"))
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		places[filepath.Base(file)] = content
	}
	digest := c.stored(outcome.Transfers[0].UETR).DetailsDigest
	require.Len(t, digest, 32)
	require.True(t, bytes.Contains(places["index.sqlite"], digest), "the index has the details, so the scan can find something")
	require.True(t, bytes.Contains(places["events, decoded"], digest))
	for place, content := range places {
		require.NotEmpty(t, content, place)
		for _, word := range hidden {
			require.False(t, bytes.Contains(content, []byte(word)), "%s has %q", place, word)
		}
	}
}

func (c *onChain) stored(uetr string) settlement.Payment {
	return ask[settlement.QueryPaymentResponse](c, "/zhilian.settlement.v1.Query/Payment", &settlement.QueryPaymentRequest{Uetr: uetr}).Payment
}

func TestADigestThatItsSealerMadeUpIsNoticedByTheReader(t *testing.T) {
	n, keys := newNode(t, fourBanks()), newPrivate(t, "LSHB")
	message := pay("cheat", 100)
	uetr := settlement.DeriveUETR(settlement.AccountAddress("huanghai-appliances", 0), message.EndToEndDigest)
	details, err := seal.Seal([]byte("{}"), settlement.DetailsBinding(n.id, uetr), seal.AES256GCM, []seal.PublicKey{keys["LSHB"].Public()})
	require.NoError(t, err)
	details.Digest = fill("made up", 1)
	message.Details = &details
	require.Equal(t, uetr, n.paid(t, message), "the chain cannot know")
	_, err = payments.OpenDetails(keys["LSHB"], n.detailsFrom(t, uetr))
	require.ErrorIs(t, err, seal.ErrBroken)
}

func TestOversizedDetailsAreRefusedAndNothingChanges(t *testing.T) {
	n, keys := newNode(t, fourBanks()), newPrivate(t, "LSHB")
	message := pay("large", 100)
	details, err := seal.Seal(make([]byte, settlement.DetailsBytesMax), []byte("x"), seal.AES256GCM, []seal.PublicKey{keys["LSHB"].Public()})
	require.NoError(t, err)
	message.Details = &details
	result := n.c.Send(payerKey, message)
	require.Equal(t, []any{"settlement", settlement.ErrDetailsTooLarge.ABCICode()}, []any{result.Codespace, result.Code}, result.Log)
	_, err = n.index.PaymentDetails(t.Context(), settlement.DeriveUETR(settlement.AccountAddress("huanghai-appliances", 0), message.EndToEndDigest))
	require.Error(t, err)
}

func TestTheCommandChecksDisclosedDetails(t *testing.T) {
	keys := newPrivate(t, members4...)
	c, outcome := settledWithDetails(t, keys)
	uetr := outcome.Transfers[0].UETR
	opening, err := payments.OpenDetails(keys["LSHB"], c.n.detailsFrom(t, uetr))
	require.NoError(t, err)
	file, trust := c.n.receipt(t, uetr, 1)
	trustText, err := trust.Encode()
	require.NoError(t, err)
	folder := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	right, err := receipt.NewOpening(uetr, opening).Encode()
	require.NoError(t, err)
	arguments := []string{"verify", write("receipt", file), "--trust", write("trust", trustText), "--details"}

	said, err := run(append(arguments, write("right", right))...)
	require.NoError(t, err)
	for _, word := range plaintext {
		require.Contains(t, said, word)
	}
	other := receipt.NewOpening(outcome.Transfers[1].UETR, opening)
	otherText, err := other.Encode()
	require.NoError(t, err)
	lie := receipt.NewOpening(uetr, opening)
	lie.Salt = fill("salt", 1)
	lieText, err := lie.Encode()
	require.NoError(t, err)
	for name, text := range map[string][]byte{"of another payment": otherText, "a lie": lieText, "no json": []byte("x"), "another format": []byte(`{"format":"zhilian-opening-9"}`)} {
		_, err = run(append(arguments, write("wrong", text))...)
		requireWrong(t, receipt.PartDetails, err)
		require.ErrorContains(t, err, "the receipt holds", name)
		said, err = run(append(arguments, write("wrong", text), "-o", "json")...)
		require.Error(t, err)
		require.True(t, json.Valid([]byte(said)), said)
		require.Contains(t, said, `"wrong_part": "details"`)
		require.NotContains(t, said, "rent-of")
	}
}
