//! Stages and tasks that are nothing but the runs that prove the others, by their titles and by what they list.

use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Item, List, Section};
use crate::text::{self, Lexicon, Phrases};

use super::command::Form;
use super::context::Context;
use super::cues::works;
use super::facts;
use super::inline;
use super::item;
use super::proofs::names_test;
use super::titles::{asks_for_proof, names_tests};
use super::units::Unit;
use super::verbs::{Verbs, writes_tests};
use super::vocab::{self, Place, Verb};
use super::walk::{Found, Scripts};

/// Whether a stage is a run of tests by its title, `Step 7: Build, lint and test`, and lists nothing but commands, of which
/// none prepares or ships anything and some prove something by their nature.
pub(super) fn lists_runs(section: &Section, title: &str) -> bool {
    let mut lists = section.blocks.iter().filter_map(|block| match block {
        Block::List(list) => Some(list),
        _ => None,
    });
    let Some(list) = lists.next() else { return false };
    let others = section.blocks.iter().filter(|block| !matches!(block, Block::List(_) | Block::Rule(_))).count();
    let commands: Vec<&str> = list.items.iter().filter_map(opening_command).collect();
    lists.next().is_none()
        && others == 0
        && section.sections.is_empty()
        && runs_tests(title)
        && commands.len() == list.items.len()
        && commands.iter().all(|command| !facts::of(command).prepares() && facts::of(command).effects().0.is_none())
        && commands.iter().any(|command| facts::of(command).proves())
}

/// `Run tests and lint`, `Build + test`: whether a title only names runs that prove something.
fn runs_tests(title: &str) -> bool {
    static RUNS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let words = [
            "test", "tests", "testing", "unit tests", "lint", "linting", "lint check", "build", "typecheck",
            "type-check", "type check", "types", "e2e", "e2e tests", "checks", "suite", "prüfen", "testen", "prueba",
            "pruebas", "teste", "testes", "testy", "测试", "テスト", "테스트",
        ];
        Lexicon::new(words.map(|word| (word, ())))
    });
    if writes_tests(title) && !title.contains(['+', '&', ',']) {
        return false;
    }
    if vocab::verb(title) == Some(Verb::Run) && names_test(title) {
        return true;
    }
    let joined = title.replace(" and ", ",");
    let names: Vec<&str> = joined.split([',', '+', '&', '/']).map(str::trim).filter(|name| !name.is_empty()).collect();
    let known = names.iter().filter(|name| RUNS.has(&name.to_lowercase())).count();
    names.len() > 1 && known > 0 && (known == names.len() || title.contains(['+', '&']))
}

/// The command that an item begins with, where nothing stands behind it but what is expected of it.
fn opening_command<'i>(item: &'i Item<'_>) -> Option<&'i str> {
    let run: &[Inline<'_>] = &item.text.inlines;
    let at = run.iter().position(|inline| !text::is_blank(&inline.text)).filter(|_| item::starts_with_code(run))?;
    let behind = inline::prose(&run[at + 1..]);
    let behind = behind.trim_start();
    let told = behind.is_empty() || behind.starts_with(['-', '–', '—', '→', '(', '=']);
    let command = run[at].text.trim();
    (told && facts::of(command).form == Form::Command).then_some(command)
}

/// Whether a task below one that asks for proof lists the commands by which it is done: `15.1 Parser` with `make parser`.
pub(super) fn lists_commands(title: &str, blocks: &[Block<'_>]) -> bool {
    let lists = || {
        blocks.iter().filter_map(|block| match block {
            Block::List(list) => Some(list),
            _ => None,
        })
    };
    let bare = |item: &Item<'_>| {
        let code = item.text.inlines.iter().filter(|inline| !text::is_blank(&inline.text)).count() == 1;
        code && opening_command(item).is_some_and(|command| !facts::of(command).prepares())
    };
    !works(title)
        && !writes_tests(title)
        && lists().any(|list: &List<'_>| list.items.iter().any(bare))
        && lists().all(|list| list.items.iter().all(|item| !works(&inline::prose(&item.text.inlines))))
}

/// Whether the title of a task that holds others asks for proof in all of them: `Final verification checkpoint`.
pub(super) fn proves_inner(title: &str, unit: &Unit) -> bool {
    let title = if unit.word.is_empty() { title } else { &unit.rest };
    let title = title.trim_end_matches('.');
    let head = title.strip_suffix(" checkpoint").or_else(|| title.strip_suffix(" gate")).unwrap_or(title);
    asks_for_proof(head) && !names_tests(head)
}

/// Whether the work of a list begins with this item: boxes to tick behind files without any, or a list of them behind one
/// of files. What the label before says holds for those others.
pub(super) fn begins_work(entry: &Item<'_>, list: &List<'_>, boxed: bool, current: &Context) -> bool {
    if entry.task.is_none() || !current.files {
        return false;
    }
    let names_file =
        |item: &Item<'_>| item::starts_with_code(&item.text.inlines) || inline::label(&item.text.inlines).is_some();
    !boxed || !list.items.iter().any(names_file)
}

impl Context {
    /// `- [ ] Run the full test suite.`: an item to tick that asks for a run, though not how it is done.
    pub(super) fn runs_suite(&self, part: &[Inline<'_>], words: &str) -> bool {
        static SUITES: LazyLock<Phrases> = LazyLock::new(|| {
            Phrases::new(&["full test", "entire test", "whole test", "complete test", "all tests", "full suite"])
        });
        self.verbs == Verbs::Words
            && !self.tasks
            && vocab::verb(words) == Some(Verb::Run)
            && SUITES.any_in(words)
            && !part.iter().any(|inline| inline.kind == InlineKind::Code)
    }
}

impl<'s> Found<'s> {
    /// A procedure with steps of work: commands in between are not asked for as proof, but for those that ask for it
    /// themselves, and for those below a step such as `7. Validation.`
    pub(super) fn work_list(&mut self, list: &List<'s>, current: &Context, scripts: &mut Scripts) {
        let work = Context { verbs: Verbs::Commands, cwd: current.cwd.clone(), ..Context::of(Place::Off) };
        let mut here = work.clone();
        let asks = |entry: &Item<'_>| {
            !entry.blocks.is_empty() && {
                let title = entry.text.to_plain();
                let title = title.trim().trim_end_matches('.');
                asks_for_proof(title) && !names_tests(title)
            }
        };
        if !list.items.iter().any(asks) {
            return self.list(list, &work, &mut here, scripts);
        }
        let start = self.checks.len();
        for entry in &list.items {
            self.begin();
            if asks(entry) {
                let proof = Context { cwd: current.cwd.clone(), ..Context::of(Place::Proof).said(entry.text.span) };
                self.blocks(entry.blocks.iter(), &proof, scripts);
            } else {
                self.item(entry, &work, &mut here, scripts);
            }
        }
        self.end(start);
    }
}
