package payments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/payments"
	gatewaytypes "github.com/zhilian-network/zhilian/gateway/types"
	access "github.com/zhilian-network/zhilian/x/access/types"
	settlement "github.com/zhilian-network/zhilian/x/settlement/types"
)

const network = "zhilian-test"

// keyring has the private keys of members.
type keyring struct {
	t    *testing.T
	root seal.Root
	keys map[access.Member][]seal.PrivateKey
	fail error
	// told are the groups that the network knows, by debtor and commitment.
	told map[string]seal.GroupKeys
	asks int
	// decided is which regulators read, as the network has decided.
	decided []settlement.DetailsReader
}

func (k *keyring) DetailsReaders(context.Context) ([]settlement.DetailsReader, error) {
	return k.decided, k.fail
}

func newKeyring(t *testing.T, suite seal.Suite, members ...string) *keyring {
	k := &keyring{t: t, root: seal.NewRoot(), keys: map[access.Member][]seal.PrivateKey{}, told: map[string]seal.GroupKeys{}}
	for _, member := range members {
		k.add(suite, member)
	}
	return k
}

// memberOf reads "BQDQ" or "BQDQ/acme".
func memberOf(text string) access.Member {
	institution, party, _ := strings.Cut(text, "/")
	return access.Member{InstitutionId: institution, PartyId: party}
}

func (k *keyring) add(suite seal.Suite, member string) {
	key, err := seal.GenerateKey(suite)
	require.NoError(k.t, err)
	k.keys[memberOf(member)] = append(k.keys[memberOf(member)], key)
}

func (k *keyring) of(member string) seal.PrivateKey { return k.keys[memberOf(member)][0] }

func (k *keyring) Readers(_ context.Context, member access.Member) ([]seal.PublicKey, error) {
	var public []seal.PublicKey
	for _, key := range k.keys[member] {
		public = append(public, key.Public())
	}
	return public, k.fail
}

// learn has the network know what a batch tells.
func (k *keyring) learn(batches ...*settlement.MsgPayBatch) {
	for _, batch := range batches {
		for _, group := range batch.DetailsGroups {
			k.told[batch.Debtor+string(group.Commitment)] = group
		}
	}
}

func (k *keyring) KnownGroups(_ context.Context, debtor string, commitments [][]byte) ([][]byte, error) {
	k.asks++
	var known [][]byte
	for _, commitment := range commitments {
		if _, there := k.told[debtor+string(commitment)]; there {
			known = append(known, commitment)
		}
	}
	return known, nil
}

func sealingGateway(c *chain, keys *keyring, regulator string) *payments.Gateway {
	return payments.New(c, key, addresses, payments.WithClock(func() time.Time { return clock }),
		payments.WithSealing(payments.Sealing{Readers: keys, Root: keys.root, ChainID: network, Regulator: regulator}))
}

// answerOf is what a node's index would answer about a transfer of a batch, if it knows the batch only.
func answerOf(t *testing.T, batch *settlement.MsgPayBatch, i int) *gatewaytypes.QueryPaymentDetailsResponse {
	t.Helper()
	transfer := batch.Transfers[i]
	require.NotNil(t, transfer.Details)
	debtor, err := addresses.StringToBytes(batch.Debtor)
	require.NoError(t, err)
	uetr := transfer.Uetr
	if uetr == "" {
		uetr = settlement.DeriveUETR(debtor, transfer.EndToEndDigest)
	}
	var groups []seal.GroupKeys
	for _, group := range batch.DetailsGroups {
		if slices.ContainsFunc(transfer.Details.Groups(), func(c []byte) bool { return bytes.Equal(c, group.Commitment) }) {
			groups = append(groups, group)
		}
	}
	return &gatewaytypes.QueryPaymentDetailsResponse{
		Uetr: uetr, Debtor: batch.Debtor, Creditor: transfer.Creditor, InstructionDigest: batch.InstructionDigest,
		Digest: transfer.Details.Digest, Details: *transfer.Details, Groups: groups, ChainId: network,
	}
}

