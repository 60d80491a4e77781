//! `--fix`: exact to the byte, in as many rounds as it takes, and never over somebody else's change.

use std::io::Write as _;
use std::process::Stdio;

use super::command::only;
use crate::support::space::Space;

/// A plan with a comment that is not needed, another one beside a word that is, and an example that reads as nested.
const PLAN: &str = "# Plan\r\n\r\n<!-- plan-run: allow missing-objective it is short -->\r\n## Stage 1: Read \r\n\r\n\
                    ### Objective\r\n\r\nIt reads.\r\n\r\n### Changes\r\n\r\n- [ ] Add `read()`\r\n\r\n\
                    ```markdown\r\nSo it goes:\r\n\r\n```sh\r\nmake\r\n```\r\n```\r\n\r\n### Validation\r\n\r\n\
                    - [ ] `true` <!-- plan-run: timeout=5m allow missing-changes it is short -->\r\n";

/// The configuration of these tests.
fn config() -> String {
    only().replace("    unused-allow: off\n", "")
}

/// The plan when it is mended.
fn mended() -> String {
    PLAN.replace("<!-- plan-run: allow missing-objective it is short -->\r\n", "")
        .replace("allow missing-changes it is short ", "")
        .replace("```markdown", "````markdown")
        .replace("```\r\n```\r\n\r\n###", "```\r\n````\r\n\r\n###")
}

#[test]
fn what_can_be_mended_is_mended_byte_by_byte() {
    let space = Space::new();
    space.file("plan-run.yaml", &config()).file("plan.md", &format!("\u{feff}{PLAN}"));
    let fixed = space.run(&["lint", "--fix", "plan.md"]);
    assert_eq!(fixed.stdout, "nothing found in 1 plan\n");
    assert_eq!(fixed.stderr, "mended 3 findings in plan.md (nested-fence: 1, unused-allow: 2)\n");
    assert_eq!(fixed.status, Some(0));
    assert_eq!(space.read("plan.md"), format!("\u{feff}{}", mended()));
    let again = space.run(&["lint", "--fix", "plan.md"]);
    assert_eq!((again.status, again.stderr.as_str()), (Some(0), ""), "there is nothing left to mend");
}

#[test]
fn bytes_that_are_no_text_stay_what_they_are() {
    let space = Space::new();
    space.file("plan-run.yaml", &config());
    let bytes = [PLAN.as_bytes(), b"\xFF caf\xE9\r"].concat();
    std::fs::write(space.at("plan.md"), &bytes).expect("writable");
    let fixed = space.run(&["lint", "--fix", "plan.md"]);
    assert!(fixed.stdout.contains("warning[not-utf8]"), "{}", fixed.stdout);
    let written = std::fs::read(space.at("plan.md")).expect("readable");
    assert_eq!(written, [mended().as_bytes(), b"\xFF caf\xE9\r"].concat());
}

#[test]
fn a_diff_writes_nothing() {
    let space = Space::new();
    space.file("plan-run.yaml", &config()).file("plan.md", &PLAN.replace('\r', ""));
    let shown = space.run(&["lint", "--fix", "--diff", "plan.md"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (Some(1), ""));
    assert!(shown.stdout.starts_with("--- a/plan.md\n+++ b/plan.md\n@@ -1,6 +1,5 @@\n"), "{}", shown.stdout);
    assert_eq!(space.read("plan.md"), PLAN.replace('\r', ""));
    space.file("plan.md", &mended());
    let clean = space.run(&["lint", "--fix", "--diff", "plan.md"]);
    assert_eq!((clean.status, clean.stdout.as_str()), (Some(0), ""));
    assert_eq!(space.run(&["lint", "--diff", "plan.md"]).status, Some(2), "a diff of what?");
}

#[test]
fn rounds_go_on_until_nothing_is_left() {
    let space = Space::new();
    space.file("plan-run.yaml", &config());
    // Comments side by side are in each other's way.
    let comments = "<!-- plan-run: allow missing-changes a --> <!-- plan-run: allow missing-changes b -->";
    space.file("plan.md", &mended().replace("`true` ", &format!("`true` {comments} ")));
    let fixed = space.run(&["lint", "--fix", "plan.md"]);
    assert_eq!(fixed.stderr, "mended 2 findings in plan.md (unused-allow: 2)\n");
    assert_eq!(space.read("plan.md"), mended());
}

#[test]
fn what_cannot_be_written_back_is_told() {
    let space = Space::new();
    space.file("plan-run.yaml", &config());
    let mut child = space.command(&["lint", "--fix", "/dev/stdin"]);
    child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("the binary starts");
    let written = child.stdin.take().expect("it is a pipe").write_all(PLAN.as_bytes());
    written.expect("it is read");
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(done.status.code(), Some(5));
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(told.contains("it was left as it is"), "{told}");
}
