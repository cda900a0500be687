package domain

import "github.com/zhilian-network/zhilian/x/consortium/types"

// PointsAfterMiss adds a missed block. Points stop at the maximum: a validator whose jailing is
// delayed then needs one signed block to be out of danger, however long it was silent.
func PointsAfterMiss(points uint64, params types.Params) uint64 {
	return min(points+params.DowntimePointsPerMiss, max(points, params.DowntimePointsMax))
}

// PointsAfterSignature takes a signed block off.
func PointsAfterSignature(points uint64) uint64 {
	if points == 0 {
		return 0
	}
	return points - 1
}

// MustBeJailed says whether the points have reached the maximum.
func MustBeJailed(points uint64, params types.Params) bool {
	return points >= params.DowntimePointsMax
}

// ReachedMaximum says whether the points reach the maximum with this very block. A delayed jailing
// is announced then, and not again while the points stay there.
func ReachedMaximum(before, after uint64, params types.Params) bool {
	return !MustBeJailed(before, params) && MustBeJailed(after, params)
}
