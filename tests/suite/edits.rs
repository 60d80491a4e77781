//! Changes to files: exact to the byte, shown as diffs that can be applied, and refused where the file is another one.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use plan_run::edit::{Draft, Edit, Refused, Revision};
use plan_run::host::{Host, RealHost};
use plan_run::source::{Source, Span};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::space::Space;

/// A folder with a file of these bytes, and what was read from it.
fn file(bytes: &[u8]) -> (Space, Source) {
    let space = Space::new();
    std::fs::write(space.at("plan.md"), bytes).expect("writable");
    (space, Source::decode("docs/plan.md", bytes).expect("not too large"))
}

fn revise(space: &Space, source: &Source, edits: Vec<Edit>) -> Result<Revision, Refused> {
    Revision::new(&space.at("plan.md"), source, edits, &RealHost)
}

/// The edit that puts `new` in the place of the only `was`.
fn swap(source: &Source, was: &str, new: &str) -> Edit {
    let at = source.text().find(was).unwrap_or_else(|| panic!("`{was}` is there"));
    Edit::replace(source, Span::new(at, at + was.len()), new)
}

/// What becomes of a file in which `was` is replaced.
fn swapped(bytes: &[u8], was: &str, new: &str) -> Vec<u8> {
    let (space, source) = file(bytes);
    let revision = revise(&space, &source, vec![swap(&source, was, new)]).expect("it fits");
    revision.write(&RealHost).expect("writable");
    let written = std::fs::read(space.at("plan.md")).expect("readable");
    assert_eq!(revision.bytes(), written);
    written
}

#[test]
fn nothing_but_the_place_changes() {
    assert_eq!(swapped(b"\xEF\xBB\xBFa\r\n- [ ]\tb", "[ ]", "[x]"), b"\xEF\xBB\xBFa\r\n- [x]\tb");
    assert_eq!(
        swapped(b"\xFF\xE4 caf\xE9 - [ ] \xF0\x9F\x98 end \xC3", "[ ]", "[x]"),
        b"\xFF\xE4 caf\xE9 - [x] \xF0\x9F\x98 end \xC3"
    );
    assert_eq!(swapped(b"a\xE4", "a\u{fffd}", "b"), b"b", "an edit may cover what is no text");
    assert_eq!(swapped("\u{fffd}\u{fffd}\u{e4}x".as_bytes(), "x", "yy"), "\u{fffd}\u{fffd}\u{e4}yy".as_bytes());
    assert_eq!(swapped(b"one\rtwo\n\n", "two", ""), b"one\r\n\n");
}

#[test]
fn several_changes_are_made_at_once_in_whatever_order_they_come() {
    let (space, source) = file(b"a b c");
    let between = |at: usize, new: &str| Edit::replace(&source, Span::new(at, at), new);
    let edits = vec![swap(&source, "c", ""), between(0, "<"), swap(&source, "a", "AA"), between(5, ">")];
    assert_eq!(revise(&space, &source, edits).expect("they fit").bytes(), b"<AA b >");
}

#[test]
fn changes_that_do_not_fit_are_refused() {
    let (space, source) = file("eins\nzw\u{f6}lf\n".as_bytes());
    let refused = |edits| revise(&space, &source, edits).expect_err("it does not fit").to_string();
    let at = |start, end, was: &str| Edit { span: Span::new(start, end), was: was.to_owned(), new: "x".to_owned() };
    let not_there = "line 2 of docs/plan.md is not what was to be changed; the file was left as it is";
    assert_eq!(refused(vec![at(5, 7, "xx")]), not_there);
    assert_eq!(refused(vec![at(7, 8, "")]), not_there, "half a character");
    assert!(refused(vec![at(90, 91, "")]).contains("is not what was to be changed"), "behind the end");
    let overlap = "two changes of docs/plan.md meet in line 2; the file was left as it is";
    assert_eq!(refused(vec![at(5, 7, "zw"), at(6, 7, "w")]), overlap);
    assert_eq!(refused(vec![at(5, 5, ""), at(5, 5, "")]), overlap);
    assert_eq!(refused(vec![at(5, 7, "zw"), at(5, 7, "zw")]), overlap);
}

