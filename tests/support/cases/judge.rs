//! Takes a case through the rooms of plan-run and compares what comes out with what the case expects.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use plan_run::config::{self, Backoff, Config, Origin, Place, Retries, RunScope, Scope};
use plan_run::diagnostic::{Diagnostics, Severity};
use plan_run::graph::Graph;
use plan_run::lint::{check_levels, known_codes};
use plan_run::plan::{Limit, LimitOf, Plan, Quarantined, Setup, quarantined};
use plan_run::report::{self, RunReport, Tally, Verdict};
use plan_run::roster::{Broken, Roster};
use plan_run::run::{Patience, Policy};
use plan_run::select::{self, Filter, Selected, Selection};
use plan_run::source::{Source, Span};
use time::Date;

use super::diff::diff;
use super::file::{Case, CaseFile, Tag};
use super::render;
use super::scripted::{Script, ScriptedRun, run_scripted};
use crate::support::linting::findings;
use crate::support::space::Space;

/// The largest summary that is asked for, in bytes.
/// The most that a report keeps of one output.
const MAX_OUTPUT: u64 = 64 * 1024;

const SUMMARY_LIMIT: usize = 1024 * 1024;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which kind of expectation.
    pub tag: Tag,
    /// Line of its opening fence, counted from 1.
    pub line: usize,
    /// What should stand there.
    pub actual: String,
    /// Where the two differ.
    pub diff: String,
}

/// Options of a case.
#[derive(Debug, Default)]
struct Settings {
    red: bool,
    rules: bool,
    writes: bool,
    jobs: Option<usize>,
    run_timeout: Option<Duration>,
    fail_fast: Option<Scope>,
    max_fail: Option<usize>,
    retries: Retries,
    flaky_fails: bool,
    scope: Option<RunScope>,
    strict_claims: bool,
    slow: Option<Duration>,
    dialect: Option<String>,
    /// The day of the run, for what is in quarantine.
    today: Option<Date>,
    /// The only codes of which a case about rules speaks; all of them where there are none.
    only: Vec<String>,
}

impl Settings {
    fn read(text: &str) -> Result<Self, String> {
        let mut settings = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let wrong = || {
                let known = "red, rules, writes, jobs, run-timeout, fail-fast, max-fail, retries, \
                             retry-delay, retry-backoff, flaky-fails, slow, scope, strict-claims, dialect, today";
                format!("`{line}` is no setting; there are: {known}")
            };
            let (key, value) = line.split_once(": ").ok_or_else(wrong)?;
            match key {
                "red" => settings.red = value.parse().map_err(|_| wrong())?,
                "rules" => settings.rules = value.parse().map_err(|_| wrong())?,
                "writes" => settings.writes = value.parse().map_err(|_| wrong())?,
                "jobs" => settings.jobs = Some(value.parse().map_err(|_| wrong())?),
                "run-timeout" => settings.run_timeout = Some(config::parse_timeout(value).map_err(|_| wrong())?),
                "fail-fast" => {
                    let scope = Scope::ALL.into_iter().find(|scope| scope.word() == value);
                    settings.fail_fast = Some(scope.ok_or_else(wrong)?);
                }
                "max-fail" => settings.max_fail = Some(value.parse().map_err(|_| wrong())?),
                "retries" => settings.retries.count = Some(value.parse().map_err(|_| wrong())?),
                "retry-delay" => settings.retries.delay = Some(config::parse_duration(value).map_err(|_| wrong())?),
                "retry-backoff" => {
                    let backoff = Backoff::ALL.into_iter().find(|backoff| backoff.word() == value);
                    settings.retries.backoff = Some(backoff.ok_or_else(wrong)?);
                }
                "slow" => settings.slow = Some(config::parse_duration(value).map_err(|_| wrong())?),
                "scope" => {
                    let scope = RunScope::ALL.into_iter().find(|scope| scope.word() == value);
                    settings.scope = Some(scope.ok_or_else(wrong)?);
                }
                "strict-claims" => settings.strict_claims = value.parse().map_err(|_| wrong())?,
                "flaky-fails" => settings.flaky_fails = value.parse().map_err(|_| wrong())?,
                "today" => settings.today = Some(config::parse_day(value).map_err(|_| wrong())?),
                "dialect" => settings.dialect = Some(value.to_owned()),
                "only" => {
                    settings.only = value.split(", ").map(str::to_owned).collect();
                    let unknown = settings.only.iter().find(|code| !known_codes().any(|known| known == **code));
                    if let Some(code) = unknown {
                        return Err(format!("no rule has the code `{code}`"));
                    }
                }
                _ => return Err(wrong()),
            }
        }
        Ok(settings)
    }
}

