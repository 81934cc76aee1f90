# Sourced: a Docker daemon of its own, which shares nothing with one that the machine may have, and its end.

# why_no_docker: prints what is missing for dockerd, the docker client, runc and images of a static busybox, or fails.
why_no_docker() {
  [ "$(id -u)" -eq 0 ] || { echo "containers need root" && return; }
  local tool
  for tool in docker dockerd containerd runc busybox script stty ps; do
    command -v "$tool" > /dev/null || { echo "$tool is not installed" && return; }
  done
  ! ldd "$(command -v busybox)" > /dev/null 2>&1 || { echo "busybox is not linked statically (Debian: busybox-static)" && return; }
  return 1
}

# start_dockerd FOLDER: it listens on FOLDER/s, its process is in $dockerd. If it does not start, $failure tells why.
start_dockerd() {
  mkdir -p "$1"
  dockerd --iptables=false --ip6tables=false --bridge=none --data-root "$1/data" --exec-root "$1/exec" \
    -H "unix://$1/s" -p "$1/pid" > "$1/log" 2>&1 &
  dockerd=$!
  until_true 60 dockerd_answers "$1" || true
  failure="dockerd does not start here: $(tail -n 20 "$1/log")"
  ! has_ended "$dockerd" && dockerd_answers "$1"
}
dockerd_answers() {
  has_ended "$dockerd" || timeout 5 docker -H "unix://$1/s" version > /dev/null 2>&1
}

# end_daemon FOLDER PID: removes the containers, ends the daemon, gently if it lets itself, and what it has mounted.
end_daemon() {
  local ids mounted
  ids=$(timeout 20 docker -H "unix://$1/s" ps -aq --no-trunc 2> /dev/null) || true
  # shellcheck disable=SC2086
  [ -z "$ids" ] || timeout 60 docker -H "unix://$1/s" rm -f $ids > /dev/null 2>&1 || true
  kill "$2" 2> /dev/null || true
  until_true 20 has_ended "$2" || { pkill -9 -P "$2" || true; kill -9 "$2" || true; }
  wait "$2" 2> /dev/null || true
  while read -r mounted; do umount -l "$mounted" || true; done < <(awk -v under="$1/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
}