// detailed is a payment to another bank's customer with everything that details may hold.
func detailed(remittance string) []byte {
	file := string(simple("M1", order{id: "INV-1", amount: "10.00", account: otherIBAN, agent: "<BICFI>HKBKHKHH</BICFI>"}, order{id: "SAL-1", amount: "5.00", account: worker(1), agent: bqdq}))
	file = strings.Replace(file, `<Cdtr><Nm>Creditor</Nm></Cdtr>`, `<Cdtr><Nm>Wang &lt;Xiaoming&gt;</Nm><PstlAdr><TwnNm>青岛</TwnNm><AdrLine>1 Harbour Road</AdrLine></PstlAdr></Cdtr>`, 1)
	return []byte(strings.Replace(file, `</CdtrAcct></CdtTrfTxInf>`, `</CdtrAcct><UltmtCdtr><Nm>Wang's daughter</Nm></UltmtCdtr><Purp><Cd>GDDS</Cd></Purp>`+
		`<RltdRmtInf><RmtId>ATT-77</RmtId></RltdRmtInf><RmtInf><Ustrd>`+remittance+`</Ustrd><Ustrd>second line</Ustrd>`+
		`<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-2026-1</Nb></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy="CNY">10.00</DuePyblAmt></RfrdDocAmt></Strd></RmtInf></CdtTrfTxInf>`, 1))
}

var everybody = []string{"BQDQ", "BQDQ/acme", "HKBK", "HKBK/beta", "BQDQ/worker-1", "PBCR"}

func submitSealed(t *testing.T, c *chain, keys *keyring, regulator string, file []byte, options payments.Options) *payments.Outcome {
	t.Helper()
	outcome, err := sealingGateway(c, keys, regulator).Submit(t.Context(), file, options)
	require.NoError(t, err)
	require.Nil(t, outcome.Rejection)
	return outcome
}

func TestPayerPayeeTheirBanksAndTheRegulatorOpenDetailsAndNobodyElse(t *testing.T) {
	for _, suite := range []seal.Suite{seal.MLKEM768X25519, seal.SM2} {
		c, keys := newChain(t), newKeyring(t, suite, append(everybody, "XXBK", "HKBK/stranger")...)
		outcome := submitSealed(t, c, keys, "PBCR", detailed("rent of May"), payments.Options{RequireDetails: true})
		require.Equal(t, []string{"ACSC", "ACSC"}, verdicts(outcome))
		require.Equal(t, &payments.DetailsReport{
			Sealed: 2, Regulators: []payments.RegulatorReads{{Institution: "PBCR", Currency: "CNY", Payments: 2}},
		}, outcome.Details)
		require.Len(t, c.batches, 1)
		require.NoError(t, validShape(c.batches[0]))

		abroad, inside := answerOf(t, c.batches[0], 0), answerOf(t, c.batches[0], 1)
		for reader, reads := range map[string][2]bool{
			"BQDQ": {true, true}, "BQDQ/acme": {true, true}, "PBCR": {true, true}, "HKBK": {true, false}, "HKBK/beta": {true, false},
			"BQDQ/worker-1": {false, true}, "XXBK": {false, false}, "HKBK/stranger": {false, false},
		} {
			for i, answer := range []*gatewaytypes.QueryPaymentDetailsResponse{abroad, inside} {
				opening, err := payments.OpenDetails(keys.of(reader), answer)
				if !reads[i] {
					require.ErrorIs(t, err, seal.ErrNotReader, "%s, %d", reader, i)
					continue
				}
				require.NoError(t, err, "%s, %d", reader, i)
				require.NoError(t, seal.CheckOpening(answer.Digest, opening), "what is shown can be proven")
			}
		}
	}
}

// supervised is a network with regulators that read by its decision.
func supervised(t *testing.T, keys *keyring, rules ...settlement.DetailsReader) *chain {
	c := newChain(t)
	keys.decided = rules
	for _, rule := range rules {
		c.institutions = append(c.institutions, access.Institution{
			Id: rule.InstitutionId, Kind: access.InstitutionKind_INSTITUTION_KIND_REGULATOR, Status: access.MemberStatus_MEMBER_STATUS_ACTIVE,
		})
	}
	return c
}

func readsFrom(institution, currency string, minor int64) settlement.DetailsReader {
	return settlement.DetailsReader{InstitutionId: institution, Currency: currency, FromAmount: math.NewInt(minor)}
}

