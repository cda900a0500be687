package localnet

import "syscall"

// sessionOf gives a node its own session; a tied one also gets SIGTERM if its parent dies.
func sessionOf(tied bool) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if tied {
		attributes.Pdeathsig = syscall.SIGTERM
	}
	return attributes
}
