#!/bin/sh
# Says whether a year is a leap year, as it stood before the work.

if [ $(($1 % 4)) -eq 0 ]; then
    echo leap
else
    echo common
fi
