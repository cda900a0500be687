package registry

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/zhilian-network/zhilian/x/settlement/types"
)

const (
	// Bech32Prefix begins the addresses of the network.
	Bech32Prefix = "zhilian"
	// CoinType is the SLIP-44 number of its keys, that of all Cosmos chains.
	CoinType = 118

	program    = "zhiliand"
	repository = "https://github.com/zhilian-network/zhilian"

	longestChainDescription = 3000
	longestAssetName        = 60
)

// chainFile is chain.json. The order of the fields is that of the file.
type chainFile struct {
	Schema       string       `json:"$schema"`
	ChainName    string       `json:"chain_name"`
	ChainType    string       `json:"chain_type"`
	ChainID      string       `json:"chain_id"`
	PrettyName   string       `json:"pretty_name"`
	Status       string       `json:"status"`
	NetworkType  string       `json:"network_type,omitempty"`
	Bech32Prefix string       `json:"bech32_prefix"`
	Bech32Config bech32Config `json:"bech32_config"`
	DaemonName   string       `json:"daemon_name"`
	NodeHome     string       `json:"node_home"`
	KeyAlgos     []string     `json:"key_algos"`
	Slip44       int          `json:"slip44"`
	Fees         fees         `json:"fees"`
	Codebase     codebase     `json:"codebase"`
	Description  string       `json:"description"`
	Peers        peers        `json:"peers"`
	APIs         apis         `json:"apis"`
}

type bech32Config struct {
	AccAddr  string `json:"bech32PrefixAccAddr"`
	AccPub   string `json:"bech32PrefixAccPub"`
	ValAddr  string `json:"bech32PrefixValAddr"`
	ValPub   string `json:"bech32PrefixValPub"`
	ConsAddr string `json:"bech32PrefixConsAddr"`
	ConsPub  string `json:"bech32PrefixConsPub"`
}

type fees struct {
	Tokens []feeToken `json:"fee_tokens"`
}

type feeToken struct {
	Denom   string `json:"denom"`
	Fixed   int    `json:"fixed_min_gas_price"`
	Low     int    `json:"low_gas_price"`
	Average int    `json:"average_gas_price"`
	High    int    `json:"high_gas_price"`
}

type codebase struct {
	Repository  string    `json:"git_repo"`
	Recommended string    `json:"recommended_version,omitempty"`
	Compatible  []string  `json:"compatible_versions,omitempty"`
	Tag         string    `json:"tag,omitempty"`
	Language    *software `json:"language,omitempty"`
	SDK         *software `json:"sdk,omitempty"`
	Consensus   *software `json:"consensus,omitempty"`
}

type software struct {
	Type    string `json:"type"`
	Version string `json:"version,omitempty"`
	Tag     string `json:"tag,omitempty"`
}

type peers struct {
	Persistent []peer `json:"persistent_peers"`
}

type peer struct {
	ID       string `json:"id"`
	Address  string `json:"address"`
	Provider string `json:"provider,omitempty"`
}

type apis struct {
	RPC  []endpoint `json:"rpc"`
	REST []endpoint `json:"rest"`
	GRPC []endpoint `json:"grpc"`
	WSS  []endpoint `json:"wss"`
}

type endpoint struct {
	Address  string `json:"address"`
	Provider string `json:"provider,omitempty"`
}

func chainOf(facts Facts, shown Presentation) (*chainFile, error) {
	name, err := chainName(facts, shown)
	if err != nil {
		return nil, err
	}
	connected, err := peersOf(shown.Nodes)
	if err != nil {
		return nil, err
	}
	reached, err := apisOf(shown.Nodes)
	if err != nil {
		return nil, err
	}
	return &chainFile{
		Schema:       "../chain.schema.json",
		ChainName:    name,
		ChainType:    "cosmos",
		ChainID:      facts.ChainID,
		PrettyName:   prettyName(facts),
		Status:       "live",
		NetworkType:  shown.NetworkType,
		Bech32Prefix: Bech32Prefix,
		Bech32Config: prefixes(),
		DaemonName:   program,
		NodeHome:     "$HOME/." + program,
		KeyAlgos:     []string{"secp256k1"},
		Slip44:       CoinType,
		Fees:         fees{Tokens: []feeToken{{Denom: facts.feeDenom().Name}}},
		Codebase:     codebaseOf(facts),
		Description:  describe(facts),
		Peers:        connected,
		APIs:         reached,
	}, nil
}

var validChainName = regexp.MustCompile(`^[a-z0-9]+$`)

