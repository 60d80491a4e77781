//! Tests of the configuration: what it may say, and what is said of its mistakes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use plan_run::config::{self, Config, MemLimit, Place, parse_duration, parse_size, parse_timeout, shell_words};
use plan_run::diagnostic::Diagnostics;
use plan_run::diagnostic::render::full;
use plan_run::source::{Source, Span};

fn read(source: &Arc<Source>, body: Span, place: Place) -> (Config, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(source, body, place, &mut diagnostics);
    (config, diagnostics)
}

fn file(text: &str) -> (Config, Diagnostics) {
    let source = Arc::new(Source::decode("plan-run.yaml", text.as_bytes()).expect("small enough"));
    let body = Span::new(0, source.text().len());
    read(&source, body, Place::File)
}

/// A plan that starts with front matter; the body is what stands between the first two `---` lines.
fn front(text: &str) -> (Config, Diagnostics) {
    let source = Arc::new(Source::decode("plan.md", text.as_bytes()).expect("small enough"));
    let start = source.text().find("---").expect("front matter") + 4;
    let end = start + source.text()[start..].find("\n---").expect("an end") + 1;
    read(&source, Span::new(start, end), Place::FrontMatter)
}

/// Each problem as `line:column-column code: message (help)`.
fn lines(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics
        .all()
        .iter()
        .map(|diagnostic| {
            let label = &diagnostic.labels[0];
            let (line, column) = label.source.line_column(label.span.start);
            let (_, end) = label.source.line_column(label.span.end);
            let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{line}:{column}-{end} {}: {}{help}", diagnostic.code, diagnostic.message)
        })
        .collect()
}

fn good(text: &str) -> Config {
    let (config, diagnostics) = file(text);
    assert_eq!(lines(&diagnostics), Vec::<String>::new(), "{text}");
    config
}

fn bad(text: &str) -> Vec<String> {
    lines(&file(text).1)
}

/// The keys of the configuration, as a message has them.
pub(crate) const KEYS: &str = "cache, env, env_file, fail_fast, flaky_fails, jobs, launcher, launchers, leftovers, lint, mask, max_capture, max_fail, mem_limit, plans, prove, quarantine, resources, retries, root, run_timeout, runs, sandbox, scope, \
     shell, slow, stages, strict_claims, timeout";

