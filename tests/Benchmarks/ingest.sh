#!/usr/bin/env bash
# Measures ingest of RemoteStore, VictoriaMetrics and Prometheus side by side: server on core 0, generator on core 1.
#   ingest.sh [-s "remotestore victoria-metrics prometheus"] [-p "steady100k steady1m newseries churn"] [-d SECONDS] [-o DIR]
# Results are written to DIR as JSON, one file per server and phase; the table at the end is made from all files there.
# BENCH_LOCK=FILE holds a lock on that file while a server is measured.
set -euo pipefail
cd "$(dirname "$0")/../.."
servers="remotestore victoria-metrics prometheus"
phases="steady100k steady1m newseries churn"
duration=30
out=""
while getopts "s:p:d:o:" option; do
  case $option in
    s) servers=$OPTARG ;;
    p) phases=$OPTARG ;;
    d) duration=$OPTARG ;;
    o) out=$OPTARG ;;
    *) exit 1 ;;
  esac
done

work=$(mktemp -d /tmp/remotestore-bench.XXXXXX)
out=${out:-$work/results}
mkdir -p "$out"
server_pid=""
stop_server() {
  if [ -n "$server_pid" ]; then
    kill -9 "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=""
  fi
}
trap 'stop_server; rm -rf "$work/data" "$work/server" "$work/load"; rmdir "$work" 2>/dev/null || true' EXIT

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  return 1
}

# Sets server_pid, url and flush.
start_server() {
  local port data=$work/data ready
  port=$(free_port)
  rm -rf "$data"; mkdir -p "$data"
  url=http://127.0.0.1:$port/api/v1/write
  flush=""
  case $1 in
    remotestore)
      flush=http://127.0.0.1:$port/api/v1/admin/flush
      taskset -c 0 "$work/server/remotestore" --listen "127.0.0.1:$port" --data-dir "$data" >"$out/$1.log" 2>&1 &
      ready=http://127.0.0.1:$port/-/ready ;;
    victoria-metrics)
      taskset -c 0 victoria-metrics -httpListenAddr "127.0.0.1:$port" -storageDataPath "$data" -retentionPeriod 12 >"$out/$1.log" 2>&1 &
      ready=http://127.0.0.1:$port/health ;;
    prometheus)
      echo "global: {}" >"$work/data/prometheus.yml"
      taskset -c 0 prometheus --config.file "$work/data/prometheus.yml" --storage.tsdb.path "$data" --web.listen-address "127.0.0.1:$port" \
        --web.enable-remote-write-receiver >"$out/$1.log" 2>&1 &
      ready=http://127.0.0.1:$port/-/ready ;;
    *) echo "unknown server $1" >&2; exit 1 ;;
  esac
  server_pid=$!
  for _ in $(seq 300); do
    if curl -fs -o /dev/null "$ready"; then sleep 1; return; fi
    sleep 0.1
  done
  echo "$1 did not become ready" >&2
  tail -5 "$out/$1.log" >&2
  exit 1
}

lock() { if [ -n "${BENCH_LOCK:-}" ]; then exec 8>"$BENCH_LOCK"; flock 8; fi; }
unlock() { if [ -n "${BENCH_LOCK:-}" ]; then exec 8>&-; fi; }

lock
dotnet build -c Release -v q --nologo tests/Benchmarks -o "$work/load" >&2
case " $servers " in *" remotestore "*) dotnet publish -c Release -v q --nologo cmd/remotestore -o "$work/server" >&2 ;; esac

unlock

for phase in $phases; do
  case $phase in
    steady100k) options=(--mode steady --series 100000 --duration "$duration") ;;
    steady1m) options=(--mode steady --series 1000000 --warmup 1 --duration "$duration") ;;
    newseries) options=(--mode newseries --series 20000 --warmup 2 --duration "$duration") ;;
    churn) options=(--mode churn --series 50000 --warmup 1 --rounds 478 --span 7200) ;;
    *) echo "unknown phase $phase" >&2; exit 1 ;;
  esac
  for server in $servers; do
    echo "== $phase $server" >&2
    lock
    start_server "$server"
    more=(); [ -n "$flush" ] && more=(--flush "$flush")
    taskset -c 1 "$work/load/RemoteStore.Benchmarks" load --url "$url" --pid "$server_pid" --data-dir "$work/data" --label "$server" \
      --json "$out/$phase.$server.json" "${options[@]}" "${more[@]}" >/dev/null || echo "$phase $server failed" >&2
    stop_server
    unlock
  done
  files=("$out/$phase".*.json)
  echo; echo "### $phase"; echo
  "$work/load/RemoteStore.Benchmarks" load table "${files[@]}"
done
