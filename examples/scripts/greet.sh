#!/bin/sh
# Greets a person: greet.sh NAME

if [ -z "${1:-}" ]; then
    echo 'usage: greet.sh NAME' >&2
    exit 2
fi
printf 'Hello, %s!\n' "$1"