// The file pays 10.00 abroad and 5.00 inside.
func TestTheNetworkDecidesWhichRegulatorsReadFromWhichAmountOn(t *testing.T) {
	for story, row := range map[string]struct {
		rules []settlement.DetailsReader
		given func(*chain, *keyring)
		named string
		reads map[string][2]bool // of the two payments
		keys  int                // of the first payment, if it matters
		said  []string
	}{
		"no rule": {reads: map[string][2]bool{"PBCR": {}}},
		"from an amount between": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 700)}, reads: map[string][2]bool{"PBCR": {true, false}},
			said: []string{"PBCR, a regulator, can read the details of 1 payment in CNY: the network has decided so from CNY 7.00 on"}},
		"from that amount": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 1000)}, reads: map[string][2]bool{"PBCR": {true, false}},
			said: []string{"PBCR, a regulator, can read the details of 1 payment in CNY: the network has decided so from CNY 10.00 on"}},
		"from more": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 1001)}, reads: map[string][2]bool{"PBCR": {}}},
		"from 0 on": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 0)}, keys: 3, reads: map[string][2]bool{"PBCR": {true, true}},
			said: []string{"PBCR, a regulator, can read the details of 2 payments in CNY: the network has decided so"}},
		"another currency": {rules: []settlement.DetailsReader{readsFrom("PBCR", "EUR", 0)}, reads: map[string][2]bool{"PBCR": {}}},
		"two regulators": {rules: []settlement.DetailsReader{readsFrom("FXCR", "CNY", 501), readsFrom("PBCR", "CNY", 500)}, reads: map[string][2]bool{"PBCR": {true, true}, "FXCR": {true, false}},
			said: []string{"FXCR, a regulator, can read the details of 1 payment in CNY: the network has decided so from CNY 5.01 on",
				"PBCR, a regulator, can read the details of 2 payments in CNY: the network has decided so from CNY 5.00 on"}},
		"one that is suspended": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 0)}, given: func(c *chain, _ *keyring) {
			c.institutions[len(c.institutions)-1].Status = access.MemberStatus_MEMBER_STATUS_SUSPENDED
		}, reads: map[string][2]bool{"PBCR": {}}},
		"by hand": {named: "PBCR", reads: map[string][2]bool{"PBCR": {true, true}},
			said: []string{"PBCR, a regulator, can read the details of 2 payments in CNY, as you asked for"}},
		"by hand where the network has decided on a part": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 700)}, named: "PBCR", reads: map[string][2]bool{"PBCR": {true, true}},
			said: []string{"PBCR, a regulator, can read the details of 1 payment in CNY: the network has decided so from CNY 7.00 on",
				"PBCR, a regulator, can read the details of 1 payment in CNY, as you asked for"}},
		"a regulator that pays itself": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 0)}, given: func(_ *chain, k *keyring) {
			k.keys[memberOf("BQDQ/acme")] = k.keys[memberOf("PBCR")]
		}, keys: 2, reads: map[string][2]bool{"PBCR": {true, true}},
			said: []string{"PBCR, a regulator, can read the details of 2 payments in CNY: the network has decided so"}},
		"where nobody else has a key": {rules: []settlement.DetailsReader{readsFrom("PBCR", "CNY", 700)}, given: func(_ *chain, k *keyring) {
			k.keys = map[access.Member][]seal.PrivateKey{memberOf("PBCR"): k.keys[memberOf("PBCR")]}
		}, reads: map[string][2]bool{"PBCR": {true, false}},
			said: []string{"PBCR, a regulator, can read the details of 1 payment in CNY: the network has decided so from CNY 7.00 on"}},
	} {
		keys := newKeyring(t, seal.SM2, append(everybody, "FXCR")...)
		regulators := map[string]seal.PrivateKey{"PBCR": keys.of("PBCR"), "FXCR": keys.of("FXCR")}
		c := supervised(t, keys, row.rules...)
		if row.given != nil {
			row.given(c, keys)
		}
		outcome := submitSealed(t, c, keys, row.named, detailed("rent of May"), payments.Options{})
		require.True(t, outcome.AllSettled(), story)
		require.NoError(t, validShape(c.batches[0]), story)
		if row.keys > 0 {
			require.Len(t, c.batches[0].Transfers[0].Details.Keys, row.keys, story)
		}
		var said []string
		for _, reads := range outcome.Details.Regulators {
			said = append(said, reads.String())
		}
		require.Equal(t, row.said, said, story)
		for regulator, reads := range row.reads {
			for i := range reads {
				if c.batches[0].Transfers[i].Details == nil {
					require.False(t, reads[i], story)
					continue
				}
				answer := answerOf(t, c.batches[0], i)
				_, err := payments.OpenDetails(regulators[regulator], answer)
				if reads[i] {
					require.NoError(t, err, "%s: %s, payment %d", story, regulator, i)
				} else {
					require.ErrorIs(t, err, seal.ErrNotReader, "%s: %s, payment %d", story, regulator, i)
				}
				require.Equal(t, reads[i], listed(answer, regulators[regulator]), "%s: who reads stands there in public, so that an omission is seen", story)
			}
		}
	}
}

