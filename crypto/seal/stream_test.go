package seal_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

const chunk = 64 << 10

// pattern is content in which every chunk differs from every other.
func pattern(size int) []byte {
	out := make([]byte, size)
	for i := range out {
		out[i] = byte(i>>16) ^ byte(i>>8) ^ byte(i)
	}
	return out
}

func mustSealTo(t testing.TB, content []byte, c seal.Cipher, keys ...seal.PrivateKey) (seal.Envelope, seal.File, []byte) {
	t.Helper()
	var file bytes.Buffer
	e, f, err := seal.SealTo(&file, bytes.NewReader(content), []byte("record 7"), c, publics(keys...))
	require.NoError(t, err)
	return e, f, file.Bytes()
}

// oneByOne hands out a byte at a time, and the end together with the last byte.
type oneByOne struct{ rest []byte }

func (r *oneByOne) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	p[0] = r.rest[0]
	if r.rest = r.rest[1:]; len(r.rest) == 0 {
		return 1, io.EOF
	}
	return 1, nil
}

func TestFilesOfEverySizeOpen(t *testing.T) {
	a, b := newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)
	// The salt takes 32 bytes of the first chunk.
	for _, size := range []int{0, 1, chunk - 33, chunk - 32, chunk - 31, chunk, 2*chunk - 32, 2*chunk - 31, 5 * chunk} {
		for _, cipher := range ciphers {
			content := pattern(size)
			e, f, file := mustSealTo(t, content, cipher, a, b)
			chunks := max(1, (size+32+chunk-1)/chunk)
			require.Len(t, file, 8+32+size+16*chunks)
			require.NoError(t, e.ValidateBasic(seal.Limits{MinKeys: 2, MaxKeys: 2, Detached: true}))

			require.Equal(t, int64(len(file)), f.Size)
			sum := sha256.Sum256(file)
			require.Equal(t, sum[:], f.SHA256)
			require.NoError(t, seal.CheckFile(bytes.NewReader(file), f))

			for _, key := range []seal.PrivateKey{a, b} {
				var out bytes.Buffer
				salt, err := seal.OpenTo(&out, &oneByOne{file}, key, e, []byte("record 7"))
				require.NoError(t, err)
				require.True(t, bytes.Equal(content, out.Bytes()))
				require.NoError(t, seal.CheckOpening(e.Digest, seal.Opening{Salt: salt, Content: content}))
				require.NoError(t, seal.CheckOpeningFrom(e.Digest, salt, bytes.NewReader(content)))
			}
		}
	}
}

func TestAlteredFilesAreRefused(t *testing.T) {
	key := newKey(t, seal.SM2)
	whole := pattern(3*chunk + 100 - 32)
	e, f, file := mustSealTo(t, whole, seal.AES256GCM, key)
	const block = chunk + 16
	head := file[:8]
	part := func(i int) []byte { return file[8+i*block : min(8+(i+1)*block, len(file))] }
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{head}, parts...), nil) }
	flip := func(i int) []byte {
		out := bytes.Clone(file)
		out[i] ^= 1
		return out
	}
	_, _, other := mustSealTo(t, whole, seal.AES256GCM, key)

	tests := map[string][]byte{
		"empty":                       {},
		"only the head":               head,
		"cut in the head":             file[:7],
		"another version":             flip(7),
		"first byte":                  flip(8),
		"a byte in the middle":        flip(8 + block + 5),
		"the last byte":               flip(len(file) - 1),
		"last byte cut off":           file[:len(file)-1],
		"last chunk cut off":          join(part(0), part(1), part(2)),
		"cut in the middle":           file[:8+block+100],
		"only the first chunk":        join(part(0)),
		"first chunk left out":        join(part(1), part(2), part(3)),
		"a chunk left out":            join(part(0), part(2), part(3)),
		"two chunks swapped":          join(part(0), part(2), part(1), part(3)),
		"a chunk doubled":             join(part(0), part(1), part(1), part(2), part(3)),
		"the last chunk doubled":      join(part(0), part(1), part(2), part(3), part(3)),
		"a byte appended":             append(bytes.Clone(file), 0),
		"a chunk of another file":     join(part(0), other[8+block:8+2*block], part(2), part(3)),
		"another file of the content": other,
		"file after file":             append(bytes.Clone(file), file...),
	}
	for name, altered := range tests {
		_, err := seal.OpenTo(io.Discard, bytes.NewReader(altered), key, e, []byte("record 7"))
		requireRefused(t, seal.ErrBroken, err, name)
		requireRefused(t, seal.ErrBroken, seal.CheckFile(bytes.NewReader(altered), f), name)
	}
}