// chainName makes "zhilian" of "zhilian-1": the number is that of the chain's incarnation.
func chainName(facts Facts, shown Presentation) (string, error) {
	name := shown.ChainName
	if name == "" {
		name = regexp.MustCompile(`-[0-9]+$`).ReplaceAllString(facts.ChainID, "")
		name = regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(strings.ToLower(name), "")
	}
	if !validChainName.MatchString(name) {
		return "", fmt.Errorf("%q is no name for a registry: letters a-z and digits are needed", name)
	}
	return name, nil
}

func prettyName(facts Facts) string { return "Zhilian " + facts.ChainID }

func prefixes() bech32Config {
	return bech32Config{
		AccAddr: Bech32Prefix, AccPub: Bech32Prefix + "pub",
		ValAddr: Bech32Prefix + "valoper", ValPub: Bech32Prefix + "valoperpub",
		ConsAddr: Bech32Prefix + "valcons", ConsPub: Bech32Prefix + "valconspub",
	}
}

// feeDenom is what a wallet is offered to pay fees in. There are none, but a wallet without a fee
// currency builds no transaction. Reserves are preferred: no bank's own money should look like a fee.
func (f Facts) feeDenom() Denom {
	for _, denom := range f.Denoms {
		if denom.Name == types.ReserveDenom(denom.Currency) {
			return denom
		}
	}
	return f.Denoms[0]
}

func codebaseOf(facts Facts) codebase {
	code := codebase{Repository: repository}
	if facts.Version != "" {
		code.Recommended, code.Compatible = facts.Version, []string{facts.Version}
	}
	if validTag.MatchString(facts.Version) {
		code.Tag = facts.Version
	}
	code.Language = softwareOf("go", facts.GoVersion)
	code.SDK = softwareOf("cosmos", facts.SDKVersion)
	code.Consensus = softwareOf("cometbft", facts.CometVersion)
	return code
}

var (
	validVersion = regexp.MustCompile(`^v?\d+(\.\d+){0,2}$`)
	validTag     = regexp.MustCompile(`^[A-Za-z0-9._/@-]+$`)
)

// softwareOf writes a release as a version, and anything else as a tag, as the schema wants it.
func softwareOf(kind, version string) *software {
	made := &software{Type: kind}
	switch {
	case validVersion.MatchString(version):
		made.Version = version
	case validTag.MatchString(version):
		made.Tag = version
	}
	return made
}

func describe(facts Facts) string {
	text := fmt.Sprintf("Settlement network run by its members. It settles %s. It has no token and takes no fees. Validators: %s.",
		strings.Join(facts.currencies(), ", "), strings.Join(facts.Validators, ", "))
	return cut(text, longestChainDescription)
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	if characters := []rune(text); len(characters) > most {
		return string(characters[:most-1]) + "…"
	}
	return text
}

func peersOf(nodes []Node) (peers, error) {
	known := peers{Persistent: []peer{}}
	for _, node := range nodes {
		if node.Peer == "" {
			continue
		}
		id, address, found := strings.Cut(node.Peer, "@")
		if !found || id == "" || address == "" {
			return known, fmt.Errorf("peer %q is not ID@HOST:PORT", node.Peer)
		}
		known.Persistent = append(known.Persistent, peer{ID: id, Address: address, Provider: node.Provider})
	}
	return known, nil
}

func apisOf(nodes []Node) (apis, error) {
	reached := apis{RPC: []endpoint{}, REST: []endpoint{}, GRPC: []endpoint{}, WSS: []endpoint{}}
	for _, node := range nodes {
		if node.RPC != "" {
			socket, err := webSocket(node.RPC)
			if err != nil {
				return reached, err
			}
			reached.RPC = append(reached.RPC, endpoint{node.RPC, node.Provider})
			reached.WSS = append(reached.WSS, endpoint{socket, node.Provider})
		}
		if node.REST != "" {
			if _, err := webAddress(node.REST); err != nil {
				return reached, err
			}
			reached.REST = append(reached.REST, endpoint{node.REST, node.Provider})
		}
		if node.GRPC != "" {
			reached.GRPC = append(reached.GRPC, endpoint{node.GRPC, node.Provider})
		}
	}
	return reached, nil
}

// webSocket is the address of CometBFT's event stream, beside its RPC.
func webSocket(rpc string) (string, error) {
	address, err := webAddress(rpc)
	if err != nil {
		return "", err
	}
	address.Scheme = strings.Replace(address.Scheme, "http", "ws", 1)
	return address.JoinPath("websocket").String(), nil
}

func webAddress(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, fmt.Errorf("%q is not a URL with http or https", text)
	}
	return address, nil
}
