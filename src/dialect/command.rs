//! Whether a piece of literal text is a command that would be typed at a shell prompt as it stands.

use super::programs::{self, Known};
use super::shell::{self, Logical, Token, Word};
use crate::text::ends_with;

/// What a piece of literal text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A command whose program is known, or is a path with arguments.
    Command,
    /// The form of a command, but nothing is known of its program: it counts where the text around asks to run it.
    Likely,
    /// A command that cannot run as written, with the reason.
    Unfit(&'static str),
    /// No command.
    No,
}

/// Judges one code span, or one command of a block.
#[must_use]
pub fn form(text: &str, logical: &Logical) -> Form {
    form_of(text, logical, &shell::simple_commands(&logical.tokens))
}

/// The same for a text whose simple commands are known.
pub(super) fn form_of(text: &str, logical: &Logical, commands: &[Vec<&Word>]) -> Form {
    // `\df coins` is told to a database's client; to the shell it would be another `df`.
    if logical.incomplete || text.trim().is_empty() || text.starts_with('\\') {
        return Form::No;
    }
    // `dir=$(mktemp -d) && make`: what settings stand before is the command.
    let Some((set, first, words)) = commands.iter().enumerate().find_map(|(at, first)| {
        let words = programs::from_program(first);
        (!words.is_empty()).then_some((at > 0, first, words))
    }) else {
        // Assignments alone: code or a value in running text, a scene in a block.
        return Form::No;
    };
    let program = words[0];
    if names_windows_program(text) {
        return match unfit(text, words) {
            Some(why) => Form::Unfit(why),
            None if words.len() == 1 && !text.starts_with(".\\") => Form::No,
            None => Form::Command,
        };
    }
    if program.quoted && !program.text.contains('/') {
        return Form::No;
    }
    if is_call(&logical.tokens, words) || is_foreign(text, words) {
        return Form::No;
    }
    let name = program.text.as_str();
    let alone = words.len() == 1 && commands.len() == 1;
    match programs::known(name) {
        Known::No => Form::No,
        // As a value these are everywhere; alone in a checking place they are there to be run.
        Known::Yes if alone && matches!(name, "true" | "false") => Form::Likely,
        // Without arguments it runs only where a file tells it what to look at.
        Known::Yes if alone && name == "mypy" => Form::Likely,
        Known::Yes if alone && !programs::stands_alone(name) && first.len() == 1 && !moves_files(&logical.tokens) => {
            Form::No
        }
        Known::Yes if is_prose(words) || lacks_operands(words) => Form::No,
        Known::Path if alone && is_in_scripts(name) => Form::Likely,
        Known::Path if alone && !(name.starts_with("./") || name.starts_with("bin/") || is_script(name)) => Form::No,
        Known::Path if alone && looks_like_file(name) => Form::Likely,
        Known::Maybe if alone || set && words.len() == 1 => Form::No,
        Known::Maybe if !has_arguments(words) || is_expression(&logical.tokens, commands) => Form::No,
        known => match unfit_among(text, commands) {
            Some(why) => Form::Unfit(why),
            None if known == Known::Maybe => Form::Likely,
            None => Form::Command,
        },
    }
}

/// `.venv\Scripts\python.exe`: whether a text begins with the path of a program of Windows.
fn names_windows_program(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    first.contains('\\')
        && [".exe", ".bat", ".cmd", ".ps1"].iter().any(|end| ends_with(first, end))
        && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"\\._-:$%".contains(&byte))
}

/// The rule by which a command that cannot run as written is left to a person.
#[must_use]
pub fn rule(text: &str) -> &'static str {
    if text.contains('\u{FFFD}') { "unreadable" } else { "placeholder" }
}

/// Options that are followed by a value wherever they are known.
const WANTS_VALUE: &[&str] =
    &["--filter", "--grep", "--testNamePattern", "--testPathPattern", "--test-name-pattern", "--manifest-path"];

