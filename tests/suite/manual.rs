//! The manual: its pages say what the help says, and are pages to those who show them.

use std::process::{Command, Stdio};

use crate::support::space::Space;

/// What `groff` makes of a page, and what it complains of; `None` where it is not installed.
fn groff(page: &str) -> Option<(String, String)> {
    use std::io::Write as _;
    let mut child = Command::new("groff")
        .args(["-man", "-ww", "-Tascii", "-P-cbou"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().expect("it has an input").write_all(page.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some((text(output.stdout), text(output.stderr)))
}

#[test]
fn a_page_tells_what_the_help_tells() {
    let space = Space::new();
    let page = space.run(&["man"]);
    assert_eq!((page.status, page.stderr.as_str()), (Some(0), ""));
    assert!(page.stdout.contains("\n.TH plan-run 1  \"plan-run "), "{}", page.stdout);
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES", "\"EXIT CODES\"", "\"SEE ALSO\""] {
        assert!(page.stdout.contains(&format!("\n.SH {section}\n")), "{section}");
    }
    assert!(page.stdout.contains("plan\\-run\\-lint(1)"), "{}", page.stdout);
    // Verbs that are for scripts are in nobody's way.
    assert!(!page.stdout.contains("complete("), "{}", page.stdout);
    let run = space.run(&["man", "run"]).stdout;
    assert!(run.contains("\n.TH plan-run-run 1 ") && run.contains("\\fB\\-\\-junit\\fR"), "{run}");
}

#[test]
fn pages_are_sound() {
    let space = Space::new();
    let done = space.run(&["man", "--out", "share/man1"]);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    let mut pages: Vec<_> = std::fs::read_dir(space.at("share/man1"))
        .expect("the folder was made")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    pages.sort();
    assert_eq!(done.stdout, format!("wrote {} pages to share/man1\n", pages.len()));
    assert!(pages.iter().any(|page| page.ends_with("plan-run-lint.1")), "{pages:?}");
    for path in pages {
        let page = std::fs::read_to_string(&path).expect("a page can be read");
        let shown = path.display();
        assert!(page.is_ascii(), "{shown} has characters that old readers do not show");
        for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
            let known = [".TH", ".SH", ".TP", ".PP", ".RS", ".RE", ".IP", ".nf", ".fi", ".br", ".ie", ".el"];
            assert!(known.iter().any(|macro_| line.starts_with(macro_)), "{shown}: {line}");
        }
        if let Some((text, complaints)) = groff(&page) {
            assert_eq!(complaints, "", "{shown}");
            assert!(text.contains("SYNOPSIS") && text.contains("SEE ALSO"), "{shown}: {text}");
        }
    }
}

#[test]
fn what_has_no_page_is_told() {
    let space = Space::new();
    let wrong = space.run(&["man", "lnt"]);
    assert_eq!(wrong.status, Some(2));
    assert_eq!(wrong.stderr, "plan-run: plan-run has no command `lnt`, and so no page of it; did you mean `lint`?\n");
    space.file("file", "");
    let wrong = space.run(&["man", "--out", "file/below"]);
    assert_eq!(wrong.status, Some(5));
    assert!(wrong.stderr.starts_with("plan-run: cannot write the page file/below/plan-run.1: "), "{}", wrong.stderr);
}
