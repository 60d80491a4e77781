//! The verb `approve`: a person looks at commands and says that they may run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::args::{ApproveArgs, PaceArgs};
use super::cmd_run::{Chosen, Origin, choose};
use super::console::Console;
use super::settings::{Refusal, RunSettings, Settings};
use super::{app, approvals, exit_code};
use crate::host::Host;
use crate::outcome::Skip;
use crate::plan::CheckId;
use crate::select::Selected;
use crate::text::{clean_line, nearest, plural, tame, visible};
use crate::trust::{FILE_NAME, Key, Lock};

/// Shows commands, asks about them, and writes the approvals.
pub(super) fn approve(args: &ApproveArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    match attempt(args, settings, console, host) {
        Ok(code) => code,
        Err(refusal) => app::refuse(console, &refusal, settings.colour_stderr),
    }
}

/// A command that a person is asked about.
struct Asked {
    check: CheckId,
    key: Key,
}

/// What was found to ask about.
struct Wanted {
    asked: Vec<Asked>,
    /// What needs a terminal, which no approval gives it.
    hopeless: Vec<CheckId>,
}

fn attempt(
    args: &ApproveArgs,
    settings: &Settings,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<u8, Refusal> {
    if settings.plans.len() > 1 {
        return Err(Refusal::Usage(format!(
            "`{}` names {}; approve the commands of one plan at a time",
            args.plan.display(),
            plural(settings.plans.len(), "plan")
        )));
    }
    let run = RunSettings {
        red: true,
        ..RunSettings::without_reports(&PaceArgs::default(), settings, console.terminals, host)?
    };
    let Chosen { selection, origins, .. } = choose(&run, settings, console, host)?;
    let (Some(selected), Some(origin)) = (selection.plans.first(), origins.first()) else {
        return Ok(exit_code::BROKEN_PLAN);
    };
    let repository = &origin.file.located.repository;
    let mut lock = approvals::in_tree(repository, host)?;
    let Wanted { asked, hopeless } = wanted(args, selected, origin, &lock)?;
    for &check in &hopeless {
        console.complain(&no_terminal(selected, check));
    }
    if asked.is_empty() && !hopeless.is_empty() && !args.checks.is_empty() {
        return Err(Refusal::Usage("no approval makes that run; nothing was approved".to_owned()));
    }
    if asked.is_empty() {
        let text = format!("{}: nothing to approve\n", clean_line(selected.plan.source.name()));
        return Ok(app::done(console, &text, exit_code::HOLDS));
    }
    let shown: String = asked.iter().map(|asked| show(asked, selected, origin)).collect();
    console.data(&tame(&shown)).map_err(Refusal::Report)?;
    let commands = plural(asked.len(), "command");
    if !args.yes {
        console.say(&format!("approve {commands}? [y/N] "));
        let answer = host.ask().map_err(|error| Refusal::Usage(format!("cannot hear the answer: {error}")))?;
        let Some(answer) = answer else {
            console.say("\n");
            return Err(Refusal::Usage(
                "nobody can answer: standard input is no terminal; say --yes if these commands may run".to_owned(),
            ));
        };
        if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(app::done(console, "nothing was approved\n", exit_code::FAILS));
        }
    }
    let (by, at) = (who(settings, host), when(host));
    asked.into_iter().for_each(|asked| lock.add(asked.key, by.clone(), at.clone()));
    let keys = commands_of(selected).filter_map(|check| approvals::key(selected, check, origin));
    let current: BTreeSet<String> = keys.map(|key| key.hash).collect();
    let stale = lock.forget_stale(selected.plan.source.name(), &current);
    let path = approvals::path(repository);
    host.write(&path, lock.text().as_bytes())
        .map_err(|error| Refusal::Report(format!("cannot write the approvals to {}: {error}", path.display())))?;
    let mut told = format!("approved {commands} in {FILE_NAME}, which belongs into the repository\n");
    if stale > 0 {
        let _ = writeln!(told, "took out {} of what the plan does not say any more", plural(stale, "approval"));
    }
    Ok(app::done(console, &told, exit_code::HOLDS))
}

/// The checks with a command, in document order.
fn commands_of(selected: &Selected) -> impl Iterator<Item = CheckId> {
    let checks = (0..).map(CheckId).zip(&selected.plan.checks);
    checks.filter(|(_, check)| check.command.is_some()).map(|(id, _)| id)
}