/// The same as [`unfit`], for a text of several simple commands, in any of which something may be left open.
#[must_use]
pub fn unfit_among(text: &str, commands: &[Vec<&Word>]) -> Option<&'static str> {
    let (first, others) = commands.split_first()?;
    let open = |words: &Vec<&Word>| has_open_word(programs::from_program(words));
    unfit(text, programs::from_program(first)).or_else(|| others.iter().any(open).then_some(PLACEHOLDER))
}

const PLACEHOLDER: &str = "it has a placeholder to fill in";

/// Why a command cannot run as written: something in it is still to be filled in.
#[must_use]
pub fn unfit(text: &str, words: &[&Word]) -> Option<&'static str> {
    let placeholder = PLACEHOLDER;
    let bytes = text.as_bytes();
    if memchr::memchr_iter(b'.', bytes).any(|at| bytes[at..].starts_with(b"..."))
        && text
            .replace("./...", "")
            .replace("/...", "")
            .split_whitespace()
            .any(|word| word == "..." || word.ends_with("/...") || word == "[...]")
    {
        return Some(placeholder);
    }
    // `python3 -c "parse(...)"`: an argument that is left out. A search may mean any three signs by it.
    let runs_code = |word: &&Word| {
        let name = word.text.rsplit('/').next().unwrap_or("");
        !word.quoted && ["python", "node", "ruby", "php"].iter().any(|program| name.starts_with(program))
    };
    if bytes.contains(&b'(') && text.contains("(...)") && words.iter().any(runs_code) {
        return Some(placeholder);
    }
    let ascii = text.is_ascii();
    if !ascii && text.contains('…') {
        return Some(placeholder);
    }
    if !ascii && text.contains('\u{FFFD}') {
        return Some("it has characters that could not be read");
    }
    if text.as_bytes().contains(&b'<') && has_angle_placeholder(text) {
        return Some(placeholder);
    }
    if text.contains("Bearer {") && has_token_placeholder(text) {
        return Some(placeholder);
    }
    if words.last().is_some_and(|last| !last.quoted && WANTS_VALUE.contains(&last.text.as_str())) {
        return Some("its last option lacks a value");
    }
    if bytes.contains(&b'/') && names_several(words) {
        return Some("it names several scripts in one word");
    }
    has_open_word(words).then_some(placeholder)
}

/// Whether one of a command's words stands for something that is still to be filled in: `path/to/x`, `{name}`, `[file]`.
fn has_open_word(words: &[&Word]) -> bool {
    for word in words.iter().filter(|word| !word.quoted) {
        let word = word.text.as_str();
        // Each of the signs below has one of these bytes, or begins like that.
        let signed = word.bytes().any(|byte| matches!(byte, b'{' | b'_' | b'/' | b'['));
        if !signed && !word.starts_with("your-") {
            continue;
        }
        let named = word.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
        if named.is_some_and(|name| {
            !name.is_empty() && name.chars().all(|next| next.is_alphabetic() || matches!(next, '_' | '-'))
        }) {
            return true;
        }
        let has = |byte| word.as_bytes().contains(&byte);
        if has(b'_')
            && (has(b'Y') || has(b'y'))
            && (word.contains("YOUR_") || word.contains("your_") && word.contains("_here"))
        {
            return true;
        }
        if word.starts_with("path/to")
            || memchr::memchr_iter(b'/', word.as_bytes()).any(|at| word[at..].starts_with("/path/to/"))
            || word.starts_with("your-")
            || word.starts_with("YOUR_")
        {
            return true;
        }
        if word.starts_with("[-")
            || (word.starts_with('[')
                && word.ends_with(']')
                && word.len() > 2
                && word[1..].starts_with(|next: char| next.is_ascii_alphabetic()))
        {
            return true;
        }
    }
    false
}

