#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A real Keycloak (H2 in memory) with a realm, a client that may read events and delete users, and
# admin and user events switched on.
#
#   keycloak.sh [options] install | start | stop | kill | status | wipe
#   keycloak.sh [options] env              KEYCLOAK_URL, KEYCLOAK_REALM, KEYCLOAK_CLIENT_ID, KEYCLOAK_CLIENT_SECRET
#   keycloak.sh [options] add-user NAME    prints the user's id
#   keycloak.sh [options] delete-user ID   through the admin API, which makes the admin event
#   keycloak.sh [options] delete-self ID   as the user does it: a login, then a confirmation, which
#                                          makes the user event DELETE_ACCOUNT
#
# Options: -w DIR  work dir  default ${TMPDIR:-/tmp}/keycloak-node
#          -p PORT port      default 8088 (management: PORT+1)
# Environment: KC_VERSION (26.7.3), KC_HOME_DIR (default ${TMPDIR:-/tmp}/keycloak-VERSION),
#   KC_WAIT (180 seconds), KC_JVM (-Xms64m -Xmx512m ...). Needs Java 17, curl and python3; Maven once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=${KC_VERSION:-26.7.3}
home=${KC_HOME_DIR:-${TMPDIR:-/tmp}/keycloak-$version}
work=${TMPDIR:-/tmp}/keycloak-node
wait_s=${KC_WAIT:-180} realm=people port=""
jvm=${KC_JVM:--Xms64m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}
die() { echo "keycloak.sh: $*" >&2; exit 1; }
usage() { sed -n '4,/^set -euo/p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; }
while getopts "w:p:h" o; do
  case $o in w) work=$OPTARG ;; p) port=$OPTARG ;; h) usage; exit 0 ;; *) usage >&2; exit 2 ;; esac
