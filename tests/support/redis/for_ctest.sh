#!/usr/bin/env bash
# One Redis server for all integration tests of a ctest run: `for_ctest.sh DIR start|stop`. start
# leaves its address in DIR/address; a run that finds LETHE_REDIS_URL set uses that server instead.
# Without Redis it says so and exits 77 (skipped), or 1 with LETHE_REQUIRE_SERVERS=1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1 command=$2

missing() {
  echo "no Redis for the integration tests: $1" >&2
  if [ "${LETHE_REQUIRE_SERVERS:-0}" = 1 ]; then exit 1; else exit 77; fi
}

free_port() {
  local port=$((20000 + $$ % 5000))
  while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

stop() {
  "$here/redis.sh" -w "$dir/node" wipe
  rm -f "$dir/address"
}

case $command in
  start)
    mkdir -p "$dir"
    stop
    if [ -n "${LETHE_REDIS_URL:-}" ]; then echo "$LETHE_REDIS_URL" >"$dir/address"; exit 0; fi
    status=0
    "$here/redis.sh" -w "$dir/node" -p "$(free_port)" start || status=$?
    if [ $status = 77 ]; then missing "redis-server is not installed"; fi
    [ $status = 0 ] || exit $status
    "$here/redis.sh" -w "$dir/node" address >"$dir/address"
    ;;
  stop) stop ;;
  *) echo "for_ctest.sh: start or stop" >&2; exit 2 ;;
esac
