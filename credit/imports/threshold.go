package imports

import (
	"math"
	"math/big"

	"github.com/zhilian-network/zhilian/x/credit/engine"
)

// firstRight is the smallest integer n such that the decimal number n/10^decimals goes right at the threshold.
//
// Values are rounded to the nearest floating-point number before they are compared, half to even. So the numbers
// that go left are those nearer to the last float that does than to the first that does not.
func (c Compare) firstRight(threshold float64, decimals uint32) int64 {
	last, first, lastEven := c.neighbours(threshold)
	if math.IsInf(last, 0) || math.IsInf(first, 0) {
		return atBound(threshold)
	}
	middle := new(big.Rat).Add(new(big.Rat).SetFloat64(last), new(big.Rat).SetFloat64(first))
	middle.Quo(middle, big.NewRat(2, 1))
	middle.Mul(middle, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
	floor, rest := new(big.Int).DivMod(middle.Num(), middle.Denom(), new(big.Int))
	if rest.Sign() != 0 || lastEven {
		floor.Add(floor, big.NewInt(1))
	}
	if !floor.IsInt64() || floor.Int64() > engine.MaxMagnitude || floor.Int64() < -engine.MaxMagnitude {
		return atBound(threshold)
	}
	return floor.Int64()
}

func atBound(threshold float64) int64 {
	if threshold < 0 {
		return -engine.MaxMagnitude
	}
	return engine.MaxMagnitude
}

// neighbours are the last float that goes left and the first that goes right, and whether the last has an even
// significand, so that a number half way between them is rounded to it.
func (c Compare) neighbours(threshold float64) (last, first float64, lastEven bool) {
	switch c {
	case BelowAsSingle:
		single := float32(threshold)
		before := math.Nextafter32(single, float32(math.Inf(-1)))
		return float64(before), float64(single), math.Float32bits(before)%2 == 0
	case AtMostAsSingle:
		single := float32(threshold)
		if float64(single) > threshold {
			single = math.Nextafter32(single, float32(math.Inf(-1)))
		}
		return float64(single), float64(math.Nextafter32(single, float32(math.Inf(1)))), math.Float32bits(single)%2 == 0
	default:
		return threshold, math.Nextafter(threshold, math.Inf(1)), math.Float64bits(threshold)%2 == 0
	}
}
