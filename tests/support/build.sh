# SPDX-License-Identifier: Apache-2.0
#
# Configure and build one preset, quietly: a counter on a terminal, the whole output in a log, and
# the compiler's own words when it fails. Sourced by ./quickstart and ./test.

bold="" dim="" red="" green="" plain=""
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

note() { printf '%s\n' "${dim}$*${plain}" >&2; }
fail() {
  printf '%s\n' "${red}$(basename "$0"): $*${plain}" >&2
  exit 1
}

# One compiler a core, and about 1.5 GB of memory for each.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# Reads ninja's lines: all into the log, the count to the terminal (or each quarter elsewhere).
build_progress() {
  local log=$1 line quarter=-1
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    local done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
    if [ -t 2 ]; then
      printf '\r  %d of %d \e[K' "$done" "$all" >&2
    elif [ $((4 * done / all)) -ne "$quarter" ]; then
      quarter=$((4 * done / all))
      printf '  %d of %d\n' "$done" "$all" >&2
    fi
  done
  if [ -t 2 ]; then printf '\r\e[K' >&2; fi
}

# What a reader needs first: the first failed step, or the last lines.
show_failure() {
  local log=$1
  if grep -q '^FAILED: ' "$log"; then
    grep -m 1 -A 30 '^FAILED: ' "$log" >&2
  else
    tail -n 30 "$log" >&2
  fi
}

# build_preset PRESET LOG [TARGET...]: all targets if none is named.
build_preset() {
  local preset=$1 log=$2 began=$SECONDS
  shift 2
  note "building (preset $preset)"
  if ! cmake --preset "$preset" >>"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "CMake could not configure the preset $preset. All of its output: $log"
  fi
  if ! NINJA_STATUS='[%f/%t] ' cmake --build "build/$preset" -j "$(build_jobs)" ${1+--target "$@"} 2>&1 |
    build_progress "$log"; then
    show_failure "$log"
    fail "the build failed. All of its output: $log"
  fi
  note "built in $((SECONDS - began)) s"
}
