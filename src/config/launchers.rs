//! What carries commands to other machines: launchers, each a preset or command lines of the user's own.
//!
//! Must not know how a command is wrapped or what becomes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::model::Named;
use super::parse_size;
use super::read::{Scalar, Takes, Walk};
use super::template::{Slot, Word};
use super::yaml::{Node, What};
use crate::diagnostic::{Diagnostics, codes};
use crate::source::Span;

/// The name that stands for no launcher: the command runs here.
pub const LOCAL: &str = "local";

/// How often a command is launched again of which the launcher has lost track, where nothing else is said.
const RETRIES: usize = 2;

/// How long a command may wait for its turn where nothing else is said.
const START_WITHIN: Duration = Duration::from_secs(60 * 60);

const KEYS: &[&str] = &[
    "args", "cancel", "guard", "hosts", "jobs", "passes_env", "preset", "quoting", "retries", "root", "run",
    "start_within",
];
const DEMAND_KEYS: &[&str] = &["cpus", "gpus", "mem"];

/// How the command gets into the words of a launcher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// As words of its own, which the launcher hands on as they are.
    #[default]
    Argv,
    /// As one text for a shell, which the launcher gives all its words to, joined by blanks.
    String,
    /// As words of its own in which no shell finds anything to change: for launchers that quote by rules of their own.
    Encoded,
}

impl Quoting {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Argv, Self::String, Self::Encoded];

    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Argv => "argv",
            Self::String => "string",
            Self::Encoded => "encoded",
        }
    }
}

/// What carries commands to other machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launcher {
    /// Its name.
    pub name: String,
    /// The command line that runs a command and waits for its end.
    pub run: Vec<Word>,
    /// The command line that ends a command.
    pub cancel: Option<Vec<Word>>,
    /// How the command gets into `run`.
    pub quoting: Quoting,
    /// Whether the command is ended on the other machine when the input of the client ends.
    pub guard: bool,
    /// Whether the launcher hands the client's variables on, so that they need not stand in the command line.
    pub passes_env: bool,
    /// What stands in the place of `{args}`.
    pub args: Vec<String>,
    /// What stands in the place of `{host}`, in turn.
    pub hosts: Vec<String>,
    /// What the root is called on the other machines, where it is another path.
    pub root: Option<String>,
    /// How many commands may be on their way at a time.
    pub jobs: Option<usize>,
    /// How often a command is launched again of which the launcher has lost track.
    pub retries: usize,
    /// How long a command may wait for its turn.
    pub start_within: Duration,
}

impl Launcher {
    /// All that says what is run by it, and where; two launchers that differ in this differ here.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let mut texts = vec![self.name.clone(), self.quoting.word().to_owned()];
        for list in [&self.args, &self.hosts] {
            texts.push(list.len().to_string());
            texts.extend(list.iter().cloned());
        }
        for words in [&self.run, self.cancel.as_ref().unwrap_or(&Vec::new())] {
            texts.push(words.len().to_string());
            texts.extend(words.iter().map(Word::to_string));
        }
        texts.extend(self.root.clone());
        texts
    }
}

/// What commands need of the machine that they run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Demand {
    /// Processors.
    pub cpus: Option<usize>,
    /// Memory, in bytes.
    pub mem: Option<u64>,
    /// Graphics processors.
    pub gpus: Option<usize>,
}

impl Demand {
    /// What is said here, and of what is not said here what is said elsewhere.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { cpus: self.cpus.or(other.cpus), mem: self.mem.or(other.mem), gpus: self.gpus.or(other.gpus) }
    }

    /// Of each the most that one of both needs.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        Self { cpus: self.cpus.max(other.cpus), mem: self.mem.max(other.mem), gpus: self.gpus.max(other.gpus) }
    }

    /// Reads one of its values by its key; `None` for a key that is not known.
    ///
    /// # Errors
    /// What is wrong with the value, in words that follow "is".
    pub fn value(key: &str, text: &str) -> Option<Result<Self, String>> {
        let count = || {
            let count = text.trim().parse().ok().filter(|&count: &usize| count >= 1);
            count.ok_or_else(|| "not a whole number of at least 1".to_owned())
        };
        match key {
            "cpus" => Some(count().map(|cpus| Self { cpus: Some(cpus), ..Self::default() })),
            "gpus" => Some(count().map(|gpus| Self { gpus: Some(gpus), ..Self::default() })),
            "mem" => Some(match parse_size(text) {
                Ok(0) => Err("zero; write a size such as `512M` or `8G`".to_owned()),
                Ok(mem) => Ok(Self { mem: Some(mem), ..Self::default() }),
                Err(problem) => Err(problem),
            }),
            _ => None,
        }
    }
}

