#!/usr/bin/env bash
# Measures dashboards of 20 panels: one of them cold and refreshed, then 50 of two tenants while 100,000 samples a second arrive.
# usage: dashboards.sh SERVER BENCHMARKS   paths of the built remotestore and RemoteStore.Benchmarks
set -euo pipefail
server=$1 bench=$2
port=${PORT:-19870}
url=http://127.0.0.1:$port
data=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; rm -rf "$data"' EXIT
"$server" --data-dir "$data" --listen "127.0.0.1:$port" --multitenancy.enabled=true >"$data/log" 2>&1 &
pid=$!
until curl -sf "$url/-/ready" >/dev/null; do sleep 0.2; done

echo "two tenants, 20,000 series each, two hours at 15 s up to now"
for tenant in a b; do
  "$bench" load --url "$url/api/v1/write" --tenant $tenant --series 20000 --rounds 480 --span 7200 --json "$data/load.json" >/dev/null 2>&1
done
for tenant in a b; do curl -sf -X POST -H "X-Scope-OrgID: $tenant" "$url/api/v1/admin/flush" >/dev/null || true; done

echo "== one dashboard"
"$bench" dashboards --url "$url" --tenants a --panels || true

echo "== 50 dashboards, nothing arrives"
"$bench" dashboards --url "$url" --tenants a,b --clients 50 --refreshes 2 --every 15 || true

echo "== 50 dashboards, 100,000 samples a second arrive"
for tenant in a b; do
  "$bench" load --url "$url/api/v1/write" --tenant $tenant --series 150000 --mode rate --rate 50000 --span 300 --duration 50 --connections 2 --label "tenant $tenant" \
    --json "$data/rate-$tenant.json" >"$data/rate-$tenant.txt" 2>&1 &
done
sleep 6
"$bench" dashboards --url "$url" --tenants a,b --clients 50 --refreshes 2 --every 15 || true
wait $(jobs -p | grep -v "^$pid\$") || true
"$bench" load table "$data"/rate-a.json "$data"/rate-b.json || cat "$data"/rate-*.txt
curl -sf "$url/metrics" | grep -E '^remotestore_query_frontend_(cache_(lookups|invalidations|evictions|bytes)|joined|split|rejected|recomputed|computed)' || true
grep -E "VmHWM" /proc/$pid/status
