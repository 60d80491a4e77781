//! Properties of reading: whatever a file holds becomes a plan whose places lie in the file.
//!
//! The texts are made of the pieces of which plans are made, in any order, so that most are plans that are broken
//! somewhere. Beside the properties stand the few plans that a case file cannot hold: bytes and line ends.

use std::collections::BTreeSet;
use std::sync::Arc;

use plan_run::diagnostic::Diagnostics;
use plan_run::dialect;
use plan_run::outline::{self, Block, Cell, Code, Item, Outline, Section, Text};
use plan_run::plan::{Plan, resolve};
use plan_run::source::{Source, Span};
use proptest::collection::vec;
use proptest::prelude::*;

/// A file on its way to a plan.
struct Read {
    source: Arc<Source>,
    plan: Plan,
    diagnostics: Diagnostics,
}

fn read_source(source: Source) -> Read {
    let source = Arc::new(source);
    let mut diagnostics = Diagnostics::default();
    let outline = outline::read(&source, &mut diagnostics);
    let reading = dialect::read(&source, &outline, None, &[], &mut diagnostics);
    let plan = resolve(&source, reading, &[], &mut diagnostics);
    Read { source, plan, diagnostics }
}

impl Read {
    fn outline(&self) -> Outline<'_> {
        outline::read(&self.source, &mut Diagnostics::default())
    }
}

fn read(text: &str) -> Read {
    read_source(Source::from_text("plan.md", text))
}

fn read_bytes(bytes: &[u8]) -> Read {
    read_source(Source::decode("plan.md", bytes).expect("a small file is not too large"))
}

/// What a reader sees of a plan: stages and checks with their lines, without the offsets of bytes.
fn seen(plan: &Plan) -> Vec<String> {
    let mut out = vec![format!("{}: {}", plan.dialect, plan.title)];
    for stage in &plan.stages {
        let needs: Vec<&str> = stage.needs.iter().map(|need| plan.stage(need.stage).label.as_str()).collect();
        out.push(format!("{} {:?} @{} needs {needs:?} {:?}", stage.label, stage.title, stage.line, stage.needs_source));
        for check in stage.checks.iter().map(|&id| plan.check(id)) {
            out.push(format!(
                "{} {:?} @{} {:?} in {:?} risk {:?} expect {:?} script {:?} {:?}",
                check.label,
                check.kind,
                check.line,
                check.command,
                check.cwd,
                check.risk,
                check.expect,
                check.script,
                check.text
            ));
        }
    }
    out
}

/// The labels and commands of a plan.
fn commands(plan: &Plan) -> Vec<(&str, &str)> {
    let with_command = |check: &'_ plan_run::plan::Check| check.command.is_some();
    plan.checks
        .iter()
        .filter(|check| with_command(check))
        .map(|check| (check.label.as_str(), check.command.as_deref().unwrap_or_default()))
        .collect()
}

/// Every span of an outline.
#[derive(Default)]
struct Spans(Vec<Span>);

impl Spans {
    fn section(&mut self, section: &Section) {
        self.0.extend([section.heading, section.span]);
        self.text(&section.title);
        self.blocks(&section.blocks);
        section.sections.iter().for_each(|inner| self.section(inner));
    }

    fn text(&mut self, text: &Text) {
        self.0.push(text.span);
        self.0.extend(text.inlines.iter().map(|inline| inline.span));
    }

    fn code(&mut self, code: &Code) {
        self.0.push(code.span);
        self.0.extend(code.lines.iter().map(|line| line.span));
    }

    fn item(&mut self, item: &Item) {
        self.0.push(item.span);
        self.0.extend(item.task.map(|(_, span)| span));
        self.text(&item.text);
        self.blocks(&item.blocks);
    }

    fn cells(&mut self, cells: &[Cell]) {
        for cell in cells {
            self.0.push(cell.span);
            self.text(&cell.text);
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => {
                    self.0.push(paragraph.span);
                    self.text(&paragraph.text);
                }
                Block::List(list) => {
                    self.0.push(list.span);
                    list.items.iter().for_each(|item| self.item(item));
                }
                Block::Fence(fence) => {
                    self.0.push(fence.span);
                    self.0.extend(fence.lines.iter().map(|line| line.span));
                }
                Block::Indented(code) | Block::Html(code) => self.code(code),
                Block::Table(table) => {
                    self.0.push(table.span);
                    self.cells(&table.head);
                    table.rows.iter().for_each(|row| self.cells(row));
                }
                Block::Quote(inner, span) => {
                    self.0.push(*span);
                    self.blocks(inner);
                }
                Block::Rule(span) => self.0.push(*span),
            }
        }
    }
}

