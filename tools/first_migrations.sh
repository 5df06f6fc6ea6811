#!/usr/bin/env bash
# Makes the first migration of every app anew from its models. Only before the first release:
# afterwards migrations are added, never rewritten.
set -eu
cd "$(dirname "$0")/.."
aside=$(mktemp -d)
apps="ground/community ground/audit ground/notify ground/figures ground/people ground/places commons/flow parlour/reception"
put_back() {
  for app in $apps; do
    for later in "$aside/$app"/00*.py; do [ -e "$later" ] && mv "$later" "mulin/$app/migrations/"; done
  done
  return 0
}
trap put_back EXIT
for app in $apps; do
  folder=mulin/$app/migrations
  mkdir -p "$folder" "$aside/$app"
  touch "$folder/__init__.py"
  rm -f "$folder"/0001_*.py
  for later in "$folder"/00*.py; do [ -e "$later" ] && mv "$later" "$aside/$app/"; done
done
.venv/bin/python -m django makemigrations --settings mulin.settings --skip-checks \
  community audit notify figures people places flow reception "$@"
