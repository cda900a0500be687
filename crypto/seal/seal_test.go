package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	errorsmod "cosmossdk.io/errors"
	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

var (
	suites  = []seal.Suite{seal.MLKEM768X25519, seal.SM2}
	ciphers = []seal.Cipher{seal.AES256GCM, seal.SM4GCM}

	strict = seal.Limits{MaxContent: 1000, MinKeys: 1, MaxKeys: 8}
)

func newKey(t testing.TB, suite seal.Suite) seal.PrivateKey {
	t.Helper()
	key, err := seal.GenerateKey(suite)
	require.NoError(t, err)
	return key
}

func publics(keys ...seal.PrivateKey) []seal.PublicKey {
	out := make([]seal.PublicKey, len(keys))
	for i, key := range keys {
		out[i] = key.Public()
	}
	return out
}

func mustSeal(t testing.TB, content, binding string, c seal.Cipher, keys ...seal.PrivateKey) seal.Envelope {
	t.Helper()
	e, err := seal.Seal([]byte(content), []byte(binding), c, publics(keys...))
	require.NoError(t, err)
	return e
}

// copyOf is a deep copy, through the bytes that go over the wire.
func copyOf(t testing.TB, e seal.Envelope) seal.Envelope {
	t.Helper()
	raw, err := e.Marshal()
	require.NoError(t, err)
	var out seal.Envelope
	require.NoError(t, out.Unmarshal(raw))
	return out
}

// requireRefused checks the error and that it keeps its code on the ledger.
func requireRefused(t testing.TB, want *errorsmod.Error, err error, note ...any) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%v: want %q, got %v", note, want, err)
	}
	space, code, _ := errorsmod.ABCIInfo(err, false)
	require.Equal(t, seal.Codespace, space, note...)
	require.Equal(t, want.ABCICode(), code, note...)
}

func TestEveryReaderOpensWhatWasSealed(t *testing.T) {
	a, b, c, d := newKey(t, suites[0]), newKey(t, suites[1]), newKey(t, suites[0]), newKey(t, suites[1])
	for _, readers := range [][]seal.PrivateKey{{a}, {b}, {a, b, c, d}} {
		for _, cipher := range ciphers {
			for _, size := range []int{0, 1, 31, 32, 33, 1000} {
				content := strings.Repeat("直", size)[:size]
				e := copyOf(t, mustSeal(t, content, "record 7", cipher, readers...))
				require.NoError(t, e.ValidateBasic(strict))
				require.Len(t, e.Ciphertext, size+60)
				for _, reader := range readers {
					opened, err := seal.Open(reader, e, []byte("record 7"))
					require.NoError(t, err)
					require.Equal(t, content, string(opened))
				}
				_, err := seal.Open(newKey(t, seal.SM2), e, []byte("record 7"))
				requireRefused(t, seal.ErrNotReader, err)
			}
		}
	}
}

func TestSealedKeysHaveTheirDocumentedSize(t *testing.T) {
	require.Equal(t, 1168, seal.HybridSealedSize)
	require.Equal(t, 161, seal.SM2SealedSize)
	for suite, sizes := range map[seal.Suite][2]int{seal.MLKEM768X25519: {1216, 1168}, seal.SM2: {65, 161}} {
		// SM2's numbers may begin with zero bytes; a variable encoding shows after some tries.
		for range 300 {
			key := newKey(t, suite)
			require.Len(t, key.Public().Key, sizes[0])
			require.Len(t, key.Bytes(), 32)
			if suite == seal.SM2 {
				e := mustSeal(t, "x", "", seal.SM4GCM, key)
				require.Len(t, e.Keys[0].Sealed, sizes[1])
				require.Equal(t, seal.SM2, e.Keys[0].Suite())
			}
		}
	}
}

