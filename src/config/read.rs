//! From YAML to a [`Config`]: which keys there are, what each may hold, and what is said when it does not.
//!
//! Goes on after every problem that leaves the rest readable, so that all of them are told at once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::yaml::{self, Key, Node, What};
use super::{
    Config, FILE_NAME, MAX_BYTES, Named, Place, RunScope, Scope, StageConfig, check_launcher, check_uses,
    launcher_names, parse_timeout, shell_words,
};
use crate::diagnostic::{Diagnostics, codes};
use crate::source::{Source, Span};

/// The key of a plan's front matter below which its configuration stands.
const FRONT_MATTER_KEY: &str = "plan-run";

const FILE_KEYS: &[&str] = &[
    "cache", "env", "env_file", "fail_fast", "flaky_fails", "jobs", "launcher", "launchers", "leftovers", "lint",
    "mask", "max_capture", "max_fail", "mem_limit", "plans", "prove", "quarantine", "resources", "retries", "root",
    "run_timeout", "runs", "sandbox", "scope", "shell", "slow", "stages", "strict_claims", "timeout",
];
const RUN_KEYS: &[&str] = &[
    "cache", "fail_fast", "flaky_fails", "jobs", "launchers", "mask", "max_capture", "max_fail", "mem_limit", "plans",
    "quarantine", "resources", "run_timeout", "runs", "slow", "strict_claims",
];
const RUNS_KEYS: &[&str] = &["keep"];
const FRONT_MATTER_KEYS: &[&str] = &[
    "checks", "env", "env_file", "launcher", "leftovers", "lint", "prove", "retries", "root", "sandbox", "scope",
    "shell", "stages", "timeout",
];
const STAGE_KEYS: &[&str] = &[
    "env", "inputs", "launcher", "leftovers", "needs", "resources", "retries", "sandbox", "skip", "timeout", "uses",
    "weight", "writes",
];

/// Reads a configuration. What is wrong in it becomes diagnostics with the nearest right name.
///
/// Front matter that does not have the key `plan-run` is not ours and not looked at any further.
#[must_use]
pub fn parse(source: &Arc<Source>, body: Span, place: Place, diagnostics: &mut Diagnostics) -> Config {
    let text = source.slice(body);
    let start = body.start as usize;
    let first_line = first_line(text, start);
    let (only, whole) = match place {
        Place::File => (None, first_line),
        Place::FrontMatter => match our_key(text, start) {
            Some(span) => (Some(FRONT_MATTER_KEY), span),
            None => return Config::default(),
        },
    };
    if text.len() > MAX_BYTES {
        diagnostics.push(codes::config_too_large(source, first_line, MAX_BYTES));
        return Config::default();
    }
    let nodes = match yaml::read(text, only) {
        Ok(nodes) => nodes,
        Err(malformed) => {
            let at = start + malformed.at;
            let line_end = text[malformed.at..].find('\n').map_or(text.len(), |length| malformed.at + length);
            let end = start + text[..line_end].trim_end().len();
            diagnostics.push(codes::config_syntax(source, Span::new(at.min(end), end), &malformed.message));
            return Config::default();
        }
    };
    let mut walk = Walk { source, start, place, diagnostics };
    if let Some(again) = nodes.get(1) {
        let second = walk.span(again.place.as_ref(), whole);
        walk.diagnostics.push(codes::config_duplicate_key(source, whole, second, FRONT_MATTER_KEY));
    }
    nodes.first().map(|node| walk.config(node, whole)).unwrap_or_default()
}

/// The first line that says something.
fn first_line(text: &str, start: usize) -> Span {
    let skipped = text.len() - text.trim_start().len();
    let line = text[skipped..].lines().next().unwrap_or("").trim_end();
    Span::new(start + skipped, start + skipped + line.len())
}

