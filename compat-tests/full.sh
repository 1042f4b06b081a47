#!/usr/bin/env bash
# The full form of the tests against other programs: ten minutes of a real Prometheus, 5,000 queries of a seed of their own, faults at every tenth request to S3 (1 for
# every one: hours), every peer required.
set -euo pipefail
cd "$(dirname "$0")/.."
export REMOTESTORE_REQUIRE_PEERS=1
export REMOTESTORE_PROMETHEUS_MINUTES=${REMOTESTORE_PROMETHEUS_MINUTES:-10}
export REMOTESTORE_QUERY_COUNT=${REMOTESTORE_QUERY_COUNT:-5000}
export REMOTESTORE_S3_LIFE_STEP=${REMOTESTORE_S3_LIFE_STEP:-10}
export REMOTESTORE_QUERY_SEED=${REMOTESTORE_QUERY_SEED:-$RANDOM}
dotnet test compat-tests -c Release --nologo --logger "console;verbosity=detailed" "$@"
