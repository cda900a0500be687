package engine

import (
	"math"
	"strconv"
	"strings"

	"github.com/zhilian-network/zhilian/x/credit/types"
)

const innerLength = 6

// MarshalJSON writes a node as an array of integers: a tree of objects would be four times as long.
func (n Node) MarshalJSON() ([]byte, error) {
	numbers := []int64{int64(n.Value)}
	if !n.Leaf {
		numbers = []int64{n.Feature, n.Threshold, n.Left, n.Right, int64(n.Missing), int64(n.Value)}
	}
	text := []byte{'['}
	for i, number := range numbers {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, number, 10)
	}
	return append(text, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Node) UnmarshalJSON(text []byte) error {
	inside, opened := strings.CutPrefix(string(text), "[")
	inside, closed := strings.CutSuffix(inside, "]")
	parts := strings.SplitN(inside, ",", innerLength+1)
	if !opened || !closed || (len(parts) != 1 && len(parts) != innerLength) {
		return types.ErrModelForm.Wrapf("a node is [value] or [feature, threshold, left, right, missing, value], not %.60q", text)
	}
	numbers := make([]int64, len(parts))
	for i, part := range parts {
		var err error
		if numbers[i], err = strconv.ParseInt(strings.TrimSpace(part), 10, 64); err != nil {
			return types.ErrModelForm.Wrapf("node %.60q: %.30q is not an integer of 64 bits", text, part)
		}
	}
	value := numbers[len(numbers)-1]
	if value < math.MinInt32 || value > math.MaxInt32 {
		return types.ErrScoreOverflow.Wrapf("node value %d is not an integer of 32 bits", value)
	}
	*n = Node{Leaf: len(numbers) == 1, Value: int32(value)}
	if !n.Leaf {
		n.Feature, n.Threshold, n.Left, n.Right, n.Missing = numbers[0], numbers[1], numbers[2], numbers[3], Side(numbers[4])
	}
	return nil
}
