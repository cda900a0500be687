package xmltree

// Limits bound what one document may cost. A zero field takes the default.
type Limits struct {
	Bytes    int // of the document as received
	Depth    int // of nested elements
	Elements int // elements and attributes together
	Text     int // bytes of one value or attribute
}

// Default limits. A pain.001 transfer is about 800 bytes and 30 elements, so
// 16 MiB is some 20,000 transfers; ISO messages nest fewer than 20 deep, and
// wrappers and supplementary data get the rest.
const (
	DefaultBytes    = 16 << 20
	DefaultDepth    = 64
	DefaultElements = 1 << 20
	DefaultText     = 1 << 20
)

const (
	// maxAttributes bounds the attributes of one element, since each is
	// compared with the others.
	maxAttributes = 64
	// maxNamespaces bounds the declarations in scope, since every name is
	// looked up among them.
	maxNamespaces = 256
	// maxName bounds a name, so that messages about names stay readable.
	maxName = 256
)

func (l Limits) withDefaults() Limits {
	fill := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
	}
	fill(&l.Bytes, DefaultBytes)
	fill(&l.Depth, DefaultDepth)
	fill(&l.Elements, DefaultElements)
	fill(&l.Text, DefaultText)
	return l
}
