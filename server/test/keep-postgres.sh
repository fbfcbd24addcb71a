#!/bin/sh
# Keeps one PostgreSQL for a test: the words start, stop and kill come in line by line, each is answered by a line. When the
# input ends, as it does however the test's process ends, the server is ended and the folder removed.
#
#   keep-postgres.sh FOLDER PORT [OPTION…]     FOLDER/native is the software, FOLDER/data the database; options are PostgreSQL's
set -u
folder=$1
port=$2
shift 2
server=

start() {
  "$folder/native/bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c dynamic_shared_memory_type=mmap "$@" >>"$folder/log" 2>&1 </dev/null &
  server=$!
}

# Ends the server by that signal and waits for it.
end_by() {
  [ -n "$server" ] || return 0
  kill -s "$1" "$server" 2>/dev/null
  wait "$server"
  server=
}

# All of its processes at once, as when the machine loses power; those left over would keep the data folder locked.
kill_all() {
  [ -n "$server" ] || return 0
  kill -s STOP "$server"
  read -r children <"/proc/$server/task/$server/children" || true
  # shellcheck disable=SC2086
  kill -s KILL "$server" ${children:-} 2>/dev/null
  wait "$server" 2>/dev/null
  server=
  for child in ${children:-}; do
    while [ -d "/proc/$child" ]; do sleep 0.01; done
  done
}

# A killed server leaves its shared memory, whose number stands in the seventh line of its pid file.
remove_shared_memory() {
  segment=$(sed -n '7s/^ *[0-9]* *//p' "$folder/data/postmaster.pid" 2>/dev/null)
  [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
}

while read -r word; do
  case $word in
    start) start "$@" && echo "$server" ;;
    stop) end_by INT && echo stopped ;;
    kill) kill_all && echo killed ;;
  esac
done
end_by QUIT
remove_shared_memory
rm -rf "$folder"
