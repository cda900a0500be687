package iso20022

// edition numbers the generations of the components that messages share:
// agents, parties, accounts. Each is named after the pain.001 version that
// first used it; pacs.008 and head.001 are mapped onto it, so one table serves
// all versions of all messages.
type edition int

// unbounded is the maximum of an element that may repeat freely.
const unbounded = -1

// contentModel is what an element may hold: child elements in sequence, one of
// several, a value, or something that is not read.
type contentModel struct {
	children []child
	choice   bool
	mayEmpty bool // a choice that may be left out
	value    valueType
	currency bool // the attribute Ccy is mandatory
	unread   unreadContent
}

// unreadContent says how the content of an element that is not read is bounded.
type unreadContent int

const (
	read     unreadContent = iota
	ownSpace               // any elements of the message's namespace
	anySpace               // anything: supplementary data, signatures
)

// child is one place in a content model.
type child struct {
	name         string
	min, max     int
	since, until edition // 0 is no limit
	model        *contentModel
}

func (c child) appliesTo(e edition) bool {
	return (c.since == 0 || e >= c.since) && (c.until == 0 || e <= c.until)
}

// from and to narrow a child to the editions that have it.
func (c child) from(e edition) child { c.since = e; return c }
func (c child) to(e edition) child   { c.until = e; return c }

func one(name string, m *contentModel) child      { return child{name: name, min: 1, max: 1, model: m} }
func optional(name string, m *contentModel) child { return child{name: name, max: 1, model: m} }
func many(name string, m *contentModel) child     { return child{name: name, max: unbounded, model: m} }
func upTo(n int, name string, m *contentModel) child {
	return child{name: name, max: n, model: m}
}
func atLeastOne(name string, m *contentModel) child {
	return child{name: name, min: 1, max: unbounded, model: m}
}

func sequence(children ...child) *contentModel { return &contentModel{children: children} }
func choice(children ...child) *contentModel {
	return &contentModel{children: children, choice: true}
}
func value(v valueType) *contentModel { return &contentModel{value: v} }
func money18(v valueType) *contentModel {
	return &contentModel{value: v, currency: true}
}

var (
	notRead  = &contentModel{unread: ownSpace}
	anything = &contentModel{unread: anySpace}
)

// codeOr is the choice between an external code and proprietary text that
// most classifications are.
func codeOr(code valueType) *contentModel {
	return choice(one("Cd", value(code)), one("Prtry", value(text(35))))
}
