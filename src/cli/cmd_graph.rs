//! The verb `graph`: the order of a plan's stages, drawn.
//!
//! Must not know what the stages contain.

use std::fmt::Write as _;
use std::sync::Arc;

use super::app::{self, Loaded};
use super::args::{GraphArgs, GraphFormat};
use super::console::Console;
use super::settings::Settings;
use crate::graph::Graph;
use crate::host::Host;
use crate::plan::{Plan, StageId};
use crate::text::{clean_line, mermaid, tame};

/// A plan whose stages have an order.
pub struct Drawn {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The order of its stages.
    pub graph: Graph,
}

/// Draws the graphs.
pub(super) fn graph(args: &GraphArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let (loaded, code) = app::load_all(settings, console, host);
    let drawn = |loaded: Loaded| Some(Drawn { plan: loaded.plan?, graph: loaded.graph? });
    let drawn: Vec<Drawn> = loaded.into_iter().filter_map(drawn).collect();
    let text = match args.format {
        GraphFormat::Text => graph_text(&drawn),
        GraphFormat::Mermaid => graph_mermaid(&drawn),
        GraphFormat::Dot => graph_dot(&drawn),
    };
    app::done(console, &text, code)
}

/// Graphs for people: the waves, and for each stage which ones wait for it.
#[must_use]
pub fn graph_text(drawn: &[Drawn]) -> String {
    let mut out = String::new();
    for Drawn { plan, graph } in drawn {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}: {}", clean_line(plan.source.name()), clean_line(&plan.title));
        if graph.is_empty() {
            let _ = writeln!(out, "  no stages");
        }
        for (number, wave) in graph.waves().iter().enumerate() {
            let _ = writeln!(out, "  wave {}", number + 1);
            for &stage in wave {
                let dependents: Vec<String> =
                    graph.dependents(stage).iter().map(|&after| clean_line(&plan.stage(after).label)).collect();
                let arrow =
                    if dependents.is_empty() { String::new() } else { format!(" -> {}", dependents.join(", ")) };
                let _ = writeln!(out, "    {}{arrow}", title(plan, stage));
            }
        }
    }
    tame(&out)
}

/// Graphs for Mermaid, a subgraph per plan if there are several.
#[must_use]
pub fn graph_mermaid(drawn: &[Drawn]) -> String {
    let mut out = "graph TD\n".to_owned();
    let several = drawn.len() > 1;
    for (index, Drawn { plan, graph }) in drawn.iter().enumerate() {
        let indent = if several { "    " } else { "  " };
        if several {
            let _ = writeln!(out, "  subgraph p{index}[\"{}\"]", mermaid(plan.source.name()));
        }
        for stage in plan.stage_ids() {
            let _ = writeln!(out, "{indent}{}[\"{}\"]", node(several, index, stage), mermaid(&title(plan, stage)));
        }
        for stage in plan.stage_ids() {
            for &need in graph.needs(stage) {
                let _ = writeln!(out, "{indent}{} --> {}", node(several, index, need), node(several, index, stage));
            }
        }
        if several {
            out.push_str("  end\n");
        }
    }
    out
}

/// Graphs for Graphviz, a cluster per plan if there are several.
#[must_use]
pub fn graph_dot(drawn: &[Drawn]) -> String {
    let mut out = "digraph plan {\n  rankdir=TB;\n  node [shape=box];\n".to_owned();
    let several = drawn.len() > 1;
    for (index, Drawn { plan, graph }) in drawn.iter().enumerate() {
        let indent = if several { "    " } else { "  " };
        if several {
            let _ = writeln!(out, "  subgraph cluster_{index} {{\n    label=\"{}\";", dot_text(plan.source.name()));
        }
        for stage in plan.stage_ids() {
            let _ =
                writeln!(out, "{indent}{} [label=\"{}\"];", node(several, index, stage), dot_text(&title(plan, stage)));
        }
        for stage in plan.stage_ids() {
            for &need in graph.needs(stage) {
                let _ = writeln!(out, "{indent}{} -> {};", node(several, index, need), node(several, index, stage));
            }
        }
        if several {
            out.push_str("  }\n");
        }
    }
    out.push_str("}\n");
    out
}

fn title(plan: &Plan, stage: StageId) -> String {
    let stage = plan.stage(stage);
    clean_line(format!("{} {}", stage.label, stage.title).trim())
}

/// A name made of nothing that a drawing language could take for something else.
fn node(several: bool, plan: usize, stage: StageId) -> String {
    if several { format!("p{plan}s{}", stage.0) } else { format!("s{}", stage.0) }
}

/// Text between quotes of Graphviz, where a backslash has a meaning of its own.
fn dot_text(text: &str) -> String {
    clean_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}