func TestSealingTwiceShowsNothingInCommon(t *testing.T) {
	key := newKey(t, seal.SM2)
	a, b := mustSeal(t, "same", "same", seal.SM4GCM, key), mustSeal(t, "same", "same", seal.SM4GCM, key)
	require.NotEqual(t, a.Digest, b.Digest)
	require.NotEqual(t, a.Ciphertext[:12], b.Ciphertext[:12])
	require.NotEqual(t, a.Ciphertext[12:], b.Ciphertext[12:])
	require.NotEqual(t, a.Keys[0].Sealed, b.Keys[0].Sealed)
}

// Each byte of an envelope is altered in two ways and its one reader told what is wrong.
func TestEveryAlteredByteIsRefused(t *testing.T) {
	for _, suite := range suites {
		for _, cipher := range ciphers {
			t.Run(fmt.Sprint(suite, cipher), func(t *testing.T) {
				key := newKey(t, suite)
				whole := mustSeal(t, "to 王芳", "record 7", cipher, key)
				fields := []struct {
					name string
					of   func(*seal.Envelope) []byte
					want *errorsmod.Error
				}{
					{"digest", func(e *seal.Envelope) []byte { return e.Digest }, seal.ErrBroken},
					{"ciphertext", func(e *seal.Envelope) []byte { return e.Ciphertext }, seal.ErrBroken},
					{"key id", func(e *seal.Envelope) []byte { return e.Keys[0].KeyId }, seal.ErrNotReader},
					{"sealed", func(e *seal.Envelope) []byte { return e.Keys[0].Sealed }, seal.ErrBroken},
				}
				for _, field := range fields {
					for i := range field.of(&whole) {
						for _, mask := range []byte{0x01, 0x80} {
							e := copyOf(t, whole)
							field.of(&e)[i] ^= mask
							want := field.want
							if suite == seal.SM2 && field.name == "sealed" && i == 0 {
								want = seal.ErrInvalidEnvelope // the mark of an uncompressed point
							}
							_, err := seal.Open(key, e, []byte("record 7"))
							requireRefused(t, want, err, field.name, i)
						}
					}
				}
				for other := seal.Cipher(-1); other < 5; other++ {
					e := copyOf(t, whole)
					if e.Cipher = other; other == cipher {
						continue
					}
					_, err := seal.Open(key, e, []byte("record 7"))
					if other == seal.AES256GCM || other == seal.SM4GCM {
						requireRefused(t, seal.ErrBroken, err)
					} else {
						requireRefused(t, seal.ErrInvalidCipher, err)
					}
				}
			})
		}
	}
}

func TestAnotherBindingIsRefused(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		e := mustSeal(t, "content", "record 7", seal.AES256GCM, key)
		for _, binding := range []string{"", "record 8", "record 7\x00", "record ", "7"} {
			_, err := seal.Open(key, e, []byte(binding))
			requireRefused(t, seal.ErrBroken, err, binding)
		}
	}
}

func TestSealedKeysCannotBeMoved(t *testing.T) {
	for _, suite := range suites {
		key, second := newKey(t, suite), newKey(t, suite)
		binding := []byte("record 7")
		a := mustSeal(t, "content", "record 7", seal.AES256GCM, key, second)
		b := mustSeal(t, "content", "record 7", seal.AES256GCM, key, second)
		a.Keys = b.Keys
		_, err := seal.Open(key, a, binding)
		requireRefused(t, seal.ErrBroken, err, "from another envelope")

		swapped := copyOf(t, b)
		swapped.Keys[0].Sealed, swapped.Keys[1].Sealed = swapped.Keys[1].Sealed, swapped.Keys[0].Sealed
		_, err = seal.Open(key, swapped, binding)
		requireRefused(t, seal.ErrBroken, err, "from another reader")

		group, err := seal.NewRoot().Group(publics(key), binding, 1)
		require.NoError(t, err)
		keys, err := group.Keys()
		require.NoError(t, err)
		b.Keys = keys.Keys
		_, err = seal.Open(key, b, binding)
		requireRefused(t, seal.ErrBroken, err, "from a group")
	}
}

