//! How much of a shell a command needs: none, any POSIX one, or bash.
//!
//! Bash takes longer to start than most commands take to run. A command of plain words means the same without a shell, and
//! much of what is written for bash means the same to a smaller one. Only what is known to mean the same counts, its
//! failures and messages included; of everything else bash is asked.
//!
//! Knows the text alone: which programs there are, and which variables are set, is asked of the caller. Must not know
//! checks and plans.

/// A command whose words mean the same to every shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Its simple commands in order.
    pub commands: Vec<Simple>,
}

/// A simple command of a list that is joined by `&&`, `||` and `;`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Simple {
    /// What joins it to the one before; `None` for the first.
    pub joined: Option<Join>,
    /// Whether `!` stands before it.
    pub negated: bool,
    /// Its words; those before the program's name that set variables are among them.
    pub words: Vec<Word>,
    /// Whether it sends an output elsewhere.
    pub redirected: bool,
    /// The byte at which its first word begins.
    pub start: usize,
}

/// What joins two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`
    Then,
}

/// A word without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its text; where a variable is named, the name.
    pub text: String,
    /// Whether any part of it was quoted, with a backslash, too.
    pub quoted: bool,
    /// Whether a variable is named in it, between double quotes. Elsewhere its value might be several words.
    pub expands: bool,
}

/// Variables that bash sets by itself, or that change how it works.
const BASH_VARIABLES: &[&str] = &[
    "CDPATH", "COLUMNS", "COPROC", "DIRSTACK", "ENV", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "EXECIGNORE", "FIGNORE",
    "FUNCNAME", "FUNCNEST", "GLOBIGNORE", "GROUPS", "HISTCMD", "HOSTNAME", "HOSTTYPE", "IFS", "LANG", "LINENO",
    "LINES", "MACHTYPE", "MAPFILE", "OLDPWD", "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PATH", "PIPESTATUS",
    "POSIXLY_CORRECT", "PPID", "PS4", "PWD", "RANDOM", "READLINE_LINE", "REPLY", "SECONDS", "SHELL", "SHELLOPTS",
    "SHLVL", "SRANDOM", "TIMEFORMAT", "TMOUT", "UID", "_",
];

/// Variables in whose presence bash does more than it was told, or otherwise.
const LOADED: &[&str] = &["EXECIGNORE", "GLOBIGNORE", "CDPATH", "POSIXLY_CORRECT", "SHELLOPTS"];

/// Words that begin something that is no simple command, or that shells carry out each in its own way.
const OWN_WORDS: &[&str] = &[
    ".", "[[", "alias", "bg", "bind", "break", "builtin", "caller", "case", "command", "compgen", "complete",
    "compopt", "continue", "coproc", "declare", "dirs", "disown", "do", "done", "elif", "else", "enable", "esac",
    "eval", "exec", "fc", "fg", "fi", "for", "function", "getopts", "hash", "help", "history", "if", "in", "jobs",
    "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "read", "readarray", "readonly", "return",
    "select", "set", "shift", "shopt", "source", "suspend", "then", "time", "times", "trap", "type", "typeset",
    "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
];

/// Words that every shell carries out itself, alike as long as [`alike`] says so.
const COMMON_WORDS: &[&str] = &[":", "[", "cd", "echo", "exit", "export", "false", "pwd", "test", "true"];

/// Whether a variable may make bash run something that nobody wrote, or run it otherwise.
pub(crate) fn loads(name: &str) -> bool {
    name.starts_with("BASH") || LOADED.contains(&name)
}

