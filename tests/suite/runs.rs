//! Whole runs with the real binary: what a person and a machine get, and what hostile plans and commands cannot do.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::support::real::Witness;
use crate::support::space::{Finished, Space};
use crate::support::whole::{cases, ends, fifo, own, space, staged, timeless};

/// Runs a plan and compares status and ends of all checks.
fn check(stages: &[(&str, &str, &[&str])], args: &[&str], status: i32, expected: &[&str]) {
    let space = space(stages);
    let (finished, ends) = ends(&space, &[&["plan.md"], args].concat());
    assert_eq!((finished.status, ends), (Some(status), own(expected)), "{finished:?}");
}

/// What stands in the folder, so that files left behind would be seen.
fn entries(space: &Space) -> Vec<String> {
    let entries = std::fs::read_dir(space.path()).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_told_on_stderr_and_concluded_on_stdout() {
    let space = space(&[
        ("1", "", &["echo hello; echo trouble >&2; exit 3", "test -d .git", "- [ ] Manual: look at it"]),
        ("2", "Stage 1", &["test 1 = 1"]),
        ("3", "", &["no-such-program --now", "git push"]),
    ]);
    let finished = space.run(&["plan.md", "-j", "1"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(
        timeless(&finished.stdout),
        "
  FAILS      1 Part 1  1 passed, 1 failed, 1 not run  0.0s
  blocked    2 Part 2  1 not run                      by stage 1
  FAILS      3 Part 3  1 error, 1 not run             0.0s

FAILS: 2 checks do not hold (0 of 3 stages hold; 1 passed, 1 failed, 1 error, 3 not run) in 0.0s
"
    );
    let told: Vec<String> = timeless(&finished.stderr).lines().map(str::to_owned).collect();
    // The words of the shell are its own.
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|line| !line.contains("command not found")).collect();
    assert_eq!(
        told,
        [
            "run        1 plan, 4 checks to run, up to 1 at a time",
            "start      1 Part 1",
            "FAILED     1.1  echo hello; echo trouble >&2; exit 3  (0.0s)",
            "           exit status 3",
            "           at plan.md:8",
            "           | hello",
            "           | trouble",
            "passed     1.2  test -d .git  (0.0s)",
            "not run    1 Part 1: 1 check manual",
            "blocked    2 Part 2: 1 check blocked because stage 1 does not hold",
            "start      3 Part 3",
            "ERROR      3.1  no-such-program --now  (0.0s)",
            "           could not be started: program `no-such-program` not found",
            "           at plan.md:30",
            "not run    3 Part 3: 1 check held back",
        ]
    );
}

#[test]
fn a_stage_waits_for_what_it_needs_and_blocks_what_needs_it() {
    check(
        &[
            ("1", "", &["touch one", "false", "touch more"]),
            ("2", "Stage 1", &["touch two"]),
            ("3", "Stage 2", &["touch three"]),
            ("4", "", &["touch four"]),
            ("5", "Stage 4", &["test -f four && test -f one && test -f more && test ! -f two && test ! -f three"]),
        ],
        &["-j", "1"],
        1,
        &[
            "1.1 passed",
            "1.2 failure exit-code: exit status 1",
            "1.3 passed",
            "2.1 skipped dependency: blocked: stage 1 does not hold",
            "3.1 skipped dependency: blocked: stage 1 does not hold",
            "4.1 passed",
            "5.1 passed",
        ],
    );
}

/// Meets a partner through a pipe, and counts who else is under way. It is a file of its own, since commands that are
/// seen to change the tree run alone.
const MEET: &str = "mkdir run/$$ && test $(ls run | wc -l) -le 2 || exit 1
case $1 in
    say) echo hello > $2 ;;
    hear) test \"$(cat $2)\" = hello ;;
esac && test $(ls run | wc -l) -le 2 && rmdir run/$$
";

