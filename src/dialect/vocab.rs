//! The words that plans use, as tables: labels that ask for proof and labels that do not, words that ask to run
//! a command or only talk of one, words of success and of failure. A language is a few more rows.
//!
//! Must not know where in a document a word stands.

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
            "test commands", "testing strategy", "validation checkpoints", "validation checklist",
            "verification checklist", "verification methods", "verification steps", "verification commands",
            "validation steps", "validation commands", "final verification", "final validation",
            "final validation checklist", "final checks", "tests / verification", "tests/verification",
            "test / verification", "tests and verification", "testing and verification", "demo commands", "demo",
            "immediate validation", "smoke test", "smoke tests", "validation and acceptance",
            "verification of end state", "independent test", "success", "acceptance tests", "proof", "sanity check",
            "how to verify", "how to test", "unit tests", "integration tests", "integration/smoke", "end-to-end tests",
            "e2e tests", "regression tests", "verification & acceptance", "validation & acceptance", "static checks",
            "lint", "build", "type check", "typecheck", "validation notes", "rollout & validation notes",
            "verified by", "verifies", "overall validation", "full validation", "full verification",
            "global validation", "acceptance criteria (acs)", "automated", "tests to run", "acceptance check",
            "evaluation criteria", "completion checklist", "pre-merge checks", "pre-merge checklist",
            "review checklist", // German
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
            "测试计划", "完成标准", "检查", "검증", "수용 기준", "테스트", "테스트 계획", "완료 조건", "인수 조건",
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
            "手动验证", "수동 검증",
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
    "dépend de", "depende de", "zależy od", "依存", "依赖", "의존",
];

