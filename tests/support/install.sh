# SPDX-License-Identifier: Apache-2.0
#
# What Lethe needs from Debian 12, and how it is installed. Sourced by ./quickstart and ./test, the
# only place that names packages. Nothing is asked of the network when nothing is missing.

build_packages=(
  g++ cmake ninja-build ccache pkg-config
  librdkafka-dev libcrypto++-dev libsimdjson-dev libyaml-cpp-dev libcli11-dev libspdlog-dev
  libfmt-dev nlohmann-json3-dev libboost-dev libboost-filesystem-dev libsqlite3-dev
  libpq-dev libhiredis-dev libcurl4-openssl-dev prometheus-cpp-dev
)
test_packages=(
  libgtest-dev libgmock-dev libbenchmark-dev
  clang-14 libc++-14-dev libc++abi-14-dev # a plugin made by another toolchain
  openjdk-17-jdk-headless maven           # Kafka and Keycloak of the tests
  curl openssl                            # ... and what they are set up with
  postgresql-15                           # its server programs; the tests run clusters of their own
  redis-server redis-tools                # likewise
  python3
  iproute2                                # network namespaces, to cut brokers off from each other
  spin                                    # checks the models of tests/model
)

# Prints those of "$@" that are not installed, one a line.
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { print $1 }') || true
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || echo "$name"
  done
}

# install_packages LOG NAME...: installs what is missing, as root or with sudo.
install_packages() {
  local log=$1 sudo=() missing=()
  shift
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    note "no apt-get here: make sure that the equivalents of these are installed: $*"
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing packages, and neither root nor sudo to install them.
  As root: apt-get install --no-install-recommends ${missing[*]}"
    sudo=(sudo)
  fi
  note "installing ${#missing[@]} Debian packages: ${missing[*]}"
  # A package list that cannot be refreshed may still do; the installation is what counts.
  ${sudo[@]+"${sudo[@]}"} apt-get -q update >>"$log" 2>&1 || true
  ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
    { tail -n 15 "$log" >&2; fail "apt-get could not install ${missing[*]}; all of its output: $log"; }
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] || fail "still missing after the installation: ${missing[*]}"
}
