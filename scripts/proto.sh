#!/usr/bin/env bash
# Generates Go code from proto/. Needs Go only: buf and its plugins are pinned in tools/buf and go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/proto-imports.sh
buf() { go -C tools/buf build -o ../../build/buf github.com/bufbuild/buf/cmd/buf && build/buf "$@"; }

buf lint
rm -rf build/gen
buf generate --template buf.gen.gogo.yaml
find x gateway crypto privacy -name '*.pb.go' -delete 2>/dev/null || true
cp -r build/gen/github.com/zhilian-network/zhilian/. .
rm -rf build/gen

rm -rf api/zhilian
buf generate --template buf.gen.api.yaml

buf build -o build/openapi.binpb --as-file-descriptor-set
go run ./tools/openapi -image build/openapi.binpb
