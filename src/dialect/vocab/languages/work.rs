//! Labels of work, background and notes, in languages other than English.

const GERMAN: &[&str] = &[
    "ziele", "zielsetzung", "änderung", "dateien", "betroffener code", "betroffene dateien", "umsetzung",
    "implementierung", "kontext", "einrichtung", "voraussetzungen", "ausrollen", "einführung", "rückfall",
    "rückgängig", "bereitstellung", "überwachung", "beobachtbarkeit", "risiken", "risiko",
    "risiken und gegenmaßnahmen", "folgearbeiten", "nacharbeiten", "anmerkungen", "hinweise", "hinweis", "notizen",
    "nutzung", "verwendung", "beispiele", "beispiel", "referenzen", "verweise", "nächste schritte", "offene fragen",
    "zusammenfassung", "überblick", "umfang", "nicht-ziele", "aktueller stand", "fortschritt", "aufräumen", "warum",
    "was", "wie", "ergebnisse", "lieferobjekte", "entscheidungen", "architektur", "beschreibung", "anforderungen",
];

const FRENCH: &[&str] = &[
    "objectifs", "fichiers", "fichier", "code concerné", "code affecté", "fichiers concernés", "mise en œuvre",
    "implémentation", "arrière-plan", "mise en place", "prérequis", "pré-requis", "déploiement", "retour arrière",
    "mise en production", "observabilité", "surveillance", "supervision", "risques", "risque", "suivi", "remarques",
    "remarque", "utilisation", "exemples", "exemple", "références", "prochaines étapes", "étapes suivantes",
    "questions ouvertes", "résumé", "aperçu", "périmètre", "hors périmètre", "état actuel", "avancement", "nettoyage",
    "pourquoi", "quoi", "comment", "livrables", "décisions", "exigences",
];

const SPANISH: &[&str] = &[
    "objetivos", "meta", "cambio", "archivos", "archivo", "ficheros", "fichero", "código afectado",
    "archivos afectados", "implementación", "antecedentes", "configuración", "preparación", "requisitos previos",
    "prerrequisitos", "despliegue", "lanzamiento", "reversión", "puesta en producción", "observabilidad", "monitoreo",
    "monitorización", "supervisión", "riesgos", "riesgo", "seguimiento", "notas", "nota", "uso", "ejemplos", "ejemplo",
    "referencias", "próximos pasos", "siguientes pasos", "preguntas abiertas", "resumen", "visión general", "alcance",
    "fuera de alcance", "estado actual", "progreso", "limpieza", "por qué", "qué", "cómo", "entregables", "decisiones",
    "arquitectura", "descripción", "requisitos", "entrada",
];

const PORTUGUESE: &[&str] = &[
    "objetivos", "alterações", "alteração", "mudança", "arquivos", "arquivo", "ficheiros", "código afetado",
    "arquivos afetados", "implementação", "implantação", "histórico", "configuração", "preparação", "pré-requisitos",
    "lançamento", "reversão", "observabilidade", "monitoramento", "monitorização", "riscos", "risco", "acompanhamento",
    "notas", "observações", "uso", "exemplos", "exemplo", "referências", "próximos passos", "questões em aberto",
    "perguntas abertas", "resumo", "visão geral", "escopo", "fora de escopo", "estado atual", "progresso", "limpeza",
    "por quê", "o quê", "entregáveis", "decisões", "arquitetura", "descrição", "requisitos",
];

const POLISH: &[&str] = &[
    "cele", "zmiana", "pliki", "plik", "kod", "dotknięty kod", "zmieniane pliki", "implementacja", "realizacja", "tło",
    "kontekst", "konfiguracja", "przygotowanie", "wymagania wstępne", "wdrożenie", "wycofanie", "obserwowalność",
    "monitorowanie", "monitoring", "ryzyka", "ryzyko", "dalsze prace", "uwagi", "uwaga", "notatki", "użycie",
    "przykłady", "przykład", "odniesienia", "źródła", "następne kroki", "kolejne kroki", "otwarte pytania",
    "pytania otwarte", "podsumowanie", "przegląd", "zakres", "poza zakresem", "stan obecny", "postęp", "sprzątanie",
    "dlaczego", "co", "jak", "rezultaty", "decyzje", "architektura", "opis", "wymagania",
];

const JAPANESE: &[&str] = &[
    "目標", "ゴール", "変更点", "変更内容", "変更ファイル", "ファイル", "対象ファイル", "影響範囲", "対象コード",
    "実装", "実装内容", "コンテキスト", "文脈", "セットアップ", "準備", "前提条件", "前提", "コミット", "リリース",
    "展開", "ロールアウト", "ロールバック", "切り戻し", "デプロイ", "監視", "モニタリング", "可観測性", "リスク",
    "フォローアップ", "備考", "注意", "注意事項", "メモ", "補足", "使い方", "使用方法", "例", "使用例", "参考", "参照",
    "参考資料", "次のステップ", "今後の課題", "今後の予定", "未解決事項", "概要", "要約", "範囲", "スコープ", "対象外",
    "現状", "進捗", "後片付け", "理由", "成果物", "決定事項", "設計", "アーキテクチャ", "説明", "要件",
];

