//! Tests of what the command line means: which plans, which values, and which of several sayings wins.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use plan_run::cli::args::{self, Args, Parsed, Verb};
use plan_run::cli::settings::{Progress, Refusal, RunSettings, Settings, Terminals};
use plan_run::config::Scope;
use plan_run::config::{self, Config, Place};
use plan_run::diagnostic::Diagnostics;
use plan_run::diagnostic::render::full;
use plan_run::host::{Host, RealHost};
use plan_run::plan::{Limit, LimitOf};
use plan_run::run::Patience;
use plan_run::source::{Source, Span};

use crate::support::space::Space;

/// The real files, seen from a folder and with an environment of its own.
struct Seat {
    here: PathBuf,
    env: BTreeMap<&'static str, String>,
}

impl Seat {
    fn new(here: PathBuf) -> Self {
        Self { here, env: BTreeMap::new() }
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.env.insert(name, value.to_owned());
        self
    }
}

impl Host for Seat {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealHost.read(path)
    }
    fn exists(&self, path: &Path) -> bool {
        RealHost.exists(path)
    }
    fn is_dir(&self, path: &Path) -> bool {
        RealHost.is_dir(path)
    }
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.canonicalize(path)
    }
    fn find(&self, root: &Path, globs: &[String]) -> io::Result<Vec<PathBuf>> {
        RealHost.find(root, globs)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealHost.write(path, bytes)
    }
    fn check_writable(&self, path: &Path) -> io::Result<()> {
        RealHost.check_writable(path)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealHost.append(path, bytes)
    }
    fn write_with(&self, path: &Path, write: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
        RealHost.write_with(path, write)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        RealHost.make_folder(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealHost.remove_folder(path)
    }
    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealHost.names(folder)
    }
    fn open_log(&self, path: &Path) -> io::Result<Box<dyn io::Write + Send>> {
        RealHost.open_log(path)
    }
    fn is_held(&self, path: &Path) -> bool {
        RealHost.is_held(path)
    }
    fn variables(&self) -> Vec<(String, String)> {
        self.env.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }
    fn read_part(&self, path: &Path, start: u64, len: u64) -> io::Result<Vec<u8>> {
        RealHost.read_part(path, start, len)
    }
    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }
    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.here.clone())
    }
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
    fn cpus(&self) -> usize {
        7
    }
}

const NO_TERMINAL: Terminals = Terminals { stdout: false, stderr: false };
const TERMINAL: Terminals = Terminals { stdout: true, stderr: true };

fn typed(words: &[&str]) -> Args {
    match args::parse(std::iter::once("plan-run").chain(words.iter().copied()).map(Into::into)) {
        Parsed::Args(args) => *args,
        Parsed::Say { plain, .. } => panic!("{words:?}: {plain}"),
    }
}

fn gather(seat: &Seat, words: &[&str]) -> Result<Settings, Refusal> {
    Settings::gather(&typed(words), NO_TERMINAL, seat)
}

fn shown(seat: &Seat, words: &[&str]) -> Vec<String> {
    let settings = gather(seat, words).unwrap_or_else(|refusal| panic!("{words:?}: {refusal:?}"));
    settings.plans.into_iter().map(|plan| plan.located.shown).collect()
}

fn run_settings(seat: &Seat, words: &[&str], terminals: Terminals) -> Result<(Settings, RunSettings), Refusal> {
    let args = typed(words);
    let Verb::Run(run) = &args.verb else { panic!("{words:?} is no run") };
    let settings = Settings::gather(&args, terminals, seat)?;
    let run = RunSettings::gather(run, &settings, terminals, seat)?;
    Ok((settings, run))
}

fn run_of(seat: &Seat, words: &[&str]) -> RunSettings {
    run_settings(seat, words, NO_TERMINAL).unwrap_or_else(|refusal| panic!("{words:?}: {refusal:?}")).1
}