#[test]
fn a_file_that_changed_is_left_alone() {
    let (space, source) = file(b"a\n- [ ] b\n");
    let edits = || vec![swap(&source, " ] b", "x] b")];
    let revision = revise(&space, &source, edits()).expect("it fits");
    space.file("plan.md", "a\n- [ ] c\n");
    for refused in [revision.write(&RealHost).expect_err("changed"), revise(&space, &source, edits()).expect_err("too")]
    {
        assert_eq!(refused.to_string(), "docs/plan.md has changed since it was read; it was left as it is");
    }
    assert_eq!(space.read("plan.md"), "a\n- [ ] c\n");
    space.file("plan.md", "\u{feff}a\n- [ ] b\n");
    assert!(matches!(revise(&space, &source, edits()), Err(Refused::Changed(_))), "a byte order mark is a change");
    std::fs::remove_file(space.at("plan.md")).expect("own file");
    let gone = revision.write(&RealHost).expect_err("gone").to_string();
    assert!(gone.starts_with("cannot read docs/plan.md again: No such file"), "{gone}");
    assert!(!space.at("plan.md").exists());
}

#[test]
fn permissions_and_links_stay() {
    for mode in [0o755, 0o444, 0o600] {
        let (space, source) = file(b"- [ ] b\n");
        let real = space.at("plan.md");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(mode)).expect("own file");
        space.file("links/x", "");
        symlink("../plan.md", space.at("links/plan.md")).expect("a link");
        let edits = vec![swap(&source, "[ ]", "[x]")];
        let revision = Revision::new(&space.at("links/plan.md"), &source, edits, &RealHost).expect("it fits");
        revision.write(&RealHost).expect("writable");
        assert_eq!(space.read("plan.md"), "- [x] b\n");
        assert_eq!(std::fs::metadata(&real).expect("there").permissions().mode() & 0o777, mode);
        assert!(std::fs::symlink_metadata(space.at("links/plan.md")).expect("there").is_symlink());
    }
}

#[test]
fn nothing_to_change_touches_nothing() {
    let (space, source) = file(b"a\n");
    let before = std::fs::metadata(space.at("plan.md")).expect("there").modified().expect("known");
    let revision = revise(&space, &source, vec![swap(&source, "a", "a")]).expect("it fits");
    assert_eq!(revision.diff(), "");
    let one_for_the_other = vec![swap(&source, "a", ""), Edit::replace(&source, Span::new(0, 0), "a")];
    assert_eq!(revise(&space, &source, one_for_the_other).expect("they fit").diff(), "");
    revision.write(&RealHost).expect("nothing to do");
    assert_eq!(std::fs::metadata(space.at("plan.md")).expect("there").modified().expect("known"), before);
}

#[test]
fn a_diff_shows_lines_with_their_surroundings() {
    let text: String = (1..=20).map(|number| format!("line {number}\n")).collect();
    let (space, source) = file(text.as_bytes());
    let edits = vec![
        swap(&source, "line 2\n", "line two\n"),
        swap(&source, "line 9\n", ""),
        swap(&source, "ine 18", "ine 18\nline 18a"),
        swap(&source, "line 20\n", "line 20"),
    ];
    let expected = "\
--- a/docs/plan.md
+++ b/docs/plan.md
@@ -1,12 +1,11 @@
 line 1
-line 2
+line two
 line 3
 line 4
 line 5
 line 6
 line 7
 line 8
-line 9
 line 10
 line 11
 line 12
@@ -16,5 +15,6 @@
 line 16
 line 17
 line 18
+line 18a
 line 19
-line 20
+line 20
\\ No newline at end of file
";
    assert_eq!(revise(&space, &source, edits).expect("they fit").diff(), expected);
}

#[test]
fn a_diff_steers_no_terminal() {
    let (space, source) = file("a\u{1b}[2Jb\rc\u{202e}\r\n- [ ]\td\0\n".as_bytes());
    let diff = revise(&space, &source, vec![swap(&source, "[ ]", "[x]")]).expect("it fits").diff();
    let lines = diff.split('\n').skip(2).collect::<Vec<_>>();
    let shown = ["@@ -1,2 +1,2 @@", " a\u{241b}[2Jb\u{240d}c[U+202E]\r", "-- [ ]\td\u{2400}", "+- [x]\td\u{2400}", ""];
    assert_eq!(lines, shown);
}

