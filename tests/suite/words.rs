//! Tests of cleaned text and fitted words.

use plan_run::text::{clean, clean_line, columns, fit, size};

#[test]
fn cleaning_takes_out_what_steers_a_terminal() {
    let cases: &[(&[u8], &str)] = &[
        (b"plain\ttext\n", "plain\ttext\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;http://e\x1b\\link", "red xlink"),
        (b"\x1b(Bset \x1b7save \x1bcreset", "set save reset"),
        (b"10%\r50%\r100%\nnext", "100%\nnext"),
        (b"100%\r", "100%"),
        (b"a\r\nb\r\r\nc", "a\nb\nc"),
        (b"nul\0 bell\x07 del\x7f", "nul\u{2400} bell\u{2407} del\u{2421}"),
        (b"bad \xff\xfe utf", "bad \u{fffd}\u{fffd} utf"),
        ("c1 \u{9b} no \u{fffe}\u{ffff}".as_bytes(), "c1 \u{fffd} no \u{fffd}\u{fffd}"),
        ("\u{202e}evil\u{2066}".as_bytes(), "[U+202E]evil[U+2066]"),
        // A sequence without its end must not swallow what follows it.
        (b"\x1b]0;never ended\nnext line", "\u{241b}]0;never ended\nnext line"),
        (b"\x1b[12\xc3\xa9", "\u{241b}[12\u{e9}"),
        (b"cut off \x1b[3", "cut off "),
        (b"\x1b", ""),
    ];
    for (bytes, expected) in cases {
        let cleaned = clean(bytes);
        assert_eq!(&cleaned, expected, "{:?}", String::from_utf8_lossy(bytes));
        assert_eq!(clean(cleaned.as_bytes()), cleaned, "a second time");
    }
    assert_eq!(clean_line(" two\r\nlines\t\u{2028}x\n"), "two lines  x");
}

#[test]
fn words_fit_columns() {
    assert_eq!(fit("short", 5), "short");
    assert_eq!(fit("longer", 5), "lo...");
    assert_eq!(fit("\u{5b57}\u{5b57}\u{5b57}", 5), "\u{5b57}...");
    assert_eq!(fit("abc", 2), "..");
    assert_eq!(columns("\u{5b57}x"), 3);
    assert_eq!(
        (size(1), size(1023), size(65_536), size(5 << 30)),
        ("1 byte".into(), "1023 bytes".into(), "64 KiB".into(), "5 GiB".into())
    );
}
