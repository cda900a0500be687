package rest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	cmtquery "github.com/cometbft/cometbft/libs/pubsub/query"
	"google.golang.org/grpc/codes"

	"github.com/zhilian-network/zhilian/internal/paging"
)

// methodTable knows which methods and parameters each documented path takes. It is read from the
// document, so that the two cannot differ.
type methodTable []documentedPath

type documentedPath struct {
	segments []string
	// parameters of the query, by method, without underscores and in lower case.
	methods map[string]map[string]bool
}

func readMethods(document []byte) (methodTable, error) {
	type parameter struct {
		Ref      string `json:"$ref"`
		Name, In string
	}
	var read struct {
		Paths      map[string]map[string]struct{ Parameters []parameter }
		Components struct{ Parameters map[string]parameter }
	}
	if err := json.Unmarshal(document, &read); err != nil {
		return nil, err
	}
	var table methodTable
	for template, operations := range read.Paths {
		documented := documentedPath{segments: strings.Split(template, "/"), methods: map[string]map[string]bool{}}
		for method, operation := range operations {
			names := map[string]bool{}
			for _, p := range operation.Parameters {
				if p.Ref != "" {
					p = read.Components.Parameters[path.Base(p.Ref)]
				}
				if p.In == "query" {
					names[folded(p.Name)] = true
				}
			}
			documented.methods[strings.ToUpper(method)] = names
		}
		table = append(table, documented)
	}
	return table, nil
}

// folded makes one name of "page_size" and "pageSize": the gateway takes both.
func folded(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// check refuses what no route could read, a method that a path does not take, and a parameter that
// would be passed over in silence.
func (t methodTable) check(r *http.Request) *failure {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(r.URL.Path) || !validTexts(query) {
		return refused(http.StatusBadRequest, codes.InvalidArgument, "the URL is not well-formed UTF-8 and percent-encoding")
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allowed []string
	for _, documented := range t {
		if !documented.matches(r.URL.Path) {
			continue
		}
		if names, ok := documented.methods[method]; ok {
			return checkNames(r.URL.Path, names, query)
		}
		for other := range documented.methods {
			allowed = append(allowed, other)
		}
	}
	if len(allowed) == 0 {
		return nil
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	slices.Sort(allowed)
	allow := strings.Join(slices.Compact(allowed), ", ")
	return &failure{
		status: http.StatusMethodNotAllowed, code: codes.Unimplemented, allow: allow,
		message: fmt.Sprintf("%.10s is not served here; use %s", r.Method, allow),
	}
}

func validTexts(query url.Values) bool {
	for name, values := range query {
		if !utf8.ValidString(name) || slices.ContainsFunc(values, func(value string) bool { return !utf8.ValidString(value) }) {
			return false
		}
	}
	return true
}

func checkNames(path string, names map[string]bool, query url.Values) *failure {
	if !strings.HasPrefix(path, ownPrefix) {
		return nil // the SDK's own routes pass over what they do not know, and clients rely on it
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !names[folded(name)] {
			return refused(http.StatusBadRequest, codes.InvalidArgument, fmt.Sprintf("%.60q is no parameter of this path", name))
		}
	}
	return nil
}

func (p documentedPath) matches(path string) bool {
	segments := strings.Split(path, "/")
	if len(segments) != len(p.segments) {
		return false
	}
	for i, segment := range p.segments {
		if segment != segments[i] && !(strings.HasPrefix(segment, "{") && segments[i] != "") {
			return false
		}
	}
	return true
}

// accountsPath lists the keys that have signed. It is the only list of the SDK's that grows with the
// network.
const accountsPath = "/cosmos/auth/v1beta1/accounts"

// searchPath searches for transactions by their events.
const searchPath = "/cosmos/tx/v1beta1/txs"

// defaultSDKRows is what the SDK gives without a limit; named, it does not count the whole list too.
const defaultSDKRows = "100"

// checkSDKPage holds lists of the SDK's own modules to the rules of ours.
func checkSDKPage(r *http.Request) *failure {
	if !strings.HasPrefix(r.URL.Path, sdkPrefix) {
		return nil
	}
	query := r.URL.Query()
	value := func(name, camel string) string { return query.Get("pagination."+name) + query.Get("pagination."+camel) }
	if limit, err := strconv.ParseUint(query.Get("pagination.limit"), 10, 64); err == nil && limit > paging.WalletRowsMax {
		return refused(http.StatusBadRequest, codes.InvalidArgument,
			fmt.Sprintf("pagination.limit %d is above %d; ask for less and follow next_key", limit, paging.WalletRowsMax))
	}
	if r.URL.Path == searchPath {
		return checkSearch(query)
	}
	if r.URL.Path != accountsPath {
		return nil
	}
	if offset := value("offset", "Offset"); offset != "" && offset != "0" {
		return refused(http.StatusBadRequest, codes.InvalidArgument, "pagination.offset is not served; pass next_key of the page before as pagination.key")
	}
	if count := value("count_total", "countTotal"); count != "" && count != "false" {
		return refused(http.StatusBadRequest, codes.InvalidArgument, "pagination.count_total is not served; follow next_key until it is empty")
	}
	if limit := query.Get("pagination.limit"); limit == "" || limit == "0" {
		query.Set("pagination.limit", defaultSDKRows)
		r.URL.RawQuery = query.Encode()
	}
	return nil
}

// searchRowsMax is what CometBFT gives of a search at most; it would cut a larger page in silence.
const searchRowsMax = 100

// checkSearch looks at a search for transactions, whose faults the SDK would answer with a 500.
func checkSearch(query url.Values) *failure {
	if limit, err := strconv.ParseUint(query.Get("limit"), 10, 64); err == nil && limit > searchRowsMax {
		return refused(http.StatusBadRequest, codes.InvalidArgument,
			fmt.Sprintf("limit %d is above %d; ask for less and go on with page", limit, searchRowsMax))
	}
	if text := query.Get("query"); text != "" {
		if _, err := cmtquery.New(text); err != nil {
			return refused(http.StatusBadRequest, codes.InvalidArgument,
				"query is not in the language of searches, such as tx.height=5 AND message.module='settlement'")
		}
	}
	return nil
}
