//! The verb `bisect`: finds the commit that broke a check.
//!
//! What is run is the plan as it is now, so that all commits are asked the same. The search is git's own, in a working tree
//! beside the user's: git keeps what it knows of a bisection for each tree, so that one of the user is left alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{BisectArgs, ProveFormat};
use super::bisected::{Bisected, Commit, Found, Step, bisected_json, bisected_text};
use super::cmd_prove::Site;
use super::cmd_run::{Chosen, Origin, choose};
use super::conduct::{Finished, Runner, Task};
use super::console::Console;
use super::settings::{Progress, Refusal, RunSettings, Settings};
use super::test_files::TestFiles;
use super::{app, base, dry_run, exit_code};
use crate::config::Named;
use crate::host::Host;
use crate::journal::Runs;
use crate::plan::{CheckId, Setup};
use crate::prove::{self, Judgement, Unclear};
use crate::report::{self, RunReport, Verdict};
use crate::roster::Roster;
use crate::select::{Selected, Selection};
use crate::source::{Source, Span};
use crate::text::{clean_line, fit, nearest, plural};

/// What is missing where there is no git.
const NEEDS: &str = "`bisect` needs a git repository";

/// The most columns of a commit's subject in a line.
const SUBJECT_COLUMNS: usize = 72;

/// Finds the commit.
pub(super) fn bisect(args: &BisectArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    console.fence_in_workflow(host);
    match attempt(args, settings, console, host) {
        Ok(code) => code,
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

fn attempt(
    args: &BisectArgs,
    settings: &Settings,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<u8, Refusal> {
    let run = RunSettings::without_reports(&args.pace, settings, console.terminals, host)?;
    let chosen = choose(&run, settings, console, host)?;
    if !chosen.broken.is_empty() {
        return Ok(exit_code::BROKEN_PLAN);
    }
    let (selected, origin, check) = pick(chosen, &args.check)?;
    let top = base::top(&selected.setup.root, NEEDS, host)?;
    let look = |name: &str, option: &str| {
        let commit = base::named(name, option, &top, host)?;
        commit_of(&commit, &top, host).map_err(|error| Refusal::Usage(format!("{option}: {error}")))
    };
    let (good, bad) = (look(&args.good, "--good")?, look(&args.bad, "--bad")?);
    if good.id == bad.id {
        return Err(Refusal::Usage(format!("--good and --bad name the same commit, {}", good.short())));
    }
    if host.git(&top, &["merge-base", "--is-ancestor", &good.id, &bad.id]).is_err() {
        return Err(Refusal::Usage(format!(
            "{} is not built on {}, so no commit on the way broke the check; --good must name one of those that `git log {}` \
             shows",
            args.bad, args.good, args.bad
        )));
    }
    let mut tests = TestFiles::new(&top, host);
    tests.typed(&args.tests, &settings.here)?;
    let (tests, _) = tests.finish();
    let prepare = typed(&args.prepare).unwrap_or_else(|| origin.file.config.config.prove.prepare.clone());
    let failed = |error| Refusal::Report(format!("cannot make a working tree of {}: {error}", bad.id));
    let tree = host.worktree(&top, &bad.id).map_err(failed)?;
    let variables = tree.variables().map_err(failed)?;
    let site = Site { tree, top: &top, commit: &bad.id, variables };
    // Commands of the configuration count from its folder, those that were typed from where the check runs.
    let folder = if args.prepare.is_empty() { &origin.file.config.folder } else { &selected.setup.root };
    let preparing = Preparing { setup: site.setup(folder, &selected.setup)?, commands: prepare };
    let one = prove::alone(&selected, check, site.setup(&selected.setup.root, &selected.setup)?);
    if let Some(skip) = &one.left_out[check.0 as usize] {
        return Err(Refusal::Usage(format!("check {} cannot be run: {}", args.check, dry_run::why(skip))));
    }
    // Until here an interrupt simply ends the program, and the tree goes with it.
    let mut search = Search {
        quiet: run.progress == Progress::None,
        run: RunSettings { progress: Progress::None, runs: Runs::of_proof(&settings.home, "bisect"), ..run },
        settings,
        runner: Runner::start(run.jobs, console)?,
        site,
        check,
        one,
        preparing,
        tests,
        sought: None,
        steps: Vec::new(),
        failures: Vec::new(),
    };
    let ended = search.find(args, &good, &bad, console, host);
    search.runner.let_go();
    let Search { site, steps, mut failures, one, .. } = search;
    failures.extend(site.tree.close().err().map(|error| error.to_string()));
    failures.iter().for_each(|failure| console.complain(failure));
    let found = match ended? {
        Some(found) => found,
        None => {
            console.complain("interrupted, so nothing was found");
            return Ok(exit_code::INTERRUPTED);
        }
    };
    let entry = one.plan.check(check);
    let bisected = Bisected {
        plan: one.plan.source.name().to_owned(),
        check: entry.label.clone(),
        command: entry.command.clone().unwrap_or_default(),
        good,
        bad,
        found,
        steps,
    };
    let code = match (&bisected.found, failures.is_empty()) {
        (_, false) => exit_code::INTERNAL,
        (Found::Broke { .. }, true) => exit_code::HOLDS,
        (Found::OneOf(_), true) => exit_code::FAILS,
    };
    let text = match args.format {
        ProveFormat::Text => bisected_text(&bisected, settings.colour_stdout),
        ProveFormat::Json => {
            console.unfence();
            bisected_json(&bisected)
        }
    };
    Ok(app::done(console, &text, code))
}

/// The check of a label, in the one plan that has it.
fn pick(chosen: Chosen, label: &str) -> Result<(Selected, Origin, CheckId), Refusal> {
    let known: Vec<String> =
        chosen.selection.plans.iter().flat_map(|plan| &plan.plan.checks).map(|check| check.label.clone()).collect();
    let mut found = Vec::new();
    for (selected, origin) in chosen.selection.plans.into_iter().zip(chosen.origins) {
        let at = selected.plan.checks.iter().position(|check| check.label == label);
        if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
            found.push((selected, origin, CheckId(at)));
        }
    }
    let names: Vec<&str> = found.iter().map(|(selected, ..)| selected.plan.source.name()).collect();
    match names.as_slice() {
        [] => {
            let near = nearest(label, known.iter().map(String::as_str));
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            Err(Refusal::Usage(format!("no plan has a check `{label}`; {near}`plan-run list` shows all of them")))
        }
        [_] => found.pop().ok_or_else(|| Refusal::NothingFound("no plan was found".to_owned())),
        _ => {
            Err(Refusal::Usage(format!("several plans have a check `{label}`; name one of them: {}", names.join(", "))))
        }
    }
}

/// Commands of the command line; `None` where there are none.
fn typed(commands: &[String]) -> Option<Vec<Named>> {
    let source = Arc::new(Source::decode("--prepare", commands.join("\n").as_bytes()).ok()?);
    let mut at = 0;
    let named = commands.iter().map(|command| {
        let span = Span::new(at, at + command.len());
        at += command.len() + 1;
        Named { name: command.clone(), span, source: Arc::clone(&source) }
    });
    let named: Vec<Named> = named.collect();
    (!named.is_empty()).then_some(named)
}

/// What makes a commit ready.
struct Preparing {
    commands: Vec<Named>,
    setup: Setup,
}

/// A search under way.
struct Search<'a> {
    run: RunSettings,
    settings: &'a Settings,
    runner: Runner,
    site: Site<'a>,
    check: CheckId,
    one: Selected,
    preparing: Preparing,
    /// Files that are brought to each commit, relative to the root.
    tests: Vec<PathBuf>,
    /// The end that counts as bad, because that is how the bad commit ends.
    sought: Option<Unclear>,
    steps: Vec<Step>,
    failures: Vec<String>,
    quiet: bool,
}

impl Search<'_> {
    /// Looks at both ends and then between them. `None` after an interrupt.
    fn find(
        &mut self,
        args: &BisectArgs,
        good: &Commit,
        bad: &Commit,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<Option<Found>, Refusal> {
        let label = &args.check;
        let (judgement, how) = self.look_at(bad, console, host)?;
        match judgement {
            Judgement::Bad => {}
            Judgement::Unclear(unclear) => self.sought = Some(unclear),
            Judgement::Interrupted => return Ok(None),
            Judgement::Good => {
                return Err(Refusal::Usage(format!(
                    "--bad: check {label} holds at {} ({}), so nothing broke it up to there; what is not committed is not \
                     looked at",
                    args.bad,
                    bad.short()
                )));
            }
            Judgement::Unknown => {
                let bad = bad.short();
                return Err(Refusal::Usage(format!(
                    "--bad: it cannot be told whether check {label} holds at {} ({bad}): {how}",
                    args.bad
                )));
            }
        }
        self.note(bad, Judgement::Bad, &how, console);
        let (judgement, how) = self.look_at(good, console, host)?;
        match judgement {
            Judgement::Good => self.note(good, judgement, &how, console),
            Judgement::Interrupted => return Ok(None),
            Judgement::Bad | Judgement::Unclear(_) | Judgement::Unknown => {
                let good = good.short();
                return Err(Refusal::Usage(format!(
                    "--good: check {label} does not hold at {} ({good}): {how}; if it needs files that came later, bring them \
                     with --tests, and what must be built with --prepare",
                    args.good
                )));
            }
        }
        self.between(good, bad, console, host)
    }

    fn between(
        &mut self,
        good: &Commit,
        bad: &Commit,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<Option<Found>, Refusal> {
        self.clear()?;
        self.git(&["bisect", "start", &bad.id, &good.id, "--"])?;
        let mut complaint = None;
        loop {
            let said = self.git(&["rev-list", "refs/bisect/bad", "--not", "--glob=refs/bisect/good-*"])?;
            // The first one is the bad commit itself.
            let left: Vec<&str> = said.lines().collect();
            let first = left.first().copied().unwrap_or(&bad.id).to_owned();
            let is_skipped = |id: &str| self.steps.iter().any(|step| step.commit.id == id && step.word() == "skipped");
            let open = left.iter().skip(1).filter(|id| !is_skipped(id)).count();
            if open == 0 {
                let commits = left.iter().map(|id| self.commit(id, host)).collect::<Result<Vec<_>, _>>()?;
                let how = self.steps.iter().find(|step| step.commit.id == first).map(|step| step.how.clone());
                return Ok(Some(match <[Commit; 1]>::try_from(commits) {
                    Ok([commit]) => Found::Broke { commit, how: how.unwrap_or_default() },
                    Err(commits) => Found::OneOf(commits),
                }));
            }
            self.say(&format!("           {} left to tell apart\n", plural(open, "commit")), console);
            let next = self.git(&["rev-parse", "HEAD"])?;
            let next = self.commit(next.trim(), host)?;
            if self.steps.iter().any(|step| step.commit.id == next.id) {
                let again = || Refusal::Report(format!("git bisect asks for {} a second time", next.id));
                return Err(complaint.unwrap_or_else(again));
            }
            let (judgement, how) = self.look_at(&next, console, host)?;
            let judgement = match judgement {
                Judgement::Unclear(unclear) if self.sought == Some(unclear) => Judgement::Bad,
                judgement => judgement,
            };
            let word = match judgement {
                Judgement::Good => "good",
                Judgement::Bad => "bad",
                Judgement::Unclear(_) | Judgement::Unknown => "skip",
                Judgement::Interrupted => return Ok(None),
            };
            self.note(&next, judgement, &how, console);
            self.clear()?;
            // It also fails where nothing but commits that cannot be judged is left, which is found out above.
            complaint = self.git(&["bisect", word]).err();
        }
    }

    /// Runs the check in a commit.
    fn look_at(
        &mut self,
        commit: &Commit,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<(Judgement, String), Refusal> {
        self.clear()?;
        self.git(&["checkout", "-q", "--detach", &commit.id, "--"])?;
        for path in self.tests.clone() {
            if let Err(error) = self.site.tree.bring(self.site.top, &path) {
                return Ok((Judgement::Unknown, format!("`{}` cannot be brought there: {error}", path.display())));
            }
        }
        if let Some(preparing) = prove::prepare(&self.preparing.commands, self.preparing.setup.clone()) {
            let report = self.conduct(preparing, commit, console, host)?;
            match Verdict::of(&report, &[]) {
                Verdict::Holds => {}
                Verdict::Interrupted => return Ok((Judgement::Interrupted, String::new())),
                _ => {
                    let bad = report.checks().find(|check| !check.outcome.is_green());
                    let how = bad.map(|check| {
                        let command = check.command.as_deref().unwrap_or_default();
                        format!("preparing: {}: {}", clean_line(command), report::reason(check.outcome.plain()))
                    });
                    return Ok((Judgement::Unknown, how.unwrap_or_else(|| "it cannot be prepared".to_owned())));
                }
            }
        }
        let report = self.conduct(self.one.clone(), commit, console, host)?;
        let ended = report.plans.first().and_then(|plan| {
            plan.stages.iter().flat_map(|stage| &stage.checks).find(|check| check.label == self.label())
        });
        match ended {
            _ if Verdict::of(&report, &[]) == Verdict::Interrupted => Ok((Judgement::Interrupted, String::new())),
            Some(check) => Ok((prove::judge(&check.outcome), report::reason(check.outcome.plain()))),
            None => Err(Refusal::Report(format!("check {} was not run", self.label()))),
        }
    }

    fn label(&self) -> &str {
        &self.one.plan.check(self.check).label
    }

    fn conduct(
        &mut self,
        selected: Selected,
        commit: &Commit,
        console: &mut Console,
        host: &'static dyn Host,
    ) -> Result<RunReport, Refusal> {
        let selection = Selection { plans: vec![selected] };
        let mut roster = Roster::of(&selection, Vec::new());
        roster.commit = Some(commit.id.clone());
        let selection = Arc::new(selection);
        let task =
            Task { run: &self.run, settings: self.settings, selection, roster, book: None, past: None, is_last: false };
        let Finished { report, failures } = self.runner.conduct(task, console, host)?;
        self.failures.extend(failures);
        Ok(report)
    }

    /// Takes away what commands left in the tree, but for what git ignores: that is what builds keep.
    fn clear(&self) -> Result<(), Refusal> {
        self.git(&["reset", "-q", "--hard"])?;
        self.git(&["clean", "-ffdq"]).map(drop)
    }

    fn git(&self, arguments: &[&str]) -> Result<String, Refusal> {
        let said = self.site.tree.git(arguments);
        let said = said.map_err(|error| Refusal::Report(format!("git {}: {error}", arguments.join(" "))))?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    fn commit(&self, id: &str, host: &dyn Host) -> Result<Commit, Refusal> {
        commit_of(id, self.site.top, host).map_err(Refusal::Report)
    }

    fn note(&mut self, commit: &Commit, judgement: Judgement, how: &str, console: &mut Console) {
        let step = Step { commit: commit.clone(), judgement, how: how.to_owned() };
        let subject = fit(&clean_line(&commit.subject), SUBJECT_COLUMNS);
        let mut line = format!("{:<11}{}  {}\n", step.word(), commit.short(), subject.trim_end());
        if step.word() == "skipped" {
            line.push_str(&format!("           {}\n", clean_line(how)));
        }
        self.say(&line, console);
        self.steps.push(step);
    }

    fn say(&self, text: &str, console: &mut Console) {
        if !self.quiet {
            console.say(text);
        }
    }
}

/// What git knows of a commit.
fn commit_of(id: &str, top: &Path, host: &dyn Host) -> Result<Commit, String> {
    let said = host.git(top, &["show", "-s", "--no-show-signature", "--format=%H%x00%s%x00%an%x00%aI", id, "--"]);
    let said = said.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let mut parts = said.trim_end_matches('\n').split('\0').map(str::to_owned);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(id), Some(subject), Some(author), Some(date)) => Ok(Commit { id, subject, author, date }),
        _ => Err(format!("git says too little of {id}")),
    }
}
