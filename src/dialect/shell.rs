//! The grammar of a shell as far as a reader needs it: where a command ends, its words, what it nests.
//!
//! Text goes in, structure comes out; nothing is expanded or run. Must not know what any program does.

/// A piece of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word as written, with its quotes.
    Word(Word),
    /// An operator: `&&`, `||`, `|`, `;`, `&`, `(`, `)`, a redirection, or `\n` between lines.
    Op(&'static str),
}

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes.
    pub text: String,
    /// Whether any part of it was quoted.
    pub quoted: bool,
    /// The text inside each `$(...)` or pair of backticks.
    pub substitutions: Vec<String>,
}

/// One command with all the lines that belong to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logical {
    /// Index of its first line.
    pub first: usize,
    /// Index of its last line.
    pub last: usize,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// The words of its trailing comment, without the `#`.
    pub comment: Option<String>,
    /// Byte in the first line at which a trailing comment starts, white space before it included.
    pub code_end: usize,
    /// Whether the text ends in mid command: an open quote, loop or heredoc.
    pub incomplete: bool,
    /// Whether it holds a heredoc.
    pub heredoc: bool,
    /// Whether it is a loop, a condition, a group or a function.
    pub compound: bool,
    /// The texts of its heredocs.
    pub bodies: Vec<String>,
}

/// How many commands of a text may lack their end before it is no shell that it is written in. Each is looked for up to
/// the last line, so that without a limit the time would grow with the square of their number.
const ENDLESS: usize = 64;

/// Splits lines into commands. Blank lines and lines of comment alone are left out.
#[must_use]
pub fn split(lines: &[&str]) -> Vec<Logical> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut endless = 0;
    while at < lines.len() && endless < ENDLESS {
        let mut lexer = Lexer::default();
        let first = at;
        loop {
            lexer.line(lines[at], at == first);
            at += 1;
            if lexer.complete() || at == lines.len() {
                break;
            }
        }
        let mut last = at - 1;
        let incomplete = !lexer.complete();
        if incomplete && last > first {
            endless += 1;
            // Whatever swallowed the rest was no shell; only its first line is taken, so that the rest is still read.
            lexer = Lexer::default();
            lexer.line(lines[first], true);
            last = first;
            at = first + 1;
        }
        lexer.end_word();
        if lexer.tokens.is_empty() {
            continue;
        }
        found.push(Logical {
            first,
            last,
            tokens: lexer.tokens,
            comment: lexer.comment,
            code_end: lexer.code_end,
            incomplete,
            heredoc: lexer.heredoc,
            compound: lexer.compound,
            bodies: lexer.bodies,
        });
    }
    found
}

/// The tokens of one command line.
#[must_use]
pub fn lex(text: &str) -> Logical {
    let all = if text.contains('\n') { split(&text.lines().collect::<Vec<_>>()) } else { split(&[text]) };
    let mut all = all.into_iter();
    let Some(mut first) = all.next() else { return Logical::default() };
    for more in all {
        first.tokens.push(Token::Op("\n"));
        first.tokens.extend(more.tokens);
        first.incomplete |= more.incomplete;
        first.bodies.extend(more.bodies);
        first.last = more.last;
    }
    first
}

/// The simple commands of a token list: the words between operators, without redirections.
#[must_use]
pub fn simple_commands(tokens: &[Token]) -> Vec<Vec<&Word>> {
    // Most lines are one command.
    let mut commands = vec![Vec::with_capacity(tokens.len())];
    let mut redirected = false;
    for token in tokens {
        match token {
            Token::Op(op) if redirects(op) => redirected = true,
            Token::Op(_) => {
                redirected = false;
                commands.push(Vec::new());
            }
            Token::Word(_) if redirected => redirected = false,
            Token::Word(word) => {
                if let Some(last) = commands.last_mut() {
                    last.push(word);
                }
            }
        }
    }
    commands.retain(|words| !words.is_empty());
    commands
}

/// Whether an operator is a redirection.
#[must_use]
pub fn redirects(op: &str) -> bool {
    op.bytes().any(|byte| matches!(byte, b'<' | b'>'))
}

/// Whether a word is `NAME=value`.
#[must_use]
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}

/// Whether a word could name a variable or a function.
#[must_use]
pub fn is_name(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
}

