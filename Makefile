# One build mode everywhere, so that build, test and lint share one cache.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -tags=pebbledb

BINARY := build/zhiliand
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT := $(shell git rev-parse --verify -q HEAD 2>/dev/null || echo unknown)
VARS := github.com/cosmos/cosmos-sdk/version
LDFLAGS := -s -w -X $(VARS).Name=zhilian -X $(VARS).AppName=zhiliand -X $(VARS).Version=$(VERSION) -X $(VARS).Commit=$(COMMIT)

FILES ?=
STORY ?= payments
VALIDATORS ?= 4
HOME_DIR ?= build/localnet
FUZZ_TIME ?= 2m

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build build/zhiliand
	@go build -ldflags '$(LDFLAGS)' -o $(BINARY) ./cmd/zhiliand

.PHONY: demo
demo: build ## Settle payment files on a network of four validators, and stop (FILES="a.xml b.xml" for your own, STORY=access, finance or dispute for another story)
	@$(BINARY) demo $(FILES) --story $(STORY) --validators $(VALIDATORS) --report build/demo/report.json

.PHONY: run
run: build ## Leave a network running and say how to talk to it (FILES="a.xml b.xml" for the one they name)
ifneq ($(FILES),)
	@$(BINARY) demo network $(FILES) --validators $(VALIDATORS) > build/network.yaml
	@$(BINARY) localnet start --network build/network.yaml --home $(HOME_DIR) --detach
else
	@$(BINARY) localnet start --validators $(VALIDATORS) --home $(HOME_DIR) --detach
endif

.PHONY: stop
stop: build ## Stop the network that make run left
	@$(BINARY) localnet stop --home $(HOME_DIR)

.PHONY: test
test: build ## Run every test
	@ZHILIAN_TEST_BINARY=$(CURDIR)/$(BINARY) go test -timeout 20m ./...

.PHONY: bench
bench: build ## Measure on real nodes, beside a plain chain, for some 40 minutes; fills docs/benchmarks.md
	@go build -ldflags '$(LDFLAGS)' -o build/bench ./bench/cmd/bench
	@build/bench run --out build/bench.json --doc docs/benchmarks.md --binary $(BINARY)

.PHONY: bench-short
bench-short: build ## The same in under three minutes, into build/bench.json
	@go build -ldflags '$(LDFLAGS)' -o build/bench ./bench/cmd/bench
	@build/bench run --short --out build/bench.json --binary $(BINARY)

.PHONY: nightly
nightly: build ## Run the long fuzz, property and simulation runs
	@FUZZ_TIME=$(FUZZ_TIME) scripts/nightly.sh

.PHONY: lint
lint: ## Check style and import rules
	@test -z "$$(gofmt -l $$(git ls-files '*.go' | grep -v '\.pb\.'))" || { echo 'not formatted:'; gofmt -l $$(git ls-files '*.go' | grep -v '\.pb\.'); exit 1; }
	@go vet ./...
	@cd tools/lint && go build -o ../../build/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@build/golangci-lint run ./...

.PHONY: proto
proto: ## Generate code from proto/
	@scripts/proto.sh

.PHONY: proto-check
proto-check: proto ## Fail if the generated code is not what proto/ says
	@git diff --exit-code --stat -- x gateway crypto privacy api proto || { echo 'run make proto and commit the result'; exit 1; }
	@test -z "$$(git ls-files --others --exclude-standard -- x gateway crypto privacy api proto)" || { echo 'uncommitted generated files'; exit 1; }

.PHONY: clean
clean: ## Remove what was built
	@rm -rf build third_party
