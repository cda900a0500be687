// Package keeper loads what x/financing decides on, has it decided, and stores and tells what came of it.
package keeper
