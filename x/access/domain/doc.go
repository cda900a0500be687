// Package domain decides who may act and what may change, from records that the keeper has read:
// standing (status.go), permissions and grants (permission.go), the quota of a block (quota.go).
// It knows no store, no clock and no address format.
package domain
