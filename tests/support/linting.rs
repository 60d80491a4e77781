//! Asks all rules about a text, as the binary does, but without one.

use std::path::Path;
use std::sync::Arc;

use plan_run::config::{self, Config, Place};
use plan_run::diagnostic::Diagnostics;
use plan_run::graph::Graph;
use plan_run::host::RealHost;
use plan_run::lint::{Finding, Levels, Subject, World, check_levels, lint};
use plan_run::source::Source;

/// What there is to say of a plan. With a folder, which then is the root of its repository and has the plan's file in
/// it, rules about files have their say as well.
pub fn findings(source: &Arc<Source>, config: &Config, dialect: Option<&str>, folder: Option<&Path>) -> Vec<Finding> {
    let mut diagnostics = Diagnostics::default();
    let outline = plan_run::outline::read(source, &mut diagnostics);
    let front = outline
        .front_matter
        .map_or_else(Config::default, |front| config::parse(source, front.body, Place::FrontMatter, &mut diagnostics));
    check_levels(&front, &mut diagnostics);
    let reading = plan_run::dialect::read(source, &outline, dialect, &front.lines, &mut diagnostics);
    let plan = plan_run::plan::resolve(source, reading.clone(), &[&front, config], &mut diagnostics);
    let graph = Graph::build(&plan, &mut diagnostics);
    let file = folder.map(|folder| folder.join(source.name()));
    let world = folder.zip(file.as_deref());
    let world = world.map(|(folder, file)| World::new(&RealHost, file, folder, folder));
    let subject = Subject { source, outline: &outline, reading: &reading, plan: &plan, graph: graph.as_ref(), world };
    lint(&subject, &diagnostics, &Levels::of(&[&front, config]))
}
