// Package domain decides for credit, on values alone.
package domain
