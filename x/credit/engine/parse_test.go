package engine_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/x/credit/engine"
	"github.com/zhilian-network/zhilian/x/credit/types"
)

func TestWhatIsWrittenCanonicallyIsReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	models := []*engine.Model{small(), card()}
	for range 200 {
		models = append(models, randomModel(random))
	}
	for _, m := range models {
		read, err := engine.ParseModel(m.Canonical())
		require.NoError(t, err)
		require.Equal(t, m.Digest(), read.Digest())
		require.NoError(t, read.Validate())
		c := calibrationOf(m)
		calibration, err := engine.ParseCalibration(c.Canonical())
		require.NoError(t, err)
		require.Equal(t, c, calibration)
	}
	scale, _ := engine.DefaultScale(24)
	read, err := engine.ParseScale(scale.Canonical())
	require.NoError(t, err)
	require.Equal(t, scale, read)
}

// A row is rated to the same bits by the model and by what was read of its bytes.
func TestAModelThatWasReadRatesAsItsOriginal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		m := randomModel(random)
		read, err := engine.ParseModel(m.Canonical())
		require.NoError(t, err)
		original, copied := compile(t, m), compile(t, read)
		for range 20 {
			row := make([]int64, len(m.Inputs))
			for i, input := range m.Inputs {
				row[i] = random.Int64N(2_000) - 1_000
				if len(input.Codes) > 0 {
					row[i] = random.Int64N(int64(len(input.Codes)))
				}
			}
			want, wantErr := original.Rate(row)
			got, gotErr := copied.Rate(row)
			require.Equal(t, wantErr == nil, gotErr == nil)
			require.Equal(t, want, got)
		}
	}
}

func TestCanonicalBytesThatAreNotAsTheyAreWritten(t *testing.T) {
	whole := small().Canonical()
	for n := range whole {
		_, err := engine.ParseModel(whole[:n])
		require.ErrorIs(t, err, types.ErrModelForm, "cut after %d bytes", n)
	}
	_, err := engine.ParseModel(append(bytes.Clone(whole), 0))
	require.ErrorIs(t, err, types.ErrModelForm, "a byte too many")
	_, err = engine.ParseModel(make([]byte, engine.MaxCanonical+1))
	require.ErrorIs(t, err, types.ErrModelTooLarge)
	// The version, 1, written with two bytes: the same number, another text.
	at := bytes.Index(whole, []byte("small")) + len("small")
	padded := append(append(bytes.Clone(whole[:at]), 0x81, 0x00), whole[at+1:]...)
	_, err = engine.ParseModel(padded)
	require.ErrorIs(t, err, types.ErrModelForm)
	_, err = engine.ParseScale(whole)
	require.ErrorIs(t, err, types.ErrModelForm, "a model is no scale")
	_, err = engine.ParseCalibration(whole)
	require.ErrorIs(t, err, types.ErrModelForm, "a model is no calibration")
}

// Whatever bytes come: no panic, no large allocation, and what is taken is written the same again.
func FuzzParseModel(f *testing.F) {
	f.Add(small().Canonical())
	f.Add(card().Canonical())
	f.Fuzz(func(t *testing.T, given []byte) {
		m, err := engine.ParseModel(given)
		if err != nil {
			return
		}
		require.Equal(t, given, m.Canonical())
		if m.Validate() == nil {
			compile(t, m)
		}
	})
}
