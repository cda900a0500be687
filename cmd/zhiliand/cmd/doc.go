// Package cmd holds the commands of zhiliand. A command reads its flags, calls the room that does
// the work, and prints what came of it.
package cmd