// listed says whether a reader's key is among those of an answer, as anyone can see it.
func listed(answer *gatewaytypes.QueryPaymentDetailsResponse, reader seal.PrivateKey) bool {
	for _, group := range answer.Groups {
		for _, key := range group.Keys {
			if bytes.Equal(key.KeyId, reader.Public().ID()) {
				return true
			}
		}
	}
	return false
}

// The rest of the readers tell their keys no more often for it, and a payment that a regulator reads has 48 bytes more.
func TestARegulatorLeavesTheOtherGroupsAsTheyAre(t *testing.T) {
	keys := newKeyring(t, seal.MLKEM768X25519, everybody...)
	c := supervised(t, keys, readsFrom("PBCR", "CNY", 700))
	keys.decided = nil
	submitSealed(t, c, keys, "", detailed("rent of May"), payments.Options{})
	keys.learn(c.batches...)
	keys.decided = []settlement.DetailsReader{readsFrom("PBCR", "CNY", 700)}
	submitSealed(t, c, keys, "", []byte(strings.ReplaceAll(string(detailed("rent of May")), "-1<", "-2<")), payments.Options{})
	require.Len(t, c.batches[1].DetailsGroups, 1, "the regulator's")
	require.Len(t, c.batches[1].Transfers[0].Details.Keys, 3)
	require.Len(t, c.batches[1].Transfers[1].Details.Keys, 2, "below it nothing changes")
	keys.learn(c.batches...)
	submitSealed(t, c, keys, "", []byte(strings.ReplaceAll(string(detailed("rent of May")), "-1<", "-3<")), payments.Options{})
	require.Empty(t, c.batches[2].DetailsGroups)
}

func TestNothingIsSentIfARegulatorThatReadsHasNoKey(t *testing.T) {
	for story, row := range map[string]struct {
		rules []settlement.DetailsReader
		named string
		err   error
	}{
		"decided":                        {[]settlement.DetailsReader{readsFrom("PBCR", "CNY", 1000)}, "", payments.ErrRegulatorKey},
		"named by hand":                  {nil, "PBCR", payments.ErrRegulatorKey},
		"one of two":                     {[]settlement.DetailsReader{readsFrom("HKBK", "CNY", 0), readsFrom("PBCR", "CNY", 0)}, "", payments.ErrRegulatorKey},
		"no payment is as large":         {[]settlement.DetailsReader{readsFrom("PBCR", "CNY", 1001)}, "", nil},
		"a currency that nobody pays in": {[]settlement.DetailsReader{readsFrom("PBCR", "EUR", 0)}, "", nil},
	} {
		keys := newKeyring(t, seal.SM2, "BQDQ", "HKBK")
		c := supervised(t, keys, row.rules...)
		_, err := sealingGateway(c, keys, row.named).Submit(t.Context(), detailed("rent"), payments.Options{})
		if row.err == nil {
			require.NoError(t, err, story)
			continue
		}
		require.ErrorIs(t, err, row.err, story)
		require.ErrorContains(t, err, "PBCR, a regulator, reads the details of such payments and has registered no encryption key", story)
		require.ErrorContains(t, err, "(payments/2)", story)
		require.Empty(t, c.batches, story)
		_, _, err = sealingGateway(c, keys, row.named).Prepare(t.Context(), detailed("rent"), payments.Options{})
		require.ErrorIs(t, err, row.err, story)
		outcome := submitSealed(t, c, keys, row.named, detailed("rent"), payments.Options{WithoutDetails: true})
		require.True(t, outcome.AllSettled(), "%s: what is not there nobody reads", story)
	}
}

