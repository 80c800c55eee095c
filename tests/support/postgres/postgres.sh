#!/usr/bin/env bash
# A throw-away PostgreSQL cluster for tests, run by an unprivileged user, on loopback.
#
#   postgres.sh [options] start            make the cluster on first use, start, wait until it answers
#   postgres.sh [options] stop | kill      fast shutdown; SIGKILL to all of it: a crash (data is kept)
#   postgres.sh [options] pause | resume   SIGSTOP / SIGCONT: a server that hangs
#   postgres.sh [options] standby PRIMARY  start as a streaming standby of the cluster in work dir PRIMARY
#   postgres.sh [options] promote          a standby becomes a primary
#   postgres.sh [options] url              the connection string, without a database
#   postgres.sh [options] wipe             stop and delete everything
#
# Options: -w DIR   work dir (default ${TMPDIR:-/tmp}/postgres-node); user postgres must reach it
#          -p PORT  port (default 5432); remembered in the work dir
#          -s       safe: fsync on (default off: faster, and a killed *process* still loses nothing)
# Without PostgreSQL's programs it exits 77.
set -euo pipefail
work=${TMPDIR:-/tmp}/postgres-node port="" safe=""
die() { echo "postgres.sh: $*" >&2; exit 1; }
usage() { sed -n '2,/^set -euo/p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; }
while getopts "w:p:sh" o; do
  case $o in w) work=$OPTARG ;; p) port=$OPTARG ;; s) safe=1 ;; h) usage; exit 0 ;; *) usage >&2; exit 2 ;; esac
done
shift $((OPTIND - 1))
cmd=${1:-}
case $work in /*) ;; *) work=$PWD/$work ;; esac
saved_port="" saved_safe=""
if [ -f "$work/node.conf" ]; then . "$work/node.conf"; fi
port=${port:-${saved_port:-5432}} safe=${safe:-${saved_safe:-0}}

# A server refuses to run as root; Debian's package brings a user for it.
as() {
  if [ "$(id -u)" != 0 ]; then "$@"; return; fi
  setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$work" "$@"
}
programs() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1) || true
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] || { echo "PostgreSQL's server programs are not installed" >&2; exit 77; }
  dirname "$found"
}
pid() { head -1 "$work/data/postmaster.pid" 2>/dev/null || true; }
alive() {
  local p
  p=$(pid)
  [ -n "$p" ] && kill -0 "$p" 2>/dev/null && [ "$(readlink "/proc/$p/cwd")" = "$work/data" ]
}
family() { local p; p=$(pid); echo "$p" $(cat "/proc/$p/task/$p/children"); }

prepare() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then die "port $port is taken"; fi
  mkdir -p "$work/sock"
  printf 'saved_port=%s\nsaved_safe=%s\n' "$port" "$safe" >"$work/node.conf"
  echo test >"$work/pw"
  echo "*:*:*:test:test" >"$work/pgpass"
  chmod 755 "$work"
  if [ "$(id -u)" = 0 ]; then chown postgres "$work" "$work/sock" "$work/pgpass"; fi
  chmod 600 "$work/pgpass"
  as test -x "$work" || die "user postgres cannot reach $work: use folders that everybody may enter"
}

start() {
  if alive; then echo "already running: port $port"; return; fi
  local b fsync=off i
  b=$(programs)
  prepare
  if [ ! -f "$work/data/PG_VERSION" ]; then
    as "$b/initdb" -D "$work/data" -U test --pwfile="$work/pw" -A scram-sha-256 --auth-local=trust \
      -E UTF8 --locale=C --no-sync >"$work/initdb.log" 2>&1 || die "initdb: $(tail -3 "$work/initdb.log")"
  fi
  if [ "$safe" = 1 ]; then fsync=on; fi
  rm -f "$work/data/postmaster.pid" # left by a crash; it does not run
  (
    cd "$work"
    as setsid "$b/postgres" -D "$work/data" -p "$port" -k "$work/sock" -c listen_addresses=127.0.0.1 \
      -c fsync=$fsync -c full_page_writes=$fsync -c shared_buffers=64MB -c max_wal_size=1GB \
      -c max_connections=100 -c log_min_messages=warning >>"$work/server.log" 2>&1 </dev/null &
  )
  for ((i = 0; i < 1200; i++)); do
    if "$b/pg_isready" -q -h 127.0.0.1 -p "$port"; then break; fi
    sleep 0.05
  done
  alive || die "did not start: $(tail -5 "$work/server.log")"
}

standby() {
  local primary=$1 b saved_port="" saved_safe=""
  b=$(programs)
  prepare
  . "$primary/node.conf"
  as env PGPASSFILE="$work/pgpass" "$b/pg_basebackup" -h 127.0.0.1 -p "$saved_port" -U test -D "$work/data" \
    -R -c fast --no-sync >"$work/basebackup.log" 2>&1 || die "basebackup: $(tail -3 "$work/basebackup.log")"
  start
}

end() {
  alive || return 0
  local p i kids
  p=$(pid)
  kids=$(cat "/proc/$p/task/$p/children")
  kill -CONT "$p" $kids 2>/dev/null || true
  if [ "$1" = KILL ]; then kill -KILL "$p" $kids; else kill -INT "$p"; fi # INT: fast shutdown
  for ((i = 0; i < 400; i++)); do
    kill -0 "$p" 2>/dev/null || break
    sleep 0.05
  done
}

case $cmd in
  start) start ;;
  standby) standby "$2" ;;
  promote) as "$(programs)/pg_ctl" -D "$work/data" -w promote >/dev/null ;;
  stop) end INT ;;
  kill) end KILL ;;
  pause) kill -STOP $(family) ;;
  resume) kill -CONT $(family) ;;
  url) echo "postgresql://test:test@127.0.0.1:$port" ;;
  wipe) end INT; rm -rf "$work" ;;
  *) usage >&2; exit 2 ;;
esac
