#!/usr/bin/env bash
# Lays the imported proto files below third_party/proto, copied out of the Go modules that the build
# uses anyway, so that buf needs no schema registry. The folder is made anew and not committed.
set -euo pipefail
cd "$(dirname "$0")/.."

out=third_party/proto
rm -rf "$out"
mkdir -p "$out/google"

module_dir() {
  local dir
  go mod download "$1"
  dir=$(go list -m -f '{{.Dir}}' "$1")
  printf '%s' "$dir"
}

sdk=$(module_dir github.com/cosmos/cosmos-sdk)
gogo=$(module_dir github.com/cosmos/gogoproto)
cosmos_proto=$(module_dir github.com/cosmos/cosmos-proto)
gateway=$(module_dir github.com/grpc-ecosystem/grpc-gateway)

mkdir -p "$out/cosmos/base/query/v1beta1" "$out/cosmos/base/v1beta1" "$out/cosmos/msg/v1" "$out/amino" \
  "$out/gogoproto" "$out/cosmos_proto" "$out/google/api"
install -m 0644 "$sdk/proto/cosmos/base/query/v1beta1/pagination.proto" "$out/cosmos/base/query/v1beta1/"
install -m 0644 "$sdk/proto/cosmos/base/v1beta1/coin.proto" "$out/cosmos/base/v1beta1/"
install -m 0644 "$sdk/proto/cosmos/msg/v1/msg.proto" "$out/cosmos/msg/v1/"
install -m 0644 "$sdk/proto/amino/amino.proto" "$out/amino/"
install -m 0644 "$gogo/gogoproto/gogo.proto" "$out/gogoproto/"
install -m 0644 "$cosmos_proto/proto/cosmos_proto/cosmos.proto" "$out/cosmos_proto/"
install -m 0644 "$gateway/third_party/googleapis/google/api/annotations.proto" \
  "$gateway/third_party/googleapis/google/api/http.proto" "$out/google/api/"