/// `pnpm build/lint/test`: the names of several scripts in the place of one, short for as many commands.
fn names_several(words: &[&Word]) -> bool {
    const SCRIPTS: &[&str] = &[
        "build", "check", "clean", "clippy", "coverage", "deploy", "dev", "doc", "docs", "e2e", "fmt", "format",
        "install", "lint", "start", "test", "tests", "tsc", "type-check", "typecheck", "unit", "validate", "verify",
    ];
    const RUNNERS: &[&str] =
        &["bun", "cargo", "composer", "dotnet", "gradle", "just", "make", "mvn", "npm", "pnpm", "task", "yarn"];
    if words.iter().skip(1).any(|word| !word.quoted && is_pair(&word.text)) {
        return true;
    }
    let mut rest = words.iter().map(|word| word.text.as_str());
    rest.next().is_some_and(|program| RUNNERS.contains(&program))
        && rest
            .find(|word| !word.starts_with('-') && !matches!(*word, "run" | "run-script"))
            .is_some_and(|word| word.contains('/') && word.split('/').all(|script| SCRIPTS.contains(&script)))
}

/// `allow/deny`, `start/stop`: the names of two subcommands that undo each other, short for two commands.
fn is_pair(word: &str) -> bool {
    const PAIRS: &[(&str, &str)] = &[
        ("allow", "deny"),
        ("start", "stop"),
        ("enable", "disable"),
        ("add", "remove"),
        ("up", "down"),
        ("on", "off"),
        ("get", "set"),
        ("create", "delete"),
        ("push", "pop"),
        ("lock", "unlock"),
        ("install", "uninstall"),
        ("import", "export"),
        ("login", "logout"),
        ("show", "hide"),
        ("open", "close"),
        ("encode", "decode"),
        ("save", "load"),
        ("pause", "resume"),
        ("attach", "detach"),
        ("connect", "disconnect"),
        ("push", "pull"),
        ("list", "show"),
        ("encrypt", "decrypt"),
        ("approve", "reject"),
        ("accept", "reject"),
        ("mount", "unmount"),
        ("link", "unlink"),
        ("pack", "unpack"),
        ("subscribe", "unsubscribe"),
        ("backup", "restore"),
    ];
    let Some((one, other)) = word.split_once('/') else { return false };
    PAIRS.iter().any(|pair| *pair == (one, other) || *pair == (other, one))
}

/// `Bearer {token}` in a header, quoted as headers are: braces around one name are no value that a server would take.
fn has_token_placeholder(text: &str) -> bool {
    text.split("Bearer {").skip(1).any(|rest| {
        rest.split_once('}').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|next| next.is_alphanumeric() || matches!(next, '_' | '-'))
        })
    })
}

