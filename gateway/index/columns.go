package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	sdkmath "cosmossdk.io/math"
)

// What columns hold is shorter than what it stands for wherever it can be given back exactly.

// storedUETR is a UUID in its one lower-case form as 16 bytes, and any other text as it is.
func storedUETR(uetr string) any {
	var raw [16]byte
	digits := strings.ReplaceAll(uetr, "-", "")
	if _, err := hex.Decode(raw[:], []byte(digits[:min(len(digits), 32)])); err != nil || uuidText(raw[:]) != uetr {
		return uetr
	}
	return raw[:]
}

func uuidText(raw []byte) string {
	text := make([]byte, 36)
	at := 0
	for _, part := range [][]byte{raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:16]} {
		if at > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], part)
	}
	return string(text)
}

// uetrColumn reads what storedUETR gave.
type uetrColumn string

// Scan makes it a sql.Scanner.
func (c *uetrColumn) Scan(stored any) error {
	switch stored := stored.(type) {
	case string:
		*c = uetrColumn(stored)
		return nil
	case []byte:
		if len(stored) == 16 {
			*c = uetrColumn(uuidText(stored))
			return nil
		}
	}
	return fmt.Errorf("UETR %v in the index is none", stored)
}

// storedHash is a transaction's hash in upper-case hexadecimal as 32 bytes with the key that it is found
// by, and any other text as it is, without a key.
func storedHash(text string) (hash, key any) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size || fmt.Sprintf("%X", raw) != text {
		return text, nil
	}
	return raw, hashKey(raw)
}

// hashKey is what the hash of a transaction is found by.
func hashKey(hash []byte) int64 { return int64(binary.BigEndian.Uint64(hash)) }

// hashColumn reads what storedHash gave.
type hashColumn string

// Scan makes it a sql.Scanner.
func (c *hashColumn) Scan(stored any) error {
	switch stored := stored.(type) {
	case string:
		*c = hashColumn(stored)
	case []byte:
		*c = hashColumn(fmt.Sprintf("%X", stored))
	default:
		return fmt.Errorf("transaction hash %v in the index is none", stored)
	}
	return nil
}

// digestKey is what a digest is found by; nil for one that is never looked for. The digest is what its
// sender says it is: without hashing it, someone could make many that share their first bytes with
// another's, and so make that one slow to find.
func digestKey(digest []byte) any {
	if len(digest) != sha256.Size {
		return nil
	}
	hashed := sha256.Sum256(digest)
	return hashKey(hashed[:])
}

// storedAmount is a number if it fits, and otherwise its decimal digits.
func storedAmount(amount sdkmath.Int) any {
	if amount.IsInt64() {
		return amount.Int64()
	}
	return amount.String()
}

func parseAmount(text string) (sdkmath.Int, error) {
	amount, ok := sdkmath.NewIntFromString(text)
	if !ok {
		return sdkmath.Int{}, fmt.Errorf("amount %q in the index is not a number", text)
	}
	return amount, nil
}

// present makes an absent digest an empty one: the columns know no NULL.
func present(digest []byte) []byte {
	if digest == nil {
		return []byte{}
	}
	return digest
}