/// Whether a shell could pass a variable on. Some drop those whose names they could not set.
pub(crate) fn passes(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What is asked of the world to tell whether a command means the same elsewhere.
pub(crate) trait World {
    /// Whether a program is there that the system can start by itself. A name with a slash counts from `folder` on, which
    /// counts from where the command runs.
    fn has_program(&self, name: &str, folder: &str) -> bool;
    /// Whether a folder is there that can be gone to.
    fn has_folder(&self, folder: &str) -> bool;
}

impl Plain {
    /// Reads a command. `None` when it has anything that shells might not agree about.
    pub(crate) fn read(command: &str) -> Option<Self> {
        let mut reader = Reader { length: command.len(), rest: command, commands: vec![Simple::default()], word: None };
        while reader.step()? {}
        let commands = reader.commands;
        // An empty one is an error, of which each shell tells in its own words.
        commands.iter().all(|simple| !simple.words.is_empty()).then_some(Self { commands })
    }

    /// Program and arguments, if no shell is needed: a single command of which every word stands for itself.
    pub(crate) fn without_shell(&self) -> Option<Vec<&str>> {
        let [Simple { joined: None, negated: false, words, redirected: false, .. }] = self.commands.as_slice() else {
            return None;
        };
        let name = words.first()?;
        let is_own = OWN_WORDS.contains(&name.text.as_str()) || COMMON_WORDS.contains(&name.text.as_str());
        let stands = !is_own && is_program_name(name) && words.iter().all(|word| !word.expands);
        stands.then(|| words.iter().map(|word| word.text.as_str()).collect())
    }

    /// The text with which a POSIX shell does the same as bash would do with `command`, from which this was read.
    pub(crate) fn for_posix(&self, command: &str, world: &dyn World) -> Option<String> {
        if !self.is_posix(world) {
            return None;
        }
        let last = self.commands.last()?;
        let own = COMMON_WORDS.contains(&last.words[0].text.as_str());
        if own || last.negated || last.redirected {
            return Some(command.to_owned());
        }
        // Bash lets the last program take its own place, so that a signal which ends it is seen by whoever waits. Other
        // shells do so when they are told to; what comes of variables that are set for it then is not clear.
        let (before, rest) = command.split_at(last.start);
        variable(&last.words[0]).is_none().then(|| format!("{before}exec {rest}"))
    }

    fn is_posix(&self, world: &dyn World) -> bool {
        let mut folder = String::new();
        let mut ran = false;
        self.commands.iter().enumerate().all(|(index, simple)| {
            let set = simple.words.iter().take_while(|word| variable(word).is_some()).count();
            let (settings, words) = simple.words.split_at(set);
            if !settings.iter().all(sets_alike) {
                return false;
            }
            let Some((name, arguments)) = words.split_first() else { return !simple.redirected };
            if OWN_WORDS.contains(&name.text.as_str()) || !is_program_name(name) && name.text != "[" && name.text != ":"
            {
                return false;
            }
            if COMMON_WORDS.contains(&name.text.as_str()) {
                // What a failed change of folder means to the rest is clear only where all depends on it.
                let leads = || index == 0 && self.commands[1..].iter().all(|simple| simple.joined == Some(Join::And));
                if name.text == "cd" {
                    folder = arguments.first().map_or_else(String::new, |word| word.text.clone());
                    return leads() && !simple.negated && settings.is_empty() && goes_alike(arguments, world);
                }
                return settings.is_empty() && alike(&name.text, arguments);
            }
            // What ran before may have made it, or made it another one.
            let is_clear = !(ran && name.text.contains('/'));
            ran = true;
            is_clear && world.has_program(&name.text, &folder)
        })
    }
}

fn is_program_name(word: &Word) -> bool {
    !word.quoted
        && !word.expands
        && word.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./+".contains(&byte))
}

/// Whether shells change to a folder alike.
fn goes_alike(arguments: &[Word], world: &dyn World) -> bool {
    let [word] = arguments else { return false };
    !word.expands && !word.text.is_empty() && !word.text.starts_with('-') && world.has_folder(&word.text)
}

/// The variable that a word sets where it stands before a program's name.
fn variable(word: &Word) -> Option<&str> {
    let (name, _) = word.text.split_once('=')?;
    passes(name).then_some(name)
}

fn sets_alike(word: &Word) -> bool {
    variable(word).is_some_and(|name| !is_bash_variable(name)) && !word.quoted && !word.expands
}

fn is_bash_variable(name: &str) -> bool {
    name.starts_with("BASH") || name.starts_with("LC_") || BASH_VARIABLES.contains(&name)
}

/// Whether a command that shells carry out themselves does the same in all of them.
fn alike(name: &str, arguments: &[Word]) -> bool {
    match name {
        ":" | "true" | "false" => true,
        "pwd" => arguments.is_empty(),
        "exit" => {
            matches!(arguments, [status] if !status.expands && !status.quoted && status.text.parse::<u8>().is_ok())
        }
        "export" => !arguments.is_empty() && arguments.iter().all(sets_alike),
        // Some take a backslash in what they write for the start of a sign.
        "echo" => {
            !arguments.first().is_some_and(|first| first.text.starts_with('-'))
                && arguments.iter().all(|word| !word.expands && !word.text.contains('\\'))
        }
        "test" => tests_alike(arguments),
        "[" => matches!(arguments.split_last(), Some((last, rest)) if last.text == "]" && tests_alike(rest)),
        _ => false,
    }
}

fn tests_alike(words: &[Word]) -> bool {
    let words = match words {
        [not, rest @ ..] if not.text == "!" && !not.quoted => rest,
        words => words,
    };
    let is_number = |word: &Word| !word.expands && word.text.parse::<i32>().is_ok() && !word.text.starts_with('+');
    let plain_operator = |word: &Word| !word.quoted && !word.expands;
    match words {
        [operator, _] if plain_operator(operator) => {
            let by_text = matches!(operator.text.as_str(), "-n" | "-z");
            by_text || matches!(operator.text.as_str(), "-d" | "-e" | "-f" | "-h" | "-L" | "-r" | "-s" | "-w" | "-x")
        }
        [left, operator, right] if plain_operator(operator) => match operator.text.as_str() {
            "=" | "!=" => true,
            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => is_number(left) && is_number(right),
            _ => false,
        },
        _ => false,
    }
}

struct Reader<'a> {
    length: usize,
    rest: &'a str,
    commands: Vec<Simple>,
    word: Option<Word>,
}