// Mixed batches tell a group more for each regulator, which the chain takes.
func TestAFullBatchWithRegulatorsStaysWithinTheChainsBounds(t *testing.T) {
	members := []string{"BQDQ", "BQDQ/acme", "HKBK/beta", "REG1", "REG2", "REG3", "REG4", "REG5"}
	keys := newKeyring(t, seal.SM2, members...)
	for i := range 3 {
		keys.add(seal.SM2, fmt.Sprintf("BQDQ/worker-%d", i))
	}
	c := supervised(t, keys, readsFrom("REG1", "CNY", 0), readsFrom("REG2", "CNY", 100), readsFrom("REG3", "CNY", 200), readsFrom("REG4", "CNY", 300))
	outcome := submitSealed(t, c, keys, "REG5", simple("M1", order{id: "1", amount: "9.00", account: worker(0), agent: bqdq}), payments.Options{})
	require.True(t, outcome.AllSettled())
	require.Len(t, c.batches[0].DetailsGroups, 7)
	require.NoError(t, validShape(c.batches[0]))
	require.Len(t, c.batches[0].Transfers[0].Details.Keys, 7)
	for _, reader := range []string{"REG1", "REG4", "REG5", "BQDQ", "BQDQ/worker-0"} {
		_, err := payments.OpenDetails(keys.of(reader), answerOf(t, c.batches[0], 0))
		require.NoError(t, err, reader)
	}
	require.Equal(t, settlement.DetailsReadersMax, len(keys.decided))
}

func TestDetailsHoldWhatTheFileSaysUnderTheNamesOfISO20022(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, everybody...)
	submitSealed(t, c, keys, "", detailed("rent &amp; heat"), payments.Options{})
	opening, err := payments.OpenDetails(keys.of("HKBK/beta"), answerOf(t, c.batches[0], 0))
	require.NoError(t, err)
	require.Zero(t, len(opening.Content)%128, "padded")
	text, err := payments.DetailsText(opening.Content)
	require.NoError(t, err)
	require.True(t, json.Valid(text))
	require.Less(t, len(opening.Content), len(text))
	rows, err := payments.DetailRows(opening.Content)
	require.NoError(t, err)
	var said []string
	for _, row := range rows {
		said = append(said, row.Path+"="+row.Text)
	}
	require.Equal(t, []string{
		"EndToEndId=INV-1", "Dbtr/Nm=青岛海尔", "DbtrAcct/Id/IBAN=" + payerIBAN, "Cdtr/Nm=Wang <Xiaoming>", "Cdtr/PstlAdr/TwnNm=青岛",
		"Cdtr/PstlAdr/AdrLine[1]=1 Harbour Road", "CdtrAcct/Id/IBAN=" + otherIBAN, "UltmtCdtr/Nm=Wang's daughter", "Purp/Cd=GDDS",
		"RltdRmtInf[1]/RmtId=ATT-77", "RmtInf/Ustrd[1]=rent & heat", "RmtInf/Ustrd[2]=second line",
		"RmtInf/Strd[1]/RfrdDocInf[1]/Tp/CdOrPrtry/Cd=CINV", "RmtInf/Strd[1]/RfrdDocInf[1]/Nb=INV-2026-1",
		"RmtInf/Strd[1]/RfrdDocAmt/DuePyblAmt/@Ccy=CNY", "RmtInf/Strd[1]/RfrdDocAmt/DuePyblAmt/#=10.00",
	}, said)
}

func TestDetailsThatWereAlteredOrBelongElsewhereDoNotOpen(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, everybody...)
	submitSealed(t, c, keys, "", detailed("rent"), payments.Options{})
	for _, reader := range []string{"HKBK", "BQDQ"} { // one of the payment's own, one of the group
		for story, row := range map[string]struct {
			change func(*gatewaytypes.QueryPaymentDetailsResponse)
			err    error
		}{
			"a flipped byte of the text":   {func(a *gatewaytypes.QueryPaymentDetailsResponse) { a.Details.Ciphertext[40] ^= 1 }, seal.ErrBroken},
			"another payment's":            {func(a *gatewaytypes.QueryPaymentDetailsResponse) { a.Uetr = answerOf(t, c.batches[0], 1).Uetr }, seal.ErrBroken},
			"another network's":            {func(a *gatewaytypes.QueryPaymentDetailsResponse) { a.ChainId = "other" }, seal.ErrBroken},
			"another digest in the record": {func(a *gatewaytypes.QueryPaymentDetailsResponse) { a.Digest = make([]byte, 32) }, payments.ErrOtherDetails},
			"another digest in both places": {func(a *gatewaytypes.QueryPaymentDetailsResponse) {
				a.Digest = make([]byte, 32)
				a.Details.Digest = a.Digest
			}, seal.ErrBroken},
		} {
			answer := answerOf(t, c.batches[0], 0)
			answer.Details.Ciphertext = append([]byte{}, answer.Details.Ciphertext...)
			row.change(answer)
			_, err := payments.OpenDetails(keys.of(reader), answer)
			require.ErrorIs(t, err, row.err, "%s, %s", reader, story)
		}
	}
	group := answerOf(t, c.batches[0], 0)
	group.Debtor = "another"
	_, err := payments.OpenDetails(keys.of("BQDQ"), group)
	require.ErrorIs(t, err, seal.ErrBroken)
}

