// Package client holds the commands of `zhiliand tx financing` that are more than a message: they make secrets that
// stay with their owner.
package client
