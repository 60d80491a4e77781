//! What processes mean that a check leaves running: a warning, or that it does not hold.

use crate::support::history::Repository;
use crate::support::real::Witness;
use crate::support::space::{Finished, Space};
use crate::support::whole::{ends, own, staged};

/// Ways to leave a process running when the command has ended.
const WAYS: [(&str, &str); 4] = [
    ("in the background with its output closed", "sleep 1000 > /dev/null 2>&1 &"),
    ("in the background with the check's own output", "sleep 1000 &"),
    ("in a session of its own", "setsid sleep 1000 > /dev/null 2>&1 &"),
    ("by a second fork", "(setsid sleep 1000 > /dev/null 2>&1 &);"),
];

/// Waits until what is left running here goes by the name that is expected of it, which a child does not from the start.
const SEEN: &str = "until for p in /proc/[0-9]*; do
  test \"$(readlink \"$p/cwd\") $(cat \"$p/comm\" 2>/dev/null)\" = \"$PWD sleep\" && break
done; do :; done
";

const FAILS: &str = "failure leftover: left something running, and leftovers were to fail";

/// Leaves a process running and exits with a status.
const LEAVE: &str = "sleep 1000 > /dev/null 2>&1 &\nexit $1\n";

/// A folder with a plan of two stages, whose checks leave a process running.
fn leaving() -> Space {
    let space = Space::new();
    space
        .file("leave.sh", LEAVE)
        .file("plan.md", &staged(&[("1", "", &["sh leave.sh 0"]), ("2", "", &["sh ./leave.sh 0"])]));
    space
}

/// Each end of a run in one word.
fn words(space: &Space, args: &[&str]) -> Vec<String> {
    let (_, told) = ends(space, args);
    told.iter()
        .map(|end| end.split([' ', ':']).filter(|word| *word != "failure").nth(1).unwrap_or("").to_owned())
        .collect()
}

#[test]
fn what_is_left_running_fails_its_check_where_that_is_wanted() {
    for (how, way) in WAYS {
        for (leftovers, status, end) in [("warn", 0, "passed"), ("fail", 1, FAILS)] {
            let space = Space::new();
            let witness = Witness::new(&space);
            let check = format!("{}; {{ {way} }}; sh seen.sh; echo over", witness.watches());
            space.file("plan.md", &staged(&[("1", "", &[&check])])).file("seen.sh", SEEN);
            let (finished, told) = ends(&space, &["plan.md", "--leftovers", leftovers]);
            let expected = own(&[&format!("1.1 {end}")]);
            assert_eq!((finished.status, told), (Some(status), expected), "{how}, {leftovers}");
            witness.assert_all_gone();
            assert!(space.read("ends.xml").contains("left a process behind, which was ended: sleep 1000 ("), "{how}");
        }
    }
}

