package rest_test

import "testing"

// FuzzRequests: every operation of the document, with one value from outside in place of each parameter, and a body
// from outside. The answer is sane: in words, in time, with no fault of the node.
func FuzzRequests(f *testing.F) {
	n := startNode(f)
	all := operations(f)
	for i := range all {
		f.Add(uint16(i), nasty[i%len(nasty)], uint8(i%3), "{}")
	}
	f.Fuzz(func(t *testing.T, which uint16, value string, at uint8, body string) {
		o := all[int(which)%len(all)]
		place := 0
		n.sweep(t, o, func(p parameter) string {
			place++
			if place-1 == int(at)%max(1, len(o.Parameters)) {
				return value
			}
			return example(p)
		}, body)
	})
}
