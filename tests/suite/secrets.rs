//! Secrets of the real binary: whatever is done with them, they are in nothing that it writes.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::support::real::FOR_EVER;
use crate::support::space::{Finished, Space};
use crate::support::whole::{cases, fifo, staged};

/// A value that is a secret by its variable's name, and that no program writes by chance.
const SECRET: &str = "Xq7-hunter?/2~zW";

/// Every report that goes into a file.
const REPORTS: [&str; 10] =
    ["--junit", "r.xml", "--summary", "s.md", "--ctrf", "r.ctrf.json", "--json", "r.json", "--html", "r.html"];

/// All that a run left: what it told, its reports, and the folder of the run.
fn left(space: &Space, finished: &Finished) -> Vec<(String, Vec<u8>)> {
    let mut left = vec![
        ("standard output".to_owned(), finished.stdout.clone().into_bytes()),
        ("standard error".to_owned(), finished.stderr.clone().into_bytes()),
    ];
    collect(space.path(), &mut left);
    left
}

fn collect(folder: &Path, left: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        // What the test itself wrote.
        let own = [".git", "plan.md", "broken.md", "plan-run.yaml", "gate", "first", "second"].contains(&name.as_str());
        if path.is_dir() && !own {
            collect(&path, left);
        } else if !own {
            left.push((path.display().to_string(), std::fs::read(&path).expect("a file")));
        }
    }
}

/// Nothing of what is left shows one of these.
fn assert_hidden(space: &Space, finished: &Finished, secrets: &[&str]) {
    let all = left(space, finished);
    for (name, bytes) in &all {
        let text = String::from_utf8_lossy(bytes);
        for secret in secrets {
            assert!(!text.contains(secret), "{secret:?} is in {name}:\n{text}");
        }
    }
}

/// A folder with a plan whose checks are these, and the secret in the environment.
fn space(checks: &[&str]) -> Space {
    let mut space = Space::new();
    space.file("plan.md", &staged(&[("1", "", checks)]));
    space.env("API_TOKEN", SECRET);
    space
}

fn run(space: &Space, args: &[&str]) -> Finished {
    space.run(&[&["plan.md", "--annotations"], &REPORTS[..], args].concat())
}

