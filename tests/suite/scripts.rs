//! Blocks whose commands share one shell: told command by command, by real shells.

use std::time::Duration;

use plan_run::plan::{OutputRule, StatusRule};

use crate::support::plans::Sketch;
use crate::support::real::{Ran, has_bash, plan, really, really_with, until};
use crate::support::space::Space;

/// Runs commands as one script, in the standard shell and in `sh`.
fn script(commands: &[&str], expect: impl Fn(&Ran)) {
    run_in_both(&|sketch| commands.iter().fold(sketch, |sketch, command| sketch.run(command)), commands.len(), expect);
}

#[expect(clippy::print_stderr, reason = "says which shell it was when a test fails")]
fn run_in_both(add: &dyn Fn(Sketch) -> Sketch, count: usize, expect: impl Fn(&Ran)) {
    for shell in [None, Some(vec!["sh".to_owned()])] {
        let space = Space::new();
        let sketch = plan(&space).with_setup(|setup| setup.shell.clone_from(&shell));
        let ran = really(add(sketch).script(count));
        eprintln!("{shell:?}: {:?}", ran.outcomes());
        expect(&ran);
    }
}

#[test]
fn each_command_has_its_own_result_and_output() {
    script(&["echo one", "printf two", ":", "echo four; exit 4"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "passed", "passed", "failed(4)"]);
        let outputs = ["1.1", "1.2", "1.3", "1.4"].map(|label| ran.output(label));
        assert_eq!(outputs, ["one\n", "two", "", "four\n"]);
    });
}

#[test]
fn the_first_failure_stops_the_script() {
    script(&["echo one", "false", "echo three"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(1)", "script stopped by 1.2"]);
        assert_eq!(ran.output("1.2"), "");
        assert_eq!(ran.end("1.3").output, None);
    });
}

#[test]
fn a_list_that_fails_stops_the_script_too() {
    // The shell's own -e lets this line pass, because the command that fails is not the last of its list.
    script(&["false && true", "echo still here"], |ran| {
        assert_eq!(ran.outcomes(), ["failed(1)", "script stopped by 1.1"]);
    });
    script(&["test -e missing || false && echo yes", "echo still here"], |ran| {
        assert_eq!(ran.outcomes(), ["failed(1)", "script stopped by 1.1"]);
    });
    script(&["true && false || true", "echo here"], |ran| assert_eq!(ran.outcomes(), ["passed", "passed"]));
    script(&["echo first", "false && true"], |ran| assert_eq!(ran.outcomes(), ["passed", "failed(1)"]));
}

#[test]
fn a_pipeline_fails_with_any_of_its_commands_where_the_shell_can_tell() {
    if has_bash() {
        let space = Space::new();
        let ran = really(plan(&space).run("false | true").run("echo here").script(2));
        assert_eq!(ran.outcomes(), ["failed(1)", "script stopped by 1.1"]);
    }
}

#[test]
fn the_scene_carries_over() {
    let commands = [
        "mkdir sub\ncd sub", "export A=1; b=2", "greet() {\n  echo \"hello $1\"\n}", "pwd | sed 's|.*/||'",
        "sh -c 'echo $A'", "echo $b", "greet you",
    ];
    script(&commands, |ran| {
        assert_eq!(ran.outcomes(), ["passed"; 7]);
        let outputs = ["1.4", "1.5", "1.6", "1.7"].map(|label| ran.output(label));
        assert_eq!(outputs, ["sub\n", "1\n", "2\n", "hello you\n"]);
    });
}

#[test]
fn heredocs_loops_comments_and_continuations_work() {
    let commands = [
        "cat >file <<'END'\n$not expanded\nEND",
        "for i in 1 2 3; do\n  echo $i\ndone",
        "cat file # a comment",
        "echo a \\\n  b",
        "if [ -e file ]; then\n  echo there\nfi",
        "echo ends with a backslash \\",
        "while read -r line; do echo \"<$line>\"; done <file",
    ];
    script(&commands, |ran| {
        assert_eq!(ran.outcomes(), ["passed"; 7]);
        assert_eq!(ran.output("1.2"), "1\n2\n3\n");
        assert_eq!(ran.output("1.3"), "$not expanded\n");
        assert_eq!(ran.output("1.4"), "a b\n");
        assert_eq!(ran.output("1.7"), "<$not expanded>\n");
    });
}

