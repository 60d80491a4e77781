#!/bin/sh
# Counts the words of a file: word-count.sh [--unique] FILE

unique=
if [ "${1:-}" = --unique ]; then
    unique=-u
    shift
fi
if [ ! -r "${1:-}" ]; then
    echo "word-count.sh: cannot read '${1:-}'" >&2
    exit 2
fi
tr -s '[:space:]' '\n' <"$1" | sort $unique | grep -c .
