//! The language server with the real binary: every question, and every way to talk past each other.

use serde_json::{Value, json};

use crate::support::editor::Editor;
use crate::support::space::Space;

/// Two stages; what lint finds in it is for the configuration to say.
const PLAN: &str = "# Implementation Plan: Export

## Stage 1: Write

### Validation

- [ ] `test -d src`

## Stage 2: Release

Stage 2 depends on Stage 1. See `src/main.rs:3`.

### Validation

- [ ] `true`
- [ ] Manual: read it aloud

## Stage Dependencies

Stage 2 depends on Stage 1.
";

/// A folder in which only these rules have a say.
fn space(rules: &[&str]) -> Space {
    let space = Space::new();
    let all = plan_run::lint::RULES.iter().filter(|rule| !rules.contains(&rule.code));
    let off: String = all.map(|rule| format!("    {}: off\n", rule.code)).collect();
    space.file("plan-run.yaml", &format!("lint:\n  rules:\n{off}")).file("docs/plan.md", PLAN);
    space.file("src/main.rs", "fn main() {\n}\n\n");
    space
}

const OBJECTIVES: &[&str] = &["missing-objective", "allow-without-reason", "unknown-allow", "unused-allow"];

#[test]
fn both_agree_on_what_they_can() {
    let space = space(&[]);
    let (editor, able) = Editor::start(&space, &["utf-16", "utf-8"]);
    assert_eq!(able["capabilities"]["positionEncoding"], "utf-8");
    assert_eq!(able["serverInfo"]["name"], "plan-run");
    assert_eq!(editor.leave(), (Some(0), String::new()));
    let (editor, able) = Editor::start(&space, &["utf-32"]);
    assert_eq!(able["capabilities"]["positionEncoding"], "utf-16");
    for able in
        ["hoverProvider", "definitionProvider", "documentSymbolProvider"].map(|name| &able["capabilities"][name])
    {
        assert_eq!(able, true);
    }
    assert_eq!(editor.leave(), (Some(0), String::new()));
}

#[test]
fn findings_follow_the_text() {
    let space = space(OBJECTIVES);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    assert_eq!(editor.findings("docs/plan.md", 1), ["2:0-2:17 missing-objective", "8:0-8:19 missing-objective"]);
    let better = PLAN.replace("Release\n", "Release\n\n### Objective\n\nIt is out.\n");
    editor.change("docs/plan.md", 2, &better);
    assert_eq!(editor.findings("docs/plan.md", 2), ["2:0-2:17 missing-objective"]);
    // Another document has findings of its own, and closing takes them away.
    editor.open("docs/other-plan.md", PLAN);
    assert_eq!(editor.findings("docs/other-plan.md", 1).len(), 2);
    let other = editor.uri("docs/other-plan.md");
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": other } }));
    let closed = editor.wait(|message| message["params"]["uri"] == other.as_str());
    assert_eq!(closed["params"]["diagnostics"], json!([]));
    assert_eq!(editor.at("textDocument/hover", "docs/plan.md", 6, 8)["contents"]["kind"], "markdown");
    assert_eq!(editor.leave(), (Some(0), String::new()));
}

#[test]
fn a_finding_tells_all_that_is_known() {
    let space = space(OBJECTIVES);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    let found = editor.told("docs/plan.md", 1)[0].clone();
    assert_eq!((&found["severity"], &found["source"]), (&json!(2), &json!("plan-run")));
    let message = found["message"].as_str().expect("a message");
    assert!(message.starts_with("stage 1 does not say what it is to reach\nhelp: "), "{message}");
    let why = found["data"]["explanation"].as_str().expect("an explanation");
    assert!(why.starts_with("# missing-objective\n"), "{why}");
    // What contradicts itself points to both places.
    let circle = format!("{PLAN}Stage 1 depends on Stage 2.\n");
    editor.change("docs/plan.md", 2, &circle);
    let found = editor.told("docs/plan.md", 2);
    let related = found.as_array().expect("a list").iter().find(|one| one["relatedInformation"] != json!([]));
    let related = related.unwrap_or_else(|| panic!("{found}"));
    assert_eq!((&related["code"], &related["severity"]), (&json!("dependency-cycle"), &json!(1)));
    editor.leave();
}

#[test]
fn of_many_changes_the_last_one_counts() {
    let space = space(OBJECTIVES);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    for version in 2..200 {
        editor.change("docs/plan.md", version, &PLAN.replace("Write", &"Write ".repeat(version as usize)));
    }
    editor.change(
        "docs/plan.md",
        200,
        "# Implementation Plan: Export\n\n## Stage 1: A\n\n### Validation\n\n- [ ] `true`\n",
    );
    assert_eq!(editor.findings("docs/plan.md", 200), ["2:0-2:13 missing-objective"]);
    // What was asked in between is answered from the text of then.
    assert_eq!(editor.of("textDocument/documentSymbol", "docs/plan.md").as_array().expect("a list").len(), 1);
    editor.leave();
}

