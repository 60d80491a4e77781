# Makes a title a name for an address: slug.sh TITLE
printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -c '[:alnum:]' '-'
