package network

import (
	"fmt"
	"strings"
)

// maxProblemsShown keeps the refusal of a badly broken file readable.
const maxProblemsShown = 20

// Problems is everything that is wrong with a network file, each with its path in the file.
type Problems []string

func (p Problems) Error() string {
	if len(p) == 1 {
		return "network file: " + p[0]
	}
	shown := p[:min(len(p), maxProblemsShown)]
	text := fmt.Sprintf("network file: %d problems\n  %s", len(p), strings.Join(shown, "\n  "))
	if hidden := len(p) - len(shown); hidden > 0 {
		text += fmt.Sprintf("\n  and %d more", hidden)
	}
	return text
}

func (p *Problems) add(path, why string) {
	if path == "" {
		path = "the file"
	}
	*p = append(*p, path+": "+why)
}