#[test]
fn leaving_the_script_is_the_ending_of_the_command_that_leaves() {
    script(&["echo one", "exit 3", "echo three"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(3)", "script stopped by 1.2"]);
    });
    script(&["echo one", "exit 0", "echo three"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "passed", "script stopped by 1.2"], "what did not run is not green");
    });
    script(&["echo one", "exec sh -c 'exit 5'", "echo three"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(5)", "script stopped by 1.2"]);
    });
    script(&["echo one", "kill -9 $$", "echo three"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "signal(9)", "script stopped by 1.2"]);
    });
}

#[test]
fn a_script_may_turn_its_own_strictness_off() {
    script(&["set +e", "false", "echo $?", "false && true", "(exit 7)", "echo $?"], |ran| {
        let outcomes = ["passed", "failed(1)", "passed", "failed(1)", "failed(7)", "passed"];
        assert_eq!(ran.outcomes(), outcomes);
        assert_eq!((ran.output("1.3"), ran.output("1.6")), ("1\n".to_owned(), "7\n".to_owned()));
    });
    script(&["set +e", "false", "set -e", "false", "true"], |ran| {
        let outcomes = ["passed", "failed(1)", "passed", "failed(1)", "script stopped by 1.4"];
        assert_eq!(ran.outcomes(), outcomes);
    });
    script(&["set -u", "echo $no_such_variable", "true"], |ran| {
        assert!(ran.outcome("1.2").starts_with("failed("), "{}", ran.outcome("1.2"));
        assert_eq!(ran.outcome("1.3"), "script stopped by 1.2");
    });
}

#[test]
fn redirections_of_the_whole_shell_hide_nothing_from_the_results() {
    script(&["echo seen", "exec >log 2>&1", "echo hidden", "false", "true"], |ran| {
        let outcomes = ["passed", "passed", "passed", "failed(1)", "script stopped by 1.4"];
        assert_eq!(ran.outcomes(), outcomes);
        assert_eq!((ran.output("1.1"), ran.output("1.3")), ("seen\n".to_owned(), String::new()));
    });
    script(&["exec 2>&-", "echo one", "exec >&-", "true"], |ran| assert_eq!(ran.outcomes(), ["passed"; 4]));
}

#[test]
fn traps_of_the_script_run() {
    script(&["trap 'echo bye; echo bye >&2' EXIT", "echo one", "false && true", "true"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "passed", "failed(1)", "script stopped by 1.3"]);
        assert_eq!(ran.output("1.3"), "bye\nbye\n");
    });
    script(&["trap 'echo bye' EXIT", "false", "true"], |ran| assert_eq!(ran.output("1.2"), "bye\n"));
    script(&["trap 'echo bye' EXIT", "echo two"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "passed"]);
        assert_eq!(ran.output("1.2"), "two\nbye\n");
    });
    script(&["trap 'exit 9' EXIT", "echo two"], |ran| assert_eq!(ran.outcomes(), ["passed", "failed(9)"]));
}

#[test]
fn a_server_in_the_background_lives_as_long_as_the_script() {
    let server = "(trap 'exit 0' TERM; : >up; while :; do sleep 0.05; done) &";
    script(&[server, "while ! [ -e up ]; do :; done", "kill -0 $!", "echo works"], |ran| {
        assert_eq!(ran.outcomes(), ["passed"; 4]);
        assert!(ran.end("1.1").leftover.is_empty() && ran.end("1.4").leftover.is_empty(), "it was to live so long");
    });
    // Nothing comes after it that it could serve.
    script(&["true", server], |ran| {
        assert!(!ran.end("1.2").leftover.is_empty(), "the last command is where it was found");
        assert!(ran.end("1.1").leftover.is_empty());
    });
    script(&[server, "while ! [ -e up ]; do :; done", "kill $!", "wait $! || true"], |ran| {
        assert_eq!(ran.outcomes(), ["passed"; 4]);
        assert!(ran.end("1.4").leftover.is_empty());
    });
}

#[test]
fn a_trace_is_not_taken_for_results() {
    script(&["set -x", "echo one", "false && true", "true"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "passed", "failed(1)", "script stopped by 1.3"]);
        assert_eq!(ran.output("1.2"), "+ echo one\none\n", "and the machinery stays out of it");
    });
}

