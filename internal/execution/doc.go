// Package execution runs messages that were stored and decided on: those of a proposal, those of an action.
package execution
