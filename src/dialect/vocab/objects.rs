//! What a command is to be run on, where that is said in words beside it: `on every touched file`.

use crate::text::{Lexicon, starts_with};
use std::sync::LazyLock;

/// What a word says about the object of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// `on`, `for`.
    Leads,
    /// `touched`, `changed`: which ones they are stands nowhere.
    Open,
    /// `file`, `module`.
    Files,
    /// `passes`, `clean`: may stand between a command and what it is run on.
    Passes,
}

const WORDS: &[(Part, &[&str])] = &[
    (
        Part::Leads,
        &[
            "on", "for", "against", "over", "across", "auf", "für", "über", "sur", "pour", "en", "para", "sobre", "em",
            "nos", "na", "dla", "su", "per", "op", "voor", "для", "на",
        ],
    ),
    (
        Part::Open,
        &[
            "touched", "changed", "affected", "modified", "relevant", "edited", "geänderten", "geänderte", "modifiés",
            "modifié", "changés", "modificados", "modificado", "cambiados", "tocados", "alterados", "alterado",
            "zmienionych", "zmienione", "modificati", "gewijzigde", "измененных", "изменённых", "змінених",
        ],
    ),
    (
        Part::Files,
        &[
            "file", "files", "module", "modules", "package", "packages", "script", "scripts", "path", "paths", "class",
            "classes", "component", "components", "diff", "datei", "dateien", "fichier", "fichiers", "archivo",
            "archivos", "fichero", "ficheros", "arquivo", "arquivos", "ficheiro", "ficheiros", "plik", "pliki",
            "plikach", "plików", "bestand", "bestanden", "файл", "файла", "файлах", "файлов", "файлів",
        ],
    ),
    (
        Part::Passes,
        &[
            "clean", "cleanly", "pass", "passes", "passing", "green", "succeed", "succeeds", "is", "are", "runs",
            "run", "still", "ok", "happy", "quiet", "silent", "reports", "nothing", "no", "errors", "warnings",
            "issues", "without",
        ],
    ),
];

static KNOWN: LazyLock<Lexicon<Part>> =
    LazyLock::new(|| Lexicon::new(WORDS.iter().flat_map(|(part, words)| words.iter().map(|word| (*word, *part)))));

fn part(word: &str) -> Option<Part> {
    KNOWN.get(word.trim_matches(|next: char| !next.is_alphanumeric()))
}

/// Whether words behind a command leave open what it is to be run on: `on touched files`, `passes for each changed
/// package`.
#[must_use]
pub fn leaves_object_open(after: &str) -> bool {
    if is_repeated(after) {
        return true;
    }
    let mut led = None;
    let mut fresh = false;
    for word in after.split_whitespace().take(12) {
        let part = part(word);
        match led {
            None if part == Some(Part::Leads) => led = Some(0),
            None if part != Some(Part::Passes) => return false,
            Some(_) if part == Some(Part::Open) => return true,
            // `new` alone leaves nothing open: `on new ports`.
            Some(_) if part == Some(Part::Files) && fresh => return true,
            Some(count) if count >= 3 => return false,
            Some(count) => led = Some(count + 1),
            None => {}
        }
        if word.ends_with(['.', ',', ';', ':']) {
            return false;
        }
        fresh = starts_with(word, "new");
    }
    false
}

/// Whether words beside a command that takes files name some: `clean on every file`, `for the new module`.
#[must_use]
pub fn names_files(words: &str) -> bool {
    if ["文件", "檔案", "ファイル", "파일"].iter().any(|noun| words.contains(noun)) {
        return true;
    }
    let mut led = None;
    for word in words.split_whitespace().take(24) {
        match (led, part(word)) {
            (Some(_), Some(Part::Files | Part::Open)) => return true,
            (_, Some(Part::Leads)) => led = Some(0),
            (Some(count), _) => led = (count < 5).then_some(count + 1),
            (None, _) => {}
        }
        if word.ends_with(['.', ',', ';']) {
            return false;
        }
    }
    false
}

/// Whether words right behind a command have it run in several places, which they only name by their kind: `of each
/// stub`, `in every package`. What happens again and again is no place: `on every commit`.
fn is_repeated(after: &str) -> bool {
    static TIMES: LazyLock<Lexicon<()>> = LazyLock::new(|| {
        let times = [
            "build", "case", "change", "commit", "day", "edit", "iteration", "merge", "night", "phase", "pr", "pull",
            "push", "release", "run", "save", "stage", "step", "sub-step", "task", "test", "time", "unit", "week",
            "one", "of",
        ];
        Lexicon::new(times.map(|time| (time, ())))
    });
    let mut words = after.split_whitespace().map(|word| word.trim_matches(|next: char| !next.is_alphanumeric()));
    let is = |word: Option<&str>, all: &[&str]| {
        word.is_some_and(|word| all.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    let lead = words.next();
    let of = is(lead, &["of"]);
    (of || is(lead, &["in", "inside", "for", "from", "within", "für", "pour", "para", "dla", "per"]))
        && is(
            words.next(),
            &["each", "every", "jede", "jedes", "jeden", "chaque", "cada", "każdego", "każdej", "ogni", "elke"],
        )
        && words.next().is_some_and(|noun| !noun.is_empty() && !TIMES.has(noun))
}