#[test]
fn columns_are_those_of_the_client() {
    let space = space(OBJECTIVES);
    let text = PLAN.replace("## Stage 1: Write", "## Stage 1: Wr\u{1f600}te\u{e9}");
    for (encodings, end) in [(&["utf-8"] as &[&str], 22), (&[] as &[&str], 19)] {
        let (mut editor, _) = Editor::start(&space, encodings);
        editor.open("docs/plan.md", &text);
        assert_eq!(editor.findings("docs/plan.md", 1)[0], format!("2:0-2:{end} missing-objective"));
        // Lines that end otherwise, and a mark before the first character, move nothing but the first line.
        editor.change("docs/plan.md", 2, &format!("\u{feff}{}", text.replace('\n', "\r\n")));
        assert_eq!(editor.findings("docs/plan.md", 2)[0], format!("2:0-2:{end} missing-objective"));
        let stage = editor.at("textDocument/definition", "docs/plan.md", 10, 26);
        assert_eq!(stage["range"]["start"]["line"], 2);
        assert_eq!(stage["range"]["end"]["character"], end);
        editor.leave();
    }
}

#[test]
fn what_is_no_plan_is_left_alone() {
    let space = space(OBJECTIVES);
    let (mut editor, _) = Editor::start(&space, &[]);
    let readme = "# Tool\n\n## Install\n\n```sh\ncargo install tool\n```\n\n## Test\n\n- [ ] `cargo test`\n";
    editor.open("README.md", readme);
    assert_eq!(editor.findings("README.md", 1), [""; 0]);
    assert_eq!(editor.at("textDocument/hover", "README.md", 10, 8), Value::Null);
    // A plan is one wherever it lies, saved or not.
    editor.open("notes.md", PLAN);
    assert_eq!(editor.findings("notes.md", 1).len(), 2);
    let document = json!({ "uri": "untitled:Untitled-1", "languageId": "markdown", "version": 7, "text": PLAN });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let told = editor.wait(|message| message["params"]["uri"] == "untitled:Untitled-1");
    assert_eq!(told["params"]["diagnostics"].as_array().expect("a list").len(), 2);
    assert_eq!(editor.leave(), (Some(0), String::new()));
}

