//! Plans of any size for measurements, made up of the parts that plans have: prose, lists, fences of code and of
//! commands, tables, drawings. The same numbers give the same text.

use std::fmt::Write as _;

/// What kind of plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Stages with objective, changes and validation.
    Staged,
    /// Tasks in the steps of a test-driven cycle.
    Tdd,
    /// A list of coded tasks under phases.
    Tasks,
}

/// All kinds.
pub(crate) const SHAPES: [Shape; 3] = [Shape::Staged, Shape::Tdd, Shape::Tasks];

impl Shape {
    /// Its name in the table of results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Tdd => "tdd",
            Self::Tasks => "tasks",
        }
    }
}

/// A plan of at least `bytes` bytes, and hardly more.
pub(crate) fn plan(shape: Shape, bytes: usize, seed: u64) -> String {
    let mut writer =
        Writer { out: String::with_capacity(bytes + 4096), state: seed.wrapping_mul(2) + 1, commands: Vec::new() };
    let title = writer.words(4);
    let _ = writeln!(writer.out, "# {title} Implementation Plan\n");
    writer.paragraph();
    let mut number = 0;
    while writer.out.len() + 600 < bytes || number < 2 {
        number += 1;
        match shape {
            Shape::Staged => writer.stage(number),
            Shape::Tdd => writer.task(number),
            Shape::Tasks => writer.phase(number),
        }
    }
    if shape == Shape::Staged {
        writer.order(number);
    }
    writer.out
}

/// Many small plans of about three kilobytes, of all kinds.
pub(crate) fn small_plans(count: usize) -> Vec<String> {
    (0..count).map(|index| plan(SHAPES[index % SHAPES.len()], 3_000, index as u64)).collect()
}

const WORDS: [&str; 48] = [
    "the", "parser", "keeps", "each", "value", "of", "a", "request", "in", "order", "and", "returns", "an", "error",
    "when", "cache", "is", "full", "so", "that", "callers", "can", "retry", "later", "module", "writes", "its",
    "state", "to", "disk", "before", "next", "step", "reads", "index", "with", "new", "field", "for", "users", "who",
    "have", "no", "account", "yet", "service", "client", "metrics",
];
const NAMES: [&str; 12] = [
    "Store", "parse_line", "src/cache.rs", "TTL", "retry_after", "Client::send", "config.yaml", "--jobs", "Option<T>",
    "app/models/user.py", "README.md", "u64",
];
/// What commands are made of; `@` stands for what tells one from the next.
const COMMANDS: [&str; 10] = [
    "cargo test @",
    "npm run lint -- src/@.ts",
    "pytest tests/test_@.py -q",
    "make check-@",
    "go test ./@/...",
    "cargo clippy -p @ --all-targets -- -D warnings",
    "grep -c 'retry' src/@.ts",
    "./scripts/smoke.sh --fast @",
    "npx tsc --noEmit -p @",
    "curl -fsS localhost:8080/@ | jq .status",
];

struct Writer {
    out: String,
    state: u64,
    /// The commands so far.
    commands: Vec<String>,
}