/// Applies a diff with git to the file that is there.
fn apply(space: &Space, diff: &str) {
    use std::io::Write as _;
    let mut git = Command::new("git")
        .args(["apply", "--unidiff-zero", "--whitespace=nowarn", "-p2", "-"])
        .current_dir(space.path())
        .env("GIT_DIR", "none")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git starts");
    git.stdin.take().expect("a pipe").write_all(diff.as_bytes()).expect("it reads");
    let output = git.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}\n{diff}", String::from_utf8_lossy(&output.stderr));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bytes of any kind, and changes at any characters: what is between the changes stays, byte for byte.
    #[test]
    fn what_is_not_changed_stays(
        pieces in vec((prop::sample::select(vec![&b"\xE4"[..], b"\xF0\x9F", b"a", b"\n", b"\r\n", b"\xEF\xBF\xBD", b"\xE2\x82\xAC", b"\xEF\xBB\xBF", b"[ ]"]), any::<bool>()), 0..30),
        new in vec(prop::sample::select(vec!["", "x", "\n", "\u{20ac}"]), 30),
    ) {
        let bytes: Vec<u8> = pieces.iter().flat_map(|(piece, _)| piece.iter().copied()).collect();
        let (space, source) = file(&bytes);
        // Each character that is chosen goes from the text of both.
        let characters: Vec<(usize, char)> = source.text().char_indices().collect();
        let mut edits = Vec::new();
        let mut expected = source.text().to_owned();
        for ((at, character), ((_, chosen), new)) in characters.iter().zip(pieces.iter().zip(&new)).rev() {
            if *chosen {
                edits.push(Edit::replace(&source, Span::new(*at, at + character.len_utf8()), *new));
                expected.replace_range(*at..at + character.len_utf8(), new);
            }
        }
        let bom = if bytes.starts_with(b"\xEF\xBB\xBF") { "\u{feff}" } else { "" };
        let revision = revise(&space, &source, edits).expect("they fit");
        prop_assert_eq!(String::from_utf8_lossy(revision.bytes()), format!("{bom}{expected}"));
    }

    /// The diff is what git takes for one.
    #[test]
    fn git_can_apply_the_diff(
        lines in vec(prop::sample::select(vec!["a\n", "b\n", "\n", "c\r\n", "a", "- [ ] d\n"]), 1..40),
        changes in vec((any::<prop::sample::Index>(), 0..4usize, prop::sample::select(vec!["", "x", "\n", "y\n", "a\nb\n"])), 1..5),
    ) {
        let text = lines.concat();
        let (space, source) = file(text.as_bytes());
        let mut edits: Vec<Edit> = Vec::new();
        for (at, length, new) in changes {
            let start = at.index(text.len());
            let edit = Edit::replace(&source, Span::new(start, (start + length).min(text.len())), new);
            if revise(&space, &source, [edits.clone(), vec![edit.clone()]].concat()).is_ok() {
                edits.push(edit);
            }
        }
        let revision = revise(&space, &source, edits).expect("those that fit");
        // An empty file is a deletion to git, and half of a line's end is shown as a picture.
        let can_be_applied = !revision.bytes().is_empty() && !revision.diff().contains('\u{240d}');
        if !revision.diff().is_empty() && can_be_applied {
            apply(&space, &revision.diff());
            prop_assert_eq!(RealHost.read(&space.at("plan.md")).expect("readable"), revision.bytes());
        }
    }
}

/// Rounds of changes: for each some places, as parts of the text's length in thousandths, with what is put there.
fn rounds() -> impl Strategy<Value = Vec<Vec<(usize, usize, String)>>> {
    vec(vec((0usize..1000, 0usize..200, "[a-cé\n]{0,4}"), 0..4), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rounds_come_to_the_same_as_one_change_of_the_file(text in "[a-cé \n]{0,60}", rounds in rounds()) {
        let (space, source) = file(text.as_bytes());
        let mut draft = Draft::new(&source);
        let mut naive = text;
        for round in rounds {
            let now = Source::from_text("docs/plan.md", naive.as_str());
            let border = |thousandth: usize| {
                let mut at = naive.len() * thousandth.min(1000) / 1000;
                while !naive.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let mut edits: Vec<Edit> = Vec::new();
            for (from, length, new) in round {
                let span = Span::new(border(from), border(from + length));
                if edits.iter().all(|other| span.end < other.span.start || other.span.end < span.start) {
                    edits.push(Edit::replace(&now, span, new));
                }
            }
            let mut next = naive.clone();
            let mut backwards = edits.clone();
            backwards.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            backwards.iter().for_each(|edit| next.replace_range(edit.span.range(), &edit.new));
            draft.change(&now, edits).expect("they fit");
            prop_assert_eq!(draft.text(), next.clone());
            naive = next;
        }
        let whole = revise(&space, &source, draft.edits()).expect("they fit");
        prop_assert_eq!(whole.bytes(), naive.as_bytes());
    }
}