/// What holds for whatever was read.
fn assert_sound(read: &Read) {
    let Read { source, plan, diagnostics } = read;
    let outline = read.outline();
    let mut spans = Spans::default();
    spans.section(&outline.root);
    spans.0.extend(outline.front_matter.map(|front| front.body));
    spans.0.extend(plan.stages.iter().map(|stage| stage.span));
    spans.0.extend(plan.stages.iter().flat_map(|stage| &stage.needs).filter_map(|need| need.span));
    spans.0.extend(plan.checks.iter().map(|check| check.span));
    for span in spans.0 {
        assert!(source.text().get(span.range()).is_some(), "{span:?} lies on characters of {:?}", source.text());
    }
    for diagnostic in diagnostics.all() {
        for label in &diagnostic.labels {
            assert!(label.source.text().get(label.span.range()).is_some(), "{diagnostic:?} of {:?}", source.text());
        }
    }
    let lines = 1..=source.line_count();
    let mut labels = BTreeSet::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        assert!(lines.contains(&stage.line), "line {} of stage {}", stage.line, stage.label);
        assert_eq!(stage.line, source.line(stage.span.start), "line of stage {}", stage.label);
        assert!(!stage.label.is_empty(), "a stage has a name in {:?}", source.text());
        assert!(labels.insert(stage.label.as_str()), "two stages {} in {:?}", stage.label, source.text());
        for need in &stage.needs {
            assert!((need.stage.0 as usize) < plan.stages.len(), "need of stage {}", stage.label);
        }
        for &check in &stage.checks {
            assert_eq!(plan.check(check).stage.0 as usize, index, "owner of {}", plan.check(check).label);
        }
    }
    assert!(plan.stages.is_sorted_by_key(|stage| stage.span.start), "stages in order of {:?}", source.text());
    assert_eq!(plan.stages.iter().map(|stage| stage.checks.len()).sum::<usize>(), plan.checks.len());
    let mut labels = BTreeSet::new();
    for check in &plan.checks {
        assert!(lines.contains(&check.line), "line {} of {}", check.line, check.label);
        assert_eq!(check.line, source.line(check.span.start), "line of {}", check.label);
        assert!(labels.insert(check.label.as_str()), "two checks {} in {:?}", check.label, source.text());
        if let Some(script) = check.script {
            assert!(plan.scripts.get(script.0 as usize).is_some(), "script of {}", check.label);
        }
        // What counts as a blank beyond ASCII differs between a shell and Unicode.
        let plain = !source.text().contains(|c: char| c.is_whitespace() && !c.is_ascii());
        if let Some(command) = check.command.as_ref().filter(|_| plain) {
            assert!(!command.trim().is_empty(), "an empty command in {:?}", source.text());
            assert_eq!(command.trim(), command, "a command is trimmed");
        }
    }
    for script in &plan.scripts {
        let owners: BTreeSet<_> = script.checks.iter().map(|&check| plan.check(check).stage).collect();
        assert_eq!(owners.len(), 1, "a script belongs to one stage in {:?}", source.text());
    }
}

