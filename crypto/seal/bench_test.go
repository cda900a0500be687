package seal_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/zhilian-network/zhilian/crypto/seal"
)

func BenchmarkSeal(b *testing.B) {
	content := pattern(300) // a payment's details
	for _, suite := range suites {
		for _, n := range []int{1, 4} {
			readers := make([]seal.PublicKey, n)
			for i := range readers {
				readers[i] = newKey(b, suite).Public()
			}
			b.Run(fmt.Sprintf("%s/readers=%d", suite, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := seal.Seal(content, nil, seal.AES256GCM, readers); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, suite := range suites {
		key := newKey(b, suite)
		e := mustSeal(b, string(pattern(300)), "", seal.AES256GCM, key)
		b.Run(suite.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := seal.Open(key, e, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a batch costs for each item: without readers of its own, and with a payee and the payee's bank.
func BenchmarkGroupItem(b *testing.B) {
	group, err := seal.NewRoot().Group(publics(newKey(b, seal.SM2)), nil, 1)
	require.NoError(b, err)
	content := pattern(300)
	for _, cipher := range ciphers {
		b.Run("seal/"+cipher.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := seal.Seal(content, nil, cipher, nil, group); err != nil {
					b.Fatal(err)
				}
			}
		})
		item, err := seal.Seal(content, nil, cipher, nil, group)
		require.NoError(b, err)
		b.Run("open/"+cipher.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := group.Open(item, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGroupItemWithReaders(b *testing.B) {
	group, err := seal.NewRoot().Group(publics(newKey(b, seal.SM2)), nil, 1)
	require.NoError(b, err)
	content := pattern(300)
	for _, suite := range suites {
		readers := publics(newKey(b, suite), newKey(b, suite))
		b.Run(suite.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := seal.Seal(content, nil, seal.AES256GCM, readers, group); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What consensus pays.
func BenchmarkValidate(b *testing.B) {
	for _, suite := range suites {
		key := newKey(b, suite).Public()
		b.Run("key/"+suite.String(), func(b *testing.B) {
			for b.Loop() {
				if err := key.Validate(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("id/"+suite.String(), func(b *testing.B) {
			for b.Loop() {
				key.ID()
			}
		})
	}
	keys := make([]seal.PrivateKey, seal.MaxReaders)
	for i := range keys {
		keys[i] = newKey(b, seal.SM2)
	}
	e := mustSeal(b, "content", "", seal.AES256GCM, keys...)
	b.Run("envelope/keys=32", func(b *testing.B) {
		for b.Loop() {
			if err := e.ValidateBasic(seal.Limits{MaxContent: 100, MaxKeys: 32}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFile(b *testing.B) {
	const size = 16 << 20
	key := newKey(b, seal.SM2)
	for _, cipher := range ciphers {
		b.Run("seal/"+cipher.String(), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				content := io.LimitReader(zeros{}, size)
				if _, _, err := seal.SealTo(io.Discard, content, nil, cipher, publics(key)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKeyfile(b *testing.B) {
	key := newKey(b, seal.SM2)
	for b.Loop() {
		if _, err := seal.EncryptKeyfile(key, []byte(passphrase)); err != nil {
			b.Fatal(err)
		}
	}
}
