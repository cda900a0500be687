//go:build !linux

package localnet

import "syscall"

// sessionOf gives a node its own session. Only Linux can tie it to the life of its parent: elsewhere
// nodes outlive a parent that was killed, until `localnet stop`.
func sessionOf(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
