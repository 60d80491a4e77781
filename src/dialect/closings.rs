//! What a unit says of its own end behind the last heading inside it: `**Exit criteria:**` of a phase whose parts have
//! headings. Markdown puts it into the last part; it belongs to the unit.

use std::sync::LazyLock;

use super::structure::Draft;
use super::vocab;
use crate::text::Lexicon;

/// Labels that speak of the end of what they stand in.
static ENDS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let labels = [
        "exit criteria", "exit criterion", "exit condition", "exit conditions", "completion criteria",
        "completion criterion", "success criteria", "acceptance criteria", "acceptance", "definition of done", "dod",
        "done when", "completed when", "gate", "phase gate", "stage gate", "milestone gate", "exit gate",
    ];
    Lexicon::new(labels.map(|label| (label, ())))
});

/// Whether a label speaks of the end of the unit that it stands in.
pub(super) fn ends(label: &str) -> bool {
    ENDS.has(vocab::Name::of(label).text())
}

/// Gives units what their last part says of the end, where the document does so throughout: no part but a last one has
/// such a label, and parts have no other checks. One unit alone could have a last part that is proven by chance.
pub(super) fn lift(drafts: &mut [Draft<'_>]) {
    let outer: Vec<usize> = (0..drafts.len()).filter(|&index| holds_parts(drafts, index)).collect();
    let parts = |index: usize| drafts[index].inner.iter().copied();
    let last = |index: usize| *drafts[index].inner.last().unwrap_or(&index);
    let only_ends = |index: usize| drafts[index].found.closing == Some(0) && !drafts[index].found.checks.is_empty();
    let lifted: Vec<usize> = outer
        .iter()
        .copied()
        .filter(|&index| drafts[index].found.checks.is_empty() && only_ends(last(index)))
        .filter(|&index| parts(index).all(|part| part == last(index) || drafts[part].found.checks.is_empty()))
        .collect();
    let told = |index: &usize| drafts[*index].found.closing.is_some();
    let stray = outer.iter().any(|&index| parts(index).any(|part| told(&part) && !lifted.contains(&index)));
    // Others of its kind say themselves when they are over.
    let alike = |word: &str| {
        let whole = |index: &usize| drafts[*index].inner.is_empty() && drafts[*index].unit.word == word;
        let part = |index: &usize| outer.iter().any(|&outer| drafts[outer].inner.contains(index));
        (0..drafts.len()).filter(|index| whole(index) && !part(index) && told(index)).count()
    };
    let Some(word) = lifted.first().map(|&index| drafts[index].unit.word.clone()) else { return };
    if stray || lifted.len() + alike(&word) < 2 {
        return;
    }
    for index in lifted {
        let from = last_of(drafts, index);
        let checks = std::mem::take(&mut drafts[from].found.checks);
        drafts[from].found.closing = None;
        drafts[index].found.checks = checks;
    }
}

fn last_of(drafts: &[Draft<'_>], index: usize) -> usize {
    *drafts[index].inner.last().unwrap_or(&index)
}

/// Whether a unit has two parts or more with headings of their own, and these have none.
fn holds_parts(drafts: &[Draft<'_>], index: usize) -> bool {
    let draft = &drafts[index];
    let part = |&inner: &usize| {
        let part = &drafts[inner];
        inner > index && !part.listed && !part.last && part.inner.is_empty()
    };
    !draft.last && !draft.listed && draft.inner.len() > 1 && draft.inner.iter().all(part)
}
