//! Mends plans: fixes in rounds, until none is left that another one stood in the way of.
//!
//! Must not know any rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::app;
use super::cmd_lint::find;
use super::console::Console;
use super::settings::{PlanFile, Settings};
use crate::edit::{Draft, Refused, Revision};
use crate::host::Host;
use crate::lint::choose;
use crate::source::Source;
use crate::text::{clean_line, plural};

/// After so many rounds something is mended again and again.
const ROUNDS: usize = 20;

/// A plan with its fixes.
pub(super) struct Fixed {
    /// The file as it is to be.
    pub(super) revision: Revision,
    /// How often findings of each code were mended.
    codes: BTreeMap<&'static str, usize>,
}

impl Fixed {
    /// What was done to a file, a line.
    pub(super) fn words(&self, shown: &str) -> String {
        let count = self.codes.values().sum();
        let each: Vec<String> = self.codes.iter().map(|(code, count)| format!("{code}: {count}")).collect();
        format!("mended {} in {} ({})\n", plural(count, "finding"), clean_line(shown), each.join(", "))
    }
}

/// Mends what can be mended in a plan, if there is anything.
///
/// # Errors
/// When the file has changed meanwhile.
pub(super) fn fix(
    file: &PlanFile,
    settings: &Settings,
    console: &Console,
    host: &dyn Host,
) -> Result<Option<Fixed>, Refused> {
    let Ok(source) = app::decode(file, host) else { return Ok(None) };
    let mut draft = Draft::new(&source);
    let mut codes = BTreeMap::new();
    let mut now = Arc::clone(&source);
    for _ in 0..ROUNDS {
        let (_, findings) = find(&now, file, settings, console, host);
        let (edits, mended) = choose(&findings);
        if edits.is_empty() {
            break;
        }
        draft.change(&now, edits)?;
        mended.into_iter().for_each(|code| *codes.entry(code).or_default() += 1);
        now = Arc::new(Source::from_text(source.name(), draft.text()));
    }
    if codes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Fixed { revision: Revision::new(&file.located.path, &source, draft.edits(), host)?, codes }))
}