func TestFilesCutAtAChunkAreRefused(t *testing.T) {
	key := newKey(t, seal.SM2)
	e, _, file := mustSealTo(t, pattern(3*chunk-32), seal.SM4GCM, key) // the last chunk is full
	for n := range 3 {
		_, err := seal.OpenTo(io.Discard, bytes.NewReader(file[:8+n*(chunk+16)]), key, e, []byte("record 7"))
		requireRefused(t, seal.ErrBroken, err, n)
	}
}

func TestFilesOpenOnlyWithTheirEnvelope(t *testing.T) {
	key, stranger := newKey(t, seal.MLKEM768X25519), newKey(t, seal.MLKEM768X25519)
	e, _, file := mustSealTo(t, []byte("content"), seal.AES256GCM, key)
	open := func(key seal.PrivateKey, e seal.Envelope, binding string) error {
		var out bytes.Buffer
		_, err := seal.OpenTo(&out, bytes.NewReader(file), key, e, []byte(binding))
		require.Zero(t, out.Len(), "nothing is written before the key is known to belong here")
		return err
	}
	requireRefused(t, seal.ErrNotReader, open(stranger, e, "record 7"))
	requireRefused(t, seal.ErrBroken, open(key, e, "record 8"))
	other := copyOf(t, e)
	other.Cipher = seal.SM4GCM
	requireRefused(t, seal.ErrBroken, open(key, other, "record 7"))
	other = copyOf(t, e)
	other.Digest[0] ^= 1
	requireRefused(t, seal.ErrBroken, open(key, other, "record 7"))
	requireRefused(t, seal.ErrInvalidEnvelope, open(key, mustSeal(t, "x", "record 7", seal.AES256GCM, key), "record 7"))

	_, err := seal.Open(key, e, []byte("record 7"))
	requireRefused(t, seal.ErrNoCiphertext, err)

	sealed, err := seal.ResealDetached(key, e, []byte("record 7"), stranger.Public())
	require.NoError(t, err)
	e.Keys, err = seal.InsertKey(e.Keys, sealed)
	require.NoError(t, err)
	_, err = seal.OpenTo(io.Discard, bytes.NewReader(file), stranger, e, []byte("record 7"))
	require.NoError(t, err)
}

type failingWriter struct{ after int }

var errFull = errors.New("disk is full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFailedWriteIsAnError(t *testing.T) {
	key := newKey(t, seal.SM2)
	content := pattern(3 * chunk)
	e, _, file := mustSealTo(t, content, seal.AES256GCM, key)
	for _, after := range []int{0, 8, chunk, 2 * chunk} {
		_, _, err := seal.SealTo(&failingWriter{after}, bytes.NewReader(content), nil, seal.AES256GCM, publics(key))
		require.ErrorIs(t, err, errFull)
		_, err = seal.OpenTo(&failingWriter{after}, bytes.NewReader(file), key, e, []byte("record 7"))
		require.ErrorIs(t, err, errFull)
	}
}

// zeros is content without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	key := newKey(t, seal.SM2)
	run := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := seal.SealTo(io.Discard, io.LimitReader(zeros{}, size), nil, seal.AES256GCM, publics(key))
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	run(1)
	// A nonce of 12 bytes is allocated for each chunk; no buffers are.
	require.Less(t, run(64<<20), run(1<<20)+256<<10)
}

func TestContentBeyondTheLargestFileIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("seals a gigabyte")
	}
	key := newKey(t, seal.SM2)
	_, _, err := seal.SealTo(io.Discard, zeros{}, nil, seal.AES256GCM, publics(key))
	requireRefused(t, seal.ErrTooLarge, err)
	_, f, err := seal.SealTo(io.Discard, io.LimitReader(zeros{}, seal.MaxFile), nil, seal.AES256GCM, publics(key))
	require.NoError(t, err)
	require.Greater(t, f.Size, int64(seal.MaxFile))
}
