#!/bin/sh
# The parent of one process: a container's first, or one that exec starts in it. It outlives the daemon, and knows what
# the daemon must not lose: the process appends its output to files, and how it ended is written beside and renamed.
#
#   parent.sh FOLDER ENDS ID DIRECTORY none|input|terminal COMMAND…
#
# FOLDER/stdout.raw, stderr.raw   what the process prints; a terminal prints to stdout.raw only
# FOLDER/stdin                    a FIFO to its standard input, unless it has none; it comes to its end when nobody
#                                 holds it any more, also not the process whose pid is in FOLDER/stdin.holder
# FOLDER/tty                      the name of its terminal, if it has one, for its size
# FOLDER/parent                   the name of this boot and what /proc has as this shell's stat, to know it again
# FOLDER/command                  what script(1) runs, where there is a terminal
# FOLDER/started                  written by the daemon: the pid of the process and when it began
# FOLDER/leader                   the pid of COMMAND, which leads a session of its own, by way of leader.new
# FOLDER/*.raw.copied             there while a stream is copied: not while that waits for room, which *.raw.room finds
# ENDS/ID                         its exit code, as a shell has it
folder=$1 ends=$2 id=$3 directory=$4 kind=$5
shift 5
export GROUNDHOG_FOLDER="$folder" GROUNDHOG_DIRECTORY="$directory"
read -r boot < /proc/sys/kernel/random/boot_id
read -r stat < "/proc/$$/stat"
echo "$boot $stat" > "$folder/parent" || exit 125
rm -f "$folder/stdout" "$folder/stderr" "$folder/stdin" "$folder/stdin.holder" "$folder/tty"
mkfifo "$folder/stdout" "$folder/stderr"
# Appends a pipe to a file. While the disk is full it holds the pipe, so that who prints waits and is not killed by it.
# What cat had read by then is lost, so there has to be room for that much before the next one reads.
copy() {
  exec 3< "$1"
  while [ -d "$folder" ]; do
    true > "$2.copied"
    cat <&3 >> "$2" &
    trap "kill $!; exit" TERM
    wait $! && exit
    trap exit TERM
    rm -f "$2.copied" # which needs no room
    room=no
    while [ $room = no ] && [ -d "$folder" ]; do
      sleep 1
      head -c 131072 /dev/zero > "$2.room" && room=yes
      rm -f "$2.room"
    done
  done
}
# Pipes, not the files themselves: what opens /dev/stdout anew would cut a file.
copy "$folder/stdout" "$folder/stdout.raw" &
out=$!
copy "$folder/stderr" "$folder/stderr.raw" &
err=$!
input=/dev/null holder=
if [ "$kind" != none ]; then
  input=$folder/stdin
  mkfifo -m 600 "$input"
  # The holder has it from its first moment on, which is how the daemon knows it.
  exec 9<> "$input"
  sleep 2147483647 < /dev/null > /dev/null 2>&1 &
  holder=$!
  exec 9<&-
  echo $holder > "$folder/stdin.holder"
fi
leader='
  [ ! -t 0 ] || tty > "$GROUNDHOG_FOLDER/tty"
  echo $$ > "$GROUNDHOG_FOLDER/leader.new" || exit 126
  cd "$GROUNDHOG_DIRECTORY" || exit 126
  mv "$GROUNDHOG_FOLDER/leader.new" "$GROUNDHOG_FOLDER/leader" || exit 126
  exec "$@"'
if [ "$kind" = terminal ]; then
  # script(1) takes one string for a shell, which may be shorter than a command.
  {
    printf 'set --'
    printf '%s\0' "$@" | LC_ALL=C sed -z "s/'/'\\\\''/g; s/^/ '/; s/\$/'/" | tr -d '\0'
    printf '\n%s\n' "$leader"
  } > "$folder/command" || exit 125
  SHELL=/bin/sh setsid script -qef -E always -c '. "$GROUNDHOG_FOLDER/command"' /dev/null \
    < "$input" > "$folder/stdout" 2> "$folder/stderr" &
else
  setsid sh -c "$leader" container "$@" < "$input" > "$folder/stdout" 2> "$folder/stderr" &
fi
wait $!
code=$?
# As with a pid namespace, nothing of a container outlives its first process.
kill -s KILL -- "-$(cat "$folder/leader")" 2> /dev/null
# Whoever has ended the input has ended the holder too, and its pid may be another's by now.
if [ "$holder" ] && read -r _ _ _ above _ < "/proc/$holder/stat" && [ "$above" = $$ ]; then kill $holder; fi 2> /dev/null
# Who has left the session may hold the pipes for ever, and is not waited for: 2 s in which both can be copied.
(
  for _ in 1 2; do
    while
      sleep 1 &
      trap "kill $!; exit" TERM
      wait $!
      trap exit TERM
      [ -d "$folder" ] && ! { [ -e "$folder/stdout.raw.copied" ] && [ -e "$folder/stderr.raw.copied" ]; }
    do :; done
  done
  kill $out $err
) > /dev/null 2>&1 &
timer=$!
wait $out $err
kill $timer 2> /dev/null
rm -f "$folder/stdout" "$folder/stderr" "$folder/stdin" "$folder/stdin.holder" "$folder/tty" "$folder/command" \
  "$folder"/*.raw.copied
[ -s "$folder/leader" ] || exit 125 # it never began, which is no end
# A full disk delays an end, and loses none. Without its folder nobody wants to know it.
until echo $code > "$ends/.$id" && mv "$ends/.$id" "$ends/$id"; do
  [ -d "$folder" ] && [ -d "$ends" ] || { rm -f "$ends/.$id"; exit; }
  sleep 1
done
