// Package demo does the network's main job from end to end on one machine: it builds a network out
// of payment files, funds the parties that they name, settles the files, writes the answers, and
// checks the money.
package demo
