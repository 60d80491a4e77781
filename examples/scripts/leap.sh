#!/bin/sh
# Says whether a year is a leap year.

if [ $(($1 % 400)) -eq 0 ]; then
    echo leap
elif [ $(($1 % 100)) -eq 0 ]; then
    echo common
elif [ $(($1 % 4)) -eq 0 ]; then
    echo leap
else
    echo common
fi
