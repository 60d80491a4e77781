//! Titles that name a unit of work: `Stage 2: ...`, `T012 ...`, `25.1 — ...`; and stages named in text.
//!
//! Must not know where a title stands.

use std::collections::BTreeMap;
use std::ops::Range;

use super::names::Names;

/// The name of a unit of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// The word in lower case: `stage`, `task`, `ws`; empty for a bare code or number.
    pub word: String,
    /// The number, letter or code: `2`, `1.5`, `A`, `T012`.
    pub number: String,
    /// The rest of the title.
    pub rest: String,
}

/// Words that name a unit when a number follows.
const WORDS: &[&str] = &[
    "stage", "phase", "step", "task", "milestone", "part", "iteration", "sprint", "pr", "workstream", "ws", "wave",
    "checkpoint", "gate", "level", "increment", "track", "slice", "story", "workpackage", "wp", "stufe", "phase",
    "schritt", "aufgabe", "etappe", "étape", "etape", "phase", "tâche", "tache", "etapa", "fase", "tarea", "paso",
    "passo", "tarefa", "etap", "krok", "zadanie", "faza", "阶段", "步骤", "任务", "ステージ", "ステップ", "フェーズ",
    "タスク", "단계", "작업",
];

/// Reads a title as the name of a unit.
#[must_use]
pub fn unit(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    let text = text.replace(['*', '`'], "");
    let text = text.trim();
    let (word, rest) = split_word(text);
    let lower = word.to_lowercase();
    if WORDS.contains(&lower.as_str()) {
        let rest = rest.trim_start_matches([' ', '#', '-', '\u{a0}']);
        let (number, after) = number(rest)?;
        if !ends_name(after) {
            return None;
        }
        return Some(Unit { word: lower, number, rest: title_rest(after) });
    }
    // `第2阶段`, `阶段2`
    if let Some(unit) = glued(text) {
        return Some(unit);
    }
    // `T012 ...`, `M14 — ...`, `WS0 — ...`
    if let Some((code, after)) = code(text)
        && ends_name(after)
    {
        let letters: String = code.chars().take_while(char::is_ascii_alphabetic).collect();
        let word = if letters == "WS" { "ws" } else { "" };
        let number = if word == "ws" { code[2..].to_owned() } else { code };
        return Some(Unit { word: word.to_owned(), number, rest: title_rest(after) });
    }
    None
}

/// Words that are counted in documents and are no units of work.
const NO_UNITS: &[&str] = &[
    "option", "section", "chapter", "appendix", "figure", "table", "example", "risk", "question", "decision",
    "version", "issue", "problem", "scenario", "case", "note", "alternative", "rule", "adr", "finding", "approach",
    "requirement", "principle", "goal", "objective", "page", "day", "week", "month", "quarter", "year", "bug", "fix",
    "pattern", "rev",
];

/// The word of a title such as `Conversation 2 — Types`: one word and a number.
#[must_use]
pub fn counted_word(title: &str) -> Option<String> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (word, rest) = split_word(text);
    let lower = word.to_lowercase();
    let digits = rest.strip_prefix(' ')?;
    let end = digits.find(|next: char| !next.is_ascii_digit()).unwrap_or(digits.len());
    let fits = end > 0 && end <= 3 && word.starts_with(char::is_uppercase) && ends_name(&digits[end..]);
    (fits && !NO_UNITS.contains(&lower.as_str()) && !WORDS.contains(&lower.as_str())).then_some(lower)
}

/// Reads a title as a unit that goes by a word of this document's own.
#[must_use]
pub fn own_unit(title: &str, words: &[String]) -> Option<Unit> {
    let word = counted_word(title).filter(|word| words.contains(word))?;
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (_, rest) = split_word(text);
    let (number, after) = number(rest.trim_start())?;
    Some(Unit { word, number, rest: title_rest(after) })
}

