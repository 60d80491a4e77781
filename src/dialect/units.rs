//! Titles that name a unit of work: `Stage 2: ...`, `T012 ...`, `25.1 — ...`.
//!
//! Must not know where a title stands.

use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::text::Lexicon;

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

/// The same as a part of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'t> {
    pub(super) word: &'static str,
    pub(super) number: &'t str,
    pub(super) rest: &'t str,
}

impl From<Named<'_>> for Unit {
    fn from(named: Named<'_>) -> Self {
        Self { word: named.word.to_owned(), number: named.number.to_owned(), rest: named.rest.to_owned() }
    }
}

/// Words that name a unit when a number follows.
const WORDS: &[&str] = &[
    "stage", "phase", "step", "task", "milestone", "part", "iteration", "sprint", "pr", "workstream", "ws", "wave",
    "checkpoint", "gate", "level", "increment", "track", "slice", "story", "workpackage", "wp", "stufe", "phase",
    "schritt", "aufgabe", "etappe", "étape", "etape", "phase", "tâche", "tache", "etapa", "fase", "tarea", "paso",
    "passo", "tarefa", "etap", "krok", "zadanie", "faza", "teil", "meilenstein", "arbeitspaket", "partie", "jalon",
    "lot", "parte", "hito", "marco", "część", "attività", "compito", "stap", "taak", "mijlpaal", "deel", "этап",
    "фаза", "шаг", "задача", "часть", "веха", "етап", "крок", "завдання", "частина", "aşama", "adım", "görev", "faz",
    "bölüm", "阶段", "步骤", "任务", "ステージ", "ステップ", "フェーズ", "タスク", "段階", "マイルストーン", "阶段",
    "階段", "步驟", "任務", "里程碑", "단계", "작업", "태스크", "스테이지", "페이즈", "스텝", "마일스톤",
];

/// The same for looking words up.
pub(super) static UNITS: LazyLock<Lexicon<&'static str>> =
    LazyLock::new(|| Lexicon::new(WORDS.iter().map(|word| (*word, *word))));

/// Reads a title as the name of a unit.
#[must_use]
pub fn unit(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    // `[x] Stage 4`: a box that is ticked.
    let text = text.strip_prefix(['x', 'X']).and_then(|rest| rest.strip_prefix("] ")).unwrap_or(text).trim_start();
    if text.bytes().any(|byte| matches!(byte, b'*' | b'`')) {
        return unit_of(text.replace(['*', '`'], "").trim()).map(Unit::from);
    }
    unit_of(text).map(Unit::from)
}

/// The same for a text without marks of emphasis and code.
pub(super) fn plain(title: &str) -> Option<Named<'_>> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    let text = text.strip_prefix(['x', 'X']).and_then(|rest| rest.strip_prefix("] ")).unwrap_or(text).trim_start();
    unit_of(text)
}

fn unit_of(text: &str) -> Option<Named<'_>> {
    let (word, rest) = split_word(text);
    if let Some(word) = UNITS.get(word) {
        let rest = rest.trim_start_matches([' ', '#', '-', '\u{a0}']);
        let found = sub_code(rest).filter(|_| !opens_range(word, rest)).or_else(|| number(rest));
        let (number, after) = found.or_else(|| number_in_words(rest))?;
        // `Task 3..N`: one heading for a row of units.
        let range = after.strip_prefix("..").map(|to| to.trim_start_matches(char::is_alphanumeric));
        let after = range.unwrap_or(after);
        if !ends_name(after) {
            return None;
        }
        return Some(Named { word, number, rest: title_rest(after) });
    }
    // `第2阶段`, `阶段2`
    if let Some(unit) = glued(text) {
        return Some(unit);
    }
    // `T012 ...`, `M14 — ...`, `WS0 — ...`
    if let Some(first) = code(text)
        && let (code, after) = within(text, first).or_else(|| sub_code(text)).unwrap_or(first)
        && ends_name(after)
    {
        let (word, number) = match code.strip_prefix("WS") {
            Some(number) if number.starts_with(|next: char| !next.is_ascii_alphabetic()) => ("ws", number),
            _ => ("", code),
        };
        return Some(Named { word, number, rest: title_rest(after) });
    }
    None
}

