//! The numbers of stages: each once, and none left out.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Applies, Reads, Rule, Subject};
use crate::diagnostic::Severity;
use crate::plan::Stage;
use crate::source::Span;

/// A number that two stages have.
pub(crate) static DUPLICATE_NUMBER: Rule = Rule {
    code: "duplicate-stage-number",
    level: Severity::Error,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a number that two stages have",
    why: "Stages are named by their numbers: in dependencies, in reports, by people. With two of one number nobody knows \
          which is meant.",
    mend: "Number the stages anew, also where others name them.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 1: Read a folder\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 2: Read a folder\n",
    check: |subject, findings| {
        let stages = work(subject);
        for &stage in &stages {
            // The reader tells them apart by what it adds to the second one.
            let Some((number, _)) = stage.label.rsplit_once('~') else { continue };
            let Some(first) = stages.iter().find(|first| first.label == number) else { continue };
            findings
                .add(stage.span, format!("two stages go by `{number}`"))
                .label("this one")
                .also(first.span, "and this one")
                .help("number the stages anew, also where others name them");
        }
    },
};

/// A number that is left out, and a stage that has none.
pub(crate) static MISSING_NUMBER: Rule = Rule {
    code: "missing-stage-number",
    level: Severity::Warning,
    applies: Applies::Staged,
    reads: Reads::Plan,
    summary: "a number that is left out between stages, or a heading that would be a stage if it had one",
    why: "A gap looks like a stage that was lost. A heading without a number beside numbered stages is not read as a stage, so \
          its checks belong to the one before it.",
    mend: "Number the stages anew, also where others name them.",
    bad: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 3: Read a folder\n",
    good: "# Plan\n\n## Stage 1: Read one file\n\n## Stage 2: Read a folder\n",
    check: |subject, findings| {
        let stages = work(subject);
        let numbers: BTreeMap<u32, &Stage> = stages.iter().filter_map(|stage| Some((number(stage)?, *stage))).collect();
        for ((before, _), (after, stage)) in numbers.iter().zip(numbers.iter().skip(1)) {
            if after - before > 1 {
                let gone = if after - before == 2 {
                    format!("stage {} is", before + 1)
                } else {
                    format!("stages {} to {} are", before + 1, after - 1)
                };
                findings
                    .add(stage.span, format!("{gone} left out before stage {after}"))
                    .help("number the stages anew, also where others name them");
            }
        }
        let read: BTreeSet<Span> = subject.plan.stages.iter().map(|stage| stage.span).collect();
        let (own, others): (Vec<_>, Vec<_>) =
            subject.sections().into_iter().partition(|section| read.contains(&section.heading));
        let levels: BTreeSet<u8> = own.iter().map(|section| section.level).collect();
        for section in others.iter().filter(|section| levels.contains(&section.level)) {
            if looks_like_stage(&section.title.to_plain()) {
                findings
                    .add(section.heading, "this looks like a stage, but has no number, and so is none")
                    .help("give it a number, or another name");
            }
        }
    },
};

/// The stages of work, without what judges the plan as a whole.
fn work<'a>(subject: &Subject<'a>) -> Vec<&'a Stage> {
    let stages = subject.plan.stages.iter().zip(&subject.reading.stages);
    stages.filter(|(_, read)| !read.last && !read.gate).map(|(stage, _)| stage).collect()
}

/// Whether a title begins as that of a stage does, `Stage: Folders`.
fn looks_like_stage(title: &str) -> bool {
    let rest = title.trim().to_lowercase();
    rest.strip_prefix("stage").is_some_and(|rest| rest.trim_start().starts_with([':', '-', '–', '—', '.']))
}

/// The number of a stage that goes by one alone.
fn number(stage: &Stage) -> Option<u32> {
    stage.label.split('~').next().unwrap_or_default().parse().ok()
}