/// A plan on its way through the rooms.
struct Walked {
    source: Arc<Source>,
    plan: Arc<Plan>,
    graph: Option<Graph>,
    selected: Option<Selected>,
    diagnostics: Diagnostics,
}

/// Reads a file of cases and judges one of them; for tests of the judge itself.
///
/// # Errors
/// When the text is no case file or the case cannot be judged.
pub fn judge(text: &str) -> Result<Vec<Mismatch>, String> {
    let file = CaseFile::read(text).map_err(|bad| bad.to_string())?;
    judge_case(&file.cases[0])
}

/// Judges a case.
///
/// # Errors
/// When its inputs are not as they should be, or a plan has an error of which the case does not speak.
pub fn judge_case(case: &Case) -> Result<Vec<Mismatch>, String> {
    let text_of = |tag| case.blocks(tag).next().map_or("", |block| block.text.as_str());
    let settings = Settings::read(text_of(Tag::Settings))?;
    let script = Script::read(text_of(Tag::Script))?;
    let mut found = Diagnostics::default();
    let config_text = case
        .blocks(Tag::Config)
        .next()
        .map(|block| Arc::new(Source::from_text(config::FILE_NAME, block.text.as_str())));
    let config = config_text.map_or_else(Config::default, |source| {
        config::parse(&source, Span::new(0, source.text().len()), Place::File, &mut found)
    });
    check_levels(&config, &mut found);
    let mut walked = Vec::new();
    for block in case.blocks(Tag::Plan) {
        let path = if block.option.is_empty() { "plan.md" } else { &block.option };
        let source = Source::decode(path, block.text.as_bytes()).map_err(|error| error.to_string())?;
        walked.push(walk(&Arc::new(source), &config, &settings));
    }
    for plan in &walked {
        found.extend(plan.diagnostics.clone());
    }
    if [Tag::Diagnostics, Tag::Lint].iter().all(|&tag| case.blocks(tag).next().is_none()) {
        let error = found.all().iter().find(|diagnostic| diagnostic.severity == Severity::Error);
        if let Some(error) = error {
            return Err(format!("the plan has an error that the case does not expect: {}", error.message));
        }
    }
    let run = if case.blocks.iter().any(|block| block.tag.needs_run()) {
        Some(conduct(&walked, &found, &settings, &config, script)?)
    } else {
        None
    };
    let mut mismatches = Vec::new();
    for block in case.blocks.iter().filter(|block| block.tag.is_expectation()) {
        let of_run = || run.as_ref().ok_or_else(|| "no run was made".to_owned());
        let actual = match block.tag {
            Tag::Reading => each(&walked, |plan| render::reading(&plan.plan, settings.rules, settings.writes)),
            Tag::Order => each(&walked, |plan| match &plan.graph {
                None => "none: the stages wait for each other\n".to_owned(),
                Some(graph) if block.option == "edges" => render::edges(&plan.plan, graph),
                Some(graph) => render::waves(&plan.plan, graph),
            }),
            Tag::Diagnostics => render::diagnostics(&walked[0].source, &found),
            Tag::Lint => linted(case, &walked, &config, &settings),
            Tag::Json => json(case)?,
            Tag::Events => of_run()?.events(),
            Tag::Junit => of_run()?.junit()?,
            Tag::Summary => of_run()?.summary()?,
            Tag::Exit => format!("{}\n", exit_code(Verdict::of(&of_run()?.report, &[]))),
            Tag::Plan | Tag::Config | Tag::Settings | Tag::Script | Tag::File => continue,
        };
        if block.text.trim_end() != actual.trim_end() {
            let diff = diff(block.text.trim_end(), actual.trim_end());
            mismatches.push(Mismatch { tag: block.tag, line: block.line, actual, diff });
        }
    }
    Ok(mismatches)
}