/// Words that stand for a number at the end of a row of units: `Final Task: Ship it`, `Task Final — Ship it`.
const LAST: &[&str] = &[
    "final", "last", "closing", "letzte", "letzter", "finale", "dernier", "dernière", "último", "última", "ostatni",
    "ostatnie", "ostatnia", "最终", "最後の", "最終", "最后", "마지막",
];

/// Reads a title as the last of a row of units, without a number.
#[must_use]
pub fn last_unit(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let mut parts = text.splitn(3, ' ');
    let (first, rest) = (parts.next()?, parts.next()?);
    let second = &rest[..rest.find(|next: char| !next.is_alphanumeric()).unwrap_or(rest.len())];
    let (first, last) = (first.to_lowercase(), second.to_lowercase());
    let (word, number) = if LAST.contains(&last.as_str()) { (first, last) } else { (last, first) };
    let after = &text[text.find(' ')? + 1 + second.len()..];
    let ends = after.trim().is_empty() || after.trim_start().starts_with([':', '：', '—', '–', '-', '(', '[']);
    let fits = ends && WORDS.contains(&word.as_str()) && LAST.contains(&number.as_str());
    fits.then(|| Unit { word, number, rest: title_rest(after).to_owned() })
}

/// Reads a title as a unit that goes by its name alone: `Stage: Seeds`.
#[must_use]
pub fn worded(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (word, after) = split_word(text);
    let rest = after.trim_start().strip_prefix([':', '：'])?.trim();
    // The others name parts of something else as well: `Step: ...`, `Part: ...`.
    const NAMED: &[&str] = &[
        "stage", "phase", "task", "milestone", "slice", "stufe", "aufgabe", "étape", "tâche", "etapa", "fase", "tarea",
        "tarefa", "etap", "zadanie", "faza", "阶段", "任务", "ステージ", "フェーズ", "タスク", "단계", "작업",
    ];
    let word = UNITS.get(word).filter(|word| NAMED.contains(word) && rest.contains(char::is_alphanumeric))?;
    Some(Unit { word: word.to_owned(), number: String::new(), rest: rest.to_owned() })
}

/// Reads a title as a checkpoint that goes by its name alone: `Checkpoint: Harvest`.
#[must_use]
pub fn checkpoint(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    let (word, after) = split_word(text);
    if !["checkpoint", "チェックポイント", "检查点", "체크포인트"].contains(&word.to_lowercase().as_str())
    {
        return None;
    }
    let rest = after.trim_start().strip_prefix([':', '：', '—', '–', '-'])?.trim();
    let unit = || Unit { word: "checkpoint".to_owned(), number: String::new(), rest: rest.to_owned() };
    rest.contains(char::is_alphanumeric).then(unit)
}

/// Words that are counted in documents and are no units of work.
const NO_UNITS: &[&str] = &[
    "option", "chapter", "appendix", "figure", "table", "example", "risk", "question", "decision", "version", "issue",
    "problem", "theme", "topic", "area", "aspect", "principle", "assumption", "observation", "scenario", "case",
    "note", "alternative", "rule", "adr", "finding", "approach", "requirement", "principle", "goal", "objective",
    "page", "quarter", "year", "bug", "fix", "pattern", "rev", "リスク", "オプション", "案", "章", "節", "図", "表",
    "例", "問題", "課題", "質問", "決定", "シナリオ", "ケース", "要件", "原則", "目標", "风险", "風險", "方案", "选项",
    "選項", "节", "图", "问题", "决策", "决定", "场景", "用例", "需求", "原则", "目标", "案例", "示例", "위험",
    "리스크", "옵션", "방안", "장", "절", "그림", "표", "예", "예시", "문제", "결정", "시나리오", "케이스", "요구사항",
    "원칙", "목표",
];

/// Words that number the parts of a text as well as work: they are units where some of them prove themselves.
const PERHAPS_UNITS: &[&str] = &["section", "day", "week", "month"];