impl std::fmt::Display for Demand {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = Vec::new();
        words.extend(self.cpus.map(|cpus| format!("cpus={cpus}")));
        words.extend(self.mem.map(|mem| format!("mem={}M", mem.div_ceil(1 << 20))));
        words.extend(self.gpus.map(|gpus| format!("gpus={gpus}")));
        out.write_str(&words.join(" "))
    }
}

/// A launcher that is known by name.
struct Preset {
    name: &'static str,
    run: &'static [&'static str],
    cancel: &'static [&'static str],
    quoting: Quoting,
    guard: bool,
    passes_env: bool,
}

/// Asks the step of a name to end, within the allocation that plan-run itself runs in. What does not do so is killed with
/// its client.
const CANCEL_STEP: &str = "squeue --noheader --steps --job=\"$SLURM_JOB_ID\" --format='%i %j' | \
                           while read -r step name; do [ \"$name\" != \"$1\" ] || scancel --quiet --signal=TERM \"$step\"; done";

const PRESETS: &[Preset] = &[
    Preset {
        name: "slurm",
        run: &[
            "srun", "--quiet", "--input=none", "--chdir=/", "--nodes=1", "--ntasks=1", "--job-name={id}",
            "--cpus-per-task={cpus}", "--mem={mem}", "--gpus={gpus}", "{args}", "{command}",
        ],
        cancel: &["scancel", "--quiet", "--name={id}"],
        quoting: Quoting::Argv,
        guard: false,
        passes_env: true,
    },
    Preset {
        name: "slurm-alloc",
        run: &[
            "srun", "--quiet", "--input=none", "--chdir=/", "--exact", "--nodes=1", "--ntasks=1", "--job-name={id}",
            "--cpus-per-task={cpus}", "--mem={mem}", "--gpus={gpus}", "{args}", "{command}",
        ],
        cancel: &["sh", "-c", CANCEL_STEP, "sh", "{id}"],
        quoting: Quoting::Argv,
        guard: false,
        passes_env: true,
    },
    Preset {
        name: "ssh",
        run: &[
            "ssh", "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3", "-o",
            "ControlMaster=auto", "-o", "ControlPersist=60", "-o", "ControlPath=/tmp/{run}-%C", "{args}", "{host}",
            "{command}",
        ],
        cancel: &[],
        quoting: Quoting::String,
        guard: true,
        passes_env: false,
    },
    Preset {
        name: "kubectl",
        run: &["kubectl", "exec", "--stdin", "--quiet", "{args}", "{host}", "--", "{command}"],
        cancel: &[],
        quoting: Quoting::Argv,
        guard: true,
        passes_env: false,
    },
    Preset {
        name: "ray",
        run: &[
            "ray", "job", "submit", "--submission-id={id}", "--entrypoint-num-cpus={cpus}",
            "--entrypoint-memory={mem_bytes}", "--entrypoint-num-gpus={gpus}", "{args}", "--", "{command}",
        ],
        cancel: &["ray", "job", "stop", "{id}"],
        quoting: Quoting::Encoded,
        guard: false,
        passes_env: false,
    },
];

fn words(texts: &[&str]) -> Vec<Word> {
    texts.iter().map(|text| Word::parse(text).expect("a preset is written correctly")).collect()
}

/// The names of the launchers of some configurations.
pub fn launcher_names<'a>(launchers: impl IntoIterator<Item = &'a BTreeMap<String, Launcher>>) -> Vec<&'a str> {
    launchers.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// Tells of a launcher that there is not.
pub fn check_launcher(named: &Named, known: &[&str], diagnostics: &mut Diagnostics) {
    if named.name != LOCAL && !known.contains(&named.name.as_str()) {
        diagnostics.push(codes::unknown_launcher(&named.source, named.span, &named.name, LOCAL, known));
    }
}

