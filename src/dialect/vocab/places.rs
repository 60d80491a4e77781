//! Headings and labels: which ask for proof, which do not, which say what a stage waits for.

use std::sync::LazyLock;

use super::languages;
use super::marks::{MANUALS, is_for_both, is_manual_label, marks_manual};
use super::words::{FAILURES, RED_VERBS, red_label};
use crate::text::{Families, Lexicon, Phrases, Starts};

/// What a heading or a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Checks.
    Proof,
    /// Checks for a person.
    Manual,
    /// Checks in the form of a command to run, whose result follows.
    Run,
    /// What the commands before it should show.
    Expected,
    /// A failing test comes first.
    Red,
    /// No checks: work, background, rollout, notes.
    Off,
    /// Units of work.
    Units,
    /// The order of the stages.
    Order,
}

/// Whole labels, and what they announce. Compared without emphasis, numbering, brackets and final colon.
const LABELS: &[(Place, &[&str])] = &[
    (
        Place::Proof,
        &[
            "validation", "validate", "verification", "verify", "automated verification", "automated checks",
            "automated tests", "success criteria", "success criterion", "acceptance", "acceptance criteria",
            "acceptance criterion", "acceptance checklist", "completion criteria", "exit criteria", "checks", "check",
            "ci checks", "ci / checks", "ci/checks", "quality gates", "quality gate", "checkpoint", "gate", "gates",
            "done when", "definition of done", "dod", "tests", "test", "testing", "testing plan", "test plan",
            "test commands", "testing strategy", "test strategy", "validation strategy", "verification strategy",
            "validation checkpoints", "validation checklist", "verification checklist", "verification methods",
            "verification steps", "verification commands", "validation steps", "validation commands",
            "final verification", "final validation", "final validation checklist", "final checks",
            "tests / verification", "tests/verification", "test / verification", "tests and verification",
            "testing and verification", "demo commands", "demo", "immediate validation", "smoke test", "smoke tests",
            "validation and acceptance", "verification of end state", "independent test", "success",
            "acceptance tests", "proof", "sanity check", "how to verify", "how to test", "unit tests",
            "integration tests", "integration/smoke", "end-to-end tests", "e2e tests", "regression tests",
            "verification & acceptance", "validation & acceptance", "static checks", "lint", "build", "type check",
            "typecheck", "validation notes", "rollout & validation notes", "verified by", "verifies", "confirm",
            "overall validation", "full validation", "full verification", "global validation",
            "acceptance criteria (acs)", "automated", "tests to run", "acceptance check", "evaluation criteria",
            "completion checklist", "pre-merge checks", "pre-merge checklist",
            "review checklist", // By machine, and of the whole plan
            "automatische prüfung", "automatische überprüfung", "automatische verifikation",
            "automatische validierung", "automatisierte prüfung", "automatisierte tests", "vérification automatisée",
            "vérification automatique", "vérifications automatisées", "vérifications automatiques",
            "tests automatisés", "verificación automática", "verificación automatizada", "pruebas automatizadas",
            "verificação automática", "verificação automatizada", "testes automatizados", "weryfikacja automatyczna",
            "testy automatyczne", "自動検証", "自動テスト", "自动验证", "自动化验证", "自动化测试", "자동 검증",
            "자동 테스트", "abschließende überprüfung", "abschließende prüfung", "abschließende verifikation",
            "vérification finale", "validation finale", "verificación final", "validación final", "verificação final",
            "validação final", "weryfikacja końcowa", "最終検証", "最終確認", "最终验证", "最终检查", "최종 검증",
            "최종 확인", // German
            "validierung", "verifikation", "überprüfung", "prüfung", "akzeptanzkriterien", "abnahmekriterien",
            "abnahme", "erfolgskriterien", "testplan", "abschlusskriterien", "fertig wenn", "fertig, wenn",
            // French
            "vérification", "vérifications", "critères d'acceptation", "critères de succès", "critères de validation",
            "plan de test", "plan de tests", "recette", // Spanish
            "validación", "verificación", "criterios de aceptación", "criterios de éxito", "plan de pruebas",
            "pruebas", "comprobaciones", // Portuguese
            "validação", "verificação", "critérios de aceitação", "critérios de sucesso", "plano de testes", "testes",
            // Polish
            "weryfikacja", "walidacja", "kryteria akceptacji", "kryteria sukcesu", "plan testów", "testy",
            // Japanese, Chinese, Korean
            "検証", "受け入れ基準", "テスト", "テスト計画", "完了条件", "確認", "验证", "验收标准", "驗證", "测试",
            "测试计划", "完成标准", "检查", "验收", "验收测试", "受け入れテスト", "受入テスト", "인수 테스트", "검증",
            "수용 기준", "테스트", "테스트 계획", "완료 조건", "인수 조건",
        ],
    ),
    (
        Place::Manual,
        &[
            "manual", "manual verification", "manual verification steps", "manual testing", "manual testing steps",
            "manual tests", "manual test", "manual checks", "manual check", "manual validation", "manual qa",
            "qa checklist", "qa", "human verification", "visual check", "manual commands", "manual smoke test",
            "manual steps", "manual test plan", "manuell", "manuelle prüfung", "manuelle verifikation", "manuel",
            "vérification manuelle", "verificación manual", "verificação manual", "weryfikacja ręczna", "手動確認",
            "手动验证", "수동 검증", "手動検証", "手動テスト", "手动测试", "수동 테스트", "手動", "手动", "수동",
            "ręcznie", "manualmente", "manuellement", "von hand",
        ],
    ),
    (
        Place::Run,
        &[
            "run", "command", "commands", "run tests", "run test", "execute", "run command", "ausführen", "exécuter",
            "ejecutar", "executar", "uruchom", "実行", "运行", "실행",
        ],
    ),
    (
        Place::Expected,
        &[
            "expected", "expect", "expected output", "expected result", "expected results", "expected outcome",
            "expectation", "erwartet", "attendu", "esperado", "oczekiwane", "期待", "预期", "예상",
        ],
    ),
    (
        Place::Off,
        &[
            "objective",
            "changes",
            "files",
            "file",
            "affected code",
            "implementation",
            "background",
            "context",
            "context and inputs",
            "setup",
            "prerequisites",
            "commit",
            "rollout",
            "rollout plan",
            "rollback",
            "rollback plan",
            "pr grouping",
            "suggested pr grouping",
            "pr breakdown",
            "suggested prs",
            "commit grouping",
            "deployment",
            "ci/cd",
            "ci/cd and rollout",
            "ci/cd and rollout plan",
            "observability",
            "observability and post-deployment checks",
            "post-deployment checks",
            "post-merge checks",
            "monitoring",
            "risks",
            "risk",
            "risk mitigation",
            "risks and mitigations",
            "risks, dependencies, and coordination",
            "follow-up",
            "follow-up and cleanup",
            "follow up",
            "notes",
            "note",
            "usage",
            "examples",
            "example",
            "references",
            "quick commands",
            "quick reference",
            "why",
            "what",
            "how",
            "design",
            "actions",
            "action",
            "deliverables",
            "deliverable",
            "evidence",
            "purpose",
            "goal",
            "goals",
            "description",
            "details",
            "execution notes",
            "review notes",
            "expected files",
            "requirements",
            "requirement",
            "overview",
            "summary",
            "scope",
            "estimated scope",
            "estimate",
            "api changes",
            "architecture",
            "architecture decisions",
            "decisions",
            "key decisions",
            "open questions",
            "non-goals",
            "out of scope",
            "tasks",
            "steps",
            "green",
            "refactor",
            "red",
            "specimens",
            "files touched",
            "workstream",
            "based on design",
            "tech stack",
            "code implementation",
            "see also",
            "success metrics",
            "progress",
            "progress tracking",
            "status",
            "current state",
            "desired end state",
            "changes required",
            "implementation note",
            "implementation notes",
            "interfaces",
            "global constraints",
            "issue",
            "backlog",
            "branch",
            "tdd workflow",
            "tdd cycle",
            "reference",
            "surprises & discoveries",
            "surprises and discoveries",
            "decision log",
            "outcomes & retrospective",
            "artifacts and notes",
            "idempotence and recovery",
            "plan of work",
            "interfaces and dependencies",
            "context and orientation",
            "verification pre-flight",
            "verification example",
            "validation mapping",
            "usage examples",
            "migration",
            "migration notes",
            "performance considerations",
            "critical files",
            "relevant files",
            "new files",
            "modified files",
            "tests to add",
            "test files",
            "testing approach",
            "key insight",
            "deferred",
            "future work",
            "alternatives",
            "assumptions",
            "constraints",
            "pr title",
            "change log",
            "changelog",
            "template",
            "stage types",
            "next steps",
            "next step",
            "troubleshooting",
            "cleanup",
            "install",
            "installation",
            "environment",
            "specs",
            "specification",
            "test data",
            "test determinism notes",
            "fixtures",
            "pre-push gates",
            "context completeness check",
            "success definition",
            "test coverage",
            "new tests",
            "tests added",
            "unblocks",
            "blocks",
            "owner",
            "refs",
            "links",
            "reviewers",
            "ziel",
            "änderungen",
            "hintergrund",
            "objectif",
            "changements",
            "contexte",
            "cambios",
            "objetivo",
            "contexto",
            "mudanças",
            "cel",
            "zmiany",
            "目的",
            "変更",
            "背景",
            "目标",
            "更改",
            "목표",
            "변경",
            "배경",
        ],
    ),
    (
        Place::Units,
        &[
            "workstreams and steps", "workstreams", "implementation tasks", "implementation tasks & subtasks",
            "implementation tasks and subtasks", "task list", "implementation stages", "stages", "phases",
            "implementation phases", "implementation plan", "implementation steps", "migration stages", "milestones",
            "tasks / subtasks", "work items", "staged implementation", "arbeitspakete", "schritte", "étapes", "etapas",
            "etapy", "作業", "任务", "작업",
        ],
    ),
    (
        Place::Order,
        &[
            "stage dependencies", "dependencies between stages", "dependency graph", "dependencies", "execution order",
            "order of execution", "sequencing", "sequence", "migration order", "parallel execution plan",
            "parallelization", "parallelism", "task dependencies", "phase dependencies",
            "dependencies and execution order", "dependencies & execution order", "delegation order",
            "implementation order", "order", "build order", "dependency diagram", "dependency order", "task order",
            "stage order", "ordering", "critical path", "workstream dependencies", "step dependencies",
            "parallel opportunities", "user story dependencies", "waves", "execution plan", "recommended order",
            "suggested order", "abhängigkeiten", "dépendances", "dependencias", "dependências", "zależności",
            "依存関係", "依赖关系", "의존성",
        ],
    ),
];

