package types

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
)

// Bounds of actions.
const (
	MaxActionMessages  = 16
	MaxActionBytes     = 512 << 10 // of all messages together, packed
	MaxActionApprovals = 16
	ActionDigestLength = 32 // bytes
	// MaxPendingActions bounds what waits in one scope, and the walk over it when a key is replaced.
	MaxPendingActions = 100
	// MaxActionsSettledPerBlock bounds the actions that expire in a block, or leave the state for good.
	MaxActionsSettledPerBlock = 100
	MaxReasonCodeLength       = 32
	// MaxActionReasonBytes bounds what is stored of why an execution failed.
	MaxActionReasonBytes = 512
)

// aboutActions are the messages that no action may hold: an action that proposes or approves another one
// would hide who does so, and what.
var aboutActions = []string{
	"/zhilian.access.v1.MsgProposeAction", "/zhilian.access.v1.MsgApproveAction",
	"/zhilian.access.v1.MsgRejectAction", "/zhilian.access.v1.MsgWithdrawAction",
}

// IsAboutActions reports whether a message of this type may be in no action.
func IsAboutActions(typeURL string) bool { return slices.Contains(aboutActions, typeURL) }

// ActionDigest is SHA-256 over the messages: of each its type URL, then its value, each behind its length in
// 8 bytes, big-endian. Who approves signs it.
func ActionDigest(messages []*codectypes.Any) []byte {
	hash := sha256.New()
	for _, message := range messages {
		for _, part := range [][]byte{[]byte(message.TypeUrl), message.Value} {
			hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
			hash.Write(part)
		}
	}
	return hash.Sum(nil)
}

// Scope is what the maker acts for.
func (a Action) Scope() Scope { return Scope{InstitutionID: a.InstitutionId, PartyID: a.PartyId} }

// MakerActor is the maker, as policies see it.
func (a Action) MakerActor() Actor {
	return Actor{Address: a.Maker, InstitutionID: a.InstitutionId, PartyID: a.PartyId}
}

// IsSet reports whether the status is one of those that an action can have.
func (s ActionStatus) IsSet() bool {
	return s >= ActionStatus_ACTION_STATUS_PENDING && s <= ActionStatus_ACTION_STATUS_EXPIRED
}

// Validate checks the message alone.
func (m *MsgProposeAction) Validate() error { return validateActionMessages(m.Messages) }

func validateActionMessages(messages []*codectypes.Any) error {
	if len(messages) < 1 || len(messages) > MaxActionMessages {
		return ErrInvalidAction.Wrapf("it has %d messages: want 1 to %d", len(messages), MaxActionMessages)
	}
	size := 0
	for i, message := range messages {
		if message == nil || message.TypeUrl == "" {
			return ErrInvalidAction.Wrapf("message %d is missing", i+1)
		}
		if IsAboutActions(message.TypeUrl) {
			return ErrInvalidAction.Wrapf("message %d (%s) is about actions itself", i+1, message.TypeUrl)
		}
		size += message.Size()
	}
	if size > MaxActionBytes {
		return ErrInvalidAction.Wrapf("its messages have %d bytes: at most %d", size, MaxActionBytes)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgApproveAction) Validate() error {
	if len(m.Digest) != ActionDigestLength {
		return ErrDigestMismatch.Wrapf("the digest has %d bytes: want %d", len(m.Digest), ActionDigestLength)
	}
	return nil
}

// Validate checks the message alone.
func (m *MsgRejectAction) Validate() error {
	if len(m.Reason) < 1 || len(m.Reason) > MaxReasonCodeLength {
		return ErrInvalidAction.Wrapf("the reason has %d characters: want 1 to %d", len(m.Reason), MaxReasonCodeLength)
	}
	for _, c := range []byte(m.Reason) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return ErrInvalidAction.Wrap("the reason is a code of A-Z, 0-9 and \"-\": free text could tell too much")
		}
	}
	return nil
}

// validateActions checks the stored actions and their numbers. Whether the next number is 0 or 1 is the same:
// a state from before there were actions has 0.
func (gs GenesisState) validateActions() error {
	last := uint64(0)
	pending := map[Scope]int{}
	for _, action := range gs.Actions {
		if action.Id <= last {
			return ErrInvalidGenesis.Wrapf("action %d stands after action %d", action.Id, last)
		}
		last = action.Id
		if err := action.validateStored(); err != nil {
			return err
		}
		if action.Status != ActionStatus_ACTION_STATUS_PENDING {
			continue
		}
		if pending[action.Scope()]++; pending[action.Scope()] > MaxPendingActions {
			return ErrTooManyActions.Wrapf("%s %s: at most %d", action.InstitutionId, action.PartyId, MaxPendingActions)
		}
	}
	if last > 0 && gs.NextActionId <= last {
		return ErrInvalidGenesis.Wrapf("the next action would have number %d, but there is %d", gs.NextActionId, last)
	}
	return nil
}

func (a Action) validateStored() error {
	if !a.Status.IsSet() || a.Maker == "" || a.MakerHolder == "" || a.InstitutionId == "" {
		return ErrInvalidGenesis.Wrapf("action %d has no status, maker or institution", a.Id)
	}
	if len(a.Approvals) > MaxActionApprovals || len(a.Digest) != ActionDigestLength {
		return ErrInvalidGenesis.Wrapf("action %d has too many approvals, or a digest of the wrong length", a.Id)
	}
	if a.Status != ActionStatus_ACTION_STATUS_PENDING {
		if len(a.Messages) > 0 {
			return ErrInvalidGenesis.Wrapf("action %d is decided and still has messages", a.Id)
		}
		return nil
	}
	if err := validateActionMessages(a.Messages); err != nil {
		return ErrInvalidGenesis.Wrapf("action %d: %s", a.Id, err)
	}
	if !slices.Equal(ActionDigest(a.Messages), a.Digest) {
		return ErrInvalidGenesis.Wrapf("action %d: its digest is not that of its messages", a.Id)
	}
	return nil
}
