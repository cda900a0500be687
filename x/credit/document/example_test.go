package document_test

import (
	"fmt"
	"os"

	"github.com/zhilian-network/zhilian/x/credit/document"
)

// A program that rates needs a model file and one integer for each input.
func ExampleRead() {
	text, err := os.ReadFile("testdata/example.model.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, rater, err := document.Read(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	row := make([]int64, len(rater.Model().Inputs))
	for i, text := range []string{"600.00", "200.00", "B"} {
		if row[i], err = rater.Model().Inputs[i].Parse(text); err != nil {
			fmt.Println(err)
			return
		}
	}
	rating, err := rater.Rate(row)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rating.Score, rating.PDPpm, rater.Scale().Grades[rating.Grade].Name, rating.Reasons)
	// Output: -1999940 119209 CCC [{leverage 100}]
}
