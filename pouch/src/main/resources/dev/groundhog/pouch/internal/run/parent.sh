#!/bin/sh
# The parent of one container. It outlives the daemon, and knows what the daemon must not lose: the container appends
# its output to files, and how it ended is written beside and renamed.
#
#   parent.sh FOLDER ENDS ID DIRECTORY COMMAND…
#
# FOLDER/stdout.raw, stderr.raw   what the container prints
# FOLDER/pid                      of its first process, which leads a session of its own
# ENDS/ID                         its exit code, as a shell has it
folder=$1 ends=$2 id=$3 directory=$4
shift 4
export GROUNDHOG_PID_FILE="$folder/pid" GROUNDHOG_DIRECTORY="$directory"
rm -f "$folder/stdout" "$folder/stderr"
mkfifo "$folder/stdout" "$folder/stderr"
# Pipes, not the files themselves: what opens /dev/stdout anew would cut a file.
cat "$folder/stdout" >> "$folder/stdout.raw" &
out=$!
cat "$folder/stderr" >> "$folder/stderr.raw" &
err=$!
setsid sh -c '
  echo $$ > "$GROUNDHOG_PID_FILE.new"
  cd "$GROUNDHOG_DIRECTORY" || exit 126
  mv "$GROUNDHOG_PID_FILE.new" "$GROUNDHOG_PID_FILE"
  exec "$@"' container "$@" < /dev/null > "$folder/stdout" 2> "$folder/stderr" &
wait $!
code=$?
# As with a pid namespace, nothing of a container outlives its first process.
kill -s KILL -- "-$(cat "$folder/pid")" 2> /dev/null
# Who has left the session may hold the pipes for ever, and is not waited for.
(sleep 2; kill $out $err) > /dev/null 2>&1 &
timer=$!
wait $out $err
kill $timer 2> /dev/null
rm -f "$folder/stdout" "$folder/stderr"
echo $code > "$ends/.$id"
mv "$ends/.$id" "$ends/$id"
