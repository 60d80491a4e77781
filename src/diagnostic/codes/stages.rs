//! What is wrong with the order of stages and with what they need.

use std::sync::Arc;

use super::super::{Diagnostic, Severity};
use super::places::label;
use crate::source::{Source, Span};

/// As many stages are named where all of them are told.
const NAMED: usize = 40;

/// One step of a circle of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleStep {
    /// The stage that waits.
    pub stage: String,
    /// The words of the plan that say so, or the stage itself.
    pub span: Span,
}

/// Stages that wait for each other in a circle; each step needs the next, the last one the first.
#[must_use]
pub fn dependency_cycle(source: &Arc<Source>, steps: &[CycleStep]) -> Diagnostic {
    let mut names: Vec<&str> = steps.iter().map(|step| step.stage.as_str()).collect();
    names.push(names.first().copied().unwrap_or_default());
    let labels = steps
        .iter()
        .zip(&names[1..])
        .map(|(step, next)| label(source, step.span, format!("stage {} needs stage {next}", step.stage)))
        .collect();
    Diagnostic {
        code: "dependency-cycle",
        severity: Severity::Error,
        message: format!("stages wait for each other: {}", names.join(" -> ")),
        labels,
        help: Some("take out one of these dependencies".to_owned()),
    }
}

/// What one place of a plan says of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The place.
    pub span: Span,
    /// What kind of statement it is.
    pub claimed: Claimed,
    /// The stage that it is about.
    pub stage: String,
    /// The stages that it names beside that; none for one that needs nothing.
    pub others: Vec<String>,
}

/// What is said of a stage and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It waits for them.
    Needs,
    /// It waits for them and for no others.
    NeedsOnly,
    /// It waits for the first of them, which comes after the second one.
    NeedsThrough,
    /// It may run beside them.
    Beside,
}

impl Claim {
    fn words(&self) -> String {
        let stage = &self.stage;
        let mut others = format!("stage{} {}", if self.others.len() == 1 { "" } else { "s" }, first_of(&self.others));
        if self.others.is_empty() {
            others = "nothing".to_owned();
        }
        match self.claimed {
            Claimed::Needs => format!("stage {stage} needs {others}"),
            Claimed::NeedsOnly => format!("stage {stage} needs only {others}"),
            Claimed::NeedsThrough => {
                let [first, second] = [0, 1].map(|at| self.others.get(at).map_or("", String::as_str));
                format!("stage {stage} needs stage {first}, which comes after stage {second}")
            }
            Claimed::Beside => format!("stage {stage} runs beside {others}"),
        }
    }
}

/// Two places that contradict each other about the order of stages. The weaker one is not followed.
#[must_use]
pub fn contradicting_order(source: &Arc<Source>, weaker: &Claim, stronger: &Claim) -> Diagnostic {
    let (weak, strong) = (weaker.words(), stronger.words());
    let rank = "what a stage says of itself counts more than a drawing, a drawing more than words elsewhere, and a \
                dependency more than leave to run side by side";
    Diagnostic {
        code: "contradicting-order",
        severity: Severity::Warning,
        message: format!("the plan contradicts itself: {weak}, and {strong}"),
        labels: vec![
            label(source, weaker.span, format!("{weak}: this is not followed")),
            label(source, stronger.span, format!("{strong}: this is followed")),
        ],
        help: Some(format!("say the same in both places; {rank}")),
    }
}

/// The first of some names, and how many there are beside them.
fn first_of<S: AsRef<str>>(names: &[S]) -> String {
    let first: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    match names.len().checked_sub(NAMED).filter(|&more| more > 0) {
        Some(more) => format!("{} and {more} more", first.join(", ")),
        None => first.join(", "),
    }
}

/// A dependency on a stage that the plan does not have. Without `known` stages nothing is said of them.
#[must_use]
pub fn unknown_stage(source: &Arc<Source>, span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let all = format!("the plan's stages are: {}", first_of(known));
    let help = match crate::text::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {}{}", all[..1].to_uppercase(), &all[1..]),
        None => all,
    };
    Diagnostic {
        code: "unknown-stage",
        severity: Severity::Error,
        message: format!("`{name}` is no stage of this plan"),
        labels: vec![label(source, span, "needed here")],
        help: Some(help).filter(|_| !known.is_empty()),
    }
}

/// A name that no resource has.
#[must_use]
pub fn unknown_resource(source: &Arc<Source>, span: Span, name: &str, known: &[&str]) -> Diagnostic {
    let help = match (crate::text::nearest(name, known.iter().copied()), known) {
        (_, []) => format!("say in plan-run.yaml how much there is of it: `resources: {{ {name}: 1 }}`"),
        (Some(near), _) => format!("did you mean `{near}`? The resources of plan-run.yaml are: {}", first_of(known)),
        (None, _) => format!("the resources of plan-run.yaml are: {}", first_of(known)),
    };
    Diagnostic {
        code: "unknown-resource",
        severity: Severity::Error,
        message: format!("`{name}` is no resource"),
        labels: vec![label(source, span, "used here")],
        help: Some(help),
    }
}

/// More of a resource than there will ever be.
#[must_use]
pub fn too_little_of_resource(source: &Arc<Source>, span: Span, name: &str, wanted: usize, there: usize) -> Diagnostic {
    Diagnostic {
        code: "too-little-of-resource",
        severity: Severity::Error,
        message: format!("{wanted} of `{name}` are asked for, and there are only {there}"),
        labels: vec![label(source, span, "used here")],
        help: Some("ask for less, or say in `resources` of plan-run.yaml that there is more".to_owned()),
    }
}

/// A name that no launcher has. `here` is the name that stands for none.
#[must_use]
pub fn unknown_launcher(source: &Arc<Source>, span: Span, name: &str, here: &str, known: &[&str]) -> Diagnostic {
    let all = known.iter().copied().chain([here]);
    let help = match (crate::text::nearest(name, all), known) {
        (Some(near), []) => format!("did you mean `{near}`? plan-run.yaml has no `launchers`"),
        (None, []) => "say what it is in `launchers` of plan-run.yaml".to_owned(),
        (Some(near), _) => format!("did you mean `{near}`? The launchers of plan-run.yaml are: {}", first_of(known)),
        (None, _) => format!("the launchers of plan-run.yaml are: {}", first_of(known)),
    };
    Diagnostic {
        code: "unknown-launcher",
        severity: Severity::Error,
        message: format!("`{name}` is no launcher"),
        labels: vec![label(source, span, "named here")],
        help: Some(help),
    }
}

/// Several launchers for commands that share a shell. `block` is the line that opens it.
#[must_use]
pub fn launchers_in_script(source: &Arc<Source>, span: Span) -> Diagnostic {
    Diagnostic {
        code: "launchers-in-script",
        severity: Severity::Error,
        message: "the commands of this block share a shell, so they cannot run on different machines".to_owned(),
        labels: vec![label(source, span, "this one has another launcher than those before it")],
        help: Some("name the launcher before the block, which then holds for all of it".to_owned()),
    }
}

/// A stage that is claimed, at least in part, and needs one that is not; the labels of both.
#[must_use]
pub fn unclaimed_need(source: &Arc<Source>, claim: Span, (stage, need): (&str, &str), needed: Span) -> Diagnostic {
    Diagnostic {
        code: "unclaimed-need",
        severity: Severity::Warning,
        message: format!("stage {stage} is claimed as done, but not all of stage {need}, which it needs"),
        labels: vec![
            label(source, claim, "claimed here"),
            label(source, needed, "not all of this is, so not all is run"),
        ],
        help: Some(format!("tick what is done in stage {need}, or untick stage {stage}")),
    }
}