/// Whether headings of a word and a number are units only where some of them prove themselves. What has no capitals shows
/// less of itself.
#[must_use]
pub(super) fn has_to_prove(word: &str) -> bool {
    PERHAPS_UNITS.contains(&word) || !word.starts_with(|first: char| first.is_lowercase() || first.is_uppercase())
}

/// Letters of codes that number wishes, risks and documents rather than work.
const NO_CODES: &[&str] = &[
    "FR", "NFR", "AC", "SC", "REQ", "US", "UC", "ADR", "RFC", "CVE", "ISO", "UTF", "SHA", "RISK", "BR", "OQ", "KR",
    "TC", "BUG", "PR", "GH", "RF", "RNF", "EC", "NR", "DR", "DEC", "CON", "INV",
];

/// `INF-001`, `AUTH-12`: two to six capitals, a hyphen and a number.
#[must_use]
pub fn hyphened(text: &str) -> Option<(&str, &str)> {
    let letters = text.bytes().take(7).take_while(u8::is_ascii_uppercase).count();
    let digits = digits(text.get(letters..)?.strip_prefix('-')?);
    let whole = (2..=6).contains(&letters) && (1..=4).contains(&digits);
    let (code, after) = text.split_at_checked(letters + 1 + digits).filter(|_| whole)?;
    (!after.starts_with(|next: char| next.is_alphanumeric() || next == '-')).then_some((code, after))
}

/// Reads the text of a task as one that goes by such a code: `SEED-010 Sort them`.
#[must_use]
pub fn hyphened_task(text: &str) -> Option<Unit> {
    let (code, after) = hyphened(text.trim_start_matches(['*', '`']))?;
    let known = code.split_once('-').is_some_and(|(letters, _)| !NO_CODES.contains(&letters));
    let rest = title_rest(after.trim_start_matches(['*', '`']));
    (known && !rest.is_empty()).then(|| Unit { word: String::new(), number: code.to_owned(), rest: rest.to_owned() })
}

/// The word and the number of a title such as `Conversation 2 — Types` or `INF-002 — Types`.
#[must_use]
pub fn counted_word(title: &str) -> Option<(String, u32)> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    if let Some((code, after)) = hyphened(text) {
        // `[MILL-001] Wheel`
        let after = after.strip_prefix(']').unwrap_or(after);
        let (letters, number) = code.split_once('-')?;
        let fits = ends_name(after) && !after.trim().is_empty() && !NO_CODES.contains(&letters);
        return Some((format!("{letters}-"), number.parse().ok()?)).filter(|_| fits);
    }
    let (word, rest) = split_word(text);
    let capital = |first: char| first.is_uppercase() || !first.is_ascii() && !first.is_lowercase();
    let digits = rest.strip_prefix(' ')?;
    let end = digits.find(|next: char| !next.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 || end > 3 || !word.starts_with(capital) || !ends_name(&digits[end..]) {
        return None;
    }
    let lower = word.to_lowercase();
    let number = digits[..end].parse().ok()?;
    (!NO_UNITS.contains(&lower.as_str()) && !UNITS.has(&lower)).then_some((lower, number))
}

/// Reads a title as a unit that goes by a word of this document's own.
#[must_use]
pub fn own_unit(title: &str, words: &[String]) -> Option<Unit> {
    let (word, _) = counted_word(title).filter(|(word, _)| words.contains(word))?;
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric());
    if let Some((code, after)) = hyphened(text) {
        let rest = title_rest(after.trim_start_matches(']')).to_owned();
        return Some(Unit { word: String::new(), number: code.to_owned(), rest });
    }
    let (_, rest) = split_word(text);
    let (number, after) = number(rest.trim_start())?;
    Some(Unit { word, number: number.to_owned(), rest: title_rest(after).to_owned() })
}

/// Reads a title as a bare number and words: `3. Wire the handler`, `25.0 — Dependency syntax`.
#[must_use]
pub fn numbered(title: &str) -> Option<Unit> {
    plain_number(title).map(Unit::from)
}