/// Reads a title as a bare number and words: `3. Wire the handler`, `25.0 — Dependency syntax`.
#[must_use]
pub fn numbered(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    let end = text.find(|next: char| !(next.is_ascii_digit() || next == '.'))?;
    let number = text[..end].trim_end_matches('.');
    if number.is_empty() || !number.starts_with(|next: char| next.is_ascii_digit()) || number.len() > 8 {
        return None;
    }
    let after = text[end..].trim_start_matches([')', ':', '.']);
    if !after.starts_with(' ') {
        return None;
    }
    Some(Unit { word: String::new(), number: number.to_owned(), rest: title_rest(after) })
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|next: char| !next.is_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

/// A number with a possible letter behind it, a letter, or a code.
fn number(text: &str) -> Option<(String, &str)> {
    if let Some((code, after)) = code(text) {
        return Some((code, after));
    }
    let digits = text.find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        let mut end = digits;
        // `1.5`, `2.10`, `3a`
        while text[end..].starts_with('.') && text[end + 1..].starts_with(|next: char| next.is_ascii_digit()) {
            let more = text[end + 1..].find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len() - end - 1);
            end += 1 + more;
        }
        let letter = text[end..].starts_with(|next: char| next.is_ascii_alphabetic())
            && !text[end..].chars().nth(1).is_some_and(char::is_alphanumeric);
        if letter {
            end += 1;
        }
        return Some((text[..end].to_owned(), &text[end..]));
    }
    let mut characters = text.chars();
    let first = characters.next().filter(char::is_ascii_uppercase)?;
    // `A.2`: the second step of workstream A.
    let tail = text[1..]
        .strip_prefix('.')
        .map_or(0, |tail| tail.find(|next: char| !next.is_ascii_digit()).unwrap_or(tail.len()));
    if tail > 0 {
        return Some((text[..tail + 2].to_owned(), &text[tail + 2..]));
    }
    let roman = text.find(|next: char| !matches!(next, 'I' | 'V' | 'X')).unwrap_or(text.len());
    if roman > 1 && !text[roman..].starts_with(|next: char| next.is_alphanumeric()) {
        return Some((text[..roman].to_owned(), &text[roman..]));
    }
    if characters.next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some((first.to_string(), &text[1..]))
}

/// `T1`, `M14`, `WS0`, `T8b`, `M19.2`: one to three capitals and a number.
fn code(text: &str) -> Option<(String, &str)> {
    let letters = text.find(|next: char| !next.is_ascii_uppercase()).unwrap_or(text.len());
    if letters == 0 || letters > 3 {
        return None;
    }
    let digits = text[letters..].find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len() - letters);
    if digits == 0 || digits > 4 {
        return None;
    }
    let mut end = letters + digits;
    while text[end..].starts_with('.') && text[end + 1..].starts_with(|next: char| next.is_ascii_digit()) {
        end += 1 + text[end + 1..].find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len() - end - 1);
    }
    if text[end..].starts_with(|next: char| next.is_ascii_lowercase())
        && !text[end..].chars().nth(1).is_some_and(char::is_alphanumeric)
    {
        end += 1;
    }
    Some((text[..end].to_owned(), &text[end..]))
}

/// `第2阶段：标题`, `阶段2`, `ステップ3`, `3단계`.
fn glued(text: &str) -> Option<Unit> {
    let inner = text.strip_prefix('第').unwrap_or(text);
    let digits = inner.find(|next: char| !next.is_ascii_digit()).unwrap_or(inner.len());
    if digits > 0 {
        let (word, rest) = split_word(inner[digits..].trim_start());
        if WORDS.contains(&word) && !word.is_ascii() {
            return Some(Unit { word: word.to_owned(), number: inner[..digits].to_owned(), rest: title_rest(rest) });
        }
        return None;
    }
    WORDS.iter().filter(|word| !word.is_ascii()).find_map(|word| {
        let rest = inner.strip_prefix(word)?.trim_start();
        let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        (digits > 0).then(|| Unit {
            word: (*word).to_owned(),
            number: rest[..digits].to_owned(),
            rest: title_rest(&rest[digits..]),
        })
    })
}

/// Whether the name of a unit is over here: a separator, a bracket, a tick, or the end.
fn ends_name(after: &str) -> bool {
    let after = after.trim_end();
    match after.trim_start().chars().next() {
        None => true,
        Some(next) => {
            matches!(next, ':' | '：' | '.' | ')' | '–' | '—' | '-' | '(' | '[' | '/' | '|' | ',' | '→' | '_')
                || !next.is_alphanumeric() && !next.is_ascii()
                || after.starts_with(' ') && next.is_alphabetic()
        }
    }
}

fn title_rest(after: &str) -> String {
    after.trim_start_matches([' ', ':', '：', '.', ')', '–', '—', '-', '\u{a0}']).trim().to_owned()
}

/// The names of a plan's stages, for finding them in text and in diagrams.
#[derive(Clone, Debug, Default)]
pub struct StageNames {
    /// `stage 2`, `t012`, `ws 1` and the like, in lower case, to the stage's index.
    by_name: BTreeMap<String, usize>,
    /// Bare numbers and letters.
    by_number: BTreeMap<String, usize>,
    /// Words of the titles.
    titles: Vec<(Vec<String>, usize)>,
    /// Words that this plan's units go by.
    words: Vec<String>,
}