/// `<name>`, `<your-id>`, but no redirection such as `<file` or `<(cmd)`, and no pattern that a program searches for.
fn has_angle_placeholder(text: &str) -> bool {
    let mut quote = None;
    // Where the simple command began.
    let mut start = 0;
    let mut skip = 0;
    for (at, next) in text.bytes().enumerate() {
        if at < skip {
            continue;
        }
        match (quote, next) {
            (None | Some(b'"'), b'\\') => skip = at + 2,
            (Some(open), _) if open == next => quote = None,
            (None, b'\'' | b'"') => quote = Some(next),
            (None, b'|' | b';' | b'&' | b'\n' | b'(') => start = at + 1,
            // The second `<` of a heredoc opens nothing.
            (_, b'<') if text[at + 1..].starts_with('<') => skip = at + 2,
            (_, b'<') if to_be_filled_in(&text[at + 1..]) && !(quote.is_some() && searches(&text[start..at])) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether what follows a `<` is a name up to its `>`.
fn to_be_filled_in(after: &str) -> bool {
    let end =
        after.find(|next: char| !(next.is_alphanumeric() || matches!(next, '-' | '_' | ' ' | '.' | '/' | '|' | ':')));
    end.is_some_and(|end| {
        after[end..].starts_with('>')
            && !after[..end].ends_with(' ')
            && after.starts_with(|next: char| next.is_alphabetic())
    })
}

/// Whether a command searches for text, in which `<` and `>` stand for themselves.
fn searches(command: &str) -> bool {
    let mut words = command.split_whitespace().filter(|word| *word != "!" && !shell::is_assignment(word));
    match words.next() {
        Some("grep" | "egrep" | "fgrep" | "rg" | "ag" | "ack" | "sed" | "awk" | "gawk" | "perl") => true,
        Some("git") => {
            words.any(|word| word == "grep" || ["-S", "-G", "--grep"].iter().any(|flag| word.starts_with(flag)))
        }
        _ => false,
    }
}

/// `< a.txt`, `> out/b`: whether a command reads a file or writes one that is one by its name.
fn moves_files(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| match pair {
        [Token::Op("<" | ">" | ">>"), Token::Word(file)] => {
            file.text.contains(['.', '/']) && file.text.contains(|next: char| next.is_alphabetic())
        }
        _ => false,
    })
}

/// `name(...)`: a call in some other language.
fn is_call(tokens: &[Token], words: &[&Word]) -> bool {
    let glued = words.first().is_some_and(|word| {
        word.text.contains(['(', ')', '{', '"', '\'', ';', ','])
            && !word.text.starts_with("./")
            && !word.text.contains("${")
    });
    let opened = matches!(tokens, [Token::Word(_), Token::Op("("), ..]);
    glued || opened
}

/// HTTP requests, SQL, types, values: text of another language than the shell's.
fn is_foreign(text: &str, words: &[&Word]) -> bool {
    let text = text.trim();
    let first = words.first().map_or("", |word| word.text.as_str());
    let second = words.get(1).map_or("", |word| word.text.as_str());
    if matches!(
        second,
        "=" | ":="
            | "=="
            | "!="
            | "->"
            | "=>"
            | "→"
            | "+"
            | "<"
            | ">"
            | ":"
            | "|="
            | "is"
            | "as"
            | "in"
            | "from"
            | "of"
            | "+="
            | "==="
            | "?"
    ) && first != "["
        && first != "[["
        && first != "test"
        && first != "expr"
        && first != "for"
    {
        return true;
    }
    // `load ≈ 1.0`: what only compares, and is typed at no prompt.
    if !second.is_empty()
        && second.chars().all(|next| !next.is_ascii() && !next.is_alphanumeric())
        && !matches!(first, "echo" | "printf" | "grep" | "rg")
    {
        return true;
    }
    // `const lamp=on && horn`
    if matches!(first, "const" | "let" | "var") {
        return true;
    }
    // `from app import page`
    if first == "from" && words.iter().any(|word| word.text == "import") {
        return true;
    }
    if first.ends_with(':') || first.ends_with(',') || text.ends_with(':') && !text.contains(' ') {
        return true;
    }
    if second.starts_with('(') && first != "!" {
        return true;
    }
    first.chars().all(|next| next.is_ascii_uppercase()) && first.len() > 1 && first != "R"
}

/// Words that only start like a command: `test the parser`, `make sure that`.
fn is_prose(words: &[&Word]) -> bool {
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    match text.as_slice() {
        ["make", "sure" | "it" | "the", ..]
        | ["go", "to" | "back" | "through" | "live", ..]
        | ["test", "the" | "that" | "file" | "files" | "for" | "case", ..] => true,
        [
            "time" | "file" | "find" | "date" | "head" | "cut" | "sort" | "set" | "which" | "command" | "task"
            | "serve" | "service" | "watch" | "tree" | "stack" | "trunk" | "wire" | "hey" | "ab" | "cast" | "http"
            | "https" | "v" | "tap" | "act" | "safety" | "migrate" | "source" | "host" | "free" | "id" | "jar",
            second,
            ..,
        ] => {
            let plain = |word: &&str| word.chars().all(|next| next.is_ascii_alphabetic());
            text.len() > 2 && text[1..].iter().all(plain) && second.len() > 1
        }
        _ => false,
    }
}

/// `git mv`, `kill -9`: a name that is only talked about, for nothing can be typed so.
fn lacks_operands(words: &[&Word]) -> bool {
    if let [program, flags @ ..] = words
        && matches!(
            program.text.as_str(),
            "kill" | "pkill" | "killall" | "rm" | "rmdir" | "mkdir" | "cp" | "mv" | "ln" | "chmod" | "chown" | "touch"
        )
    {
        let value = |at: usize| at > 0 && matches!(flags[at - 1].text.as_str(), "-s" | "-n") && flags.len() == at + 1;
        let lists = |flag: &Word| matches!(flag.text.as_str(), "-l" | "-L" | "--list" | "--help" | "--version");
        return (0..flags.len()).all(|at| flags[at].text.starts_with(['-', '+']) && !lists(flags[at]) || value(at));
    }
    let [program, sub] = words else { return false };
    program.text == "git"
        && matches!(
            sub.text.as_str(),
            "mv" | "rm" | "clone" | "revert" | "cherry-pick" | "bisect" | "check-ignore" | "check-attr"
        )
}

/// For a program of which nothing is known: whether what follows looks like arguments, not like prose.
fn has_arguments(words: &[&Word]) -> bool {
    let plain = words[1..].iter().all(|word| !word.quoted && word.text.chars().all(|next| next.is_alphabetic()));
    // `openspec validate x`, `tool check`: two or three bare words can be a command; a sentence has more.
    !plain || words.len() <= 3
}

/// For a program of which nothing is known: whether the words are compared or joined, `a.min > 0 and b`, `ready && idle`.
fn is_expression(tokens: &[Token], commands: &[Vec<&Word>]) -> bool {
    let plain = |token: &Token, all: &[&str]| matches!(token, Token::Word(word) if !word.quoted && all.contains(&word.text.as_str()));
    let joins = |token: &Token| plain(token, &["and", "or", "not", "<=", ">=", "==", "!=", "===", "!=="]);
    if tokens.iter().any(joins) {
        return true;
    }
    let compared = tokens.windows(2).any(|pair| match pair {
        [Token::Op("<" | ">"), Token::Word(word)] => !word.quoted && is_operand(&word.text, commands),
        [Token::Op(op), Token::Op(next)] => op.contains(['<', '>']) && next.contains(['<', '>', '=']),
        _ => false,
    });
    let lone = |words: &Vec<&Word>| words.len() == 1 && programs::known(&words[0].text) == Known::Maybe;
    compared || commands.len() > 1 && commands.iter().all(lone)
}

/// Whether the word behind `<` or `>` is a value rather than a file: a number, a name without an ending, a field.
fn is_operand(word: &str, commands: &[Vec<&Word>]) -> bool {
    let field = || commands.iter().flatten().next().is_some_and(|first| first.text.contains('.'));
    let number = || word.chars().all(|next| next.is_ascii_digit() || next == '.');
    word.is_empty() || word.starts_with('=') || number() || !word.contains('/') && (!word.contains('.') || field())
}

fn is_script(name: &str) -> bool {
    [".sh", ".bash"].iter().any(|end| name.ends_with(end))
}

/// `scripts/verify`: a file without an ending in a folder of scripts, which is a command where the text asks to run it.
fn is_in_scripts(name: &str) -> bool {
    let mut parts = name.split('/');
    let folder = parts.next().unwrap_or("");
    matches!(folder, "scripts" | "script" | "tools" | "ci" | "hack" | "dev")
        && parts.next_back().is_some_and(|last| !last.is_empty() && !last.contains('.'))
}

fn looks_like_file(name: &str) -> bool {
    !name.starts_with("./") || name.rsplit('/').next().is_some_and(|base| base.contains('.') && !is_script(base))
}
