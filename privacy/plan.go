package privacy

import (
	"encoding/json"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// maskedKey names, in a JSON object, the fields that were taken out of it. No field can have this name.
const maskedKey = "@masked"

const anyName protoreflect.FullName = "google.protobuf.Any"

// levelMost is the highest level that anyone may read in an answer: what has level 5 is in none.
const levelMost = 4

// sealedLevel is the level that sealed fields are shown from. Their bytes tell nothing of what they protect,
// and who may read what surrounds them needs them to open, compare or prove it. They are not shown to
// everyone, because equal digests tell that two payments belong together.
const sealedLevel = 2

// Allowed is what a reader may read. The zero value reads what is public.
type Allowed struct {
	// Level is the highest level, 1 to 4; 0 stands for 1. More than 4 stands for 4.
	Level uint32
	// Personal is the highest category of personal information, 0 (none) to 3.
	Personal uint32
}

// Anyone reads what is public.
var Anyone = Allowed{Level: 1}

// UpTo reads all of a level and below, of natural persons too.
func UpTo(level uint32) Allowed { return Allowed{Level: level, Personal: 3} }

// normal gives equal rights one form, so that few plans are kept.
func (a Allowed) normal() Allowed {
	return Allowed{Level: min(max(a.Level, 1), levelMost), Personal: min(a.Personal, 3)}
}

func (a Allowed) level(class Class) bool {
	if class.Sealed {
		return a.Level >= sealedLevel
	}
	return class.Level > 0 && a.Level >= class.Level
}

func (a Allowed) personal(class Class) bool { return class.Sealed || a.Personal >= class.Personal }

// step says what becomes of a field.
type step uint8

const (
	hide  step = iota // taken out
	enter             // shown, but for what is masked inside
	show              // shown whole
)

// plan says what a reader sees of a message.
type plan struct {
	steps map[protoreflect.FieldNumber]step
	// fields by their names in JSON, both forms.
	fields map[string]protoreflect.FieldDescriptor
	// hidden are the names of the fields that are taken out, in the order of the proto file. They do not
	// depend on the values: that a field is empty is told to nobody who may not read it.
	hidden []string
	// note is the member that tells so in JSON; empty if nothing is hidden.
	note []byte
	// whole is true if every value of the message is shown as it is.
	whole bool
}

type planKey struct {
	message protoreflect.FullName
	allowed Allowed
}

// plans are bounded by the messages of the linked files and the 16 forms of Allowed.
var plans sync.Map

// planOf returns the plan of a message of ours; allowed is normal.
func planOf(message protoreflect.MessageDescriptor, allowed Allowed) *plan {
	key := planKey{message.FullName(), allowed}
	if known, ok := plans.Load(key); ok {
		return known.(*plan)
	}
	made := newPlan(message, allowed)
	known, _ := plans.LoadOrStore(key, made)
	return known.(*plan)
}

func newPlan(message protoreflect.MessageDescriptor, allowed Allowed) *plan {
	p := &plan{
		steps:  map[protoreflect.FieldNumber]step{},
		fields: map[string]protoreflect.FieldDescriptor{},
		whole:  true,
	}
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		s := stepOf(field, allowed)
		p.steps[field.Number()] = s
		p.fields[string(field.Name())] = field
		p.fields[field.JSONName()] = field
		p.whole = p.whole && s == show
		if s == hide {
			p.hidden = append(p.hidden, string(field.Name()))
		}
	}
	if len(p.hidden) > 0 {
		names, _ := json.Marshal(p.hidden) // texts always have a form
		p.note = append([]byte(`"`+maskedKey+`":`), names...)
	}
	return p
}

// stepOf decides on a field. A message of ours is judged field by field once its level is allowed, so that
// what is personal in it is taken out and the rest is not.
func stepOf(field protoreflect.FieldDescriptor, allowed Allowed) step {
	class := ClassOf(field)
	if !allowed.level(class) {
		return hide
	}
	content := contentOf(field)
	if content == nil || !isOurs(content) {
		if !allowed.personal(class) {
			return hide
		}
		if content == nil || !mayHoldOurs(content, map[protoreflect.FullName]bool{}) {
			return show
		}
		return enter
	}
	if alwaysWhole(content, allowed, map[protoreflect.FullName]bool{}) {
		return show
	}
	return enter
}

// contentOf is the message that a field, its list, or the values of its map hold; nil if none.
func contentOf(field protoreflect.FieldDescriptor) protoreflect.MessageDescriptor {
	if field.IsMap() {
		return field.MapValue().Message()
	}
	return field.Message()
}

// alwaysWhole says whether nothing in a message of ours is ever hidden. It asks no plan, for a message may
// hold itself.
func alwaysWhole(message protoreflect.MessageDescriptor, allowed Allowed, seen map[protoreflect.FullName]bool) bool {
	if seen[message.FullName()] {
		return true
	}
	seen[message.FullName()] = true
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		class := ClassOf(field)
		if !allowed.level(class) {
			return false
		}
		content := contentOf(field)
		switch {
		case content != nil && isOurs(content):
			if !alwaysWhole(content, allowed, seen) {
				return false
			}
		case !allowed.personal(class), content != nil && mayHoldOurs(content, map[protoreflect.FullName]bool{}):
			return false
		}
	}
	return true
}

// mayHoldOurs says whether a message of others can have one of ours inside: in an Any, at whatever depth.
func mayHoldOurs(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) bool {
	if message.FullName() == anyName || isOurs(message) {
		return true
	}
	if seen[message.FullName()] {
		return false
	}
	seen[message.FullName()] = true
	for i := range message.Fields().Len() {
		if content := contentOf(message.Fields().Get(i)); content != nil && mayHoldOurs(content, seen) {
			return true
		}
	}
	return false
}
