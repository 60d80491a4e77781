//! Which units would run the same command in the same surroundings.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::super::command::go_on;
use super::super::script::GoOn;
use crate::config::{Demand, Sandbox};
use crate::plan::Kind;
use crate::select::{Selected, Selection, Unit};

/// Everything on which the result of a unit can depend, but for the state of the world.
#[derive(PartialEq, Eq, Hash)]
struct Surroundings<'a> {
    root: &'a Path,
    cwd: Option<&'a str>,
    shell: Option<&'a [String]>,
    /// What carries them elsewhere, and what they need there.
    launched: Option<(&'a str, Demand)>,
    env: BTreeMap<&'a str, &'a str>,
    /// What passes without it may not pass within.
    sandbox: Option<Sandbox>,
    /// The commands, with what makes a script of them go on.
    commands: Vec<(&'a str, GoOn)>,
}

/// For each unit of each plan the number of its group of twins; `None` for one that is like no other.
pub(super) fn groups(selection: &Selection) -> Vec<Vec<Option<usize>>> {
    // What stands there once only has no twin, wherever it runs.
    let mut times: HashMap<&str, usize> = HashMap::new();
    for selected in &selection.plans {
        for command in selected.units.iter().filter_map(|unit| first_command(selected, unit)) {
            *times.entry(command).or_default() += 1;
        }
    }
    let mut known: HashMap<Surroundings<'_>, (usize, usize)> = HashMap::new();
    let mut of: Vec<Vec<Option<usize>>> = Vec::with_capacity(selection.plans.len());
    for selected in &selection.plans {
        let numbers = selected.units.iter().map(|unit| {
            first_command(selected, unit).filter(|command| times.get(command).is_some_and(|&times| times > 1))?;
            let surroundings = surroundings(selected, unit)?;
            let next = known.len();
            let (number, count) = known.entry(surroundings).or_insert((next, 0));
            *count += 1;
            Some(*number)
        });
        of.push(numbers.collect());
    }
    let mut counts = vec![0; known.len()];
    known.into_values().for_each(|(number, count)| counts[number] = count);
    for number in of.iter_mut().flatten() {
        *number = number.filter(|&number| counts[number] > 1);
    }
    of
}

fn first_command<'a>(selected: &'a Selected, unit: &Unit) -> Option<&'a str> {
    selected.plan.check(*unit.checks.first()?).command.as_deref()
}

/// `None` for a unit that never takes the place of another: one that must fail or that changes the tree, and one
/// that asks which check it is.
fn surroundings<'a>(selected: &'a Selected, unit: &Unit) -> Option<Surroundings<'a>> {
    let stage = selected.plan.stage(unit.stage);
    let mut commands = Vec::with_capacity(unit.checks.len());
    for check in unit.checks.iter().map(|&check| selected.plan.check(check)) {
        let command = check.command.as_deref()?;
        if check.kind != Kind::Command || check.writes || command.contains("PLAN_RUN_") {
            return None;
        }
        commands.push((command, go_on(check)));
    }
    let layers = [&selected.setup.env, &stage.env];
    Some(Surroundings {
        root: &selected.setup.root,
        cwd: selected.plan.check(*unit.checks.first()?).cwd.as_deref(),
        shell: selected.setup.shell.as_deref(),
        launched: selected.launcher(unit).map(|launcher| (launcher.name.as_str(), selected.demand(unit))),
        env: layers.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        sandbox: selected.setup.sandbox(stage),
        commands,
    })
}
