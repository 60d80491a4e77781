//! From a unit of the selection to the process that stands for it: shell, text, directory, environment.
//!
//! Must not know when it runs or what became of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::exec::Direct;
use super::os::{self, Program};
use super::plain::{self, Plain, World};
use super::script::{self, GoOn, Language, Nonce, Piece};
use crate::dialect::shell::{self, Token};
use crate::plan::{Check, Kind, Limit, Plan, Setup, Stage, StatusRule};
use crate::select::{Selected, Unit};

/// A process that is ready to be started.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// What may be started in place of the shell.
    pub direct: Option<Direct>,
    /// Working directory.
    pub cwd: PathBuf,
    /// Variables added to the environment, the strongest last.
    pub env: Vec<(String, String)>,
    /// Limit for each of its commands.
    pub timeout: Limit,
    /// What its marks carry, if it is a script with several commands.
    pub nonce: Option<Nonce>,
}

/// Finds shells, each once.
#[derive(Debug, Default)]
pub(crate) struct Shells {
    standard: Option<Result<(String, Language), String>>,
    named: HashMap<(PathBuf, String), Result<String, String>>,
    surroundings: Option<Arc<Surroundings>>,
    places: HashMap<PathBuf, Option<String>>,
}

/// What is inherited, as far as it makes a difference whether a command is run by bash.
#[derive(Debug)]
struct Surroundings {
    /// Where programs are looked for; `None` where that depends on the working directory or is not known.
    path: Option<OsString>,
    /// Whether bash does nothing but what it is told.
    plain: bool,
    /// Whether every shell passes on all variables.
    passed: bool,
    /// Whether it is counted how deep shells are nested.
    counted: bool,
    /// Whether there is a small shell.
    has_small: bool,
}

/// The small shell that every Unix system has.
const SMALL_SHELL: &str = "/bin/sh";

/// What bash sets anew for each program that it starts.
const SET_BY_BASH: [&str; 3] = ["PWD", "SHLVL", "_"];

impl Shells {
    /// `bash`, or `sh` where there is none.
    fn standard(&mut self) -> Result<(String, Language), String> {
        let find = || {
            let path = os::inherited_path();
            for (name, language) in [("bash", Language::Bash), ("sh", Language::Posix)] {
                if let Ok(program) = absolute(name, path.as_deref(), Path::new("/")) {
                    return Ok((program, language));
                }
            }
            Err("neither bash nor sh is in PATH".to_owned())
        };
        self.standard.get_or_insert_with(find).clone()
    }

    /// A shell that the user named, from `root` on where it is a relative path.
    fn named(&mut self, name: &str, root: &Path) -> Result<String, String> {
        let find = || absolute(name, os::inherited_path().as_deref(), root);
        self.named.entry((root.to_owned(), name.to_owned())).or_insert_with(find).clone()
    }

    fn surroundings(&mut self) -> Arc<Surroundings> {
        let surroundings = self.surroundings.get_or_insert_with(|| {
            let names = os::inherited_names();
            Arc::new(Surroundings {
                path: os::inherited_path().filter(|path| os::is_absolute_path(path)),
                plain: !names.iter().any(|name| plain::loads(name)),
                passed: names.iter().all(|name| plain::passes(name)),
                counted: names.iter().any(|name| name == "SHLVL"),
                has_small: os::find_program(SMALL_SHELL, None, Path::new("/")) == Program::Found(SMALL_SHELL.into()),
            })
        });
        Arc::clone(surroundings)
    }

    /// A directory as bash would name it. `None` for one that is not there or is no text.
    fn place(&mut self, cwd: &Path) -> Option<String> {
        self.places.entry(cwd.to_owned()).or_insert_with(|| os::working_directory_name(cwd)).clone()
    }

    /// What does the same as bash would do with a command, and is started faster.
    fn faster(&mut self, command: &str, cwd: &Path, env: &[(String, String)]) -> Faster {
        let around = self.surroundings();
        let own = |wanted: &dyn Fn(&str) -> bool| env.iter().any(|(name, _)| wanted(name));
        if !around.plain || own(&plain::loads) || own(&|name| SET_BY_BASH.contains(&name)) {
            return Faster::Nothing;
        }
        let Some(plain) = Plain::read(command) else { return Faster::Nothing };
        let set = env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, path)| OsStr::new(path));
        let path = set.map_or(around.path.as_deref(), |path| os::is_absolute_path(path).then_some(path));
        let Some(path) = path else { return Faster::Nothing };
        let here = Here { path, cwd };
        // A script hears by which path it was started, and a path is made absolute here.
        if let Some(words) = plain.without_shell()
            && let Some(file) = here.program(words[0], "")
            && !(words[0].contains('/') && os::is_script(&file))
        {
            let file = file.into_os_string().into_string().ok();
            let (Some(program), Some(place)) = (file, self.place(cwd)) else { return Faster::Nothing };
            let name = if words[0].contains('/') { words[0].to_owned() } else { program.clone() };
            let mut env = vec![("PWD".to_owned(), place), ("_".to_owned(), name)];
            if !around.counted {
                env.push(("SHLVL".to_owned(), "0".to_owned()));
            }
            return Faster::Program(Direct { program, words: words.into_iter().map(str::to_owned).collect(), env });
        }
        let passed = around.passed && !own(&|name| !plain::passes(name));
        let text = plain.for_posix(command, &here).filter(|_| around.has_small && passed);
        text.map_or(Faster::Nothing, Faster::Shell)
    }
}

