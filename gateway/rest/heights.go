package rest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"

	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
)

// grpcHeaders would reach the query past every check: as metadata, or as a deadline of the caller's.
const grpcHeaders = "Grpc-"

// checkHeight refuses a height that the node cannot answer for.
func checkHeight(r *http.Request, heights Heights) *failure {
	for name := range r.Header {
		if strings.HasPrefix(http.CanonicalHeaderKey(name), grpcHeaders) {
			r.Header.Del(name)
		}
	}
	asked := r.Header.Values(grpctypes.GRPCBlockHeightHeader)
	if len(asked) == 0 {
		return nil
	}
	height, err := strconv.ParseInt(asked[0], 10, 64)
	if len(asked) > 1 || err != nil || height < 0 {
		return refused(http.StatusBadRequest, codes.InvalidArgument,
			grpctypes.GRPCBlockHeightHeader+" is the height of one block, a whole number from 1 on; 0 stands for the newest")
	}
	if height == 0 || heights == nil {
		return nil
	}
	switch earliest, newest := heights(); {
	case height > newest:
		return refused(http.StatusBadRequest, codes.OutOfRange,
			fmt.Sprintf("height %d is not reached yet: the newest block is %d", height, newest))
	case height < earliest:
		return refused(http.StatusGone, codes.NotFound,
			fmt.Sprintf("the state of height %d is no longer kept: this node answers for heights %d to %d", height, earliest, newest))
	}
	return nil
}
