// Package dispute puts wrongs right: complaints, appeals, panels, rulings and remedies that execute themselves.
// README.md is the specification.
package dispute
