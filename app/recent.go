package app

import "sync"

// recent remembers what was seen lately, up to a budget. It forgets by generations: when the young
// one has used half of the budget it becomes the old one, and what was the old one is dropped. What
// it holds may only save work, never change a result, as each node remembers something else.
type recent[K comparable, V any] struct {
	mutex      sync.Mutex
	half       int
	used       int
	young, old map[K]V
}

func newRecent[K comparable, V any](budget int) *recent[K, V] {
	return &recent[K, V]{half: budget / 2, young: map[K]V{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if value, ok := r.young[key]; ok {
		return value, true
	}
	value, ok := r.old[key]
	return value, ok
}

// put remembers a value that takes cost of the budget.
func (r *recent[K, V]) put(key K, value V, cost int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, known := r.young[key]; known {
		return
	}
	if r.used+cost > r.half && r.used > 0 {
		r.young, r.old, r.used = map[K]V{}, r.young, 0
	}
	r.young[key] = value
	r.used += cost
}
