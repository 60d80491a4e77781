//! What attacks share: hostile texts, and eyes for harm.

use std::time::{Duration, Instant};

pub use super::steering::steering;

use super::space::{Finished, Space};

/// A text with what terminals obey: colours, a title, the clipboard, C1 codes, rewriting, and marks that turn the direction.
pub const STEERING: &str =
    "X\u{9b}2J\u{202e}live\u{7f}\u{2066}Y\u{200f}\u{1b}[31mred\u{1b}]0;title\u{7}\u{1b}]52;c;aGk=\u{7}\u{8}\u{85}";

/// The same in the name of a file, with what begins a command to a workflow's runner.
pub const NAME: &str = "pl\u{1b}]0;t\u{7}\u{202e}\u{9b}2Jan\n::error::x%0A<b>\"'&`|@all ##[group]x.md";

/// A plan of which every text is hostile, and each check harmless.
pub fn hostile_plan() -> String {
    format!(
        "# Plan {STEERING} ::error::title <script>alert(1)</script> ![x](http://evil.example/x.png)

## Stage 1: {STEERING} ::set-output name=a::b <script>alert(1)</script> @everyone | a | ]]> </details>

### Validation

- [ ] `echo \"{STEERING}\" >/dev/null`
- [x] `echo {STEERING} >/dev/null` prints `{STEERING}`
- [ ] `false # {STEERING} ##[error]x`
- [ ] `{PRINTS}`
- [ ] Look at {STEERING} by hand

## Stage 2: {STEERING}

Depends on: Stage 1

### Validation

- [ ] `rm -rf {STEERING}`
"
    )
}

/// A command whose output is as hostile.
pub const PRINTS: &str = "printf '\\033]0;t\\007\\033[2J\\302\\2332J\\342\\200\\256x\\n::set-output name=a::b\\n  ::set-env name=a::b\\n##[command]x\\n::stop-commands::abc\\n::add-mask::e\\nabc\\rdef\\377\\376]]>\\000</system-out>\\n```\\n</details><script>alert(1)</script>\\n'; false";

/// A folder with the hostile plan, plainly named.
pub fn hostile() -> Space {
    let space = Space::new();
    space.file("plan.md", &hostile_plan());
    space
}

/// Sees that nothing that was said steers a terminal, and that something was said.
#[track_caller]
pub fn assert_plain(done: &Finished) {
    assert!(!(done.stdout.is_empty() && done.stderr.is_empty()), "nothing was said");
    for said in [&done.stdout, &done.stderr] {
        assert_eq!(steering(said), [], "{said}");
    }
}

/// Sees that a run ended with a message that says so, by itself and not by a panic.
#[track_caller]
pub fn assert_refused(done: &Finished, status: i32, why: &str) {
    assert_eq!(done.status, Some(status), "{done:?}");
    assert!(done.stderr.contains(why), "{why}: {done:?}");
    assert!(!done.stderr.contains("internal error"), "{done:?}");
}

/// Runs the binary with a bound on its memory, and ends it where it waits for what never comes: then there is no status.
pub fn bounded(space: &Space, args: &[&str]) -> Finished {
    let program = env!("CARGO_BIN_EXE_plan-run");
    let mut command = space.command(&[]);
    let (out, err) = (space.at(".bounded-out"), space.at(".bounded-err"));
    // Four gigabytes of addresses, of which the threads' stacks are the most.
    let script = "ulimit -v 4194304 && exec \"$0\" \"$@\"";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, program]).args(args).current_dir(space.path()).stdin(std::process::Stdio::null());
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(args);
    shell.stdout(std::fs::File::create(&out).expect("a file")).stderr(std::fs::File::create(&err).expect("a file"));
    let mut child = shell.spawn().expect("the binary starts");
    let began = Instant::now();
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break status.code(),
            // Far more than any of it takes; only what hangs comes so far.
            None if began.elapsed() > Duration::from_secs(120) => {
                child.kill().expect("it can be ended");
                child.wait().expect("it ends");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let said = |path| String::from_utf8_lossy(&std::fs::read(path).expect("it is there")).into_owned();
    Finished { status, stdout: said(&out), stderr: said(&err) }
}

/// Makes a pipe into which nobody writes.
pub fn pipe(space: &Space, name: &str) {
    let made = std::process::Command::new("mkfifo").arg(space.at(name)).status().expect("mkfifo is there");
    assert!(made.success(), "{name}");
}
