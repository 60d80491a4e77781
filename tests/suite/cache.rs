//! What has passed in an earlier run is not run again where that is wanted, and only where nothing has changed: with real
//! processes and a real git.

use std::process::Command;

use crate::support::space::{Finished, Space};

const PLAN: &str = "# Implementation Plan: Kept\n\n## Stage 1: Only\n\n### Validation\n\n- [ ] `sh count.sh`\n";

/// A repository with one check, which counts how often it ran in a file that git ignores.
fn repository() -> Space {
    let space = Space::new();
    std::fs::remove_dir(space.at(".git")).expect("it is there");
    space.file("plan.md", PLAN);
    space.file("count.sh", "echo once >> count.log\n");
    space.file("src/a.txt", "one\n");
    space.file(".gitignore", "*.log\n");
    git(&space, &["init", "-q"]);
    commit(&space);
    space
}

fn git(space: &Space, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@b.c"])
        .args(arguments)
        .current_dir(space.path())
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn commit(space: &Space) {
    git(space, &["add", "-A"]);
    git(space, &["commit", "-q", "-m", "All"]);
}

fn count(space: &Space) -> usize {
    std::fs::read_to_string(space.at("count.log")).map_or(0, |text| text.lines().count())
}

/// Runs it with the cache, which must be green, and says how often the check ran so far.
fn runs(space: &Space) -> usize {
    let finished = space.run(&["plan.md", "--cache"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    count(space)
}

fn newest(space: &Space) -> String {
    let names = std::fs::read_dir(space.at(".plan-run/runs")).expect("there are runs");
    let names = names.map(|entry| entry.expect("it can be read").file_name().into_string().expect("it is text"));
    names.max().expect("there is one")
}

#[test]
fn what_passed_before_is_not_run_again_and_every_report_says_so() {
    let space = repository();
    assert_eq!(runs(&space), 1);
    let run = newest(&space);
    let status = git(&space, &["status", "--porcelain"]);
    let objects = git(&space, &["count-objects"]);
    let dry = space.run(&["plan.md", "--cache", "--dry-run"]);
    assert!(dry.stdout.contains(&format!("check 1.1, line 7: passed in the run {run}")), "{dry:?}");
    assert_eq!(dry.status, Some(0), "{dry:?}");
    // Reports that the run writes into the tree change nothing.
    let args = ["--junit", "a.xml", "--json", "a.json", "--html", "a.html", "--summary", "a.md"];
    for _ in 0..2 {
        let finished = space.run(&[&["plan.md", "--cache"], &args[..]].concat());
        assert_eq!(finished.status, Some(0), "{finished:?}");
        assert_eq!(count(&space), 1, "{finished:?}");
        let line = format!("passed     1.1  sh count.sh  (cached from {run})\n");
        assert!(finished.stderr.contains(&line), "{}", finished.stderr);
        assert!(finished.stdout.contains("1 passed"), "{}", finished.stdout);
        assert!(space.read("a.xml").contains(&format!(r#"<property name="cached" value="{run}""#)));
        assert!(space.read("a.html").contains(&format!("in the run <code>{run}</code>")));
        assert!(space.read("a.md").contains("### Cached\n"), "{}", space.read("a.md"));
        let json: serde_json::Value = serde_json::from_str(&space.read("a.json")).expect("it is JSON");
        let check = &json["plans"][0]["stages"][0]["checks"][0];
        assert_eq!((&check["cached"], &check["took"]), (&run.as_str().into(), &0.0.into()));
        assert_eq!(space.run(&["report", "--json", "b.json"]).status, Some(0));
        assert_eq!(space.read("a.json"), space.read("b.json"), "the journal knows it, too");
        for report in ["a.html", "a.md", "b.json"] {
            std::fs::remove_file(space.at(report)).expect("it is there");
        }
    }
    for report in ["a.xml", "a.json"] {
        std::fs::remove_file(space.at(report)).expect("it is there");
    }
    assert_eq!(git(&space, &["status", "--porcelain"]), status);
    assert_eq!(git(&space, &["count-objects"]), objects, "git's objects are left as they are");
    assert_eq!(space.run(&["plan.md"]).status, Some(0));
    assert_eq!(count(&space), 2, "nobody asked for the cache");
}

#[test]
fn what_git_cannot_look_into_is_no_reason_to_trust_the_cache() {
    let space = repository();
    space.file("inner/b.txt", "one\n");
    git(&space, &["init", "-q", "inner"]);
    git(&space, &["-C", "inner", "add", "-A"]);
    git(&space, &["-C", "inner", "commit", "-q", "-m", "Inner"]);
    for more in 1..3 {
        let finished = space.run(&["plan.md", "--cache"]);
        assert!(finished.stderr.contains("no cache: changes in the submodule `inner` cannot be seen"), "{finished:?}");
        assert_eq!((finished.status, count(&space)), (Some(0), more));
    }
    space.file("plan-run.yaml", "cache: {inputs: [src, count.sh]}\n");
    assert_eq!((runs(&space), runs(&space)), (3, 3), "it is not one of the inputs");
}

#[test]
fn a_change_within_the_moment_in_which_git_looked_is_seen() {
    let space = repository();
    git(&space, &["config", "core.trustctime", "false"]);
    git(&space, &["config", "core.checkStat", "minimal"]);
    let moment = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    let date = |name: &str| {
        let file = std::fs::File::options().write(true).open(space.at(name)).expect("it is there");
        file.set_modified(moment).expect("it is ours");
    };
    date("src/a.txt");
    git(&space, &["update-index", "--refresh"]);
    date(".git/index");
    assert_eq!(runs(&space), 1);
    space.file("src/a.txt", "two\n");
    date("src/a.txt");
    assert_eq!(runs(&space), 2, "size and times are the same");
}

#[test]
fn an_index_in_two_parts_stays_as_it_is() {
    let space = repository();
    git(&space, &["config", "core.splitIndex", "true"]);
    git(&space, &["config", "splitIndex.maxPercentChange", "0"]);
    git(&space, &["update-index", "--split-index"]);
    let parts = || {
        let names = std::fs::read_dir(space.at(".git")).expect("it is there");
        names
            .filter(|name| name.as_ref().is_ok_and(|name| name.file_name().to_string_lossy().contains("index")))
            .count()
    };
    let before = parts();
    space.file("src/a.txt", "two\n");
    assert_eq!((runs(&space), runs(&space)), (1, 1));
    assert_eq!(parts(), before);
}

#[test]
fn a_file_that_changed_in_any_way_makes_it_run_again() {
    let space = repository();
    assert_eq!(runs(&space), 1);
    // Of the same length, and perhaps within the same moment.
    space.file("src/a.txt", "two\n");
    assert_eq!(runs(&space), 2, "a tracked file");
    assert_eq!(runs(&space), 2);
    commit(&space);
    assert_eq!(runs(&space), 2, "that it was committed changes no file");
    space.file("src/new.txt", "new\n");
    assert_eq!(runs(&space), 3, "an untracked file");
    std::fs::remove_file(space.at("src/new.txt")).expect("it is there");
    assert_eq!(runs(&space), 3, "it is as it was");
    space.file("src/other.log", "ignored\n");
    assert_eq!(runs(&space), 3, "a file that git ignores");
    std::fs::remove_file(space.at("src/a.txt")).expect("it is there");
    assert_eq!(runs(&space), 4, "a removed file");
}

#[test]
fn variables_count_that_the_configuration_sets_or_names() {
    let mut space = repository();
    let inputs = "inputs: [count.sh]";
    space.file("plan-run.yaml", &format!("cache: {{{inputs}}}\n"));
    assert_eq!(runs(&space), 1);
    space.env("MODE", "fast");
    assert_eq!(runs(&space), 1, "nobody said that it counts");
    space.file("plan-run.yaml", &format!("cache: {{{inputs}, env: MODE}}\n"));
    assert_eq!(runs(&space), 2);
    assert_eq!(runs(&space), 2);
    space.env("MODE", "slow");
    assert_eq!(runs(&space), 3);
    space.file("plan-run.yaml", &format!("cache: {{{inputs}, env: MODE}}\nenv: {{LEVEL: 1}}\n"));
    assert_eq!(runs(&space), 4);
    space.file("plan-run.yaml", &format!("cache: {{{inputs}, env: MODE}}\nenv: {{LEVEL: 2}}\n"));
    assert_eq!(runs(&space), 5);
    space.file(".env", "COLOUR=red\n");
    space.file("plan-run.yaml", &format!("cache: {{{inputs}, env: MODE}}\nenv: {{LEVEL: 2}}\nenv_file: .env\n"));
    assert_eq!(runs(&space), 6);
    assert_eq!(runs(&space), 6);
    space.file(".env", "COLOUR=blue\n");
    assert_eq!(runs(&space), 7);
}

#[test]
fn another_version_of_a_named_tool_makes_it_run_again() {
    use std::os::unix::fs::PermissionsExt;
    let space = repository();
    let tool = |version: &str| {
        space.file("tool.log", &format!("#!/bin/sh\necho tool {version}\n"));
        std::fs::set_permissions(space.at("tool.log"), PermissionsExt::from_mode(0o755)).expect("it is ours");
    };
    tool("1.0");
    space.file("plan-run.yaml", &format!("cache: {{tools: ['{}']}}\n", space.at("tool.log").display()));
    assert_eq!(runs(&space), 1);
    assert_eq!(runs(&space), 1);
    tool("1.1");
    assert_eq!(runs(&space), 2);
    std::fs::remove_file(space.at("tool.log")).expect("it is there");
    let finished = space.run(&["plan.md", "--cache"]);
    assert!(finished.stderr.contains("no cache: the version of `"), "{finished:?}");
    assert_eq!((finished.status, count(&space)), (Some(0), 3));
}

#[test]
fn another_command_expectation_or_shell_makes_it_run_again() {
    let space = repository();
    let files = |shell: &str| space.file("plan-run.yaml", &format!("{shell}cache: {{inputs: count.sh}}\n"));
    files("");
    let plan = |line: &str| space.file("plan.md", &PLAN.replace("`sh count.sh`", line));
    assert_eq!(runs(&space), 1);
    plan("`sh count.sh && true`");
    assert_eq!(runs(&space), 2, "another command");
    plan("`sh count.sh` prints nothing");
    let expects = space.run(&["list", "plan.md", "--format", "json"]).stdout;
    assert!(expects.contains("\"output\""), "{expects}");
    assert_eq!(runs(&space), 3, "another expectation");
    plan("`sh count.sh`");
    assert_eq!(runs(&space), 3);
    files("shell: sh\n");
    assert_eq!(runs(&space), 4, "another shell");
}

#[test]
fn inputs_restrict_what_counts_for_all_stages_or_for_one() {
    let space = repository();
    space.file("plan-run.yaml", "stages:\n  1:\n    inputs: [src, 'count.*']\n");
    assert_eq!(runs(&space), 1);
    space.file("README.md", "New\n");
    assert_eq!(runs(&space), 1, "not one of its inputs");
    space.file("src/deep/b.txt", "new\n");
    assert_eq!(runs(&space), 2, "below one of its inputs");
    space.file("plan-run.yaml", "cache: {inputs: 'src/**'}\nstages:\n  1:\n    inputs: README.md\n");
    assert_eq!(runs(&space), 3);
    space.file("src/deep/b.txt", "other\n");
    assert_eq!(runs(&space), 3, "the stage has inputs of its own");
    space.file("README.md", "Newer\n");
    assert_eq!(runs(&space), 4);
    space.file("plan-run.yaml", "stages:\n  1:\n    inputs: [kept.log]\n");
    space.file("kept.log", "1");
    assert_eq!(runs(&space), 5);
    assert_eq!(runs(&space), 5);
    space.file("kept.log", "2");
    assert_eq!(runs(&space), 6, "a file that git ignores counts where it is named");
    space.file("plan-run.yaml", "stages:\n  1:\n    inputs: scr\n");
    for more in 7..9 {
        let finished = space.run(&["plan.md", "--cache"]);
        assert!(finished.stderr.contains("no cache: the input `scr` is no file that git knows"), "{finished:?}");
        assert_eq!(count(&space), more, "a misspelt input is no reason to remember for ever");
    }
}

/// Runs a plan of some lines twice, and says how each ended and how often the check that counts ran.
fn twice(lines: &[&str], config: &str, args: &[&str]) -> (Finished, Finished, usize) {
    let space = repository();
    let lines: String = lines.iter().map(|line| format!("- [ ] {line}\n")).collect();
    space.file("plan.md", &PLAN.replace("- [ ] `sh count.sh`\n", &lines));
    space.file("plan-run.yaml", config);
    let run = || space.run(&[&["plan.md", "--cache", "-j", "1"], args].concat());
    let (first, second) = (run(), run());
    (first, second, count(&space))
}

#[test]
fn what_did_not_simply_pass_is_never_cached() {
    let (first, second, ran) = twice(&["`sh count.sh && false`"], "", &[]);
    assert_eq!((first.status, second.status, ran), (Some(1), Some(1), 2), "a failure: {second:?}");
    let flaky = "`sh count.sh; test -f again.log || { touch again.log; exit 1; }`";
    let (first, second, ran) = twice(&[flaky], "", &["--retries", "1"]);
    assert_eq!((first.status, second.status, ran), (Some(0), Some(0), 3), "flaky: {second:?}");
    let (_, second, ran) = twice(&["`sh count.sh`"], "stages: {1: {writes: true}}\n", &[]);
    assert_eq!((second.status, ran), (Some(0), 2), "what writes: {second:?}");
    let (_, second, ran) = twice(&["`sh count.sh; sleep 600 & true`"], "", &["--grace", "1s"]);
    assert_eq!((second.status, ran), (Some(0), 2), "what leaves something behind: {second:?}");
    let (_, second, ran) = twice(&["`sh count.sh`", "`echo $PLAN_RUN_CHECK`"], "", &[]);
    assert_eq!((second.status, ran), (Some(0), 1), "what asks who it is: {second:?}");
    assert_eq!(second.stderr.matches("(cached from ").count(), 1, "{second:?}");
}

#[test]
fn nothing_is_kept_of_a_run_in_which_files_changed() {
    let space = repository();
    space.file("count.sh", "echo once >> count.log\ncat count.log > copy.txt\n");
    for round in 1..4 {
        let finished = space.run(&["plan.md", "--cache"]);
        let note = "plan-run: not cached, because files changed during the run: 1 check\n";
        assert!(finished.stderr.contains(note), "{finished:?}");
        assert_eq!((finished.status, count(&space)), (Some(0), round));
    }
}

#[test]
fn what_comes_after_a_writer_is_run() {
    let space = repository();
    let stage =
        |number: usize, command: &str| format!("## Stage {number}: S\n\n### Validation\n\n- [ ] `{command}`\n\n");
    space.file("plan.md", &format!("# Implementation Plan: Two\n\n{}{}", stage(1, "true"), stage(2, "sh count.sh")));
    space.file("plan-run.yaml", "stages: {1: {writes: true}, 2: {needs: [1]}}\n");
    assert_eq!((runs(&space), runs(&space)), (1, 2));
}

#[test]
fn the_command_line_wins_over_the_configuration() {
    let space = repository();
    space.file("plan-run.yaml", "cache: true\n");
    let run = |args: &[&str]| {
        let finished = space.run(args);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        count(&space)
    };
    assert_eq!(run(&["plan.md"]), 1);
    assert_eq!(run(&["plan.md"]), 1, "the configuration switches it on");
    assert_eq!(run(&["plan.md", "--no-cache"]), 2);
    space.file("plan-run.yaml", "cache: {enabled: true}\n");
    assert_eq!(run(&["plan.md"]), 3);
    assert_eq!(run(&["plan.md"]), 3);
    assert_eq!(space.run(&["plan.md", "--cache", "--no-cache"]).status, Some(2));
}

#[test]
fn what_is_blocked_is_not_green_because_it_was_so_once() {
    let space = repository();
    let stage =
        |number: usize, command: &str| format!("## Stage {number}: S\n\n### Validation\n\n- [ ] `{command}`\n\n");
    space.file(
        "plan.md",
        &format!("# Implementation Plan: Two\n\n{}{}", stage(1, "test ! -f no.log"), stage(2, "true")),
    );
    space.file("plan-run.yaml", "stages:\n  1: {inputs: src}\n  2: {needs: [1], inputs: count.sh}\n");
    assert_eq!(space.run(&["plan.md", "--cache"]).status, Some(0));
    space.file("no.log", "").file("src/a.txt", "other\n");
    let finished = space.run(&["plan.md", "--cache"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert!(!finished.stderr.contains("cached"), "{finished:?}");
}

#[test]
fn a_damaged_file_is_told_and_written_anew() {
    let space = repository();
    assert_eq!(runs(&space), 1);
    let kept = space.read(".plan-run/cache");
    space.file(".plan-run/cache", &format!("{{\"schema\":\n{kept}\u{0}garbage"));
    let finished = space.run(&["plan.md", "--cache"]);
    assert_eq!((finished.status, count(&space)), (Some(0), 1), "what is whole still counts: {finished:?}");
    assert!(finished.stderr.contains("line 1 of "), "{finished:?}");
    assert_eq!(space.read(".plan-run/cache"), kept);
    space.file(".plan-run/cache", "\u{1}\u{2}");
    assert_eq!(runs(&space), 2);
    assert_eq!(runs(&space), 2);
    std::fs::remove_file(space.at(".plan-run/cache")).expect("it is there");
    std::fs::create_dir(space.at(".plan-run/cache")).expect("a folder can be made");
    assert_eq!(runs(&space), 3, "a cache that cannot be kept makes no run fail");
}

#[test]
fn runs_at_the_same_time_keep_what_each_of_them_found() {
    let space = repository();
    let checks: String = (0..40).map(|number| format!("- [ ] `test {number} = {number}`\n")).collect();
    space.file("plan.md", &PLAN.replace("- [ ] `sh count.sh`\n", &checks));
    space.file("plan-run.yaml", "cache: {env: RUN, inputs: plan.md}\n");
    let children: Vec<_> = (0..4)
        .map(|run| {
            let mut command = space.command(&["plan.md", "--cache", "--progress", "none"]);
            // So none of them has the keys of another.
            command.env("RUN", run.to_string()).stdout(std::process::Stdio::null()).spawn().expect("it starts")
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    }
    let kept = space.read(".plan-run/cache");
    assert_eq!(kept.lines().count(), 160);
    assert!(kept.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{kept}");
}

#[test]
fn the_file_keeps_as_many_entries_as_it_may() {
    let space = repository();
    space.file("plan-run.yaml", "cache: {max_entries: 2}\n");
    for round in 0..9 {
        space.file("src/a.txt", &format!("{round}\n"));
        assert_eq!(runs(&space), round + 1);
    }
    assert!(space.read(".plan-run/cache").lines().count() <= 4, "{}", space.read(".plan-run/cache"));
    assert_eq!(runs(&space), 9, "the newest one is kept");
}

#[test]
fn the_cache_is_kept_with_runs_that_are_kept_elsewhere() {
    let space = repository();
    let run = || {
        let finished = space.run(&["plan.md", "--cache", "--runs", "kept"]);
        assert_eq!(finished.status, Some(0), "{finished:?}");
        count(&space)
    };
    assert_eq!((run(), run()), (1, 1));
    assert!(space.at("kept/.cache").exists());
}

#[test]
fn outside_of_a_repository_nothing_is_cached_and_a_line_says_so() {
    let space = Space::new();
    space.file("plan.md", PLAN).file("count.sh", "echo once >> count.log\n");
    for more in 1..3 {
        let finished = space.run(&["plan.md", "--cache"]);
        assert!(finished.stderr.contains("plan-run: no cache: git does not say what is in "), "{finished:?}");
        assert_eq!((finished.status, count(&space)), (Some(0), more));
    }
}

#[test]
fn what_the_configuration_says_amiss_is_told() {
    let space = repository();
    space.file("plan-run.yaml", "cache: {enabeld: true, max_entries: 0, inputs: ['../x', '[']}\n");
    let finished = space.run(&["plan.md"]);
    assert_eq!(finished.status, Some(2), "{finished:?}");
    for words in
        ["did you mean `enabled`", "not a whole number of at least 1", "outside of the repository", "not a glob"]
    {
        assert!(finished.stderr.contains(words), "{words}: {}", finished.stderr);
    }
    space.file("plan-run.yaml", "cache: often\n");
    assert!(space.run(&["plan.md"]).stderr.contains("`cache` must be `true`, `false` or a map, not a text"));
}