func TestASealedKeyOfAnotherSuiteIsRefused(t *testing.T) {
	hybrid, sm2 := newKey(t, seal.MLKEM768X25519), newKey(t, seal.SM2)
	e := mustSeal(t, "content", "", seal.AES256GCM, hybrid)
	e.Keys[0].Sealed = mustSeal(t, "content", "", seal.AES256GCM, sm2).Keys[0].Sealed
	_, err := seal.Open(hybrid, e, nil)
	requireRefused(t, seal.ErrBroken, err)
}

func TestReadersAreCheckedBeforeSealing(t *testing.T) {
	key := newKey(t, seal.SM2)
	many := make([]seal.PublicKey, 33)
	for i := range many {
		many[i] = newKey(t, seal.SM2).Public()
	}
	broken := key.Public()
	broken.Key[40] ^= 1
	tests := []struct {
		name    string
		readers []seal.PublicKey
		want    *errorsmod.Error
	}{
		{"none", nil, seal.ErrInvalidReaders},
		{"33", many, seal.ErrInvalidReaders},
		{"one twice", publics(key, key), seal.ErrInvalidReaders},
		{"one invalid", []seal.PublicKey{many[0], broken}, seal.ErrInvalidKey},
		{"empty", []seal.PublicKey{{}}, seal.ErrInvalidKey},
	}
	for _, test := range tests {
		_, err := seal.Seal([]byte("x"), nil, seal.AES256GCM, test.readers)
		requireRefused(t, test.want, err, test.name)
		_, _, err = seal.SealTo(&bytes.Buffer{}, strings.NewReader("x"), nil, seal.AES256GCM, test.readers)
		requireRefused(t, test.want, err, test.name)
		_, err = seal.NewRoot().Group(test.readers, nil, 1)
		requireRefused(t, test.want, err, test.name)
	}
	e, err := seal.Seal([]byte("x"), nil, seal.AES256GCM, many[:32])
	require.NoError(t, err)
	require.NoError(t, e.ValidateBasic(seal.Limits{MaxContent: 1, MaxKeys: 100}))
}

func TestSealRefusesUnknownCiphersAndLargeContent(t *testing.T) {
	key := newKey(t, seal.SM2)
	_, err := seal.Seal(nil, nil, 3, publics(key))
	requireRefused(t, seal.ErrInvalidCipher, err)
	_, err = seal.Seal(make([]byte, seal.MaxInline+1), nil, seal.AES256GCM, publics(key))
	requireRefused(t, seal.ErrTooLarge, err)
	e, err := seal.Seal(make([]byte, seal.MaxInline), nil, seal.AES256GCM, publics(key))
	require.NoError(t, err)
	_, err = seal.Open(key, e, nil)
	require.NoError(t, err)
	_, err = seal.Open(seal.PrivateKey{}, e, nil)
	requireRefused(t, seal.ErrInvalidKey, err)
}

func TestAReaderSharesWithAnother(t *testing.T) {
	for _, from := range suites {
		for _, to := range suites {
			owner, friend := newKey(t, from), newKey(t, to)
			e := mustSeal(t, "content", "record 7", seal.SM4GCM, owner)
			key, err := seal.Reseal(owner, e, []byte("record 7"), friend.Public())
			require.NoError(t, err)
			before := copyOf(t, e)
			shared := e
			shared.Keys, err = seal.InsertKey(e.Keys, key)
			require.NoError(t, err)
			require.Equal(t, before, e, "the envelope that was given is not changed")
			require.NoError(t, shared.ValidateBasic(strict))
			for _, reader := range []seal.PrivateKey{owner, friend} {
				opened, err := seal.Open(reader, shared, []byte("record 7"))
				require.NoError(t, err)
				require.Equal(t, "content", string(opened))
			}
		}
	}
}