/// Labels by which a stage says what it waits for.
const NEEDS: &[&str] = &[
    "depends on", "dependencies", "dependency", "depends", "prerequisite", "prerequisites", "blocked by", "after",
    "requires", "needs", "waits for", "depends_on", "comes after", "follows", "abhängig von", "hängt ab von",
    "dépend de", "depende de", "zależy od", "依存", "依赖", "의존", "abhängigkeiten", "abhängigkeit", "dépendances",
    "dépendance", "dependencias", "dependencia", "dependências", "dependência", "zależności", "zależność",
    "dipendenze", "afhankelijkheden", "зависимости", "залежності", "bağımlılıklar", "依存関係", "依赖关系", "의존성",
];

/// A label without what does not count: emphasis, numbering, brackets, ticks and emoji, the final colon.
#[must_use]
pub fn normalise(label: &str) -> String {
    let mut text = label.trim();
    // Numbering: `4.`, `4.2`, `(3)`, `A.`
    loop {
        let before = text.len();
        text = text.trim_start_matches(|next: char| !next.is_alphanumeric() && next != '`').trim_start();
        let digits = text.trim_start_matches(|next: char| next.is_ascii_digit() || next == '.');
        if digits.len() < text.len() && digits.starts_with([' ', ')', ':']) {
            text = digits.trim_start_matches([')', ':', ' ']);
        }
        if text.len() == before {
            break;
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut depth = 0u32;
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        // Most of a label is as it is to be already.
        let plain = if depth == 0 { plain_bytes(rest.as_bytes(), out.ends_with(' ')) } else { 0 };
        if plain > 0 {
            out.push_str(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            '*' | '_' | '`' => {}
            _ if depth > 0 => {}
            // Blanks count once.
            _ if next.is_ascii_whitespace() && out.ends_with(' ') => {}
            _ if next.is_ascii_whitespace() => out.push(' '),
            _ if next.is_ascii() => out.push(next.to_ascii_lowercase()),
            '’' => out.push('\''),
            _ if next.is_alphanumeric() || matches!(next, '–' | '—') => out.extend(next.to_lowercase()),
            _ => {}
        }
    }
    let kept = out.trim().trim_end_matches([':', '：', '.', '?', '!', '-', '–', '—']).trim();
    if kept.len() < out.len() {
        return kept.to_owned();
    }
    out
}

/// How many bytes at the start of a text stand in a name as they are; a blank only where none is before it.
fn plain_bytes(bytes: &[u8], mut blank: bool) -> usize {
    let changes = |byte: u8| {
        let more = byte == b' ' && blank;
        blank = byte == b' ';
        more || matches!(byte, b'A'..=b'Z' | b'(' | b')' | b'[' | b']' | b'*' | b'_' | b'`' | b'\t'..=b'\r' | 0x80..)
    };
    bytes.iter().copied().position(changes).unwrap_or(bytes.len())
}

/// A label, and what is known of it.
#[derive(Clone, Debug)]
pub struct Name {
    text: String,
    place: Option<Place>,
}

impl Name {
    /// Looks a label up.
    #[must_use]
    pub fn of(label: &str) -> Self {
        let text = normalise(label);
        Self { place: place_of_label(label, &text), text }
    }

    /// The label normalised.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it announces.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// Whether it says what a stage waits for.
    #[must_use]
    pub fn says_needs(&self) -> bool {
        NEEDS_LABELS.has(&self.text)
    }
}

/// What a label announces, if it is one that the tables know.
#[must_use]
pub fn place(label: &str) -> Option<Place> {
    Name::of(label).place
}

/// Which phrases a label has that decide on it wherever they stand, as bits.
mod has {
    pub(super) const RED_VERB: u32 = 1;
    pub(super) const FAILURE: u32 = 2;
    pub(super) const MANUAL: u32 = 4;
}

static FAMILIES: LazyLock<Families> =
    LazyLock::new(|| Families::new(&[(has::RED_VERB, RED_VERBS), (has::FAILURE, FAILURES), (has::MANUAL, MANUALS)]));

fn place_of_label(label: &str, name: &str) -> Option<Place> {
    let has = FAMILIES.in_text(label);
    let (red, manual) = (has & (has::RED_VERB | has::FAILURE), has & has::MANUAL != 0);
    // Emphasis may stand between the words of a phrase; brackets, which a name has lost, may hold it.
    if red == has::RED_VERB | has::FAILURE && red_label(label)
        || label.bytes().any(|byte| matches!(byte, b'*' | b'_' | b'`')) && red_label(name)
    {
        return Some(Place::Red);
    }
    let found = place_of(name).or_else(|| verifies(name).then_some(Place::Run));
    // A mark holds wherever it stands in the label: `Local manual validation`, `Acceptance (by hand)`.
    match found {
        Some(Place::Proof | Place::Run) if manual && marks_manual(label) => Some(Place::Manual),
        Some(Place::Manual) if is_for_both(name) => Some(Place::Proof),
        None if manual && name.len() <= 90 && marks_manual(label) && is_manual_label(name) => Some(Place::Manual),
        found => found,
    }
}

/// `Verify it passes`, `Run test to see it pass`: a step that runs something.
fn verifies(name: &str) -> bool {
    static VERBS: Starts = Starts::new(&["run ", "verify ", "confirm ", "check that ", "rerun ", "re-run "]);
    static GOOD: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[" pass", "succe", "green"]));
    VERBS.begin(name) && GOOD.any_in(name)
}

