//! A fenced block in a checking place: its commands, which of them share a shell, what its comments say.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::LazyLock;

use crate::config::Wants;
use crate::outline::{Code, Fence, Line};
use crate::plan::Kind;
use crate::source::Span;
use crate::text::{Phrases, starts_with};

use super::command::{self, Form};
use super::effects::Terminal;
use super::facts::{self, Facts};
use super::item::{self, Setting};
use super::model::ReadCheck;
use super::rules::NEEDS_TERMINAL;
use super::shell::{self, Logical, Token};
use super::{checkers, effects, expect, fed, folder, programs, vocab};

/// Languages of fences that hold commands.
const SHELLS: &[&str] = &[
    "sh", "bash", "shell", "zsh", "console", "terminal", "shellsession", "shell-session", "sh-session", "cmd-line",
    "posix", "ksh",
];

/// Languages of fences that hold commands of another shell, which a person has to type there.
const OTHER_SHELLS: &[&str] = &["powershell", "pwsh", "ps1", "posh", "cmd", "bat", "batch", "dos", "winbatch"];

/// A command of a block.
struct Part {
    logical: Logical,
    /// What is known of it by its text, where that says it all.
    facts: Option<Rc<Facts>>,
    text: String,
    span: Span,
    scene: bool,
    kind: Kind,
    rule: &'static str,
    terminal: Option<Terminal>,
    expect: Option<crate::plan::Expect>,
    cwd: Option<String>,
}

/// Whether a fence is tagged as one of commands.
#[must_use]
pub fn is_shell(fence: &Fence) -> bool {
    SHELLS.contains(&fence.language().as_str())
}

/// The checks of a fence; each of a block that shares a shell carries `script`.
#[must_use]
pub fn checks(fence: &Fence, setting: &Setting, script: &mut u32) -> Vec<ReadCheck> {
    let language = fence.language();
    let tagged = SHELLS.contains(&language.as_str());
    if OTHER_SHELLS.contains(&language.as_str()) && !setting.procedure {
        return in_other_shell(&fence.lines, setting);
    }
    if !tagged && !language.is_empty() {
        return Vec::new();
    }
    let lines = command_lines(&fence.lines);
    let texts: Vec<&str> = lines.iter().map(|(text, _)| text.as_str()).collect();
    let mut commands = shell::split(&texts);
    // More of the same was left out.
    commands.retain(|logical| logical.last > logical.first || !matches!(texts[logical.first].trim(), "..." | "…"));
    if commands.is_empty() || (!tagged && !commands.iter().all(|logical| is_command(logical, &texts))) {
        return Vec::new();
    }
    let mut parts = parts(commands, &lines, setting);
    if setting.procedure {
        only_checks(&mut parts);
    }
    read_comments(&mut parts, &texts);
    settle_kinds(&mut parts);
    settle_typed(&mut parts);
    let shares = parts.len() > 1 && parts.iter().any(|part| part.scene);
    let id = *script;
    if shares {
        *script += 1;
    }
    parts
        .into_iter()
        .filter(|part| !part.text.is_empty())
        .map(|part| {
            let (risk, writes) = match &part.facts {
                Some(facts) => facts.effects(),
                None => effects::of(&part.logical),
            };
            (part, risk, writes)
        })
        .map(|(part, risk, writes)| ReadCheck {
            kind: part.kind,
            span: part.span,
            risk,
            writes,
            terminal: part.terminal,
            because: setting.because,
            scene: part.scene && !part.logical.compound && !part.logical.heredoc,
            timeout: None,
            retries: None,
            leftovers: None,
            wants: Wants::default(),
            text: first_line(&part.text),
            command: Some(part.text),
            cwd: part.cwd,
            expect: part.expect,
            script: shares.then_some(id),
            rule: part.rule,
        })
        .collect()
}