func TestSharingIsRefused(t *testing.T) {
	owner, friend := newKey(t, seal.SM2), newKey(t, seal.SM2)
	e := mustSeal(t, "content", "record 7", seal.AES256GCM, owner)
	altered := copyOf(t, e)
	altered.Ciphertext[50] ^= 1
	detached := copyOf(t, e)
	detached.Ciphertext = nil
	tests := []struct {
		name    string
		key     seal.PrivateKey
		e       seal.Envelope
		binding string
		reader  seal.PublicKey
		want    *errorsmod.Error
	}{
		{"by one who cannot read", friend, e, "record 7", friend.Public(), seal.ErrNotReader},
		{"for another record", owner, e, "record 8", friend.Public(), seal.ErrBroken},
		{"of what was altered", owner, altered, "record 7", friend.Public(), seal.ErrBroken},
		{"unseen", owner, detached, "record 7", friend.Public(), seal.ErrNoCiphertext},
		{"with no key", owner, e, "record 7", seal.PublicKey{}, seal.ErrInvalidKey},
	}
	for _, test := range tests {
		_, err := seal.Reseal(test.key, test.e, []byte(test.binding), test.reader)
		requireRefused(t, test.want, err, test.name)
	}
	_, err := seal.ResealDetached(owner, e, []byte("record 7"), friend.Public())
	requireRefused(t, seal.ErrInvalidEnvelope, err, "what can be checked must be checked")
}

func TestInsertKey(t *testing.T) {
	sealed := mustSeal(t, "x", "", seal.AES256GCM, newKey(t, seal.SM2)).Keys[0].Sealed
	key := func(first byte) seal.SealedKey {
		return seal.SealedKey{KeyId: append([]byte{first}, make([]byte, 31)...), Sealed: sealed}
	}
	var keys []seal.SealedKey
	var err error
	for _, first := range []byte{5, 1, 9, 5} {
		keys, err = seal.InsertKey(keys, key(first))
		require.NoError(t, err)
	}
	require.Equal(t, []seal.SealedKey{key(1), key(5), key(9)}, keys)
	for first := byte(10); first < 39; first++ {
		keys, err = seal.InsertKey(keys, key(first))
		require.NoError(t, err)
	}
	other := key(5)
	other.Sealed = append([]byte{4}, make([]byte, seal.SM2SealedSize-1)...)
	given := keys[:3:32]
	replaced, err := seal.InsertKey(given, other)
	require.NoError(t, err)
	require.Equal(t, []seal.SealedKey{key(1), other, key(9)}, replaced)
	inserted, err := seal.InsertKey(given, key(2))
	require.NoError(t, err)
	require.Equal(t, []seal.SealedKey{key(1), key(2), key(5), key(9)}, inserted)
	require.Equal(t, []seal.SealedKey{key(1), key(5), key(9), key(10)}, keys[:4], "what was given is not changed")
	_, err = seal.InsertKey(keys, key(0))
	requireRefused(t, seal.ErrInvalidEnvelope, err)
	_, err = seal.InsertKey(nil, seal.SealedKey{KeyId: []byte{1}, Sealed: sealed})
	requireRefused(t, seal.ErrInvalidEnvelope, err)
}

func TestADisclosedContentIsCheckedWithoutKeys(t *testing.T) {
	key := newKey(t, seal.SM2)
	e := mustSeal(t, "we owe 100", "record 7", seal.SM4GCM, key)
	opening, err := seal.Disclose(key, e, []byte("record 7"))
	require.NoError(t, err)
	require.NoError(t, seal.CheckOpening(e.Digest, opening))
	require.NoError(t, seal.CheckOpeningFrom(e.Digest, opening.Salt, strings.NewReader("we owe 100")))
	tests := []struct {
		name    string
		opening seal.Opening
	}{
		{"other content", seal.Opening{Salt: opening.Salt, Content: []byte("we owe 900")}},
		{"other salt", seal.Opening{Salt: make([]byte, 32), Content: opening.Content}},
		{"salt that takes a byte of content", seal.Opening{Salt: append(bytes.Clone(opening.Salt), 'w'), Content: opening.Content[1:]}},
		{"salt that gives a byte to content", seal.Opening{
			Salt: opening.Salt[:31], Content: append([]byte{opening.Salt[31]}, opening.Content...)}},
	}
	for _, test := range tests {
		requireRefused(t, seal.ErrDigest, seal.CheckOpening(e.Digest, test.opening), test.name)
		err := seal.CheckOpeningFrom(e.Digest, test.opening.Salt, bytes.NewReader(test.opening.Content))
		requireRefused(t, seal.ErrDigest, err, test.name)
	}
}