#[test]
fn everything_that_can_be_said_is_understood() {
    let config = good(
        "plans: [docs/**/plan.md, 'ci/*.md']\njobs: 4\ntimeout: 1h 30m\nenv:\n  A: text\n  B: 1.10\n  C: true\n  D: ''\n\
         shell: bash -c 'a b'\nroot: packages/x\nstages:\n  1.10:\n    needs: [0, 1.5, setup]\n    timeout: 90\n    \
         env: {X: y}\n  docs/plan.md#2:\n    needs: 1\n    skip: not yet\n  \"3\":\n    needs: []\n",
    );
    assert_eq!(config.plans, ["docs/**/plan.md", "ci/*.md"]);
    assert_eq!(config.jobs, Some(4));
    assert_eq!(config.timeout, Some(Duration::from_secs(5400)));
    let env = [("A", "text"), ("B", "1.10"), ("C", "true"), ("D", "")];
    assert_eq!(config.env, env.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!(config.shell.as_deref(), Some(["bash".to_owned(), "-c".to_owned(), "a b".to_owned()].as_slice()));
    assert_eq!(config.root.map(|root| root.name).as_deref(), Some("packages/x"));
    let names: Vec<&str> = config.stages.iter().map(|(name, _)| name.name.as_str()).collect();
    assert_eq!(names, ["1.10", "docs/plan.md#2", "3"]);
    let needs: Vec<Vec<String>> = config
        .stages
        .iter()
        .map(|(_, stage)| stage.needs.iter().flatten().map(|need| need.name.clone()).collect())
        .collect();
    assert_eq!(needs, [vec!["0", "1.5", "setup"], vec!["1"], vec![]]);
    assert!(config.stages.iter().all(|(_, stage)| stage.needs.is_some()), "an empty list is not the same as none");
    assert_eq!(config.stages[0].1.timeout, Some(Duration::from_secs(90)));
    assert_eq!(config.stages[0].1.env, BTreeMap::from([("X".to_owned(), "y".to_owned())]));
    assert_eq!(config.stages[1].1.skip.as_deref(), Some("not yet"));
}

#[test]
fn names_know_where_they_stand() {
    let (config, _) = file("stages:\n  'B':\n    needs: [A, \"C\"]\n");
    let (name, stage) = &config.stages[0];
    let places: Vec<&str> = std::iter::once(name)
        .chain(stage.needs.iter().flatten())
        .map(|named| &named.source.text()[named.span.range()])
        .collect();
    assert_eq!(places, ["B", "A", "C"]);
    assert_eq!(name.source.line(name.span.start), 2);
}

#[test]
fn one_glob_may_stand_for_a_list_and_empty_files_say_nothing() {
    assert_eq!(good("plans: docs/*.md\n").plans, ["docs/*.md"]);
    for empty in ["", "\n", "# nothing\n", "~\n", "---\n", "\u{FEFF}", "plans:\nenv:\nstages:\n  1:\n"] {
        let config = good(empty);
        assert!(config.plans.is_empty() && config.env.is_empty() && config.jobs.is_none(), "{empty:?}");
    }
}

#[test]
fn unknown_keys_come_with_the_nearest_right_name() {
    assert_eq!(
        bad("jobs: 2\ntimeot: 5m\nstages:\n  1:\n    need: [0]\nzzzzzz: 1\n"),
        [
            &format!(
                "2:1-7 config-unknown-key: unknown key `timeot` (did you mean `timeout`? The keys of the configuration \
                 are: {KEYS})"
            ),
            "5:5-9 config-unknown-key: unknown key `need` (did you mean `needs`? The keys of a stage are: env, inputs, launcher, leftovers, needs, \
             resources, retries, sandbox, skip, timeout, uses, weight, writes)",
            &format!("6:1-7 config-unknown-key: unknown key `zzzzzz` (the keys of the configuration are: {KEYS})"),
        ]
    );
}

#[test]
fn wrong_types_and_values_point_at_the_value() {
    assert_eq!(
        bad("jobs: many\ntimeout: 10 parsecs\nenv: {A: [1], 'B=': 2}\nplans: [1, 'a[']\nshell: 'bash \"'\nroot: []\n"),
        [
            "1:7-11 config-wrong-type: `jobs` must be a whole number of at least 1, not a text",
            "2:10-20 config-bad-value: `timeout`: `10 parsecs` is not a duration (write it as `90s`, `10m` or `1h 30m`)",
            "3:7-8 config-wrong-type: `env.A` must be a text, a number or a truth value, not a list",
            "3:16-18 config-bad-value: `env`: `B=` is not a name of a variable",
            "4:9-10 config-wrong-type: `plans[]` must be a glob, not a number",
            "4:13-15 config-bad-value: `plans`: `a[` is not a glob: unclosed character class (missing ']')",
            "5:9-15 config-bad-value: `shell`: `bash \"` is not a command line: it has an open quote \"",
            "6:1-5 config-wrong-type: `root` must be a directory, not a list",
        ]
    );
    assert_eq!(
        bad("jobs: 0\ntimeout: 0s\nstages:\n  1: {skip: true, needs: , timeout: -5}\n  2: [a]\n  '': {}\nshell: []\n"),
        [
            "1:7-8 config-bad-value: `jobs`: `0` is not a whole number of at least 1",
            "2:10-12 config-bad-value: `timeout`: `0s` is zero, so that nothing could run",
            "4:13-17 config-wrong-type: `skip` must be a reason in words, not a truth value",
            "4:19-24 config-wrong-type: `needs` must be a stage or a list of stages (`[]` for none), not nothing",
            "4:37-39 config-bad-value: `timeout`: `-5` is not a duration (write it as `90s`, `10m` or `1h 30m`)",
            "5:3-4 config-wrong-type: `stages.2` must be a map, not a list",
            "3:1-7 config-bad-value: `stages`: `` is not the label of a stage",
            "7:1-6 config-bad-value: `shell`: `` is empty (name a program, such as `bash`)",
        ]
    );
    assert_eq!(bad("- a\n"), ["1:1-4 config-wrong-type: `the configuration` must be a map, not a list"]);
    assert_eq!(bad("jobs: 1.5\n"), ["1:7-10 config-bad-value: `jobs`: `1.5` is not a whole number of at least 1"]);
}

#[test]
fn a_key_that_is_set_twice_is_an_error_at_the_second_place() {
    assert_eq!(
        bad("jobs: 1\nenv: {A: 1, A: 2}\njobs: 2\nstages:\n  2: {}\n  \"2\": {}\n"),
        [
            "3:1-5 config-duplicate-key: `jobs` is set twice (take one of them out)",
            "2:13-14 config-duplicate-key: `A` is set twice (take one of them out)",
            "6:4-5 config-duplicate-key: `2` is set twice (take one of them out)",
        ]
    );
}

#[test]
fn broken_yaml_is_told_with_its_line() {
    let problems = bad("jobs: 1\nenv:\n  A: [1, 2\nroot: x\n");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("4:"), "{problems:?}");
    assert!(problems[0].contains("did not find expected ',' or ']'"), "{problems:?}");
    let tagged = bad("jobs: 1\nroot: !secret x\n");
    assert_eq!(tagged.len(), 1);
    assert!(tagged[0].starts_with("2:7-") && tagged[0].contains("YAML tags have no meaning here"), "{tagged:?}");
    assert_eq!(bad("a: 1\n---\nb: 2\n").len(), 1);
    assert_eq!(bad("\tjobs: 1\n").len(), 1);
    assert_eq!(bad("{a: 1}: 2\n").len(), 1);
}