/// Where front matter has the key that is ours, if it has it.
fn our_key(text: &str, start: usize) -> Option<Span> {
    let mut at = start;
    for line in text.split_inclusive('\n') {
        // An indented key belongs to another one.
        let bare = line.strip_prefix(['"', '\'']).unwrap_or(line);
        if let Some(rest) = bare.strip_prefix(FRONT_MATTER_KEY)
            && rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':')
        {
            let key = at + line.len() - bare.len();
            return Some(Span::new(key, key + FRONT_MATTER_KEY.len()));
        }
        at += line.len();
    }
    // A map in braces may have our key anywhere.
    (text.trim_start().starts_with('{') && text.contains(FRONT_MATTER_KEY)).then(|| first_line(text, start))
}

/// What a value is, as a noun phrase.
fn noun(what: &What) -> &'static str {
    match what {
        What::Nothing => "nothing",
        What::Truth(_) => "a truth value",
        What::Number(_) => "a number",
        What::Text(_) => "a text",
        What::List(_) => "a list",
        What::Map(_) => "a map",
    }
}

/// Which scalars a place takes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Text,
    TextOrNumber,
    Any,
}

/// A scalar with its place.
pub(super) struct Scalar<'n> {
    pub(super) text: &'n str,
    pub(super) span: Span,
}

