//! The words by which parts of a workstream plan are known, a row for each language. A row more is a language more.
//!
//! They stand anywhere in a text and are compared whatever their case. What may be meant counts as meant, so that a plan
//! in other words is not blamed.

use std::sync::LazyLock;

use crate::text::{Phrases, Starts};

/// Before the title's own words.
pub(super) static TITLE: Starts = Starts::new(&[
    "implementation plan:", "implementierungsplan:", "umsetzungsplan:", "plan d'implémentation",
    "plan de mise en œuvre", "plan de implementación:", "plano de implementação:", "plan implementacji:",
    "plan wdrożenia:", "piano di implementazione:", "implementatieplan:", "план реализации:", "план реалізації:",
    "uygulama planı:", "実装計画：", "実装計画:", "实施计划：", "实施计划:", "实现计划：", "实现计划:", "구현 계획:",
]);

/// Headings of the context.
pub(super) static CONTEXT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "context", "inputs", "background", "kontext", "hintergrund", "ausgangslage", "contexte", "contexto",
        "kontekst", "contesto", "achtergrond", "контекст", "bağlam", "コンテキスト", "背景", "前提", "上下文", "맥락",
        "배경",
    ])
});

/// Headings of the approach.
pub(super) static APPROACH: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "approach", "ansatz", "vorgehen", "approche", "enfoque", "abordagem", "podejście", "approccio", "aanpak",
        "подход", "підхід", "yaklaşım", "アプローチ", "方針", "方案", "思路", "접근",
    ])
});

/// Headings of the workstreams, and those of a single one.
pub(super) static WORKSTREAMS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "workstream", "work stream", "arbeitsstr", "arbeitspaket", "chantier", "flux de travail", "flujos de trabajo",
        "líneas de trabajo", "frentes de trabalho", "fluxos de trabalho", "strumieni", "strumień", "flussi di lavoro",
        "werkstro", "потоки работ", "поток работ", "потоки робіт", "потік робіт", "iş akış", "ワークストリーム",
        "作業ストリーム", "工作流", "작업 흐름", "작업 스트림",
    ])
});

/// Headings of the testing plan.
pub(super) static TESTING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "testing", "test plan", "test strategy", "testplan", "teststrategie", "tests", "plan de test", "pruebas",
        "testes", "testów", "collaudo", "тестир", "тестуван", "テスト", "测试", "測試", "테스트",
    ])
});

/// Headings of the rollout.
pub(super) static ROLLOUT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "rollout", "roll-out", "roll out", "ci/cd", "deployment", "release", "einführung", "ausrollen", "déploiement",
        "despliegue", "implantação", "wdroże", "rilascio", "uitrol", "развёртыв", "развертыв", "выкат", "розгорт",
        "dağıtım", "ロールアウト", "デプロイ", "リリース", "发布", "上线", "部署", "배포", "출시",
    ])
});

/// Headings of what is watched afterwards.
pub(super) static OBSERVABILITY: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "observability", "post-deployment", "post deployment", "monitoring", "beobachtbarkeit", "überwachung",
        "observabilité", "surveillance", "observabilidad", "monitorización", "observabilidade", "monitoramento",
        "obserwowaln", "monitorowani", "osservabilità", "monitoraggio", "наблюдаем", "мониторинг", "спостереж",
        "моніторинг", "izleme", "可観測性", "監視", "可观测", "监控", "관측", "모니터링",
    ])
});

/// Headings of the risks.
pub(super) static RISKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "risk", "risik", "risque", "riesgo", "risco", "ryzyk", "rischi", "риск", "ризик", "coordination", "リスク",
        "风险", "風險", "위험", "리스크",
    ])
});

/// Headings of what comes later.
pub(super) static FOLLOW_UP: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "follow-up", "follow up", "followup", "cleanup", "clean-up", "clean up", "nacharbeit", "folgearbeit",
        "aufräum", "suivi", "nettoyage", "seguimiento", "limpieza", "acompanhamento", "limpeza", "sprzątanie",
        "dalsze", "pulizia", "vervolg", "opruimen", "дальнейш", "очистк", "очищен", "подальш", "takip", "temizlik",
        "フォローアップ", "後片付け", "今後の", "后续", "清理", "후속", "정리",
    ])
});