#[test]
fn text_that_is_no_command_is_the_failure_of_its_place() {
    script(&["echo one", "if then", "echo three"], |ran| {
        assert!(ran.outcome("1.2").starts_with("failed("), "{}", ran.outcome("1.2"));
        assert_eq!(ran.outcome("1.3"), "script stopped by 1.2");
    });
    // What swallows the rest of the text must not make it green.
    script(&["echo one", "echo 'open", "echo three"], |ran| {
        assert!(ran.outcome("1.2").starts_with("failed("), "{}", ran.outcome("1.2"));
        assert_eq!(ran.outcome("1.3"), "script stopped by 1.2");
    });
    script(&["echo one", "cat <<END", "echo three"], |ran| {
        assert_eq!(ran.outcome("1.1"), "passed");
        assert_eq!(ran.outcome("1.3"), "script stopped by 1.2");
    });
}

#[test]
fn commands_that_do_not_run_one_by_one_prove_nothing() {
    script(&["for i in 1 2; do", "echo $i", "done", "true"], |ran| {
        for label in ["1.3", "1.4"] {
            let words = "lost: the commands of its script do not run one after the other";
            assert_eq!(ran.outcome(label), words);
        }
    });
    script(&["if false; then", "echo never", "fi"], |ran| {
        assert!(ran.outcomes().iter().any(|outcome| outcome != "passed"), "{:?}", ran.outcomes());
    });
}

#[test]
fn red_checks_and_expected_failures_let_the_script_go_on() {
    let add = |sketch: Sketch| {
        sketch
            .run("echo set up")
            .red("echo not yet; false")
            .run("echo $?")
            .run("sh -c 'exit 3'")
            .expects("three", StatusRule::Exactly(3), None)
            .run("sh -c 'exit 4'")
            .expects("a failure", StatusRule::NonZero, None)
            .run("sh -c 'exit 5'")
            .expects("anything", StatusRule::Any, None)
            .run("false && true")
            .run("echo not reached")
    };
    run_in_both(&add, 8, |ran| {
        let outcomes =
            ["passed", "passed", "passed", "passed", "passed", "passed", "failed(1)", "script stopped by 1.7"];
        assert_eq!(ran.outcomes(), outcomes);
        assert_eq!((ran.output("1.2"), ran.output("1.3")), ("not yet\n".to_owned(), "0\n".to_owned()));
    });
}

#[test]
fn a_red_check_that_does_not_fail_stops_the_script() {
    let two = |first: &'static str| move |sketch: Sketch| sketch.run("true").red(first).run("true");
    run_in_both(&two("echo works already"), 3, |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(0), not a failure", "script stopped by 1.2"]);
    });
    run_in_both(&two("no-such-program"), 3, |ran| {
        let why = "not started: program `no-such-program` not found";
        assert_eq!(ran.outcomes(), ["passed", why, "script stopped by 1.2"]);
    });
    let last = |sketch: Sketch| sketch.run("true").red("false");
    run_in_both(&last, 2, |ran| assert_eq!(ran.outcomes(), ["passed", "passed"]));
    let wrong =
        |sketch: Sketch| sketch.run("sh -c 'exit 4'").expects("three", StatusRule::Exactly(3), None).run("true");
    run_in_both(&wrong, 2, |ran| assert_eq!(ran.outcomes(), ["failed(4), not 3", "script stopped by 1.1"]));
}

#[test]
fn expected_output_is_looked_for_in_the_commands_own_part() {
    let contains = |text: &str| Some(OutputRule::Contains(text.to_owned()));
    let add = |sketch: Sketch| {
        sketch
            .run("echo one")
            .expects("one", StatusRule::Zero, contains("one"))
            .run("echo two")
            .expects("one", StatusRule::Zero, contains("one"))
            .run(":")
            .expects("nothing", StatusRule::Zero, Some(OutputRule::Empty))
    };
    run_in_both(&add, 3, |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(0), not an output with \"one\"", "passed"])
    });
}

#[test]
fn a_missing_program_is_told_apart_in_a_script_too() {
    script(&["true", "no-such-program --flag", "true"], |ran| {
        let why = "not started: program `no-such-program` not found";
        assert_eq!(ran.outcomes(), ["passed", why, "script stopped by 1.2"]);
    });
    script(&["helper() { return 127; }", "helper", "true"], |ran| {
        assert_eq!(ran.outcomes(), ["passed", "failed(127)", "script stopped by 1.2"]);
    });
}