/// The commands of another shell, each for a person. What a line leaves open goes on in the next one.
fn in_other_shell(lines: &[Line], setting: &Setting) -> Vec<ReadCheck> {
    let mut found: Vec<ReadCheck> = Vec::new();
    let mut open = 0i32;
    let mut joined = false;
    for line in lines {
        let text = line.text.trim();
        let text = match text.find("> ") {
            // `PS C:\src> `, `C:\src>`
            Some(at) if text.starts_with("PS ") || text[..at].contains(":\\") => text[at + 2..].trim_start(),
            _ => text,
        };
        let remark = text.starts_with('#') || text.starts_with("::") || starts_with(text, "rem ");
        if text.is_empty() || remark && open == 0 && !joined {
            continue;
        }
        if open == 0 && !joined {
            let check = ReadCheck::new(Kind::Manual, line.span, text, "other-program");
            found.push(ReadCheck { command: Some(text.to_owned()), because: setting.because, ..check });
        }
        open += text.matches(['{', '(']).count() as i32 - text.matches(['}', ')']).count() as i32;
        open = open.max(0);
        joined = text.ends_with(['`', '^', '|', ',']);
    }
    found
}

/// The checks of an indented block, which is as a fence that names no language.
#[must_use]
pub fn indented(code: &Code, setting: &Setting, script: &mut u32) -> Vec<ReadCheck> {
    let fence = Fence { info: Cow::Borrowed(""), lines: code.lines.clone(), closed: true, span: code.span };
    checks(&fence, setting, script)
}

/// The lines to read as commands: all of them, or those behind a prompt where there are prompts.
fn command_lines(lines: &[Line]) -> Vec<(String, Span)> {
    let used = |prompt: &Prompt| lines.iter().any(|line| prompt.length(line.text.trim_start()).is_some());
    let prompt = [Prompt::Sign("$ "), Prompt::Sign("% "), Prompt::Sign("❯ "), Prompt::Sign("➜ "), Prompt::Place];
    let Some(prompt) = prompt.into_iter().find(used).or_else(|| {
        let mut words = lines.iter().filter(|line| !line.text.trim().is_empty());
        words.next().filter(|line| line.text.starts_with("> ")).map(|_| Prompt::Sign("> "))
    }) else {
        return lines.iter().map(|line| (line.text.to_owned(), line.span)).collect();
    };
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut open = false;
    for line in lines {
        let trimmed = line.text.trim_start();
        let shift = line.text.len() - trimmed.len();
        let (text, skipped) = match prompt.length(trimmed) {
            Some(length) => (&trimmed[length..], shift + length),
            None if open => {
                let text = trimmed.strip_prefix("> ").unwrap_or(trimmed);
                (text, line.text.len() - text.len())
            }
            None => continue,
        };
        let start = line.span.start as usize + skipped;
        found.push((text.to_owned(), Span::new(start, line.span.end as usize)));
        open = shell::split(&[text]).last().is_some_and(|logical| logical.incomplete)
            || text.trim_end().ends_with(['\\', '|'])
            || text.trim_end().ends_with("&&");
    }
    found
}

