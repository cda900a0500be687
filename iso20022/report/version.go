package report

import (
	"fmt"
	"regexp"
	"strconv"
)

// Messages that this package writes.
const (
	Pain002V03 = "pain.002.001.03"
	Pain002V10 = "pain.002.001.10"
	Pain002V12 = "pain.002.001.12"
	Pacs002V10 = "pacs.002.001.10"
	Pacs002V12 = "pacs.002.001.12"
	Camt053V08 = "camt.053.001.08"
	Camt054V08 = "camt.054.001.08"
	Admi002V01 = "admi.002.001.01"
)

// generation is what differs between the messages of 2009 and those from 2019 on.
type generation int

const (
	generation2009 generation = iota + 1
	generation2019
)

func generationOf(message string) generation {
	if message == Pain002V03 {
		return generation2009
	}
	return generation2019
}

type answerFrom struct {
	version int // the first version of the original that gets this answer
	message string
}

// answers pairs originals with their answer. ISO publishes both in yearly
// releases (pain.001.001.03 with pain.002.001.03 in 2009, .09 with .10 in 2019,
// .11 with .12 in 2021). Where the pair itself is not written here, the answer is
// the next later one: it can say everything that the original's own release could.
var answers = map[string][]answerFrom{
	"pain.001": {{3, Pain002V03}, {4, Pain002V10}, {10, Pain002V12}},
	"pain.008": {{2, Pain002V03}, {3, Pain002V10}, {9, Pain002V12}},
	"pacs.004": {{1, Pacs002V10}, {10, Pacs002V12}},
	"pacs.008": {{1, Pacs002V10}, {9, Pacs002V12}},
	"pacs.009": {{1, Pacs002V10}, {9, Pacs002V12}},
}

var messageName = regexp.MustCompile(`^((?:pain|pacs)\.[0-9]{3})\.001\.([0-9]{2})$`)

// AnswerTo returns the name of the status report that answers a message, such as
// pain.002.001.10 for pain.001.001.09.
func AnswerTo(original string) (string, error) {
	answer := ""
	if m := messageName.FindStringSubmatch(original); m != nil {
		version, _ := strconv.Atoi(m[2]) // two digits by the pattern
		for _, a := range answers[m[1]] {
			if version >= a.version {
				answer = a.message
			}
		}
	}
	if answer == "" {
		return "", fmt.Errorf("%w: %q", ErrNoAnswer, original)
	}
	return answer, nil
}