impl Writer {
    /// The next of a row of numbers below `below`.
    fn pick(&mut self, below: usize) -> usize {
        // Knuth's linear congruential generator; its upper bits are good enough to vary a text.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % below
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| WORDS[self.pick(WORDS.len())]).collect();
        words.join(" ")
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.pick(NAMES.len())]
    }

    /// In plans that people wrote a third of the commands stands there for the second time or more.
    fn command(&mut self) -> String {
        if !self.commands.is_empty() && self.pick(3) == 0 {
            let again = self.pick(self.commands.len());
            return self.commands[again].clone();
        }
        let (template, word, number) = (self.pick(COMMANDS.len()), self.pick(WORDS.len()), self.pick(100_000));
        let command = COMMANDS[template].replace('@', &format!("{}_{number}", WORDS[word]));
        self.commands.push(command.clone());
        command
    }

    /// A few sentences with names of code and a word in bold.
    fn paragraph(&mut self) {
        for _ in 0..2 + self.pick(3) {
            let (before, after, length) = (self.pick(6) + 3, self.pick(6) + 3, self.pick(8) + 4);
            let text = format!(
                "{} `{}` {}, *{}* and **{}**\n{}. ",
                self.words(before),
                self.name(),
                self.words(after),
                self.words(2),
                self.words(1),
                self.words(length)
            );
            self.out.push_str(&text);
        }
        self.out.push_str("\n\n");
    }

    fn item(&mut self, lead: &str) {
        let length = self.pick(9) + 4;
        let text = format!("{lead}`{}`: {}\n", self.name(), self.words(length));
        self.out.push_str(&text);
    }

    fn code(&mut self) {
        self.out.push_str("```rust\n");
        for line in 0..6 + self.pick(10) {
            let text = format!("    let value_{line} = self.{}(input, {line})?; // {}\n", self.words(1), self.words(3));
            self.out.push_str(&text);
        }
        self.out.push_str("```\n\n");
    }

    fn commands(&mut self) {
        self.out.push_str("```bash\n");
        for _ in 0..1 + self.pick(3) {
            let command = self.command();
            self.out.push_str(&command);
            self.out.push('\n');
        }
        self.out.push_str("```\n\n");
    }

    fn table(&mut self) {
        self.out.push_str("| File | Change | Why |\n| --- | --- | --- |\n");
        for _ in 0..3 + self.pick(3) {
            let text = format!("| `{}` | {} | {} |\n", self.name(), self.words(4), self.words(6));
            self.out.push_str(&text);
        }
        self.out.push('\n');
    }

    fn stage(&mut self, number: usize) {
        let title = self.words(3);
        let _ = writeln!(self.out, "## Stage {number}: {title}\n");
        if number > 1 {
            let _ = writeln!(self.out, "Depends on: Stage {}\n", number - 1);
        }
        self.out.push_str("**Objective**: ");
        self.paragraph();
        self.out.push_str("### Changes\n\n");
        for _ in 0..3 + self.pick(3) {
            self.item("- ");
        }
        self.out.push('\n');
        match self.pick(3) {
            0 => self.table(),
            _ => self.code(),
        }
        self.out.push_str("### Validation\n\n");
        for _ in 0..1 + self.pick(3) {
            let text = format!("- [ ] `{}` passes\n", self.command());
            self.out.push_str(&text);
        }
        let text = format!("- [ ] Manual: {}\n\n", self.words(7));
        self.out.push_str(&text);
        self.commands();
    }

    /// What is said of the order of the last stages, in words, as a table and as a drawing.
    fn order(&mut self, last: usize) {
        self.out.push_str("## Stage dependencies\n\n");
        let _ = writeln!(self.out, "Stage {last} must wait for Stage {}. Stages 1 and 2 differ.\n", last - 1);
        let _ = writeln!(self.out, "| Stage | Depends on |\n| --- | --- |\n| Stage {last} | Stage 1 |\n");
        let _ = writeln!(self.out, "```\nStage 1 ──► Stage 2 ──┐\n                      ├──► Stage {last}");
        let _ = writeln!(self.out, "Stage {} ─────────────┘\n```", last - 1);
    }

    fn task(&mut self, number: usize) {
        let title = self.words(3);
        let _ = writeln!(self.out, "### Task {number}: {title}\n\n**Files:**");
        self.item("- Create: ");
        self.item("- Modify: ");
        self.out.push_str("\n**Step 1: Write the failing test**\n\n");
        self.code();
        let command = self.command();
        let _ = writeln!(self.out, "**Step 2: Run test to verify it fails**\n\nRun: `{command}`");
        self.out
            .push_str("Expected: FAIL with \"name is not defined\"\n\n**Step 3: Write minimal implementation**\n\n");
        self.paragraph();
        self.code();
        let _ = writeln!(self.out, "**Step 4: Run test to verify it passes**\n\nRun: `{command}`\nExpected: PASS\n");
        self.out.push_str("**Step 5: Commit**\n\n```bash\ngit add -A\ngit commit -m \"feat: it\"\n```\n\n");
    }

    fn phase(&mut self, number: usize) {
        let title = self.words(2);
        let _ = writeln!(self.out, "## Phase {number}: {title}\n\n**Purpose**: {title}\n");
        self.paragraph();
        for task in 0..10 {
            let marks = ["", "[P] ", "[US1] "][self.pick(3)];
            let text = if task % 4 == 3 {
                format!("Run `{}` and verify that it passes", self.command())
            } else {
                format!("{} in `{}`", self.words(8), self.name())
            };
            let _ = writeln!(self.out, "- [ ] T{:03} {marks}{text}", number * 10 + task);
        }
        let _ = writeln!(self.out, "\n**Checkpoint**: phase {number} works\n");
    }
}
