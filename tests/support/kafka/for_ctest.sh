#!/usr/bin/env bash
# One broker for all integration tests of a ctest run: `for_ctest.sh DIR start|stop`.
# start leaves its address in DIR/address; a run that finds KAFKA_BOOTSTRAP set uses that broker instead.
# Without Java or Kafka's jars it says so and exits 77 (skipped), or 1 with LETHE_REQUIRE_SERVERS=1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1 command=$2
export KAFKA_WAIT=${KAFKA_WAIT:-240} # a machine that builds at the same time is slow

missing() {
  echo "no broker for the integration tests: $1" >&2
  if [ "${LETHE_REQUIRE_SERVERS:-0}" = 1 ]; then exit 1; else exit 77; fi
}

# Two free ports, 100 apart: the broker's and its controller's.
free_port() {
  local port=$((20000 + $$ % 5000))
  while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || (: </dev/tcp/127.0.0.1/$((port + 100))) 2>/dev/null; do
    port=$((port + 1))
  done
  echo "$port"
}

stop() {
  if [ -d "$dir/broker" ]; then "$here/kafka.sh" -w "$dir/broker" wipe; fi
  rm -f "$dir/address"
}

case $command in
  start)
    mkdir -p "$dir"
    stop
    if [ -n "${KAFKA_BOOTSTRAP:-}" ]; then echo "$KAFKA_BOOTSTRAP" >"$dir/address"; exit 0; fi
    command -v java >/dev/null || missing "Java 17 is not installed"
    "$here/kafka.sh" -w "$dir/broker" install || missing "Kafka's jars could not be fetched"
    port=$(free_port)
    "$here/kafka.sh" -w "$dir/broker" -p "$port" start
    echo "localhost:$port" >"$dir/address"
    ;;
  stop) stop ;;
  *) echo "for_ctest.sh: start or stop" >&2; exit 2 ;;
esac
