//! Where a workstream plan lies: as `implement.md` in the folder of its increment.

use super::super::{Applies, Reads, Rule};
use crate::diagnostic::Severity;

/// A plan that lies elsewhere than in the folder of an increment.
pub(crate) static INCREMENT_FOLDER: Rule = Rule {
    code: "increment-folder",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Files,
    summary: "a workstream plan that is not `implement.md` in the folder of an increment",
    why: "People and tools look for the plan of an increment in `increments/<slug>/implement.md`, beside what it is to reach and \
          how.",
    mend: "Move the file to `increments/<slug>/implement.md`.",
    bad: "plan-share.md\n",
    good: "increments/share/implement.md\n",
    check: |subject, findings| {
        let Some(world) = &subject.world else { return };
        let file = world.file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let above = world.file.parent().and_then(|folder| folder.parent());
        let in_folder = above.and_then(|folder| folder.file_name()).is_some_and(|name| name == "increments");
        let message = match (file == "implement.md", in_folder) {
            (true, true) => return,
            (true, false) => "the plan does not lie in the folder of an increment".to_owned(),
            (false, _) => format!("the plan's file is `{file}`, not `implement.md`"),
        };
        findings.add(subject.title(), message).help("move it to `increments/<slug>/implement.md`");
    },
};

/// A plan without the documents that it follows.
pub(crate) static MISSING_COMPANION: Rule = Rule {
    code: "missing-companion",
    level: Severity::Warning,
    applies: Applies::Workstream,
    reads: Reads::Files,
    summary: "an `implement.md` without `increment.md` or `design.md` beside it",
    why: "The plan says in which order the work is done. What it is for and how it is designed stand in the two other documents; \
          without them nobody can tell whether the plan is complete.",
    mend: "Write the document, or move the plan to where it lies.",
    bad: "increments/share/implement.md\n",
    good: "increments/share/increment.md\nincrements/share/design.md\nincrements/share/implement.md\n",
    check: |subject, findings| {
        let Some(world) = &subject.world else { return };
        let Some(folder) = world.file.parent().filter(|_| world.file.ends_with("implement.md")) else { return };
        for name in ["increment.md", "design.md"] {
            if !world.host.exists(&folder.join(name)) {
                findings
                    .add(subject.title(), format!("there is no `{name}` beside the plan"))
                    .help("write it, or move the plan to where it lies");
            }
        }
    },
};