/// Lines and parts of lines of which plans are made.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "# Implementation Plan: Maps\n",
        "## Stage 1: Read\n",
        "## Stage 2 — Draw ✅\n",
        "### Stage 1.5: Check\n",
        "## Phase 1: Ground\n",
        "### Task 3: Dig\n",
        "### Workstream A: Backend\n",
        "## Workstreams and Steps\n",
        "## Stage Dependencies\n",
        "### Objective\n",
        "### Changes\n",
        "### Validation\n",
        "### Completion Criteria\n",
        "## Testing Plan\n",
        "## Rollout\n",
        "## Depends on\n",
        "**Validation**: ",
        "**Step 2: Run test (expect failure)**\n",
        "Run: ",
        "Expected: FAIL",
        "Depends on: Stage 1",
        "Depends on: Stage 9\n",
        "Stage 2 requires Stage 1.",
        "All stages depend on Stage 1.",
        "| Stage | Depends on |\n|---|---|\n| 2 | 1 |\n",
        "| Command |\n| --- |\n| `cargo test` |\n",
        "- [ ] ",
        "- [x] T012 [P] ",
        "* ",
        "1. ",
        "2) ",
        "  ",
        "    ",
        "\t",
        "> ",
        "`cargo test`",
        "`npm test` and `npm run lint`",
        "`git push`",
        "``grep '`' a``",
        "(manual)",
        "Manual: look at it",
        "returns nothing",
        "prints \"ok\"",
        "in `web/`",
        "exits 2",
        "cd web\n",
        "export A=1\n",
        "cargo test \\\n",
        "cat <<'EOF'\n",
        "EOF\n",
        "for f in a b; do\n",
        "done\n",
        "$ make all\n",
        "echo 'open\n",
        "# Expected: ok\n",
        "```\n",
        "```sh\n",
        "```markdown\n",
        "````\n",
        "~~~\n",
        "~~~sh\n",
        "```mermaid\ngraph TD\n",
        "S1[Stage 1] --> S2[Stage 2]\n",
        "Stage 1 ──► Stage 2\n",
        "Stage 0 (Read) ─┐\n",
        "                ├──► Stage 2 (Draw)\n",
        "Stage 1 (Go) ───┘\n",
        "│",
        "▼",
        "---\n",
        "plan-run:\n",
        "title: a\n",
        "===\n",
        "<task>\n",
        "</task>\n",
        "<verify>",
        "<automated>make it</automated>",
        "<!-- ",
        " -->",
        "\n",
        "\n\n",
        "ü",
        "验证",
        "\u{feff}",
        "\u{a0}",
        "\u{2028}",
        "\0",
        "\\",
        "|",
        "*",
        "_",
        "[a](b)",
    ]);
    prop_oneof![
        8 => words.prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{0,12}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

/// Whole lines of a plan, none of which opens a fence, a comment or raw HTML.
fn plain_plan() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "## Stage 1: Read", "## Stage 2: Draw", "### Validation", "### Objective", "- [ ] `cargo test read`",
        "- [ ] Manual: look at it", "1. `make all`", "Depends on: Stage 1", "Stage 2 requires Stage 1.",
        "## Testing Plan", "", "Some words.",
    ]);
    vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn any_text_becomes_a_plan_with_sound_places(text in text()) {
        assert_sound(&read(&text));
    }

    #[test]
    fn any_bytes_become_a_plan_with_sound_places(
        pieces in vec(prop_oneof![3 => piece().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..6)], 0..40),
    ) {
        assert_sound(&read_bytes(&pieces.concat()));
    }

    #[test]
    fn reading_twice_gives_the_same(text in text()) {
        let (one, other) = (read(&text), read(&text));
        prop_assert_eq!(seen(&one.plan), seen(&other.plan));
        prop_assert_eq!(one.outline(), other.outline());
    }

    #[test]
    fn line_ends_do_not_matter(text in text()) {
        let text = text.replace('\r', "");
        let (unix, dos) = (read(&text), read(&text.replace('\n', "\r\n")));
        prop_assert_eq!(seen(&unix.plan), seen(&dos.plan), "{:?}", text);
    }

    #[test]
    fn a_byte_order_mark_does_not_matter(text in text()) {
        let text = text.trim_start_matches('\u{feff}');
        let (without, with) = (read_bytes(text.as_bytes()), read_bytes(format!("\u{feff}{text}").as_bytes()));
        prop_assert_eq!(seen(&without.plan), seen(&with.plan));
    }

    #[test]
    fn a_plan_inside_a_fence_is_no_part_of_the_plan(example in plain_plan()) {
        let around = |middle: &str| {
            format!(
                "# Implementation Plan: Maps\n\n## Stage 7: Print\n\n### Validation\n\n- [ ] `make print`\n\n\
                 ## Appendix\n\nIt looks like this:\n\n{middle}\n## Stage 8: Share\n\n### Validation\n\n- [ ] `make share`\n"
            )
        };
        let with = read(&around(&format!("```markdown\n{example}\n```\n")));
        let without = read(&around(""));
        prop_assert_eq!(commands(&with.plan), commands(&without.plan));
        prop_assert_eq!(with.plan.stages.len(), 2, "{:?}", seen(&with.plan));
    }

    #[test]
    fn words_behind_a_plan_leave_its_lines_alone(example in plain_plan()) {
        let text = format!("# Implementation Plan: Maps\n\n{example}\n");
        let (alone, followed) = (read(&text), read(&format!("{text}\n## Notes\n\nNothing to add.\n")));
        prop_assert_eq!(commands(&alone.plan), commands(&followed.plan));
    }
}

/// A plan with a fence, a table, a continuation and a list.
const PLAN: &str = "# Implementation Plan: Maps\n\n## Stage 1: Read\n\n### Validation\n\n```sh\ncargo test \\\n  read\n\
                    cat <<'EOF'\na\nEOF\n```\n\n## Stage 2: Draw\n\nDepends on: Stage 1\n\n### Validation\n\n\
                    - [ ] `make draw`\n  goes well\n\n  ```console\n  $ make more\n  done\n  ```\n";

