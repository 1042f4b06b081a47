#!/bin/sh
# Plays the full number of histories (5,000, or the first argument) in runs of 500, from the seed given as second argument (1) on; then lives of blocks with a fault at
# every request.
set -eu
cd "$(dirname "$0")"
count=${1:-5000}
seed=${2:-1}
end=$((seed + count))
dotnet build -c Release -v q --nologo
while [ "$seed" -lt "$end" ]; do
    n=$((end - seed < 500 ? end - seed : 500))
    echo "histories $seed to $((seed + n - 1))"
    REMOTESTORE_HISTORIES=$n REMOTESTORE_HISTORY_SEED=$seed \
        dotnet test -c Release --no-build --nologo --filter FullyQualifiedName~HistoryTests --logger "console;verbosity=detailed"
    seed=$((seed + n))
done
REMOTESTORE_LIFE_STEP=1 dotnet test -c Release --no-build --nologo --filter FullyQualifiedName~LifeTests --logger "console;verbosity=detailed"