/// The operator with which a text begins.
fn operator(text: &str) -> Option<&'static str> {
    let of = |all: &[&'static str]| all.iter().copied().find(|op| text.starts_with(op));
    match text.as_bytes().first()? {
        b'&' => of(&["&>>", "&&", "&>", "&"]),
        b'|' => of(&["||", "|&", "|"]),
        b';' => of(&[";;", ";"]),
        b'<' => of(&["<<<", "<<-", "<&", "<<", "<>", "<"]),
        b'>' => of(&[">>", ">&", ">|", ">"]),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    Double,
    Dollar,
}

#[derive(Default)]
struct Lexer {
    tokens: Vec<Token>,
    word: Option<Word>,
    quote: Option<Quote>,
    /// Open `(` of subshells and of substitutions that go over the line's end.
    parens: u32,
    /// Open `if`, `for`, `case`, `{` and the like.
    blocks: Vec<&'static str>,
    substitution: Option<(u32, String, char)>,
    heredocs: Vec<(String, bool)>,
    bodies: Vec<String>,
    continued: bool,
    comment: Option<String>,
    code_end: usize,
    heredoc: bool,
    compound: bool,
}

impl Lexer {
    fn complete(&self) -> bool {
        let dangling = matches!(self.tokens.last(), Some(Token::Op("&&" | "||" | "|" | "|&"))) && self.word.is_none();
        self.quote.is_none()
            && self.substitution.is_none()
            && self.parens == 0
            && self.blocks.is_empty()
            && self.heredocs.is_empty()
            && !self.continued
            && !dangling
    }

    fn line(&mut self, line: &str, first: bool) {
        if let Some((end, tabs)) = self.heredocs.first() {
            let candidate = if *tabs { line.trim_start_matches('\t') } else { line };
            if candidate.trim_end_matches('\r') == end {
                self.heredocs.remove(0);
            } else if let Some(body) = self.bodies.len().checked_sub(self.heredocs.len()) {
                self.bodies[body].push_str(line);
                self.bodies[body].push('\n');
            }
            return;
        }
        if self.continued {
            self.continued = false;
        } else if !first && self.quote.is_none() && self.substitution.is_none() {
            self.end_word();
            if !matches!(self.tokens.last(), Some(Token::Op(_)) | None) {
                self.tokens.push(Token::Op("\n"));
            }
        } else if !first {
            self.push_char('\n');
        }
        let line = line.trim_end_matches('\r');
        let mut rest = line;
        loop {
            let plain = self.plain(rest);
            if plain > 0 {
                self.word.get_or_insert_default().text.push_str(&rest[..plain]);
                rest = &rest[plain..];
            }
            let Some(next) = rest.chars().next() else { break };
            let taken = self.step(line, rest, next, first);
            if taken == 0 {
                break;
            }
            rest = &rest[taken..];
        }
        if first && self.comment.is_none() {
            self.code_end = line.len();
        }
        if self.quote.is_none() && self.substitution.is_none() && !self.continued {
            self.end_word();
        }
    }

    /// The number of bytes at the start of a text that are part of a word and nothing else.
    fn plain(&self, rest: &str) -> usize {
        if self.substitution.is_some() {
            return 0;
        }
        let says = |byte: u8| match self.quote {
            None => matches!(
                byte,
                b' ' | b'\t'
                    | b'\\'
                    | b'\''
                    | b'"'
                    | b'$'
                    | b'`'
                    | b'#'
                    | b'<'
                    | b'>'
                    | b'('
                    | b')'
                    | b'&'
                    | b'|'
                    | b';'
            ),
            Some(Quote::Single) => byte == b'\'',
            Some(Quote::Double) => matches!(byte, b'"' | b'\\' | b'$' | b'`'),
            Some(Quote::Dollar) => matches!(byte, b'\'' | b'\\'),
        };
        rest.bytes().position(says).unwrap_or(rest.len())
    }

    /// Handles the text at `rest` and gives the number of bytes taken; 0 at a comment.
    fn step(&mut self, line: &str, rest: &str, next: char, first: bool) -> usize {
        let width = next.len_utf8();
        if self.substitution.is_some() {
            self.in_substitution(rest, next);
            return width;
        }
        match self.quote {
            Some(Quote::Single) => {
                if next == '\'' {
                    self.quote = None;
                } else {
                    self.push_char(next);
                }
                return width;
            }
            Some(quote) => {
                let end = if quote == Quote::Double { '"' } else { '\'' };
                if next == end {
                    self.quote = None;
                } else if next == '\\' && rest.len() > 1 {
                    let escaped = rest[1..].chars().next().unwrap_or(' ');
                    self.push_char(escaped);
                    return 1 + escaped.len_utf8();
                } else if quote == Quote::Double && (rest.starts_with("$(") || next == '`') {
                    return self.open_substitution(rest);
                } else {
                    self.push_char(next);
                }
                return width;
            }
            None => {}
        }
        match next {
            ' ' | '\t' => {
                self.end_word();
                width
            }
            '\\' => {
                if rest.len() == 1 {
                    self.continued = true;
                    return 1;
                }
                let escaped = rest[1..].chars().next().unwrap_or(' ');
                self.push_char(escaped);
                1 + escaped.len_utf8()
            }
            '\'' | '"' => {
                let word = self.word.get_or_insert_default();
                word.quoted = true;
                self.quote = Some(if next == '\'' { Quote::Single } else { Quote::Double });
                width
            }
            '$' if rest.starts_with("$'") => {
                self.word.get_or_insert_default().quoted = true;
                self.quote = Some(Quote::Dollar);
                2
            }
            '$' if rest.starts_with("$(") => self.open_substitution(rest),
            '`' => self.open_substitution(rest),
            '$' if rest.starts_with("${") => {
                let end = rest.find('}').map_or(rest.len(), |at| at + 1);
                for character in rest[..end].chars() {
                    self.push_char(character);
                }
                end
            }
            '#' if self.word.is_none() => {
                if self.comment.is_none() {
                    self.comment = Some(rest[1..].trim().to_owned());
                    if first {
                        self.code_end = line.len() - rest.len();
                    }
                }
                0
            }
            '<' | '>' if rest[1..].starts_with('(') => self.open_substitution(rest),
            '(' | ')' => {
                self.end_word();
                if next == '(' {
                    self.parens += 1;
                    self.compound = true;
                    self.tokens.push(Token::Op("("));
                } else {
                    // A pattern of `case` closes a parenthesis that was never opened.
                    self.parens = self.parens.saturating_sub(1);
                    self.tokens.push(Token::Op(")"));
                }
                width
            }
            _ => self.operator(rest).unwrap_or_else(|| {
                self.push_char(next);
                width
            }),
        }
    }

    fn operator(&mut self, rest: &str) -> Option<usize> {
        let op = operator(rest)?;
        // `2>` and `1>&2`: the number belongs to the redirection.
        let descriptor = redirects(op)
            && self
                .word
                .as_ref()
                .is_some_and(|word| !word.quoted && word.text.bytes().all(|byte| byte.is_ascii_digit()));
        if descriptor {
            self.word = None;
        } else {
            self.end_word();
        }
        self.tokens.push(Token::Op(op));
        if matches!(op, "<<" | "<<-") {
            let after = rest[op.len()..].trim_start();
            let end: String = after
                .chars()
                .take_while(|next| !next.is_whitespace() && !matches!(next, ';' | '|' | '&' | ')' | '<' | '>'))
                .filter(|next| !matches!(next, '\'' | '"' | '\\'))
                .collect();
            if !end.is_empty() {
                self.heredocs.push((end, op == "<<-"));
                self.bodies.push(String::new());
                self.heredoc = true;
            }
        }
        Some(op.len())
    }

    fn open_substitution(&mut self, rest: &str) -> usize {
        self.word.get_or_insert_default();
        let (open, width) = if rest.starts_with('`') { ('`', 1) } else { ('(', 2) };
        for character in rest[..width].chars() {
            self.push_char(character);
        }
        self.substitution = Some((1, String::new(), open));
        width
    }

    fn in_substitution(&mut self, _rest: &str, next: char) {
        self.push_char(next);
        let Some((depth, inner, open)) = self.substitution.as_mut() else { return };
        match (*open, next) {
            ('`', '`') => *depth = 0,
            ('(', '(') => *depth += 1,
            ('(', ')') => *depth -= 1,
            _ => {}
        }
        if *depth == 0 {
            let inner = std::mem::take(inner);
            self.substitution = None;
            self.word.get_or_insert_default().substitutions.push(inner);
        } else {
            inner.push(next);
        }
    }

    fn push_char(&mut self, next: char) {
        self.word.get_or_insert_default().text.push(next);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if !word.quoted && self.at_command() {
            self.keyword(&word.text);
        }
        self.tokens.push(Token::Word(word));
    }

    fn keyword(&mut self, word: &str) {
        let opened = match word {
            "if" => Some("fi"),
            "for" | "while" | "until" | "select" => Some("done"),
            "case" => Some("esac"),
            "{" => Some("}"),
            _ => None,
        };
        if let Some(end) = opened {
            self.blocks.push(end);
            self.compound = true;
        } else if self.blocks.last().is_some_and(|end| *end == word) {
            self.blocks.pop();
        }
    }

    /// Whether the next word would be the name of a command.
    fn at_command(&self) -> bool {
        match self.tokens.last() {
            None => true,
            Some(Token::Op(op)) => !redirects(op),
            Some(Token::Word(word)) => {
                !word.quoted
                    && matches!(
                        word.text.as_str(),
                        "do" | "then" | "else" | "elif" | "!" | "if" | "while" | "until" | "{" | "time"
                    )
            }
        }
    }
}