fn place_of(name: &str) -> Option<Place> {
    if name.is_empty() || name.len() > 90 {
        return None;
    }
    if let Some(exact) = lookup(name) {
        return Some(exact);
    }
    // `Validation - unit level`, `Testing plan: when to run what`
    let (mut parted, mut blanks) = (false, 0);
    for byte in name.bytes() {
        parted |= matches!(byte, b':' | b',' | b'-' | 0x80..);
        blanks += usize::from(byte == b' ');
    }
    for separator in [": ", " - ", " – ", " — ", ", "].into_iter().filter(|_| parted) {
        if let Some((head, _)) = name.split_once(separator)
            && let Some(found) = lookup(head.trim())
        {
            return Some(found);
        }
    }
    if let Some(rest) = LEADS.begin(name).then(|| name.split_once(' ')).flatten().map(|(_, rest)| rest)
        && let Some(place @ (Place::Proof | Place::Manual)) = place_of(rest)
    {
        return Some(place);
    }
    let last = name.rsplit(' ').next().unwrap_or("");
    // What only the end of a label tells; most end in other words.
    let told = LAST_WORDS.has(last);
    if told && let Some(place) = by_tail(name) {
        return Some(place);
    }
    if let Some(place) = super::compounds::compound(name) {
        return Some(place);
    }
    if (told || !name.is_ascii())
        && let Some(place) = by_list(name)
    {
        return Some(place);
    }
    let count = blanks + 1;
    if (3..=7).contains(&count) {
        // Neither the first word nor the last: something stands on either side.
        let mut heads = [None; TAILS.len() + languages::TAILS.len()];
        let mut at = 0;
        for (index, word) in name.split(' ').enumerate().take(count - 1) {
            if let Some(rank) = TAIL_RANKS.exactly(word).filter(|_| index > 0) {
                heads[rank].get_or_insert(&name[..at]);
            }
            at += word.len() + 1;
        }
        for head in heads.into_iter().flatten() {
            if let Some(place @ (Place::Proof | Place::Manual)) = lookup(head.trim()) {
                return Some(place);
            }
        }
    }
    // `Backend tests`, `Final verification`, `Phase 1 success criteria`: the last words decide.
    if count <= 5 && told {
        let ends = |end: &str| name.strip_suffix(end).is_some_and(|head| head.ends_with(' '));
        if let Some((_, place)) = ENDS.iter().find(|(end, _)| ends(end)) {
            return Some(*place);
        }
    }
    if name.ends_with(" dependencies") || name.ends_with(" dependency graph") || name.ends_with(" order") && count <= 3
    {
        return Some(Place::Order);
    }
    None
}

