// Package domain decides for vault, on values alone.
package domain