#[test]
fn output_may_hold_anything() {
    script(
        &[
            r"printf 'a\000b\036c'",
            r"printf '\036'",
            "i=0; while [ $i -lt 3000 ]; do echo \"$i $PATH\"; i=$((i+1)); done",
            "echo end",
        ],
        |ran| {
            assert_eq!(ran.outcomes(), ["passed"; 4]);
            assert_eq!((ran.output("1.1"), ran.output("1.2")), ("a\0b\x1ec".to_owned(), "\x1e".to_owned()));
            let long = ran.output("1.3");
            assert!(
                long.starts_with("0 ") && long.lines().count() == 3000 && long.lines().all(|line| line.contains('/'))
            );
            assert_eq!(ran.output("1.4"), "end\n");
        },
    );
}

#[test]
fn a_timeout_falls_on_the_command_under_way() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .with_stage(|stage| stage.timeout = Some(Duration::from_secs(1)))
            .run("echo quick")
            .run("sleep 600")
            .run("true")
            .script(3),
    );
    assert_eq!(ran.outcomes(), ["passed", "timeout(1s of stage)", "script stopped by 1.2"]);
    let took = ran.end("1.2").took;
    assert!(ran.end("1.1").took < took, "the time is told per command: {took:?}");
}

#[test]
fn each_command_has_the_whole_limit_for_itself() {
    let space = Space::new();
    let ran = really(
        plan(&space)
            .with_stage(|stage| stage.timeout = Some(Duration::from_millis(2500)))
            .run("sleep 1")
            .run("sleep 1")
            .run("sleep 1")
            .script(3),
    );
    assert_eq!(ran.outcomes(), ["passed"; 3]);
}

#[test]
fn an_interrupt_cancels_the_command_under_way_and_the_rest() {
    let space = Space::new();
    let ready = space.at("ready");
    let sketch = plan(&space).run("echo done").run(": >ready; sleep 600").run("true").script(3);
    let ran = really_with(sketch, 1, |interrupt| async move {
        until(|| ready.exists()).await;
        interrupt.send(()).expect("the run listens");
    });
    assert!(ran.end.interrupted);
    assert_eq!(ran.outcomes(), ["passed", "cancelled", "cancelled"]);
}

#[test]
fn a_writer_whose_reader_had_enough_is_no_failure() {
    if !has_bash() {
        return;
    }
    // `yes` never ends by itself, so only the broken pipe can end it: the pipeline's status is always 141.
    let endless = "yes | head -n 1";
    let ran = really(plan(&Space::new()).run(endless));
    assert_eq!(ran.outcomes(), ["passed"]);
    let ran = really(plan(&Space::new()).run(endless).run("echo next").script(2));
    assert_eq!(ran.outcomes(), ["passed", "passed"]);
    // Any other failure in a pipeline still counts, and so does a reader that fails.
    for (command, status) in
        [("yes | head -n 1 | grep -q no", 1), ("sh -c 'exit 3' | cat", 3), ("yes | sh -c 'exit 4'", 4)]
    {
        let ran = really(plan(&Space::new()).run(command));
        assert_eq!(ran.outcomes(), [format!("failed({status})")], "{command}");
    }
    // In a list the commands behind a broken pipe were never run, so nothing is forgiven.
    let ran = really(plan(&Space::new()).run("yes | head -n 1 && false"));
    assert_ne!(ran.outcomes(), ["passed"]);
}

#[test]
fn the_status_that_is_expected_of_a_pipeline_is_that_of_its_last_command() {
    if !has_bash() {
        return;
    }
    let expecting_one = |command: &str| {
        let space = Space::new();
        let sketch = plan(&space).run(command).expects("finds nothing", StatusRule::Exactly(1), None);
        really(sketch).outcomes()
    };
    assert_eq!(expecting_one("echo built | grep warning"), ["passed"]);
    assert_eq!(expecting_one("yes | head -n 1 | grep warning"), ["passed"]);
    assert_eq!(expecting_one("echo warning | grep warning"), ["failed(0), not 1"]);
    // That nothing was found says nothing where the writer failed, with whatever status.
    assert_eq!(expecting_one("sh -c 'exit 3' | grep warning"), ["failed(3), not 1"]);
    assert_eq!(expecting_one("sh -c 'exit 1' | grep warning"), ["failed(125), not 1"]);
    let space = Space::new();
    let ran = really(
        plan(&space)
            .run("sh -c 'exit 1' | grep warning")
            .expects("finds nothing", StatusRule::Exactly(1), None)
            .run("echo next")
            .script(2),
    );
    assert_eq!(ran.outcomes(), ["failed(125), not 1", "script stopped by 1.1"]);
}
