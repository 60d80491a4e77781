//! What entries of lists say of the order of stages.
//!
//! Must not know in which section they stand.

use std::collections::BTreeSet;

use crate::outline::Inline;
use crate::text::starts_with;

use super::inline;
use super::model::{Reference, RelationSource};
use super::order::Reader;
use super::phrases::{Signs, beside_others, mentions_first};

/// What an entry begins with whose stage waits for what follows.
const DEPENDS: &[&str] = &[
    "depends on", "depend on", "all depend on", "after", "requires", "needs", "blocked by", "can start after",
    "can begin after", "starts after", "start after", "begins after",
];
/// Where what is needed is over.
const CLAUSE_ENDS: &[&str] = &[" - ", " – ", " — ", ". ", "; "];
/// Where a title is over.
const TITLE_ENDS: &[&str] = &["(", "[", ". ", "; "];
/// Words behind a title that only say that its work has to be over.
const DONE: &[&str] =
    &["completion", "complete", "completed", "done", "finished", "being", "is", "phase", "stage", "work"];

/// Whether all that is behind a name stands in brackets: `Phase 3 (T006–T008)` names the phase by its tasks as well.
fn in_brackets(label: &str, end: usize) -> bool {
    let rest = label[end..].trim_matches([' ', '*', '_', ':']);
    rest.starts_with('(') && rest.find(')') == Some(rest.len() - 1)
}

/// A text before the first of several signs.
fn until<'t>(text: &'t str, signs: &[&str]) -> &'t str {
    let end = signs.iter().filter_map(|sign| text.find(sign)).min();
    &text[..end.unwrap_or(text.len())]
}