/// What may take bash's place for a command.
enum Faster {
    /// Nothing.
    Nothing,
    /// A smaller shell, with this text.
    Shell(String),
    /// The program that bash would start.
    Program(Direct),
}

/// Programs and folders as a command finds them.
struct Here<'a> {
    path: &'a OsStr,
    cwd: &'a Path,
}

impl Here<'_> {
    /// The file of a program that the system can start by itself.
    fn program(&self, name: &str, folder: &str) -> Option<PathBuf> {
        match os::find_program(name, Some(self.path), &self.cwd.join(folder)) {
            Program::Found(file) if os::starts_by_itself(&file) => Some(file),
            Program::Found(_) | Program::NotExecutable(_) | Program::Missing => None,
        }
    }
}

impl World for Here<'_> {
    fn has_program(&self, name: &str, folder: &str) -> bool {
        self.program(name, folder).is_some()
    }

    fn has_folder(&self, folder: &str) -> bool {
        os::is_open_directory(&self.cwd.join(folder))
    }
}

fn absolute(name: &str, path: Option<&OsStr>, cwd: &Path) -> Result<String, String> {
    match os::find_program(name, path, cwd) {
        Program::Found(file) => file
            .into_os_string()
            .into_string()
            .map_err(|file| format!("the path of shell `{name}` is not valid text: `{}`", file.display())),
        Program::NotExecutable(file) => Err(format!("shell `{}` is not executable", file.display())),
        Program::Missing => Err(format!("shell `{name}` not found")),
    }
}

/// Makes a unit ready.
///
/// # Errors
/// Why it cannot be started, in words.
pub(crate) fn prepare(selected: &Selected, unit: &Unit, shells: &mut Shells) -> Result<Prepared, String> {
    let plan = &selected.plan;
    let checks: Vec<&Check> = unit.checks.iter().map(|&check| plan.check(check)).collect();
    let first = checks.first().ok_or_else(|| "there is no command to run".to_owned())?;
    let launcher = selected.launcher(unit);
    // Elsewhere the root may have another name, and programs lie at other places.
    let there = launcher.and_then(|launcher| launcher.root.as_deref()).map(Path::new);
    let cwd = directory(there.unwrap_or(&selected.setup.root), first.cwd.as_deref())?;
    let (mut argv, language, own_shell) = match selected.setup.shell.as_deref() {
        Some([program, arguments @ ..]) => {
            let mut argv = vec![match launcher {
                None => shells.named(program, &selected.setup.root)?,
                Some(_) if program.contains('/') => {
                    let root = there.unwrap_or(&selected.setup.root);
                    root.join(program).to_string_lossy().into_owned()
                }
                Some(_) => program.clone(),
            }];
            argv.extend(arguments.iter().cloned());
            let is_bash = Path::new(program).file_name() == Some(OsStr::new("bash"));
            (argv, if is_bash { Language::Bash } else { Language::Posix }, true)
        }
        Some([]) | None => {
            let (program, language) = shells.standard()?;
            let flags: &[&str] = match language {
                Language::Bash => &["-eo", "pipefail"],
                Language::Posix => &["-e"],
            };
            let name = if language == Language::Bash { "bash" } else { "sh" };
            let mut argv = vec![if launcher.is_some() { name.to_owned() } else { program }];
            argv.extend(flags.iter().map(|&flag| flag.to_owned()));
            (argv, language, false)
        }
    };
    let guarded: Vec<Cow<'_, str>> = checks
        .iter()
        .map(|check| {
            let command = check.command.as_deref().unwrap_or(":");
            if language == Language::Bash && !own_shell { judging_pipes(command, go_on(check)) } else { command.into() }
        })
        .collect();
    let pieces: Vec<Piece> =
        checks.iter().zip(&guarded).map(|(check, command)| Piece { command, go_on: go_on(check) }).collect();
    let nonce = (pieces.len() > 1).then(Nonce::new);
    let stage = plan.stage(unit.stage);
    let env = environment(&selected.setup, stage, first);
    let mut direct = None;
    let mut text = None;
    if let [piece] = pieces.as_slice()
        && language == Language::Bash
        && !own_shell
        && launcher.is_none()
    {
        match shells.faster(piece.command, &cwd, &env) {
            Faster::Nothing => {}
            Faster::Shell(other) => {
                argv = vec![SMALL_SHELL.to_owned(), "-e".to_owned()];
                text = Some(other);
            }
            Faster::Program(program) => direct = Some(program),
        }
    }
    argv.push("-c".to_owned());
    argv.push(match &nonce {
        Some(nonce) => script::text(&pieces, language, own_shell, nonce),
        None => text.unwrap_or_else(|| pieces[0].command.to_owned()),
    });
    if argv.iter().any(|word| word.contains('\0')) {
        return Err("the command contains a NUL character".to_owned());
    }
    Ok(Prepared { argv, direct, cwd, env, timeout: selected.unit_limit(unit), nonce })
}

