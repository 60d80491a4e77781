//! The verb `lint`: what is wrong with plans before anything is run, and what a code means.
//!
//! Must not know any rule, nor how a format looks.

use std::sync::Arc;

use super::app::{self, Understood};
use super::args::{Denied, LintArgs, LintFormat};
use super::console::Console;
use super::settings::{self, PlanFile, Settings};
use super::{exit_code, fixing, lint_formats as formats, locate, secrets, workflow};
use crate::diagnostic::{Diagnostics, Severity};
use crate::host::Host;
use crate::lint::{self, Finding, Levels, Subject, World, known_codes};
use crate::source::Source;
use crate::text::nearest;

/// What was found in one plan.
pub(super) struct Linted {
    /// The path to show.
    pub(super) path: String,
    /// How it was read; `None` for a file that cannot be read.
    pub(super) dialect: Option<&'static str>,
    /// What was found.
    pub(super) findings: Vec<Finding>,
}

/// Finds what is wrong with plans, or tells of the rules.
pub(super) fn lint(args: &LintArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    if let Some(code) = &args.explain {
        return explain(code, console);
    }
    if args.rules {
        return app::done(console, &lint::list(), exit_code::HOLDS);
    }
    let mut refused = false;
    let mut diffs = String::new();
    if args.fix {
        for file in &settings.plans {
            let done = fixing::fix(file, settings, console, host).and_then(|fixed| match fixed {
                Some(fixed) if args.diff => {
                    diffs.push_str(&fixed.revision.diff());
                    Ok(())
                }
                Some(fixed) => fixed.revision.write(host).map(|()| console.say(&fixed.words(&file.located.shown))),
                // There is nothing to mend, or no file that could be read, which is told below.
                None => Ok(()),
            });
            if let Err(problem) = done {
                console.complain(&problem.to_string());
                refused = true;
            }
        }
    }
    if args.diff {
        let code = if diffs.is_empty() { exit_code::HOLDS } else { exit_code::FAILS };
        return app::done(console, &diffs, if refused { exit_code::INTERNAL } else { code });
    }
    let linted: Vec<Linted> = settings.plans.iter().map(|file| one(file, settings, console, host)).collect();
    let text = match args.format {
        LintFormat::Text => formats::text(&linted, settings.colour_stdout),
        LintFormat::Json => formats::json(&linted),
        LintFormat::Sarif => formats::sarif(&linted, workflow::below(settings, host).as_deref()),
        LintFormat::Github => formats::github(&linted, workflow::below(settings, host).as_deref()),
    };
    let code = if refused { exit_code::INTERNAL } else { code(&linted, args.deny) };
    app::done(console, &text, code)
}

/// What the findings come to.
fn code(linted: &[Linted], deny: Option<Denied>) -> u8 {
    let least = match deny {
        Some(Denied::Warnings) => Severity::Warning,
        None => Severity::Error,
    };
    let mut findings = linted.iter().flat_map(|linted| &linted.findings);
    if linted.iter().any(|linted| linted.dialect.is_none()) {
        exit_code::BROKEN_PLAN
    } else if findings.any(|finding| finding.diagnostic.severity >= least) {
        exit_code::FAILS
    } else {
        exit_code::HOLDS
    }
}

fn one(file: &PlanFile, settings: &Settings, console: &Console, host: &dyn Host) -> Linted {
    let path = file.located.shown.clone();
    match app::decode(file, host) {
        Ok(source) => {
            let (dialect, findings) = find(&source, file, settings, console, host);
            Linted { path, dialect: Some(dialect), findings }
        }
        Err(problem) => Linted { path, dialect: None, findings: vec![Finding::new(*problem)] },
    }
}

/// What there is to say of the text of a plan, and how it was read.
pub(super) fn find(
    source: &Arc<Source>,
    file: &PlanFile,
    settings: &Settings,
    console: &Console,
    host: &dyn Host,
) -> (&'static str, Vec<Finding>) {
    let Understood { outline, reading, plan, graph, front, mut diagnostics } = app::understand(source, file);
    console.hide(secrets::of_plan(&front, Some(&plan), settings));
    if diagnostics.has_errors() {
        console.hide(secrets::as_written(&diagnostics));
    }
    let root = settings::root(None, file, &front, host).unwrap_or_else(|problem| {
        diagnostics.push(*problem);
        file.located.repository.clone()
    });
    // Outside of a repository nothing tells which files a plan speaks of.
    let work_tree = file.located.path.parent().and_then(|folder| locate::work_tree(folder, host));
    let world = work_tree.map(|work_tree| World::new(host, &file.located.path, work_tree, &root));
    let subject = Subject { source, outline: &outline, reading: &reading, plan: &plan, graph: graph.as_ref(), world };
    let levels = Levels::of(&[&front, &file.config.config]);
    (plan.dialect, lint::lint(&subject, &diagnostics, &levels))
}

fn explain(code: &str, console: &mut Console) -> u8 {
    if let Some(text) = lint::explain(code) {
        return app::done(console, &text, exit_code::HOLDS);
    }
    let near = nearest(code, known_codes()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    console
        .complain(&format!("--explain: no rule has the code `{code}`; {near}`plan-run lint --rules` lists all codes"));
    exit_code::WRONG_USE
}

/// How many errors, warnings and notes there are.
pub(super) fn counts(linted: &[Linted]) -> [usize; 3] {
    let of = |severity| {
        let findings = linted.iter().flat_map(|linted| &linted.findings);
        findings.filter(|finding| finding.diagnostic.severity == severity).count()
    };
    [of(Severity::Error), of(Severity::Warning), of(Severity::Note)]
}

/// Findings as diagnostics, for who shows these.
pub(super) fn diagnostics(findings: &[Finding]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    findings.iter().for_each(|finding| diagnostics.push(finding.diagnostic.clone()));
    diagnostics
}