impl Reader<'_> {
    /// `- Stage 2: Stage 1, Stage 0`, `- **Stage 2**: none`: what an entry of a list of dependencies says.
    pub(super) fn entry(&mut self, run: &[Inline<'_>]) -> bool {
        let Some(found) = inline::label(run) else { return false };
        let mentions = self.names.mentions(&found.label);
        let (name, stages) = match mentions.as_slice() {
            // `US2 (Phase 4)`: two names of one stage.
            [(place, name, stages), rest @ ..]
                if !stages.is_empty()
                    && (rest.iter().all(|(_, _, others)| others == stages) || in_brackets(&found.label, place.end)) =>
            {
                (*name, stages.clone())
            }
            // `- **Polish**: depends on all stories`: a stage by its title.
            [] => match self.names.titled(until(&found.label, TITLE_ENDS)) {
                Some(stage) => (&*found.label, vec![stage]),
                None => return false,
            },
            _ => return false,
        };
        let text = inline::markdown(&found.rest);
        let whole = text.to_lowercase();
        let depends = DEPENDS.iter().find(|verb| whole.starts_with(**verb)).copied();
        // `After Phase 2 - may share files with Phase 3`: only what stands before the dash is needed.
        let rest = if depends.is_some() { until(&whole, CLAUSE_ENDS) } else { &whole };
        let signs = Signs::of(rest);
        let mut needs = self.references(&found.rest);
        // What a stage is said to be independent of is nothing that it needs.
        let cut = rest.find("independent of").unwrap_or(rest.len());
        if cut < whole.len() {
            let before = self.names.mentions(text.get(..cut).unwrap_or(&text));
            let before: BTreeSet<&str> = before.iter().map(|(_, name, _)| *name).collect();
            needs.retain(|need| before.contains(need.name.as_str()));
        }
        // `requires Stage 1 (can run in parallel with Stage 2)`
        if let Some(beside) = beside_others(&found.rest).filter(|_| signs.parallel()) {
            needs.retain(|need| !beside.range().contains(&(need.span.start as usize)));
        }
        // `Can begin after Phase 1, but US3 should ideally run first`: what is said with reserve makes nobody wait.
        if depends.is_some()
            && let Some(cut) = [", but ", " but "].iter().filter_map(|sign| text.find(sign)).min()
        {
            let before = self.names.mentions(&text[..cut]);
            let before: BTreeSet<&str> = before.iter().map(|(_, name, _)| *name).collect();
            needs.retain(|need| before.contains(need.name.as_str()));
        }
        if needs.is_empty() && depends.is_some() {
            needs = self.titled(&found.rest, depends.unwrap_or_default().len());
        }
        let none = rest.starts_with("none")
            || rest.starts_with("no depend")
            || rest.contains("no dependencies")
            || rest.contains("independent") && needs.is_empty() && depends.is_none();
        let leads = rest.starts_with(char::is_alphabetic) && mentions_first(rest, self.names);
        if !none && needs.is_empty() && depends.is_some() && signs.all_before() {
            let mut any = false;
            for stage in stages {
                let own = Reference { name: name.to_owned(), span: found.span, stage: Some(stage), unit: None };
                any |= self.after_all_earlier(own, self.first_of(stage), found.span, RelationSource::Prose);
            }
            return any;
        }
        // `US2: independent of US1`, `no dependencies on other stories`: stories wait for no other story, and for what
        // comes before all of them.
        let story = starts_with(name, "us") || name.to_lowercase().contains("story");
        if none && (story && !rest.starts_with("none") || rest.contains(" on other ")) {
            return true;
        }
        if none && stages.len() > 1 && !rest.starts_with("no") {
            return false;
        }
        if !none && (needs.is_empty() || !(depends.is_some() || leads && !signs.any_verb())) {
            return false;
        }
        if none {
            needs.clear();
        }
        for stage in stages {
            let own = Reference { name: name.to_owned(), span: found.span, stage: Some(stage), unit: None };
            let others = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            self.say(own, others, RelationSource::Prose);
        }
        true
    }

    /// `4 depends on 1-3`: an entry that names stages by their numbers alone.
    pub(super) fn counted(&mut self, run: &[Inline<'_>]) -> bool {
        const VERBS: &[&str] = &[
            " depends on ", " depend on ", " requires ", " require ", " needs ", " need ", " after ", " waits for ",
            " blocked by ", " is blocked by ", " hängt ab von ", " braucht ", " dépend de ", " depende de ",
            " zależy od ",
        ];
        let Some(first) = run.first().filter(|first| first.text.starts_with(|next: char| next.is_ascii_digit())) else {
            return false;
        };
        let Some((at, verb)) = VERBS.iter().filter_map(|verb| Some((first.text.find(verb)?, verb))).min() else {
            return false;
        };
        let stages: Vec<usize> =
            self.bare_numbers(&[first.cut(0, at)]).into_iter().filter_map(|one| one.stage).collect();
        let mut rest = vec![first.without_first(at + verb.len())];
        rest.extend_from_slice(&run[1..]);
        let needs = self.bare_numbers(&rest);
        let span = inline::span(run);
        for &stage in stages.iter().filter(|_| !needs.is_empty()) {
            let others = needs.iter().filter(|need| need.stage != Some(stage)).cloned().collect();
            self.say(self.reference(stage, span), others, RelationSource::Prose);
        }
        !stages.is_empty() && !needs.is_empty()
    }

    /// Stages that are needed by their titles: `Setup and Foundational phase completion`. `start` is the length of the
    /// verb before them.
    pub(super) fn titled(&self, run: &[Inline<'_>], start: usize) -> Vec<Reference> {
        let text = inline::markdown(run);
        let text = until(text.get(start..).unwrap_or_default(), CLAUSE_ENDS);
        let span = inline::span(run);
        let parts = text.split([',', '&', '+']).flat_map(|part| part.split(" and "));
        let stages = parts.filter_map(|part| {
            let mut words = until(part, TITLE_ENDS).trim().trim_matches(['*', '`', '.', '"']);
            words = words.strip_prefix("the ").unwrap_or(words);
            while let Some((head, _)) =
                words.rsplit_once(' ').filter(|(_, last)| DONE.contains(&last.to_lowercase().as_str()))
            {
                words = head;
            }
            self.names.titled(words)
        });
        stages.map(|stage| self.reference(stage, span)).collect()
    }
}