#[test]
fn two_jobs_are_two_and_no_more() {
    let pair = |pair| ["say", "hear"].map(|act| format!("sh meet.sh {act} pipe{pair}"));
    let commands: Vec<String> = (0..4).flat_map(pair).collect();
    let numbers: Vec<String> = (1..=8).map(|number: usize| number.to_string()).collect();
    let checks: Vec<[&str; 1]> = commands.iter().map(|command| [command.as_str()]).collect();
    let stages: Vec<(&str, &str, &[&str])> =
        numbers.iter().zip(&checks).map(|(number, check)| (number.as_str(), "", check.as_slice())).collect();
    let space = space(&stages);
    space.file("meet.sh", MEET);
    std::fs::create_dir(space.at("run")).expect("a folder can be made");
    for pair in 0..4 {
        fifo(&space, &format!("pipe{pair}"));
    }
    // One job at a time would never meet anyone and run into the limit; three would be counted.
    let (finished, ends) = ends(&space, &["plan.md", "-j", "2", "--timeout", "60s"]);
    assert_eq!(finished.status, Some(0), "{ends:?}");
    assert_eq!(ends.len(), 8);
}

#[test]
fn one_job_is_one() {
    // Whoever were under way at the same time would find the folder there.
    let alone: &[&str] = &["mkdir alone && ls > /dev/null && rmdir alone"];
    let stages = ["1", "2", "3", "4", "5", "6"].map(|number| (number, "", alone));
    let (finished, ends) = ends(&space(&stages), &["plan.md", "-j", "1"]);
    assert_eq!(finished.status, Some(0), "{ends:?}");
}