impl StageNames {
    /// Adds a stage.
    pub fn add(&mut self, index: usize, unit: &Unit, title: &str) {
        let number = unit.number.to_lowercase();
        if !number.is_empty() {
            self.by_number.entry(number.clone()).or_insert(index);
            if !unit.word.is_empty() {
                self.by_name.entry(format!("{} {number}", unit.word)).or_insert(index);
                for other in same_word(&unit.word) {
                    self.by_name.entry(format!("{other} {number}")).or_insert(index);
                }
                if !self.words.contains(&unit.word) {
                    self.words.push(unit.word.clone());
                }
            }
            if number.starts_with(|next: char| next.is_ascii_alphabetic()) && number.len() > 1 {
                self.by_name.entry(number).or_insert(index);
            }
        }
        let words = title_words(title);
        if !words.is_empty() {
            self.titles.push((words, index));
        }
    }

    /// Adds another name of a stage, such as its label.
    pub fn alias(&mut self, index: usize, name: &str) {
        let name = name.to_lowercase();
        self.by_number.entry(name.clone()).or_insert(index);
        self.by_name.entry(format!("step {name}")).or_insert(index);
        self.by_name.entry(name).or_insert(index);
    }

    /// The words that this plan's units go by, in lower case.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The stage of a bare number or letter.
    #[must_use]
    pub fn by_number(&self, number: &str) -> Option<usize> {
        self.by_number.get(&number.to_lowercase()).copied()
    }

    /// Every place that has the form of a unit's name: the place, the name, and its stages (empty for a name that
    /// no stage has).
    #[must_use]
    pub fn mentions(&self, line: &str) -> Vec<(Range<usize>, String, Vec<usize>)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < line.len() {
            let rest = &line[at..];
            let Some(next) = rest.chars().next() else { break };
            let boundary =
                !line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_');
            if boundary && next.is_alphanumeric() {
                if let Some((length, stages)) = self.mention_at(rest) {
                    found.push((at..at + length, rest[..length].to_owned(), stages));
                    at += length;
                    continue;
                }
                let skip = rest.find(|next: char| !next.is_alphanumeric()).unwrap_or(rest.len());
                at += skip.max(next.len_utf8());
            } else {
                at += next.len_utf8();
            }
        }
        found
    }

    /// A mention at the start of `text`: its length and its stages.
    fn mention_at(&self, text: &str) -> Option<(usize, Vec<usize>)> {
        let (word, rest) = split_word(text);
        let lower = word.to_lowercase();
        let own = self.words.iter().map(String::as_str);
        let singular = WORDS.iter().copied().chain(own).find(|known| {
            *known == lower || lower.strip_suffix('s') == Some(known) || lower.strip_suffix("es") == Some(known)
        });
        if let Some(word) = singular {
            let gap = rest.len() - rest.trim_start_matches([' ', '#', '\u{a0}']).len();
            if gap > 0 || rest.starts_with(|next: char| next.is_ascii_digit()) {
                let start = text.len() - rest.len() + gap;
                if let Some((length, stages)) = self.numbers(word, &text[start..]) {
                    return Some((start + length, stages));
                }
            }
            return None;
        }
        let dotted = text.find(|next: char| !(next.is_ascii_alphanumeric() || next == '.')).unwrap_or(text.len());
        let dotted = text[..dotted].trim_end_matches('.');
        if dotted.contains('.')
            && let Some(&stage) = self.by_name.get(&dotted.to_lowercase())
        {
            return Some((dotted.len(), vec![stage]));
        }
        let (code, after) = code(text)?;
        let lower = code.to_lowercase();
        let named = self.by_name.get(&lower).copied().or_else(|| {
            let digits = lower.trim_start_matches(|next: char| next.is_ascii_alphabetic());
            let letters = &lower[..lower.len() - digits.len()];
            self.by_name.get(&format!("{letters} {digits}")).copied()
        });
        let mut length = text.len() - after.len();
        if let Some((end, stages)) = named.and_then(|first| self.code_range(&code, first, after)) {
            length += end;
            return Some((length, stages));
        }
        match named {
            Some(stage) => Some((length, vec![stage])),
            // The form of a name is only one where the plan's own stages have that form.
            None => self.codes_look_like(&code).then_some((length, Vec::new())),
        }
    }

    /// `T6-T9`, `T006–T008`.
    fn code_range(&self, code: &str, first: usize, after: &str) -> Option<(usize, Vec<usize>)> {
        let rest = after.strip_prefix(['-', '–', '—']).or_else(|| after.strip_prefix(".."))?;
        let (last, _) = self::code(rest)?;
        let last_stage = self.by_name.get(&last.to_lowercase()).copied()?;
        let letters = |code: &str| code.chars().take_while(char::is_ascii_alphabetic).collect::<String>();
        if letters(code) != letters(&last) || last_stage < first {
            return None;
        }
        Some((after.len() - rest.len() + last.len(), (first..=last_stage).collect()))
    }

    fn codes_look_like(&self, code: &str) -> bool {
        let letters =
            |text: &str| text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        let wanted = letters(code);
        self.by_name.keys().any(|name| !name.contains(' ') && letters(name) == wanted)
    }

    /// `2`, `2 and 3`, `1, 2, and 4`, `3-5`, `3 through 5` after a unit's word.
    fn numbers(&self, word: &str, text: &str) -> Option<(usize, Vec<usize>)> {
        let mut stages = Vec::new();
        let (first, after) = number(text)?;
        if after.starts_with(|next: char| next.is_alphanumeric()) {
            return None;
        }
        let mut end = text.len() - after.len();
        self.push(word, &first, &mut stages);
        let mut last = first;
        loop {
            let rest = &text[end..];
            let trimmed = rest.trim_start();
            let gap = rest.len() - trimmed.len();
            let range = ["-", "–", "—", "through ", "to ", "bis "].iter().find_map(|sign| {
                let tail = trimmed.strip_prefix(sign)?;
                let (number, after) = number(tail.trim_start())?;
                (number.bytes().all(|byte| byte.is_ascii_digit())
                    && !after.starts_with(|next: char| next.is_alphanumeric() || next == '/'))
                .then_some((number, after.len()))
            });
            if let Some((to, left)) = range {
                for between in range_of(&last, &to) {
                    self.push(word, &between, &mut stages);
                }
                end = text.len() - left;
                last = to;
                continue;
            }
            let joined =
                [", and ", ", or ", ",", "and ", "&", "+", "/", "or ", "und ", "et ", "y "].iter().find_map(|sign| {
                    let tail = trimmed.strip_prefix(sign)?.trim_start();
                    // `Stage 1 and Stage 2`: the second one is a mention of its own.
                    let (number, after) = number(tail)?;
                    let digit = number.starts_with(|next: char| next.is_ascii_digit()) || number.len() == 1;
                    (digit
                        && !after.starts_with(|next: char| next.is_alphanumeric())
                        && self.stage(word, &number).is_some())
                    .then_some((number, after.len()))
                });
            let Some((next, left)) = joined.filter(|_| gap <= 1) else { break };
            self.push(word, &next, &mut stages);
            end = text.len() - left;
            last = next;
        }
        Some((end, stages))
    }

    fn push(&self, word: &str, number: &str, stages: &mut Vec<usize>) {
        stages.extend(self.stage(word, number));
    }

    fn stage(&self, word: &str, number: &str) -> Option<usize> {
        let number = number.to_lowercase();
        self.by_name
            .get(&format!("{word} {number}"))
            .or_else(|| self.by_name.get(&number).filter(|_| number.len() > 1))
            .copied()
    }
}

