package door

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// tokenCache keeps tokens in files of the home until they expire: a command lives for one query, and a
// keyring may ask for its passphrase at each signature. The files are for their owner alone, as the keyring
// beside them. What cannot be read or written costs another signature, no more.
type tokenCache struct {
	folder string
	node   string // address of the node: a token is one node's
}

func (c tokenCache) file(operator string) string {
	name := sha256.Sum256([]byte(c.node + "\n" + operator))
	return filepath.Join(c.folder, hex.EncodeToString(name[:])+".json")
}

func (c tokenCache) get(operator string) Token {
	text, err := os.ReadFile(c.file(operator))
	var token Token
	if err != nil || json.Unmarshal(text, &token) != nil || token.Operator != operator {
		return Token{}
	}
	return token
}

func (c tokenCache) put(token Token) {
	if os.MkdirAll(c.folder, 0o700) != nil {
		return
	}
	c.sweep()
	text, err := json.Marshal(token)
	if err != nil {
		return
	}
	file, err := os.CreateTemp(c.folder, ".new-*") // made for its owner alone
	if err != nil {
		return
	}
	_, err = file.Write(text)
	if closed := file.Close(); err != nil || closed != nil || os.Rename(file.Name(), c.file(token.Operator)) != nil {
		_ = os.Remove(file.Name())
	}
}

// sweep removes tokens that have expired.
func (c tokenCache) sweep() {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > TokenLifetime {
			_ = os.Remove(filepath.Join(c.folder, entry.Name()))
		}
	}
}