#[test]
fn hovering_explains_a_line() {
    let space = space(&[]);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    let hover = |editor: &mut Editor, line| {
        let told = editor.at("textDocument/hover", "docs/plan.md", line, 3);
        told["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    let check = hover(&mut editor, 6);
    assert!(check.starts_with("**1.1 command**, because "), "{check}");
    assert!(check.contains("\n```sh\ntest -d src\n```\n"), "{check}");
    assert!(check.contains("### Validation (line 5)"), "{check}");
    assert!(!check.contains("Last result"), "{check}");
    assert!(hover(&mut editor, 15).starts_with("**2.2 manual**, because "));
    let stage = hover(&mut editor, 8);
    assert_eq!(stage, "**Stage 2** Release\n\nWaits for 1 by the plan's words; 2 checks.\n");
    assert_eq!(hover(&mut editor, 1), "");
    assert_eq!(space.run(&["run", "docs/plan.md"]).status, Some(0));
    let check = hover(&mut editor, 6);
    assert!(check.contains("\nLast result of 1.1: holds (") && check.contains("Z (run 2"), "{check}");
    editor.leave();
}

#[test]
fn words_lead_to_what_they_speak_of() {
    let space = space(&[]);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    let plan = editor.uri("docs/plan.md");
    let code = editor.uri("src/main.rs");
    let mut lead = |line, character| {
        let found = editor.at("textDocument/definition", "docs/plan.md", line, character);
        (found["uri"].as_str().unwrap_or_default().to_owned(), found["range"]["start"]["line"].as_u64())
    };
    // `Stage 1` in a sentence, and the reference behind it.
    assert_eq!(lead(10, 25), (plan.clone(), Some(2)));
    assert_eq!(lead(10, 20), (plan.clone(), Some(2)));
    assert_eq!(lead(10, 6), (plan.clone(), Some(8)));
    // On the word before the label, too.
    assert_eq!(lead(10, 2), (plan, Some(8)));
    assert_eq!(lead(10, 40), (code, Some(2)));
    assert_eq!(lead(6, 3), (String::new(), None));
    assert_eq!(lead(99, 99), (String::new(), None));
    editor.leave();
}

#[test]
fn the_outline_has_stages_and_checks() {
    let space = space(&[]);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    let stages = editor.of("textDocument/documentSymbol", "docs/plan.md");
    let names = |symbols: &Value| -> Vec<String> {
        let symbols = symbols.as_array().expect("a list");
        symbols.iter().map(|symbol| symbol["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&stages), ["1 Write", "2 Release"]);
    assert_eq!(names(&stages[1]["children"]), ["2.1 true", "2.2 read it aloud"]);
    assert_eq!(stages[1]["selectionRange"]["end"], json!({ "line": 8, "character": 19 }));
    assert_eq!(stages[1]["range"]["start"]["line"], 8);
    assert_eq!(stages[1]["range"]["end"]["line"], 15);
    editor.leave();
}

#[test]
fn findings_are_mended_or_allowed() {
    let space = space(OBJECTIVES);
    let (mut editor, _) = Editor::start(&space, &[]);
    let text = PLAN.replace('\n', "\r\n");
    editor.open("docs/plan.md", &text);
    let params = |uri: &str, line: u32| {
        let place = json!({ "line": line, "character": 0 });
        json!({ "textDocument": { "uri": uri }, "range": { "start": place, "end": place }, "context": { "diagnostics": [] } })
    };
    let uri = editor.uri("docs/plan.md");
    let actions = editor.ask("textDocument/codeAction", params(&uri, 2))["result"].clone();
    assert_eq!(actions.as_array().expect("a list").len(), 1, "{actions}");
    assert_eq!(actions[0]["title"], "Allow `missing-objective` here, with a reason");
    let edit = &actions[0]["edit"]["changes"][&uri][0];
    assert_eq!(edit["newText"], "<!-- plan-run: allow missing-objective because: say why -->\r\n");
    assert_eq!(edit["range"]["start"], json!({ "line": 2, "character": 0 }));
    assert_eq!(editor.ask("textDocument/codeAction", params(&uri, 0))["result"], json!([]));
    // A comment that nothing needs can be taken out.
    let idle =
        format!("<!-- plan-run: allow missing-objective it is clear -->\n{}", PLAN.replace("## Stage", "## Part"));
    let idle = idle.replace("### Validation", "### Objective\n\nYes.\n\n### Validation");
    editor.change("docs/plan.md", 2, &idle);
    let found = editor.findings("docs/plan.md", 2);
    let actions = editor.ask("textDocument/codeAction", params(&uri, 0))["result"].clone();
    let fix = actions.as_array().expect("a list").iter().find(|action| action["isPreferred"] == true);
    let fix = fix.unwrap_or_else(|| panic!("{found:?} {actions}"));
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["edit"]["changes"][&uri][0]["newText"], "");
    editor.leave();
}

#[test]
fn stages_and_checks_are_run() {
    let space = space(&[]);
    let mut editor = Editor::silent(&space);
    let can =
        json!({ "window": { "workDoneProgress": true }, "workspace": { "codeLens": { "refreshSupport": true } } });
    editor.ask("initialize", json!({ "capabilities": can }));
    editor.open("docs/plan.md", PLAN);
    let lenses = editor.of("textDocument/codeLens", "docs/plan.md");
    let titles: Vec<&str> =
        lenses.as_array().expect("a list").iter().filter_map(|lens| lens["command"]["title"].as_str()).collect();
    assert_eq!(titles, ["Run stage 1", "Run check 1.1", "Run stage 2", "Run check 2.1"]);
    assert_eq!(lenses[3]["range"]["start"]["line"], 14);
    let mut run = |at: usize| {
        let lens = &lenses[at]["command"];
        let params = json!({ "command": lens["command"], "arguments": lens["arguments"] });
        assert_eq!(editor.ask("workspace/executeCommand", params)["error"], Value::Null);
        let made = editor.wait(|message| message["method"] == "window/workDoneProgress/create");
        let token = made["params"]["token"].clone();
        for kind in ["begin", "end"] {
            editor.wait(|message| message["params"]["token"] == token && message["params"]["value"]["kind"] == kind);
        }
        let told = editor.wait(|message| message["method"] == "window/showMessage")["params"].clone();
        editor.wait(|message| message["method"] == "workspace/codeLens/refresh");
        (told["type"].as_i64(), told["message"].as_str().unwrap_or_default().to_owned())
    };
    let (kind, words) = run(3);
    assert_eq!(kind, Some(3), "{words}");
    assert!(words.starts_with("check 2.1: HOLDS: "), "{words}");
    // What a stage needs runs with it, and fails here.
    std::fs::remove_dir_all(space.at("src")).expect("it can be removed");
    let (kind, words) = run(2);
    assert_eq!(kind, Some(1), "{words}");
    assert!(words.starts_with("stage 2: FAILS: "), "{words}");
    let hover = editor.at("textDocument/hover", "docs/plan.md", 6, 8);
    assert!(
        hover["contents"]["value"].as_str().is_some_and(|text| text.contains("does not hold: exit status 1")),
        "{hover}"
    );
    // What is run is what the file says.
    editor.change("docs/plan.md", 2, &PLAN.replace("`true`", "`false`"));
    let lens = &lenses[3]["command"];
    let params = json!({ "command": lens["command"], "arguments": lens["arguments"] });
    let refused = editor.ask("workspace/executeCommand", params);
    assert_eq!(refused["error"]["code"], -32803, "{refused}");
    let other = editor.ask("workspace/executeCommand", json!({ "command": "format" }));
    assert_eq!(other["error"]["code"], -32602, "{other}");
    editor.leave();
}

#[test]
fn the_conversation_has_rules() {
    let space = space(&[]);
    let mut editor = Editor::silent(&space);
    let code = |answer: Value| answer["error"]["code"].as_i64();
    assert_eq!(code(editor.ask("textDocument/hover", json!({}))), Some(-32002));
    assert_eq!(editor.ask("initialize", json!({}))["error"], Value::Null);
    assert_eq!(code(editor.ask("initialize", json!({}))), Some(-32600));
    assert_eq!(code(editor.ask("textDocument/rename", json!({}))), Some(-32601));
    assert_eq!(code(editor.ask("textDocument/hover", json!({ "textDocument": 1 }))), Some(-32602));
    assert_eq!(
        code(editor.ask(
            "textDocument/hover",
            json!({ "textDocument": { "uri": "file:///x" }, "position": { "line": 0, "character": 0 } })
        )),
        Some(-32602)
    );
    editor.tell("$/setTrace", json!({ "value": "off" }));
    editor.tell("textDocument/didChange", json!({ "nonsense": true }));
    // What cannot be read is told, and the conversation goes on.
    editor.raw(b"Content-Length: 3\r\n\r\n{,}");
    assert_eq!(code(editor.wait(|message| message["id"] == Value::Null)), Some(-32700));
    editor.raw(b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n[]");
    assert_eq!(code(editor.wait(|message| message["id"] == Value::Null)), Some(-32600));
    assert_eq!(code(editor.ask("workspace/nothing", json!({}))), Some(-32601));
    assert_eq!(editor.ask("shutdown", Value::Null)["error"], Value::Null);
    assert_eq!(code(editor.ask("textDocument/hover", json!({}))), Some(-32600));
    editor.tell("exit", Value::Null);
    assert_eq!(editor.gone(), (Some(0), String::new()));
}

#[test]
fn a_request_can_be_taken_back() {
    let space = space(&[]);
    let (mut editor, _) = Editor::start(&space, &[]);
    // They come in one piece, behind a text that takes a while to read.
    let text = PLAN.repeat(400);
    let document = json!({ "uri": editor.uri("docs/plan.md"), "languageId": "markdown", "version": 1, "text": text });
    let open = json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": document } });
    let ask = json!({ "jsonrpc": "2.0", "id": "late", "method": "workspace/nothing" });
    let back = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "late" } });
    let frame = |message: &Value| format!("Content-Length: {}\r\n\r\n{message}", message.to_string().len());
    editor.raw([&open, &ask, &back].map(frame).concat().as_bytes());
    let answer = editor.wait(|message| message["id"] == "late");
    assert_eq!(answer["error"]["code"], -32800, "{answer}");
    editor.leave();
}

#[test]
fn who_goes_without_a_word_is_noticed() {
    let space = space(&[]);
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.gone(), (Some(1), String::new()));
    let (editor, _) = Editor::start(&space, &[]);
    assert_eq!(editor.gone(), (Some(1), "plan-run: the client went without a word\n".to_owned()));
    let mut editor = Editor::silent(&space);
    editor.raw(b"hello\r\n\r\n");
    let (status, said) = editor.gone();
    assert_eq!(status, Some(1));
    assert!(said.contains("which is no header"), "{said}");
}

#[test]
fn a_broken_configuration_is_told() {
    let space = space(&[]);
    space.file("plan-run.yaml", "jobs: [\n");
    let (mut editor, _) = Editor::start(&space, &[]);
    editor.open("docs/plan.md", PLAN);
    let told = editor.wait(|message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().expect("words").contains("configuration"), "{told}");
    assert_eq!(editor.leave(), (Some(0), String::new()));
}