impl Names for StageNames {
    fn find(&self, line: &str) -> Vec<(Range<usize>, Vec<usize>)> {
        self.mentions(line)
            .into_iter()
            .filter(|(_, _, stages)| !stages.is_empty())
            .map(|(place, _, stages)| (place, stages))
            .collect()
    }

    fn resolve(&self, node: &str) -> Option<usize> {
        if let Some((_, stages)) = self.find(node).first() {
            return stages.first().copied();
        }
        let text = node.trim().trim_matches(|next: char| !next.is_alphanumeric());
        if let Some(stage) = self.by_number(text) {
            return Some(stage);
        }
        if let Some(stage) = numbered(node).and_then(|unit| self.by_number(&unit.number)) {
            return Some(stage);
        }
        let wanted = title_words(text);
        if wanted.is_empty() {
            return None;
        }
        let mut exact = self.titles.iter().filter(|(words, _)| *words == wanted);
        if let (Some((_, stage)), None) = (exact.next(), exact.next()) {
            return Some(*stage);
        }
        let mut starts =
            self.titles.iter().filter(|(words, _)| words.len() > wanted.len() && words.starts_with(&wanted));
        match (starts.next(), starts.next()) {
            (Some((_, stage)), None) => Some(*stage),
            _ => None,
        }
    }
}

/// Words that mean the same unit.
fn same_word(word: &str) -> &'static [&'static str] {
    match word {
        "workstream" => &["ws"],
        "ws" => &["workstream"],
        _ => &[],
    }
}

fn range_of(from: &str, to: &str) -> Vec<String> {
    match (from.parse::<u32>(), to.parse::<u32>()) {
        (Ok(from), Ok(to)) if from < to && to - from <= 500 => {
            (from + 1..=to).map(|number| number.to_string()).collect()
        }
        _ => vec![to.to_owned()],
    }
}

fn title_words(title: &str) -> Vec<String> {
    title.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