/// Reads a title as a letter, or a number with one, and words: `A. Wire it`, `1A. Wire it`, `1.b Wire it`.
#[must_use]
pub fn lettered(title: &str) -> Option<Unit> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    let digits = digits(text);
    let dotted = digits > 0 && text[digits..].starts_with('.');
    let letter = text[digits + usize::from(dotted)..].chars().next().filter(char::is_ascii_alphabetic)?;
    let end = digits + usize::from(dotted) + letter.len_utf8();
    let rest = text[end..].trim_start_matches(['.', ')', ':']);
    let signed = rest.len() < text[end..].len();
    let fits = digits <= 2 && (dotted || signed && (digits > 0 || letter.is_ascii_uppercase()));
    let unit = || Unit { word: String::new(), number: text[..end].to_owned(), rest: title_rest(rest).to_owned() };
    (fits && rest.starts_with([' ', '\u{a0}'])).then(unit)
}

/// A bare number and words, as parts of the title.
pub(super) fn plain_number(title: &str) -> Option<Named<'_>> {
    let text = title.trim_start_matches(|next: char| !next.is_alphanumeric()).trim();
    if !text.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let end = text.find(|next: char| !(next.is_ascii_digit() || next == '.'))?;
    let number = text[..end].trim_end_matches('.');
    if number.len() > 8 {
        return None;
    }
    let after = text[end..].trim_start_matches([')', ':', '.']);
    if !after.starts_with(' ') {
        return None;
    }
    Some(Named { word: "", number, rest: title_rest(after) })
}

pub(super) fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|next: char| !next.is_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

/// A number with a possible letter behind it, a letter, or a code.
pub(super) fn number(text: &str) -> Option<(&str, &str)> {
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
        return Some(text.split_at(end));
    }
    let mut characters = text.chars();
    characters.next().filter(char::is_ascii_uppercase)?;
    // `A.2`: the second step of workstream A.
    let tail = text[1..]
        .strip_prefix('.')
        .map_or(0, |tail| tail.find(|next: char| !next.is_ascii_digit()).unwrap_or(tail.len()));
    if tail > 0 {
        return Some(text.split_at(tail + 2));
    }
    let roman = text.find(|next: char| !matches!(next, 'I' | 'V' | 'X')).unwrap_or(text.len());
    if roman > 1 && !text[roman..].starts_with(|next: char| next.is_alphanumeric()) {
        return Some(text.split_at(roman));
    }
    if characters.next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some(text.split_at(1))
}

/// `Two: Oil`, `THREE`: a number that is written out, where nothing but a title follows it.
fn number_in_words(text: &str) -> Option<(&'static str, &str)> {
    const WORDS: &[&str] =
        &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    const NUMBERS: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
    let (word, after) = split_word(text);
    let ends = after.trim().is_empty()
        || after.starts_with([':', '：'])
        || [" – ", " — ", " - ", " ("].iter().any(|sign| after.starts_with(sign));
    let at = WORDS.iter().position(|known| ends && word.eq_ignore_ascii_case(known))?;
    Some((NUMBERS[at], after))
}

/// `T1`, `M14`, `WS0`, `T8b`, `M19.2`: one to three capitals and a number.
pub(super) fn code(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|next| next.is_ascii_uppercase()).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let digits = self::digits(&text[letters..]);
    if digits == 0 || digits > 4 {
        return None;
    }
    let mut end = letters + digits;
    while let [b'.', b'0'..=b'9', ..] = bytes[end..] {
        end += 1 + self::digits(&text[end + 1..]);
    }
    if bytes.get(end).is_some_and(u8::is_ascii_lowercase) && !text[end + 1..].starts_with(char::is_alphanumeric) {
        end += 1;
    }
    Some(text.split_at(end))
}

/// `M1-2`: what a code holds, by its number.
pub(super) fn sub_code(text: &str) -> Option<(&str, &str)> {
    let (outer, after) = code(text)?;
    let digits = digits(after.strip_prefix('-')?);
    let (whole, after) = text.split_at(outer.len() + 1 + digits);
    ((1..=2).contains(&digits) && !after.starts_with(|next: char| next.is_alphanumeric() || next == '-'))
        .then_some((whole, after))
}