impl<'a> Reader<'a> {
    /// Takes the next piece; `Some(false)` at the end, `None` for what is not plain.
    fn step(&mut self) -> Option<bool> {
        let Some(next) = self.rest.chars().next() else {
            self.end_word();
            return Some(false);
        };
        let after = &self.rest[next.len_utf8()..];
        let ends = |text: &str| text.is_empty() || text.starts_with([' ', '\t', ';', '&', '|']);
        self.rest = match next {
            ' ' | '\t' => {
                self.end_word();
                after
            }
            '\'' => {
                let (quoted, rest) = after.split_once('\'')?;
                self.push(quoted, true);
                rest
            }
            '"' => self.double_quoted(after)?,
            '\\' => {
                let escaped = after.chars().next().filter(|&escaped| escaped == ' ' || escaped.is_ascii_graphic())?;
                self.push(&after[..escaped.len_utf8()], true);
                &after[escaped.len_utf8()..]
            }
            // At the end of a word it stands for itself, as in a pattern.
            '$' if ends(after) => self.plain(),
            '&' => self.join(after.strip_prefix('&')?, Join::And)?,
            '|' => self.join(after.strip_prefix('|')?, Join::Or)?,
            ';' if !after.starts_with([';', '&']) => self.join(after, Join::Then)?,
            '>' => self.redirect(after)?,
            '!' if self.word.is_none() && self.words()?.is_empty() => {
                let simple = self.commands.last_mut()?;
                if simple.negated || !after.starts_with([' ', '\t']) {
                    return None;
                }
                simple.negated = true;
                after
            }
            // As words of their own; elsewhere they are part of a pattern.
            '[' | ']' if self.word.is_none() && ends(after) => self.plain(),
            '{' if after.starts_with('}') => {
                self.push("{}", false);
                &after[1..]
            }
            '#' if self.word.is_none() => return None,
            '!' | '#' | '%' | '+' | ',' | '-' | '.' | '/' | ':' | '=' | '@' | '_' => self.plain(),
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.plain(),
            _ => return None,
        };
        Some(true)
    }

