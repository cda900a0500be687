// Package client holds the commands of module access that need more than their message's fields: a file of
// messages, a look at what is approved, a signature by another key. The others are made from the services.
package client