func TestEnvelopeForm(t *testing.T) {
	good := mustSeal(t, "content", "", seal.AES256GCM, newKey(t, seal.SM2), newKey(t, seal.MLKEM768X25519))
	tests := []struct {
		name  string
		alter func(*seal.Envelope, *seal.Limits)
		want  *errorsmod.Error
	}{
		{"no cipher", func(e *seal.Envelope, _ *seal.Limits) { e.Cipher = 0 }, seal.ErrInvalidCipher},
		{"unknown cipher", func(e *seal.Envelope, _ *seal.Limits) { e.Cipher = 3 }, seal.ErrInvalidCipher},
		{"no digest", func(e *seal.Envelope, _ *seal.Limits) { e.Digest = nil }, seal.ErrInvalidEnvelope},
		{"long digest", func(e *seal.Envelope, _ *seal.Limits) { e.Digest = make([]byte, 33) }, seal.ErrInvalidEnvelope},
		{"no ciphertext", func(e *seal.Envelope, _ *seal.Limits) { e.Ciphertext = nil }, seal.ErrInvalidEnvelope},
		{"short ciphertext", func(e *seal.Envelope, _ *seal.Limits) { e.Ciphertext = make([]byte, 59) }, seal.ErrInvalidEnvelope},
		{"ciphertext beyond the limit", func(_ *seal.Envelope, l *seal.Limits) { l.MaxContent = 6 }, seal.ErrTooLarge},
		{"ciphertext that should be outside", func(_ *seal.Envelope, l *seal.Limits) { l.Detached = true }, seal.ErrInvalidEnvelope},
		{"no keys", func(e *seal.Envelope, _ *seal.Limits) { e.Keys = nil }, seal.ErrInvalidEnvelope},
		{"too few keys", func(_ *seal.Envelope, l *seal.Limits) { l.MinKeys = 3 }, seal.ErrInvalidEnvelope},
		{"too many keys", func(_ *seal.Envelope, l *seal.Limits) { l.MaxKeys = 1 }, seal.ErrInvalidEnvelope},
		{"33 keys, whatever the limit", func(e *seal.Envelope, l *seal.Limits) {
			for l.MaxKeys = 99; len(e.Keys) < 33; {
				next := seal.SealedKey{KeyId: append(bytes.Repeat([]byte{0xff}, 31), byte(len(e.Keys))), Sealed: e.Keys[0].Sealed}
				e.Keys = append(e.Keys, next)
			}
		}, seal.ErrInvalidEnvelope},
		{"short key id", func(e *seal.Envelope, _ *seal.Limits) { e.Keys[0].KeyId = make([]byte, 31) }, seal.ErrInvalidEnvelope},
		{"short sealed key", func(e *seal.Envelope, _ *seal.Limits) { e.Keys[0].Sealed = e.Keys[0].Sealed[1:] }, seal.ErrInvalidEnvelope},
		{"empty sealed key", func(e *seal.Envelope, _ *seal.Limits) { e.Keys[1].Sealed = nil }, seal.ErrInvalidEnvelope},
		{"compressed SM2 point", func(e *seal.Envelope, _ *seal.Limits) {
			e.Keys[0].Sealed = append([]byte{2}, make([]byte, seal.SM2SealedSize-1)...)
		}, seal.ErrInvalidEnvelope},
		{"keys out of order", func(e *seal.Envelope, _ *seal.Limits) {
			e.Keys[0], e.Keys[1] = e.Keys[1], e.Keys[0]
		}, seal.ErrInvalidEnvelope},
		{"one key twice", func(e *seal.Envelope, _ *seal.Limits) { e.Keys[1] = e.Keys[0] }, seal.ErrInvalidEnvelope},
	}
	limits := seal.Limits{MaxContent: 7, MinKeys: 1, MaxKeys: 2}
	require.NoError(t, good.ValidateBasic(limits))
	for _, test := range tests {
		e, l := copyOf(t, good), limits
		test.alter(&e, &l)
		requireRefused(t, test.want, e.ValidateBasic(l), test.name)
	}
	detached := copyOf(t, good)
	detached.Ciphertext = nil
	require.NoError(t, detached.ValidateBasic(seal.Limits{MinKeys: 1, MaxKeys: 2, Detached: true}))
}