func TestALaterPaymentTellsNoKeysAndOpensAllTheSame(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, everybody...)
	submitSealed(t, c, keys, "", detailed("rent of May"), payments.Options{})
	submitSealed(t, c, keys, "", []byte(strings.ReplaceAll(string(detailed("not told")), "-1<", "-2<")), payments.Options{})
	require.Len(t, c.batches[1].DetailsGroups, 3, "what did not settle yet is told again")
	keys.learn(c.batches...)
	submitSealed(t, c, keys, "", []byte(strings.ReplaceAll(string(detailed("rent of June")), "-1<", "-3<")), payments.Options{})
	require.Empty(t, c.batches[2].DetailsGroups)
	require.Less(t, c.batches[2].Size(), c.batches[1].Size()/3)
	require.NoError(t, validShape(c.batches[2]))

	answer := answerOf(t, c.batches[2], 0)
	for _, reader := range everybody {
		_, err := payments.OpenDetails(keys.of(reader), answer)
		require.ErrorIs(t, err, payments.ErrGroupUnknown, "a node that does not have the earlier block")
	}
	answer.Groups = answerOf(t, c.batches[0], 0).Groups
	for reader, reads := range map[string]bool{"BQDQ": true, "BQDQ/acme": true, "HKBK": true, "HKBK/beta": true, "BQDQ/worker-1": false, "PBCR": false} {
		opening, err := payments.OpenDetails(keys.of(reader), answer)
		if !reads {
			require.ErrorIs(t, err, seal.ErrNotReader, reader)
			continue
		}
		require.NoError(t, err, reader)
		rows, err := payments.DetailRows(opening.Content)
		require.NoError(t, err)
		require.Contains(t, rows, payments.DetailRow{Path: "RmtInf/Ustrd[1]", Text: "rent of June"})
	}
}

func TestGroupsAreOfAPayerAQuarterAndTheReadersOfTheDay(t *testing.T) {
	later := clock
	c, keys := newChain(t), newKeyring(t, seal.SM2, everybody...)
	submit := func(id string) *settlement.MsgPayBatch {
		g := payments.New(c, key, addresses, payments.WithClock(func() time.Time { return later }),
			payments.WithSealing(payments.Sealing{Readers: keys, Root: keys.root, ChainID: network}))
		_, err := g.Submit(t.Context(), []byte(strings.ReplaceAll(string(detailed("rent")), "-1<", "-"+id+"<")), payments.Options{})
		require.NoError(t, err)
		keys.learn(c.batches...)
		return c.batches[len(c.batches)-1]
	}
	require.Len(t, submit("1").DetailsGroups, 3)
	require.Empty(t, submit("2").DetailsGroups)
	later = later.Add(90 * 24 * time.Hour)
	require.Len(t, submit("3").DetailsGroups, 3, "the next quarter")
	keys.add(seal.SM2, "HKBK/beta")
	require.Len(t, submit("4").DetailsGroups, 1, "a payee with a new key")
	require.Empty(t, submit("5").DetailsGroups)
	keys.root = seal.NewRoot()
	require.Len(t, submit("6").DetailsGroups, 3, "another machine, or a lost root")
}

func TestWhereKeysAreMissingThePaymentGoesAllTheSameAndItIsSaid(t *testing.T) {
	for story, row := range map[string]struct {
		keys    []string
		sealed  int
		warning string
	}{
		"nobody has a key":                   {nil, 0, "2 payments go without details: neither payer"},
		"the payer's side only":              {[]string{"BQDQ/acme"}, 2, "2 payees cannot read the details"},
		"banks stand in for their customers": {[]string{"BQDQ", "HKBK"}, 2, ""},
		"a payee only":                       {[]string{"HKBK/beta"}, 1, "1 payments go without details: neither payer"},
	} {
		c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, row.keys...)
		outcome := submitSealed(t, c, keys, "", detailed("rent"), payments.Options{})
		require.True(t, outcome.AllSettled(), story)
		require.Equal(t, [2]int{row.sealed, 2 - row.sealed}, [2]int{outcome.Details.Sealed, outcome.Details.Without}, story)
		require.NoError(t, validShape(c.batches[0]), story)
		if row.warning == "" {
			require.Empty(t, outcome.Details.Warnings, story)
			continue
		}
		require.Len(t, outcome.Details.Warnings, 1, story)
		require.Contains(t, outcome.Details.Warnings[0], row.warning, story)

		refusing := newChain(t)
		_, err := sealingGateway(refusing, keys, "").Submit(t.Context(), detailed("rent"), payments.Options{RequireDetails: true})
		require.ErrorIs(t, err, payments.ErrDetailsRequired, story)
		require.Empty(t, refusing.batches, story)
	}
}