const CHINESE: &[&str] = &[
    "目的", "改动", "变更", "变更内容", "修改", "修改内容", "文件", "涉及文件", "影响范围", "受影响代码", "实现",
    "实施", "背景信息", "上下文", "环境准备", "准备", "前置条件", "先决条件", "提交", "发布", "上线", "部署", "回滚",
    "可观测性", "监控", "风险", "风险与缓解", "后续", "后续工作", "备注", "注意", "注意事项", "说明", "用法",
    "使用方法", "示例", "例子", "参考", "参考资料", "下一步", "后续步骤", "未决问题", "待定问题", "概述", "总结",
    "摘要", "范围", "不在范围内", "非目标", "现状", "当前状态", "进度", "清理", "原因", "交付物", "决策", "设计",
    "架构", "描述", "需求", "目標", "變更", "檔案", "實作", "準備", "前置條件", "部署", "回滾", "監控", "風險", "備註",
    "注意事項", "範例", "參考", "下一步", "概述", "範圍", "現狀", "進度",
];

const KOREAN: &[&str] = &[
    "목적", "변경 사항", "변경사항", "변경 내용", "파일", "대상 파일", "영향 범위", "구현", "구현 내용", "맥락",
    "컨텍스트", "설정", "준비", "사전 준비", "전제 조건", "사전 조건", "커밋", "출시", "배포", "롤아웃", "롤백",
    "관측성", "모니터링", "위험", "리스크", "위험 요소", "후속 작업", "후속 조치", "참고", "참고 사항", "비고", "메모",
    "주의", "주의 사항", "사용법", "사용 방법", "예시", "예제", "참고 자료", "다음 단계", "향후 계획", "미해결 질문",
    "열린 질문", "개요", "요약", "범위", "범위 외", "현재 상태", "진행 상황", "정리", "이유", "산출물", "결정 사항",
    "설계", "아키텍처", "설명", "요구 사항", "요구사항",
];

const ITALIAN: &[&str] = &[
    "obiettivo", "obiettivi", "modifiche", "file", "codice interessato", "implementazione", "contesto",
    "configurazione", "preparazione", "prerequisiti", "rilascio", "ripristino", "distribuzione", "osservabilità",
    "monitoraggio", "rischi", "rischio", "seguito", "utilizzo", "uso", "esempi", "esempio", "riferimenti",
    "prossimi passi", "passi successivi", "domande aperte", "riepilogo", "panoramica", "ambito", "fuori ambito",
    "stato attuale", "pulizia", "perché", "cosa", "descrizione", "requisiti", "decisioni",
];

const DUTCH: &[&str] = &[
    "doel", "doelen", "wijzigingen", "bestanden", "betrokken code", "implementatie", "uitvoering", "achtergrond",
    "opzet", "voorbereiding", "vereisten", "uitrol", "terugdraaien", "monitoring", "risico's", "risico", "vervolg",
    "opmerkingen", "notities", "gebruik", "voorbeelden", "voorbeeld", "referenties", "volgende stappen",
    "vervolgstappen", "open vragen", "samenvatting", "overzicht", "omvang", "buiten scope", "huidige situatie",
    "opruimen", "waarom", "wat", "hoe", "beschrijving",
];

const RUSSIAN: &[&str] = &[
    "цель",
    "цели",
    "изменения",
    "файлы",
    "файл",
    "затронутый код",
    "затронутые файлы",
    "реализация",
    "контекст",
    "предыстория",
    "настройка",
    "подготовка",
    "предпосылки",
    "предварительные требования",
    "развёртывание",
    "развертывание",
    "выкатка",
    "откат",
    "наблюдаемость",
    "мониторинг",
    "риски",
    "риск",
    "дальнейшие работы",
    "примечания",
    "примечание",
    "заметки",
    "использование",
    "примеры",
    "пример",
    "ссылки",
    "следующие шаги",
    "дальнейшие шаги",
    "открытые вопросы",
    "итог",
    "обзор",
    "область",
    "вне области",
    "текущее состояние",
    "прогресс",
    "очистка",
    "почему",
    "что",
    "описание",
    "требования",
    "решения",
];

const UKRAINIAN: &[&str] = &[
    "мета", "цілі", "зміни", "файли", "реалізація", "налаштування", "підготовка", "передумови", "розгортання",
    "відкат", "спостережуваність", "моніторинг", "ризики", "ризик", "примітки", "примітка", "нотатки", "використання",
    "приклади", "приклад", "посилання", "наступні кроки", "відкриті питання", "підсумок", "огляд", "поточний стан",
    "чому", "опис", "вимоги",
];

const TURKISH: &[&str] = &[
    "amaç", "hedef", "hedefler", "değişiklikler", "dosyalar", "dosya", "etkilenen kod", "uygulama", "arka plan",
    "bağlam", "kurulum", "hazırlık", "ön koşullar", "önkoşullar", "dağıtım", "yayına alma", "geri alma", "izleme",
    "gözlemlenebilirlik", "riskler", "takip", "notlar", "kullanım", "örnekler", "örnek", "kaynaklar",
    "sonraki adımlar", "açık sorular", "özet", "genel bakış", "kapsam", "kapsam dışı", "mevcut durum", "temizlik",
    "neden", "açıklama", "gereksinimler",
];

/// All of them, a list for each language.
pub(in crate::dialect::vocab) const ALL: &[&[&str]] = &[
    GERMAN, FRENCH, SPANISH, PORTUGUESE, POLISH, JAPANESE, CHINESE, KOREAN, ITALIAN, DUTCH, RUSSIAN, UKRAINIAN, TURKISH,
];
