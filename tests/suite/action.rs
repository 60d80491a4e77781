//! The scripts of the action, run as its steps run them. `ci/action-test` runs them in workflows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::support::outputs::read_outputs;
use crate::support::space::Space;
use crate::support::whole::{Gate, signal, staged};

/// A copy of the action, so that its list of releases can be another one, beside a folder to run in.
struct Action {
    space: Space,
}

/// What a step left.
#[derive(Debug)]
struct Step {
    status: Option<i32>,
    log: String,
    outputs: BTreeMap<String, String>,
}

impl Action {
    fn new() -> Self {
        let space = Space::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut names = vec!["ci/releases.txt".to_owned()];
        for entry in std::fs::read_dir(root.join("ci/action")).expect("a folder") {
            names.push(format!("ci/action/{}", entry.expect("an entry").file_name().to_string_lossy()));
        }
        for name in names {
            let there = space.at(&format!("action/{name}"));
            std::fs::create_dir_all(there.parent().expect("a folder")).expect("a folder can be made");
            std::fs::copy(root.join(name), there).expect("a file can be copied");
        }
        space.file("action/Cargo.toml", "[package]\nname = \"plan-run\"\nversion = \"0.1.0\"\n");
        space.file("action/Cargo.lock", "").file("action/src/main.rs", "fn main() {}\n");
        std::fs::create_dir(space.at("temp")).expect("a folder can be made");
        Self { space }
    }

    /// A folder with a plan that has these checks.
    fn with_plan(checks: &[&str]) -> Self {
        let action = Self::new();
        action.space.file("plan.md", &staged(&[("1", "", checks)]));
        action
    }