/// Takes one plan from its text to its graph.
fn walk(source: &Arc<Source>, config: &Config, settings: &Settings) -> Walked {
    let mut diagnostics = Diagnostics::default();
    let outline = plan_run::outline::read(source, &mut diagnostics);
    let front = outline
        .front_matter
        .map_or_else(Config::default, |front| config::parse(source, front.body, Place::FrontMatter, &mut diagnostics));
    check_levels(&front, &mut diagnostics);
    let reading =
        plan_run::dialect::read(source, &outline, settings.dialect.as_deref(), &front.lines, &mut diagnostics);
    let plan = plan_run::plan::resolve(source, reading, &[&front, config], &mut diagnostics);
    let graph = Graph::build(&plan, &mut diagnostics);
    let mut env = config.env.clone();
    env.extend(front.env.clone());
    let limit = match (front.timeout, config.timeout) {
        (Some(time), _) => Limit { time, of: LimitOf::Plan },
        (None, Some(time)) => Limit { time, of: LimitOf::Configuration },
        (None, None) => Limit { time: Duration::from_secs(600), of: LimitOf::Default },
    };
    let setup = Setup {
        root: std::env::temp_dir(),
        timeout: limit,
        retries: settings.retries.or(front.retries).or(config.retries),
        leftovers: front.leftovers.or(config.leftovers).unwrap_or_default(),
        env,
        shell: front.shell.or_else(|| config.shell.clone()),
        resources: config.resources.clone(),
        launchers: config.launchers.iter().map(|(name, one)| (name.clone(), Arc::new(one.clone()))).collect(),
        launcher: front.launcher.as_ref().or(config.launcher.as_ref()).map(|named| named.name.clone()),
        sandbox: Default::default(),
    };
    let plan = Arc::new(plan);
    let filter = Filter {
        red: settings.red,
        scope: settings.scope.or(front.scope).or(config.scope).unwrap_or_default(),
        scope_from: Origin::Default,
    };
    let mut selected = graph
        .clone()
        .filter(|_| !diagnostics.has_errors())
        .map(|graph| select::select(Arc::clone(&plan), graph, setup, filter));
    if let (Some(selected), Some(today)) = (&mut selected, settings.today) {
        let entries = quarantined(&plan, &config.quarantine).into_iter();
        selected.quarantine = entries.map(|entry| entry.map(|entry| Quarantined::of(entry, today))).collect();
    }
    if let Some(selected) = &selected {
        selected.check_claims(&mut diagnostics);
    }
    Walked { source: Arc::clone(source), plan, graph, selected, diagnostics }
}

/// The text for every plan, under its path where there are several.
fn each(plans: &[Walked], show: impl Fn(&Walked) -> String) -> String {
    match plans {
        [plan] => show(plan),
        plans => plans.iter().map(|plan| format!("== {}\n{}", plan.source.name(), show(plan))).collect(),
    }
}

/// What the rules find. Where the case has files, these and the plans stand in a folder for rules to look at.
fn linted(case: &Case, plans: &[Walked], config: &Config, settings: &Settings) -> String {
    let space = case.blocks(Tag::File).next().map(|_| Space::new());
    if let Some(space) = &space {
        for block in case.blocks(Tag::File) {
            space.file(&block.option, &block.text);
        }
        for plan in plans {
            space.file(plan.source.name(), plan.source.text());
        }
    }
    let folder = space.as_ref().map(Space::path);
    each(plans, |plan| {
        let findings = findings(&plan.source, config, settings.dialect.as_deref(), folder);
        let mut found = Diagnostics::default();
        let asked = |code| settings.only.is_empty() || settings.only.iter().any(|only| only == code);
        let asked = findings.into_iter().map(|finding| finding.diagnostic).filter(|found| asked(found.code));
        asked.for_each(|diagnostic| found.push(diagnostic));
        render::diagnostics(&plan.source, &found)
    })
}

