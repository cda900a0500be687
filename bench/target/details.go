package target

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/payments"
	"github.com/zhilian-network/zhilian/iso20022/compact"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// readers are the encryption keys that details are sealed to. They are derived when they are needed: nobody opens
// anything, but nodes and disks must carry what real keys make.
type readers struct {
	seed uint64
	mu   sync.Mutex
	keys map[string]seal.PublicKey
}

// of is the key of a member.
func (r *readers) of(member string) (seal.PublicKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key, known := r.keys[member]; known {
		return key, nil
	}
	secret := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("benchmark reader "+member), r.seed))
	private, err := seal.ParsePrivateKey(seal.MLKEM768X25519, secret[:])
	if err != nil {
		return seal.PublicKey{}, err
	}
	if r.keys == nil {
		r.keys = map[string]seal.PublicKey{}
	}
	r.keys[member] = private.Public()
	return private.Public(), nil
}

func (r *readers) all(members ...string) ([]seal.PublicKey, error) {
	keys := make([]seal.PublicKey, len(members))
	for i, member := range members {
		var err error
		if keys[i], err = r.of(member); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// detailsEpoch stands for the quarter that the groups of readers are of.
const detailsEpoch = 1

// groups are the groups of readers of what a payer pays an account: the payer's side, and the payee if it is another.
func (z *zhilian) groups(debtor string, payer int, to uint32) ([]seal.Group, error) {
	sides := [][]string{{partyID(payer), z.banks[z.bank(payer)]}}
	if payee := z.partyOf(to); payee != partyID(payer) {
		sides = append(sides, []string{payee})
	}
	root := seal.Root(sha256.Sum256(binary.BigEndian.AppendUint64([]byte("benchmark root"), z.seed)))
	groups := make([]seal.Group, len(sides))
	for i, members := range sides {
		keys, err := z.readers.all(members...)
		if err != nil {
			return nil, err
		}
		if groups[i], err = root.Group(keys, settlementtypes.DetailsGroupBinding(z.terms.ChainID, debtor), detailsEpoch); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// sealOne seals the details of a single payment to payer, payee, and the bank of both. The network knows their keys, as
// it does from the second payment of a quarter on, or is told them, as by the first.
func (z *zhilian) sealOne(message *settlementtypes.MsgPay, move load.Move, payer int) error {
	groups, err := z.groups(message.Debtor, payer, move.To)
	if err != nil {
		return err
	}
	if message.Details, err = z.seal(message.EndToEndDigest, move, groups); err != nil || z.kind != PayInsideFirst {
		return err
	}
	for _, group := range groups {
		keys, err := group.Keys()
		if err != nil {
			return err
		}
		message.DetailsGroups = append(message.DetailsGroups, keys)
	}
	return nil
}

// sealBatch seals the details of a batch, for groups that the network knows.
func (z *zhilian) sealBatch(message *settlementtypes.MsgPayBatch, moves []load.Move, payer int) error {
	for i, move := range moves {
		groups, err := z.groups(message.Debtor, payer, move.To)
		if err != nil {
			return err
		}
		if message.Transfers[i].Details, err = z.seal(message.Transfers[i].EndToEndDigest, move, groups); err != nil {
			return err
		}
	}
	return nil
}

func (z *zhilian) seal(endToEnd []byte, move load.Move, groups []seal.Group) (*seal.Envelope, error) {
	uetr := settlementtypes.DeriveUETR(z.rawAddress(move.From), endToEnd)
	content, err := detailsContent(endToEnd)
	if err != nil {
		return nil, err
	}
	sealed, err := seal.Seal(content, settlementtypes.DetailsBinding(z.terms.ChainID, uetr), seal.AES256GCM, nil, groups...)
	return &sealed, err
}

func (z *zhilian) partyOf(account uint32) string { return partyID(int(account) / z.perParty) }

// detailsContent is what a supplier's invoice says, in the form of the gateway: some 620 bytes of text.
func detailsContent(digest []byte) ([]byte, error) {
	text := fmt.Sprintf(`{"format":%q,"InstrId":"SUP-%x","EndToEndId":"INV-%x",`+
		`"Dbtr":{"Nm":"Huanghai Appliances Co. Ltd.","PstlAdr":{"StrtNm":"Xianggang Middle Road","BldgNb":"76","PstCd":"266071","TwnNm":"Qingdao","Ctry":"CN"}},`+
		`"DbtrAcct":{"Id":{"Othr":[{"Id":"8020100000010001"}]}},`+
		`"Cdtr":{"Nm":"Laoshan Compressor Works","PstlAdr":{"StrtNm":"Haier Road","BldgNb":"183","PstCd":"266100","TwnNm":"Qingdao","Ctry":"CN"}},`+
		`"CdtrAcct":{"Id":{"Othr":[{"Id":"8030200000020001"}]}},"Purp":{"Cd":"SUPP"},`+
		`"RmtInf":{"Ustrd":["Invoice %x of 2 November, 140 compressors QC-7 at 2,310.00, delivered to hall 4"]}}`,
		payments.DetailsFormat, digest[:6], digest[:6], digest[:6])
	return compact.Pack([]byte(text))
}
