//! Stages, checks and scripts of one plan, indexed by ids.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::claims::is_claimed;
use crate::config::{Demand, LOCAL, Launcher, Leftovers, Retries, Sandbox, SandboxConfig, SandboxMode};
use crate::dialect::{Directed, Ticked};
use crate::source::{Source, Span};

/// Index of a stage in [`Plan::stages`], which is in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId(pub u32);

/// Index of a check in [`Plan::checks`], which is in document order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckId(pub u32);

/// Index of a script in [`Plan::scripts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScriptId(pub u32);

/// A plan, ready to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The file; its name is the path to show, relative to the root where it lies below it.
    pub source: Arc<Source>,
    /// The plan's title, or its file name where it has none.
    pub title: String,
    /// Which dialect it was read as.
    pub dialect: &'static str,
    /// The stages in document order.
    pub stages: Vec<Stage>,
    /// The checks, stage by stage.
    pub checks: Vec<Check>,
    /// Blocks whose commands share one shell.
    pub scripts: Vec<Script>,
    /// What the author said to plan-run about single checks.
    pub directed: Vec<Directed>,
    /// The boxes that its author ticks, in document order, an outer item's before those inside it.
    pub boxes: Vec<Ticked>,
}

/// The unit of the dependency graph and of the reports.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The name that users type and reports show: `2`, `1.5`, `T012`, `A.3`, `testing-plan`. Unique in a plan.
    pub label: String,
    /// The heading's words.
    pub title: String,
    /// The heading, or whatever the stage starts with.
    pub span: Span,
    /// Line of `span`, counted from 1.
    pub line: u32,
    /// What must hold before this stage starts, in document order of the stages.
    pub needs: Vec<Need>,
    /// Where the needs come from.
    pub needs_source: NeedSource,
    /// The checks in document order.
    pub checks: Vec<CheckId>,
    /// Limit for each check, from the configuration.
    pub timeout: Option<Duration>,
    /// How often its checks are tried again, from the configuration.
    pub retries: Retries,
    /// What it means for one of its checks that it left processes running, from the configuration.
    pub leftovers: Option<Leftovers>,
    /// Environment from the configuration.
    pub env: BTreeMap<String, String>,
    /// What the configuration and the plan say of the sandbox of its commands.
    pub sandbox: Vec<SandboxConfig>,
    /// Why the configuration says to skip the stage.
    pub skip: Option<String>,
    /// Globs of the files on which the results of its checks depend, from the configuration.
    pub inputs: Option<Vec<String>>,
    /// The box of the item that the stage is, if it is one.
    pub tick: Option<Tick>,
    /// Whether the plan says that the stage is done: by its own box, in its heading or one around it, or, where it has no
    /// box of its own, by all the boxes in it.
    pub claimed: bool,
}

/// One edge of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The stage that must hold first.
    pub stage: StageId,
    /// The words of the plan that say so; `None` for a default order.
    pub span: Option<Span>,
}

/// Where a stage's needs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedSource {
    /// The configuration or the front matter.
    Configured,
    /// The plan's words or diagrams.
    Declared,
    /// The dialect's own order.
    Default,
    /// Nothing: the stage starts at once.
    None,
}

impl NeedSource {
    /// The word of the interchange form.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Declared => "declared",
            Self::Default => "default",
            Self::None => "none",
        }
    }
}

/// What a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Runs as written.
    Command,
    /// Must fail at the point of the plan where it stands; runs only when asked for.
    Red,
    /// A person must do or judge it.
    Manual,
}

impl Kind {
    /// The word of the interchange form.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Red => "red",
            Self::Manual => "manual",
        }
    }
}

/// One thing that a stage's validation asks for.
#[derive(Clone, Debug)]
pub struct Check {
    /// The stage's label, a dot and a number: `2.1`. Unique in a plan.
    pub label: String,
    /// The stage it belongs to.
    pub stage: StageId,
    /// What it is.
    pub kind: Kind,
    /// The command, or the item for a manual check.
    pub span: Span,
    /// Line of `span`, counted from 1.
    pub line: u32,
    /// The command's text, several lines where it has continuations. `None` for prose.
    pub command: Option<String>,
    /// Directory to run in, relative to the root.
    pub cwd: Option<String>,
    /// Why the command should not run without approval.
    pub risk: Option<String>,
    /// What the command does at a terminal, where it needs one: with `it` as its subject.
    pub terminal: Option<&'static str>,
    /// What the plan expects of it.
    pub expect: Option<Expect>,
    /// The words of the plan around it, as one line of Markdown.
    pub text: String,
    /// The script whose shell the command shares.
    pub script: Option<ScriptId>,
    /// Which rule of the reader decided on the kind.
    pub rule: &'static str,
    /// The heading or label that asks for proof there.
    pub because: Option<Span>,
    /// Whether it only sets the scene for the commands after it: a directory, a variable. It must succeed whatever they do.
    pub scene: bool,
    /// Whether it changes the working tree or shared state, though without risk: it should not run beside others.
    pub writes: bool,
    /// Shares of named resources that it holds while it runs.
    pub uses: BTreeMap<String, usize>,
    /// How many job slots it takes; at least 1, and no more than there are.
    pub weight: usize,
    /// The launcher that carries it to another machine, or the name for none; `None` where nothing is said of this check.
    pub launcher: Option<String>,
    /// What it needs of the machine that it is carried to.
    pub demand: Demand,
    /// How many processes its command says that it runs side by side (`make -j4`); `usize::MAX` for as many as there
    /// can be.
    pub jobs: Option<usize>,
    /// Limit for this check alone.
    pub timeout: Option<Duration>,
    /// How often this check alone is tried again.
    pub retries: Option<usize>,
    /// What it means for this check alone that it left processes running.
    pub leftovers: Option<Leftovers>,
    /// The box of the item that it stands in, if it has one.
    pub tick: Option<Tick>,
}

