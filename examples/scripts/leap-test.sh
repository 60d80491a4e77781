#!/bin/sh
# Tests a script that knows leap years: leap-test.sh SCRIPT

failed=0
expect() {
    got=$(sh "$script" "$1")
    if [ "$got" != "$2" ]; then
        echo "$1: expected $2, got $got"
        failed=1
    fi
}

script=$1
expect 2023 common
expect 2024 leap
expect 1900 common
expect 2000 leap
exit $failed
