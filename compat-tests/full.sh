#!/usr/bin/env bash
# The full form of the tests against other programs: ten minutes of a real Prometheus, every peer required.
set -euo pipefail
cd "$(dirname "$0")/.."
export REMOTESTORE_REQUIRE_PEERS=1
export REMOTESTORE_PROMETHEUS_MINUTES=${REMOTESTORE_PROMETHEUS_MINUTES:-10}
dotnet test compat-tests -c Release --nologo --logger "console;verbosity=detailed" "$@"
