package door

import (
	"bytes"
	"strings"
)

// storePrefix begins the paths of raw reads of the state.
const storePrefix = "/store/"

// Raw is a record that anyone may read raw, with its proof.
type Raw struct {
	Store string
	Key   []byte
}

// CheckABCI refuses what CometBFT's RPC does not answer to others than the node's operator: sensitive
// queries, since it carries no token, and raw reads of the state, but for the records named.
func (d *Door) CheckABCI(path string, data []byte, public ...Raw) error {
	if strings.HasPrefix(path, storePrefix) {
		for _, record := range public {
			if path == storePrefix+record.Store+"/key" && bytes.Equal(data, record.Key) {
				return nil
			}
		}
		return ErrLocalOnly.Wrap("state is not read raw here")
	}
	// "/app/version", "/p2p/filter/…" and the like are the SDK's own and tell nothing of members; a gRPC
	// method has a dot in its service.
	service, _, isMethod := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !isMethod || !strings.Contains(service, ".") {
		return nil
	}
	if permission, sensitive := d.config.Rules.Of(path); sensitive {
		return ErrLocalOnly.Wrapf("permission %s", permission)
	}
	return nil
}