impl Walk<'_> {
    /// The launcher that is named.
    pub(super) fn launcher(&mut self, node: &Node, at: Span) -> Option<Named> {
        let scalar = self.scalar(node, at, "launcher", Takes::Text, "the name of a launcher, or `local`")?;
        Some(self.named(&scalar))
    }

    /// What commands need of the machine: `{cpus: 4, mem: 8G, gpus: 1}`.
    pub(super) fn demand(&mut self, node: &Node, at: Span) -> Demand {
        let mut demand = Demand::default();
        for (key, span, value) in self.entries(node, at, "resources") {
            let name = format!("resources.{key}");
            if !DEMAND_KEYS.contains(&key) {
                self.diagnostics.push(codes::unknown_demand(self.source, span, key, DEMAND_KEYS));
                continue;
            }
            let expected = if key == "mem" { "a size such as `8G`" } else { "a whole number of at least 1" };
            let Some(scalar) = self.scalar(value, span, &name, Takes::TextOrNumber, expected) else { continue };
            match Demand::value(key, scalar.text) {
                Some(Ok(said)) => demand = said.or(demand),
                Some(Err(problem)) => self.bad_value(&scalar, &name, &problem),
                None => {}
            }
        }
        demand
    }

    /// All launchers, by name.
    pub(super) fn launchers(&mut self, node: &Node, at: Span) -> BTreeMap<String, Launcher> {
        let mut launchers = BTreeMap::new();
        for (name, span, value) in self.entries(node, at, "launchers") {
            let scalar = Scalar { text: name, span };
            if name == LOCAL {
                self.bad_value(&scalar, "launchers", "the name for commands that run here; choose another one");
            } else if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
                self.bad_value(&scalar, "launchers", "not a name; write one word");
            } else if let Some(launcher) = self.one_launcher(value, &scalar) {
                launchers.insert(name.to_owned(), launcher);
            }
        }
        launchers
    }

    fn one_launcher(&mut self, node: &Node, name: &Scalar<'_>) -> Option<Launcher> {
        let errors = self.diagnostics.all().len();
        let mut launcher = Launcher {
            name: name.text.to_owned(),
            run: Vec::new(),
            cancel: None,
            quoting: Quoting::default(),
            guard: false,
            passes_env: false,
            args: Vec::new(),
            hosts: Vec::new(),
            root: None,
            jobs: None,
            retries: RETRIES,
            start_within: START_WITHIN,
        };
        let entries = self.entries(node, name.span, &format!("launchers.{}", name.text));
        // Whatever is said beside a preset outranks it, wherever it stands.
        if let Some(&(_, span, value)) = entries.iter().find(|(key, _, _)| *key == "preset") {
            self.preset(value, span, &mut launcher);
        }
        let mut run_at = name.span;
        for (key, span, value) in entries {
            match key {
                "preset" => {}
                "run" => (launcher.run, run_at) = (self.template(value, span, key), span),
                "cancel" => launcher.cancel = Some(self.template(value, span, key)).filter(|words| !words.is_empty()),
                "quoting" => launcher.quoting = self.quoting(value, span).unwrap_or_default(),
                "guard" => launcher.guard = self.truth(value, span, key).unwrap_or_default(),
                "passes_env" => launcher.passes_env = self.truth(value, span, key).unwrap_or_default(),
                "args" => launcher.args = self.plain_words(value, span, key),
                "hosts" => launcher.hosts = self.plain_words(value, span, key),
                "root" => launcher.root = self.remote_root(value, span),
                "jobs" => launcher.jobs = self.count(value, span, key),
                "retries" => launcher.retries = self.retry_count(value, span, key).unwrap_or_default(),
                "start_within" => {
                    launcher.start_within = self.timeout(value, span, key).unwrap_or(START_WITHIN);
                }
                _ => {
                    let whose = "a launcher";
                    self.diagnostics.push(codes::config_unknown_key(self.source, span, key, whose, KEYS));
                }
            }
        }
        if self.diagnostics.all().len() > errors {
            return None;
        }
        match problem(&launcher) {
            None => Some(launcher),
            Some((what, help)) => {
                self.diagnostics.push(codes::bad_launcher(self.source, run_at, name.text, what, help));
                None
            }
        }
    }

    fn preset(&mut self, node: &Node, at: Span, launcher: &mut Launcher) {
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        let expected = format!("one of {}", names.join(", "));
        let Some(scalar) = self.scalar(node, at, "preset", Takes::Text, &expected) else { return };
        let Some(preset) = PRESETS.iter().find(|preset| preset.name == scalar.text) else {
            let near = crate::text::nearest(scalar.text, names.iter().copied());
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.bad_value(&scalar, "preset", &format!("not {expected}{near}"));
            return;
        };
        launcher.run = words(preset.run);
        launcher.cancel = Some(words(preset.cancel)).filter(|words| !words.is_empty());
        launcher.quoting = preset.quoting;
        launcher.guard = preset.guard;
        launcher.passes_env = preset.passes_env;
    }

    fn quoting(&mut self, node: &Node, at: Span) -> Option<Quoting> {
        let expected = "one of argv, string, encoded";
        let scalar = self.scalar(node, at, "quoting", Takes::Text, expected)?;
        let quoting = Quoting::ALL.into_iter().find(|quoting| quoting.word() == scalar.text);
        if quoting.is_none() {
            self.bad_value(&scalar, "quoting", &format!("not {expected}"));
        }
        quoting
    }

    /// A command line as a list of words with places.
    fn template(&mut self, node: &Node, at: Span, key: &str) -> Vec<Word> {
        let expected = "a list of words, such as `[ssh, host, \"{command}\"]`";
        let What::List(_) = &node.what else {
            self.wrong_type(node, at, key, expected);
            return Vec::new();
        };
        let scalars = self.scalars(node, at, key, Takes::Any, expected, "a word");
        let mut words = Vec::with_capacity(scalars.len());
        for scalar in scalars {
            match Word::parse(scalar.text) {
                Ok(word) => words.push(word),
                Err(problem) => self.bad_value(&scalar, key, &problem),
            }
        }
        words
    }

    fn plain_words(&mut self, node: &Node, at: Span, key: &str) -> Vec<String> {
        let scalars = self.scalars(node, at, key, Takes::Any, "a word or a list of words", "a word");
        let mut words = Vec::with_capacity(scalars.len());
        for scalar in scalars {
            // ssh would take it for an option, and options can run commands.
            if key == "hosts" && (scalar.text.is_empty() || scalar.text.starts_with('-')) {
                self.bad_value(&scalar, key, "not the name of a host");
            } else {
                words.push(scalar.text.to_owned());
            }
        }
        words
    }

    fn remote_root(&mut self, node: &Node, at: Span) -> Option<String> {
        let scalar = self.scalar(node, at, "root", Takes::Text, "an absolute path on the other machines")?;
        if !scalar.text.starts_with('/') {
            self.bad_value(&scalar, "root", "not an absolute path; name the directory on the other machines");
            return None;
        }
        Some(scalar.text.to_owned())
    }
}