/// What stands before the commands of a transcript.
#[derive(Clone, Copy)]
enum Prompt {
    /// A sign alone.
    Sign(&'static str),
    /// The user and the machine or the directory, and a sign: `me@host:~/src$ `.
    Place,
}

impl Prompt {
    /// How long the prompt is at the start of a line.
    fn length(self, line: &str) -> Option<usize> {
        match self {
            Self::Sign(sign) => line.starts_with(sign).then_some(sign.len()),
            Self::Place => {
                let mut signs = memchr::memchr3_iter(b'$', b'#', b'%', line.as_bytes());
                let at = signs.find(|at| line.as_bytes().get(at + 1) == Some(&b' '))?;
                let head = line[..at].trim_start_matches('[');
                let bracketed = head.len() < at && head.ends_with(']');
                let named = head.contains('@') && !head.starts_with('@') || head.starts_with('~');
                let plain = !head.contains(|next: char| {
                    next.is_whitespace() && !bracketed || matches!(next, '\'' | '"' | '`' | '$' | '=' | ';' | '|')
                });
                (named && plain && at <= 80).then_some(at + 2)
            }
        }
    }
}

fn is_command(logical: &Logical, lines: &[&str]) -> bool {
    let text = lines[logical.first..=logical.last].join("\n");
    scene(logical) || matches!(command::form(&text, logical), Form::Command | Form::Unfit(_))
}

fn parts(commands: Vec<Logical>, lines: &[(String, Span)], setting: &Setting) -> Vec<Part> {
    commands
        .into_iter()
        .map(|logical| {
            let text = if logical.first == logical.last {
                lines[logical.first].0[..logical.code_end].trim().to_owned()
            } else {
                lines[logical.first..=logical.last]
                    .iter()
                    .map(|(text, _)| text.as_str())
                    .collect::<Vec<_>>()
                    .join("\n")
                    .trim()
                    .to_owned()
            };
            let first = &lines[logical.first];
            let lead = first.0.len() - first.0.trim_start().len();
            let start = first.1.start as usize + lead;
            let end =
                if logical.first == logical.last { start + text.len() } else { lines[logical.last].1.end as usize };
            // A text of several lines may be taken apart otherwise where it stands alone.
            let facts = (logical.first == logical.last && !logical.heredoc)
                .then(|| facts::of(&text))
                .filter(|facts| facts.logical.tokens == logical.tokens);
            let (unfit, endless, lacks_file, terminal) = match &facts {
                Some(facts) => (facts.unfit(&text), facts.endless, facts.lacks_file, facts.terminal),
                None => {
                    let words = shell::simple_commands(&logical.tokens);
                    let lacks_file = checkers::lacks_file(&logical.tokens, &words);
                    let unfit = command::unfit_among(&text, &words).is_some();
                    (unfit, fed::endless(&logical).is_some(), lacks_file, effects::terminal(&logical))
                }
            };
            let typed = terminal.is_some_and(|terminal| !terminal.ends) && !backgrounded(&logical);
            let endless = endless && !backgrounded(&logical);
            let (kind, rule) = if setting.manual {
                (Kind::Manual, "manual-place")
            } else if unfit {
                (Kind::Manual, command::rule(&text))
            } else if logical.incomplete {
                // `make lamp && # then look at it`: a shell would wait for more.
                (Kind::Manual, "placeholder")
            } else if typed {
                (Kind::Manual, NEEDS_TERMINAL)
            } else if endless {
                (Kind::Manual, "never-ends")
            } else if lacks_file {
                (Kind::Manual, "object-left-open")
            } else if foreign(&text) {
                (Kind::Manual, "other-program")
            } else if setting.red {
                (Kind::Red, "expected-failure")
            } else {
                (Kind::Command, "block-command")
            };
            Part {
                scene: scene(&logical),
                span: Span::new(start, end),
                text,
                kind,
                rule,
                terminal,
                expect: None,
                cwd: setting.cwd.clone(),
                logical,
                facts,
            }
        })
        .collect()
}

/// In a procedure what prepares is left out, and all of a block that starts a server is for a person.
fn only_checks(parts: &mut Vec<Part>) {
    parts.retain(|part| {
        !shell::simple_commands(&part.logical.tokens).first().is_some_and(|words| programs::prepares(words))
    });
    // A directory to go to and nothing left to do there.
    if parts.iter().all(|part| part.scene && !part.logical.compound && !part.logical.heredoc) {
        parts.clear();
    }
    if parts.iter().any(goes_on) {
        for part in parts {
            part.kind = Kind::Manual;
            part.rule = "needs-person";
        }
    }
}

/// Whether a command does not end by itself: a server, or what a person uses.
fn goes_on(part: &Part) -> bool {
    part.rule == "never-ends" || part.rule == NEEDS_TERMINAL
}

fn backgrounded(logical: &Logical) -> bool {
    matches!(logical.tokens.last(), Some(Token::Op("&")))
}

/// `\d table`, `/command`: the prompt of another program.
fn foreign(text: &str) -> bool {
    text.starts_with('\\') || text.starts_with('/') && !text[1..].contains('/') && !text.starts_with("/bin")
}

/// Whether a command sets the scene for those after it: a directory, a variable, a loop, a heredoc.
pub(super) fn scene(logical: &Logical) -> bool {
    if logical.heredoc || logical.compound && opens_block(logical) {
        return true;
    }
    let commands = shell::simple_commands(&logical.tokens);
    let alone = commands.len() == 1;
    commands.first().is_some_and(|words| {
        let first = words[0].text.as_str();
        let sets = matches!(
            first,
            "cd" | "export"
                | "source"
                | "."
                | "set"
                | "unset"
                | "alias"
                | "pushd"
                | "popd"
                | "trap"
                | "ulimit"
                | "umask"
                | "shopt"
                | "declare"
                | "local"
                | "read"
        );
        let assigns = words.iter().all(|word| shell::is_assignment(&word.text));
        alone && (sets || assigns)
    }) || backgrounded(logical)
}

fn opens_block(logical: &Logical) -> bool {
    match logical.tokens.first() {
        Some(Token::Word(word)) => {
            matches!(word.text.as_str(), "for" | "while" | "until" | "if" | "case" | "function" | "{")
                || matches!(logical.tokens.get(1), Some(Token::Op("(")))
        }
        _ => false,
    }
}

/// What comments say: an expectation for the command before, a person for all that follow.
fn read_comments(parts: &mut [Part], lines: &[&str]) {
    let mut person = false;
    // Whether the comments above a command say that it starts a server.
    let mut serves = false;
    let mut directory: Option<String> = None;
    let mut at = 0;
    for index in 0..parts.len() {
        for (offset, line) in lines[at..parts[index].logical.first].iter().enumerate() {
            let line_at = at + offset;
            let Some(comment) = line.trim_start().strip_prefix('#') else { continue };
            let comment = comment.trim();
            directory = folder::said(comment).or(directory);
            let right_after = index > 0 && parts[index - 1].logical.last + 1 == line_at && demands(comment);
            if let Some(words) = expectation(comment).or(right_after.then_some(comment)) {
                if let Some(before) = index.checked_sub(1) {
                    expected(&mut parts[before], words);
                }
            } else {
                person |= vocab::needs_person(comment);
                serves |= item::starts_server(comment);
            }
        }
        at = parts[index].logical.last + 1;
        let part = &mut parts[index];
        part.cwd = directory.clone().or_else(|| part.cwd.take());
        if person && part.kind != Kind::Manual {
            part.kind = Kind::Manual;
            part.rule = "needs-person";
        }
        let serves = std::mem::take(&mut serves) && !part.scene && part.kind == Kind::Command;
        if serves && shell::simple_commands(&part.logical.tokens).iter().any(|words| programs::serves_if_told(words)) {
            part.kind = Kind::Manual;
            part.rule = "never-ends";
        }
        if let Some(comment) = part.logical.comment.clone() {
            if part.kind != Kind::Manual && fills_in(&comment) {
                part.kind = Kind::Manual;
                part.rule = "placeholder";
            } else if vocab::needs_person(&comment) {
                part.kind = Kind::Manual;
                part.rule = "needs-person";
            } else {
                expected(part, expectation(&comment).unwrap_or(&comment));
            }
        }
    }
    if let Some(last) = parts.last_mut() {
        for line in &lines[at.min(lines.len())..] {
            let comment = line.trim_start().strip_prefix('#').map(str::trim);
            if let Some(words) =
                comment.and_then(|comment| expectation(comment).or(demands(comment).then_some(comment)))
            {
                expected(last, words);
            }
        }
    }
}

/// `# replace anna with your name`: something in the command is only an example.
fn fills_in(comment: &str) -> bool {
    let starts = |verbs: &[&str]| verbs.iter().any(|verb| starts_with(comment, verb));
    starts(&["replace ", "substitute "]) && FILLS.any_in(comment)
        || starts(&["fill in ", "put your ", "use your ", "your ", "insert your ", "adjust to your "])
}

static FILLS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[" with ", " by ", " for ", " your "]));

