//! Headings and labels: which ask for proof, which do not, which say what a stage waits for.

use std::sync::LazyLock;

use super::labels::{OFF_TAILS, normalise};
use super::languages;
use crate::text::Lexicon;

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
            "ci checks", "ci / checks", "ci/checks", "quality gates", "quality gate", "validation matrix",
            "verification matrix", "acceptance matrix", "checkpoint", "gate", "gates", "done when",
            "definition of done", "dod", "tests", "test", "testing", "testing plan", "test plan", "test commands",
            "testing strategy", "test strategy", "test matrix", "validation strategy", "verification strategy",
            "validation checkpoints", "validation checklist", "verification checklist", "verification methods",
            "verification steps", "verification commands", "validation steps", "validation commands",
            "final verification", "final validation", "final validation checklist", "final checks",
            "tests / verification", "tests/verification", "tests/validation", "tests / validation", "validation/tests",
            "verification/tests", "validation/verification", "verification/validation", "test / verification",
            "tests and verification", "testing and verification", "demo commands", "demo", "immediate validation",
            "smoke test", "smoke tests", "validation and acceptance", "verification of end state", "independent test",
            "success", "acceptance tests", "proof", "sanity check", "how to verify", "how to test", "unit tests",
            "integration tests", "integration/smoke", "end-to-end tests", "e2e tests", "regression tests",
            "verification & acceptance", "validation & acceptance", "static checks", "lint", "build", "type check",
            "typecheck", "validation notes", "rollout & validation notes", "verified by", "verifies", "confirm",
            "overall validation", "full validation", "full verification", "global validation",
            "acceptance criteria (acs)", "automated", "tests to run", "acceptance check", "evaluation criteria",
            "completion checklist", "pre-merge checks", "pre-merge checklist", "testable outcome", "testable outcomes",
            "completion criterion", "verification step", "validation step", "verify by", "verified with",
            "how we know", "evidence of completion", "sanity checks", "gate check", "gate checks", "commit gate",
            "commit gates", "push gate", "pr gate", "build gate", "merge gates", "test gates", "phase gates",
            "stage gates", "phase gate", "stage gate", "task gate", "acceptance gate", "merge gate", "completed when",
            "done-when", "passes when", "success looks like", "what success looks like", "what done looks like",
            "what good looks like", "definition of success", "success check", "success checks", "verify with",
            "validate with", "test with", "tests to pass", "tests must pass", "local checks", "smoke", "smoke check",
            "smoke checks", "regression check", "regression checks", "post-conditions", "postconditions", "post-check",
            "post-checks", "acceptance checks", "build check", "compile check", "lint check", "ci gate",
            "pre-commit checks", "verify before moving on", "before moving on", "end-to-end check", "e2e check",
            "verification gate", "verification gates", "validation gate", "validation gates", "exit check",
            "exit checks", "acceptance condition", "acceptance conditions", "confirm with", "test gate",
            "pass condition", "pass conditions", "verification & testing", "completion condition",
            "completion conditions", "exit condition", "exit conditions", "success condition", "success conditions",
            "automated check", "post-implementation checks", "deliverable check", "review checklist", "release gate",
            "release gates", "launch gate", "launch gates", "whole-tree gate", "whole-tree gates", "whole-repo gate",
            "repo-wide gate", "workspace gate", "workspace gates", "full gate", "full gates", "local gate",
            "local gates", "final gate", "final gates", "closing gate", "pre-push gate", "pre-merge gate",
            "pre-commit gate", "pre-pr gate", "completion gate", "handoff gate", "ship gate", "closure gate",
            "closure gates", "closeout gate", "closeout gates", "closing gates", "closure checks", "closure checklist",
            "closeout checklist", "ready to move on when", "ready to move on if", "ready to proceed when",
            "ready to advance when", "ready to merge when", "ready to ship when", "ready for merge when",
            "move on when", "move on once", "proceed when", "proceed once", "advance when", "phase exit", "stage exit",
            "exit gate", "go/no-go", "go / no-go", "all tests", "full tests", "verification approach",
            "validation approach", "verification method", "validation method", "verification procedure",
            "validation procedure", "test procedure", "commands to verify", "commands to validate", "build & test",
            "build and test", "build & tests", "build and tests", "build/test", "lint & test", "lint and test",
            "lint & tests", "lint and tests", "lint/test", "test & lint", "test and lint", "tests and lint",
            "lint, test", "build, lint, test", "lint, build, test", "lint, typecheck, test", "verify locally",
            "validate locally", "test locally", "confirmation", "validating", "verifying", "validating the change",
            "validating the changes", "verifying the change", "verifying the changes", "testing the change",
            "testing the changes", "how to validate", "how to check", "what to check", "what to verify", "must pass",
            "all must pass", "these must pass", "must be green", "quality assurance", "proof of completion",
            "verification script", "validation script", "regression suite", "works when", "it works when",
            "done means", "how we know it works", "how will we know",
            "how do we know it works", // By machine, and of the whole plan
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
            "manual smoke", "manual steps", "manual test plan", "manuell", "manuelle prüfung", "manuelle verifikation",
            "manuel", "vérification manuelle", "verificación manual", "verificação manual", "weryfikacja ręczna",
            "手動確認", "手动验证", "수동 검증", "手動検証", "手動テスト", "手动测试", "수동 테스트", "手動", "手动",
            "수동", "ręcznie", "manualmente", "manuellement", "von hand",
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
            "stop condition",
            "stop conditions",
            "stop criteria",
            "stop if",
            "stop when",
            "stop and ask",
            "stop and ask when",
            "stop and ask if",
            "stopping conditions",
            "stopping criteria",
            "abort condition",
            "abort conditions",
            "abort criteria",
            "abort if",
            "abort when",
            "kill criteria",
            "escalation criteria",
            "escalation conditions",
            "escalate if",
            "escalate when",
            "bail-out criteria",
            "pause conditions",
            "abbruchkriterien",
            "abbruchbedingungen",
            "eskalationskriterien",
            "conditions d'arrêt",
            "critères d'arrêt",
            "critères d'abandon",
            "condiciones de parada",
            "criterios de parada",
            "condições de parada",
            "critérios de parada",
            "kryteria przerwania",
            "warunki przerwania",
            "中止条件",
            "停止条件",
            "终止条件",
            "중단 조건",
            "pr grouping",
            "suggested pr grouping",
            "pr breakdown",
            "suggested prs",
            "commit grouping",
            "suggested grouping into prs",
            "suggested grouping",
            "grouping into prs",
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
            "pseudocode",
            "pseudo-code",
            "pseudo code",
            "code sketch",
            "code example",
            "code examples",
            "code snippet",
            "code snippets",
            "example code",
            "sample code",
            "principle",
            "principles",
            "guiding principle",
            "guiding principles",
            "design principle",
            "design principles",
            "rationale",
            "guideline",
            "guidelines",
            "caveat",
            "caveats",
            "trade-off",
            "trade-offs",
            "tradeoffs",
            "what",
            "how",
            "design",
            "actions",
            "action",
            "deliverables",
            "deliverable",
            "evidence",
            "required evidence",
            "evidence required",
            "evidence artifact",
            "evidence artifacts",
            "evidence to capture",
            "evidence to collect",
            "expected evidence",
            "evidence file",
            "evidence path",
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
            "implementation phases", "build steps", "build tasks", "implementation plan", "implementation steps",
            "implementation sequence", "execution sequence", "sequence of work", "migration stages", "milestones",
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
            "parallel opportunities", "user story dependencies", "waves", "execution waves", "wave plan",
            "execution plan", "recommended order", "suggested order", "abhängigkeiten", "dépendances", "dependencias",
            "dependências", "zależności", "依存関係", "依赖关系", "의존성",
        ],
    ),
];

