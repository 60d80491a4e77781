//! The reader of case files refuses what it could misread, and rewrites only what was asked for.

use crate::support::cases::diff::diff;
use crate::support::cases::file::{CaseFile, Tag};
use crate::support::cases::judge::judge;
use crate::support::cases::scripted::Script;

const PLAN: &str = "````plan\n# P\n````\n";

/// What is said of a file that must be refused.
fn refused(text: &str) -> String {
    CaseFile::read(text).expect_err("the file is refused").to_string()
}

#[test]
fn reads_cases_with_their_blocks() {
    let text = "# one\nwords\n````plan path=docs/a.md\n# P\n```sh\ntrue\n```\n````\n\n```order edges\n```\n## two\n`````plan\n`````\n```exit\n0\n```\n";
    let file = CaseFile::read(text).expect("the file is in order");
    let names: Vec<&str> = file.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    let one = &file.cases[0].blocks;
    assert_eq!((one[0].tag, one[0].option.as_str(), one[0].line), (Tag::Plan, "docs/a.md", 3));
    assert_eq!(one[0].text, "# P\n```sh\ntrue\n```\n");
    assert_eq!((one[1].tag, one[1].option.as_str(), one[1].text.as_str()), (Tag::Order, "edges", ""));
    assert_eq!(file.cases[1].blocks[1].text, "0\n");
}

#[test]
fn refuses_what_could_be_misread() {
    let with = |rest: &str| refused(&format!("# a\n{PLAN}{rest}"));
    assert_eq!(with("```exit\n0\n"), "line 5: this fence is never closed");
    assert!(with("```exot\n```\n").starts_with("line 5: `exot` is no block of a case"));
    assert!(with("```\n```\n").starts_with("line 5: `` is no block of a case"));
    assert_eq!(with(" ```exit\n```\n"), "line 5: a fence stands at the start of its line");
    assert_eq!(with("~~~exit\n~~~\n"), "line 5: a block is fenced with backticks");
    assert_eq!(with("```exit please\n```\n"), "line 5: `please` may not stand behind `exit`");
    assert_eq!(with("```exit\n0\n```\n```exit\n0\n```\n"), "line 8: a case has each block once");
    assert_eq!(with(PLAN), "line 1: a case expects something");
    assert_eq!(with(&format!("{PLAN}```exit\n```\n")), "line 5: two plans of a case need different paths");
    assert_eq!(
        with("```script\n```\n```reading\n```\n"),
        "line 5: a script says how commands end, but the case expects nothing of a run"
    );
}

#[test]
fn refuses_a_file_without_a_whole_case() {
    assert_eq!(refused("words\n"), "line 1: there is no case in this file");
    assert_eq!(refused("# a\n```exit\n0\n```\n"), "line 1: a case has a plan");
    assert_eq!(refused("```exit\n0\n```\n"), "line 1: a block stands below the heading of its case");
    assert_eq!(refused("# a\n```plan\n```\n"), "line 2: a plan stands between fences of four or more backticks");
    let case = format!("# a\n{PLAN}```exit\n```\n");
    assert_eq!(refused(&format!("{case}{case}")), "line 7: there are two cases with the name `a`");
    assert_eq!(refused(&format!("{case}# b\n")), "line 7: a case has a plan");
}

#[test]
fn rewrites_the_named_blocks_only() {
    let text = "# a\n````plan\n# P\n````\n```summary\nold\nolder\n```\ntail\n```exit\n1\n```\n";
    let file = CaseFile::read(text).expect("the file is in order");
    assert_eq!(file.with(&[]), text);
    assert_eq!(
        file.with(&[(10, "0".to_owned())]),
        "# a\n````plan\n# P\n````\n```summary\nold\nolder\n```\ntail\n```exit\n0\n```\n"
    );
    let longer = file.with(&[(5, "```sh\n```\n".to_owned())]);
    assert_eq!(longer, "# a\n````plan\n# P\n````\n````summary\n```sh\n```\n````\ntail\n```exit\n1\n```\n");
    CaseFile::read(&longer).expect("what was rewritten can be read again");
}

#[test]
fn refuses_settings_and_scripts_that_mean_nothing() {
    let with = |block: &str| judge(&format!("# a\n{PLAN}{block}```exit\n0\n```\n")).expect_err("the case is refused");
    assert!(with("```settings\nrad: true\n```\n").starts_with("`rad: true` is no setting"));
    assert!(with("```settings\nred: perhaps\n```\n").starts_with("`red: perhaps` is no setting"));
    assert_eq!(with("```script\n1.1: explodes\n```\n"), "`1.1: explodes` is no line of a script");
    assert_eq!(with("```script\n9.9: exit 1\n```\n"), "the script speaks of 9.9, which is no check of the plan");
}

#[test]
fn reads_scripts() {
    for line in [
        "1.1: exit 1 after 2s output: no such file",
        "1.1: signal 9",
        "1.1: timeout",
        "1.1: not-started no such program",
        "1.1: lost the node is gone after 0.5s",
        "interrupt after 3s",
    ] {
        Script::read(line).unwrap_or_else(|what| panic!("{what}"));
    }
    for line in ["1.1", "1.1: exit", "1.1: exit x", "1.1: timeout after 2s", "1.1: exit 0 after 2", "interrupt"] {
        Script::read(line).expect_err(line);
    }
    Script::read("1.1: exit 0\n1.1: exit 1").expect_err("one check ends once");
}

#[test]
fn shows_differences_with_the_lines_around_them() {
    assert_eq!(diff("a\nb", "a\nb"), "");
    assert_eq!(diff("1\n2\n3\n4\n5\nx\n6", "1\n2\n3\n4\n5\ny\n6"), "  ...\n  3\n  4\n  5\n- x\n+ y\n  6\n");
    assert_eq!(diff("", "a"), "+ a\n");
    assert_eq!(diff("a", ""), "- a\n");
}
