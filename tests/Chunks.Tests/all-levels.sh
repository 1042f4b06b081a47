#!/usr/bin/env bash
# Runs the built tests of the chunk codecs once for each set of instructions that a machine may have: all, without AVX-512, without AVX2, none.
# Usage: all-levels.sh [CONFIGURATION]   (default Release; the project must be built)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
configuration=${1:-Release}

run() {
  echo "levels: $*"
  env "$@" dotnet test --no-build --configuration "$configuration" --nologo --verbosity quiet
}

run DOTNET_EnableHWIntrinsic=1
run DOTNET_EnableAVX512=0
run DOTNET_EnableAVX2=0
run DOTNET_EnableHWIntrinsic=0
