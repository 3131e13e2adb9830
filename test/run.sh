#!/usr/bin/env bash
# The test command (`npm test`): set-up, checks, fast tests, then the real ones. Prints one line per stage and stops at the
# first that fails. Starts a container engine if none answers, and stops only that one.
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT=$PWD
. scripts/prepare.sh
prepare_packages
prepare_node
prepare_network_tools
# npm puts its own settings in the environment; nested npm calls should not inherit them.
unset npm_config_prefix || true

stage() {
  local name=$1 started=$SECONDS
  shift
  echo "==> $name"
  "$@"
  echo "    $name: $((SECONDS - started)) s"
}

stage "types" tsc --noEmit -p tsconfig.json
stage "lint" oxlint --type-aware --deny-warnings packages test bench
stage "format" biome check packages test bench
stage "dead code" knip
stage "fast tests" vitest run --project fast
stage "process tests" vitest run --project processes

ENGINE_DIR=$(mktemp -d)
finish() {
  ./hatoba engine stop --data-dir "$ENGINE_DIR" >/dev/null 2>&1 || true
  rm -rf "$ENGINE_DIR"
}
trap finish EXIT
stage "container engine" ./hatoba engine start --data-dir "$ENGINE_DIR"
stage "tests with the real engine" vitest run --project docker
[ -n "${HATOBA_GENUINE_AGENT:-}" ] || echo "    skipped: the tests with the genuine agent; they run when HATOBA_GENUINE_AGENT is the path of its binary"
