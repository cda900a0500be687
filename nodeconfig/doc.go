// Package nodeconfig holds the settings that every node of the network should have: the defaults of
// a new home, and what localnet builds on. Addresses and peers are somebody else's; so is what one
// operator wants to have differently in its own config.toml and app.toml.
package nodeconfig
