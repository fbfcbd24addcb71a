#!/bin/sh
# Puts what a function needs into one folder, as a platform takes it: sh server/deploy/function/package.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
server=$(dirname "$(dirname "$here")")
folder=${1:?'expected the folder to make'}
for file in "$server/dist/portlight-function.js" "$server/../web/dist/index.html"; do
  if [ ! -f "$file" ]; then
    echo "package.sh: there is no $file yet: run npm run build" >&2
    exit 1
  fi
done
mkdir -p "$folder/server/dist" "$folder/web"
cp "$server/package.json" "$folder/server/"
# The last one is SQLite's thread; with PostgreSQL it is not used.
cp "$server/dist/portlight-function.js" "$server/dist/function-main.cjs" "$server/dist/sqlite-worker.js" "$folder/server/dist/"
cp -R "$server/../web/dist" "$folder/web/"
# Its compiled form, for platforms whose Node is of the same version; without it a start takes longer.
for node in "$server"/../node_modules/node-linux-*/bin/node; do
  if [ -x "$node" ]; then "$node" "$here/warm-up.mjs" "$folder"; fi
done
chmod -R a+rX "$folder"