/// What is wrong with a launcher as a whole, and how to mend it.
fn problem(launcher: &Launcher) -> Option<(&'static str, &'static str)> {
    let run = &launcher.run;
    let count = |slot| run.iter().filter(|word| word.has(slot)).count();
    let cancel = || launcher.cancel.iter().flatten();
    if run.is_empty() {
        return Some((
            "does not say how it runs a command",
            "name a `preset`, or write `run: [PROGRAM, \"{command}\"]`",
        ));
    }
    if count(Slot::Command) != 1 {
        let what = if count(Slot::Command) == 0 { "has no place for the command" } else { "runs the command twice" };
        return Some((what, "write `\"{command}\"` as one word of `run`"));
    }
    if launcher.quoting != Quoting::String && !run.iter().any(|word| word.is(Slot::Command)) {
        let help = "write `\"{command}\"` as a word by itself, or say `quoting: string` if a shell reads the word";
        return Some(("has the command within another word, though it becomes several words", help));
    }
    if launcher.guard && launcher.quoting == Quoting::Encoded {
        let help = "say `guard: false`, and how a command is ended by `cancel`";
        return Some(("cannot guard a command by its input, by which the command itself comes", help));
    }
    if cancel().any(|word| word.has(Slot::Command)) {
        return Some(("runs the command again in order to cancel it", "name what is to be cancelled by `{id}`"));
    }
    let wants_host = run.iter().chain(cancel()).any(|word| word.has(Slot::Host));
    if wants_host && launcher.hosts.is_empty() {
        return Some(("does not say on which hosts commands run", "add `hosts: [NAME, NAME]`"));
    }
    if !wants_host && !launcher.hosts.is_empty() {
        return Some(("has hosts and no place for them", "write `{host}` where the host belongs"));
    }
    if !launcher.args.is_empty() && count(Slot::Args) == 0 {
        return Some(("has `args` and no place for them", "write them into `run`, or `\"{args}\"` where they belong"));
    }
    None
}
