//! What stands in configuration, front matter and files of variables is refused with a message, or does nothing more than it
//! says.

use crate::support::attack::{assert_plain, assert_refused, bounded, pipe};
use crate::support::space::{Finished, Space};

const PLAN: &str = "# Plan\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n";

/// Runs a plan under a configuration, then with the same in its front matter.
fn both(configuration: &str) -> [Finished; 2] {
    let space = Space::new();
    space.file("plan.md", PLAN).file("plan-run.yaml", configuration);
    let own = bounded(&space, &["run", "plan.md"]);
    let space = Space::new();
    let lines: String = configuration.lines().map(|line| format!("  {line}\n")).collect();
    space.file("plan.md", &format!("---\nplan-run:\n{lines}---\n{PLAN}"));
    [own, bounded(&space, &["run", "plan.md"])]
}

/// Sees that both are refused for the same reason.
#[track_caller]
fn refused(configuration: &str, why: &str) {
    let [own, front] = both(configuration);
    assert_refused(&own, 2, why);
    assert_refused(&front, 3, why);
    assert_plain(&own);
    assert_plain(&front);
}

/// With variables from a file.
fn with_variables(text: &str) -> Space {
    let space = Space::new();
    space.file("plan.md", PLAN).file("plan-run.yaml", "env_file: .env\n").file(".env", text);
    space
}

#[test]
fn a_value_that_repeats_itself_without_end() {
    let mut bomb = "a: &a [\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\"]\n".to_owned();
    for pair in "abcdefghi".as_bytes().windows(2) {
        let (before, now) = (char::from(pair[0]), char::from(pair[1]));
        let again = vec![format!("*{before}"); 9].join(",");
        bomb.push_str(&format!("{now}: &{now} [{again}]\n"));
    }
    refused(&bomb, "repetition limit exceeded");
}

#[test]
fn a_value_that_contains_itself() {
    refused("env: &a\n  A: *a\n", "recursion limit exceeded");
}

#[test]
fn depth_within_the_length() {
    let deep = format!("env: {}1{}\n", "{a: ".repeat(5000), "}".repeat(5000));
    refused(&deep, "recursion limit exceeded");
}

#[test]
fn more_than_a_person_writes() {
    refused(&format!("env:\n  A: \"{}\"\n", "x".repeat(30 << 20)), "longer than 32 KiB");
    refused(&format!("#{}\nenv: {{}}\n", "y".repeat(30 << 20)), "longer than 32 KiB");
}

#[test]
fn bytes_that_no_text_has() {
    refused("env:\0\n", "control characters are not allowed");
    refused("env:\n  A: \"a\\0b\"\n", "a text with a NUL byte");
}

#[test]
fn one_key_twice() {
    refused("timeout: 1s\ntimeout: 9h\n", "`timeout` is set twice");
}

#[test]
fn tags_that_make_objects_elsewhere() {
    refused("env: !!python/object/apply:os.system [\"touch canary\"]\n", "`env` must be a map");
    refused("env: !x {A: b}\n", "YAML tags have no meaning here");
}

#[test]
fn keys_merged_in_from_elsewhere() {
    refused("env:\n  <<: {PATH: /nowhere}\n", "`env.<<` must be a text");
}

#[test]
fn names_that_would_set_other_variables() {
    refused("env:\n  \"A=B\\nC\": x\n", "is not a name of a variable");
    refused("env:\n  \"\": x\n", "is not a name of a variable");
}

#[test]
fn numbers_beyond_all_bounds() {
    refused("retries: 4294967296\n", "is not a whole number from 0 to 1000");
    refused("timeout: 99999999999999999999h\n", "is not a duration");
    refused("timeout: 584942417355y\n", "is not a duration");
}

#[test]
fn patterns_that_multiply() {
    let space = Space::new();
    space.file("plan.md", PLAN).file("plan-run.yaml", &format!("plans: [\"{}\"]\n", "{a,b}".repeat(1000)));
    let done = bounded(&space, &["run"]);
    assert_refused(&done, 4, "");
}

#[test]
fn a_configuration_that_never_ends() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    std::os::unix::fs::symlink("/dev/zero", space.at("plan-run.yaml")).expect("a link can be made");
    assert_refused(&bounded(&space, &["list", "plan.md"]), 2, "it is no regular file");
}

#[test]
fn a_configuration_that_nobody_writes() {
    let space = Space::new();
    space.file("plan.md", PLAN);
    pipe(&space, "plan-run.yaml");
    assert_refused(&bounded(&space, &["list", "plan.md"]), 2, "it is no regular file");
}

#[test]
fn variables_that_double_each_other() {
    let mut bomb = "A=0123456789\n".to_owned();
    for _ in 0..60 {
        bomb.push_str("A=\"${A}${A}\"\n");
    }
    assert_refused(&bounded(&with_variables(&bomb), &["run", "plan.md"]), 2, "a value of more than 128 KiB");
}

#[test]
fn more_variables_than_a_person_writes() {
    let space = with_variables(&"A=x\n".repeat(400_000));
    assert_refused(&bounded(&space, &["run", "plan.md"]), 2, "it is larger than 1 MiB");
}

#[test]
fn variables_that_nobody_writes() {
    let space = with_variables("");
    std::fs::remove_file(space.at(".env")).expect("it is there");
    pipe(&space, ".env");
    assert_refused(&bounded(&space, &["run", "plan.md"]), 2, "it is no regular file");
}

#[test]
fn a_file_of_secrets_that_is_none_of_variables() {
    let space = Space::new();
    // A stranger's configuration can name any file.
    space.file("id", "-----BEGIN KEY-----\nc2VjcmV0IGluIGEga2V5\n").file("plan.md", PLAN);
    space.file("plan-run.yaml", "env_file: ./id\n");
    for verb in ["run", "lint", "list"] {
        let done = space.run(&[verb, "plan.md"]);
        assert!(!format!("{done:?}").contains("c2VjcmV0"), "{done:?}");
    }
    assert_refused(&space.run(&["run", "plan.md"]), 2, "id:2:1");
}
