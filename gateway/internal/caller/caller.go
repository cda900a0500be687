// Package caller says who calls a node over HTTP, and refuses in one form.
package caller

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"

	"google.golang.org/grpc/codes"
)

// Of is the network that a request comes from, which counts as one caller: the address, or of IPv6 the
// 64 bits that one customer usually has and could show a new address of with each request. Headers
// that a proxy sets are not believed: anyone could set them. A socket that is no network's is
// 0.0.0.0/32, one caller for all. This machine itself is a loopback address: often a proxy stands
// there for many, and each limit says what that means for it.
func Of(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		address = netip.IPv4Unspecified()
	}
	address = address.Unmap().WithZone("")
	bits := address.BitLen()
	if address.Is6() && !address.IsLoopback() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // bits are within the length
	return prefix
}

// Refuse answers with the one shape of refusals: {"code": 5, "message": "…", "details": []}, where code
// is a gRPC status code. Headers of the refusal's own are set before.
func Refuse(w http.ResponseWriter, status int, code codes.Code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A struct of a number, a text and an empty list cannot fail to encode.
	text, _ := json.Marshal(struct {
		Code    codes.Code `json:"code"`
		Message string     `json:"message"`
		Details []string   `json:"details"`
	}{code, message, []string{}})
	// A client that went away needs no answer.
	_, _ = w.Write(text)
}
