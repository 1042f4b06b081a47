#!/usr/bin/env bash
# The full form of the crash tests: the process is killed 60 times at random moments, and at every failpoint.
set -euo pipefail
cd "$(dirname "$0")/../.."
export REMOTESTORE_CRASH_KILLS=${REMOTESTORE_CRASH_KILLS:-60}
dotnet test tests/Integration.Tests -c Release --nologo --logger "console;verbosity=detailed" "$@"