pub(super) struct Walk<'a> {
    pub(super) source: &'a Arc<Source>,
    start: usize,
    pub(super) place: Place,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Walk<'_> {
    /// A place of the YAML text as one of the file.
    pub(super) fn span(&self, place: Option<&Range<usize>>, otherwise: Span) -> Span {
        place.map_or(otherwise, |range| Span::new(self.start + range.start, self.start + range.end))
    }

    pub(super) fn named(&self, scalar: &Scalar<'_>) -> Named {
        Named { name: scalar.text.to_owned(), span: scalar.span, source: Arc::clone(self.source) }
    }

    fn config(&mut self, node: &Node, at: Span) -> Config {
        let (name, keys) = match self.place {
            Place::File => ("the configuration", FILE_KEYS),
            Place::FrontMatter => (FRONT_MATTER_KEY, FRONT_MATTER_KEYS),
        };
        let mut config = Config::default();
        for (key, span, value) in self.entries(node, at, name) {
            match key {
                _ if self.place == Place::FrontMatter && RUN_KEYS.contains(&key) => {
                    self.diagnostics.push(codes::config_misplaced_key(self.source, span, key, FILE_NAME));
                }
                "checks" if self.place == Place::File => {
                    self.diagnostics.push(codes::config_plan_key(self.source, span, key));
                }
                "checks" => config.lines = self.lines(value, span),
                "plans" => config.plans = self.plans(value, span),
                "jobs" => config.jobs = self.jobs(value, span),
                "launcher" => config.launcher = self.launcher(value, span),
                "launchers" => config.launchers = self.launchers(value, span),
                "leftovers" => config.leftovers = self.leftovers(value, span),
                "lint" => config.lint = self.lint(value, span),
                "mask" => config.mask = self.mask(value, span),
                "mem_limit" => config.mem_limit = self.mem_limit(value, span),
                "resources" => config.resources = self.resources(value, span),
                "cache" => config.cache = self.cache(value, span),
                "prove" => config.prove = self.prove(value, span),
                "quarantine" => config.quarantine = self.quarantine(value, span),
                "runs" => config.keep_runs = self.runs(value, span),
                "timeout" => config.timeout = self.timeout(value, span, key),
                "run_timeout" => config.run_timeout = self.timeout(value, span, key),
                "fail_fast" => config.fail_fast = self.fail_fast(value, span),
                "retries" => config.retries = self.retries(value, span),
                "slow" => config.slow = self.wait(value, span, key),
                "scope" => config.scope = self.scope(value, span),
                "sandbox" => config.sandbox = self.sandbox(value, span),
                "strict_claims" => config.strict_claims = self.truth(value, span, key),
                "flaky_fails" => config.flaky_fails = self.truth(value, span, key),
                "max_fail" => config.max_fail = self.count(value, span, key),
                "env" => config.env = self.env(value, span),
                "env_file" => config.env_files = self.env_files(value, span),
                "max_capture" => config.max_capture = self.max_capture(value, span),
                "shell" => config.shell = self.shell(value, span),
                "root" => config.root = self.root(value, span),
                "stages" => config.stages = self.stages(value, span),
                _ => {
                    let whose = match self.place {
                        Place::File => "the configuration",
                        Place::FrontMatter => "a plan's `plan-run`",
                    };
                    self.diagnostics.push(codes::config_unknown_key(self.source, span, key, whose, keys));
                }
            }
        }
        if self.place == Place::File {
            // What plans say is looked at where it is known which file holds for them.
            let known = config.resources.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
            for (_, stage) in &config.stages {
                check_uses(stage.wants.uses.as_deref().unwrap_or_default(), &known, self.diagnostics);
            }
            let known = launcher_names([&config.launchers]);
            let named = config.stages.iter().filter_map(|(_, stage)| stage.wants.launcher.as_ref());
            named.chain(&config.launcher).for_each(|named| check_launcher(named, &known, self.diagnostics));
        }
        config
    }

    /// The entries of a map, each key once. An absent value counts as an empty map.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, at: Span, name: &str) -> Vec<(&'n str, Span, &'n Node)> {
        let entries: &[(Key, Node)] = match &node.what {
            What::Nothing => &[],
            What::Map(entries) => entries,
            other => {
                let span = self.span(node.place.as_ref(), at);
                self.diagnostics.push(codes::config_wrong_type(self.source, span, name, noun(other), "a map"));
                &[]
            }
        };
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut out = Vec::new();
        for (key, value) in entries {
            let span = self.span(key.place.as_ref(), at);
            match seen.get(key.text.as_str()) {
                Some(&first) => {
                    self.diagnostics.push(codes::config_duplicate_key(self.source, first, span, &key.text));
                }
                None => {
                    seen.insert(&key.text, span);
                    out.push((key.text.as_str(), span, value));
                }
            }
        }
        out
    }

    pub(super) fn wrong_type(&mut self, node: &Node, at: Span, key: &str, expected: &str) {
        let span = self.span(node.place.as_ref(), at);
        self.diagnostics.push(codes::config_wrong_type(self.source, span, key, noun(&node.what), expected));
    }

    pub(super) fn bad_value(&mut self, scalar: &Scalar<'_>, key: &str, problem: &str) {
        self.diagnostics.push(codes::config_bad_value(self.source, scalar.span, key, scalar.text, problem));
    }

    pub(super) fn scalar<'n>(
        &mut self,
        node: &'n Node,
        at: Span,
        key: &str,
        takes: Takes,
        expected: &str,
    ) -> Option<Scalar<'n>> {
        let text = match (&node.what, takes) {
            (What::Text(text), _)
            | (What::Number(text), Takes::TextOrNumber | Takes::Any)
            | (What::Truth(text), Takes::Any) => text,
            _ => {
                self.wrong_type(node, at, key, expected);
                return None;
            }
        };
        let scalar = Scalar { text, span: self.span(node.place.as_ref(), at) };
        if text.contains('\0') {
            self.bad_value(&scalar, key, "a text with a NUL byte");
            return None;
        }
        Some(scalar)
    }

    /// A list of scalars, or one scalar that stands for a list of itself.
    pub(super) fn scalars<'n>(
        &mut self,
        node: &'n Node,
        at: Span,
        key: &str,
        takes: Takes,
        expected: &str,
        each: &str,
    ) -> Vec<Scalar<'n>> {
        match &node.what {
            What::List(items) => {
                items.iter().filter_map(|item| self.scalar(item, at, &format!("{key}[]"), takes, each)).collect()
            }
            _ => self.scalar(node, at, key, takes, expected).into_iter().collect(),
        }
    }

    fn plans(&mut self, node: &Node, at: Span) -> Vec<String> {
        if matches!(node.what, What::Nothing) {
            return Vec::new();
        }
        let globs = self.scalars(node, at, "plans", Takes::Text, "a glob or a list of globs", "a glob");
        let mut plans = Vec::new();
        for glob in globs {
            if glob.text.trim().is_empty() {
                self.bad_value(&glob, "plans", "empty");
            } else if let Err(error) = globset::Glob::new(glob.text) {
                self.bad_value(&glob, "plans", &format!("not a glob: {}", error.kind()));
            } else {
                plans.push(glob.text.to_owned());
            }
        }
        plans
    }

    fn jobs(&mut self, node: &Node, at: Span) -> Option<usize> {
        self.count(node, at, "jobs")
    }

    pub(super) fn count(&mut self, node: &Node, at: Span, key: &str) -> Option<usize> {
        let expected = "a whole number of at least 1";
        let What::Number(text) = &node.what else {
            self.wrong_type(node, at, key, expected);
            return None;
        };
        match text.parse() {
            Ok(count) if count >= 1 => Some(count),
            _ => {
                let scalar = Scalar { text, span: self.span(node.place.as_ref(), at) };
                self.bad_value(&scalar, key, &format!("not {expected}"));
                None
            }
        }
    }

    fn runs(&mut self, node: &Node, at: Span) -> Option<usize> {
        let mut keep = None;
        for (key, span, value) in self.entries(node, at, "runs") {
            match key {
                "keep" => keep = self.count(value, span, "runs.keep"),
                _ => self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "`runs`", RUNS_KEYS)),
            }
        }
        keep
    }

    fn mask(&mut self, node: &Node, at: Span) -> Vec<String> {
        if matches!(node.what, What::Nothing) {
            return Vec::new();
        }
        let names = self.scalars(
            node,
            at,
            "mask",
            Takes::Text,
            "a name of a variable or a list of them",
            "a name of a variable",
        );
        names.into_iter().map(|name| name.text.to_owned()).collect()
    }

    pub(super) fn timeout(&mut self, node: &Node, at: Span, key: &str) -> Option<Duration> {
        let expected = "a duration such as `90s`, `10m` or `1h 30m`";
        let scalar = self.scalar(node, at, key, Takes::TextOrNumber, expected)?;
        match parse_timeout(scalar.text) {
            Ok(duration) => Some(duration),
            Err(problem) => {
                self.bad_value(&scalar, key, &problem);
                None
            }
        }
    }

    fn fail_fast(&mut self, node: &Node, at: Span) -> Option<Scope> {
        let expected = "one of stage, plan, run, false";
        let scalar = self.scalar(node, at, "fail_fast", Takes::Any, expected)?;
        let scope = Scope::ALL.into_iter().find(|scope| scope.word() == scalar.text);
        match (&node.what, scope) {
            (_, Some(scope)) => Some(scope),
            (What::Truth(_), None) => scalar.text.eq_ignore_ascii_case("true").then_some(Scope::Run),
            _ => {
                self.bad_value(&scalar, "fail_fast", &format!("not {expected}"));
                None
            }
        }
    }

    fn scope(&mut self, node: &Node, at: Span) -> Option<RunScope> {
        let expected = "one of all, claimed";
        let scalar = self.scalar(node, at, "scope", Takes::Text, expected)?;
        let scope = RunScope::ALL.into_iter().find(|scope| scope.word() == scalar.text);
        if scope.is_none() {
            self.bad_value(&scalar, "scope", &format!("not {expected}"));
        }
        scope
    }

    fn env(&mut self, node: &Node, at: Span) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        for (name, span, value) in self.entries(node, at, "env") {
            if name.is_empty() || name.contains(['=', '\0']) {
                self.bad_value(&Scalar { text: name, span }, "env", "not a name of a variable");
                continue;
            }
            let key = format!("env.{name}");
            if let Some(scalar) = self.scalar(value, span, &key, Takes::Any, "a text, a number or a truth value") {
                env.insert(name.to_owned(), scalar.text.to_owned());
            }
        }
        env
    }

    fn shell(&mut self, node: &Node, at: Span) -> Option<Vec<String>> {
        let expected = "a command line or a list of words";
        let words = match &node.what {
            What::List(items) => {
                let words: Vec<String> = items
                    .iter()
                    .filter_map(|item| self.scalar(item, at, "shell[]", Takes::Any, "a word"))
                    .map(|word| word.text.to_owned())
                    .collect();
                // A word that was refused has been told; the others without it would be another command.
                if words.len() < items.len() {
                    return None;
                }
                words
            }
            _ => {
                let scalar = self.scalar(node, at, "shell", Takes::Text, expected)?;
                match shell_words(scalar.text) {
                    Ok(words) => words,
                    Err(problem) => {
                        self.bad_value(&scalar, "shell", &format!("not a command line: it has {problem}"));
                        return None;
                    }
                }
            }
        };
        if words.first().is_none_or(String::is_empty) {
            let span = self.span(node.place.as_ref(), at);
            self.bad_value(&Scalar { text: "", span }, "shell", "empty; name a program, such as `bash`");
            return None;
        }
        Some(words)
    }

    fn root(&mut self, node: &Node, at: Span) -> Option<Named> {
        let scalar = self.scalar(node, at, "root", Takes::TextOrNumber, "a directory")?;
        if scalar.text.trim().is_empty() {
            self.bad_value(&scalar, "root", "empty; write `.` for the directory itself");
            return None;
        }
        Some(self.named(&scalar))
    }

    fn stages(&mut self, node: &Node, at: Span) -> Vec<(Named, StageConfig)> {
        let mut stages = Vec::new();
        for (label, span, value) in self.entries(node, at, "stages") {
            let label = Scalar { text: label, span };
            if label.text.rsplit('#').next().is_none_or(|name| name.trim().is_empty()) {
                self.bad_value(&label, "stages", "not the label of a stage");
                continue;
            }
            let stage = self.stage(value, &label);
            stages.push((self.named(&label), stage));
        }
        stages
    }

    fn stage(&mut self, node: &Node, label: &Scalar<'_>) -> StageConfig {
        let mut stage = StageConfig::default();
        for (key, span, value) in self.entries(node, label.span, &format!("stages.{}", label.text)) {
            match key {
                "needs" => stage.needs = self.needs(value, span),
                "timeout" => stage.timeout = self.timeout(value, span, key),
                "env" => stage.env = self.env(value, span),
                "retries" => stage.retries = self.retries(value, span),
                "leftovers" => stage.leftovers = self.leftovers(value, span),
                "sandbox" => stage.sandbox = self.sandbox(value, span).into_iter().collect(),
                "skip" => stage.skip = self.skip(value, span),
                "inputs" => stage.inputs = self.inputs(value, span, key),
                "uses" => stage.wants.uses = self.uses(value, span),
                "weight" => stage.wants.weight = self.count(value, span, "weight"),
                "launcher" => stage.wants.launcher = self.launcher(value, span),
                "resources" => stage.wants.demand = self.demand(value, span),
                "writes" => stage.wants.writes = self.truth(value, span, "writes"),
                _ => {
                    self.diagnostics.push(codes::config_unknown_key(self.source, span, key, "a stage", STAGE_KEYS));
                }
            }
        }
        stage
    }

    pub(super) fn needs(&mut self, node: &Node, at: Span) -> Option<Vec<Named>> {
        let expected = "a stage or a list of stages (`[]` for none)";
        if matches!(node.what, What::Nothing) {
            self.wrong_type(node, at, "needs", expected);
            return None;
        }
        let needs = self.scalars(node, at, "needs", Takes::TextOrNumber, expected, "the label of a stage");
        Some(needs.iter().map(|need| self.named(need)).collect())
    }

    fn skip(&mut self, node: &Node, at: Span) -> Option<String> {
        let scalar = self.scalar(node, at, "skip", Takes::Text, "a reason in words")?;
        if scalar.text.trim().is_empty() {
            self.bad_value(&scalar, "skip", "empty; say why the stage is skipped");
            return None;
        }
        Some(scalar.text.trim().to_owned())
    }
}
