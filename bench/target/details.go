package target

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/zhilian-network/zhilian/bench/load"
	"github.com/zhilian-network/zhilian/crypto/seal"
	"github.com/zhilian-network/zhilian/gateway/payments"
	settlementtypes "github.com/zhilian-network/zhilian/x/settlement/types"
)

// detailsSize is the length of what is sealed of one payment: names, addresses, references and remittance text of an
// invoice, padded as the gateway pads them.
const detailsSize = 768

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

// sealOne seals the details of a single payment to payer, payee, and the bank of both.
func (z *zhilian) sealOne(message *settlementtypes.MsgPay, move load.Move, payer int) error {
	keys, err := z.readers.all(partyID(payer), z.partyOf(move.To), z.banks[z.bank(payer)])
	if err != nil {
		return err
	}
	if move.To/uint32(z.perParty) == move.From/uint32(z.perParty) {
		keys = append(keys[:1], keys[2]) // one's own other account
	}
	uetr := settlementtypes.DeriveUETR(z.rawAddress(move.From), message.EndToEndDigest)
	sealed, err := seal.Seal(detailsText(message.EndToEndDigest), settlementtypes.DetailsBinding(z.terms.ChainID, uetr), seal.AES256GCM, keys)
	message.Details = &sealed
	return err
}

// sealBatch seals the details of a batch as the gateway does: payer and bank read all of them by the batch's group,
// each payee its own.
func (z *zhilian) sealBatch(message *settlementtypes.MsgPayBatch, moves []load.Move, payer int) error {
	shared, err := z.readers.all(partyID(payer), z.banks[z.bank(payer)])
	if err != nil {
		return err
	}
	group, err := seal.NewGroup(shared, settlementtypes.DetailsGroupBinding(z.terms.ChainID, message.Debtor, nil))
	if err != nil {
		return err
	}
	defer group.Wipe()
	for i, move := range moves {
		transfer := &message.Transfers[i]
		var own []seal.PublicKey
		if payee := z.partyOf(move.To); payee != partyID(payer) {
			if own, err = z.readers.all(payee); err != nil {
				return err
			}
		}
		uetr := settlementtypes.DeriveUETR(z.rawAddress(move.From), transfer.EndToEndDigest)
		sealed, err := group.Seal(detailsText(transfer.EndToEndDigest), settlementtypes.DetailsBinding(z.terms.ChainID, uetr), seal.AES256GCM, own)
		if err != nil {
			return err
		}
		transfer.Details = &sealed
	}
	keys := group.Keys()
	message.DetailsGroup = &keys
	return nil
}

func (z *zhilian) partyOf(account uint32) string { return partyID(int(account) / z.perParty) }

// detailsText is what a supplier's invoice says, in the form of the gateway.
func detailsText(digest []byte) []byte {
	text := fmt.Sprintf(`{"format":%q,"InstrId":"SUP-%x","EndToEndId":"INV-%x",`+
		`"Dbtr":{"Nm":"Huanghai Appliances Co. Ltd.","PstlAdr":{"StrtNm":"Xianggang Middle Road","BldgNb":"76","PstCd":"266071","TwnNm":"Qingdao","Ctry":"CN"}},`+
		`"DbtrAcct":{"Id":{"Othr":[{"Id":"8020100000010001"}]}},`+
		`"Cdtr":{"Nm":"Laoshan Compressor Works","PstlAdr":{"StrtNm":"Haier Road","BldgNb":"183","PstCd":"266100","TwnNm":"Qingdao","Ctry":"CN"}},`+
		`"CdtrAcct":{"Id":{"Othr":[{"Id":"8030200000020001"}]}},"Purp":{"Cd":"SUPP"},`+
		`"RmtInf":{"Ustrd":["Invoice %x of 2 November, 140 compressors QC-7 at 2,310.00, delivered to hall 4"]}}`,
		payments.DetailsFormat, digest[:6], digest[:6], digest[:6])
	return []byte(text + strings.Repeat(" ", max(0, detailsSize-len(text))))
}
