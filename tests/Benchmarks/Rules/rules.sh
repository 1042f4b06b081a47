#!/usr/bin/env bash
# Measures 10,000 rules in 200 groups over 100,000 series, every 30 s, in this server and in Prometheus, one after the other.
# usage: rules.sh SERVER BENCHMARKS   paths of the built remotestore and RemoteStore.Benchmarks; SECONDS_MEASURED (60)
set -euo pipefail
server=$1 bench=$2
seconds=${SECONDS_MEASURED:-60}
port=${PORT:-19880}
url=http://127.0.0.1:$port/
data=$(mktemp -d)
pid=
trap '[[ -n $pid ]] && kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; rm -rf "$data"' EXIT
"$bench" rules file "$data/rules.yml"
echo "rule_files: ['$data/rules.yml']" >"$data/prometheus.yml"

measure() {
  until curl -sf "$url-/ready" >/dev/null; do sleep 0.2; done
  "$bench" rules fill "$url"
  sleep 35 # every group has had its first evaluation, and the next ones are as they will be
  "$bench" rules watch "$url" "$1" "$seconds" "$pid"
  kill "$pid"
  wait "$pid" 2>/dev/null || true
}

"$server" --data-dir "$data/ours" --listen "127.0.0.1:$port" --rules.files "$data/rules.yml" >"$data/ours.log" 2>&1 &
pid=$!
measure remotestore
prometheus --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/theirs" --web.listen-address="127.0.0.1:$port" --web.enable-remote-write-receiver >"$data/theirs.log" 2>&1 &
pid=$!
measure prometheus