/// `# Should return no results` below a command.
fn demands(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    ["should ", "must ", "expect "].iter().any(|verb| lower.starts_with(verb))
}

fn expectation(comment: &str) -> Option<&str> {
    let (label, words) = comment.split_once(':')?;
    (vocab::place(label) == Some(vocab::Place::Expected)).then(|| words.trim())
}

fn expected(part: &mut Part, words: &str) {
    let read = expect::read(&part.text, words, true);
    if part.scene && !part.logical.compound && !part.logical.heredoc {
        return;
    }
    // `# current output: 3 lines` holds only as long as nothing is done.
    let was = vocab::was_baseline(words);
    if (read.red || was) && part.kind == Kind::Command {
        part.kind = Kind::Red;
        part.rule = "expected-failure";
    }
    part.expect = expect::joined(part.expect.take(), read.expect);
}

/// A line that sets the scene takes the kind of the check that it sets it for; what needs a server waits for a person.
fn settle_kinds(parts: &mut [Part]) {
    settle_fed(parts);
    let served = parts.iter().position(goes_on);
    if let Some(server) = served {
        for part in &mut parts[server..] {
            if part.kind == Kind::Command && talks_to_local_server(&part.text) {
                part.kind = Kind::Manual;
                part.rule = "needs-server";
            }
        }
    }
    for index in (0..parts.len()).rev() {
        if !parts[index].scene || parts[index].logical.compound || parts[index].logical.heredoc {
            continue;
        }
        let said = |part: &Part| (part.kind, part.rule, part.terminal);
        let next = parts[index + 1..].iter().find(|part| !part.scene).map(said);
        let kind = next.or_else(|| parts[..index].iter().rev().find(|part| !part.scene).map(said));
        if let Some((kind, rule, terminal)) = kind {
            let part = &mut parts[index];
            part.kind = kind;
            part.rule = rule;
            part.terminal = part.terminal.or(terminal.filter(|_| rule == NEEDS_TERMINAL));
        }
    }
}