/// Words before a label that change nothing about what it announces when that is proof.
static LEADS: Starts = Starts::new(&["overall ", "full ", "final ", "complete ", "pre-flight "]);

/// `Rollback considerations`, `Deployment notes`
fn by_tail(name: &str) -> Option<Place> {
    let off = OFF_TAILS.iter().find_map(|tail| name.strip_suffix(tail)).and_then(lookup);
    off.filter(|place| *place == Place::Off)
}

/// `Acceptance criteria matrix`, `Validation steps`, `验证清单`
fn by_list(name: &str) -> Option<Place> {
    let proof = |head| lookup(head).filter(|place| matches!(place, Place::Proof | Place::Manual));
    let criteria = || [" mapping", " matrix", " list", " overview"].iter().find_map(|tail| name.strip_suffix(tail));
    let criteria = criteria().filter(|head| head.ends_with(" criteria") || head.ends_with(" done"));
    let head = name.strip_suffix(" checklist").or_else(|| name.strip_suffix(" steps")).or(criteria);
    head.and_then(proof).or_else(|| {
        const TAILS: &[&str] =
            &["清单", "清單", "列表", "步骤", "チェックリスト", "リスト", "手順", " 체크리스트", " 목록", " 절차"];
        let head = if name.is_ascii() { None } else { TAILS.iter().find_map(|tail| name.strip_suffix(tail)) };
        head.and_then(proof)
    })
}

