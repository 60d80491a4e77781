//! Labels that ask for proof, in languages other than English.

const GERMAN: &[&str] = &[
    "validieren", "verifizieren", "überprüfen", "prüfen", "prüfungen", "überprüfungen", "nachweis", "automatisiert",
    "automatisierte verifikation", "automatische verifikation", "automatisierte prüfung", "automatisierte prüfungen",
    "automatische prüfung", "automatisierte überprüfung", "automatisierte tests", "akzeptanz", "abnahmetests",
    "abnahmekriterium", "erfolgskriterium", "abschlusskriterium", "ausstiegskriterien", "austrittskriterien",
    "fertigstellungskriterien", "qualitätstore", "qualitätstor", "qualitätsprüfung", "qualitätssicherung",
    "kontrollpunkt", "prüfpunkt", "meilensteinprüfung", "definition von fertig", "erledigt wenn", "erledigt, wenn",
    "abgeschlossen wenn", "abgeschlossen, wenn", "teststrategie", "testen", "modultests", "unit-tests",
    "integrationstests", "abschließende prüfung", "abschließende verifikation", "abschließende validierung",
    "endprüfung", "unabhängiger test", "statische prüfungen", "rauchtest", "validierung und abnahme",
    "wie geprüft wird", "befehle zur prüfung", "befehle zur verifikation", "prüfkriterien", "validierungskriterien",
    "verifikationskriterien", "wie validiert wird",
];

const FRENCH: &[&str] = &[
    "valider", "vérifier", "contrôle", "contrôles", "vérification automatisée", "vérification automatique",
    "vérifications automatisées", "vérifications automatiques", "tests automatisés", "critère d'acceptation",
    "critère de succès", "critères de réussite", "critères de sortie", "critère de sortie", "critères d'achèvement",
    "critères de fin", "critères de complétion", "sortie", "acceptation", "tests d'acceptation", "portes de qualité",
    "porte de qualité", "barrière de qualité", "point de contrôle", "points de contrôle", "terminé quand",
    "terminé lorsque", "fini quand", "définition de terminé", "définition de fini", "définition du fini",
    "stratégie de test", "stratégie de tests", "tests unitaires", "tests d'intégration", "vérification finale",
    "validation finale", "contrôles finaux", "test indépendant", "essais", "preuve", "comment vérifier",
    "comment valider", "critères de vérification", "critère de validation", "conditions d'acceptation",
    "critères de done",
];

const SPANISH: &[&str] = &[
    "validar", "verificar", "validaciones", "verificaciones", "comprobación", "comprobar", "verificación automatizada",
    "verificación automática", "verificaciones automáticas", "pruebas automatizadas", "pruebas automáticas",
    "criterio de aceptación", "criterio de éxito", "criterios de salida", "criterio de salida",
    "criterios de finalización", "criterios de cierre", "criterios de terminado", "salida", "aceptación",
    "pruebas de aceptación", "puertas de calidad", "puerta de calidad", "control de calidad", "punto de control",
    "puntos de control", "hecho cuando", "listo cuando", "terminado cuando", "completo cuando", "definición de hecho",
    "definición de terminado", "definición de listo", "estrategia de pruebas", "pruebas unitarias",
    "pruebas de integración", "verificación final", "validación final", "comprobaciones finales",
    "prueba independiente", "chequeos", "cómo verificar", "cómo probar", "cómo validar", "criterios de validación",
    "criterios de verificación", "criterios de completitud", "criterios de completado", "criterio de hecho",
    "criterios de hecho", "criterio de cierre", "criterio de finalización",
];

const PORTUGUESE: &[&str] = &[
    "validações", "verificações", "checagem", "checagens", "conferência", "verificação automatizada",
    "verificação automática", "verificações automáticas", "testes automatizados", "critério de aceitação",
    "critérios de aceite", "critério de aceite", "critério de sucesso", "critérios de saída", "critério de saída",
    "critérios de conclusão", "critérios de término", "saída", "aceitação", "aceite", "testes de aceitação",
    "portões de qualidade", "portão de qualidade", "ponto de verificação", "pontos de verificação",
    "ponto de controle", "pronto quando", "concluído quando", "feito quando", "definição de pronto",
    "definição de concluído", "definição de feito", "plano de teste", "estratégia de testes", "estratégia de teste",
    "testes unitários", "testes de integração", "verificação final", "validação final", "teste independente",
    "como verificar", "como testar", "comandos de teste", "comandos de testes", "critérios de pronto",
    "critério de conclusão", "critérios de validação", "critérios de verificação",
];