/// What follows a command that opens a shell, on another host or in a container, is typed into that shell until it is
/// left: it says nothing of this machine.
fn settle_typed(parts: &mut [Part]) {
    let mut open = 0u32;
    for part in parts {
        let opens = !part.scene && part.terminal.is_some_and(|terminal| terminal.shell);
        if open > 0 && !opens {
            if part.rule != NEEDS_TERMINAL {
                (part.kind, part.rule) = (Kind::Manual, "inside-shell");
            }
            open -= u32::from(match part.logical.tokens.first() {
                Some(Token::Word(word)) => matches!(word.text.as_str(), "exit" | "logout"),
                _ => false,
            });
        }
        open += u32::from(opens);
    }
}

/// What reads a file that a command for a person writes waits for that person as well.
fn settle_fed(parts: &mut [Part]) {
    let mut written: BTreeSet<String> = BTreeSet::new();
    for part in parts {
        if part.kind == Kind::Manual {
            written.extend(part.logical.tokens.windows(2).filter_map(|pair| match pair {
                [Token::Op(">" | ">>" | "&>" | ">|" | "&>>"), Token::Word(file)] if file.text.contains(['/', '.']) => {
                    Some(file.text.clone())
                }
                _ => None,
            }));
        } else if !written.is_empty()
            && part
                .logical
                .tokens
                .iter()
                .any(|token| matches!(token, Token::Word(word) if written.contains(&word.text)))
        {
            part.kind = Kind::Manual;
            part.rule = "needs-person";
        }
    }
}

fn talks_to_local_server(text: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].iter().any(|host| text.contains(host))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("").to_owned()
}
