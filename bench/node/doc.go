// Package node runs nodes for a measurement and looks at them from outside: their blocks as they come,
// the CPU time and memory that the kernel accounts to them, and, once they have stopped, what lies on
// their disks.
//
// Nothing here knows which chain a node runs. All of it needs Linux's /proc.
package node