#[test]
fn columns_hold_with_wide_characters_and_other_line_breaks() {
    assert_eq!(
        bad("env: {\"ä€\": ü, B: []}\r\njobs: x\r\n"),
        [
            "1:16-17 config-wrong-type: `env.B` must be a text, a number or a truth value, not a list",
            "2:7-8 config-wrong-type: `jobs` must be a whole number of at least 1, not a text",
        ]
    );
}

#[test]
fn what_would_take_too_long_is_refused() {
    let long = format!("env:\n  A: {}\n", "x".repeat(config::MAX_BYTES));
    assert_eq!(bad(&long), ["1:1-5 config-too-large: the configuration is longer than 32 KiB and was not read"]);
    let laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &('b'..'k')
            .map(|name| {
                let before = char::from_u32(name as u32 - 1).expect("a letter");
                format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", "))
            })
            .collect::<String>();
    let problems = bad(&laughs);
    assert!(problems.len() == 1 && problems[0].contains("repetition limit exceeded"), "{problems:?}");
}

#[test]
fn front_matter_is_ours_only_below_its_key() {
    let (config, problems) = front("---\ntitle: x\nplan-run:\n  timeout: 5s\n  root: web\ntags: [a, a]\n---\n# Plan\n");
    assert_eq!(lines(&problems), Vec::<String>::new());
    assert_eq!(config.timeout, Some(Duration::from_secs(5)));
    let (_, problems) = front("---\nname: x\nplan-run:\n  jobs: 2\n  tmeout: 5s\n---\n");
    assert_eq!(
        lines(&problems),
        [
            "4:3-7 config-misplaced-key: `jobs` holds for a whole run and cannot be set by one plan (set it in \
             plan-run.yaml)",
            "5:3-9 config-unknown-key: unknown key `tmeout` (did you mean `timeout`? The keys of a plan's `plan-run` \
             are: checks, env, env_file, launcher, leftovers, lint, prove, retries, root, sandbox, scope, shell, stages, timeout)",
        ]
    );
}

#[test]
fn front_matter_of_others_is_never_an_error() {
    for text in [
        "---\ntitle: a: b: c\n---\n",
        "---\n- [unclosed\n---\n",
        "---\nabout: \"plan-run: a tool\"\nx: [\n---\n",
        "---\nmeta:\n  plan-run:\n    nonsense: 1\n---\n",
        "---\ntitle: x\ntitle: y\n? [a, b]\n: !tag z\nplan-run: {timeout: 1s}\n---\n",
    ] {
        let (_, problems) = front(text);
        assert_eq!(lines(&problems), Vec::<String>::new(), "{text}");
    }
    let huge = format!("---\ntitle: {}\n---\n", "x".repeat(config::MAX_BYTES));
    assert_eq!(lines(&front(&huge).1), Vec::<String>::new());
}