fn front(yaml: &str) -> Config {
    let source = std::sync::Arc::new(Source::from_text("plan.md", yaml));
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(&source, Span::new(0, yaml.len()), Place::FrontMatter, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    config
}

#[test]
fn the_verb_run_may_be_left_out() {
    let plans = |words: &[&str]| match typed(words).verb {
        Verb::Run(run) => run.plans,
        _ => panic!("{words:?} is no run"),
    };
    assert_eq!(plans(&[]), Vec::<PathBuf>::new());
    assert_eq!(plans(&["plan.md"]), [Path::new("plan.md")]);
    assert_eq!(plans(&["run", "list"]), [Path::new("list")]);
    assert_eq!(plans(&["./list"]), [Path::new("./list")]);
    assert_eq!(plans(&["list.md"]), [Path::new("list.md")]);
    assert_eq!(plans(&["--color", "never", "a", "list"]), [Path::new("a"), Path::new("list")]);
    assert_eq!(plans(&["-j", "3", "a"]), [Path::new("a")]);
    assert_eq!(plans(&["--", "-a"]), [Path::new("-a")]);
    assert!(matches!(typed(&["--color=never", "--config", "list", "list", "a"]).verb, Verb::List(_)));
    assert!(matches!(typed(&["graph", "--format", "dot"]).verb, Verb::Graph(_)));
}

#[test]
fn plans_are_named_by_file_glob_or_directory_in_the_order_given() {
    let space = Space::new();
    space.file("b.md", "").file("a.md", "").file("docs/plans/2.md", "").file("docs/plans/1.md", "").file("x/y.txt", "");
    let seat = Seat::new(space.path().to_path_buf());
    assert_eq!(shown(&seat, &["b.md", "a.md"]), ["b.md", "a.md"]);
    assert_eq!(shown(&seat, &["b.md", "*.md", "./a.md", "docs/../b.md"]), ["b.md", "a.md"], "each once");
    assert_eq!(shown(&seat, &["docs/plans"]), ["docs/plans/1.md", "docs/plans/2.md"]);
    assert_eq!(shown(&seat, &["docs"]), ["docs/plans/1.md", "docs/plans/2.md"]);
    let below = Seat::new(space.at("docs/plans"));
    assert_eq!(shown(&below, &["1.md", "../../a.md", "../plans/*.md"]), ["docs/plans/1.md", "a.md", "docs/plans/2.md"]);
    assert_eq!(shown(&below, &["."]), ["docs/plans/1.md", "docs/plans/2.md"]);
    let here = space.path().canonicalize().expect("there");
    for words in [["none.md"], ["*.rst"], ["none/*.md"]] {
        let line = format!("no file matches `{}` (looked for from {})", words[0], here.display());
        assert_eq!(gather(&seat, &words).expect_err("nothing"), Refusal::Usage(line));
    }
    assert!(matches!(gather(&seat, &["a["]), Err(Refusal::Usage(line)) if line.contains("is not a glob")));
    assert!(
        matches!(gather(&seat, &["x"]), Err(Refusal::NothingFound(line)) if line.contains("no plan found in the directory `x`"))
    );
}

#[test]
fn without_names_the_configuration_and_then_the_usual_places_decide() {
    let space = Space::new();
    space.file("PLAN.md", "").file("work/increments/one/implement.md", "").file(".agents/plans/x.md", "");
    space.file("node_modules/a/plans/p.md", "").file("docs/templates/plan.md", "").file("README.md", "");
    space.file("increments/two/implement.md", "").file("increments/two/design.md", "").file("ci/plan.md", "");
    let seat = Seat::new(space.path().to_path_buf());
    let usual = [
        ".agents/plans/x.md", "PLAN.md", "ci/plan.md", "increments/two/implement.md",
        "work/increments/one/implement.md",
    ];
    assert_eq!(shown(&seat, &[]), usual);
    assert_eq!(gather(&seat, &[]).expect("found").notes, [format!("found 5 plans: {}", usual.join(", "))]);
    assert_eq!(gather(&seat, &["PLAN.md"]).expect("found").notes, Vec::<String>::new());
    let below = Seat::new(space.at("work"));
    assert_eq!(shown(&below, &[]), usual, "the repository's root is where the search starts");
    space.file("plan-run.yaml", "plans: ['R*.md', none/*.md, ci]\n");
    assert_eq!(shown(&below, &[]), ["README.md", "ci/plan.md"]);
    space.file("plan-run.yaml", "plans: nothing/*.md\n");
    assert!(matches!(gather(&seat, &[]), Err(Refusal::NothingFound(line)) if line.contains("nothing/*.md")));
    let empty = Space::new();
    let refusal = gather(&Seat::new(empty.path().to_path_buf()), &[]).expect_err("nothing there");
    assert!(
        matches!(&refusal, Refusal::NothingFound(line) if line.contains("**/increments/*/implement.md")),
        "{refusal:?}"
    );
}

#[test]
fn plans_of_several_repositories_have_different_names() {
    let (one, two) = (Space::new(), Space::new());
    one.file("plan.md", "").file("other.md", "");
    two.file("plan.md", "").file("plan-run.yaml", "timeout: 3s\n");
    let second = two.at("plan.md").canonicalize().expect("there").display().to_string();
    let seat = Seat::new(one.path().to_path_buf());
    let first = one.at("plan.md").canonicalize().expect("there").display().to_string();
    assert_eq!(shown(&seat, &["plan.md", "other.md", &second]), [first.as_str(), "other.md", second.as_str()]);
    let settings = gather(&seat, &["plan.md", &second]).expect("found");
    let limits: Vec<_> = settings.plans.iter().map(|plan| plan.config.config.timeout).collect();
    assert_eq!(limits, [None, Some(Duration::from_secs(3))], "each with its own configuration");
}

#[test]
fn the_command_line_wins_over_front_matter_and_that_over_the_file() {
    let space = Space::new();
    space.file("plan.md", "").file("web/x", "").file("api/x", "").file("cli/x", "");
    let seat = Seat::new(space.path().to_path_buf());
    let root = space.path().canonicalize().expect("there");
    let setup = |words: &[&str], yaml: &str| {
        let (settings, run) = run_settings(&seat, words, NO_TERMINAL).expect("good");
        run.setup(&settings.plans[0], &front(yaml), &seat).expect("good")
    };
    let limit = |seconds, of| Limit { time: Duration::from_secs(seconds), of };
    let default = setup(&["plan.md"], "");
    assert_eq!(
        (default.timeout, default.root.clone(), default.shell),
        (limit(600, LimitOf::Default), root.clone(), None)
    );
    assert_eq!(run_of(&seat, &["plan.md"]).jobs, 7);

    space.file("plan-run.yaml", "jobs: 3\ntimeout: 1s\nroot: web\nshell: zsh -f\nenv: {A: file, B: file}\n");
    let file = setup(&["plan.md"], "");
    assert_eq!((file.timeout, file.root), (limit(1, LimitOf::Configuration), root.join("web")));
    assert_eq!(file.shell, Some(vec!["zsh".to_owned(), "-f".to_owned()]));
    assert_eq!(run_of(&seat, &["plan.md"]).jobs, 3);

    let yaml = "plan-run: {timeout: 2s, root: api, shell: [dash], env: {B: front}}\n";
    let front_matter = setup(&["plan.md"], yaml);
    assert_eq!((front_matter.timeout, front_matter.root), (limit(2, LimitOf::Plan), root.join("api")));
    assert_eq!(front_matter.shell, Some(vec!["dash".to_owned()]));
    let env: Vec<(&str, &str)> = front_matter.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(env, [("A", "file"), ("B", "front")]);

    let words = ["--timeout", "3s", "--root", "cli", "-j", "5", "plan.md"];
    let line = setup(&words, yaml);
    assert_eq!((line.timeout, line.root), (limit(3, LimitOf::Call), root.join("cli")));
    assert_eq!(run_of(&seat, &words).jobs, 5);
}

#[test]
fn a_root_that_is_not_there_is_told_where_it_is_named() {
    let space = Space::new();
    space.file("plan.md", "").file("plan-run.yaml", "jobs: 1\nroot: nowhere\n");
    let seat = Seat::new(space.path().to_path_buf());
    let Err(Refusal::Config(problems)) = run_settings(&seat, &["plan.md"], NO_TERMINAL) else { panic!("no root") };
    assert_eq!(problems.all().len(), 1);
    assert!(full(&problems, false).contains(" --> plan-run.yaml:2:7\n"), "{}", full(&problems, false));
    assert!(run_settings(&seat, &["plan.md", "--root", "."], NO_TERMINAL).is_ok(), "it does not matter then");
    let refusal = run_settings(&seat, &["plan.md", "--root", "plan.md"], NO_TERMINAL).expect_err("no directory");
    assert_eq!(refusal, Refusal::Usage("--root: `plan.md` is not a directory".to_owned()));
    let (settings, run) = run_settings(&seat, &["plan.md", "--root", "."], NO_TERMINAL).expect("good");
    let run = RunSettings { root: None, ..run };
    let problem = run.setup(&settings.plans[0], &front("plan-run: {root: gone}\n"), &seat).expect_err("no directory");
    assert_eq!((problem.code, problem.message.as_str()), ("missing-root", "the root `gone` is not a directory"));
}

#[test]
fn a_wrong_configuration_is_refused_with_all_its_problems() {
    let space = Space::new();
    space.file("plan.md", "").file("plan-run.yaml", "jbos: 1\ntimeout: soon\n").file("other.yaml", "jobs: 9\n");
    let seat = Seat::new(space.path().to_path_buf());
    let Err(Refusal::Config(problems)) = gather(&seat, &["plan.md"]) else { panic!("it is wrong") };
    assert_eq!(problems.all().len(), 2, "once, although it is looked at for the run and for the plan");
    assert_eq!(run_of(&seat, &["--config", "other.yaml", "plan.md"]).jobs, 9);
    assert!(matches!(gather(&seat, &["--config", "no.yaml"]), Err(Refusal::Usage(line)) if line.contains("no.yaml")));
}

#[test]
fn bars_need_a_terminal_that_can_redraw_and_nobody_in_ci() {
    let space = Space::new();
    space.file("plan.md", "");
    let progress = |kind: &str, terminals: Terminals, env: Option<(&'static str, &str)>| {
        let seat = Seat::new(space.path().to_path_buf());
        let seat = env.into_iter().fold(seat, |seat, (name, value)| seat.env(name, value));
        run_settings(&seat, &["plan.md", "--progress", kind], terminals).expect("good").1.progress
    };
    assert_eq!(progress("auto", TERMINAL, None), Progress::Bars);
    assert_eq!(progress("auto", NO_TERMINAL, None), Progress::Plain);
    assert_eq!(progress("auto", TERMINAL, Some(("CI", "true"))), Progress::Plain);
    assert_eq!(progress("auto", TERMINAL, Some(("CI", "false"))), Progress::Bars);
    assert_eq!(progress("auto", TERMINAL, Some(("TERM", "dumb"))), Progress::Plain);
    assert_eq!(progress("bars", TERMINAL, Some(("CI", "true"))), Progress::Bars);
    assert_eq!(progress("bars", NO_TERMINAL, None), Progress::Plain);
    assert_eq!(progress("plain", TERMINAL, None), Progress::Plain);
    assert_eq!(progress("none", TERMINAL, None), Progress::None);
}

#[test]
fn colour_is_for_terminals_that_do_not_refuse_it() {
    let space = Space::new();
    space.file("plan.md", "");
    let colours = |when: &str, stdout, stderr, env: Option<(&'static str, &str)>| {
        let seat = Seat::new(space.path().to_path_buf());
        let seat = env.into_iter().fold(seat, |seat, (name, value)| seat.env(name, value));
        let args = typed(&["plan.md", "--color", when]);
        let settings = Settings::gather(&args, Terminals { stdout, stderr }, &seat).expect("good");
        (settings.colour_stdout, settings.colour_stderr)
    };
    assert_eq!(colours("auto", true, false, None), (true, false));
    assert_eq!(colours("auto", false, true, None), (false, true));
    assert_eq!(colours("auto", true, true, Some(("NO_COLOR", "1"))), (false, false));
    assert_eq!(colours("auto", true, true, Some(("TERM", "dumb"))), (false, false));
    assert_eq!(colours("always", false, false, Some(("NO_COLOR", "1"))), (true, true));
    assert_eq!(colours("never", true, true, None), (false, false));
}

#[test]
fn reports_go_where_they_harm_nothing() {
    let space = Space::new();
    space.file("plan.md", "").file("steps.md", "earlier");
    let steps = space.at("steps.md").canonicalize().expect("there");
    let here = space.path().canonicalize().expect("there");
    let seat = Seat::new(space.path().to_path_buf());
    let run = run_of(&seat, &["plan.md", "--junit", "out.xml", "--summary", "-"]);
    assert_eq!(run.targets.junit, Some(here.join("out.xml")));
    let summary = run.targets.summary.expect("asked for");
    assert_eq!((summary.path.as_path(), summary.append), (Path::new("/dev/stdout"), false));
    assert_eq!(run_of(&seat, &["plan.md"]).targets.summary, None);
    assert_eq!(run_of(&seat, &["plan.md"]).targets.max_output, 64 * 1024);
    assert_eq!(run_of(&seat, &["plan.md", "--max-output", "1M"]).targets.max_output, 1 << 20);

    let seat = seat.env("GITHUB_STEP_SUMMARY", steps.to_str().expect("text"));
    for words in [&["plan.md"][..], &["plan.md", "--summary", "steps.md"]] {
        let summary = run_of(&seat, words).targets.summary.expect("asked for");
        assert_eq!((summary.path, summary.append), (steps.clone(), true), "{words:?}");
    }
    let summary = run_of(&seat, &["plan.md", "--summary", "mine.md"]).targets.summary.expect("asked for");
    assert_eq!((summary.path, summary.append), (here.join("mine.md"), false));

    for words in [["--junit", "plan.md"], ["--summary", "./plan.md"]] {
        let refusal = run_settings(&seat, &["plan.md", words[0], words[1]], NO_TERMINAL).expect_err("harmful");
        assert!(matches!(&refusal, Refusal::Usage(line) if line.contains("would replace the plan")), "{refusal:?}");
    }
    let words = ["plan.md", "--junit", "same", "--summary", "same"];
    assert!(matches!(run_settings(&seat, &words, NO_TERMINAL), Err(Refusal::Usage(_))));
}

#[test]
fn links_lead_to_the_commit_of_the_workflow() {
    let space = Space::new();
    space.file("plan.md", "").file("sub/plan-run.yaml", "").file("sub/plan.md", "");
    let seat = |space: &Space| {
        Seat::new(space.path().to_path_buf())
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_REPOSITORY", "a/b")
            .env("GITHUB_SHA", "abc")
            .env("GITHUB_WORKSPACE", space.path().to_str().expect("text"))
    };
    let links = |words: &[&str]| run_of(&seat(&space), words).targets.links;
    assert_eq!(links(&["plan.md"]).as_deref(), Some("https://github.com/a/b/blob/abc/"));
    assert_eq!(links(&["sub/plan.md"]).as_deref(), Some("https://github.com/a/b/blob/abc/sub/"));
    assert_eq!(links(&["plan.md", "sub/plan.md"]), None, "one link for both would be wrong for one of them");
    let elsewhere = Space::new();
    let seat = seat(&space).env("GITHUB_WORKSPACE", elsewhere.path().to_str().expect("text"));
    assert_eq!(run_of(&seat, &["plan.md"]).targets.links, None);
}

#[test]
fn a_summary_has_a_limit_that_can_be_set() {
    let space = Space::new();
    space.file("plan.md", "");
    let seat = Seat::new(space.path().to_path_buf());
    for (words, limit) in [
        (&["plan.md"][..], 900 * 1024),
        (&["plan.md", "--summary-limit", "1M"], 1024 * 1024),
        (&["plan.md", "--summary-limit", "10KiB"], 10 * 1024),
        (&["plan.md", "--summary-limit", "64 kb"], 64 * 1024),
        (&["plan.md", "--summary-limit", "12345"], 12345),
    ] {
        assert_eq!(run_of(&seat, words).targets.summary_limit, limit);
    }
    for wrong in ["", "M", "1T", "-1", "1.5M", "99999999999999999999", "99999999999999999M"] {
        let words = ["plan-run", "run", "plan.md", "--summary-limit", wrong].map(std::ffi::OsString::from);
        assert!(matches!(args::parse(words), Parsed::Say { error: true, .. }), "{wrong}");
    }
}

#[test]
fn what_ends_a_run_early_comes_from_the_command_line_or_the_file() {
    let space = Space::new();
    space.file("plan.md", "");
    let seat = Seat::new(space.path().to_path_buf());
    let early = |words: &[&str]| {
        let run = run_of(&seat, &[words, &["plan.md"]].concat());
        (run.run_timeout.map(|limit| limit.as_secs()), run.patience)
    };
    let patience = |fail_fast, max_fail| Patience { fail_fast, max_fail };
    assert_eq!(early(&[]), (None, patience(None, None)));
    assert_eq!(early(&["--fail-fast"]), (None, patience(Some(Scope::Run), None)));
    let all = early(&["--fail-fast=stage", "--max-fail", "3", "--run-timeout", "5m"]);
    assert_eq!(all, (Some(300), patience(Some(Scope::Stage), Some(3))));
    space.file("plan-run.yaml", "run_timeout: 1h\nfail_fast: plan\nmax_fail: 2\n");
    assert_eq!(early(&[]), (Some(3600), patience(Some(Scope::Plan), Some(2))));
    assert_eq!(early(&["--fail-fast=never", "--run-timeout", "5"]), (Some(5), patience(None, Some(2))));
    for (yaml, scope) in [("true", Some(Scope::Run)), ("false", None), ("run", Some(Scope::Run))] {
        space.file("plan-run.yaml", &format!("fail_fast: {yaml}\n"));
        assert_eq!(early(&[]), (None, patience(scope, None)), "{yaml}");
    }
}
