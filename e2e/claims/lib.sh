# Sourced by the claims: paths, a JDK, and what every claim must end.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
groundhog="$root/groundhog"
. "$root/etc/jdk.sh"
. "$root/etc/test-tools.sh"
work=$(mktemp -d)
started=()
cleanup() {
  for pid in "${started[@]}"; do
    pkill -P "$pid" 2> /dev/null || true
    kill "$pid" 2> /dev/null || true
  done
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

# until_true SECONDS COMMAND…: runs COMMAND until it succeeds, or fails after SECONDS.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

# exits CODE COMMAND…: runs COMMAND, output in $work/out, and insists on its exit code.
exits() {
  local wanted=$1 status=0
  shift
  "$@" > "$work/out" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] || fail "$* ended with $status, not $wanted: $(cat "$work/out")"
}

# any GREP-ARGUMENTS…: whether a line of the input matches. To be used behind a pipe, where `grep -q` stops reading at the
# first match: the writer then fails on its closed pipe now and then, and with it the whole line.
any() {
  [ "$(grep -c "$@")" != 0 ]
}

# disconnects_classpath: builds the servers and clients of e2e/disconnects, as far as needed; they are in $classpath.
disconnects_classpath() {
  require_maven
  (cd "$root" && mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true -pl e2e/disconnects -am package) > "$work/build" 2>&1 ||
    fail "e2e/disconnects cannot be built: $(cat "$work/build")"
  classpath="$root/e2e/disconnects/target/classes:$root/e2e/disconnects/target/lib/*"
}