const POLISH: &[&str] = &[
    "zweryfikuj", "sprawdź", "sprawdzenie", "sprawdzenia", "kontrola", "kontrole", "weryfikacja automatyczna",
    "automatyczna weryfikacja", "testy automatyczne", "kryterium akceptacji", "kryteria odbioru", "kryterium sukcesu",
    "kryteria zakończenia", "kryteria ukończenia", "kryteria wyjścia", "kryteria gotowości", "kryteria", "akceptacja",
    "odbiór", "testy akceptacyjne", "bramki jakości", "bramka jakości", "punkt kontrolny", "punkty kontrolne",
    "gotowe gdy", "gotowe, gdy", "zrobione gdy", "zrobione, gdy", "ukończone gdy", "definicja ukończenia",
    "definicja gotowości", "definicja done", "testowanie", "strategia testów", "testy jednostkowe",
    "testy integracyjne", "weryfikacja końcowa", "końcowa weryfikacja", "walidacja końcowa", "test niezależny",
    "jak sprawdzić", "polecenia weryfikacyjne", "polecenia testowe", "komendy weryfikacyjne", "komendy testowe",
    "warunki akceptacji", "kryteria weryfikacji", "kryterium ukończenia", "kryterium zakończenia",
    "kryterium gotowości",
];

const JAPANESE: &[&str] = &[
    "検証方法", "検証手順", "検証項目", "検証コマンド", "検証計画", "自動検証", "自動テスト", "自動チェック",
    "確認方法", "確認手順", "確認項目", "動作確認", "チェック", "チェックリスト", "チェックポイント", "成功基準",
    "成功条件", "受け入れ条件", "受入基準", "受入条件", "合格基準", "合格条件", "完了基準", "完了の定義", "完了の条件",
    "終了基準", "終了条件", "品質ゲート", "品質基準", "ゲート", "テスト方法", "テスト手順", "テスト項目", "テスト戦略",
    "単体テスト", "ユニットテスト", "結合テスト", "統合テスト", "最終確認", "最終検証", "最終テスト", "独立テスト",
    "独立したテスト", "検証基準", "検証条件", "確認基準", "確認コマンド", "完了チェック", "動作検証",
];

const CHINESE: &[&str] = &[
    "验证方法", "验证方式", "验证步骤", "验证命令", "验证清单", "验证计划", "验证标准", "自动验证", "自动化验证",
    "自动化测试", "自动化", "自动检查", "检查项", "检查清单", "检查点", "确认", "校验", "成功标准", "成功条件",
    "验收条件", "验收准则", "完成条件", "完成准则", "完成定义", "完成的定义", "退出标准", "退出条件", "出口标准",
    "质量门", "验收方式", "验证点", "完成标志", "完成判定", "通过标准", "通过条件", "自测", "自检", "测试验证",
    "测试方法", "退出准则", "验收检查", "质量检查", "確認事項", "完了判定", "チェック項目", "critério de pronto",
    "como validar", "prueba", "comment tester", "akzeptanzkriterium", "prüfschritte", "verifizierung", "testschritte",
    "wie prüfen", "критерий готовности", "come verificare", "bitti sayılır", "评审门", "审查门", "review 门",
    "质量门禁", "质量关卡", "门禁", "测试方案", "测试步骤", "测试策略", "单元测试", "集成测试", "端到端测试",
    "回归测试", "最终验证", "最终检查", "独立测试", "如何验证", "驗證方法", "驗證步驟", "自動驗證", "檢查", "檢查點",
    "驗收", "驗收標準", "驗收條件", "成功標準", "完成標準", "完成條件", "完成定義", "退出標準", "品質門檻", "測試",
    "測試計畫", "測試計劃", "單元測試", "整合測試", "最終驗證", "全量门禁", "全量验证", "全量测试", "全量检查",
    "全量回归", "全量回归测试", "回归", "回归验证", "整体验证", "提交前检查", "冒烟测试", "验收测试", "验证要点",
    "验收要点", "测试验收", "验收命令", "验收步骤", "驗證命令", "驗收方式",
];

const KOREAN: &[&str] = &[
    "확인", "확인 사항", "확인 방법", "점검", "점검 사항", "체크", "체크리스트", "체크포인트", "검증 방법",
    "검증 단계", "검증 절차", "검증 명령", "검증 계획", "검증 기준", "자동 검증", "자동화 검증", "자동화된 검증",
    "자동 테스트", "성공 기준", "성공 조건", "승인 기준", "인수 기준", "합격 기준", "완료 기준", "완료 정의",
    "완료의 정의", "종료 기준", "종료 조건", "품질 게이트", "품질 기준", "게이트", "테스트 방법", "테스트 절차",
    "테스트 전략", "단위 테스트", "통합 테스트", "최종 확인", "최종 검증", "독립 테스트", "독립적 테스트",
    "테스트 명령", "테스트 명령어", "검증 명령어", "확인 명령", "확인 명령어", "검증 방식", "검증 포인트", "검증 조건",
];

