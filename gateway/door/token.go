package door

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

const (
	// TokenLifetime is how long a token opens the door.
	TokenLifetime = 15 * time.Minute
	// ChallengeLifetime is how long a challenge can be signed; a person may have to touch a device.
	ChallengeLifetime = 2 * time.Minute

	nonceBytes = 16
	macBytes   = sha256.Size
	// addressBytesMax bounds an address inside a sealed text; the SDK's own bound is 255.
	addressBytesMax = 255
)

// Kinds of sealed texts. One is never taken for the other: the kind is under the seal.
const (
	kindChallenge byte = 1
	kindToken     byte = 2
	kindNode      byte = 3
)

// sealed is what a challenge or a token says.
type sealed struct {
	kind    byte
	address []byte
	nonce   [nonceBytes]byte
	expires time.Time // whole seconds
}

// sealer makes texts that only it can make.
type sealer struct{ secret [32]byte }

func newSealer() (sealer, error) {
	var s sealer
	_, err := rand.Read(s.secret[:])
	return s, err
}

// seal lays out kind, expiry, nonce and address, and their HMAC-SHA256 behind them, in base64url.
func (s sealer) seal(what sealed) string {
	plain := make([]byte, 0, 1+8+nonceBytes+len(what.address)+macBytes)
	plain = append(plain, what.kind)
	plain = binary.BigEndian.AppendUint64(plain, uint64(what.expires.Unix()))
	plain = append(plain, what.nonce[:]...)
	plain = append(plain, what.address...)
	return base64.RawURLEncoding.EncodeToString(append(plain, s.mac(plain)...))
}

// open reads a text that this sealer made; ok is false for any other.
func (s sealer) open(kind byte, text string) (what sealed, ok bool) {
	const fixed = 1 + 8 + nonceBytes
	if len(text) > base64.RawURLEncoding.EncodedLen(fixed+addressBytesMax+macBytes) {
		return sealed{}, false
	}
	// Strict: otherwise one token has several spellings.
	bytes, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(bytes) <= fixed+macBytes {
		return sealed{}, false
	}
	plain, mac := bytes[:len(bytes)-macBytes], bytes[len(bytes)-macBytes:]
	if !hmac.Equal(mac, s.mac(plain)) || plain[0] != kind {
		return sealed{}, false
	}
	what = sealed{kind: kind, address: plain[fixed:]}
	what.expires = time.Unix(int64(binary.BigEndian.Uint64(plain[1:9])), 0)
	copy(what.nonce[:], plain[9:fixed])
	return what, true
}

func (s sealer) mac(plain []byte) []byte {
	mac := hmac.New(sha256.New, s.secret[:])
	mac.Write(plain)
	return mac.Sum(nil)
}
