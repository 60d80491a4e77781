//! Items that begin with a verb of proof where no label asks for any: `- Verify `npm run build` still works`.

use std::sync::LazyLock;

use crate::outline::{Block, Inline, InlineKind, Item};
use crate::text::{Lexicon, Phrases, Starts, last_sentence, starts_with};

use super::context::Context;
use super::cues::has_code;
use super::facts;
use super::inline;
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::phrases;
use super::proofs;
use super::tasks::{self, Asks};
use super::vocab::{self, Place};
use super::walk::Found;

/// What items that begin with a verb of proof are where no label asks for proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbs {
    /// Nothing: notes, background, test cases to be written.
    #[default]
    Nothing,
    /// Nothing, but a whole sentence may ask for proof: tasks to write tests, below which stand the cases.
    Cases,
    /// Checks if they name a command: lists of work.
    Commands,
    /// Checks in any case: the items of tasks.
    Words,
}

impl Verbs {
    /// What holds in an item: one with a box to tick is a task.
    #[must_use]
    pub fn in_item(self, item: &Item) -> Self {
        match self {
            Self::Commands if item.task.is_some() => Self::Words,
            Self::Cases => Self::Nothing,
            verbs => verbs,
        }
    }

    /// What holds below a heading or a label that announces no checks: a list of work may have some, notes have none.
    #[must_use]
    pub fn below(self, label: &str) -> Self {
        let work = matches!(
            vocab::Name::of(label).text(),
            "tasks"
                | "task"
                | "subtasks"
                | "steps"
                | "actions"
                | "action"
                | "action items"
                | "work"
                | "work items"
                | "todo"
                | "to do"
                | "to-do"
                | "implementation steps"
                | "implementation tasks"
                | "implementation tasks & subtasks"
                | "implementation tasks and subtasks"
                | "tasks / subtasks"
                | "aufgaben"
                | "schritte"
                | "tâches"
                | "étapes"
                | "tareas"
                | "pasos"
                | "tarefas"
                | "passos"
                | "zadania"
                | "kroki"
                | "タスク"
                | "手順"
                | "任务"
                | "步骤"
                | "작업"
                | "단계"
        );
        if work { self } else { Self::Nothing }
    }
}

/// `Write unit tests`, `Test cases for the parser`: what stands below are cases to be written.
#[must_use]
pub fn writes_tests(words: &str) -> bool {
    let words = words.trim_start_matches(|next: char| !next.is_alphanumeric());
    if writes_tests_glued(words) {
        return true;
    }
    static TEST: Starts = Starts::new(&["test", "spec", "case", "prueba", "teste", "mock", "テスト", "测试", "테스트"]);
    let mut all = words.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = all.next() else { return false };
    if matches!(first, "Test" | "Tests" | "Testing") || starts_with(first, "mock") {
        return !starts_with(words, "test that ");
    }
    WRITING.has(first) && all.take(6).any(|word| TEST.begin(word))
}

/// The same in languages that set no blanks, or whose verb stands last: `编写单元测试`, `テストを書く`, `테스트 작성`.
#[must_use]
pub fn writes_tests_glued(words: &str) -> bool {
    const FIRST: &[&str] = &["编写", "撰写", "添加", "新增", "补充", "增加", "編寫", "撰寫", "新增", "补全"];
    const LAST: &[&str] = &[
        "を書く", "を作成", "を作成する", "を追加", "を追加する", "を実装", "を実装する", "を記述", "を記述する",
        "작성", "작성하기", "작성한다", "추가", "추가하기", "추가한다", "구현",
    ];
    if words.is_ascii() || !["测试", "測試", "テスト", "테스트", "用例"].iter().any(|test| words.contains(test))
    {
        return false;
    }
    let words = words.trim_end_matches(['。', '.', ' ', '：', ':']);
    FIRST.iter().any(|verb| words.starts_with(verb)) || LAST.iter().any(|verb| words.ends_with(verb))
}

/// Whether words behind a label of proof only say which test is to be written: `Test: Extend `till.test.ts` to ...`.
pub(super) fn is_to_write(run: &[Inline<'_>]) -> bool {
    let text = inline::markdown(run);
    let words = text.trim_start_matches(|next: char| !next.is_alphanumeric());
    let first = &words[..words.find(|next: char| !next.is_alphanumeric()).unwrap_or(words.len())];
    let names = ["cover", "unit", "integration", "new", "define"];
    WRITING.get(first).is_some()
        && !names.iter().any(|name| first.eq_ignore_ascii_case(name))
        && writes_tests(words)
        && !item::asks_to_run(run, &Setting { asked: true, ..Setting::default() })
}

/// Verbs with which work on tests begins.
static WRITING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let verbs = [
        "add", "write", "create", "extend", "update", "implement", "cover", "unit", "integration", "new", "define",
        "schreibe", "ergänze", "ajouter", "écrire", "añadir", "agregar", "escribir", "adicionar", "escrever", "dodaj",
        "napisz", "aggiungi", "scrivi", "добавить", "написать", "додати", "написати", "ekle", "yaz",
    ];
    Lexicon::new(verbs.into_iter().map(|verb| (verb, ())))
});

/// Whether a text ends in a sentence that asks for proof and whose list follows: `... Confirm:`.
#[must_use]
pub fn leads_to_proof(words: &str) -> bool {
    let words = words.trim_end().trim_end_matches(['*', '_']);
    words.ends_with([':', '：']) && {
        let last = last_sentence(words);
        tasks::asks(last) == Asks::Judge || vocab::place(last) == Some(Place::Proof)
    }
}

