package privacy

import (
	"encoding/json"
	"fmt"
)

// What follows reads JSON that is known to be valid: it has no errors of its own but too deep nesting.

// peek skips white space and returns the next byte.
func (m *masker) peek() byte {
	for {
		switch c := m.in[m.at]; c {
		case ' ', '\t', '\r', '\n':
			m.at++
		default:
			return c
		}
	}
}

// members reads an object: it calls one after each name, which must read the value, and last before the end.
// It writes the braces.
func (m *masker) members(depth int, one func(name string) error, last func()) error {
	if depth > depthMax {
		return fmt.Errorf("%w: nested more than %d deep", errJSON, depthMax)
	}
	m.at++
	m.out = append(m.out, '{')
	for m.peek() != '}' {
		if m.in[m.at] == ',' {
			m.at++
			m.peek()
		}
		name := m.name()
		m.peek()
		m.at++ // the colon
		if err := one(name); err != nil {
			return err
		}
	}
	m.at++
	last()
	m.out = append(m.out, '}')
	return nil
}

// elements reads a list: it calls one for each element, which must read and write it.
func (m *masker) elements(depth int, one func() error) error {
	if depth > depthMax {
		return fmt.Errorf("%w: nested more than %d deep", errJSON, depthMax)
	}
	m.at++
	m.out = append(m.out, '[')
	for m.peek() != ']' {
		if m.in[m.at] == ',' {
			m.at++
			m.out = append(m.out, ',')
		}
		if err := one(); err != nil {
			return err
		}
	}
	m.at++
	m.out = append(m.out, ']')
	return nil
}

// name reads a member's name.
func (m *masker) name() string {
	start := m.at
	m.skipString()
	raw := m.in[start:m.at]
	for _, c := range raw {
		if c == '\\' {
			var name string
			_ = json.Unmarshal(raw, &name) // valid, as all of it
			return name
		}
	}
	return string(raw[1 : len(raw)-1])
}

// member writes a member's name.
func (m *masker) member(name string, members *int) {
	m.comma(members)
	if isPlain(name) {
		m.out = append(append(append(m.out, '"'), name...), '"', ':')
		return
	}
	quoted, _ := json.Marshal(name) // a text always has a form
	m.out = append(append(m.out, quoted...), ':')
}

// isPlain says whether a name stands in JSON as it is, as those of fields do.
func isPlain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func (m *masker) comma(members *int) {
	if *members > 0 {
		m.out = append(m.out, ',')
	}
	*members++
}

// null copies a value that stands for no message. Another one has no plan.
func (m *masker) null() error {
	if m.peek() != 'n' {
		return errJSON
	}
	m.copyValue()
	return nil
}

func (m *masker) copyValue() {
	m.peek()
	start := m.at
	m.skipValue()
	m.out = append(m.out, m.in[start:m.at]...)
}

// skipValue moves behind the next value.
func (m *masker) skipValue() {
	switch m.peek() {
	case '"':
		m.skipString()
	case '{', '[':
		m.skipNested()
	default:
		for m.at < len(m.in) && !isEnd(m.in[m.at]) {
			m.at++
		}
	}
}

func (m *masker) skipNested() {
	open := 0
	for {
		switch m.in[m.at] {
		case '"':
			m.skipString()
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		m.at++
		if open == 0 {
			return
		}
	}
}

func (m *masker) skipString() {
	for m.at++; m.in[m.at] != '"'; m.at++ {
		if m.in[m.at] == '\\' {
			m.at++
		}
	}
	m.at++
}

func isEnd(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}
