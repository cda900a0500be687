package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// story is something that a demonstration tells on a network of its own.
type story struct {
	name, short string
	tell        func(ctx context.Context, options Options, s *steps) error
}

// stories in the order in which they are offered; the first is the default.
var stories = []story{
	{"payments", "payment files settle between the banks and customers that they name", tellPayments},
	{"access", "two persons for a large payment, text that only its readers see, consents, a trail, erasure", tellAccess},
	{"finance", "a rating with reasons, a confirmed receivable, sealed bids, a loan that the receivable repays", tellFinance},
	{"dispute", "a supplier paid twice and a wrong rating: cases, a panel, an appeal, and remedies that execute themselves", tellDispute},
}

// DefaultStory is told if none is named. It alone takes files.
const DefaultStory = "payments"

// ErrUnknownStory says that nobody knows the story.
var ErrUnknownStory = errors.New("unknown story")

func find(name string) (story, error) {
	if name == "" {
		name = DefaultStory
	}
	for _, s := range stories {
		if s.name == name {
			return s, nil
		}
	}
	return story{}, fmt.Errorf("%w %q; there are %s", ErrUnknownStory, name, strings.Join(Stories(), ", "))
}

// Stories are the names of all stories.
func Stories() []string {
	names := make([]string, len(stories))
	for i, s := range stories {
		names[i] = s.name
	}
	return names
}

// DescribeStories is a line for each story, for a command's help.
func DescribeStories() string {
	var text strings.Builder
	for _, s := range stories {
		fmt.Fprintf(&text, "  %-10s %s\n", s.name, s.short)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