    fn command(&self, script: &str, env: &[(&str, &str)]) -> Command {
        let mut command = Command::new("bash");
        command.arg(self.space.at(&format!("action/ci/action/{script}.sh"))).current_dir(self.space.path());
        command.env_clear().stdin(Stdio::null());
        for name in ["PATH", "HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("RUNNER_TEMP", self.space.at("temp")).env("RUNNER_TOOL_CACHE", self.space.at("tools"));
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", self.space.at("outputs"));
        command.env("GITHUB_STEP_SUMMARY", self.space.at("summary"));
        command.env("PROGRAM", env!("CARGO_BIN_EXE_plan-run"));
        command.envs(env.iter().copied());
        command
    }

    fn step(&self, script: &str, env: &[(&str, &str)]) -> Step {
        for name in ["outputs", "summary"] {
            self.space.file(name, "");
        }
        let output = self.command(script, env).output().expect("bash starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Step {
            status: output.status.code(),
            log: text(&output.stdout) + &text(&output.stderr),
            outputs: read_outputs(&self.space.read("outputs")),
        }
    }

    fn run(&self, env: &[(&str, &str)]) -> Step {
        self.step("run", env)
    }

    fn install(&self, env: &[(&str, &str)]) -> Step {
        self.step("install", env)
    }

    /// Packs a script as the release of a target, and gives the line that lists it.
    fn release(&self, version: &str, target: &str, script: &str) -> String {
        let name = format!("plan-run-{version}-{target}");
        let archive = format!("releases/v{version}/{name}.tar.gz");
        self.space.file(&format!("packed/{name}/plan-run"), script).file(&archive, "");
        let steps = "chmod +x \"packed/$1/plan-run\" && tar -czf \"$2\" -C packed \"$1\" && \
                     if command -v sha256sum >/dev/null; then sha256sum \"$2\"; else shasum -a 256 \"$2\"; fi";
        let mut command = Command::new("sh");
        command.args(["-c", steps, "sh", &name, &archive]).current_dir(self.space.path());
        let output = command.output().expect("sh starts");
        assert!(output.status.success(), "{output:?}");
        let sum = String::from_utf8_lossy(&output.stdout).into_owned();
        format!("{version} {target} {}\n", sum.split(' ').next().expect("a sum"))
    }

    fn list(&self, rows: &[String]) {
        self.space.file("action/ci/releases.txt", &format!("# what there is\n\n{}", rows.concat()));
    }

    fn releases(&self) -> String {
        format!("file://{}", self.space.at("releases").display())
    }
}

/// A plan-run that does nothing but say its version.
fn says(version: &str) -> String {
    format!("#!/bin/sh\necho plan-run {version}\n")
}

/// The targets that the action knows for this machine, the best first.
fn targets() -> Vec<String> {
    let arch = std::env::consts::ARCH;
    if cfg!(target_os = "macos") {
        return vec![format!("{arch}-apple-darwin")];
    }
    let musl = Path::new(&format!("/lib/ld-musl-{arch}.so.1")).exists();
    let libcs = if musl { &["musl"][..] } else { &["gnu", "musl"] };
    libcs.iter().map(|libc| format!("{arch}-unknown-linux-{libc}")).collect()
}

#[test]
fn a_run_is_told_in_outputs_and_by_its_status() {
    let action = Action::with_plan(&["true"]);
    let step = action.run(&[]);
    assert_eq!((step.status, step.outputs["status"].as_str()), (Some(0), "holds"), "{step:?}");
    assert!(PathBuf::from(&step.outputs["junit"]).is_file() && PathBuf::from(&step.outputs["events"]).is_file());
    assert_eq!(step.outputs["program"], env!("CARGO_BIN_EXE_plan-run"));
    assert_eq!(headings(&action.space.read("summary")), 1);

    let action = Action::with_plan(&["true", "false"]);
    let step = action.run(&[("INPUT_FAIL_ON", "failure"), ("INPUT_JUNIT", "out/r.xml"), ("INPUT_JOBS", "2")]);
    let told = ["status", "passed", "failed"].map(|name| step.outputs[name].as_str());
    assert_eq!((step.status, told), (Some(1), ["fails", "1", "1"]), "{step:?}");
    assert_eq!(step.outputs["junit"], action.space.at("out/r.xml").to_string_lossy());
    assert_eq!(step.log.matches("::error file=plan.md,").count(), 1, "{step:?}");
}

fn headings(summary: &str) -> usize {
    summary.lines().filter(|line| line.starts_with("## ")).count()
}

#[test]
fn what_fails_the_step_can_be_chosen() {
    let failing = Action::with_plan(&["false"]);
    let nothing = Action::with_plan(&["- [ ] Manual: look at it"]);
    let claimed = Action::with_plan(&["- [x] `true`", "- [x] `git push`"]);
    let broken = Action::new();
    broken
        .space
        .file("plan.md", "# Plan\n\n## Stage 1: A\n\n**Dependencies**: Stage 9\n\n### Validation\n\n- [ ] `true`\n");
    for (action, fail_on, status, word) in [
        (&failing, "failure", 1, "fails"),
        (&failing, "never", 0, "fails"),
        (&nothing, "", 4, "nothing-ran"),
        (&nothing, "never", 0, "nothing-ran"),
        (&broken, "failure", 3, "broken-plan"),
        (&broken, "never", 0, "broken-plan"),
        (&claimed, "failure, flaky", 0, "holds"),
        (&claimed, "flaky\nunproven-claims", 1, "unproven-claims"),
    ] {
        let step = action.run(&[("INPUT_FAIL_ON", fail_on)]);
        assert_eq!((step.status, step.outputs["status"].as_str()), (Some(status), word), "{fail_on}: {step:?}");
    }
    let step = failing.run(&[("INPUT_FAIL_ON", "never"), ("INPUT_SCOPE", "claimed")]);
    assert_eq!((step.status, step.outputs["status"].as_str()), (Some(0), "nothing-claimed"), "{step:?}");
    // Of luck it takes the second try to see it.
    let flaky = Action::with_plan(&["test -e luck || { echo > luck; false; }"]);
    for (fail_on, status) in [("failure", 0), ("flaky", 1)] {
        _ = std::fs::remove_file(flaky.space.at("luck"));
        let step = flaky.run(&[("INPUT_FAIL_ON", fail_on), ("INPUT_ARGS", "--retries=1")]);
        assert_eq!(step.status, Some(status), "{fail_on}: {step:?}");
    }
    let leaves = Action::with_plan(&["sleep 1000 > /dev/null 2>&1 &"]);
    for (fail_on, status) in [("failure", 0), ("leftovers", 1)] {
        let step = leaves.run(&[("INPUT_FAIL_ON", fail_on)]);
        assert_eq!(step.status, Some(status), "{fail_on}: {step:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    let action = Action::with_plan(&["true"]);
    for (name, value, message) in [
        ("JOBS", "0", "jobs: '0' is no number above 0"),
        ("JOBS", "two", "jobs: 'two' is no number above 0"),
        ("SHARD", "2", "shard: '2' is no part such as 2/3"),
        ("SCOPE", "some", "scope: 'some' is neither all nor claimed"),
        ("FAIL_ON", "error", "fail-on: 'error' is none of failure, unproven-claims, flaky, leftovers and never"),
        ("FAIL_ON", "never,flaky", "fail-on: never goes with no other word"),
        ("ANNOTATIONS", "yes", "annotations: 'yes' is neither true nor false"),
        ("ARGS", "--timeout 5s", "args: '--timeout 5s' is two arguments"),
        ("WORKING_DIRECTORY", "no-such", "working-directory: 'no-such' is no directory"),
        ("MERGE", "no-such/*", "merge: nothing is there at 'no-such/*'"),
        ("MERGE", "plan.md\n100%\n::error::x", "merge: nothing is there at '100%25'"),
    ] {
        let step = action.run(&[(&format!("INPUT_{name}"), value)]);
        assert_eq!((step.status, step.outputs["status"].as_str()), (Some(2), "usage"), "{name}: {step:?}");
        assert!(step.log.contains(&format!("::error title=plan-run::{message}")), "{name}: {step:?}");
        assert_eq!(
            ["stages", "failed"].map(|name| step.outputs[name].as_str()),
            ["[]", "0"],
            "expressions can read it"
        );
    }
    let step = action.run(&[("INPUT_MERGE", "."), ("INPUT_PLANS", "plan.md")]);
    assert!(step.log.contains("plans: runs are merged here, and no plan is run"), "{step:?}");
    // What plan-run itself refuses.
    let step = action.run(&[("INPUT_ARGS", "--no-such-option")]);
    assert_eq!((step.status, step.outputs["status"].as_str()), (Some(2), "usage"), "{step:?}");
    let step = action.run(&[("INPUT_PLANS", "no-such.md"), ("INPUT_FAIL_ON", "never")]);
    assert_eq!((step.status, step.outputs["status"].as_str()), (Some(2), "usage"), "{step:?}");
}

#[test]
fn words_of_inputs_stay_words() {
    let action = Action::with_plan(&["test -z \"$(env | grep -a INPUT_)\""]);
    let evil = "$(touch harm)`touch harm`; touch harm #\n'; touch harm; '\n\"; touch harm; \"\n-x && touch harm\n*";
    for name in [
        "PLANS", "SCOPE", "SHARD", "MERGE", "ARGS", "JOBS", "JUNIT", "SUMMARY", "ANNOTATIONS", "FAIL_ON",
        "WORKING_DIRECTORY",
    ] {
        let step = action.run(&[(&format!("INPUT_{name}"), evil)]);
        assert!(!action.space.at("harm").exists(), "{name}: {step:?}");
        assert!(
            step.status.is_some_and(|status| status == 2 || ["JUNIT", "SUMMARY"].contains(&name)),
            "{name}: {step:?}"
        );
    }
    for name in ["PROGRAM", "VERSION"] {
        let step = action.install(&[("PROGRAM", ""), (&format!("INPUT_{name}"), evil)]);
        assert!(!action.space.at("harm").exists() && step.status == Some(2), "{name}: {step:?}");
    }
}

#[test]
fn summary_and_annotations_go_where_they_are_wanted() {
    let action = Action::with_plan(&["false"]);
    for (env, summaries, annotations) in [
        (&[][..], 1, 1),
        (&[("INPUT_SUMMARY", "true"), ("INPUT_ANNOTATIONS", "true")], 1, 1),
        (&[("INPUT_SUMMARY", "false"), ("INPUT_ANNOTATIONS", "false")], 0, 0),
        (&[("INPUT_SUMMARY", "page.md")], 0, 1),
        (&[("INPUT_SHARD", "1/1")], 0, 0),
        (&[("INPUT_SHARD", "1/1"), ("INPUT_SUMMARY", "true"), ("INPUT_ANNOTATIONS", "true")], 1, 1),
    ] {
        let step = action.run(env);
        let told = (headings(&action.space.read("summary")), step.log.matches("::error file=").count());
        assert_eq!((step.status, told), (Some(1), (summaries, annotations)), "{env:?}: {step:?}");
    }
    assert_eq!(headings(&action.space.read("page.md")), 1);
}

#[test]
fn shards_are_merged() {
    let action = Action::new();
    action.space.file("plan.md", &staged(&[("1", "", &["true"]), ("2", "", &["false"]), ("3", "", &["true", "true"])]));
    for number in 1..=3 {
        let step = action.run(&[("INPUT_SHARD", &format!("{number}/3"))]);
        let name = format!("shards/part {number}");
        std::fs::create_dir_all(action.space.at("shards")).expect("a folder can be made");
        std::fs::rename(&step.outputs["run"], action.space.at(&name)).expect("a run can be moved");
    }
    for merge in ["shards/*", "shards/part 1\nshards/part 2\n  shards/part 3/"] {
        let step = action.run(&[("INPUT_MERGE", merge)]);
        let told = ["status", "passed", "failed"].map(|name| step.outputs[name].as_str());
        assert_eq!((step.status, told), (Some(1), ["fails", "3", "1"]), "{step:?}");
        assert_eq!((headings(&action.space.read("summary")), step.log.matches("::error file=").count()), (1, 1));
    }
    let step = action.run(&[("INPUT_MERGE", "shards/*"), ("INPUT_FAIL_ON", "never")]);
    assert_eq!(step.status, Some(0), "{step:?}");
}

#[test]
fn who_cancels_the_job_still_gets_a_report() {
    for asked in [Signal::INT, Signal::TERM] {
        let action = Action::with_plan(&["echo here > gate; while :; do sleep 1000; done"]);
        let gate = Gate::new(&action.space, "gate");
        let mut child = action.command("run", &[]).stdout(Stdio::null()).spawn().expect("bash starts");
        gate.wait();
        signal(&child, asked);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        let told = read_outputs(&action.space.read("outputs"));
        assert_eq!(told["status"], "interrupted");
        assert!(Path::new(&told["junit"]).is_file(), "{told:?}");
    }
}

#[test]
fn a_listed_release_is_installed_once_it_was_verified() {
    let action = Action::new();
    let rows: Vec<String> = targets().iter().map(|target| action.release("0.1.0", target, &says("0.1.0"))).collect();
    action.list(&rows);
    let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases())]);
    assert_eq!((step.status, step.outputs["build"].as_str()), (Some(0), "false"), "{step:?}");
    let output = Command::new(&step.outputs["program"]).output().expect("it starts");
    assert_eq!(output.stdout, b"plan-run 0.1.0\n");

