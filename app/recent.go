package app

import "sync"

// recent remembers what was seen lately, up to a budget. It forgets by generations: when the young
// one has used half of the budget it becomes the old one, and what was the old one is dropped. What
// it holds may only save work, never change a result, as each node remembers something else.
type recent[V any] struct {
	mutex      sync.Mutex
	half       int
	used       int
	young, old map[[32]byte]V
}

func newRecent[V any](budget int) *recent[V] {
	return &recent[V]{half: budget / 2, young: map[[32]byte]V{}}
}

func (r *recent[V]) get(key [32]byte) (V, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if value, ok := r.young[key]; ok {
		return value, true
	}
	value, ok := r.old[key]
	return value, ok
}

// put remembers a value that takes cost of the budget.
func (r *recent[V]) put(key [32]byte, value V, cost int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, known := r.young[key]; known {
		return
	}
	if r.used+cost > r.half && r.used > 0 {
		r.young, r.old, r.used = map[[32]byte]V{}, r.young, 0
	}
	r.young[key] = value
	r.used += cost
}