/// Runs a failing command that shows secrets, and looks at all that is left; each must have been there to be hidden.
fn check(space: &Space, secrets: &[&str], masked: usize) {
    let finished = run(space, &[]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_hidden(space, &finished, secrets);
    for text in [finished.stderr.as_str(), &space.read("r.xml"), &space.read("s.md"), &output(space)] {
        assert!(text.matches("***").count() >= masked, "{text}");
    }
}

/// What the commands of the only run wrote, as it is kept.
fn output(space: &Space) -> String {
    let mut all = Vec::new();
    collect(&space.at(".plan-run/runs"), &mut all);
    all.retain(|(name, _)| name.ends_with(".out"));
    all.sort();
    all.into_iter().map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

#[test]
fn values_are_secrets_by_the_names_of_their_variables() {
    let names = ["MY_TOKEN", "some_secret", "Db_Password", "AWS_ACCESS_KEY", "token", "apiKey", "LISTED"];
    let values: Vec<String> = (0..names.len()).map(|number| format!("value-{number}-of-it")).collect();
    let commands: String = names.iter().map(|name| format!("echo \"=${name}=\"; ")).collect();
    let mut space = Space::new();
    space.file("plan.md", &staged(&[("1", "", &[&format!("{commands}echo \"$OPEN $SHORT_KEY\"; exit 3")])]));
    space.file("plan-run.yaml", "mask: [LISTED, NOT_SET]\n");
    for (name, value) in names.iter().zip(&values) {
        space.env(name, value);
    }
    space.env("OPEN", "anyone may see it").env("SHORT_KEY", "abc");
    let secrets: Vec<&str> = values.iter().map(String::as_str).collect();
    check(&space, &secrets, names.len());
    let kept = output(&space);
    assert_eq!(kept.matches("=***=").count(), names.len(), "{kept}");
    assert!(kept.contains("anyone may see it abc"), "what is no secret stays: {kept}");
}

#[test]
fn secrets_in_the_words_of_a_plan_are_hidden() {
    let mut space = Space::new();
    let text = format!(
        "# Plan of {SECRET}\n\n## Stage 1: Part {SECRET}\n\n### Validation\n\n\
         - [ ] `echo {SECRET} && false` prints \"{SECRET}\"\n- [ ] Manual: look at {SECRET}\n- [ ] `git push {SECRET}`\n\n\
         ```sh\nno-such-program-plain-value\n```\n\n## Stage 2: Part {SECRET} too\n\n**Dependencies**: Stage 1\n\n\
         ### Validation\n\n- [ ] `test -f {SECRET}`\n"
    );
    space.file("plan.md", &text);
    // The name of a program that is looked for has no slash in it.
    space.env("API_TOKEN", SECRET).env("NAME_KEY", "plain-value");
    let finished = run(&space, &[]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_hidden(&space, &finished, &[SECRET, "plain-value"]);
    assert!(space.read("r.xml").contains("program `no-such-program-***` not found"), "{}", space.read("r.xml"));
    for verb in [
        &["run", "--dry-run"][..],
        &["list"],
        &["list", "--all"],
        &["list", "--format", "json"],
        &["explain"],
        &["explain", "--format", "json"],
        &["graph"],
        &["graph", "--format", "mermaid"],
        &["graph", "--format", "dot"],
    ] {
        let finished = space.run(&[verb, &["plan.md"]].concat());
        assert_eq!(finished.status, Some(0), "{finished:?}");
        assert!(finished.stdout.contains("***"), "{verb:?}: {finished:?}");
        assert_hidden(&space, &finished, &[SECRET, "plain-value"]);
    }
    for verb in ["report", "merge"] {
        let runs = std::fs::read_dir(space.at(".plan-run/runs")).expect("there").next().expect("a run");
        let name = runs.expect("an entry").file_name().to_string_lossy().into_owned();
        let finished = space.run(&[&[verb, &name, "--annotations"], &REPORTS[..]].concat());
        assert_eq!(finished.status, Some(1), "{finished:?}");
        assert_hidden(&space, &finished, &[SECRET, "plain-value"]);
    }
}

#[test]
fn variables_from_configuration_and_front_matter_are_secrets_as_well() {
    let mut space = Space::new();
    space.file(
        "plan-run.yaml",
        "mask: LISTED\nenv:\n  FILE_TOKEN: from-the-file\n  LISTED: from-the-list\nstages:\n  \"1\":\n    env: { STAGE_KEY: from-the-stage }\n",
    );
    let plan = staged(&[(
        "1",
        "",
        &["echo \"=$FILE_TOKEN= =$LISTED= =$STAGE_KEY= =$FRONT_SECRET= =$PATH_PASSWORD=\"; exit 3"],
    )]);
    space.file("plan.md", &format!("---\nplan-run:\n  env:\n    FRONT_SECRET: from-the-front\n---\n{plan}"));
    space.env("PATH_PASSWORD", "from-outside");
    check(&space, &["from-the-file", "from-the-list", "from-the-stage", "from-the-front", "from-outside"], 5);
    assert_eq!(output(&space).trim(), "=***= =***= =***= =***= =***=");
}

#[test]
fn base64_of_a_secret_is_hidden_at_every_alignment() {
    let mut lines = Vec::new();
    let mut known = Vec::new();
    for before in ["", "u", "u:", "user:"] {
        let text = format!("{before}{SECRET}");
        for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
            // The middle is the same whatever stands around the secret.
            known.push(encoded[6..encoded.len() - 6].to_owned());
            lines.push(format!("echo {encoded}"));
        }
    }
    let command = format!("{}; exit 3", lines.join("; "));
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let space = space(&[&command]);
    check(&space, &[&known[..], &[SECRET]].concat(), lines.len());
}

#[test]
fn a_secret_of_several_lines_is_hidden_line_by_line() {
    let lines = ["-----BEGIN PRIVATE-----", "bGluZSBvbmUgb2YgaXQ", "c2Vjb25kIGxpbmUgb2YgaXQ", "-----END PRIVATE-----"];
    let mut space = Space::new();
    let shown = "echo \"$SSH_KEY\"; echo \"$SSH_KEY\" | sed 's/^/> /'; echo \"$SSH_KEY\" | tr -d '\\n'; \
                 printf '%s\\n' \"$SSH_KEY\" | sed 's/$/\\r/'; exit 3";
    space.file("plan.md", &staged(&[("1", "", &[shown])]));
    space.env("SSH_KEY", &lines.join("\n"));
    check(&space, &lines, 4);
}

#[test]
fn colours_hide_no_secret() {
    let (one, two) = SECRET.split_at(5);
    let command =
        format!("printf '\\033[1m{one}\\033[0m{two}\\n'; printf '%s' {one}; printf '\\033[K%s\\n' '{two}'; exit 3");
    let space = space(&[&command]);
    // The command's own text has the parts, not the whole.
    check(&space, &[SECRET], 2);
    assert!(!output(&space).contains(two), "{}", output(&space));
}

#[test]
fn a_script_keeps_its_marks_and_hides_its_secrets() {
    let block = "export SEEN=\"$API_TOKEN\"\necho \"one $SEEN\"\nprintf %s \"$API_TOKEN\"\necho \" $API_TOKEN\" >&2\ntest \"$SEEN\" = other\necho never";
    let space = space(&[block]);
    let finished = run(&space, &["-j", "1"]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    assert_hidden(&space, &finished, &[SECRET]);
    let ends = cases(&space.read("r.xml"));
    let words: Vec<&str> = ends.iter().map(|end| end.split(' ').nth(1).expect("a word")).collect();
    assert_eq!(words, ["passed", "passed", "passed", "passed", "failure", "skipped"], "{ends:?}");
    let file = space.read("r.xml");
    for expected in ["one ***\n", ">***<", "> ***\n"] {
        assert!(file.contains(expected), "{expected:?}\n{file}");
    }
}

/// Waits until something is so, as a child makes it so.
fn until(mut condition: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !condition() {
        assert!(began.elapsed() < FOR_EVER, "it does not happen");
        std::thread::yield_now();
    }
}

#[test]
fn a_secret_in_two_writes_is_hidden() {
    // What stands before the first half is passed on as soon as it was read, which shows that the half was read with it:
    // a write of so few bytes cannot be torn.
    let (one, two) = SECRET.split_at(7);
    let command = format!("printf '%03000d{one}' 7; read -r x < gate; printf '%s\\n' '{two}'; exit 3");
    let space = space(&[&command]);
    fifo(&space, "gate");
    let mut binary = space.command(&[&["plan.md"], &REPORTS[..]].concat());
    let mut child = binary.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let runs = space.at(".plan-run/runs");
    until(|| runs.exists() && output(&space).contains("000"));
    let mut gate = std::fs::OpenOptions::new().write(true).open(space.at("gate")).expect("the child reads");
    gate.write_all(b"go\n").expect("the child reads");
    drop(gate);
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().expect("asked for").read_to_string(&mut stdout).expect("text");
    child.stderr.take().expect("asked for").read_to_string(&mut stderr).expect("text");
    let finished = Finished { status: child.wait().expect("it ends").code(), stdout, stderr };
    assert_eq!(finished.status, Some(1), "{finished:?}");
    std::fs::remove_file(space.at("gate")).expect("it is there");
    assert_hidden(&space, &finished, &[SECRET]);
    let kept = output(&space);
    assert!(kept.ends_with("7***\n") && !kept.contains(two), "{kept}");
}

#[test]
fn what_is_wrong_is_told_without_secrets() {
    let mut space = space(&["test 1 = 1"]);
    space.env("OTHER_KEY", "no-such-plan");
    let broken = format!(
        "---\nplan-run:\n  env:\n    FRONT_SECRET: from-the-front\n  timeout: {SECRET}\n---\n\
         # Plan\n\n## Stage 1: Part {SECRET}\n\n**Dependencies**: Stage 9 {SECRET}\n\n### Validation\n\n- [ ] `true`\n"
    );
    space.file("broken.md", &broken);
    for (args, status) in [
        (&["broken.md", "--junit", "r.xml", "--summary", "s.md", "--annotations"][..], 3),
        (&["list", "broken.md"], 3),
        (&["no-such-plan.md"], 2),
        (&["plan.md", "--root", "no-such-plan"], 2),
        (&["plan.md", "--runs", "plan.md/no-such-plan"], 5),
        (&["plan.md", "--junit", "plan.md/no-such-plan"], 5),
        (&["plan.md", "--no-such-plan"], 2),
        (&["report", "no-such-plan"], 2),
        (&["plan.md", "--config", "no-such-plan"], 2),
    ] {
        let finished = space.run(args);
        assert_eq!(finished.status, Some(status), "{args:?}: {finished:?}");
        assert!(finished.stderr.contains("***"), "{args:?}: {finished:?}");
        assert_hidden(&space, &finished, &[SECRET, "no-such-plan", "from-the-front"]);
    }
}

#[test]
fn a_configuration_with_a_fault_in_it_shows_no_secret() {
    let space = space(&["test 1 = 1"]);
    for (text, secrets) in [
        ("env: { API_KEY: in-the-flow, other: 1 }\nnonsense: 1\n", &["in-the-flow"][..]),
        ("env: { other: 1, API_KEY: 'in-the-flow' }, nonsense: [\n", &["in-the-flow"]),
        ("env:\n  MY_SECRET: \"in a line\" # why\n  nonsense: [1, 2]\n", &["in a line"]),
        ("env:\n  MY_SECRET: in-a-line\n bad indent: 1\n", &["in-a-line"]),
        (
            "env:\n  SSH_KEY: |\n    first line of it\n    second line of it\n  other: {\n",
            &["first line of it", "second line"],
        ),
    ] {
        space.file("plan-run.yaml", text);
        let finished = space.run(&["plan.md"]);
        assert_eq!(finished.status, Some(2), "{text}: {finished:?}");
        assert_hidden(&space, &finished, secrets);
    }
}

#[test]
fn what_is_expected_of_an_output_and_is_a_secret_is_not_judged() {
    let text = format!(
        "# Plan\n\n## Stage 1: Part\n\n### Validation\n\n- [ ] `echo \"$API_TOKEN\"` prints \"{SECRET}\"\n\
         - [ ] `echo \"$OTHER_KEY\"` prints \"{SECRET}\"\n- [ ] `echo plain` prints \"plain\"\n"
    );
    let mut space = space(&[]);
    space.file("plan.md", &text);
    space.env("OTHER_KEY", "some-other-value");
    let finished = run(&space, &[]);
    assert_eq!(finished.status, Some(1), "{finished:?}");
    let unclear = "error infrastructure: how it ended could not be learned: the plan expects an output that is a secret here, and secrets are taken out of outputs";
    assert_eq!(
        cases(&space.read("r.xml")),
        [format!("1.1 {unclear}"), format!("1.2 {unclear}"), "1.3 passed".to_owned()],
        "one secret must not be taken for another"
    );
    assert_hidden(&space, &finished, &[SECRET]);
}

#[test]
fn a_run_that_is_gone_on_with_hides_as_much() {
    let space = space(&["echo \"$API_TOKEN\"", "echo \"$API_TOKEN\" && test -f later"]);
    assert_eq!(run(&space, &[]).status, Some(1));
    space.file("later", "");
    let finished = run(&space, &["--resume"]);
    assert_eq!(finished.status, Some(0), "{finished:?}");
    assert_hidden(&space, &finished, &[SECRET]);
}

#[test]
fn the_names_of_what_is_left_running_hide_secrets() {
    // One that is cut off with the rest of a long line, and one whose blanks a short line joins.
    let (cut, blanks) = ("Gh8+cut-in-the-middle", "Wd3  kept\tapart");
    let hold = "sh -c 'sleep 1000; :' \"$@\" > /dev/null 2>&1 &\n";
    let long = "x".repeat(142);
    for leftovers in ["warn", "fail"] {
        let mut space = space(&[&format!("sh hold.sh \"$API_TOKEN\" \"$SPACED_KEY\" {long} \"$CUT_SECRET\"")]);
        space.file("hold.sh", hold);
        space.env("CUT_SECRET", cut).env("SPACED_KEY", blanks);
        let finished = run(&space, &["--leftovers", leftovers]);
        assert_eq!(finished.status, Some(i32::from(leftovers == "fail")), "{finished:?}");
        assert_hidden(&space, &finished, &[SECRET, blanks, "Wd3", "kept apart", cut, "Gh8"]);
        let named = "sh -c sleep 1000; : *** *** xxx";
        for text in [finished.stderr.as_str(), &space.read("r.xml"), &space.read("s.md"), &space.read("r.json")] {
            assert!(text.replace('\\', "").contains(named), "{text}");
        }
    }
}