    // The next call takes it from where it was put, and what was changed there is not believed.
    let gone = &[("PLAN_RUN_RELEASES", "file:///no-such-folder"), ("INPUT_VERSION", "v0.1.0")];
    let step = action.install(gone);
    assert_eq!((step.status, step.outputs["build"].as_str()), (Some(0), "false"), "{step:?}");
    let kept = format!("tools/plan-run/0.1.0/plan-run-0.1.0-{}.tar.gz", targets()[0]);
    action.space.file(&kept, "something else");
    let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases())]);
    assert_eq!(step.status, Some(0), "{step:?}");
    assert!(step.log.contains("is not what was installed there"), "{step:?}");
    assert_ne!(action.space.read_bytes(&kept), b"something else");
}

#[test]
fn an_archive_with_another_sum_is_refused() {
    let action = Action::new();
    let rows: Vec<String> = targets().iter().map(|target| action.release("0.1.0", target, &says("0.1.0"))).collect();
    action.list(&rows);
    let harm = format!("#!/bin/sh\ntouch {}\necho plan-run 0.1.0\n", action.space.at("harm").display());
    targets().iter().for_each(|target| _ = action.release("0.1.0", target, &harm));
    let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases())]);
    assert_eq!((step.status, step.outputs["status"].as_str()), (Some(5), "internal"), "{step:?}");
    let listed = rows[0].trim_end().rsplit(' ').next().expect("a sum");
    assert!(
        step.log.contains(&format!("and not {listed}, which ci/releases.txt lists; nothing of it was run")),
        "{step:?}"
    );
    assert!(!action.space.at("harm").exists() && !step.outputs.contains_key("program"), "{step:?}");
    // Nor is what has the right sum and says that it is something else.
    action.list(&[action.release("0.1.0", &targets()[0], &says("0.2.0"))]);
    let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases())]);
    assert_eq!(step.status, Some(5), "{step:?}");
    action.list(&["0.1.0 x86_64-unknown-linux-gnu abc\n".to_owned()]);
    let step = action.install(&[]);
    assert!(step.status == Some(5) && step.log.contains("has no SHA-256"), "{step:?}");
}

