//! What an `Expected:` speaks of: the commands that stand beside it, and no others.

use std::ops::Range;
use std::sync::LazyLock;

use crate::plan::Kind;
use crate::text::Phrases;

use super::expect;
use super::facts;
use super::proofs;
use super::walk::Found;

/// Words of what somebody looks at while a server runs.
static SHOWN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "page loads", "page opens", "page renders", "page is shown", "homepage", "home page", "http://localhost",
        "http://127.0.0.1", "seite öffnet", "seite lädt", "page s'ouvre", "página carga", "página carrega",
        "strona się ładuje", "可访问", "页面打开", "ページが開", "ページが表示", "페이지가 열",
    ])
});

impl Found<'_> {
    /// Takes back the commands behind a `Run:` in a list of work that no `Expected:` made checks of.
    pub(super) fn drop_tentative(&mut self) {
        if let Some(Range { start, end }) = self.tentative.take() {
            let end = end.min(self.checks.len());
            let start = start.min(end);
            self.checks.drain(start..end);
            let moved = |at: usize| if at < end { at.min(start) } else { at - (end - start) };
            self.pending = moved(self.pending);
            self.before = moved(self.before);
            self.began = moved(self.began);
            self.units = self.units.map(moved);
        }
    }

    /// Keeps the commands behind a `Run:` that ends a stage if they are all that proves it.
    pub(super) fn keep_only_proof(&mut self) {
        if let Some(Range { start: 0, end }) = self.tentative
            && end >= self.checks.len()
            && self.checks.iter().all(proofs::proves)
        {
            self.tentative = None;
        }
    }

    /// What is read from here on does not stand behind a `Run:` any more.
    pub(super) fn end_tentative(&mut self) {
        if let Some(tentative) = self.tentative.as_mut().filter(|tentative| tentative.end == usize::MAX) {
            tentative.end = self.checks.len();
        }
    }

    /// Words of an `Expected:`, said of all commands since the last one. A step that is to see a failure and has no
    /// command of its own speaks of those before it.
    pub(super) fn expected_of(&mut self, words: &str, red: bool) {
        let own = self.pending < self.checks.len();
        if red && !own {
            self.untold = None;
            let from = self.before.min(self.checks.len());
            for check in self.checks[from..].iter_mut().filter(|check| !check.scene) {
                if check.kind == Kind::Command {
                    check.kind = Kind::Red;
                    check.rule = "expected-failure";
                }
            }
            self.pending = from;
            self.end(from);
        }
        self.expected(words);
    }

    pub(super) fn expected(&mut self, words: &str) {
        self.tentative = None;
        let from = self.pending.max(self.unit()).min(self.checks.len());
        for check in &mut self.checks[from..] {
            let Some(command) = check.command.as_ref().filter(|_| !check.scene) else { continue };
            // `Expected: the page opens`: what shows one does not end by itself.
            if check.kind == Kind::Command && SHOWN.any_in(words) && facts::of(command).may_serve() {
                check.kind = Kind::Manual;
                check.rule = "never-ends";
            }
            let read = expect::read(command, words, true);
            if read.red && check.kind == Kind::Command {
                check.kind = Kind::Red;
                check.rule = "expected-failure";
            }
            check.expect = expect::joined(check.expect.take(), read.expect);
        }
        self.redden_scenes(from);
        self.before = self.pending;
        self.pending = self.checks.len();
    }

    /// What sets the scene for commands that all are to fail runs with them only.
    fn redden_scenes(&mut self, from: usize) {
        let checks = &mut self.checks[from..];
        let red = checks.iter().any(|check| check.kind == Kind::Red && !check.scene);
        if red && checks.iter().all(|check| check.scene || check.kind != Kind::Command) {
            for scene in checks.iter_mut().filter(|check| check.scene && check.kind == Kind::Command) {
                scene.kind = Kind::Red;
                scene.rule = "expected-failure";
            }
        }
    }

    /// A new unit of commands begins; what is expected there is not expected of those before it.
    pub(super) fn begin(&mut self) {
        if self.units[1] < self.checks.len() {
            self.units = [self.units[1], self.checks.len()];
        }
    }

    /// A list or table that began with this check is over: what is expected behind it is expected of all of it.
    pub(super) fn end(&mut self, start: usize) {
        if start < self.checks.len() {
            self.units[1] = start;
        }
    }

    /// Where the last unit with commands began.
    fn unit(&self) -> usize {
        if self.units[1] < self.checks.len() { self.units[1] } else { self.units[0] }
    }
}
