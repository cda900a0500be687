// Package vaultkeys keeps a client's private encryption keys: HOME/vault/NAME.json, a key file of
// crypto/seal each. Passphrases come from the environment or are asked for; they are never an argument,
// since others can read a machine's command lines.
package vaultkeys