#[test]
fn versions_are_looked_up_in_the_list() {
    let action = Action::new();
    let target = &targets()[0];
    action.list(&["0.1.0", "0.0.9", "0.2.0"].map(|version| action.release(version, target, &says(version))));
    for (wanted, version) in [("", "0.1.0"), ("0.0.9", "0.0.9"), ("v0.2.0", "0.2.0"), ("latest", "0.2.0")] {
        let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases()), ("INPUT_VERSION", wanted)]);
        assert!(step.status == Some(0) && step.log.contains(&format!("plan-run {version} for ")), "{wanted}: {step:?}");
    }
    let step = action.install(&[("INPUT_VERSION", "3.0.0")]);
    assert!(
        step.status == Some(2) && step.log.contains("knows no 3.0.0; it is 0.1.0 itself and lists 0.0.9 0.1.0 0.2.0"),
        "{step:?}"
    );
    let elsewhere = action.space.at("other-tools").display().to_string();
    let step = action.install(&[
        ("INPUT_VERSION", "0.0.9"),
        ("PLAN_RUN_RELEASES", "file:///no-such-folder"),
        ("RUNNER_TOOL_CACHE", &elsewhere),
    ]);
    assert!(step.status == Some(2) && step.log.contains("cannot be had from file:///no-such-folder"), "{step:?}");
    for (version, status) in [("", 0), ("0.1.0", 0), ("0.2.0", 2)] {
        let program = env!("CARGO_BIN_EXE_plan-run");
        let step = action.install(&[("INPUT_PROGRAM", program), ("INPUT_VERSION", version)]);
        assert_eq!(step.status, Some(status), "{step:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_binary_that_does_not_start_gives_way_to_one_with_its_own_libc() {
    let action = Action::new();
    let [gnu, musl] = ["gnu", "musl"].map(|libc| format!("{}-unknown-linux-{libc}", std::env::consts::ARCH));
    let rows = [action.release("0.1.0", &gnu, "#!/bin/sh\nexit 1\n"), action.release("0.1.0", &musl, &says("0.1.0"))];
    action.list(&rows);
    let step = action.install(&[("PLAN_RUN_RELEASES", &action.releases())]);
    assert!(step.status == Some(0) && step.log.contains(&format!("plan-run 0.1.0 for {musl}")), "{step:?}");
}

#[test]
fn what_is_not_listed_is_built_and_kept_by_its_source() {
    let action = Action::new();
    // Stands in for cargo: notes how it was called, and builds something that says its version.
    let cargo = "#!/bin/sh\nprintf '%s' \"$PWD $* flags=${RUSTFLAGS-none}\" >\"$NOTE\"\nfor last; do :; done\nmkdir -p \"$last/release\"\nprintf '#!/bin/sh\\necho plan-run 0.1.0\\n' >\"$last/release/plan-run\"\nchmod +x \"$last/release/plan-run\"\n";
    action.space.file("bin/cargo", cargo);
    let made = Command::new("chmod").arg("+x").arg(action.space.at("bin/cargo")).status().expect("chmod starts");
    assert!(made.success());
    let path = format!("{}:{}", action.space.at("bin").display(), std::env::var("PATH").expect("a path"));
    let note = action.space.at("note").display().to_string();
    let step = action.install(&[("PATH", &path)]);
    assert_eq!((step.status, step.outputs["build"].as_str()), (Some(0), "true"), "{step:?}");
    let (program, key) = (&step.outputs["program"], &step.outputs["cache-key"]);
    assert!(key.starts_with("plan-run-0.1.0-") && !Path::new(program).exists(), "{step:?}");

    let env =
        [("PATH", path.as_str()), ("PROGRAM", program), ("BUILD", "true"), ("NOTE", &note), ("RUSTFLAGS", "-D all")];
    let ran = action.run(&env);
    assert!(Path::new(program).is_file(), "{ran:?}");
    let noted = action.space.read("note");
    let source = action.space.at("action").canonicalize().expect("a folder");
    assert!(noted.starts_with(&format!("{} build --release --locked", source.display())), "{noted}");
    assert!(noted.ends_with("flags=none"), "{noted}");

    let again = action.install(&[("PATH", &path)]);
    assert_eq!((again.outputs["build"].as_str(), &again.outputs["program"]), ("false", program), "{again:?}");
    action.space.file("action/src/main.rs", "fn main() { }\n");
    let other = action.install(&[("PATH", &path)]);
    assert!(other.outputs["build"] == "true" && other.outputs["cache-key"] != *key, "{other:?}");
    // Where it cannot be downloaded, the same version is built.
    action.list(&[action.release("0.1.0", &targets()[0], &says("0.1.0"))]);
    let step = action.install(&[("PATH", &path), ("PLAN_RUN_RELEASES", "file:///no-such-folder")]);
    assert!(step.outputs["build"] == "true" && step.log.contains("::warning title=plan-run::"), "{step:?}");
}

#[test]
fn the_conclusion_of_a_workflow_forgets_no_job() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join(".github/workflows/ci.yml")).expect("a workflow");
    let jobs: Vec<&str> = text
        .split("\njobs:\n")
        .nth(1)
        .expect("jobs")
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':').filter(|name| !name.starts_with([' ', '#'])))
        .collect();
    let (last, others) = jobs.split_last().expect("jobs");
    assert_eq!(*last, "conclusion");
    let needs = format!("    needs: [{}]\n", others.join(", "));
    assert!(text.contains(&needs), "the last job needs {others:?}");
    for job in others {
        assert!(text.contains(&format!("needs.{job}.result }}}}")), "the conclusion does not look at {job}");
    }
}

