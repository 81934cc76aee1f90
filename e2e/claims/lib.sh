# Sourced by the claims: paths, a JDK, and what every claim must end.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
groundhog="$root/groundhog"
. "$root/etc/jdk.sh"
. "$root/etc/test-tools.sh"
work=$(mktemp -d)
started=()
# Of a claim nothing is left, also of one that fails: what was started ends, in the background too, and so do containers,
# and what is mounted below $work.
cleanup() {
  local pid mounted pids
  mapfile -t pids < <(printf '%s\n' "${started[@]}" && jobs -p)
  end_containers
  for pid in "${pids[@]}"; do
    pkill -P "$pid" 2> /dev/null || true
    kill "$pid" 2> /dev/null || true
  done
  for pid in "${pids[@]}"; do
    until_true 10 has_ended "$pid" || kill -9 "$pid" 2> /dev/null || true
  done
  end_containers # those that were being started
  while read -r mounted; do
    umount -l "$mounted" || true
  done < <(awk -v under="$work/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
  rm -rf "$work" || { sleep 1 && rm -rf "$work"; }
}
trap cleanup EXIT

has_ended() { ! kill -0 "$1" 2> /dev/null; } # PID

# end_containers: kills the containers of data roots below $work, which outlive their daemon, and removes their cgroups. A
# variable of the environment with a folder there marks them, and their parents; `_`, which is the command itself, does not.
end_containers() {
  local pid folder
  for pid in $(grep -alzsE "^[A-Z_]{2,}=$work(/|\$)" /proc/[0-9]*/environ | cut -d / -f 3); do kill_tree "$pid"; done
  for folder in "$work"/*/containers/* "$work"/*/*/containers/*; do
    [ ! -d "$folder" ] || find /sys/fs/cgroup -depth -type d -path "*/pouch/${folder##*/}*" -exec rmdir {} + 2> /dev/null || true
  done
}
kill_tree() { # PID
  local child children
  children=$(pgrep -P "$1") || true
  kill -9 "$1" 2> /dev/null || true
  for child in $children; do kill_tree "$child"; done
}

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