/// Words behind a label that change nothing about what it announces when that is no check.
const OFF_TAILS: &[&str] = &[
    " considerations", " consideration", " plan", " strategy", " strategies", " notes", " note", " procedure",
    " procedures", " instructions", " approach", " guidance", " details",
];

/// Words behind which a label only says of what it speaks: `Validation for the parser`.
const TAILS: &[&str] = &["after", "for", "of", "this"];

/// Words at the end of a label that decide on it whatever stands before them.
const ENDS: &[(&str, Place)] = &[
    ("manual verification", Place::Manual),
    ("manual testing", Place::Manual),
    ("manual checks", Place::Manual),
    ("success criteria", Place::Proof),
    ("acceptance criteria", Place::Proof),
    ("completion criteria", Place::Proof),
    ("exit criteria", Place::Proof),
    ("verification", Place::Proof),
    ("validation", Place::Proof),
    ("quality gates", Place::Proof),
    ("quality gate", Place::Proof),
    ("definition of done", Place::Proof),
    ("test plan", Place::Proof),
    ("testing plan", Place::Proof),
    ("verification checklist", Place::Proof),
    ("acceptance checklist", Place::Proof),
    ("validation checklist", Place::Proof),
    ("checkpoint", Place::Proof),
    ("criteria", Place::Proof),
];