func TestOneKeyServesManyAtOnce(t *testing.T) {
	for _, suite := range suites {
		key := newKey(t, suite)
		e := mustSeal(t, "content", "", seal.SM4GCM, key)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = seal.Open(key, e, nil) })
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
	}
}

var update = flag.Bool("update", false, "write the golden files anew: breaks what was sealed before")

type golden struct {
	Suite    seal.Suite
	Key      []byte
	Envelope []byte
	Detached []byte
	File     []byte
	Group    seal.GroupKeys
	Item     []byte
}

// What was sealed once must open for ever: these files were written by the first version.
func TestWhatWasSealedBeforeStillOpens(t *testing.T) {
	for _, suite := range suites {
		for _, cipher := range ciphers {
			path := filepath.Join("testdata", fmt.Sprintf("v1_%s_%s.json", suite, cipher))
			if *update {
				writeGolden(t, path, suite, cipher)
			}
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			var g golden
			require.NoError(t, json.Unmarshal(raw, &g))
			key, err := seal.ParsePrivateKey(g.Suite, g.Key)
			require.NoError(t, err)

			var e, detached, item seal.Envelope
			require.NoError(t, e.Unmarshal(g.Envelope))
			require.NoError(t, detached.Unmarshal(g.Detached))
			require.NoError(t, item.Unmarshal(g.Item))
			opened, err := seal.Open(key, e, []byte("binding"))
			require.NoError(t, err)
			require.Equal(t, "inline", string(opened))
			var out bytes.Buffer
			_, err = seal.OpenTo(&out, bytes.NewReader(g.File), key, detached, []byte("binding"))
			require.NoError(t, err)
			require.Equal(t, "detached", out.String())
			group, err := seal.OpenGroup(key, g.Group, []byte("batch"))
			require.NoError(t, err)
			opened, err = group.Open(item, []byte("item"))
			require.NoError(t, err)
			require.Equal(t, "grouped", string(opened))
		}
	}
}

func writeGolden(t *testing.T, path string, suite seal.Suite, cipher seal.Cipher) {
	key := newKey(t, suite)
	g := golden{Suite: suite, Key: key.Bytes()}
	e := mustSeal(t, "inline", "binding", cipher, key)
	var file bytes.Buffer
	detached, _, err := seal.SealTo(&file, strings.NewReader("detached"), []byte("binding"), cipher, publics(key))
	require.NoError(t, err)
	group, err := seal.NewRoot().Group(publics(key), []byte("batch"), 1)
	require.NoError(t, err)
	item, err := seal.Seal([]byte("grouped"), []byte("item"), cipher, nil, group)
	require.NoError(t, err)
	g.File = file.Bytes()
	g.Group, err = group.Keys()
	require.NoError(t, err)
	for out, in := range map[*[]byte]seal.Envelope{&g.Envelope: e, &g.Detached: detached, &g.Item: item} {
		*out, err = in.Marshal()
		require.NoError(t, err)
	}
	raw, err := json.MarshalIndent(g, "", " ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(raw, '\n'), 0o644))
}
