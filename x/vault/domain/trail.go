package domain

import "github.com/zhilian-network/zhilian/x/vault/types"

// trailRoom is how long a record's trail may be before no entry of a kind is added any more: what fills it does not
// happen then. Strangers come first, so that they cannot keep readers from noting what they open, and readers cannot
// keep the subject from sharing. What ends something, as revoking and erasing do, always has room: each ends
// something that is there, so it is bounded as well.
var trailRoom = map[types.TrailKind]uint64{
	types.TrailRefused:   types.MaxTrailEntries / 4,
	types.TrailOpened:    types.MaxTrailEntries / 2,
	types.TrailRequested: types.MaxTrailEntries / 4 * 3,
	types.TrailShared:    types.MaxTrailEntries,
}

// CheckTrailRoom refuses an entry that a trail of a length has no room for.
func CheckTrailRoom(kind types.TrailKind, length uint64) error {
	if room, bounded := trailRoom[kind]; bounded && length >= room {
		return types.ErrTrailFull.Wrapf("%d entries, %d have room for this", length, room)
	}
	return nil
}
