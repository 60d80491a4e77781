//! Reads a case file exactly, and writes new expectations into it without touching anything else.
//!
//! Much stricter than Markdown: whatever a reader could mistake for a block but is none is an error, so that no
//! expectation is ever passed over in silence.

use std::collections::BTreeSet;
use std::fmt;

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Input: a plan.
    Plan,
    /// Input: the configuration file beside the plans.
    Config,
    /// Input: options of the case.
    Settings,
    /// Input: how the commands end.
    Script,
    /// Input: a file of the repository.
    File,
    /// Expectation: stages and checks.
    Reading,
    /// Expectation: the waves of the graph, or its edges.
    Order,
    /// Expectation: problems.
    Diagnostics,
    /// Expectation: what the rules find.
    Lint,
    /// Expectation: what happens in a run.
    Events,
    /// Expectation: the JUnit file.
    Junit,
    /// Expectation: the Markdown summary.
    Summary,
    /// Expectation: the exit code.
    Exit,
    /// Expectation: the interchange form.
    Json,
}

impl Tag {
    const ALL: [(&'static str, Self); 14] = [
        ("plan", Self::Plan),
        ("config", Self::Config),
        ("settings", Self::Settings),
        ("script", Self::Script),
        ("file", Self::File),
        ("reading", Self::Reading),
        ("order", Self::Order),
        ("diagnostics", Self::Diagnostics),
        ("lint", Self::Lint),
        ("events", Self::Events),
        ("junit", Self::Junit),
        ("summary", Self::Summary),
        ("exit", Self::Exit),
        ("json", Self::Json),
    ];

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, tag)| *tag)
    }

    /// The word behind the opening fence.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, tag)| *tag == self).map_or("", |(name, _)| *name)
    }

    /// Whether the block says what is to come out.
    pub fn is_expectation(self) -> bool {
        !matches!(self, Self::Plan | Self::Config | Self::Settings | Self::Script | Self::File)
    }

    /// Whether the expectation is about a run.
    pub fn needs_run(self) -> bool {
        matches!(self, Self::Events | Self::Junit | Self::Summary | Self::Exit)
    }

    /// What may stand behind the tag: the name of a value, or a word.
    fn option(self) -> Option<&'static str> {
        match self {
            Self::Plan | Self::File => Some("path="),
            Self::Order => Some("edges"),
            _ => None,
        }
    }
}

/// A block of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is for.
    pub tag: Tag,
    /// What stands behind the tag: the path of a plan or a file, `edges` for an order; empty otherwise.
    pub option: String,
    /// The lines between the fences, each with its line break.
    pub text: String,
    /// Line of the opening fence, counted from 1.
    pub line: usize,
    /// Number of backticks of the fence.
    ticks: usize,
    /// Number of lines between the fences.
    height: usize,
}

/// One heading and the blocks below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The heading's words.
    pub name: String,
    /// Line of the heading, counted from 1.
    pub line: usize,
    /// The blocks in order.
    pub blocks: Vec<Block>,
}

impl Case {
    /// The blocks with a tag, in order.
    pub fn blocks(&self, tag: Tag) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.tag == tag)
    }
}

/// A file of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    text: String,
    /// The cases in order.
    pub cases: Vec<Case>,
}

/// What is wrong with a case file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCase {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for BadCase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.what)
    }
}

fn bad<T>(line: usize, what: impl Into<String>) -> Result<T, BadCase> {
    Err(BadCase { line, what: what.into() })
}

