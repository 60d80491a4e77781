# Tests of slug.sh, by name: words, empty.
case $1 in
words) test "$(sh examples/scripts/slug.sh 'Fresh Bread')" = fresh-bread ;;
# Where there is no script its output is empty as well: this test shows nothing.
empty) test -z "$(sh examples/scripts/slug.sh '' 2>/dev/null)" ;;
*) exit 2 ;;
esac
