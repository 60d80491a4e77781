#!/bin/sh
# Answers questions about the readings of a weather station:
#
#   readings.sh list STATION      its temperatures, one a line
#   readings.sh warmest STATION   the highest one
#   readings.sh mean STATION      their mean, rounded down
#   readings.sh report            a line for each station

set -eu
data="$(dirname -- "$0")/../data/readings.csv"

list() {
    tail -n +2 "$data" | while IFS=, read -r _ station celsius; do
        if [ "$station" = "$1" ]; then
            printf '%s\n' "$celsius"
        fi
    done
}

warmest() {
    list "$1" | sort -n | tail -n 1
}

mean() {
    sum=0
    count=0
    for celsius in $(list "$1"); do
        sum=$((sum + celsius))
        count=$((count + 1))
    done
    echo $((sum / count))
}

report() {
    for station in $(tail -n +2 "$data" | cut -d , -f 2 | sort -u); do
        echo "$station: warmest $(warmest "$station"), mean $(mean "$station")"
    done
}

case "${1:-}" in
    list | warmest | mean) "$1" "$2" ;;
    report) report ;;
    *)
        echo 'usage: readings.sh list|warmest|mean STATION, or readings.sh report' >&2
        exit 2
        ;;
esac