done
shift $((OPTIND - 1))
cmd=${1:-}
[ $# -gt 0 ] && shift
case $work in /*) ;; *) work=$PWD/$work ;; esac
saved_port=""
[ ! -f "$work/node.conf" ] || . "$work/node.conf"
port=${port:-${saved_port:-8088}}
url=http://127.0.0.1:$port
admin=$url/admin/realms/$realm

pid() { cat "$work/pid" 2>/dev/null || true; }
alive() {
  local p
  p=$(pid)
  [ -n "$p" ] && kill -0 "$p" 2>/dev/null &&
    tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null | grep -qF -- "-Dkc.work.tag=$work "
}
# json PATH: the member of the JSON on standard input, "0.id".
json() {
  python3 -c 'import json,sys
d=json.load(sys.stdin)
for k in sys.argv[1].split("."): d=d[int(k)] if isinstance(d,list) else d[k]
print(d)' "$1"
}
ask() { curl -fsS --noproxy '*' -m 20 "$@"; }
admin_token() {
  ask "$url/realms/master/protocol/openid-connect/token" -d grant_type=password \
    -d client_id=admin-cli -d username=admin -d password=admin | json access_token
}
token() {
  ask "$url/realms/$realm/protocol/openid-connect/token" -d grant_type=client_credentials \
    -d client_id=shredder -d client_secret=shredder-secret | json access_token
}

install() {
  [ ! -f "$home/.complete" ] || return 0
  command -v mvn >/dev/null || die "Maven is needed once"
  mkdir -p "$home"
  (
    flock 9
    [ ! -f "$home/.complete" ] || exit 0
    rm -rf "$home/.dl"
    mkdir -p "$home/.dl"
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
      -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:tar.gz" -DoutputDirectory="$home/.dl"
    tar xzf "$home/.dl/"*.tar.gz -C "$home" --strip-components=1
    rm -rf "$home/.dl"
    # Built once: a later start takes half the time.
    JAVA_OPTS="$jvm" "$home/bin/kc.sh" build --db=dev-mem --health-enabled=true >"$home/build.log" 2>&1
    touch "$home/.complete"
  ) 9>"$home/.lock"
}

setup() {
  local h account role roles own
  h=(-H "Authorization: Bearer $(admin_token)" -H 'Content-Type: application/json')
  ask "${h[@]}" "$url/admin/realms" -d "{\"realm\":\"$realm\",\"enabled\":true,\"sslRequired\":\"none\",
    \"adminEventsEnabled\":true,\"adminEventsDetailsEnabled\":true,\"eventsEnabled\":true,
    \"eventsExpiration\":86400,\"enabledEventTypes\":[\"DELETE_ACCOUNT\"]}"
  ask "${h[@]}" "$admin/clients" -d '{"clientId":"shredder","secret":"shredder-secret",
    "publicClient":false,"serviceAccountsEnabled":true,"standardFlowEnabled":false}'
  account=$(ask "${h[@]}" "$admin/users?username=service-account-shredder" | json 0.id)
  role=$(ask "${h[@]}" "$admin/clients?clientId=realm-management" | json 0.id)
  roles=$(ask "${h[@]}" "$admin/clients/$role/roles" | python3 -c '
import json,sys
print(json.dumps([r for r in json.load(sys.stdin) if r["name"] in ("view-events", "manage-users")]))')
  ask "${h[@]}" "$admin/users/$account/role-mappings/clients/$role" -d "$roles"
  # Users may delete themselves.
  ask "${h[@]}" -X PUT "$admin/authentication/required-actions/delete_account" \
    -d '{"alias":"delete_account","name":"Delete Account","providerId":"delete_account","enabled":true}'
  own=$(ask "${h[@]}" "$admin/clients?clientId=account" | json 0.id)
  ask "${h[@]}" "$admin/clients/$own/roles/delete-account" >"$work/delete-account.json"
  ask "${h[@]}" "$admin/clients" -d '{"clientId":"portal","publicClient":true,
    "redirectUris":["http://127.0.0.1/*"]}'
}

start() {
  ! alive || return 0
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && die "port $port is taken"
  install
  mkdir -p "$work"
  echo "saved_port=$port" >"$work/node.conf"
  JAVA_OPTS="$jvm -Dkc.work.tag=$work " KC_BOOTSTRAP_ADMIN_USERNAME=admin \
    KC_BOOTSTRAP_ADMIN_PASSWORD=admin setsid "$home/bin/kc.sh" start --optimized \
    --http-enabled=true --hostname-strict=false --http-host=127.0.0.1 --http-port="$port" \
    --http-management-port=$((port + 1)) >>"$work/server.log" 2>&1 </dev/null &
  echo $! >"$work/pid"
  local i ok=0 child
  for ((i = 0; i < wait_s * 5; i++)); do
    ask -o /dev/null "$url/realms/master" 2>/dev/null && { ok=1; break; }
    kill -0 "$(pid)" 2>/dev/null || { tail -5 "$work/server.log" >&2; die "the server ended"; }
    sleep 0.2
  done
  [ $ok = 1 ] || die "not ready within ${wait_s}s"
  # kc.sh stays as the parent of the JVM, which is what the other subcommands act on.
  child=$(cat "/proc/$(pid)/task/$(pid)/children" 2>/dev/null || true)
  [ -z "${child// /}" ] || echo "${child%% *}" >"$work/pid"
  alive || die "lost the JVM"
  setup
}

end() {
  alive || { rm -f "$work/pid"; return 0; }
  kill -"$1" "$(pid)"
  local i
  for ((i = 0; i < 300; i++)); do alive || break; sleep 0.05; done
  ! alive || kill -KILL "$(pid)"
  rm -f "$work/pid"
}

add_user() {
  local h own id
  h=(-H "Authorization: Bearer $(admin_token)" -H 'Content-Type: application/json')
  id=$(ask "${h[@]}" -D - -o /dev/null "$admin/users" -d "{\"username\":\"$1\",\"enabled\":true,
    \"email\":\"$1@example.org\",\"firstName\":\"A\",\"lastName\":\"B\",\"emailVerified\":true,
    \"credentials\":[{\"type\":\"password\",\"value\":\"pw\",\"temporary\":false}]}" |
    tr -d '\r' | sed -n 's#^[Ll]ocation: .*/##p')
  own=$(ask "${h[@]}" "$admin/clients?clientId=account" | json 0.id)
  ask "${h[@]}" "$admin/users/$id/role-mappings/clients/$own" -d "[$(cat "$work/delete-account.json")]"
  echo "$id"
}

case $cmd in
  install) install ;;
  start) start ;;
  stop) end TERM ;;
  kill) end KILL ;;
  status) alive && echo "up pid $(pid) $url" || { echo down; exit 3; } ;;
  wipe) end TERM; rm -rf "$work" ;;
  env) printf 'KEYCLOAK_URL=%s\nKEYCLOAK_REALM=%s\nKEYCLOAK_CLIENT_ID=shredder\nKEYCLOAK_CLIENT_SECRET=shredder-secret\n' "$url" "$realm" ;;
  add-user) add_user "$1" ;;
  delete-user) ask -X DELETE -H "Authorization: Bearer $(token)" "$admin/users/$1" ;;
  delete-self)
    name=$(ask -H "Authorization: Bearer $(token)" "$admin/users/$1" | json username)
    python3 "$here/delete_self.py" "$url/realms/$realm" "$name" ;;
  *) usage >&2; exit 2 ;;
esac