/// Labels by which a stage says what it waits for.
const NEEDS: &[&str] = &[
    "depends on", "dependencies", "dependency", "depends", "prerequisite", "prerequisites", "prereq", "prereqs",
    "blocked by", "after", "requires", "needs", "waits for", "depends_on", "comes after", "follows", "abhängig von",
    "hängt ab von", "dépend de", "depende de", "zależy od", "依存", "依赖", "의존", "abhängigkeiten", "abhängigkeit",
    "dépendances", "dépendance", "dependencias", "dependencia", "dependências", "dependência", "zależności",
    "zależność", "dipendenze", "afhankelijkheden", "зависимости", "залежності", "bağımlılıklar", "依存関係",
    "依赖关系", "의존성",
];

static PLACES: LazyLock<Lexicon<Place>> = LazyLock::new(|| {
    let of = |place, names: &[&[&'static str]]| {
        names.concat().into_iter().map(move |name| (name, place)).collect::<Vec<_>>()
    };
    let rows = LABELS.iter().chain(languages::LABELS);
    let rows = rows.flat_map(|(place, names)| names.iter().map(|name| (*name, *place)));
    // Of a label that comes again the first place is kept.
    Lexicon::new(rows.chain(of(Place::Proof, languages::PROOF)).chain(of(Place::Off, languages::WORK)))
});

/// The labels that ask for proof.
pub(super) fn proofs() -> impl Iterator<Item = &'static str> {
    let rows =
        LABELS.iter().chain(languages::LABELS).filter(|(place, _)| matches!(place, Place::Proof | Place::Manual));
    let rows = rows.flat_map(|(_, names)| names.iter().copied());
    rows.chain(languages::PROOF.iter().flat_map(|names| names.iter().copied()))
}

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
        "commit grouping", "suggested grouping into prs", "suggested grouping", "grouping into prs", "ci/cd",
    ];
    Lexicon::new(names.into_iter().map(|name| (name, ())))
});

/// Whether a label says what a stage waits for.
#[must_use]
pub fn is_needs_label(label: &str) -> bool {
    says_needs(&normalise(label))
}

/// Whether a normalised label says what a stage waits for.
pub(super) fn says_needs(name: &str) -> bool {
    NEEDS_LABELS.has(name)
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