func TestKeysThatCannotBeAskedForSendNothing(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.SM2)
	keys.fail = errors.New("node is away")
	_, err := sealingGateway(c, keys, "").Submit(t.Context(), detailed("rent"), payments.Options{})
	require.ErrorIs(t, err, keys.fail)
	require.Empty(t, c.batches)
	outcome := submitSealed(t, c, keys, "", detailed("rent"), payments.Options{WithoutDetails: true})
	require.Nil(t, outcome.Details)
	require.True(t, outcome.AllSettled())
}

func TestDetailsThatDoNotFitAreSaidAndNotCut(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, everybody...)
	long, random := "a", rand.NewChaCha8([32]byte{7})
	for range 140 {
		line := make([]byte, 65)
		_, _ = random.Read(line)
		long += fmt.Sprintf("</Ustrd><Ustrd>%X", line)
	}
	outcome := submitSealed(t, c, keys, "", detailed(long), payments.Options{})
	require.Contains(t, outcome.Details.Warnings[0], "1 payments go without details: sealed they take more than 8 KiB")
	require.Nil(t, c.batches[0].Transfers[0].Details)
	require.NotNil(t, c.batches[0].Transfers[1].Details)
}

func TestManyKeysOfAMemberStayWithinTheBounds(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.SM2, everybody...)
	for range 5 {
		for _, member := range everybody {
			keys.add(seal.SM2, member)
		}
	}
	submitSealed(t, c, keys, "PBCR", detailed("rent"), payments.Options{})
	require.Len(t, c.batches[0].DetailsGroups, 4, "the payer's side, the payee abroad, the regulator, the payee inside")
	for i, keys := range []int{4, 4, 2, 2} {
		require.Len(t, c.batches[0].DetailsGroups[i].Keys, keys)
	}
	require.Len(t, c.batches[0].Transfers[0].Details.Keys, 3)
}

func TestALargeBatchIsCutAndAllOrNothingIsRefused(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, "BQDQ", "BQDQ/acme")
	for i := range 1_000 {
		keys.add(seal.MLKEM768X25519, fmt.Sprintf("BQDQ/worker-%d", i))
	}
	started := time.Now()
	outcome := submitSealed(t, c, keys, "", simple("M1", salaries(1_000)...), payments.Options{})
	t.Logf("sealing and paying: %s; batches: %d, the first %d bytes", time.Since(started), len(c.batches), c.batches[0].Size())
	require.True(t, outcome.AllSettled())
	require.Equal(t, 1, outcome.Batches, "a payee's key each and usual names fit into one message")

	for i := range 1_000 {
		keys.keys[memberOf(fmt.Sprintf("BQDQ/worker-%d", i))] = append(keys.keys[memberOf(fmt.Sprintf("BQDQ/worker-%d", i))], keys.of("BQDQ/worker-0"))
	}
	c.batches = nil
	outcome = submitSealed(t, c, keys, "", simple("M2", salaries(1_000)...), payments.Options{})
	require.Equal(t, 2, outcome.Batches)
	require.Len(t, c.batches, 2)
	total := 0
	for _, batch := range c.batches {
		require.Less(t, batch.Size(), 2<<20-32<<10)
		require.NoError(t, validShape(batch))
		total += len(batch.Transfers)
		_, err := payments.OpenDetails(keys.of("BQDQ"), answerOf(t, batch, len(batch.Transfers)-1))
		require.NoError(t, err)
	}
	require.Equal(t, 1_000, total)

	sent := len(c.batches)
	_, err := sealingGateway(c, keys, "").Submit(t.Context(), simple("M3", salaries(1_000)...), payments.Options{AllOrNothing: true})
	require.ErrorIs(t, err, payments.ErrBatchTooLarge)
	require.Len(t, c.batches, sent)
}

