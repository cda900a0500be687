// Package demo tells stories on networks of their own, on one machine. The payments' story builds a network out of
// payment files, funds the parties that they name, settles the files, writes the answers, and checks the money. The
// others are tables of scenes: what somebody does, with which command, and what the network must answer.
package demo
