#!/usr/bin/env bash
# One PostgreSQL server for all integration tests of a ctest run: `for_ctest.sh DIR start|stop`.
# start leaves its address in DIR/address; a run that finds LETHE_POSTGRES_URL set (a superuser's
# connection string without a database) uses that server instead. Without PostgreSQL it says so and
# exits 77 (skipped), or 1 with LETHE_REQUIRE_SERVERS=1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1 command=$2

missing() {
  echo "no PostgreSQL for the integration tests: $1" >&2
  if [ "${LETHE_REQUIRE_SERVERS:-0}" = 1 ]; then exit 1; else exit 77; fi
}

free_port() {
  local port=$((25000 + $$ % 5000))
  while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

stop() {
  if [ -f "$dir/place" ]; then "$here/postgres.sh" -w "$(cat "$dir/place")" wipe; fi
  rm -f "$dir/address" "$dir/place"
}

case $command in
  start)
    mkdir -p "$dir"
    stop
    if [ -n "${LETHE_POSTGRES_URL:-}" ]; then echo "$LETHE_POSTGRES_URL" >"$dir/address"; exit 0; fi
    place=$(mktemp -d "${TMPDIR:-/tmp}/lethe-postgres-XXXXXX") # the server's user must reach it
    chmod 711 "$place"
    echo "$place" >"$dir/place"
    status=0
    "$here/postgres.sh" -w "$place" -p "$(free_port)" start || status=$?
    if [ $status = 77 ]; then missing "its server programs are not installed"; fi
    [ $status = 0 ] || exit $status
    "$here/postgres.sh" -w "$place" url >"$dir/address"
    ;;
  stop) stop ;;
  *) echo "for_ctest.sh: start or stop" >&2; exit 2 ;;
esac
