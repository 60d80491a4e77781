//! Labels at the beginning of an item of a list, or of a line of one, and what they hold for below it.

use super::context::Context;
use super::inline::{self, Labelled};
use super::vocab::Place;
use super::walk::Found;
use crate::outline::Inline;

impl<'s> Found<'s> {
    /// An item, or a line of one, that starts with a label.
    pub(super) fn labelled_item(
        &mut self,
        found: &Labelled<'s>,
        part: &[Inline<'s>],
        current: &Context,
        here: &mut Context,
    ) -> bool {
        let known = found.place();
        if current.files && !found.strong {
            return true;
        }
        if self.action(found, current, here) {
            return true;
        }
        if matches!(known, Some(Place::Off)) && current.checks() && found.strong {
            *here = current.off(&found.label);
            return true;
        }
        if known.is_none() && !found.says_needs() {
            return false;
        }
        let base = current.clone();
        let mut next = current.clone();
        let done = self.labelled(found, part, &base, &mut next);
        if done {
            // The label holds for what stands below the item.
            if let Some(place) = known.filter(|_| inline::is_blank(&found.rest)) {
                *here = match place {
                    Place::Proof if base.place == Place::Manual => base,
                    Place::Off | Place::Units | Place::Order => base.off(&found.label),
                    _ => next,
                };
            } else if matches!(known, Some(Place::Off)) {
                *here = base.off(&found.label);
            } else if matches!(known, Some(Place::Proof | Place::Manual | Place::Run)) {
                *here = Context { prose_counts: false, ..Context::of(known.unwrap_or(Place::Proof)).said(found.span) };
            }
        }
        done
    }
}