/// The last words of what the end of a label tells, by which most labels are known not to end so.
static LAST_WORDS: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let lists = ["checklist", "steps", "mapping", "matrix", "list", "overview"];
    let ends = ENDS.iter().map(|(end, _)| *end).chain(OFF_TAILS.iter().copied()).chain(lists);
    Lexicon::new(ends.map(|end| (end.rsplit(' ').next().unwrap_or(end), ())))
});

/// The place of each of [`TAILS`], and of those of other languages behind them.
static TAIL_RANKS: LazyLock<Lexicon<usize>> =
    LazyLock::new(|| Lexicon::new(TAILS.iter().chain(languages::TAILS).enumerate().map(|(rank, tail)| (*tail, rank))));

static PLACES: LazyLock<Lexicon<Place>> = LazyLock::new(|| {
    let of = |place, names: &[&[&'static str]]| {
        names.concat().into_iter().map(move |name| (name, place)).collect::<Vec<_>>()
    };
    let rows = LABELS.iter().chain(languages::LABELS);
    let rows = rows.flat_map(|(place, names)| names.iter().map(|name| (*name, *place)));
    // Of a label that comes again the first place is kept.
    Lexicon::new(rows.chain(of(Place::Proof, languages::PROOF)).chain(of(Place::Off, languages::WORK)))
});

pub(super) fn lookup(name: &str) -> Option<Place> {
    PLACES.get(name)
}

/// Whether a label announces no checks wherever it stands, though nothing sets it apart from an item.
#[must_use]
pub fn is_never_proof(label: &str) -> bool {
    let name = normalise(label);
    let head = OFF_TAILS.iter().find_map(|tail| name.strip_suffix(tail)).unwrap_or(&name);
    NEVER_PROOF.has(head) || NEVER_PROOF.has(&name)
}

static NEVER_PROOF: LazyLock<Lexicon<()>> = LazyLock::new(|| {
    let names = [
        "rollback", "roll back", "rollout", "deployment", "follow-up", "follow up", "follow-ups", "notes", "note",
        "observability", "monitoring", "risks", "risk", "background", "context", "commit", "prerequisites", "usage",
        "examples", "example", "references", "pr grouping", "suggested pr grouping", "pr breakdown", "suggested prs",
        "commit grouping", "ci/cd",
    ];
    Lexicon::new(names.into_iter().map(|name| (name, ())))
});

/// Whether a label says what a stage waits for.
#[must_use]
pub fn is_needs_label(label: &str) -> bool {
    NEEDS_LABELS.has(&normalise(label))
}

static NEEDS_LABELS: LazyLock<Lexicon<()>> =
    LazyLock::new(|| Lexicon::new(NEEDS.iter().chain(languages::NEEDS).map(|name| (*name, ()))));

/// Whether a section of this normalised name is one in which nothing is to be run, in languages other than English.
#[must_use]
pub fn is_closed(name: &str) -> bool {
    static CLOSED: LazyLock<Lexicon<()>> =
        LazyLock::new(|| Lexicon::new(languages::CLOSED.iter().map(|name| (*name, ()))));
    CLOSED.has(name)
}
