//! What a configuration can say, as plain values.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{
    CacheConfig, Demand, Launcher, Leftovers, Level, LineConfig, ProveConfig, Quarantine, Retries, SandboxConfig, Use,
};
use crate::source::{Source, Span};

/// Name of the configuration file at a repository's root.
pub const FILE_NAME: &str = "plan-run.yaml";

/// The longest configuration or front matter that is read, in bytes: deep nesting costs quadratic time.
pub const MAX_BYTES: usize = 32 * 1024;

/// What one file says. Everything may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Globs of the plans for a call without arguments, relative to the root.
    pub plans: Vec<String>,
    /// Commands in flight.
    pub jobs: Option<usize>,
    /// Limit for each check.
    pub timeout: Option<Duration>,
    /// Limit for the run as a whole.
    pub run_timeout: Option<Duration>,
    /// What is given up with the first check that does not hold.
    pub fail_fast: Option<Scope>,
    /// With how many checks that do not hold the run is given up.
    pub max_fail: Option<usize>,
    /// After how long a check counts as slow; zero for never.
    pub slow: Option<Duration>,
    /// How often checks are tried again.
    pub retries: Retries,
    /// What it means for a check that it left processes running.
    pub leftovers: Option<Leftovers>,
    /// Whether a check that holds only when it is tried again counts as failed.
    pub flaky_fails: Option<bool>,
    /// Variables for every command.
    pub env: BTreeMap<String, String>,
    /// Files with more variables for every command, the strongest last; weaker than `env`. Relative as `root` is.
    pub env_files: Vec<Named>,
    /// The most that one command may write, in bytes.
    pub max_capture: Option<u64>,
    /// The shell, program and arguments.
    pub shell: Option<Vec<String>>,
    /// The directory in which commands run: relative to the file's own in `plan-run.yaml`, to the repository's root
    /// in front matter.
    pub root: Option<Named>,
    /// Per stage, by its label, or by `path/plan.md#label` for one plan only.
    pub stages: Vec<(Named, StageConfig)>,
    /// Which checks are run.
    pub scope: Option<RunScope>,
    /// Whether a claim that is not proven fails the run.
    pub strict_claims: Option<bool>,
    /// How much memory commands may be expected to need together.
    pub mem_limit: Option<MemLimit>,
    /// How much there is of each named resource.
    pub resources: BTreeMap<String, usize>,
    /// What carries commands to other machines, by name.
    pub launchers: BTreeMap<String, Launcher>,
    /// The launcher of all commands of which nothing else is said.
    pub launcher: Option<Named>,
    /// The sandbox of all commands.
    pub sandbox: Option<SandboxConfig>,
    /// The cache between runs.
    pub cache: CacheConfig,
    /// Showing that tests failed before the work.
    pub prove: ProveConfig,
    /// Checks that may fail for a while.
    pub quarantine: Vec<Quarantine>,
    /// How many runs are kept.
    pub keep_runs: Option<usize>,
    /// Names of variables whose values are secrets, beside those whose names say so.
    pub mask: Vec<String>,
    /// Of single lines of the plan, in front matter only.
    pub lines: Vec<LineConfig>,
    /// How much findings count, by the codes of their rules.
    pub lint: Vec<(Named, Level)>,
}

/// A name and the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands; the whole file where the place is not known.
    pub span: Span,
    /// The file.
    pub source: Arc<Source>,
}

/// What is said of one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageConfig {
    /// What it needs; replaces what the plan says.
    pub needs: Option<Vec<Named>>,
    /// Limit for each of its checks.
    pub timeout: Option<Duration>,
    /// Variables for its commands.
    pub env: BTreeMap<String, String>,
    /// Why it is skipped.
    pub skip: Option<String>,
    /// How often its checks are tried again.
    pub retries: Retries,
    /// What it means for one of its checks that it left processes running.
    pub leftovers: Option<Leftovers>,
    /// Globs of the files on which the results of its checks depend.
    pub inputs: Option<Vec<String>>,
    /// The sandbox of its commands, as each place says it, the weakest first.
    pub sandbox: Vec<SandboxConfig>,
    /// What each of its checks needs for itself.
    pub wants: Wants,
}

/// How much memory commands may be expected to need together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemLimit {
    /// As much as is free when the run begins.
    Auto,
    /// So many bytes.
    Bytes(u64),
}

/// What is said of what a check needs for itself while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Shares of resources.
    pub uses: Option<Vec<Use>>,
    /// Job slots.
    pub weight: Option<usize>,
    /// Whether it changes the working tree, and so runs alone in it.
    pub writes: Option<bool>,
    /// What carries it to another machine.
    pub launcher: Option<Named>,
    /// What it needs of the machine that it is carried to.
    pub demand: Demand,
}

impl Wants {
    /// What is said here, and of what is not said here what is said elsewhere.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            uses: self.uses.or(other.uses),
            weight: self.weight.or(other.weight),
            writes: self.writes.or(other.writes),
            launcher: self.launcher.or(other.launcher),
            demand: self.demand.or(other.demand),
        }
    }
}

/// How much of a run is given up with a check that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The rest of the stage.
    Stage,
    /// The rest of the plan.
    Plan,
    /// The rest of the run.
    Run,
}

impl Scope {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Stage, Self::Plan, Self::Run];

    /// One stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Plan => "plan",
            Self::Run => "run",
        }
    }
}

/// Which checks of a plan are run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunScope {
    /// All.
    #[default]
    All,
    /// Those that the plan says are done.
    Claimed,
}

impl RunScope {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::All, Self::Claimed];

    /// One stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Claimed => "claimed",
        }
    }
}

/// Where a value comes from, the weakest place first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// The configuration file.
    File,
    /// The plan's front matter.
    FrontMatter,
    /// The command line.
    CommandLine,
}

/// Where a configuration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of its own: every key is ours.
    File,
    /// A plan's front matter: only the key `plan-run` is ours, and `plans`, `jobs` are not allowed below it.
    FrontMatter,
}