func TestHandingAFileInAgainSealsAnewAndPaysNothing(t *testing.T) {
	c, keys := newChain(t), newKeyring(t, seal.MLKEM768X25519, everybody...)
	submitSealed(t, c, keys, "", detailed("rent"), payments.Options{})
	again := submitSealed(t, c, keys, "", detailed("rent"), payments.Options{})
	require.True(t, again.Duplicate)
	require.NotEqual(t, c.batches[0].Transfers[0].Details.Digest, c.batches[1].Transfers[0].Details.Digest)
}

func TestOpenedContentIsReadAsStrangersWroteIt(t *testing.T) {
	for _, content := range []string{
		"", "no json", "[]", `{"format":"zhilian-details-2"}`, `{"format":"zhilian-details-1"} {}`, `{"format":"zhilian-details-1","a":`,
		`{"format":"zhilian-details-1","a":[` + strings.Repeat("1,", 5_000) + `1]}`, strings.Repeat("[", 20_000),
	} {
		_, err := payments.DetailRows([]byte(content))
		require.ErrorIs(t, err, payments.ErrDetailsFormat, "%.60s", content)
	}
	rows, err := payments.DetailRows([]byte(`{"format":"zhilian-details-1","a":{"b":[null,{"c":true}],"d":1.50}}`))
	require.NoError(t, err)
	require.Equal(t, []payments.DetailRow{{Path: "a/b[2]/c", Text: "true"}, {Path: "a/d", Text: "1.5"}}, rows)
}

func FuzzDetailRows(f *testing.F) {
	f.Add([]byte(`{"format":"zhilian-details-1","RmtInf":{"Ustrd":["a"]}}`))
	f.Fuzz(func(_ *testing.T, content []byte) { _, _ = payments.DetailRows(content) })
}

// validShape checks a batch as the chain does; the operator of these tests has no address.
func validShape(batch *settlement.MsgPayBatch) error {
	checked := *batch
	checked.Operator = batch.Debtor
	return checked.Validate()
}

func TestAStatementSaysWhatItsReaderOpened(t *testing.T) {
	const uetr2 = "4f2a8d1e-5b4c-4d6e-8f70-a1b2c3d4e5f6"
	c, keys := newChain(t), newKeyring(t, seal.SM2, everybody...)
	submitSealed(t, c, keys, "", detailed("rent of May"), payments.Options{})
	opening, err := payments.OpenDetails(keys.of("HKBK/beta"), answerOf(t, c.batches[0], 0))
	require.NoError(t, err)
	for story, row := range map[string]struct {
		content string
		told    bool
	}{
		"what was sealed":      {string(opening.Content), true},
		"another form":         {`{"format":"other"}`, false},
		"a name that is long":  {`{"format":"zhilian-details-1","Dbtr":{"Nm":"` + strings.Repeat("x", 200) + `"}}`, false},
		"a list for a name":    {`{"format":"zhilian-details-1","Dbtr":[1]}`, false},
		"a text with controls": {`{"format":"zhilian-details-1","RmtInf":{"Ustrd":["\u0000"]}}`, false},
	} {
		b := newBooks()
		b.book(32, 77, true, uetr2)
		asked := map[string]int{}
		request := requestOf(2, 2)
		request.Details = func(_ context.Context, uetr string) ([]byte, bool, error) {
			asked[uetr]++
			return []byte(row.content), uetr == uetr2, nil
		}
		for _, compose := range []func(context.Context, payments.Books, payments.StatementRequest, time.Time) (payments.Document, error){
			payments.Statement, payments.AccountNotification,
		} {
			document, err := compose(t.Context(), b, request, clock)
			require.NoError(t, err, story)
			text := string(document.Content)
			require.Contains(t, text, uetr2, story)
			for _, word := range []string{"<Ustrd>rent of May</Ustrd>", "<Nm>青岛海尔</Nm>", "<EndToEndId>INV-1</EndToEndId>", "<Cd>GDDS</Cd>"} {
				require.Equal(t, row.told, strings.Contains(text, word), "%s: %s", story, word)
			}
		}
		require.Equal(t, 2, asked[uetr2], story)
	}
	request := requestOf(2, 2)
	request.Details = func(context.Context, string) ([]byte, bool, error) { return nil, false, errors.New("away") }
	_, err = payments.Statement(t.Context(), newBooks(), request, clock)
	require.ErrorContains(t, err, "away")
}
