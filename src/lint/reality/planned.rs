//! What a plan itself makes or takes away: of that nothing is missing yet, or any more.
//!
//! Looked for in lines rather than in the tree: what a plan creates stands in lists, tables, diagrams of folders and code
//! alike. What may be meant counts as meant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::super::Subject;
use super::texts::code_spans;
use crate::plan::{Check, Kind};
use crate::text::Phrases;

/// Words by which a file comes to be, goes, or goes elsewhere.
static MAKES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "new file", "(new", "new:", "[new", "create", "creating", "scaffold", "generate", "write `", "write [",
        "delete", "deletion", "remove", "removal", "rename", "move ", "moved", "moves ", "extract", "erstell", "anleg",
        "neue datei", "(neu", "lösch", "entfern", "umbenenn", "verschieb", "créer", "crée", "nouveau", "supprim",
        "renomm", "déplac", "crear", "crea ", "nuevo", "elimin", "renombr", "mover", "criar", "cria ", "novo", "remov",
        "renome", "utwórz", "utworzyć", "nowy", "usuń", "usunąć", "nuovo", "creare", "maak ", "nieuw", "verwijder",
        "созда", "новый", "удал", "переимен", "створ", "новий", "видал", "oluştur", "yeni", "新規", "作成", "削除",
        "追加", "新建", "创建", "新增", "删除", "重命名", "建立", "생성", "삭제", "추가",
    ])
});

/// Words that may only speak of something inside of a file.
static ADDS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "add ", "adds ", "added", "write ", "adding", "introduc", "new ", "output", "produce", "save ", "saved",
        "hinzu", "ajout", "añad", "agreg", "adicion", "dodaj", "aggiung", "toevoeg", "добав", "додат", "ekle",
    ])
});

/// What a plan says of what it makes.
pub(super) struct Planned {
    /// Lines that tell of files that come or go.
    makes: String,
    /// Lines that tell of something that is added, perhaps to a file.
    adds: String,
    /// Code that is no check: what is built, written or talked about.
    code: Vec<String>,
    /// The text without its checks.
    work: String,
    /// Whether all of its work is said to be done.
    pub(super) is_done: bool,
}

impl Planned {
    /// Reads a plan for what it makes.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let text = subject.source.text();
        let run = subject.plan.checks.iter().filter(|check| check.kind != Kind::Manual);
        let checks: BTreeMap<usize, &Check> =
            run.filter(|check| check.command.is_some()).map(|check| (check.span.range().start, check)).collect();
        let commands: BTreeSet<&str> = checks.values().filter_map(|check| check.command.as_deref()).collect();
        let is_check = |start: usize| {
            checks.range(..=start).next_back().is_some_and(|(_, check)| check.span.range().contains(&start))
        };
        let code = code_spans(subject).into_iter().filter(|inline| !is_check(inline.span.range().start));
        let code = code.map(|inline| inline.text.to_string());
        let mut work = String::with_capacity(text.len());
        let mut at = 0;
        for check in checks.values() {
            let span = check.span.range();
            if span.start >= at {
                work.push_str(&text[at..span.start]);
                work.push(' ');
                at = span.end;
            }
        }
        work.push_str(&text[at..]);
        let fences = subject.outline.root.fences();
        let fenced = fences.into_iter().flat_map(|span| subject.source.slice(span).lines());
        let fenced = fenced.filter(|line| !commands.contains(line.trim()));
        let stages = subject.plan.stages.iter().zip(&subject.reading.stages).filter(|(_, read)| !read.last);
        let mut claims = stages.map(|(stage, _)| stage.claimed).peekable();
        let is_done = claims.peek().is_some() && claims.all(|claimed| claimed);
        let code = code.chain(fenced.map(str::to_owned)).collect();
        Self { makes: telling(text, &MAKES), adds: telling(text, &ADDS), code, work, is_done }
    }

    /// Whether the plan says that a path comes to be, goes, or goes elsewhere.
    pub(super) fn makes(&self, path: &str) -> bool {
        names(&self.makes, path) || self.draws(path)
    }

    /// The same, also if only something with that path is added.
    pub(super) fn adds(&self, path: &str) -> bool {
        self.makes(path) || names(&self.adds, path)
    }

    /// Whether a path is named in a block of code, as a heading of what is to be written or in a drawing of folders.
    fn draws(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let heads = |line: &String| line.contains(['#', '─', '│']) || line.trim_start().starts_with("//");
        self.code.iter().any(|line| heads(line) && has_word(line, name))
    }

    /// Whether the plan speaks of a path elsewhere than in its checks.
    pub(super) fn speaks_of(&self, path: &str) -> bool {
        names(&self.work, path)
    }

    /// Whether the plan has a name in code elsewhere than in its checks.
    pub(super) fn has_in_code(&self, name: &str) -> bool {
        self.code.iter().any(|code| has_word(code, name))
    }
}

/// The lines that tell of something: by their own words, by those of the heading or the label above, or by those of the
/// item that they belong to.
fn telling(text: &str, words: &Phrases) -> String {
    let mut out = String::new();
    let mut under = false;
    let mut item: Option<usize> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let depth = line.len() - line.trim_start().len();
        let says = words.any_in(line);
        let bare = line.trim_end_matches(['*', '_', ' ']);
        if line.starts_with('#') || depth == 0 && bare.ends_with([':', '：']) {
            under = says;
        }
        let inside = item.is_some_and(|outer| depth > outer);
        if says && !inside {
            item = Some(depth);
        } else if !inside {
            item = None;
        }
        if says || under || inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Whether a text has a path, or the name of its file.
fn names(text: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    text.contains(path) || has_word(text, name)
}

/// Whether a text has a name that is no part of a longer one.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    let part = |next: char| next.is_alphanumeric() || matches!(next, '_' | '-');
    let mut at = 0;
    while let Some(found) = text[at..].find(name).filter(|_| !name.is_empty()) {
        let (start, end) = (at + found, at + found + name.len());
        let free = !text[..start].ends_with(part) && !text[end..].starts_with(part);
        if free {
            return true;
        }
        at = end;
    }
    false
}
