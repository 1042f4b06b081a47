#!/usr/bin/env bash
# Measures ingest of RemoteStore, VictoriaMetrics and Prometheus side by side: server on core 0, generator on core 1.
#   ingest.sh [-s "remotestore victoria-metrics prometheus"] [-p "steady100k steady1m newseries churn halfload restart1m"] [-d SECONDS] [-o DIR]
# halfload sends half of what steady100k reached (run it before); restart1m kills the server under load and times its way to ready.
# Results are written to DIR as JSON, one file per server and phase; the table at the end is made from all files there.
# BENCH_LOCK=FILE holds a lock on that file while a server is measured.
set -euo pipefail
cd "$(dirname "$0")/../.."
servers="remotestore victoria-metrics prometheus"
phases="steady100k steady1m newseries churn halfload restart1m"
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
trap 'stop_server; rm -rf "$work/data" "$work/server" "$work/load" "$work/prometheus.yml"; rmdir "$work" 2>/dev/null || true' EXIT

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  return 1
}

# Starts a server on $port with $data; sets server_pid.
launch() {
  local log=$out/$1.log
  case $1 in
    remotestore)
      taskset -c 0 "$work/server/remotestore" --listen "127.0.0.1:$port" --data-dir "$data" >"$log" 2>&1 & ;;
    victoria-metrics)
      taskset -c 0 victoria-metrics -httpListenAddr "127.0.0.1:$port" -storageDataPath "$data" -retentionPeriod 12 >"$log" 2>&1 & ;;
    prometheus)
      echo "global: {}" >"$work/prometheus.yml"
      taskset -c 0 prometheus --config.file "$work/prometheus.yml" --storage.tsdb.path "$data" --web.listen-address "127.0.0.1:$port" \
        --web.enable-remote-write-receiver >"$log" 2>&1 & ;;
    *) echo "unknown server $1" >&2; exit 1 ;;
  esac
  server_pid=$!
  ready=http://127.0.0.1:$port/-/ready
  [ "$1" = victoria-metrics ] && ready=http://127.0.0.1:$port/health
  for _ in $(seq 12000); do
    if curl -fs -m 1 -o /dev/null "$ready"; then return; fi
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.01
  done
  echo "$1 did not become ready" >&2
  tail -5 "$log" >&2
  exit 1
}

start_empty() {
  data=$work/data
  rm -rf "$data"; mkdir -p "$data"
  port=$(free_port)
  url=http://127.0.0.1:$port/api/v1/write
  more=()
  [ "$1" = remotestore ] && more=(--flush "http://127.0.0.1:$port/api/v1/admin/flush" --metrics "http://127.0.0.1:$port/metrics")
  launch "$1"
  sleep 1
}

load() { taskset -c 1 "$work/load/RemoteStore.Benchmarks" load --url "$url" --pid "$server_pid" "$@"; }

# Time to ready after kill -9 in the middle of writes to a million series.
restart() {
  local begun
  load --mode steady --series 1000000 --warmup 1 --duration 60 >/dev/null 2>&1 &
  local generator=$!
  sleep $((duration + 20))
  stop_server
  kill "$generator" 2>/dev/null || true
  wait "$generator" 2>/dev/null || true
  begun=$(date +%s%N)
  launch "$1"
  echo "$1: ready $((($(date +%s%N) - begun) / 1000000)) ms after kill -9 with 1M series under load" | tee -a "$out/restart1m.txt"
}

lock() { if [ -n "${BENCH_LOCK:-}" ]; then exec 8>"$BENCH_LOCK"; flock 8; fi; }
unlock() { if [ -n "${BENCH_LOCK:-}" ]; then exec 8>&-; fi; }

lock
dotnet build -c Release -v q --nologo tests/Benchmarks -o "$work/load" >&2
case " $servers " in *" remotestore "*) dotnet publish -c Release -v q --nologo cmd/remotestore -o "$work/server" >&2 ;; esac

unlock

for phase in $phases; do
  for server in $servers; do
    echo "== $phase $server" >&2
    case $phase in
      steady100k) options=(--mode steady --series 100000 --duration "$duration") ;;
      steady1m) options=(--mode steady --series 1000000 --warmup 1 --duration "$duration") ;;
      newseries) options=(--mode newseries --series 20000 --warmup 2 --duration "$duration") ;;
      churn) options=(--mode churn --series 50000 --warmup 1 --rounds 478 --span 7200) ;;
      halfload)
        full=$(sed -n 's/.*"SamplesPerSecond": \([0-9]*\).*/\1/p' "$out/steady100k.$server.json")
        options=(--mode rate --series 100000 --rate $((full / 2)) --duration "$duration") ;;
      restart1m) ;;
      *) echo "unknown phase $phase" >&2; exit 1 ;;
    esac
    lock
    start_empty "$server"
    if [ "$phase" = restart1m ]; then
      restart "$server"
    else
      load --data-dir "$data" --label "$server" --json "$out/$phase.$server.json" "${options[@]}" "${more[@]}" >/dev/null || echo "$phase $server failed" >&2
    fi
    stop_server
    unlock
  done
  files=("$out/$phase".*.json)
  if [ -e "${files[0]}" ]; then
    echo; echo "### $phase"; echo
    "$work/load/RemoteStore.Benchmarks" load table "${files[@]}"
  fi
done