#[test]
fn nothing_is_wrong_with_a_check_that_leaves_nothing() {
    let space = Space::new();
    // It ends by itself, or is ended by the check.
    space.file("tidy.sh", "sleep 1000 &\nkill $!\nwait\ntrue &\n").file("plan-run.yaml", "leftovers: fail\n");
    space.file("plan.md", &staged(&[("1", "", &["sh tidy.sh", "test 1 = 1"])]));
    let (finished, told) = ends(&space, &["plan.md"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed", "1.2 passed"])), "{finished:?}");
}

#[test]
fn every_report_names_what_made_a_check_fail() {
    let mut space = leaving();
    space.env("GITHUB_ACTIONS", "true");
    let reports = ["--junit", "r.xml", "--summary", "s.md", "--json", "r.json", "--html", "r.html", "--ctrf", "c.json"];
    let args = [&["plan.md", "--leftovers", "fail", "--annotations", "--progress", "plain"], &reports[..]].concat();
    let finished = space.run(&args);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let reason = "left something running, and leftovers were to fail";
    let named = "left a process behind, which was ended: sleep 1000 (";
    let screen = finished.stderr.as_str();
    assert!(
        screen.contains(&format!("FAILED     1.1  sh leave.sh 0: {reason}")) || screen.contains(reason),
        "{screen}"
    );
    let annotations =
        finished.stdout.lines().filter(|line| line.starts_with("::error ")).collect::<Vec<_>>().join("\n");
    let read = ["r.xml", "s.md", "r.html", "c.json"].map(|name| (name, space.read(name)));
    let all = read.iter().map(|(name, text)| (*name, text.as_str()));
    for (name, text) in all.chain([("the screen", screen), ("the annotations", annotations.as_str())]) {
        assert!(text.contains(reason), "{name}: {text}");
        assert!(text.contains(named), "{name}: {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&space.read("r.json")).expect("JSON");
    let check = &json["plans"][0]["stages"][0]["checks"][0];
    assert_eq!((&check["outcome"]["word"], &check["outcome"]["class"]), (&"leftover".into(), &"failure".into()));
    assert_eq!(check["leftover"][0]["command"], "sleep 1000");
    // A report made later, from the journal alone, says the same.
    assert_eq!(space.run(&["report", "--junit", "again.xml"]).status, Some(1));
    assert_eq!(space.read("again.xml"), space.read("r.xml"));
}

#[test]
fn what_fails_by_itself_keeps_its_reason() {
    let space = Space::new();
    space.file("leave.sh", LEAVE);
    space.file("plan.md", &staged(&[("1", "", &["sh leave.sh 3"]), ("2", "Stage 1", &["test 1 = 1"])]));
    let (finished, told) = ends(&space, &["plan.md", "--leftovers=fail"]);
    let blocked = "2.1 skipped dependency: blocked: stage 1 does not hold";
    assert_eq!((finished.status, told), (Some(1), own(&["1.1 failure exit-code: exit status 3", blocked])));
    assert!(space.read("ends.xml").contains("left a process behind"), "and it is told");
}

#[test]
fn a_red_check_that_fails_as_it_must_may_leave_nothing_either() {
    let space = Space::new();
    let plan = staged(&[("1", "", &["sh leave.sh 3"])]).replace("```sh\n", "<!-- plan-run: red -->\n\n```sh\n");
    space.file("leave.sh", LEAVE).file("plan.md", &plan);
    assert_eq!(ends(&space, &["plan.md", "--red"]).1, own(&["1.1 passed"]));
    assert_eq!(ends(&space, &["plan.md", "--red", "--leftovers=fail"]).1, own(&[&format!("1.1 {FAILS}")]));
}

#[test]
fn the_nearest_place_says_what_leftovers_mean() {
    let space = leaving();
    let stages = space.read("plan.md");
    let told = |front: &str, file: &str, args: &[&str]| {
        space.file("plan.md", &format!("{front}{stages}")).file("plan-run.yaml", file);
        words(&space, &[&["plan.md"], args].concat()).join(" ")
    };
    let front = |leftovers: &str| format!("---\nplan-run: {{ leftovers: {leftovers} }}\n---\n");
    assert_eq!(told("", "", &[]), "passed passed");
    assert_eq!(told("", "leftovers: fail\n", &[]), "leftover leftover");
    assert_eq!(told(&front("warn"), "leftovers: fail\n", &[]), "passed passed");
    assert_eq!(told(&front("fail"), "", &[]), "leftover leftover");
    assert_eq!(told(&front("fail"), "stages: { 1: { leftovers: warn } }\n", &[]), "passed leftover");
    assert_eq!(told(&front("warn"), "stages: { 2: { leftovers: fail } }\n", &[]), "passed leftover");
    assert_eq!(told("", "leftovers: fail\n", &["--leftovers", "warn"]), "passed passed");
    let stage = "stages: { 1: { leftovers: warn } }\n";
    assert_eq!(told(&front("warn"), stage, &["--leftovers", "fail"]), "leftover leftover");
    // A check by itself, in a comment and in front matter; of it only the command line knows better.
    let commented = stages.replacen("```sh", "<!-- plan-run: leftovers=warn -->\n\n```sh", 1);
    space
        .file("plan.md", &commented)
        .file("plan-run.yaml", "stages: { 1: { leftovers: fail }, 2: { leftovers: fail } }\n");
    assert_eq!(words(&space, &["plan.md"]), ["passed", "leftover"]);
    assert_eq!(words(&space, &["plan.md", "--leftovers=fail"]), ["leftover", "leftover"]);
    let line = "---\nplan-run:\n  checks: [{ text: sh leave.sh, leftovers: fail }]\n---\n";
    assert_eq!(told(line, "leftovers: warn\n", &[]), "leftover passed");
    assert_eq!(told(line, "", &["--leftovers=warn"]), "passed passed");
    let planned = space.run(&["plan.md", "--dry-run"]).stdout;
    assert_eq!(planned.matches("must leave nothing running").count(), 1, "{planned}");
}

#[test]
fn the_strictest_word_holds_for_commands_that_share_a_shell() {
    let space = Space::new();
    let block = "cd .\nsh leave.sh 0\ntest 1 = 1";
    space.file("leave.sh", LEAVE).file("plan.md", &staged(&[("1", "", &[block])]));
    let line = |number: u32, leftovers: &str| format!("  checks: [{{ line: {number}, leftovers: {leftovers} }}]\n");
    let told = |lines: &str| {
        let front = format!("---\nplan-run:\n{lines}---\n");
        space.file("plan.md", &format!("{front}{}", staged(&[("1", "", &[block])])));
        ends(&space, &["plan.md"]).1.pop().expect("a check")
    };
    assert_eq!(told(&line(14, "warn")), "1.3 passed");
    // Any of them may have left it; it was found when the last one had ended.
    assert_eq!(told(&line(13, "fail")), format!("1.3 {FAILS}"));
    assert_eq!(told(&format!("  leftovers: fail\n{}", line(15, "warn"))), format!("1.3 {FAILS}"));
    assert_eq!(told(&format!("  leftovers: fail\n{}", line(12, "warn"))), "1.3 passed", "all of the block");
}

#[test]
fn another_word_is_refused_where_it_stands() {
    let space = leaving();
    let stages = space.read("plan.md");
    let refused = |front: &str, file: &str, args: &[&str], expected: &str| {
        space.file("plan.md", &format!("{front}{stages}")).file("plan-run.yaml", file);
        let Finished { status, stderr, .. } = space.run(&[&["plan.md"], args].concat());
        assert!(matches!(status, Some(2 | 3)), "{expected}: {stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    };
    refused("", "jobs: 2\nleftovers: maybe\n", &[], "plan-run.yaml:2:12");
    refused("", "leftovers: maybe\n", &[], "`leftovers`: `maybe` is not one of fail, warn");
    refused("", "leftovers: true\n", &[], "`leftovers`: `true` is not one of fail, warn");
    refused("", "leftovers: [fail]\n", &[], "`leftovers` must be one of fail, warn, not a list");
    refused("", "stages: { 1: { leftovers: 3 } }\n", &[], "plan-run.yaml:1:27");
    refused("", "leftover: fail\n", &[], "did you mean `leftovers`?");
    refused("---\nplan-run: { leftovers: no }\n---\n", "", &[], "plan.md:2:24");
    let line = "---\nplan-run:\n  checks: [{ text: sh leave.sh, leftovers: off }]\n---\n";
    refused(line, "", &[], "plan.md:3:44");
    refused("<!-- plan-run: leftovers=off -->\n\n", "", &[], "`leftovers=off`: the value is not one of fail, warn");
    refused("", "", &["--leftovers", "off"], "[possible values: fail, warn]");
}

#[test]
fn a_check_that_leaves_something_is_tried_again() {
    let space = Space::new();
    space.file("once.sh", "test -e tried && exit\n: > tried\nsleep 1000 > /dev/null 2>&1 &\n");
    space.file("plan.md", &staged(&[("1", "", &["sh once.sh"])])).file("plan-run.yaml", "leftovers: fail\n");
    let (finished, told) = ends(&space, &["plan.md", "--retries", "1"]);
    assert_eq!((finished.status, told), (Some(0), own(&["1.1 passed"])), "{finished:?}");
    assert!(space.read("ends.xml").contains("<flakyFailure "), "{}", space.read("ends.xml"));
}

/// A folder with a plan whose checks count how often they run. The counts lie outside of what a run watches.
fn counting() -> Space {
    let space = Space::new();
    space.file("count.sh", "echo x >> $1.ran\ntest $1 = tidy || sleep 1000 > /dev/null 2>&1 &\n");
    space.file("plan.md", &staged(&[("1", "", &["sh count.sh tidy"]), ("2", "", &["sh count.sh leaves"])]));
    space
}

/// How often the check that leaves nothing has run, and the other one.
fn ran(space: &Space) -> (usize, usize) {
    let count = |name: &str| std::fs::read_to_string(space.at(name)).unwrap_or_default().lines().count();
    (count("tidy.ran"), count("leaves.ran"))
}

#[test]
fn an_earlier_result_that_left_something_is_none_where_that_fails() {
    let fails = own(&["1.1 passed", &format!("2.1 {FAILS}")]);
    for goes_on in ["--resume", "--rerun-failed"] {
        let space = counting();
        assert_eq!(space.run(&["plan.md"]).status, Some(0));
        assert_eq!(ran(&space), (1, 1));
        let (finished, _) = ends(&space, &["plan.md", goes_on]);
        assert_eq!(ran(&space), (1, 1), "a warning is no reason to run again: {finished:?}");
        // What was taken over from a run that only warned is asked again, since it is not known any more.
        let (finished, told) = ends(&space, &["plan.md", goes_on, "--leftovers=fail"]);
        assert_eq!((finished.status, &told), (Some(1), &fails), "{finished:?}");
        assert_eq!(ran(&space), (2, 2));
        // What passed where it would have failed is taken over, the other one tried again.
        let (finished, told) = ends(&space, &["plan.md", goes_on, "--leftovers=fail"]);
        assert_eq!((finished.status, &told), (Some(1), &fails), "{finished:?}");
        assert_eq!(ran(&space), (2, 3));
    }
    // At once, only what left something is run again.
    let space = counting();
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let (finished, told) = ends(&space, &["plan.md", "--resume", "--leftovers=fail"]);
    assert_eq!((finished.status, told), (Some(1), fails.clone()), "{finished:?}");
    assert_eq!(ran(&space), (1, 2));
}

#[test]
fn the_first_journals_say_enough_to_go_on_from() {
    let space = counting();
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("runs are kept");
    let run = runs.map(|entry| entry.expect("a run").path()).find(|path| path.is_dir()).expect("a run");
    let journal = run.join("events.ndjson");
    let text = std::fs::read_to_string(&journal).expect("a journal");
    let old: Vec<String> = text
        .lines()
        .map(|line| match line.split_once("\"leftover\":[") {
            Some((before, after)) => {
                let (names, rest) = after.split_once("],\"warnings\"").expect("warnings follow");
                format!("{before}\"leftover\":{},\"warnings\"{rest}\n", !names.is_empty())
            }
            None => format!("{line}\n"),
        })
        .collect();
    assert!(old.concat().contains("\"leftover\":true"), "{text}");
    std::fs::write(&journal, old.concat()).expect("a file can be written");
    let (finished, told) = ends(&space, &["plan.md", "--resume", "--leftovers=fail"]);
    assert_eq!((finished.status, told), (Some(1), own(&["1.1 passed", &format!("2.1 {FAILS}")])));
    assert_eq!(ran(&space), (1, 2));
}

#[test]
fn what_left_something_is_neither_cached_nor_shared() {
    let space = Space::new();
    space.file("leave.sh", LEAVE).file("plan-run.yaml", "cache: true\n");
    space.file("plan.md", &staged(&[("1", "", &["sh leave.sh 0"]), ("2", "Stage 1", &["sh leave.sh 0"])]));
    let both = |args: &[&str]| {
        let (finished, told) = ends(&space, &[&["plan.md"], args].concat());
        (finished.status, told)
    };
    for _ in 0..2 {
        assert_eq!(both(&[]), (Some(0), own(&["1.1 passed", "2.1 passed"])));
        assert_eq!(space.read("ends.xml").matches("left a process behind").count(), 2, "each of them ran");
    }
    let blocked = "2.1 skipped dependency: blocked: stage 1 does not hold";
    assert_eq!(both(&["--leftovers=fail"]), (Some(1), own(&[&format!("1.1 {FAILS}"), blocked])));
}

#[test]
fn a_server_that_a_block_starts_for_its_later_commands_is_no_leftover() {
    let server = "(: > up; sleep 1000; :) > /dev/null 2>&1 &";
    let up = "while ! [ -e up ]; do sleep 0.01; done";
    let served = [
        ("alone", server.to_owned()),
        ("several at once", format!("sleep 1000 & {server}")),
        ("a pipeline", "(: > up; sleep 1000) | sleep 1001 > /dev/null 2>&1 &".to_owned()),
        ("a session of its own", "setsid sh -c ': > up; sleep 1000; :' > /dev/null 2>&1 &".to_owned()),
        ("strictly", format!("set -u; IFS=0123456789; {server}")),
    ];
    for shell in ["", "shell: bash\n", "shell: sh\n"] {
        for (how, server) in &served {
            let space = Space::new();
            let witness = Witness::new(&space);
            space.file("plan-run.yaml", &format!("leftovers: fail\n{shell}"));
            let block = format!("{}\n{server}\n{up}\necho works", witness.watches());
            space.file("plan.md", &staged(&[("1", "", &[&block])]));
            let (finished, told) = ends(&space, &["plan.md"]);
            let passed = own(&["1.1 passed", "1.2 passed", "1.3 passed", "1.4 passed"]);
            assert_eq!((finished.status, told), (Some(0), passed), "{how}, {shell}: {finished:?}");
            witness.assert_all_gone();
            assert!(!space.read("ends.xml").contains("left "), "{how}, {shell}: {}", space.read("ends.xml"));
        }
    }
}

#[test]
fn what_flees_from_a_block_is_a_leftover_beside_its_server() {
    let space = Space::new();
    let witness = Witness::new(&space);
    // The second process goes its own way, and the last one comes too late to serve anybody.
    let block = format!("{}\nsleep 1000 &\n(sleep 1001 &);\nsleep 1002 &", witness.watches());
    space.file("plan-run.yaml", "leftovers: fail\n").file("plan.md", &staged(&[("1", "", &[&block])]));
    let (finished, told) = ends(&space, &["plan.md"]);
    assert_eq!((finished.status, told.last()), (Some(1), Some(&format!("1.4 {FAILS}"))), "{finished:?}");
    witness.assert_all_gone();
    let xml = space.read("ends.xml");
    assert!(xml.contains("left 2 processes behind, which were ended: sleep 100"), "{xml}");
    assert!(xml.contains("sleep 1001 (") && xml.contains("sleep 1002 (") && !xml.contains("sleep 1000 ("), "{xml}");
}

#[test]
fn a_block_may_have_more_in_the_background_than_can_be_told() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let block = format!("{}\nfor i in $(seq 40); do sleep 1000 & done\necho works", witness.watches());
    space.file("plan-run.yaml", "leftovers: fail\n").file("plan.md", &staged(&[("1", "", &[&block])]));
    let (finished, told) = ends(&space, &["plan.md"]);
    assert_eq!(told[..2], own(&["1.1 passed", "1.2 passed"]), "what each command did is known: {finished:?}");
    witness.assert_all_gone();
}

#[test]
fn a_test_that_failed_before_the_work_is_proven_whatever_it_left_there() {
    let left = "sleep 1000 > /dev/null 2>&1 &\n";
    for (here, status) in [("", 0), (left, 1)] {
        let repository = Repository::new();
        let plan = "# Plan\n\n## Stage 1: Part\n\n### Validation\n\n- [ ] `sh tests/a_test.sh` (expected: FAIL)\n";
        repository.file("plan.md", plan).file("README", "").commit();
        repository.git(&["checkout", "-q", "-b", "work"]);
        let test = format!("if test -e work; then :\n{here}exit 0; fi\n{left}exit 1\n");
        repository.file("work", "").file("tests/a_test.sh", &test).commit();
        let done = repository.run(&["prove", "plan.md", "--leftovers=fail"]);
        assert_eq!(done.status, Some(status), "{done:?}");
        assert_eq!(done.stdout.contains("PROVEN: 1 of 1 red check is proven"), status == 0, "{done:?}");
        assert_eq!(repository.run(&["prove", "plan.md"]).status, Some(0));
    }
}

#[test]
fn the_commit_since_which_a_check_leaves_something_is_found() {
    let repository = Repository::new();
    let mut commits = Vec::new();
    for script in ["", "# one\n", "sleep 1000 > /dev/null 2>&1 &\n", "# two\nsleep 1000 > /dev/null 2>&1 &\n"] {
        repository.file("check.sh", script);
        commits.push(repository.commit());
    }
    repository.file("plan.md", &staged(&[("1", "", &["sh check.sh"])]));
    let bisect = |args: &[&str]| repository.run(&[&["bisect", "1.1", "--good", &commits[0]], args].concat());
    let found = bisect(&["--leftovers", "fail"]);
    assert_eq!(found.status, Some(0), "{found:?}");
    assert!(found.stdout.starts_with(&format!("FOUND: {} broke check 1.1", commits[2])), "{found:?}");
    assert_ne!(bisect(&[]).status, Some(0), "a warning breaks nothing");
}