#[test]
fn line_ends_of_both_kinds_read_alike() {
    let unix = read(PLAN);
    assert_eq!(
        commands(&unix.plan),
        [("1.1", "cargo test \\\n  read"), ("1.2", "cat <<'EOF'\na\nEOF"), ("2.1", "make draw"), ("2.2", "make more")]
    );
    assert_eq!(seen(&read(&PLAN.replace('\n', "\r\n")).plan), seen(&unix.plan));
    // One line break of the other kind in the middle.
    assert_eq!(seen(&read(&PLAN.replacen('\n', "\r\n", 8)).plan), seen(&unix.plan));
}

#[test]
fn a_byte_order_mark_hides_neither_title_nor_front_matter() {
    let with = read_bytes(b"\xEF\xBB\xBF---\ntitle: x\n---\n# Implementation Plan: Maps\n\n## Stage 1: Read\n");
    assert!(with.outline().front_matter.is_some(), "front matter behind the mark");
    assert_eq!(with.plan.title, "Implementation Plan: Maps");
    assert_eq!(with.plan.stages.len(), 1);
}

#[test]
fn bytes_that_are_no_text_are_told_and_lose_nothing() {
    let read = read_bytes(
        b"# Implementation Plan: Maps\n\nCaf\xE9\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make read`\n",
    );
    assert_eq!(read.source.decoding().invalid_at, Some(32));
    assert_eq!(commands(&read.plan), [("1.1", "make read")]);
    assert_sound(&read);
}

#[test]
fn a_plan_without_a_last_line_break_loses_nothing() {
    let text = "# Implementation Plan: Maps\n\n## Stage 1: Read\n\n### Validation\n\n- [ ] `make read`";
    assert_eq!(commands(&read(text).plan), [("1.1", "make read")]);
    let text = "# Implementation Plan: Maps\n\n## Stage 1: Read\n\n### Validation\n\n```sh\nmake read\n```";
    assert_eq!(commands(&read(text).plan), [("1.1", "make read")]);
}

#[test]
fn an_item_of_thousands_of_commands_is_kept_with_each_of_them_in_part() {
    let spans: Vec<String> = (0..3_000).map(|number| format!("`cargo test case_{number}`")).collect();
    let plan = |item: String| format!("# Plan\n\n## Stage 1: Core\n\n### Validation\n\n- [ ] {item}\n");

    let long = read(&plan(spans.join(" and ")));
    assert_eq!(long.plan.checks.len(), 3_000);
    let most = long.plan.checks.iter().map(|check| check.text.len()).max();
    assert!(most < Some(1_000), "one check keeps {most:?} bytes of the item's {}", long.source.text().len());
    let middle = &long.plan.checks[1_500].text;
    assert!(middle.starts_with("… ") && middle.ends_with(" …") && middle.contains("case_1500"), "{middle}");

    let short = read(&plan(spans[..3].join(" and ")));
    assert_eq!(short.plan.checks[1].text, "`cargo test case_0` and `cargo test case_1` and `cargo test case_2`");
}

#[test]
fn as_many_labels_as_stages_ask_for_the_proof_of_one_of_them() {
    let tasks: String =
        (1..5_000).map(|task| format!("### Task {task}: Beam\n\n**Phase 1 gate:** `make a{task}`\n\n")).collect();
    let gates: String = (1..5_000).map(|gate| format!("## Phase 1 gate\n\n- `make b{gate}`\n\n")).collect();
    // A search through all stages for each label would take longer than all else here.
    let read = read(&format!("# Bridge\n\n## Phase 1: Deck\n\nBuild it.\n\n{tasks}{gates}"));
    assert_eq!(commands(&read.plan).len(), 2 * 4_999);
}

#[test]
fn a_sentence_without_an_end_says_nothing_of_the_order() {
    let stages: String = (1..6)
        .map(|stage| format!("## Stage {stage}: Beam\n\n**Changes**: one\n\n**Validation**: `make`\n\n"))
        .collect();
    let clauses = ", Stage 2 and Stage 3 need Stage 4, which needs Stage 5".repeat(20_000);
    // Each name compared with each other one would keep this test busy for hours.
    let read = read(&format!("# Bridge\n\n{stages}## Stage Dependencies\n\nStage 1 needs Stage 2{clauses}\n"));
    assert!(read.plan.stages.iter().all(|stage| stage.needs.is_empty()));
}