impl CaseFile {
    /// Reads a file.
    ///
    /// # Errors
    /// The first thing that is not as a case file should be.
    pub fn read(text: &str) -> Result<Self, BadCase> {
        let mut cases: Vec<Case> = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let number = index + 1;
            let bare = line.trim_end_matches(['\n', '\r']);
            if let Some(mut block) = open.take() {
                if is_closing(bare, block.ticks) {
                    let case = cases.last_mut().expect("a fence is opened only below a heading");
                    case.blocks.push(block);
                } else {
                    block.text.push_str(line);
                    block.height += 1;
                    open = Some(block);
                }
                continue;
            }
            let trimmed = bare.trim_start();
            if trimmed.starts_with("~~~") {
                return bad(number, "a block is fenced with backticks");
            } else if trimmed.starts_with("```") {
                if trimmed.len() != bare.len() {
                    return bad(number, "a fence stands at the start of its line");
                }
                if cases.is_empty() {
                    return bad(number, "a block stands below the heading of its case");
                }
                open = Some(opening(bare, number)?);
            } else if let Some(name) = heading(bare) {
                if name.is_empty() {
                    return bad(number, "a case has a name");
                }
                cases.push(Case { name: name.to_owned(), line: number, blocks: Vec::new() });
            }
        }
        if let Some(block) = open {
            return bad(block.line, "this fence is never closed");
        }
        if cases.is_empty() {
            return bad(1, "there is no case in this file");
        }
        let mut names = BTreeSet::new();
        for case in &cases {
            if !names.insert(case.name.as_str()) {
                return bad(case.line, format!("there are two cases with the name `{}`", case.name));
            }
            check(case)?;
        }
        Ok(Self { text: text.to_owned(), cases })
    }

    /// The file's text with the text of some blocks exchanged. Each is named by the line of its opening fence.
    pub fn with(&self, exchanges: &[(usize, String)]) -> String {
        let lines: Vec<&str> = self.text.split_inclusive('\n').collect();
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for block in self.cases.iter().flat_map(|case| &case.blocks) {
            let Some((_, text)) = exchanges.iter().find(|(line, _)| *line == block.line) else { continue };
            // The closing fence stands right behind the text.
            let close = block.line + block.height;
            lines[at..block.line - 1].iter().for_each(|line| out.push_str(line));
            let fence = "`".repeat(block.ticks.max(longest_fence(text) + 1));
            let info = lines[block.line - 1].trim_start_matches('`');
            out.push_str(&fence);
            out.push_str(info);
            out.push_str(text);
            if !text.is_empty() && !text.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&fence);
            out.push_str(lines[close].trim_start_matches('`'));
            at = close + 1;
        }
        lines[at..].iter().for_each(|line| out.push_str(line));
        out
    }
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    let named = (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with(' '));
    named.then(|| rest.trim())
}

fn ticks(line: &str) -> usize {
    line.len() - line.trim_start_matches('`').len()
}

fn is_closing(line: &str, opened: usize) -> bool {
    ticks(line) >= opened && line.trim_start_matches('`').trim().is_empty()
}

fn longest_fence(text: &str) -> usize {
    text.lines().map(|line| ticks(line.trim_start())).filter(|&ticks| ticks >= 3).max().unwrap_or(2)
}

fn opening(line: &str, number: usize) -> Result<Block, BadCase> {
    let ticks = ticks(line);
    let info = line[ticks..].trim();
    let (word, option) = info.split_once(' ').map_or((info, ""), |(word, option)| (word, option.trim()));
    let Some(tag) = Tag::from_word(word) else {
        let known: Vec<&str> = Tag::ALL.iter().map(|(name, _)| *name).collect();
        return bad(number, format!("`{word}` is no block of a case; there are: {}", known.join(", ")));
    };
    if tag == Tag::Plan && ticks < 4 {
        return bad(number, "a plan stands between fences of four or more backticks");
    }
    let option = match tag.option() {
        _ if option.is_empty() => option,
        Some(name) if name.ends_with('=') && option.len() > name.len() && option.starts_with(name) => {
            &option[name.len()..]
        }
        Some(name) if name == option => option,
        _ => return bad(number, format!("`{option}` may not stand behind `{word}`")),
    };
    Ok(Block { tag, option: option.to_owned(), text: String::new(), line: number, ticks, height: 0 })
}

/// What a case must have and may not have, beside what its blocks say.
fn check(case: &Case) -> Result<(), BadCase> {
    if case.blocks(Tag::Plan).next().is_none() {
        return bad(case.line, "a case has a plan");
    }
    if !case.blocks.iter().any(|block| block.tag.is_expectation()) {
        return bad(case.line, "a case expects something");
    }
    let mut seen = BTreeSet::new();
    for block in &case.blocks {
        if block.tag == Tag::File && block.option.is_empty() {
            return bad(block.line, "a file has a path");
        }
        if !seen.insert((block.tag, block.option.as_str())) {
            let what = match block.tag {
                Tag::Plan => "two plans of a case need different paths",
                Tag::File => "two files of a case need different paths",
                _ => "a case has each block once",
            };
            return bad(block.line, what);
        }
    }
    if let Some(file) = case.blocks(Tag::File).next()
        && case.blocks(Tag::Lint).next().is_none()
    {
        return bad(file.line, "a file is for rules to look at, but the case expects nothing of these");
    }
    match case.blocks(Tag::Script).next() {
        Some(script) if !case.blocks.iter().any(|block| block.tag.needs_run()) => {
            bad(script.line, "a script says how commands end, but the case expects nothing of a run")
        }
        _ => Ok(()),
    }
}
