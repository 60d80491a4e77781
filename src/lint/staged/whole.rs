//! Commands that run everything: the whole system, or all tests that there are.

/// How much a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whole {
    /// All tests.
    Suite,
    /// The system with all its services.
    System,
}

/// Words that may stand before a command and say nothing of what is run.
const RUNNERS: &[&[&str]] = &[
    &["uv", "run"],
    &["poetry", "run"],
    &["pdm", "run"],
    &["hatch", "run"],
    &["pipenv", "run"],
    &["bundle", "exec"],
    &["npx"],
    &["bunx"],
    &["pnpm", "exec"],
    &["yarn", "exec"],
    &["time"],
    &["sudo"],
    &["python", "-m"],
    &["python3", "-m"],
];

/// Commands that start a system.
const SYSTEMS: &[&[&str]] = &[
    &["docker", "compose", "up"],
    &["docker-compose", "up"],
    &["podman", "compose", "up"],
    &["podman-compose", "up"],
    &["tilt", "up"],
    &["skaffold", "run"],
    &["skaffold", "dev"],
    &["vagrant", "up"],
    &["helm", "install"],
];

/// Commands that run all tests, unless something behind them chooses.
const SUITES: &[&[&str]] = &[
    &["cargo", "test"],
    &["cargo", "nextest", "run"],
    &["pytest"],
    &["npm", "test"],
    &["npm", "t"],
    &["npm", "run", "test"],
    &["npm", "run", "test:e2e"],
    &["npm", "run", "e2e"],
    &["yarn", "test"],
    &["yarn", "test:e2e"],
    &["pnpm", "test"],
    &["pnpm", "run", "test"],
    &["pnpm", "test:e2e"],
    &["bun", "test"],
    &["deno", "test"],
    &["go", "test"],
    &["make", "test"],
    &["make", "tests"],
    &["make", "check"],
    &["make", "all"],
    &["make", "e2e"],
    &["make", "test-all"],
    &["just", "test"],
    &["tox"],
    &["nox"],
    &["mvn", "test"],
    &["mvn", "verify"],
    &["gradle", "test"],
    &["gradle", "check"],
    &["./gradlew", "test"],
    &["./gradlew", "check"],
    &["./gradlew", "build"],
    &["ctest"],
    &["dotnet", "test"],
    &["rspec"],
    &["rake", "test"],
    &["mix", "test"],
    &["phpunit"],
    &["swift", "test"],
    &["vitest", "run"],
    &["jest"],
    &["playwright", "test"],
    &["cypress", "run"],
    &["bazel", "test"],
];

/// Words behind a command that choose nothing.
const EVERYTHING: &[&str] = &[".", "./...", "...", "//...", "test", "tests", "tests/", "test/", "--", "-E", "all"];

/// Options whose value chooses what is run.
const CHOOSING: &[&str] = &[
    "-k", "-m", "-p", "--package", "--test", "--lib", "--bin", "--bins", "--doc", "--example", "--bench", "-run",
    "--run", "-t", "--tests", "--spec", "--grep", "-g", "--filter", "--testNamePattern", "--project", "-R", "-L",
    "-Dtest", "-e", "-s", "--manifest-path", "--workspace-path", "--only", "-C", "--prefix", "--dir",
];

/// How much a command runs, if it runs everything of something.
pub(super) fn of(command: &str) -> Option<Whole> {
    // What has several parts is judged by the first that does more than set the scene.
    let parts = command.split("&&").map(str::trim);
    let first = parts.into_iter().find(|part| !(part.starts_with("cd ") || part.starts_with("export ")))?;
    let first = first.split(['|', ';']).next().unwrap_or(first);
    let words: Vec<&str> = first.split_whitespace().skip_while(|word| is_setting(word)).collect();
    let mut words = words.as_slice();
    while let Some(runner) = RUNNERS.iter().find(|runner| words.starts_with(runner)) {
        words = &words[runner.len()..];
    }
    if SYSTEMS.iter().any(|system| words.starts_with(system)) {
        return Some(Whole::System);
    }
    let suite = SUITES.iter().find(|suite| words.starts_with(suite))?;
    let rest = &words[suite.len()..];
    rest.iter().all(|word| chooses_nothing(word)).then_some(Whole::Suite)
}

/// Whether a word sets a variable: `CI=1`.
fn is_setting(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_')
    })
}

fn chooses_nothing(word: &str) -> bool {
    let option = word.split_once('=').map_or(word, |(name, _)| name);
    if word.starts_with('-') { !CHOOSING.contains(&option) } else { EVERYTHING.contains(&word) }
}
