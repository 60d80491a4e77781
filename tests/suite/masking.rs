//! Tests of what takes secrets out of texts and streams, against a search that anybody can follow.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use plan_run::text::{MASKED, Mask, Masking, clean};
use proptest::collection::vec;
use proptest::prelude::*;

/// A stream that comes in pieces, masked.
fn streamed(mask: &Mask, pieces: &[&[u8]], exempt: Option<&[u8]>) -> Vec<u8> {
    let mut masking = Masking::new(mask, exempt, 12);
    let mut out = Vec::new();
    pieces.iter().for_each(|piece| masking.push(piece, &mut out));
    masking.finish(&mut out);
    out
}

fn mask(secrets: &[&str]) -> Mask {
    Mask::new(secrets.iter().copied()).expect("they are secrets")
}

/// What a mask does, said plainly: at each place the longest form that begins there goes.
fn naive(text: &str, forms: &[String]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match forms.iter().filter(|form| rest.starts_with(form.as_str())).max_by_key(|form| form.len()) {
            Some(form) => {
                out.push_str(MASKED);
                rest = &rest[form.len()..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// The whole characters of a secret's base64 at each alignment.
fn encodings(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3usize {
        // What is the same whatever stands around it is the secret's alone.
        let around = |byte: u8| {
            let bytes = [&vec![byte; before][..], secret.as_bytes(), &[byte; 3]].concat();
            [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)]
        };
        for (one, other) in around(0x00).into_iter().zip(around(0xff)) {
            let pairs: Vec<(char, char)> = one.chars().zip(other.chars()).collect();
            let start = pairs.iter().take_while(|(a, b)| a != b).count();
            let same: String = pairs[start..].iter().take_while(|(a, b)| a == b).map(|(a, _)| *a).collect();
            forms.push(same);
        }
    }
    forms
}

#[test]
fn short_values_are_no_secrets() {
    assert!(Mask::new(["", "abc", "  abc  ", "\n"]).is_none());
    assert!(Mask::new(["abcd"]).is_some());
    assert!(Mask::new(["****"]).is_none(), "what stands in the place of a secret is none");
}

#[test]
fn base64_is_found_wherever_it_was_encoded() {
    for secret in ["abcd", "hunter2", "a?>b~\u{fc}\u{ff}x", "with space"] {
        let mask = mask(&[secret]);
        for before in ["", "x", "xy", "user:", "token="] {
            for behind in ["", "!", "\n", "@host"] {
                let text = format!("{before}{secret}{behind}");
                for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                    let masked = mask.text(&encoded);
                    assert!(masked.contains(MASKED), "{secret} in {encoded}");
                    let left = encodings(secret).into_iter().find(|form| masked.contains(form.as_str()));
                    assert_eq!(left, None, "{masked}");
                }
            }
        }
    }
}

#[test]
fn base64_may_be_wrapped_into_lines() {
    let secret: String = (0..200).map(|number| format!("{number:03};")).collect();
    let mask = mask(&[&secret]);
    for wrap in [64, 76] {
        let encoded = STANDARD.encode(&secret);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(wrap).map(|line| std::str::from_utf8(line).expect("text")).collect();
        let masked = mask.text(&lines.join("\n")).into_owned();
        assert!(masked.lines().all(|line| line.len() <= MASKED.len() + 4), "{masked}");
    }
}

#[test]
fn a_secret_of_several_lines_is_found_line_by_line_and_as_json() {
    let mask = mask(&["-----BEGIN\nline one\r\nlast \"line\"\nshort"]);
    assert_eq!(mask.text("a line one b last \"line\" c -----BEGIN short"), "a *** b *** c *** short");
    assert_eq!(mask.text("-----BEGIN\r\nline one\nlast \"line\"\r\nshort"), MASKED);
    assert_eq!(mask.text(r#"{"x": "-----BEGIN\nline one\nlast \"line\"\nshort"}"#), r#"{"x": "***"}"#);
    assert_eq!(mask.text(r#""last \"line\"""#), r#""***""#);
}

#[test]
fn escape_sequences_hide_nothing() {
    let mask = mask(&["hunter2"]);
    for text in [
        "a \u{1b}[1mhun\u{1b}[0mter2 b", "a h\u{1b}[Ku\u{1b}[Kn\u{1b}[Kter2 b", "a hunt\u{1b}]0;title\u{7}er2 b",
        "a hunter\u{1b}(B2\u{1b}[m b",
    ] {
        let masked = mask.text(text);
        assert!(clean(masked.as_bytes()).contains("a *** b"), "{masked:?}");
        for at in 0..=text.len() {
            let (one, two) = text.as_bytes().split_at(at);
            assert_eq!(String::from_utf8_lossy(&streamed(&mask, &[one, two], None)), masked, "split at {at}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(String::from_utf8_lossy(&streamed(&mask, &bytes, None)), masked);
    }
}

#[test]
fn lines_of_the_runner_pass_as_they_are_and_part_what_stands_around_them() {
    let mask = mask(&["hunter2", "#1 hun"]);
    let text = b"hunter2 #1 hunter2\nhunter2 hun#1 x\nter2";
    let expected = "*** #1 hunter2\n*** hun#1 x\nter2";
    for at in 0..=text.len() {
        let (one, two) = text.split_at(at);
        assert_eq!(String::from_utf8_lossy(&streamed(&mask, &[one, two], Some(b"#1 "))), expected, "split at {at}");
    }
}

/// Secrets of few letters, so that texts of the same letters hold them often, whole and in part.
fn secret() -> impl Strategy<Value = String> {
    "[ab\u{fc}]{4,7}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mask_takes_out_what_a_plain_search_finds(
        secrets in vec(secret(), 1..4),
        text in "[ab\u{fc} ]{0,60}",
        cuts in vec(0usize..200, 0..8),
    ) {
        let mask = Mask::new(secrets.iter().map(String::as_str)).expect("they are secrets");
        // Base64 of these has letters that the texts have not.
        let expected = naive(&text, &secrets);
        prop_assert_eq!(mask.text(&text), expected.as_str());
        let bytes = text.as_bytes();
        let mut borders: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        borders.extend([0, bytes.len()]);
        borders.sort_unstable();
        let pieces: Vec<&[u8]> = borders.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(streamed(&mask, &pieces, None), expected.into_bytes());
    }

    #[test]
    fn nothing_of_a_secret_is_left_to_see(
        secret in "[!-)+-~]{4,12}",
        around in vec(prop_oneof![
            Just(None),
            "[ -)+-~]{0,6}".prop_map(Some),
            Just(Some("\u{1b}[31m".to_owned())),
            Just(Some("\r\n".to_owned())),
        ], 1..8),
        split in 1usize..9,
        colour in any::<bool>(),
    ) {
        let mask = Mask::new([secret.as_str()]).expect("it is a secret");
        let shown: String = if colour {
            secret.chars().map(|c| format!("\u{1b}[1m{c}")).collect()
        } else {
            secret.clone()
        };
        let text: String =
            around.iter().map(|part| part.clone().unwrap_or_else(|| shown.clone())).collect();
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(split).collect();
        let left = clean(&streamed(&mask, &pieces, None));
        prop_assert!(!left.contains(&secret), "{left:?}");
        for form in encodings(&secret) {
            prop_assert!(!left.contains(&form), "{form} in {left:?}");
        }
        prop_assert!(!clean(mask.text(&text).as_bytes()).contains(&secret));
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is(bytes in vec(any::<u8>(), 0..300), split in 1usize..50) {
        let mask = Mask::new(["a secret that no bytes are by chance"]).expect("it is a secret");
        let pieces: Vec<&[u8]> = bytes.chunks(split).collect();
        prop_assert_eq!(streamed(&mask, &pieces, None), bytes);
    }
}