    fn words(&self) -> Option<&Vec<Word>> {
        self.commands.last().map(|simple| &simple.words)
    }

    /// Adds to the word.
    fn push(&mut self, text: &str, quoted: bool) {
        if self.word.is_none()
            && let Some(simple) = self.commands.last_mut().filter(|simple| simple.words.is_empty())
        {
            simple.start = self.length - self.rest.len();
        }
        let word = self.word.get_or_insert_default();
        word.text.push_str(text);
        word.quoted |= quoted;
    }

    /// Takes a character that stands for itself, which is of one byte; gives the rest.
    fn plain(&mut self) -> &'a str {
        let (character, rest) = self.rest.split_at(1);
        self.push(character, false);
        rest
    }

    fn end_word(&mut self) {
        if let (Some(word), Some(simple)) = (self.word.take(), self.commands.last_mut()) {
            simple.words.push(word);
        }
    }

    fn join(&mut self, after: &'a str, join: Join) -> Option<&'a str> {
        self.end_word();
        // `&&&` and `|||` are no operators.
        if after.starts_with(['&', '|', ';']) {
            return None;
        }
        self.commands.push(Simple { joined: Some(join), ..Simple::default() });
        Some(after)
    }

    /// Takes what stands between double quotes; gives the rest.
    fn double_quoted(&mut self, mut text: &'a str) -> Option<&'a str> {
        self.push("", true);
        loop {
            let at = text.find(['"', '\\', '$', '`'])?;
            self.push(&text[..at], true);
            let after = &text[at + 1..];
            text = match &text[at..=at] {
                "\"" => return Some(after),
                "\\" if after.starts_with(['"', '\\', '$', '`']) => {
                    self.push(&after[..1], true);
                    &after[1..]
                }
                // Before anything else it stands for itself; before a line's end it joins lines.
                "\\" if !after.starts_with(['\n', '\r']) => {
                    self.push("\\", true);
                    after
                }
                "$" if after.starts_with(['"', ' ', '\t']) => {
                    self.push("$", true);
                    after
                }
                "$" => self.variable(after)?,
                _ => return None,
            };
        }
    }

    /// Takes the name of a variable, with braces or without; gives the rest.
    fn variable(&mut self, after: &'a str) -> Option<&'a str> {
        let braced = after.strip_prefix('{');
        let text = braced.unwrap_or(after);
        let length = text.bytes().take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
        let (name, rest) = text.split_at(length);
        let rest = if braced.is_some() { rest.strip_prefix('}')? } else { rest };
        if !passes(name) || is_bash_variable(name) {
            return None;
        }
        self.push(name, true);
        self.word.as_mut()?.expands = true;
        Some(rest)
    }

    /// Takes the rest of a redirection: of an output to the other one or to nowhere.
    fn redirect(&mut self, after: &'a str) -> Option<&'a str> {
        // A number right before it is no word but says which output.
        match &self.word {
            Some(word) if !word.quoted && matches!(word.text.as_str(), "1" | "2") => self.word = None,
            Some(word) if word.text.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            Some(_) | None => {}
        }
        self.end_word();
        let rest = match after.strip_prefix("&1").or_else(|| after.strip_prefix("&2")) {
            Some(rest) => rest,
            None => after.trim_start_matches([' ', '\t']).strip_prefix("/dev/null")?,
        };
        let whole = rest.is_empty() || rest.starts_with([' ', '\t', ';', '&', '|']);
        self.commands.last_mut()?.redirected = true;
        whole.then_some(rest)
    }
}