/// What the step would start, instead of starting it.
const SHOWS: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\n";

#[test]
fn a_fork_is_run_in_a_sandbox_with_the_approvals_of_its_base() {
    let repository = crate::support::history::Repository::new();
    repository.file("plan.md", "# Plan\n");
    let base = repository.commit();
    let action = Action::new();
    action.space.file("shows", SHOWS);
    std::fs::set_permissions(action.space.at("shows"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("ours");
    let shows = action.space.at("shows").display().to_string();
    let folder = repository.root.display().to_string();
    let arguments = |env: &[(&str, &str)]| {
        let fixed = [("PROGRAM", shows.as_str()), ("INPUT_WORKING_DIRECTORY", &folder), ("BASE_COMMIT", &base)];
        let step = action.run(&[&fixed, env].concat());
        let said = std::fs::read_to_string(repository.root.join("arguments")).unwrap_or_default();
        let is_ours = |word: &&str| {
            ["--sandbox", "--no-sandbox", "--trust", "--lock"].iter().any(|start| word.starts_with(start))
        };
        (said.lines().filter(is_ours).map(str::to_owned).collect::<Vec<_>>(), step)
    };
    let fork = ("FROM_FORK", "true");
    let lock = format!("--lock-from={base}");
    assert_eq!(arguments(&[fork]).0, ["--trust=approved", lock.as_str(), "--sandbox=strict"]);
    assert_eq!(arguments(&[]).0, [""; 0]);
    assert_eq!(arguments(&[fork, ("INPUT_SANDBOX", "true")]).0, ["--sandbox"]);
    assert_eq!(arguments(&[("INPUT_SANDBOX", "require")]).0, ["--sandbox=require"]);
    assert_eq!(arguments(&[fork, ("INPUT_SANDBOX", "false")]).0, ["--no-sandbox"]);
    // Who says it in further arguments has the word.
    let own = "--trust=safe\n--lock-from=main\n--sandbox=require";
    assert_eq!(arguments(&[fork, ("INPUT_ARGS", own)]).0, own.lines().collect::<Vec<_>>());
    for (env, why) in [
        (&[("INPUT_SANDBOX", "maybe")][..], "sandbox: 'maybe' is none of true, require, strict and false"),
        (&[fork, ("BASE_COMMIT", "main; id")], "sandbox: this is a fork, and its base commit is not known"),
        (&[fork, ("BASE_COMMIT", &"a".repeat(40))], "cannot be fetched"),
        (&[("INPUT_SANDBOX", "true"), ("INPUT_MERGE", ".")], "sandbox: runs are merged here, and no plan is run"),
    ] {
        let (_, step) = arguments(env);
        assert_eq!(step.status, Some(2), "{env:?}: {step:?}");
        assert!(step.log.contains(why), "{env:?}: {step:?}");
    }
}