#[test]
fn front_matter_that_is_ours_must_be_right() {
    let (_, problems) = front("---\nplan-run:\n  timeout: [\n---\n");
    assert_eq!(lines(&problems).len(), 1);
    let (_, problems) = front("---\nplan-run: {}\n'plan-run': {}\n---\n");
    assert_eq!(lines(&problems), ["2:1-9 config-duplicate-key: `plan-run` is set twice (take one of them out)"]);
    let (_, problems) = front("---\nplan-run: yes please\n---\n");
    assert_eq!(lines(&problems), ["2:11-21 config-wrong-type: `plan-run` must be a map, not a text"]);
    let (_, problems) = front("---\n{title: x, plan-run: {jobs: 1}}\n---\n");
    assert_eq!(lines(&problems).len(), 1);
}

#[test]
fn durations_are_words_or_seconds() {
    for (text, want) in [("10m", 600_000), ("90", 90_000), ("0.5", 500), ("1h 30m", 5_400_000), (" 2s ", 2_000)] {
        assert_eq!(parse_duration(text), Ok(Duration::from_millis(want)), "{text}");
    }
    for text in ["", "m", "-1", "1.2.3", "10x", "nan", "inf", "1e3"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
    assert_eq!(
        parse_duration("99999999999999999999999").unwrap_err(),
        "not a duration; write it as `90s`, `10m` or `1h 30m`"
    );
    assert_eq!(parse_duration("2years").unwrap_err(), "longer than a year");
    assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
    assert_eq!(parse_timeout("0").unwrap_err(), "zero, so that nothing could run");
}

#[test]
fn sizes_are_bytes_or_have_a_unit() {
    for (text, want) in
        [("0", 0), ("65536", 65_536), ("64K", 65_536), ("64 KiB", 65_536), ("1m", 1 << 20), (" 2GB ", 2 << 30)]
    {
        assert_eq!(parse_size(text), Ok(want), "{text}");
    }
    for text in ["", "K", "-1", "1.5M", "1T", "1KK", "0x10", "1 2"] {
        assert_eq!(parse_size(text).unwrap_err(), "not a size; write it as `65536`, `64K` or `1M`", "{text}");
    }
    assert_eq!(parse_size("99999999999999G").unwrap_err(), "more bytes than can be counted");
}

#[test]
fn command_lines_split_into_words() {
    let words = |text: &str| shell_words(text).expect(text).join("|");
    assert_eq!(words("bash -eu"), "bash|-eu");
    assert_eq!(words("  a  'b c' \"d 'e\" f\\ g ''x '' "), "a|b c|d 'e|f g|x|");
    assert_eq!(words(""), "");
    assert_eq!(shell_words("a 'b").unwrap_err(), "an open quote '");
    assert_eq!(shell_words("a\\").unwrap_err(), "a backslash at its end");
}

#[test]
fn a_problem_looks_like_this() {
    let (_, problems) = file("jobs: 2\ntimeot: 5m\njobs: 3\n");
    assert_eq!(
        full(&problems, false),
        format!(
            "error[config-duplicate-key]: `jobs` is set twice
 --> plan-run.yaml:3:1
  |
1 | jobs: 2
  | ---- first set here
2 |
3 | jobs: 3
  | ^^^^ set again here
  |
  = help: take one of them out

error[config-unknown-key]: unknown key `timeot`
 --> plan-run.yaml:2:1
  |
2 | timeot: 5m
  | ^^^^^^ no key of the configuration
  |
  = help: did you mean `timeout`? The keys of the configuration are: {KEYS}
"
        )
    );
}

#[test]
fn hostile_text_cannot_reach_the_terminal() {
    let (_, problems) = file("\"a\\e[31m\": 1 # \u{1b}[2J \u{9b}1m \u{202e}x\n");
    let (_, more) = file("jobs: \"\u{202e}\u{9b}31m\"\n");
    for text in [full(&problems, false), full(&more, false)] {
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
    let long = format!("jobs: x\nroot: [{}]\n", "1, ".repeat(5000));
    assert!(full(&file(&long).1, false).len() < 1000);
}

#[test]
fn a_limit_of_memory_is_a_size_or_what_is_free() {
    assert_eq!(good("mem_limit: auto\n").mem_limit, Some(MemLimit::Auto));
    assert_eq!(good("mem_limit: 2G\n").mem_limit, Some(MemLimit::Bytes(2 << 30)));
    assert_eq!(
        [bad("mem_limit: much\n"), bad("mem_limit: 0\n"), bad("mem_limit: [1]\n")].concat(),
        [
            "1:12-16 config-bad-value: `mem_limit`: `much` is neither `auto` nor a size such as `512M` or `8G`",
            "1:12-13 config-bad-value: `mem_limit`: `0` is zero, so that all commands would run alone (say so by `jobs: 1`)",
            "1:1-10 config-wrong-type: `mem_limit` must be `auto` or a size such as `512M` or `8G`, not a list",
        ]
    );
}

#[test]
fn resources_are_named_and_used() {
    let (config, problems) = file(
        "resources: {db: 1, ports: 4}\nstages:\n  1: {uses: db, weight: 2}\n  2: {uses: [db, 'ports:2'], writes: no}\n  \
         3: {uses: {ports: 3}}\n  4: {uses: []}\n",
    );
    assert_eq!(lines(&problems), Vec::<String>::new());
    assert_eq!(config.resources, [("db".to_owned(), 1), ("ports".to_owned(), 4)].into());
    let uses = config.stages.iter().map(|(_, stage)| {
        let uses = stage.wants.uses.as_ref().expect("each stage says what it uses");
        uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    assert_eq!(uses.collect::<Vec<_>>(), ["db", "db ports:2", "ports:3", ""]);
    assert_eq!(config.stages[0].1.wants.weight, Some(2));
    assert_eq!(config.stages[1].1.wants.writes, Some(false));
}

#[test]
fn resources_are_refused_with_the_place_and_the_nearest_name() {
    assert_eq!(
        bad("resources: {db: 0, 'a b': 1, ports: 2}\nstages:\n  1: {uses: port}\n  2: {uses: {ports: 3}}\n  \
             3: {uses: 'ports:x', weight: 0, writes: maybe}\n"),
        [
            "1:17-18 config-bad-value: `resources.db`: `0` is not a whole number of at least 1",
            "1:21-24 config-bad-value: `resources`: `a b` is not a name (write one word without `,` and `:`)",
            "5:14-21 config-bad-value: `uses`: `ports:x` is not a list of resources such as `db` or `db,ports:2`",
            "5:32-33 config-bad-value: `weight`: `0` is not a whole number of at least 1",
            "5:43-48 config-bad-value: `writes`: `maybe` is neither `true` nor `false`",
            "3:13-17 unknown-resource: `port` is no resource (did you mean `ports`? The resources of plan-run.yaml are: \
             ports)",
            "4:14-19 too-little-of-resource: 3 of `ports` are asked for, and there are only 2 (ask for less, or say in \
             `resources` of plan-run.yaml that there is more)",
        ]
    );
}

#[test]
fn what_is_said_of_proving_is_read_and_its_mistakes_are_told() {
    let config = good("prove:\n  tests: [checks, 'src/**/*.t']\n  prepare:\n    - npm ci\n    - make deps\n");
    assert_eq!(config.prove.tests, ["checks", "src/**/*.t"]);
    let commands: Vec<(&str, u32)> =
        config.prove.prepare.iter().map(|named| (named.name.as_str(), named.source.line(named.span.start))).collect();
    assert_eq!(commands, [("npm ci", 4), ("make deps", 5)]);
    assert_eq!(good("prove: { tests: checks, prepare: npm ci }\n").prove.prepare.len(), 1);
    assert_eq!(good("prove:\n").prove, config::ProveConfig::default());
    for (text, start) in [
        ("prove: { tests: ../x }\n", "1:17-21 config-bad-value: "),
        ("prove: { prepare: [' '] }\n", "1:21-22 config-bad-value: "),
        ("prove: { prepare: 3 }\n", "1:19-20 config-wrong-type: "),
        ("prove: { test: x }\n", "1:10-14 config-unknown-key: "),
        ("prove: yes please\n", "1:8-18 config-wrong-type: "),
    ] {
        let told = bad(text);
        assert!(told.len() == 1 && told[0].starts_with(start), "{text}{told:?}");
    }
    let (config, diagnostics) = front("---\nplan-run:\n  prove: { tests: a, prepare: b }\n---\n");
    assert_eq!((config.prove.tests.as_slice(), config.prove.prepare.len()), (&["a".to_owned()][..], 0));
    let told = lines(&diagnostics);
    assert!(
        told.len() == 1 && told[0].contains("config-misplaced-key: `prove.prepare` holds for a whole run"),
        "{told:?}"
    );
}

#[test]
fn a_quarantine_names_a_check_an_owner_a_reason_and_a_day() {
    let config = good(
        "quarantine:\n- check: 1.10\n  owner: '@ada'\n  reason: \"the network\"\n  expires: 2026-12-31\n- { check: docs/a.md#Stage 2, owner: b, \
         reason: c, expires: \"2024-02-29\" }\n",
    );
    let said: Vec<String> = config
        .quarantine
        .iter()
        .map(|entry| format!("{} {} {} {}", entry.check.name, entry.owner, entry.reason, entry.expires))
        .collect();
    assert_eq!(said, ["1.10 @ada the network 2026-12-31", "docs/a.md#Stage 2 b c 2024-02-29"]);
    assert_eq!(good("quarantine:\n").quarantine, []);
    let whole = |check: &str, day: &str| format!("- {{ check: {check}, owner: a, reason: b, expires: {day} }}\n");
    let day = |text: &str| bad(&format!("quarantine:\n{}", whole("1.1", text))).join("; ");
    for wrong in ["2026-02-30", "31.12.2026", "tomorrow", "2026-1-2", "2026-12-31T10:00:00Z", "20261231", "0"] {
        let told = format!("`quarantine[].expires`: `{wrong}` is not a day (write it as `2026-12-31`)");
        assert!(day(wrong).ends_with(&told), "{}", day(wrong));
    }
    let entries = format!(
        "quarantine:\n{}{}{}",
        whole("1.1", "2026-12-31"),
        whole("'1.2'", "2026-12-31"),
        whole("1.1", "2027-01-01")
    );
    assert_eq!(
        bad(&entries),
        ["4:12-15 duplicate-quarantine: `1.1` is put in quarantine twice (take one of the entries out)"]
    );
    assert_eq!(
        bad("quarantine:\n- { check: '1.1', owner: a, expires: 2026-12-31, until: 3 }\n- 1.1\n"),
        [
            "2:50-55 config-unknown-key: unknown key `until` (the keys of an entry of `quarantine` are: check, expires, owner, reason)",
            "2:5-10 config-missing-key: `quarantine[]` has no `reason` (it needs all of check, expires, owner, reason)",
            "3:3-6 config-wrong-type: `quarantine[]` must be a map with `check`, `owner`, `reason` and `expires`, not a number",
        ]
    );
    assert_eq!(
        bad("quarantine: { check: '1.1' }\n"),
        [
            "1:1-11 config-wrong-type: `quarantine` must be a list of maps with `check`, `owner`, `reason` and `expires`, not a map"
        ]
    );
    for (entry, told) in [
        ("{ check: '', owner: a, reason: b, expires: 2026-12-31 }", "is not a check such as"),
        ("{ check: 'docs/a.md#', owner: a, reason: b, expires: 2026-12-31 }", "is not a check such as"),
        ("{ check: '1.1', owner: ' ', reason: b, expires: 2026-12-31 }", "is empty (say who looks after it)"),
        ("{ check: '1.1', owner: a, reason: '', expires: 2026-12-31 }", "is empty (say why it may fail)"),
    ] {
        let said = bad(&format!("quarantine:\n- {entry}\n"));
        assert!(said.len() == 1 && said[0].contains(told), "{said:?}");
    }
    let (_, diagnostics) = front("---\nplan-run:\n  quarantine: []\n---\n# A\n");
    assert!(lines(&diagnostics)[0].contains("config-misplaced-key: `quarantine` holds for a whole run"));
}
