// Package keeper keeps cases: it loads facts, has the domain decide, stores, executes and tells.
package keeper