/// A label without what does not count: emphasis, numbering, brackets, ticks and emoji, the final colon.
#[must_use]
pub fn normalise(label: &str) -> String {
    let mut text = label.trim();
    // Numbering: `4.`, `4.2`, `(3)`, `A.`
    loop {
        let before = text;
        text = text.trim_start_matches(|next: char| !next.is_alphanumeric() && next != '`').trim_start();
        let digits = text.trim_start_matches(|next: char| next.is_ascii_digit() || next == '.');
        if digits.len() < text.len() && digits.starts_with([' ', ')', ':']) {
            text = digits.trim_start_matches([')', ':', ' ']);
        }
        if text == before {
            break;
        }
    }
    let mut out = String::new();
    let mut depth = 0u32;
    for next in text.chars() {
        match next {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            '*' | '_' | '`' => {}
            _ if depth == 0
                && (next.is_alphanumeric() || next.is_ascii() || matches!(next, '–' | '—' | '’' | '\'')) =>
            {
                out.extend(next.to_lowercase())
            }
            _ => {}
        }
    }
    let out = out.replace('’', "'");
    let out = out.trim().trim_end_matches([':', '：', '.', '?', '!', '-', '–', '—']).trim();
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a label announces, if it is one that the tables know.
#[must_use]
pub fn place(label: &str) -> Option<Place> {
    place_of(&normalise(label))
}

fn place_of(name: &str) -> Option<Place> {
    if name.is_empty() || name.len() > 90 {
        return None;
    }
    if let Some(exact) = lookup(name) {
        return Some(exact);
    }
    // `Validation - unit level`, `Testing plan: when to run what`
    for separator in [": ", " - ", " – ", " — ", ", "] {
        if let Some((head, _)) = name.split_once(separator)
            && let Some(found) = lookup(head.trim())
        {
            return Some(found);
        }
    }
    // `Backend tests`, `Final verification`, `Phase 1 success criteria`: the last words decide.
    for (place, ends) in [
        (Place::Manual, &["manual verification", "manual testing", "manual checks"][..]),
        (
            Place::Proof,
            &[
                "success criteria", "acceptance criteria", "completion criteria", "exit criteria", "verification",
                "validation", "quality gates", "quality gate", "definition of done", "test plan", "testing plan",
                "verification checklist", "acceptance checklist", "validation checklist", "checkpoint",
            ],
        ),
    ] {
        if ends.iter().any(|end| {
            name.len() > end.len() && name.ends_with(end) && name.as_bytes()[name.len() - end.len() - 1] == b' '
        }) && name.split(' ').count() <= 5
        {
            return Some(place);
        }
    }
    if name.ends_with(" dependencies") || name.ends_with(" order") && name.split(' ').count() <= 3 {
        return Some(Place::Order);
    }
    red_label(name).then_some(Place::Red)
}

fn lookup(name: &str) -> Option<Place> {
    LABELS.iter().find(|(_, names)| names.contains(&name)).map(|(place, _)| *place)
}

/// Whether a step's title asks to see a test fail: `Run test to verify it fails`.
#[must_use]
pub fn red_label(name: &str) -> bool {
    let name = name.to_lowercase();
    let runs =
        ["run ", "verify", "confirm", "check", "watch", "see ", "execute"].iter().any(|word| name.contains(word));
    runs && fails(&name)
}

/// Whether words say that a failure is expected.
#[must_use]
pub fn fails(words: &str) -> bool {
    let lower = words.to_lowercase();
    if [
        "should not fail", "must not fail", "without fail", "0 failed", "no fail", "not fail", "zero fail", "fails if",
        "fail if", "if it fails", "if tests fail", "if any",
    ]
    .iter()
    .any(|not| lower.contains(not))
    {
        return false;
    }
    let phrases = [
        "expect failure", "expect failures", "expect fail", "expect to fail", "expected to fail", "expected failure",
        "expected: fail", "should fail", "must fail", "will fail", "it fails", "they fail", "to fail", "tests fail",
        "test fails", "verify red", "expect red", "confirm red", "expected fail", "erwartet: fehl", "fehlschlag",
        "schlägt fehl", "doit échouer", "échoue", "debe fallar", "falla", "deve falhar", "nie przechodzi", "失敗",
        "失败", "실패",
    ];
    // `0 tests failed` names no failure, so a phrase must end where a word ends.
    phrases.iter().any(|phrase| {
        lower.match_indices(phrase).any(|(at, _)| {
            !lower[at + phrase.len()..].starts_with(|next: char| next.is_ascii_alphabetic()) || !phrase.is_ascii()
        })
    }) || lower.contains("(fails)")
}

/// Whether an expectation's own words begin by naming a failure: `FAIL — undefined`, `ImportError or AttributeError`.
#[must_use]
pub fn expects_failure(words: &str) -> bool {
    let text = words.trim().trim_start_matches(['*', '_', '`', '"', '❌', '✗', ' ']);
    let first: String = text.chars().take_while(|next| next.is_alphanumeric() || *next == '_').collect();
    let lower = first.to_lowercase();
    if matches!(lower.as_str(), "fail" | "fails" | "failure" | "failing" | "failed" | "red" | "error" | "errors") {
        return !text.to_lowercase().contains("0 fail");
    }
    let error_name = first.len() > 5
        && (first.ends_with("Error") || first.ends_with("Exception"))
        && first.starts_with(|next: char| next.is_uppercase());
    error_name
        || matches!(lower.as_str(), "compilation" | "compile" | "build" | "test" | "tests") && fails_soon(text)
        || fails(text)
}

fn fails_soon(text: &str) -> bool {
    let head: Vec<String> = text
        .split_whitespace()
        .take(3)
        .map(|word| word.trim_matches(|next: char| !next.is_alphanumeric()).to_lowercase())
        .collect();
    head.iter().any(|word| matches!(word.as_str(), "error" | "errors" | "fail" | "fails" | "failure"))
}

/// Whether a label says what a stage waits for.
#[must_use]
pub fn is_needs_label(label: &str) -> bool {
    NEEDS.contains(&normalise(label).as_str())
}

/// Words before a code span that ask to run it.
const ASKING: &[&str] = &[
    "run", "running", "execute", "executing", "rerun", "re-run", "invoke", "via", "with", "using", "by", "try", "call",
    "full", "start", "starting", "and", "then", "or", "also", "is", "verify", "confirm", "check", "command",
    "commands", "ensure", "both", "do", "type", "either", "plus", "&", "use", "führe", "mit", "und", "exécuter",
    "avec", "et", "ejecutar", "con", "y", "executar", "com", "e", "uruchom", "i", "przez", "运行", "执行", "実行",
];

/// Words that end what only talks of a command.
const TALKING: &[&str] = &[
    "contains", "contain", "containing", "uses", "used", "no", "not", "without", "instead", "of", "the", "a", "an",
    "e.g", "eg", "i.e", "ie", "like", "such", "existing", "replaces", "replace", "replaced", "mentions", "references",
    "reference", "documents", "describes", "named", "called", "blocks", "allows", "standard", "triggers", "add",
    "adds", "create", "creates", "update", "updates", "for", "in", "to", "from", "on", "when", "if",
];

/// Whether the words before a code span ask to run it. `continues` says that a command stands right before.
#[must_use]
pub fn asks(before: &str, continues: bool) -> bool {
    let trimmed = before.trim();
    if trimmed.is_empty() {
        return true;
    }
    if trimmed.ends_with([':', '：', '→', '>', '—', '–', '-', '.', ';', '(', '✓', '✅', '⇒', '☐', '|', ']'])
    {
        let inner = trimmed.trim_end_matches('(').trim_end();
        return !(inner.ends_with("e.g.")
            || inner.ends_with("i.e.")
            || trimmed.ends_with("e.g.")
            || trimmed.ends_with("i.e."));
    }
    if trimmed.ends_with('+') {
        return true;
    }
    if trimmed.ends_with([',', '/', '&', '、']) {
        let head = trimmed.trim_end_matches([',', ' ']);
        return (continues || trimmed.ends_with(',')) && !(head.ends_with("e.g.") || head.ends_with("i.e."));
    }
    let last = trimmed.rsplit(|next: char| next.is_whitespace()).next().unwrap_or("");
    let last = last.trim_matches(|next: char| !next.is_alphanumeric() && next != '&' && next != '-').to_lowercase();
    if TALKING.contains(&last.as_str()) {
        // `output of`, `run the`: what is asked for still is to run it.
        let words = trimmed.to_lowercase();
        return matches!(last.as_str(), "the" | "a" | "existing")
            && words.split_whitespace().rev().nth(1).is_some_and(|word| matches!(word, "run" | "execute" | "running"))
            || (last == "of" && words.ends_with("output of"));
    }
    // `... passes all unit tests and`: what follows is part of the sentence unless commands stand in a row.
    if JOINING.contains(&last.as_str()) {
        let words = trimmed.split_whitespace().count();
        return continues && words <= 3 || words == 1;
    }
    ASKING.contains(&last.as_str())
}

/// Words that join commands in a row.
const JOINING: &[&str] = &["and", "then", "or", "also", "both", "plus", "&", "und", "et", "y", "e", "i"];

/// Words that only repeat that a command ends well, or that merely frame it.
const SUCCESS: &[&str] = &[
    "pass", "passes", "passing", "passed", "succeeds", "succeed", "success", "successful", "successfully", "green",
    "clean", "cleanly", "ok", "exit", "exits", "0", "zero", "works", "work", "runs", "run", "all", "tests", "test",
    "no", "errors", "error", "failures", "failure", "regressions", "regression", "issues", "and", "with", "without",
    "the", "a", "is", "are", "still", "should", "must", "on", "in", "at", "repo", "root", "existing", "full", "suite",
    "builds", "build", "compiles", "compile", "completes", "complete", "returns", "code", "status", "confirm",
    "verify", "ensure", "check", "checks", "execute", "via", "using", "reliably", "consistently", "locally", "ci",
    "both", "new", "unit", "integration", "everything", "project", "lint", "linting", "types", "type", "fine", "it",
    "they", "that", "package", "workspace", "command", "commands", "again", "after", "first", "then", "also", "stay",
    "stays", "remain", "remains", "any", "finishes", "sanity", "compilation", "produces", "binary", "host", "install",
    "installs", "dependencies", "faster", "quickly", "to", "be", "validate", "for", "of", "each", "every", "file",
    "files", "exist", "exists", "format", "formatting", "gates", "quality", "fmt", "output",
];

/// Whether words add no criterion of their own to a command beside them.
#[must_use]
pub fn only_success(words: &str) -> bool {
    words
        .split(|next: char| !(next.is_alphanumeric() || next == '\''))
        .filter(|word| !word.is_empty())
        .all(|word| SUCCESS.contains(&word.to_lowercase().as_str()))
}

/// Whether an item is marked as one for a person.
#[must_use]
pub fn is_manual(words: &str) -> bool {
    let lower = words.trim().to_lowercase();
    [
        "manual", "manually", "(manual", "visually", "visual check", "eyeball", "by hand", "human", "manuell",
        "manuel", "ręcznie", "手動", "手动", "수동",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

/// Whether words leave open whether a command is to be run at all, or where.
#[must_use]
pub fn is_hedged(words: &str) -> bool {
    let lower = words.to_lowercase();
    [
        "(if used", "if used)", "(if available", "if available)", "if applicable", "(optional)", "(deferred)",
        "if installed", "where available", "if possible",
    ]
    .iter()
    .any(|hedge| lower.contains(hedge))
}

/// Words behind a command that leave open what it is to be run on: `on touched files`.
#[must_use]
pub fn leaves_object_open(after: &str) -> bool {
    let lower = after.trim_start().to_lowercase();
    let Some(rest) = ["on ", "for ", "against ", "over "].iter().find_map(|word| lower.strip_prefix(word)) else {
        return false;
    };
    let rest = rest.strip_prefix("the ").or_else(|| rest.strip_prefix("all ")).unwrap_or(rest);
    ["touched", "changed", "affected", "modified", "relevant", "edited", "new files", "each changed"]
        .iter()
        .any(|word| rest.starts_with(word))
}

/// Whether a comment or a lead-in says that a person must be there: `manual`, `in another terminal`.
#[must_use]
pub fn needs_person(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    lower.starts_with("manual")
        || [
            "(manual", "another terminal", "second terminal", "separate terminal", "new terminal", "other terminal",
            "different terminal", "ctrl+c", "ctrl-c", "in browser", "in the browser", "- manual", "start server",
            "start the server", "start the app", "with the server running", "while the server",
        ]
        .iter()
        .any(|sign| lower.contains(sign))
}
