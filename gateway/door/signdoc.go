package door

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Statement is what an operator signs: a text that a person can read before they do.
func Statement(chainID, node, address, challenge string, expires time.Time) string {
	return fmt.Sprintf("Zhilian: prove your key to read\nchain: %s\nnode: %s\noperator: %s\nuntil: %s\nchallenge: %s",
		chainID, node, address, expires.UTC().Format(time.RFC3339), challenge)
}

// SignBytes are the bytes to sign for a statement: the amino-JSON document of ADR-036, which wallets know as
// "sign arbitrary". It has no chain id, account number or fee, so no chain takes it for a transaction.
func SignBytes(address, statement string) ([]byte, error) {
	// encoding/json writes the keys of a map in order, as ADR-036 wants them.
	return json.Marshal(map[string]any{
		"account_number": "0",
		"chain_id":       "",
		"fee":            map[string]any{"amount": []any{}, "gas": "0"},
		"memo":           "",
		"msgs": []any{map[string]any{
			"type": "sign/MsgSignData",
			"value": map[string]any{
				"data":   base64.StdEncoding.EncodeToString([]byte(statement)),
				"signer": address,
			},
		}},
		"sequence": "0",
	})
}