/// Whether a code goes by the letter of the unit's own word: `Tasks T1-3` are several.
fn opens_range(word: &str, code: &str) -> bool {
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    first(word) == first(code)
}

/// `M1-T3`: a code inside another one. Codes of the same letters, as in `T1-T3`, are a range and no name.
pub(super) fn compound(text: &str) -> Option<(&str, &str)> {
    within(text, code(text)?)
}

/// The same for a text whose first code is known.
fn within<'t>(text: &'t str, (outer, after): (&'t str, &'t str)) -> Option<(&'t str, &'t str)> {
    let (inner, after) = code(after.strip_prefix('-')?)?;
    let letters = |code: &str| code.bytes().take_while(u8::is_ascii_uppercase).count();
    let differ = outer[..letters(outer)] != inner[..letters(inner)];
    differ.then(|| (&text[..outer.len() + 1 + inner.len()], after))
}

/// `第2阶段：标题`, `阶段2`, `ステップ3`, `3단계`.
fn glued(text: &str) -> Option<Named<'_>> {
    // In other scripts a blank stands between word and number.
    if !text.starts_with(|next: char| next.is_ascii_digit() || next >= '\u{2e80}') {
        return None;
    }
    let inner = text.strip_prefix('第').unwrap_or(text);
    // `第一阶段`
    let counted = inner.chars().next().filter(|_| inner.len() < text.len()).and_then(|first| {
        const COUNTED: &[(char, &str)] = &[
            ('一', "1"),
            ('二', "2"),
            ('三', "3"),
            ('四', "4"),
            ('五', "5"),
            ('六', "6"),
            ('七', "7"),
            ('八', "8"),
            ('九', "9"),
            ('十', "10"),
        ];
        COUNTED.iter().find(|(sign, _)| *sign == first).map(|(sign, number)| (*number, &inner[sign.len_utf8()..]))
    });
    if let Some((number, after)) = counted
        && let Some((word, rest)) = WORDS.iter().find_map(|word| Some((*word, after.strip_prefix(word)?)))
        && ends_name(rest)
    {
        return Some(Named { word, number, rest: title_rest(rest) });
    }
    let digits = inner.find(|next: char| !next.is_ascii_digit()).unwrap_or(inner.len());
    if digits > 0 {
        let (word, rest) = split_word(inner[digits..].trim_start());
        let word = UNITS.exactly(word).filter(|word| !word.is_ascii())?;
        return Some(Named { word, number: &inner[..digits], rest: title_rest(rest) });
    }
    WORDS.iter().filter(|word| !word.is_ascii()).find_map(|word| {
        let rest = inner.strip_prefix(word)?.trim_start();
        let digits = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        (digits > 0).then(|| Named { word, number: &rest[..digits], rest: title_rest(&rest[digits..]) })
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

fn title_rest(after: &str) -> &str {
    // `Stage 5 ✅ — Wind`: a sign right behind the name is no part of the title.
    let start = after.trim_start();
    let sign = start.find(|next: char| next.is_ascii() || next.is_alphanumeric()).unwrap_or(start.len());
    let behind = start[sign..].trim_start();
    let signed = sign > 0 && !start.starts_with(['：', '–', '—', '\u{a0}']);
    let after =
        if signed && (behind.is_empty() || behind.starts_with([':', '–', '—', '-'])) { behind } else { after };
    after.trim_start_matches([' ', ':', '：', '.', ')', '–', '—', '-', '\u{a0}']).trim()
}

/// Which of two numbers comes first: `3a` before `3b`, `2` before `10`.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (digits_a, digits_b) = (digits(a), digits(b));
        let numbers = digits_a > 0 && digits_b > 0;
        let (head_a, head_b) = if numbers {
            let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
            match number(&a[..digits_a]).cmp(&number(&b[..digits_b])) {
                Ordering::Equal => (digits_a, digits_b),
                different => return different,
            }
        } else {
            let (Some(first), Some(second)) = (a.chars().next(), b.chars().next()) else { return a.cmp(b) };
            if first != second {
                return first.cmp(&second);
            }
            (first.len_utf8(), second.len_utf8())
        };
        (a, b) = (&a[head_a..], &b[head_b..]);
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