fn environment(setup: &Setup, stage: &Stage, first: &Check) -> Vec<(String, String)> {
    let mut env = vec![
        ("PLAN_RUN".to_owned(), "1".to_owned()),
        ("PLAN_RUN_STAGE".to_owned(), stage.label.clone()),
        ("PLAN_RUN_CHECK".to_owned(), first.label.clone()),
    ];
    for layer in [&setup.env, &stage.env] {
        env.extend(layer.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    env
}

/// Where a command runs. A plan names places in its own repository; anything else is not its to run in.
fn directory(root: &Path, cwd: Option<&str>) -> Result<PathBuf, String> {
    let Some(cwd) = cwd else { return Ok(root.to_owned()) };
    let mut parts: Vec<&OsStr> = Vec::new();
    for part in Path::new(cwd).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => parts.push(name),
            Component::ParentDir => {
                parts.pop().ok_or_else(|| format!("directory `{cwd}` lies outside the root"))?;
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(format!("directory `{cwd}` is absolute; it must lie below the root"));
            }
        }
    }
    Ok(parts.iter().fold(root.to_owned(), |path, part| path.join(part)))
}

/// A pipeline whose commands are all asked how they ended. Anything but one plain pipeline is left as it is.
///
/// `pipefail` alone takes it for a failure when a writer is ended by SIGPIPE because its reader had enough, as in
/// `list | grep -q x`, and only when the writer happens to be slow; a failure of any other kind still counts. Where a status
/// other than 0 is expected it is that of the last command, as in `build | grep warning`, which must find nothing: that the
/// build failed would pass for it, since both may end with 1.
fn judging_pipes(command: &str, go_on: GoOn) -> Cow<'_, str> {
    if !matches!(go_on, GoOn::Zero | GoOn::Exactly(_)) || !is_plain_pipeline(command) {
        return Cow::Borrowed(command);
    }
    // The statuses are those of the pipeline's commands; 141 is how the shell tells of SIGPIPE.
    Cow::Owned(match go_on {
        GoOn::Exactly(status) => format!(
            "{command} || (s=(\"${{PIPESTATUS[@]}}\"); for i in \"${{s[@]:0:${{#s[@]}}-1}}\"; do case $i in 0|141) ;; \
             {status}) echo \"a command before the last of the pipeline ended with status $i\" >&2; exit {WRITER_FAILED} ;; \
             *) exit \"$i\" ;; esac; done; exit \"${{s[@]: -1}}\")"
        ),
        _ => format!(
            "{command} || (s=(\"$?\" \"${{PIPESTATUS[@]}}\"); [ \"${{s[@]: -1}}\" = 0 ] || exit \"${{s[0]}}\"; \
             for i in \"${{s[@]:1}}\"; do case $i in 0|141) ;; *) exit \"${{s[0]}}\" ;; esac; done)"
        ),
    })
}

/// With what a pipeline ends in which a command before the last one failed with the status that is expected of the last:
/// the number that `env` and `timeout` keep for what is not their command's own end.
const WRITER_FAILED: i32 = 125;

fn is_plain_pipeline(command: &str) -> bool {
    if !command.contains('|') {
        return false;
    }
    let lexed = shell::lex(command);
    let mut pipes = false;
    for token in &lexed.tokens {
        match token {
            Token::Op("|" | "|&") => pipes = true,
            Token::Op(op) if op.contains(['<', '>']) => {}
            Token::Op(_) => return false,
            Token::Word(_) => {}
        }
    }
    let negated = matches!(lexed.tokens.first(), Some(Token::Word(word)) if word.text == "!" || word.text == "time");
    pipes && !negated && !lexed.incomplete && !lexed.heredoc && !lexed.compound && !command.ends_with('\\')
}

