// Package credit is `zhiliand credit`: it rates rows of a table with a model file, says why, checks and shows
// models, and makes them from the exports of other libraries. It needs no node and no network; what it computes
// is what validators compute, by the same package x/credit/engine.
//
//	cmd.go        the group, the flags that its commands share
//	cmd_rate.go   rate: a table in, row_id,score,pd_ppm,grade,reasons out
//	cmd_explain.go  explain: one row in words, and what would raise its grade
//	cmd_model.go  model check, show, stamp
//	cmd_import.go model import
//	cmd_backtest.go model backtest, compare
//	cmd_calibrate.go model calibrate
//	table.go      tables of decimal numbers, with row and column in each refusal
//	files.go      reading, and writing whole or not at all
//
// Package imports, below, reads the exports.
package credit
