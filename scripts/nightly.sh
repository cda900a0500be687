#!/usr/bin/env bash
# The long runs: every fuzz target for FUZZ_TIME, and the property tests with many more cases.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz_time=${FUZZ_TIME:-2m}

for package in $(go list ./...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    echo "== $package $target for $fuzz_time"
    go test -run "^$" -fuzz "^$target\$" -fuzztime "$fuzz_time" -fuzzminimizetime 50x "$package"
  done
done

echo "== properties"
# Packages without property tests do not know the flag: only those with them are asked.
for package in $(go list -f '{{if or (len .TestGoFiles) (len .XTestGoFiles)}}{{.ImportPath}}{{end}}' ./...); do
  if go list -test -deps -f '{{.ImportPath}}' "$package" | grep -qx 'pgregory.net/rapid'; then
    go test -timeout 60m "$package" -rapid.checks=20000
  fi
done

echo "== simulation"
ZHILIAN_SIMULATION_BLOCKS=2000 ZHILIAN_SIMULATION_SEED=$RANDOM go test -timeout 60m -count 1 -v ./tests/simulation

echo "== faults"
FAULTS_ROUNDS=20 FAULTS_SEED=$RANDOM ZHILIAN_TEST_BINARY="$PWD/build/zhiliand" go test -timeout 30m -count 1 -v ./tests/faults
