#!/usr/bin/env bash
# A throw-away Redis server on 127.0.0.1 that keeps nothing on disk by itself.
#
#   redis.sh -w DIR [-p PORT] [-a PASSWORD] start
#   redis.sh -w DIR stop | kill | pause | resume | wipe | address
#
# Exits 77 where redis-server is not installed.
set -euo pipefail
work="" port="" password=""
die() { echo "redis.sh: $*" >&2; exit 1; }
while getopts "w:p:a:" option; do
  case $option in w) work=$OPTARG ;; p) port=$OPTARG ;; a) password=$OPTARG ;; *) exit 2 ;; esac
done
shift $((OPTIND - 1))
case $work in /*) ;; *) die "-w needs an absolute folder" ;; esac
# A second start has the port and the password of the first.
saved_port="" saved_password=""
if [ -f "$work/node.conf" ]; then . "$work/node.conf"; fi
port=${port:-$saved_port} password=${password:-$saved_password}

pid() { cat "$work/pid" 2>/dev/null || true; }
alive() {
  local pid
  pid=$(pid)
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$(readlink "/proc/$pid/cwd")" = "$work" ]
}
ping() {
  REDISCLI_AUTH=$password redis-cli -h 127.0.0.1 -p "$port" ping 2>/dev/null
}
start() {
  local i arguments=()
  if alive; then return; fi
  command -v redis-server >/dev/null || exit 77
  [ -n "$port" ] || die "-p PORT is missing"
  mkdir -p "$work"
  printf 'saved_port=%s\nsaved_password=%q\n' "$port" "$password" >"$work/node.conf"
  if [ -n "$password" ]; then arguments=(--requirepass "$password"); fi
  (cd "$work" && exec setsid redis-server --bind 127.0.0.1 --port "$port" --dir "$work" \
    --daemonize no --save '' --appendonly no "${arguments[@]}") \
    >>"$work/server.log" 2>&1 </dev/null &
  echo $! >"$work/pid"
  disown
  for ((i = 0; i < 400; i++)); do
    if [ "$(ping)" = PONG ]; then break; fi
    sleep 0.02
  done
  alive || die "it did not start: $(tail -3 "$work/server.log")"
}
end() {
  local i
  if alive; then
    kill -CONT "$(pid)"
    kill -"$1" "$(pid)"
    for ((i = 0; i < 200; i++)); do
      alive || break
      sleep 0.02
    done
  fi
  rm -f "$work/pid"
}

case ${1:-} in
  start) start ;;
  stop) end TERM ;;
  kill) end KILL ;;
  pause) kill -STOP "$(pid)" ;;
  resume) kill -CONT "$(pid)" ;;
  wipe) end KILL; rm -rf "$work" ;;
  address) echo "redis://${password:+:$password@}127.0.0.1:$port" ;;
  *) die "start, stop, kill, pause, resume, wipe or address" ;;
esac