const ITALIAN: &[&str] = &[
    "validazione", "validare", "verifica", "verifiche", "verificare", "controlli", "controllo", "verifica automatica",
    "verifica automatizzata", "test automatici", "criteri di accettazione", "criterio di accettazione",
    "criteri di successo", "criteri di completamento", "criteri di uscita", "uscita", "accettazione",
    "test di accettazione", "collaudo", "piano di test", "strategia di test", "porte di qualità",
    "controllo di qualità", "punto di controllo", "completato quando", "fatto quando", "definizione di fatto",
    "definizione di completato", "test unitari", "test di integrazione", "verifica finale", "validazione finale",
    "test indipendente",
];

const DUTCH: &[&str] = &[
    "validatie", "valideren", "verificatie", "verifiëren", "verifieer", "controleren", "controles", "controle",
    "geautomatiseerde verificatie", "automatische verificatie", "geautomatiseerde tests", "acceptatiecriteria",
    "succescriteria", "voltooiingscriteria", "afrondingscriteria", "exitcriteria", "acceptatie", "acceptatietests",
    "kwaliteitspoorten", "controlepunt", "klaar wanneer", "klaar als", "gereed wanneer", "definitie van gereed",
    "definitie van klaar", "testplan", "teststrategie", "unittests", "integratietests", "laatste controle",
    "eindcontrole", "eindverificatie", "onafhankelijke test",
];

const RUSSIAN: &[&str] = &[
    "проверка",
    "проверки",
    "проверить",
    "валидация",
    "верификация",
    "автоматическая проверка",
    "автоматические проверки",
    "автоматизированная проверка",
    "автоматические тесты",
    "критерии приёмки",
    "критерии приемки",
    "критерий приёмки",
    "критерий приемки",
    "критерии успеха",
    "критерии готовности",
    "критерии завершения",
    "критерии выхода",
    "критерии",
    "приёмка",
    "приемка",
    "приёмочные тесты",
    "контрольная точка",
    "контрольные точки",
    "готово когда",
    "готово, когда",
    "определение готовности",
    "план тестирования",
    "тестирование",
    "тесты",
    "тест",
    "модульные тесты",
    "интеграционные тесты",
    "финальная проверка",
    "итоговая проверка",
    "независимый тест",
    "как проверить",
    "ворота качества",
];

const UKRAINIAN: &[&str] = &[
    "перевірка",
    "перевірки",
    "перевірити",
    "валідація",
    "верифікація",
    "автоматична перевірка",
    "автоматичні перевірки",
    "автоматичні тести",
    "критерії приймання",
    "критерії прийняття",
    "критерії успіху",
    "критерії готовності",
    "критерії завершення",
    "критерії виходу",
    "критерії",
    "приймання",
    "контрольна точка",
    "готово коли",
    "готово, коли",
    "визначення готовності",
    "план тестування",
    "тестування",
    "тести",
    "модульні тести",
    "інтеграційні тести",
    "фінальна перевірка",
    "незалежний тест",
    "як перевірити",
];

const TURKISH: &[&str] = &[
    "doğrulama", "doğrula", "doğrulamalar", "kontrol", "kontroller", "otomatik doğrulama", "otomatik testler",
    "kabul kriterleri", "kabul kriteri", "kabul ölçütleri", "başarı kriterleri", "tamamlanma kriterleri",
    "çıkış kriterleri", "kabul", "kabul testleri", "kalite kapıları", "kalite kapısı", "kontrol noktası",
    "kontrol listesi", "bitti tanımı", "tamamlandı tanımı", "test planı", "test stratejisi", "testler",
    "birim testleri", "entegrasyon testleri", "son doğrulama", "son kontrol", "bağımsız test", "nasıl doğrulanır",
];

const ENGLISH: &[&str] = &[
    "exit", "exit criterion", "exit conditions", "exit condition", "exit gate", "done criteria", "pass criteria",
    "ready when", "complete when", "finished when", "accepted when", "verification criteria", "validation criteria",
    "verification plan", "validation plan", "required checks", "required tests", "how to validate", "how to check",
    "test procedure", "test steps", "acceptance test",
];

/// All of them, a list for each language.
pub(in crate::dialect::vocab) const ALL: &[&[&str]] = &[
    GERMAN, FRENCH, SPANISH, PORTUGUESE, POLISH, JAPANESE, CHINESE, KOREAN, ITALIAN, DUTCH, RUSSIAN, UKRAINIAN,
    TURKISH, ENGLISH,
];