/// How what was built is brought to those who use it.
pub(super) static BRINGS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "rollout", "roll out", "roll-out", "rolled out", "release", "deploy", "merge", "ship", "enable", "canary",
        "publish", "toggle", "feature flag", "behind a flag", "switch on", "turn on", "copy", "install", "production",
        "ausroll", "freigabe", "freischalt", "veröffentlich", "einführ", "déploi", "activer", "publier", "despleg",
        "desplieg", "activar", "publicar", "implant", "ativar", "wdroż", "włącz", "rilasci", "distribu", "uitrol",
        "развёрт", "развёрн", "разверт", "выкат", "выкл", "включ", "релиз", "розгорт", "увімк", "dağıt", "yayın",
        "リリース", "デプロイ", "公開", "有効", "发布", "上线", "部署", "启用", "배포", "출시", "활성",
    ])
});

/// How it is taken back.
pub(super) static TAKES_BACK: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "rollback", "roll back", "roll-back", "rolled back", "rolling back", "revert", "undo", "restore", "disable",
        "switch off", "turn off", "take it out", "back out", "downgrade", "previous version", "zurückroll",
        "zurückgeroll", "rückgängig", "zurücknehm", "abschalt", "wiederherstell", "retour arrière", "annuler",
        "désactiv", "restaur", "revertir", "deshacer", "desactiv", "reverter", "desfazer", "desativ", "wycof",
        "przywró", "wyłącz", "ripristin", "annulla", "disattiv", "terugdraai", "uitschakel", "откат", "отключ",
        "вернуть", "відкат", "вимкн", "geri al", "ロールバック", "切り戻", "元に戻", "無効", "回滚", "回退", "撤销",
        "禁用", "回滾", "롤백", "되돌", "비활성",
    ])
});

/// What is done against a risk.
pub(super) static MITIGATES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "mitigat", "avoid", "prevent", "reduc", "fallback", "fall back", "rollback", "roll back", "revert", "guard",
        "flag", "monitor", "alert", "accept", "keep ", "add ", "use ", "test", "limit", "watch", "check", "verify",
        "validat", "ensur", "so we", "therefore", "instead", "handle", "handled", "covered", "backup", "retry",
        "retries", "lock", " -> ", " => ", "→", "⇒", "gegenmaßnahme", "maßnahme", "vermeid", "verhinder", "absicher",
        "atténu", "éviter", "prévenir", "mesure", "mitigac", "evitar", "prevenir", "łagodz", "zapobie", "unika",
        "evitare", "beperk", "voorkom", "снижен", "смягч", "предотвра", "избежа", "пом'якш", "запобі", "azalt", "önle",
        "軽減", "対策", "回避", "缓解", "缓和", "避免", "应对", "緩解", "완화", "대책", "방지",
    ])
});

/// Why something is done.
pub(super) static REASON: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "why", "because", "so that", "so the ", "so it ", "so a ", "so callers", "in order to", " to ", "since ",
        "support", "allow", "enabl", "need", "reason", "rationale", "motivation", "purpose", "goal", "otherwise",
        "avoid", "prevent", "ensur", "keeps ", "lets ", "makes ", "for the ", "design", "increment", "→", "warum",
        "weil", "damit", "denn ", "grund", "zweck", "um zu", "pourquoi", "parce", "afin", "pour ", "por qué", "porque",
        "para ", "motivo", "por quê", "dlaczego", "ponieważ", "żeby", "aby ", "perché", "waarom", "omdat", "zodat",
        "почему", "потому", "чтобы", "зачем", "чому", "тому що", "щоб", "neden", "çünkü", "için", "なぜ", "理由",
        "ため", "目的", "为什么", "因为", "以便", "为了", "原因", "왜", "이유", "위해", "때문",
    ])
});

/// How one finds out whether it holds.
pub(super) static PROOF: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "validat", "verif", "test", "check", "confirm", "ensur", "expect", "assert", "compile", "builds", "lint",
        "manual", "smoke", "observe", "inspect", "review", "run ", "runs ", "passes", "prüf", "verifizier",
        "sicherstell", "bestätig", "läuft", "vérif", "essai", "lancer", "comprob", "prueba", "ejecut", "teste",
        "executar", "sprawd", "weryfik", "uruchom", "walidac", "controlla", "esegui", "prova", "controleer", "провер",
        "тест", "запуст", "перевір", "doğrula", "kontrol", "çalıştır", "検証", "確認", "テスト", "実行", "验证",
        "检查", "测试", "运行", "確保", "검증", "확인", "테스트", "실행",
    ])
});

/// Verbs with which a change begins.
pub(super) static CHANGES: Starts = Starts::new(&[
    "add ", "create ", "implement ", "introduce ", "write ", "build ", "update ", "change ", "modify ", "extend ",
    "remove ", "delete ", "drop ", "rename ", "move ", "refactor ", "rewrite ", "replace ", "migrate ", "convert ",
    "upgrade ", "bump ", "fix ", "redesign ", "rework ", "document ", "configure ", "wire ", "extract ", "split ",
    "switch ", "port ", "redo ",
]);