#[test]
fn a_block_that_sets_the_scene_is_one_script_told_by_command() {
    let block = "cd sub
export NAME=inner
test \"$(basename \"$PWD\")$NAME\" = subinner
cat > made <<END
$NAME
END
for i in 1 2; do
  echo $i
done
test \"$(cat made)\" = outer
echo never";
    let space = space(&[("1", "", &[block, "test \"${NAME-unset}\" = unset && test -d sub"])]);
    std::fs::create_dir(space.at("sub")).expect("a folder can be made");
    let (finished, ends) = ends(&space, &["plan.md"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(
        ends,
        [
            "1.1 passed",
            "1.2 passed",
            "1.3 passed",
            "1.4 passed",
            "1.5 passed",
            "1.6 failure exit-code: exit status 1",
            "1.7 skipped script: not reached: its script stopped at 1.6",
            "1.8 passed",
        ]
    );
}

#[test]
fn commands_run_in_the_root_of_the_plans_repository() {
    let space = Space::new();
    let here = |folder: &str| staged(&[("1", "", &[&format!("test -f {folder}/mark") as &str])]);
    space.file("docs/plan.md", &here(".")).file("mark", "").file("docs/deep/x", "").file("other/mark", "");
    let run = |folder: &str, args: &[&str]| {
        let output = space.command(args).current_dir(space.at(folder)).output().expect("the binary starts");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(run(".", &["docs/plan.md"]).0, Some(0));
    assert_eq!(run("docs", &["plan.md"]).0, Some(0));
    assert_eq!(run("docs/deep", &["../plan.md"]).0, Some(0));
    assert_eq!(run("docs", &["plan.md", "--root", "../other"]).0, Some(0));
    assert_eq!(run(".", &["docs/plan.md", "--root", "docs"]).0, Some(1));
    // A report is relative to where the user is, and its folders are made.
    assert_eq!(run("docs", &["plan.md", "--junit", "out/a/report.xml", "--summary", "../s/summary.md"]).0, Some(0));
    assert_eq!(cases(&space.read("docs/out/a/report.xml")), ["1.1 passed"]);
    assert!(space.read("s/summary.md").starts_with("## \u{2705} Every stage holds\n"));
}

#[test]
fn a_folder_beside_the_command_is_where_it_runs() {
    let space = Space::new();
    space.file("web/mark", "");
    space.file("plan.md", &staged(&[("1", "", &["- [ ] `test -f mark` (run from `web`)", "- [ ] `test -f mark`"])]));
    let (finished, ends) = ends(&space, &["plan.md"]);
    assert_eq!((finished.status, ends), (Some(1), own(&["1.1 passed", "1.2 failure exit-code: exit status 1"])));
}

#[test]
fn endings_are_told_apart_on_every_screen() {
    let space = space(&[(
        "1",
        "",
        &["cat", "exit 7", "no-such-program", "./not-a-program", "sh -c 'trap - TERM; exec sleep 1000'", "sh die.sh"],
    )]);
    space.file("not-a-program", "").file("die.sh", "kill -9 $$\n");
    let (finished, ends) = ends(&space, &["plan.md", "--timeout", "2s", "--summary", "summary.md"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(
        ends,
        [
            "1.1 passed",
            "1.2 failure exit-code: exit status 7",
            "1.3 error spawn: could not be started: program `no-such-program` not found",
            "1.4 error spawn: could not be started: program `./not-a-program` is not executable",
            "1.5 error timeout: ran longer than 2.0s, the limit of --timeout, and was ended",
            "1.6 failure signal: ended by signal 9 (SIGKILL)",
        ]
    );
    let summary = space.read("summary.md");
    let screen = space.run(&["plan.md", "--timeout", "2s"]).stderr;
    for line in &ends[1..] {
        let reason = line.split_once(": ").expect("a reason").1;
        assert!(screen.contains(&format!("\n           {reason}\n")), "{reason}: {screen}");
        let shown = reason.replace('`', "&#96;");
        assert!(summary.contains(reason) || summary.contains(&shown), "{reason}: {summary}");
    }
}

#[test]
fn red_runs_only_when_asked_for_and_then_must_fail() {
    let stages: &[(&str, &str, &[&str])] =
        &[("1", "", &["- [ ] Run: `test -f made` (expect failure)", "test 1 = 1"]), ("2", "Stage 1", &["test 2 = 2"])];
    let red = "1.1 skipped red: must fail before the work is done; runs only with --red";
    check(stages, &[], 0, &[red, "1.2 passed", "2.1 passed"]);
    check(stages, &["--red"], 0, &["1.1 passed", "1.2 passed", "2.1 passed"]);
    let space = space(stages);
    space.file("made", "");
    let (finished, ends) = ends(&space, &["plan.md", "--red"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(
        ends,
        [
            "1.1 failure exit-code: exit status 0, expected a failure",
            "1.2 passed",
            "2.1 skipped dependency: blocked: stage 1 does not hold",
        ]
    );
}

#[test]
fn what_must_not_run_does_not_and_is_never_passed() {
    check(
        &[(
            "1",
            "",
            &["- [ ] Manual: `touch by-hand`", "- [ ] The page looks fine", "rm -rf mine", "test ! -e by-hand"],
        )],
        &[],
        0,
        &[
            "1.1 skipped manual: a person must do it",
            "1.2 skipped manual: a person must do it",
            "1.3 skipped held-back: held back: it deletes files outside build outputs",
            "1.4 passed",
        ],
    );
}

#[test]
fn expectations_of_the_plan_decide() {
    check(
        &[(
            "1",
            "",
            &[
                "- [ ] `sh -c 'exit 2'` exits 2",
                "- [ ] `sh -c 'exit 1'` exits 2",
                "- [ ] `printf Hello` prints \"Hello\"",
                "- [ ] `printf Bye` prints \"Hello\"",
                "- [ ] `grep -r nowhere-to-be-found .git` returns no matches",
                "- [ ] `grep Plan plan.md` returns no matches",
                "- [ ] `test 1 = 1` prints \"Hello\"",
                "- [ ] `printf 'one\\ntwo'` prints no output",
                "- [ ] `test 1 = 1` prints no output",
                "- [ ] `cat plan.md missing || true`",
                "- [ ] `sh -c 'echo E42 >&2; exit 1'` (expect failure)",
                "- [ ] `sh -c 'exit 0'` (expect failure)",
            ],
        )],
        &["--red"],
        1,
        &[
            "1.1 passed",
            "1.2 failure exit-code: exit status 1, expected 2",
            "1.3 passed",
            "1.4 failure exit-code: exit status 0, expected an output with \"Hello\", got \"Bye\"",
            "1.5 passed",
            "1.6 failure exit-code: exit status 0, expected 1",
            "1.7 failure exit-code: exit status 0, expected an output with \"Hello\", got no output",
            "1.8 failure exit-code: exit status 0, expected no output, got \"one\"",
            "1.9 passed",
            "1.10 passed",
            "1.11 passed",
            "1.12 failure exit-code: exit status 0, expected a failure",
        ],
    );
}

#[test]
fn the_same_run_gives_the_same_files() {
    let slow = "sh -c 'for i in 1 2 3 4 5 6 7 8 9; do :; done'";
    let checks: &[&str] = &[slow, "false", "- [ ] Manual: look"];
    let numbers: Vec<String> = (1..=9).map(|number: usize| number.to_string()).collect();
    let stages: Vec<(&str, &str, &[&str])> =
        numbers.iter().map(|n| (n.as_str(), if n == "5" { "Stage 4" } else { "" }, checks)).collect();
    let space = space(&stages);
    let one = |name: &str| {
        let junit = format!("{name}.xml");
        let summary = format!("{name}.md");
        let finished = space.run(&["plan.md", "-j", "4", "--junit", &junit, "--summary", &summary]);
        // The run's own name is all that may differ.
        let nameless = |row: &str| row.split("--rerun-failed=").next().map(timeless).unwrap_or_default();
        let rows: Vec<String> = space.read(&summary).lines().map(nameless).collect();
        (finished.status, timeless(&finished.stdout), cases(&space.read(&junit)), rows)
    };
    let first = one("first");
    for again in 0..3 {
        assert_eq!(one(&again.to_string()), first);
    }
}

#[test]
fn hostile_output_is_shown_and_harms_no_file() {
    let nasty = "printf 'a\\000b\\033[2Jc\\377d ]]> < & \\302\\205 \\357\\277\\276 \\r\\n::error::boo\\n##[error]boo\\n'; false";
    let space = space(&[("1", "", &[nasty])]);
    let (finished, ends) = ends(&space, &["plan.md", "--summary", "summary.md"]);
    assert_eq!(ends, ["1.1 failure exit-code: exit status 1"]);
    assert_eq!(finished.status, Some(1));
    let told = space.run(&["plan.md"]).stderr;
    assert!(told.contains("           | a\u{2400}bc\u{fffd}d ]]> < & \u{fffd} \u{fffd}\n"), "{told}");
    obeyed_by_nobody(&told);
}

/// No line steers a terminal or is a command for a workflow runner.
fn obeyed_by_nobody(text: &str) {
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "a runner would obey {line:?}");
        assert!(!line.contains("##["), "a runner would obey {line:?}");
        assert!(!line.contains('\u{1b}') && !line.contains('\r'), "a terminal would obey {line:?}");
    }
}

#[test]
fn words_of_a_plan_cannot_speak_to_the_workflow_runner() {
    let space = Space::new();
    let text = staged(&[("1", "", &["- [ ] Manual: ::error::boo", "- [ ] Manual: x ##[error]boo", "test 1 = 1"])]);
    let name = "plans/a\n::error::b\u{1b}[2J.md";
    space.file(name, &text.replace("Part 1", "##[group]x")).file("::warning::c.md", &text);
    space.file("broken.md", "# x\n\n## Stage 1: a\n\n**Dependencies**: Stage 9 ##[error]z\n");
    let words: &[&[&str]] = &[
        &[],
        &["run", "--dry-run", "::warning::c.md", name],
        &["list", "::warning::c.md", name],
        &["graph", "::warning::c.md", name],
        &["::warning::c.md", name],
        &["broken.md", "::warning::c.md"],
        &["list", "broken.md"],
    ];
    for words in words {
        let Finished { stdout, stderr, .. } = space.run(words);
        obeyed_by_nobody(&stdout);
        obeyed_by_nobody(&stderr);
    }
}

#[test]
fn output_of_fifty_megabytes_is_a_few_lines_in_the_reports() {
    let space = space(&[(
        "1",
        "",
        &["head -c 50000000 /dev/zero | tr '\\\\0' x; exit 1", "head -c 5000000 /dev/zero; exit 1"],
    )]);
    let (finished, ends) = ends(&space, &["plan.md", "--summary", "summary.md"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(ends, ["1.1 failure exit-code: exit status 1", "1.2 failure exit-code: exit status 1"]);
    assert!(space.read("ends.xml").len() < 1_000_000 && space.read("summary.md").len() < 100_000);
}

#[test]
fn a_check_leaves_nobody_behind() {
    let space = Space::new();
    let witness = Witness::new(&space);
    let leaves = format!("{}; sleep 1000 & exit 0", witness.watches());
    space.file("plan.md", &staged(&[("1", "", &[&leaves])]));
    let (finished, ends) = ends(&space, &["plan.md", "--summary", "summary.md"]);
    assert_eq!((finished.status, ends), (Some(0), own(&["1.1 passed"])));
    witness.assert_all_gone();
    let xml = space.read("ends.xml");
    let (_, told) = xml.split_once("<system-err>").expect("it is told");
    assert!(told.starts_with("It left a process behind, which was ended: sleep 1000 ("), "{told}");
    let summary = space.read("summary.md");
    let (_, told) = summary.split_once("### Passed, but left something behind").expect("it is told");
    assert!(told.contains(" left a process behind, which was ended: sleep 1000 ("), "{told}");
}

#[test]
fn commands_that_close_or_leave_their_streams_hold_nothing_up() {
    check(
        &[(
            "1",
            "",
            &[
                "exec 1>&-; test 1 = 1",
                "exec 2>&-; exit 4",
                "exec >/dev/null 2>&1 </dev/null; exit 5",
                "if command -v setsid >/dev/null; then setsid sleep 20 & fi; exit 6",
            ],
        )],
        &["--timeout", "10s"],
        1,
        &[
            "1.1 passed", "1.2 failure exit-code: exit status 4", "1.3 failure exit-code: exit status 5",
            "1.4 failure exit-code: exit status 6",
        ],
    );
}

#[test]
fn children_do_not_see_where_the_workflow_writes() {
    let names = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];
    let test = names.map(|name| format!("test -z \"${{{name}+set}}\"")).join(" && ");
    let see = format!("{test} && test \"$PLAN_RUN_STAGE/$PLAN_RUN_CHECK/$KEPT\" = 1/1.1/yes");
    let mut space = space(&[("1", "", &[&see])]);
    let summary = space.at("steps.md").display().to_string();
    space.file("steps.md", "# Before\n");
    for name in &names[..4] {
        space.env(name, "/dev/null");
    }
    space.env("GITHUB_STEP_SUMMARY", &summary).env("KEPT", "yes");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    let text = space.read("steps.md");
    assert!(text.starts_with("# Before\n## \u{2705} Every stage holds\n"), "{text}");
    space.run(&["plan.md", "--summary", "own.md"]);
    assert_eq!(space.read("steps.md"), text, "a file that is named is used instead");
    assert!(space.read("own.md").starts_with("## \u{2705}"));
}

#[test]
fn a_report_may_go_to_stdout_to_a_pipe_and_into_the_void() {
    let space = space(&[("1", "", &["exit 1"])]);
    for name in ["-", "/dev/stdout"] {
        let finished = space.run(&["plan.md", "--junit", name]);
        assert_eq!(finished.status, Some(1));
        assert_eq!(cases(&finished.stdout), ["1.1 failure exit-code: exit status 1"], "nothing but the report");
        assert!(finished.stderr.contains("\nFAILS: 1 check does not hold"), "{finished:?}");
    }
    fifo(&space, "pipe");
    let path = space.at("pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let mut pipe = std::fs::File::open(path).expect("the pipe opens");
        pipe.read_to_string(&mut text).expect("text");
        text
    });
    assert_eq!(space.run(&["plan.md", "--junit", "pipe"]).status, Some(1));
    assert_eq!(cases(&reader.join().expect("it reads")).len(), 1);
    let finished = space.run(&["plan.md", "--summary", "/dev/full"]);
    assert_eq!(finished.status, Some(5), "{finished:?}");
    assert!(finished.stderr.contains("plan-run: cannot write the summary to /dev/full: No space left"), "{finished:?}");
    assert!(finished.stdout.ends_with("in 0.0s\n") || finished.stdout.contains("\nERROR: The run cannot be relied on"));
    assert_eq!(entries(&space), [".git", ".plan-run", "pipe", "plan.md"]);
}

#[test]
fn a_reader_who_leaves_changes_no_verdict() {
    for (command, status) in [("exit 1", 1), ("test 1 = 1", 0)] {
        let space = space(&[("1", "", &[command])]);
        for args in [&["plan.md"][..], &["plan.md", "--junit", "-"]] {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            let other = writer.try_clone().expect("a pipe");
            let done = space.command(args).stdout(writer).stderr(other).status().expect("the binary starts");
            assert_eq!(done.code(), Some(status));
        }
    }
}

#[test]
fn names_of_files_may_be_anything() {
    let space = Space::new();
    let text = staged(&[("1", "", &["test 1 = 1"])]);
    let names = [
        "sp ace.md", "quo'te\".md", "new\nline.md", "-dash.md", "--junit", "st*r[1].md", "$HOME.md", "dir/\u{1f600}.md",
    ];
    for name in names {
        space.file(name, &text);
        let finished = space.run(&["--progress", "none", "--junit", "r.xml", "--summary", "s.md", "--", name]);
        assert_eq!(finished.status, Some(0), "{name:?}: {finished:?}");
        assert_eq!(cases(&space.read("r.xml")), ["1.1 passed"], "{name:?}");
    }
    let long = "d/".repeat(100) + "plan.md";
    assert_eq!(space.file(&long, &text).run(&[&long]).status, Some(0));
    use std::os::unix::ffi::OsStrExt as _;
    let odd = std::ffi::OsStr::from_bytes(b"bad\xff.md");
    // Some file systems take valid text only.
    if std::fs::write(space.path().join(odd), &text).is_ok() {
        let done = space.command(&["--junit", "r.xml"]).arg(odd).output().expect("the binary starts");
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        assert_eq!(cases(&space.read("r.xml")), ["1.1 passed"]);
    }
}

#[test]
fn thousands_of_checks_are_counted_right() {
    let body = "- [ ] Test: `test 1 = 1`\n".repeat(1999) + "- [ ] Test: `test 1 = 2`\n";
    let space = Space::new();
    space.file("plan.md", &(staged(&[("1", "", &[])]) + &body)).file("plan-run.yaml", "shell: sh\n");
    let finished = space.run(&["plan.md", "--progress", "none"]);
    assert_eq!(finished.status, Some(1));
    let expected = "FAILS: 1 check does not hold (0 of 1 stage holds; 1999 passed, 1 failed) in ";
    assert!(finished.stdout.contains(expected), "{finished:?}");
}

#[test]
fn large_plans_and_lines_are_read() {
    let space = Space::new();
    let prose = "Some words of `prose` that no one runs. ".repeat(60) + "\n\n";
    let mut text = "# Plan\n\n".to_owned();
    for number in 1..=400 {
        text += &format!("## Stage {number}: Part\n\n### Objective\n\n{}", prose.repeat(5));
        text += &format!("### Validation\n\n- [ ] `test {number} = {number}`\n\n");
    }
    text += &"long ".repeat(200_000);
    space.file("plan.md", &text);
    let finished = space.run(&["run", "--dry-run", "plan.md"]);
    assert_eq!(finished.status, Some(0));
    assert!(finished.stdout.ends_with("\n400 checks would run\n"));
    let huge = format!("# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `test {} = 1`\n", "z".repeat(300_000));
    space.file("plan.md", &huge);
    let (finished, ends) = ends(&space, &["plan.md"]);
    assert_eq!(finished.status, Some(1));
    assert_eq!(ends, ["1.1 error spawn: could not be started: the command is too long for the system"]);
    assert!(finished.stderr.len() < 2000 && space.read("ends.xml").len() < 20_000);
}

#[test]
fn a_folder_that_takes_no_file_is_told_before_anything_runs() {
    let space = space(&[("1", "", &["touch ran"])]);
    std::fs::create_dir(space.at("locked")).expect("a folder can be made");
    std::fs::set_permissions(space.at("locked"), std::fs::Permissions::from_mode(0o555)).expect("ours");
    if std::fs::write(space.at("locked/probe"), "").is_ok() {
        eprintln!("skipped: nothing is locked for this user");
        return;
    }
    let finished = space.run(&["plan.md", "--junit", "locked/r.xml"]);
    assert_eq!(finished.status, Some(5));
    assert!(
        finished.stderr.contains("cannot write the JUnit report to ") && finished.stderr.ends_with("nothing was run\n")
    );
    assert!(!space.at("ran").exists());
}

#[test]
fn a_dry_run_runs_nothing_and_writes_nothing() {
    let space = space(&[("1", "", &["touch ran", "- [ ] Manual: look"]), ("2", "Stage 1", &["touch ran"])]);
    let finished = space.run(&["run", "--dry-run", "plan.md", "--junit", "r.xml", "--summary", "s.md"]);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(0), ""));
    assert!(finished.stdout.ends_with("\n2 checks would run, 1 would not\n"), "{finished:?}");
    assert_eq!(entries(&space), [".git", "plan.md"]);
}

#[test]
fn input_is_empty_even_if_there_is_some() {
    let space = space(&[("1", "", &["test -z \"$(cat)\""])]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    // The writer stays open, so that whoever reads this input waits for ever.
    let mut child = space.command(&["plan.md"]).stdin(reader).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let status = child.as_mut().expect("the binary starts").wait().expect("it ends");
    drop(writer);
    assert_eq!(status.code(), Some(0));
}