/// A run and the report made from it.
struct Conducted {
    selection: Selection,
    run: ScriptedRun,
    report: RunReport,
}

/// Runs those plans that have no error.
fn conduct(
    walked: &[Walked],
    found: &Diagnostics,
    settings: &Settings,
    config: &Config,
    script: Script,
) -> Result<Conducted, String> {
    let mut selection = Selection::default();
    let mut broken = Vec::new();
    for plan in walked {
        match &plan.selected {
            Some(selected) => selection.plans.push(selected.clone()),
            None => broken.push(break_down(plan, found)),
        }
    }
    let jobs = settings.jobs.or(config.jobs).unwrap_or(2);
    let policy = |captures: &std::path::Path| Policy {
        grace: Duration::from_secs(2),
        slow: settings.slow.or(config.slow),
        flaky_fails: settings.flaky_fails || config.flaky_fails == Some(true),
        reuse: true,
        run_timeout: settings.run_timeout.or(config.run_timeout),
        patience: Patience {
            fail_fast: settings.fail_fast.or(config.fail_fast),
            max_fail: settings.max_fail.or(config.max_fail),
        },
        ..Policy::new(jobs, captures)
    };
    let run = run_scripted(&selection, script, policy)?;
    let roster = Roster {
        strict_claims: settings.strict_claims || config.strict_claims == Some(true),
        ..Roster::of(&selection, broken)
    };
    let mut tally = Tally::new(&roster);
    run.events.iter().for_each(|event| tally.hear(event));
    let report = tally.finish(run.end.problems.clone());
    Ok(Conducted { selection, run, report })
}

fn break_down(plan: &Walked, found: &Diagnostics) -> Broken {
    let errors = found.all().iter().filter(|diagnostic| {
        let here = diagnostic.labels.first().is_some_and(|label| label.source.name() == plan.source.name());
        here && diagnostic.severity == Severity::Error
    });
    let line = errors.clone().next().and_then(|error| error.labels.first());
    Broken {
        path: plan.source.name().to_owned(),
        line: line.map(|label| label.source.line(label.span.start)),
        problems: errors.map(|error| error.message.clone()).collect(),
    }
}

impl Conducted {
    fn events(&self) -> String {
        render::events(&self.selection, &self.run.events)
    }

    fn junit(&self) -> Result<String, String> {
        let mut bytes = Vec::new();
        report::junit(&self.report, &read_part, MAX_OUTPUT, &mut bytes).map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }

    fn summary(&self) -> Result<String, String> {
        report::markdown(&self.report, &read_part, None, SUMMARY_LIMIT).map_err(|error| error.to_string())
    }
}

fn read_part(path: &std::path::Path, start: u64, len: u64) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The exit codes as they are promised to users; written down a second time, so that a change shows.
fn exit_code(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Holds | Verdict::NothingClaimed | Verdict::NothingTouched | Verdict::EmptyShard => 0,
        Verdict::Fails | Verdict::ExpiredQuarantine | Verdict::UnprovenClaims => 1,
        Verdict::BrokenPlan => 3,
        Verdict::NothingRan => 4,
        Verdict::Internal => 5,
        Verdict::Interrupted => 130,
    }
}

/// What the real binary says of the plans.
fn json(case: &Case) -> Result<String, String> {
    let space = Space::new();
    let mut args = vec!["list", "--format", "json"];
    for block in case.blocks(Tag::Config) {
        space.file(config::FILE_NAME, &block.text);
    }
    for block in case.blocks(Tag::Plan) {
        let path = if block.option.is_empty() { "plan.md" } else { &block.option };
        space.file(path, &block.text);
        args.push(path);
    }
    let done = space.run(&args);
    if done.status == Some(0) || !done.stdout.is_empty() {
        Ok(done.stdout)
    } else {
        Err(format!("the binary ended with {:?}: {}", done.status, done.stderr))
    }
}
