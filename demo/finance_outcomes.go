package demo

import (
	"fmt"
	"math/rand"
	"strings"
)

// smeOutcomes are made-up firms of past years with what became of them: a table to test the story's model on. The
// firms of a seed are the same on every machine.
func smeOutcomes(seed int64, firms int) []byte {
	random := rand.New(rand.NewSource(seed)) //nolint:gosec // figures of a story, not secrets
	var table strings.Builder
	table.WriteString("row_id,debt,equity,sales,profit,tax_days_late,power_growth_pct,bad\n")
	for i := range firms {
		// trouble is what nobody sees, from 0 to 99: the columns show it through noise, and it decides.
		trouble := random.Intn(100)
		noisy := func(spread int) int { return trouble + random.Intn(2*spread+1) - spread }
		bad := 0
		if random.Intn(100*100*100) < trouble*trouble*trouble/3 {
			bad = 1
		}
		const assets, sales = 5_000_000, 12_000_000
		debt := assets * min(max(20+noisy(15)*7/10, 1), 99) / 100
		profit := sales * (14 - noisy(15)/6) / 100
		fmt.Fprintf(&table, "firm%04d,%d,%d,%d,%d,%d,%d,%d\n", i, debt, assets-debt, sales, profit,
			max(noisy(25)-50, 0), 25-noisy(20)/2, bad)
	}
	return []byte(table.String())
}
