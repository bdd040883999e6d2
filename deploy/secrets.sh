#!/bin/sh
# Secrets of one machine, for deploy/compose.yaml: random, made once, never changed. The folder is for its owner only;
# the files in it are not, since a container's user is another one than yours.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
cd "$folder"

keep() {
    [ -s "$1" ] || cat >"$1"
    chmod 0444 "$1"
}

for name in books_password temporal_password gateway_secret; do
    openssl rand -hex 32 | keep "$name"
done
printf 'postgresql+psycopg://kvitt:%s@books/kvitt\n' "$(cat books_password)" | keep books_url
echo "the secrets are in $folder"