/// Which statuses of a check let the script go on that it belongs to: those with which it holds.
pub(crate) fn go_on(check: &Check) -> GoOn {
    if check.scene {
        return GoOn::Zero;
    }
    let status = check.expect.as_ref().map(|expect| expect.status).unwrap_or_default();
    match (check.kind, status) {
        (_, StatusRule::Exactly(status)) if status != 0 => GoOn::Exactly(status),
        (Kind::Red, _) => GoOn::ProvenFailure,
        (_, StatusRule::Zero | StatusRule::Exactly(_)) => GoOn::Zero,
        (_, StatusRule::NonZero) => GoOn::NonZero,
        (_, StatusRule::Any) => GoOn::Any,
    }
}

/// Why a check's program could not be run, if that is what exit status 126 or 127 means here: when its command is
/// one simple command whose program is not there.
pub(crate) fn missing_program(selected: &Selected, unit: &Unit, check: &Check) -> Option<String> {
    // What is missing elsewhere cannot be seen from here.
    if selected.launcher(unit).is_some() {
        return None;
    }
    let name = simple_program(check.command.as_deref()?)?;
    let shares_shell = unit.checks.len() > 1;
    // In a script the directory and the names may have changed since it began.
    if shares_shell && (name.contains('/') && !name.starts_with('/') || defines(&selected.plan, unit, name)) {
        return None;
    }
    let cwd = directory(&selected.setup.root, check.cwd.as_deref()).ok()?;
    let stage = selected.plan.stage(unit.stage);
    let own = stage.env.get("PATH").or_else(|| selected.setup.env.get("PATH"));
    let path = own.map(OsString::from).or_else(os::inherited_path);
    match os::find_program(name, path.as_deref(), &cwd) {
        Program::Found(_) => None,
        Program::NotExecutable(_) => Some(format!("program `{name}` is not executable")),
        Program::Missing => Some(format!("program `{name}` not found")),
    }
}

/// Whether a script seems to define a function or another name for a command.
fn defines(plan: &Plan, unit: &Unit, name: &str) -> bool {
    let commands = unit.checks.iter().filter_map(|&check| plan.check(check).command.as_deref());
    commands.flat_map(|command| command.match_indices(name).map(move |(at, _)| (command, at))).any(|(command, at)| {
        let (before, after) = (&command[..at], command[at + name.len()..].trim_start());
        let last_word = before.split_ascii_whitespace().next_back();
        after.starts_with("()")
            || last_word == Some("function")
            || (after.starts_with('=') && last_word == Some("alias"))
    })
}

/// Words that a shell carries out itself.
const SHELL_WORDS: &[&str] = &[
    ".", ":", "[", "[[", "alias", "bg", "bind", "break", "builtin", "caller", "case", "cd", "command", "compgen",
    "complete", "continue", "coproc", "declare", "dirs", "disown", "do", "done", "echo", "elif", "else", "enable",
    "esac", "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts", "hash", "help",
    "history", "if", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd", "read",
    "readarray", "readonly", "return", "select", "set", "shift", "shopt", "source", "suspend", "test", "then", "time",
    "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
];

/// The program of a simple command: one program with its arguments and redirections, perhaps after assignments,
/// and the program written out plainly. `None` for anything else.
fn simple_program(command: &str) -> Option<&str> {
    let command = command.trim();
    if !is_simple(command) {
        return None;
    }
    let name = command.split([' ', '\t']).filter(|word| !word.is_empty()).find(|word| !is_assignment(word))?;
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-./+@:%,".contains(c));
    (plain && !SHELL_WORDS.contains(&name)).then_some(name)
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Whether nothing outside quotes joins several commands, and nothing is expanded from another command.
fn is_simple(command: &str) -> bool {
    let mut quote = None;
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => _ = chars.next(),
            (_, '`') => return false,
            (_, '$') if chars.peek() == Some(&'(') => return false,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '>' | '<') => {
                // `>&2` and `&>file` have a sign that elsewhere starts a job.
                if matches!(chars.peek(), Some('&')) {
                    _ = chars.next();
                }
                if chars.peek() == Some(&'(') {
                    return false;
                }
            }
            (None, '&') if chars.peek() == Some(&'>') => {}
            (None, ';' | '|' | '&' | '(' | ')' | '\n' | '{' | '}') => return false,
            (None, _) => {}
        }
    }
    quote.is_none()
}