impl Check {
    /// Why the command is held back, if it is. That it needs a terminal comes first: nobody's approval gives it one.
    #[must_use]
    pub fn held_back(&self) -> Option<String> {
        let risk = self.risk.as_ref().filter(|_| self.kind != Kind::Manual);
        match (self.terminal, risk) {
            (Some(why), None) => Some(format!("it needs a terminal: {why}")),
            (Some(why), Some(risk)) => Some(format!("it needs a terminal: {why}; {risk}")),
            (None, risk) => risk.cloned(),
        }
    }
}

/// A box that an author ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The three bytes `[ ]`.
    pub span: Span,
    /// Whether it is ticked.
    pub done: bool,
}

/// What a plan expects of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The plan's words.
    pub words: String,
    /// What the exit status must be.
    pub status: StatusRule,
    /// What the output must be.
    pub output: Option<OutputRule>,
}

/// What an exit status must be for a check to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusRule {
    /// 0.
    #[default]
    Zero,
    /// Anything but 0.
    NonZero,
    /// Just this.
    Exactly(i32),
    /// Whatever it is: the command only reports.
    Any,
}

/// What an output must be for a check to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputRule {
    /// Contains this text.
    Contains(String),
    /// Has nothing but white space.
    Empty,
}

/// A block whose commands run in one shell, because some of them set the scene for others.
#[derive(Clone, Debug)]
pub struct Script {
    /// The checks in order; all belong to one stage.
    pub checks: Vec<CheckId>,
}

impl Plan {
    /// Whether the plan says that a check is done: by its own box, or with its stage.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn claims(&self, id: CheckId) -> bool {
        let check = self.check(id);
        is_claimed(check.tick.map(|tick| tick.done), self.stage(check.stage).claimed)
    }

    /// The stage of an id.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn stage(&self, id: StageId) -> &Stage {
        &self.stages[id.0 as usize]
    }

    /// The check of an id.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn check(&self, id: CheckId) -> &Check {
        &self.checks[id.0 as usize]
    }

    /// The script of an id.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn script(&self, id: ScriptId) -> &Script {
        &self.scripts[id.0 as usize]
    }

    /// All stage ids in document order.
    pub fn stage_ids(&self) -> impl Iterator<Item = StageId> + use<> {
        (0..u32::try_from(self.stages.len()).unwrap_or(u32::MAX)).map(StageId)
    }
}

/// Whose limit of time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitOf {
    /// The check's own.
    Check,
    /// Its stage's.
    Stage,
    /// Its plan's.
    Plan,
    /// That of the configuration, for all plans.
    Configuration,
    /// That of the command line.
    Call,
    /// The one that holds where nobody set any.
    Default,
    /// That of the run as a whole.
    Run,
}

impl LimitOf {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Check, Self::Stage, Self::Plan, Self::Configuration, Self::Call, Self::Default, Self::Run];

    /// One stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Stage => "stage",
            Self::Plan => "plan",
            Self::Configuration => "configuration",
            Self::Call => "call",
            Self::Default => "default",
            Self::Run => "run",
        }
    }
}

/// A limit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How long.
    pub time: Duration,
    /// Who set it.
    pub of: LimitOf,
}

/// How the commands of a plan are run, from all configuration that applies to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The directory in which commands run and to which their `cwd` is relative. Absolute.
    pub root: PathBuf,
    /// Limit for each check whose stage has none of its own.
    pub timeout: Limit,
    /// How often checks are tried again of which nothing else is said.
    pub retries: Retries,
    /// What it means for checks of which nothing else is said that they left processes running.
    pub leftovers: Leftovers,
    /// Variables added to the environment.
    pub env: BTreeMap<String, String>,
    /// The shell, if the user named one: program and arguments, to which `-c` and the script are added.
    pub shell: Option<Vec<String>>,
    /// How much there is of each named resource.
    pub resources: BTreeMap<String, usize>,
    /// What carries commands to other machines, by name.
    pub launchers: BTreeMap<String, Arc<Launcher>>,
    /// The launcher of commands of which nothing else is said, or the name for none.
    pub launcher: Option<String>,
    /// The sandbox of its commands.
    pub sandbox: SandboxSetup,
}

/// What is said of the sandbox of a plan's commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxSetup {
    /// What the command line says.
    pub call: Option<SandboxMode>,
    /// What the configuration and the plan say, the weakest first.
    pub layers: Vec<SandboxConfig>,
}

impl SandboxSetup {
    /// The sandbox of a stage's commands; `None` where they run without one.
    #[must_use]
    pub fn of(&self, stage: &Stage) -> Option<Sandbox> {
        if self.call.is_none() && self.layers.is_empty() && stage.sandbox.is_empty() {
            return None;
        }
        Sandbox::of(self.call, self.layers.iter().chain(&stage.sandbox))
    }
}

impl Setup {
    /// The sandbox of a stage's commands; `None` where they run without one.
    #[must_use]
    pub fn sandbox(&self, stage: &Stage) -> Option<Sandbox> {
        self.sandbox.of(stage)
    }

    /// The launcher of a name; `None` for the name of none.
    #[must_use]
    pub fn launcher(&self, own: Option<&str>) -> Option<&Arc<Launcher>> {
        let name = own.or(self.launcher.as_deref()).filter(|name| *name != LOCAL)?;
        self.launchers.get(name)
    }

    /// The same with more variables, of which those that it has already are not changed.
    #[must_use]
    pub fn with_weaker(self, mut variables: BTreeMap<String, String>) -> Self {
        variables.extend(self.env);
        Self { env: variables, ..self }
    }
}