/// What a person is to be asked about; of commands that share a shell once.
fn wanted(args: &ApproveArgs, selected: &Selected, origin: &Origin, lock: &Lock) -> Result<Wanted, Refusal> {
    let plan = &selected.plan;
    let labels = |check: CheckId| [&plan.check(check).label, &plan.stage(plan.check(check).stage).label];
    for word in &args.checks {
        if !commands_of(selected).any(|check| labels(check).contains(&word)) {
            let known: BTreeSet<&str> = commands_of(selected).flat_map(labels).map(String::as_str).collect();
            let near = nearest(word, known.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            return Err(Refusal::Usage(format!(
                "no command of the plan is that of a check or a stage `{word}`; {near}`plan-run list` shows all of them"
            )));
        }
    }
    let is_wanted = |&check: &CheckId| {
        if !args.checks.is_empty() {
            return labels(check).iter().any(|label| args.checks.contains(label));
        }
        let held_back = matches!(selected.left_out[check.0 as usize], Some(Skip::HeldBack { .. }));
        args.all || held_back || plan.check(check).risk.is_some()
    };
    let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
    let mut order = Vec::new();
    let (hopeless, possible): (Vec<CheckId>, Vec<CheckId>) =
        commands_of(selected).filter(is_wanted).partition(|&check| terminal_of(selected, check).is_some());
    for check in possible {
        let Some(key) = approvals::key(selected, check, origin) else { continue };
        if lock.of(&key).is_none() && !asked.contains_key(&key.hash) {
            order.push(key.hash.clone());
            asked.insert(key.hash.clone(), Asked { check, key });
        }
    }
    Ok(Wanted { asked: order.iter().filter_map(|hash| asked.remove(hash)).collect(), hopeless })
}

/// The command that needs a terminal: the check's own, or one that shares its shell.
fn terminal_of(selected: &Selected, check: CheckId) -> Option<(CheckId, &'static str)> {
    let plan = &selected.plan;
    let own = std::slice::from_ref(&check);
    let shared = plan.check(check).script.map_or(&[][..], |script| &plan.script(script).checks);
    own.iter().chain(shared).find_map(|&id| Some((id, plan.check(id).terminal?)))
}

/// Why a command is not asked about that needs a terminal.
fn no_terminal(selected: &Selected, check: CheckId) -> String {
    let plan = &selected.plan;
    let of = plan.check(check);
    let place = format!("{} {}:{}", clean_line(&of.label), clean_line(plan.source.name()), of.line);
    let command = clean_line(of.command.as_deref().and_then(|command| command.lines().next()).unwrap_or_default());
    match terminal_of(selected, check) {
        Some((other, why)) if other != check => format!(
            "{place}: `{command}` cannot be approved: it shares a shell with {}, which needs a terminal: {why}",
            clean_line(&plan.check(other).label)
        ),
        other => format!(
            "{place}: `{command}` cannot be approved: it needs a terminal, and nothing types into it in a run: {}; \
             if it does without one, the plan can say `<!-- plan-run: command -->`",
            other.map(|(_, why)| why).unwrap_or_default()
        ),
    }
}

/// A command as a person has to see it.
fn show(asked: &Asked, selected: &Selected, origin: &Origin) -> String {
    let plan = &selected.plan;
    let check = plan.check(asked.check);
    let subject = &asked.key.subject;
    let mut out = String::new();
    let _ = writeln!(out, "{} {}:{}", clean_line(&check.label), clean_line(&subject.plan), check.line);
    for line in subject.command.lines() {
        // Nothing of it is left out, not even what a terminal would not show.
        let _ = writeln!(out, "    {}", visible(line.as_bytes()));
    }
    let _ = writeln!(out, "  in         {}", clean_line(&subject.directory));
    if let Some(shell) = &selected.setup.shell {
        let _ = writeln!(out, "  shell      {}", clean_line(&shell.join(" ")));
    }
    if !subject.variables.is_empty() {
        let written = |name: &String| origin.front.env.get(name).or_else(|| origin.file.config.config.env.get(name));
        let variable = |name: &String| match written(name) {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        };
        let variables: Vec<String> = subject.variables.iter().map(variable).collect();
        let _ = writeln!(out, "  variables  {}", clean_line(&variables.join(", ")));
    }
    let risks: Vec<String> = match check.script {
        Some(script) => {
            let checks = plan.script(script).checks.iter().map(|&id| plan.check(id));
            let mut risks: Vec<String> = checks.filter_map(|check| check.risk.clone()).collect();
            risks.dedup();
            risks
        }
        None => check.risk.clone().into_iter().collect(),
    };
    let effect = match (risks.is_empty(), check.writes) {
        (false, _) => clean_line(&risks.join("; ")),
        (true, true) => "it changes files or shared state, without risk".to_owned(),
        (true, false) => "no effect is known".to_owned(),
    };
    let _ = writeln!(out, "  effect     {effect}\n");
    out
}

/// Who approves: as git calls them, or the system.
fn who(settings: &Settings, host: &dyn Host) -> String {
    let git = |key: &str| {
        let said = host.git(&settings.home, &["config", key]).ok()?;
        let said = clean_line(String::from_utf8_lossy(&said).trim());
        (!said.is_empty()).then_some(said)
    };
    match (git("user.name"), git("user.email")) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => {
            let user = host.env("USER").or_else(|| host.env("LOGNAME"));
            user.map_or_else(|| "unknown".to_owned(), |user| clean_line(&user))
        }
    }
}

fn when(host: &dyn Host) -> String {
    let now = OffsetDateTime::from(host.now());
    now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default()
}