/// Whether words say what a command is run for, and it is to be done and not to be seen: `... to fill the store`.
fn works_towards(run: &[Inline<'_>]) -> bool {
    let Some(code) = run.iter().rposition(|inline| inline.kind == InlineKind::Code) else { return false };
    let after = inline::prose(&run[code + 1..]);
    let after = after.trim_start();
    let purpose = ["to ", "in order to ", "para ", "pour ", "afin de "]
        .iter()
        .find(|start| starts_with(after, start))
        .map(|start| after[start.len()..].trim_start());
    purpose.is_some_and(|purpose| {
        let word = &purpose[..purpose.find(|next: char| !next.is_alphabetic()).unwrap_or(purpose.len())];
        !LOOKING.has(word) && vocab::verb(purpose).is_none()
    })
}

/// Verbs that say of a purpose that something is to be found out.
static LOOKING: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let verbs = [
        "see", "test", "prove", "detect", "find", "look", "inspect", "catch", "compare", "measure", "show", "list",
        "get", "observe", "review", "examine", "establish", "be", "re", "smoke", "exercise", "demonstrate", "probar",
        "ver", "voir", "tester", "testar", "comparar", "comparer",
    ];
    Lexicon::new(verbs.into_iter().map(|verb| (verb, ())))
});

impl<'s> Found<'s> {
    /// Reads an item by the verb that it begins with. Gives nothing where the verb decides nothing; otherwise whether
    /// the item only introduces what stands below it.
    pub(super) fn by_verb(
        &mut self,
        part: &[Inline<'s>],
        words: &str,
        blocks: &[Block<'s>],
        here: &mut Context,
    ) -> Option<bool> {
        if writes_tests(words) {
            here.verbs = if here.verbs == Verbs::Words { Verbs::Cases } else { Verbs::Nothing };
        }
        if here.place != Place::Off || !here.tasks && matches!(here.verbs, Verbs::Nothing | Verbs::Cases) {
            return None;
        }
        // `Check if the container exists (`docker ps`)`: a case that the work has to tell.
        let branches = ["check if ", "check whether "].iter().any(|start| starts_with(words.trim_start(), start));
        if branches && !proofs::expects_result(words) {
            return None;
        }
        let asks = tasks::asks(words);
        if asks == Asks::Work || asks == Asks::Run && !here.tasks {
            return None;
        }
        let judges = asks == Asks::Judge && (here.tasks || here.verbs == Verbs::Words);
        let lists = blocks.iter().any(|block| matches!(block, Block::List(_)));
        if asks == Asks::Judge && lists && !has_code(part) {
            // `- [ ] Verify the whole way` with what to look at below.
            let proof = Context::of(Place::Proof).said(inline::span(part));
            *here = Context { prose_counts: judges, tasks: here.tasks, verbs: here.verbs, ..proof };
            return Some(true);
        }
        if !has_code(part) && vocab::only_success(words) {
            return None;
        }
        // `Run the parser's tests and see them pass`: which command that is, a person has to know.
        let suite = || proofs::names_test(words) && proofs::expects_result(words);
        let prose_counts = judges || asks == Asks::Run && (has_code(part) || suite());
        let setting = Setting {
            asked: true,
            prose_counts,
            because: Some(inline::span(part)),
            procedure: asks == Asks::Run,
            ..Setting::default()
        };
        let found = item::checks(part, &setting);
        let decides = here.tasks || !found.is_empty();
        // `Run `npm run seed` to fill the store` is work, though it begins as a check would.
        let purpose = asks == Asks::Run && works_towards(part);
        let work = |check: &ReadCheck| {
            asks == Asks::Run && (check.writes || check.risk.is_some() || purpose && !proofs::proves(check))
        };
        self.checks.extend(found.into_iter().filter(|check| !work(check)));
        decides.then_some(false)
    }

    /// Reads the sentences behind work that ask for proof of it: `Move the till. Verify that it opens.` Gives
    /// nothing where there are none; otherwise whether the last one only introduces what stands below. So many sentences at the start are read otherwise.
    pub(super) fn sentences(&mut self, run: &[Inline<'s>], here: &mut Context, skip: usize) -> Option<bool> {
        static VERBS: LazyLock<Phrases> = LazyLock::new(|| {
            Phrases::new(&[
                "verify ", "validate ", "confirm ", "check that ", "überprüfe", "vérifie", "verifica", "verifique",
                "zweryfikuj", "sprawdź", "验证", "検証", "확인", "проверь", "проверить", "doğrula",
            ])
        });
        if here.verbs == Verbs::Nothing || !run.iter().any(|piece| VERBS.any_in(&piece.text)) {
            return None;
        }
        let start = self.checks.len();
        let judges = matches!(here.verbs, Verbs::Words | Verbs::Cases);
        for sentence in phrases::sentences(run).into_iter().skip(skip) {
            let words = inline::prose(&sentence);
            if tasks::asks(&words) != Asks::Judge {
                continue;
            }
            if words.trim_end().ends_with([':', '：']) {
                let proof = Context::of(Place::Proof).said(inline::span(&sentence));
                *here = Context { prose_counts: judges, tasks: here.tasks, verbs: here.verbs, ..proof };
                return Some(true);
            }
            // `Verify that it passes` behind a command says nothing new; where there is none, somebody has to see to it.
            let repeats = vocab::only_success(&words) && (has_code(run) || words.split_whitespace().count() < 5);
            if has_code(&sentence) || !repeats {
                let because = Some(inline::span(&sentence));
                let setting = Setting { asked: true, prose_counts: judges, because, ..Setting::default() };
                // `Add the crate; verify that `npm install` finds it`: an install belongs to the work.
                let prepares =
                    |check: &ReadCheck| check.command.as_deref().is_some_and(|text| facts::of(text).prepares());
                self.checks.extend(item::checks(&sentence, &setting).into_iter().filter(|check| !prepares(check)));
            }
        }
        (self.checks.len() > start).then_some(false)
    }
}
