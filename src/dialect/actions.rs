//! Checks that are told as what is done and what is expected of it: `Action: Run it.` beside `Expected Outcome: ...`.

use crate::outline::{Item, List};
use crate::plan::Kind;

use super::context::Context;
use super::inline::{self, Labelled};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::vocab;
use super::walk::Found;

/// Whether the items of a list, or the lines of one, tell what is done and what is expected of it.
pub(super) fn told(list: &List<'_>) -> bool {
    let labelled = |item: &Item<'_>, is: &dyn Fn(&Labelled<'_>) -> bool| {
        inline::item_lines(&item.text).any(|line| inline::label(&line).is_some_and(|found| is(&found)))
    };
    let any = |is: &dyn Fn(&Labelled<'_>) -> bool| list.items.iter().any(|item| labelled(item, is));
    any(&|found| vocab::expects(&found.label)) && any(&is_action)
}

/// `Action: Run it`, `Do: ...`: a label of what is done to see how it ends.
fn is_action(found: &Labelled<'_>) -> bool {
    matches!(
        found.name(),
        "action"
            | "actions"
            | "do"
            | "step"
            | "steps"
            | "how"
            | "method"
            | "procedure"
            | "aktion"
            | "acción"
            | "ação"
            | "akcja"
    ) && !inline::is_blank(&found.rest)
}

/// Whether the checks of an item leave its commands to a person, so that the list below says what to look at.
pub(super) fn leads_to_points(found: &[ReadCheck]) -> bool {
    found.iter().any(|check| check.command.is_some()) && found.iter().all(|check| check.kind == Kind::Manual)
}

impl<'s> Found<'s> {
    /// An item of such a list that says what is done. Gives whether it is one.
    pub(super) fn action(&mut self, found: &Labelled<'s>, current: &Context, here: &mut Context) -> bool {
        if !(current.acts && current.checks() && is_action(found)) {
            return false;
        }
        let setting = Setting { procedure: true, prose_counts: true, ..current.setting(true) };
        self.checks.extend(item::checks(&found.rest, &setting));
        *here = Context { prose_counts: false, ..current.clone() };
        true
    }
}
