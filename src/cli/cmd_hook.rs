//! The verb `hook`: git's hook before a push, made, removed, and what it does.
//!
//! A hook of someone else is never changed: nobody knows what it does with what git tells it.

use std::path::{Path, PathBuf};

use super::args::{self, HookArgs, HookRunArgs, HookWhat};
use super::console::Console;
use super::settings::{Refusal, Settings};
use super::{app, base, cmd_run, exit_code, revision};
use crate::host::Host;
use crate::text::{clean_line, plural};

/// The name that git has for it.
const NAME: &str = "pre-push";

/// How the second line of ours begins, before a hash of all lines behind it.
const MARK: &str = "# plan-run hook 1 ";

/// What is missing where there is no git.
const NEEDS: &str = "`hook` needs a git repository";

/// The line for hooks of others. It reads nothing, so that what git tells the hook is left to who wants it.
const LINE: &str = "plan-run hook run </dev/null || exit 1";

/// Makes, removes or does what git calls before a push.
pub(super) fn hook(args: &HookArgs, settings: &Settings, console: &mut Console, host: &'static dyn Host) -> u8 {
    let done = match &args.what {
        HookWhat::Install => install(settings, host).map(|said| app::done(console, &said, exit_code::HOLDS)),
        HookWhat::Uninstall => uninstall(settings, host).map(|said| app::done(console, &said, exit_code::HOLDS)),
        HookWhat::Run(run) => before_push(run, settings, console, host),
    };
    done.unwrap_or_else(|refusal| app::refuse(console, &refusal, settings.colour_stderr))
}

/// What stands where git looks for the hook.
enum There {
    Nothing,
    /// What `install` made.
    Ours(String),
    /// What it made, and someone changed.
    Changed,
    /// What someone else made.
    Foreign(String),
}

/// Where git looks for the hook of a repository.
struct Place {
    path: PathBuf,
    /// The same for people.
    shown: String,
    there: There,
}

impl Place {
    fn find(settings: &Settings, host: &dyn Host) -> Result<Self, Refusal> {
        let top = base::top(&settings.here, NEEDS, host)?;
        let ask = |arguments: &[&str]| {
            let said = host.git(&top, arguments)?;
            Ok::<_, std::io::Error>(String::from_utf8_lossy(&said).trim_end_matches('\n').to_owned())
        };
        // Git fails where nothing is configured.
        let configured = ask(&["config", "--show-scope", "--get", "core.hooksPath"]).unwrap_or_default();
        if let Some((scope @ ("global" | "system"), path)) = configured.split_once('\t') {
            return Err(Refusal::Usage(format!(
                "core.hooksPath is `{path}` in the {scope} configuration of git, so a hook there would be called for all of \
                 your repositories; add this line to the {NAME} hook there, or set core.hooksPath for this repository:\n  \
                 {LINE}"
            )));
        }
        let folder = ask(&["rev-parse", "--git-path", "hooks"])
            .map_err(|error| Refusal::Usage(format!("git does not say where its hooks are: {error}")))?;
        let folder = top.join(folder);
        let path = folder.join(NAME);
        let shown = path.strip_prefix(&settings.here).unwrap_or(&path).display().to_string();
        // Also a link that leads nowhere is someone's.
        let is_there = host.names(&folder).is_ok_and(|names| names.iter().any(|name| name == NAME));
        let there = if is_there { There::of(&path, host) } else { There::Nothing };
        Ok(Self { path, shown, there })
    }

    /// What to do about a hook of someone else.
    fn foreign(&self, text: &str) -> Refusal {
        let how = if text.contains("pre-commit.com") {
            "pre-commit made it: add plan-run to .pre-commit-config.yaml, as the README shows".to_owned()
        } else if text.contains("lefthook") {
            "lefthook made it: add plan-run to lefthook.yml, as the README shows".to_owned()
        } else if text.contains("husky") || self.path.components().any(|part| part.as_os_str() == ".husky") {
            format!("husky made it: add this line to .husky/{NAME}:\n  {LINE}")
        } else {
            format!("add this line at its beginning:\n  {LINE}")
        };
        Refusal::Usage(format!("there is another {NAME} hook, which is left as it is: {}; {how}", self.shown))
    }

    fn changed(&self) -> Refusal {
        Refusal::Usage(format!(
            "{} was made by plan-run and changed since, so it is left as it is; take out what is yours, remove it, and \
             install it again",
            self.shown
        ))
    }
}

impl There {
    fn of(path: &Path, host: &dyn Host) -> Self {
        let Ok(bytes) = host.read(path) else { return Self::Foreign(String::new()) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut parts = text.splitn(3, '\n');
        let (_, mark, rest) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match mark.strip_prefix(MARK) {
            Some(hash) if hash == self::hash(rest) => Self::Ours(text),
            Some(_) => Self::Changed,
            None => Self::Foreign(text),
        }
    }
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().as_str()[..16].to_owned()
}

/// The hook. Clients with windows call it with few folders in `PATH`, so that it remembers those of now, for itself and for
/// the commands of plans. Git tells a hook in variables where the repository is, which the commands of plans must not take
/// for theirs.
fn script(program: &Path, path: &str) -> String {
    let rest = format!(
        "# Made by `plan-run hook install`; `plan-run hook uninstall` removes it, as long as nobody changes it.\n\
         # `git push --no-verify` pushes without it.\n\
         unset $(git rev-parse --local-env-vars 2>/dev/null)\n\
         PATH=$PATH:{}\n\
         export PATH\n\
         for program in {} \"$(command -v plan-run)\"; do\n    \
             if [ -f \"$program\" ] && [ -x \"$program\" ]; then\n        \
                 exec \"$program\" hook run \"$@\"\n    \
             fi\n\
         done\n\
         echo 'plan-run: it was not found, so nothing was checked and nothing is pushed' >&2\n\
         echo 'plan-run: install it again, push with --no-verify, or remove this hook:' \"$0\" >&2\n\
         exit 1\n",
        quoted(path),
        quoted(&program.to_string_lossy()),
    );
    format!("#!/bin/sh\n{MARK}{}\n{rest}", hash(&rest))
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn install(settings: &Settings, host: &dyn Host) -> Result<String, Refusal> {
    let place = Place::find(settings, host)?;
    let program = host.program().map_err(|error| Refusal::Usage(format!("cannot tell where plan-run is: {error}")))?;
    let script = script(&program, &host.env("PATH").unwrap_or_default());
    let shown = clean_line(&place.shown);
    let done = match &place.there {
        There::Ours(text) if *text == script => return Ok(format!("{shown} is installed already\n")),
        There::Ours(_) => "renewed",
        There::Nothing => "installed",
        There::Changed => return Err(place.changed()),
        There::Foreign(text) => return Err(place.foreign(text)),
    };
    host.write_program(&place.path, script.as_bytes())
        .map_err(|error| Refusal::Report(format!("cannot write {}: {error}", place.shown)))?;
    Ok(format!(
        "{done} {shown}: before each push it checks what the plans that the branch touches claim as done\n\
         `git push --no-verify` pushes without it, `plan-run hook uninstall` removes it\n"
    ))
}

fn uninstall(settings: &Settings, host: &dyn Host) -> Result<String, Refusal> {
    let place = Place::find(settings, host)?;
    match &place.there {
        There::Nothing => Ok(format!("there is no {NAME} hook to remove\n")),
        There::Foreign(_) => Ok(format!("{} is not plan-run's, so it is left as it is\n", clean_line(&place.shown))),
        There::Changed => Err(place.changed()),
        There::Ours(_) => {
            host.remove_file(&place.path)
                .map_err(|error| Refusal::Report(format!("cannot remove {}: {error}", place.shown)))?;
            Ok(format!("removed {}\n", clean_line(&place.shown)))
        }
    }
}

/// Checks what is checked out, if that is what is pushed.
fn before_push(
    args: &HookRunArgs,
    settings: &Settings,
    console: &mut Console,
    host: &'static dyn Host,
) -> Result<u8, Refusal> {
    let top = base::top(&settings.here, NEEDS, host)?;
    if let Some(remote) = &args.remote {
        let said = host.input().map_err(|error| Refusal::Usage(format!("cannot read what is pushed: {error}")))?;
        let pushed = Pushed::read(&said, remote, &top, host);
        for name in &pushed.elsewhere {
            console.complain(&format!("{name} is not what is checked out, so it is pushed without a check"));
        }
        if !pushed.has_head {
            if pushed.elsewhere.is_empty() {
                console.complain("no commit is pushed that the remote does not have, so nothing is checked");
            }
            return Ok(exit_code::HOLDS);
        }
    }
    let open = revision::changed(&top, host).map(|files| files.len()).unwrap_or_default();
    if open > 0 {
        let (files, are) = (plural(open, "file"), if open == 1 { "is" } else { "are" });
        console.complain(&format!("{files} {are} not as committed; what is checked is the working tree as it is"));
    }
    let mut run = args::bare_run().ok_or_else(|| Refusal::Report("the options of a run cannot be read".to_owned()))?;
    run.pushed = args.remote.is_some();
    Ok(cmd_run::run(&run, settings, console, host))
}

/// What a push is about, of what the remote does not have yet.
#[derive(Default)]
struct Pushed {
    /// Whether the commit that is checked out is pushed.
    has_head: bool,
    /// Names of what else is pushed.
    elsewhere: Vec<String>,
}

impl Pushed {
    /// Reads the lines that git gives to the hook: name and object here, name and object there. What is deleted has an object
    /// of zeros.
    fn read(said: &str, remote: &str, top: &Path, host: &dyn Host) -> Self {
        let ask = |arguments: &[&str]| {
            let said = host.git(top, arguments).ok()?;
            Some(String::from_utf8_lossy(&said).trim().to_owned()).filter(|said| !said.is_empty())
        };
        let commit = |object: &str| ask(&["rev-parse", "--verify", "--quiet", &format!("{object}^{{commit}}")]);
        let head = commit("HEAD");
        let mut pushed = Self::default();
        for line in said.lines() {
            let mut words = line.split_whitespace();
            let (Some(name), Some(object), Some(_), Some(there)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let is_nothing = |object: &str| object.bytes().all(|byte| byte == b'0');
            // A tag may be of something that is no commit.
            let Some(new) = commit(object).filter(|_| !is_nothing(object)) else { continue };
            let remotes = format!("--remotes={remote}");
            let mut known = vec!["rev-list", "--max-count=1", &new, "--not", &remotes];
            known.extend(Some(there).filter(|there| !is_nothing(there) && commit(there).is_some()));
            if ask(&known).is_none() {
                continue;
            }
            if Some(&new) == head.as_ref() {
                pushed.has_head = true;
            } else {
                pushed.elsewhere.push(clean_line(name.trim_start_matches("refs/heads/")));
            }
        }
        pushed
    }
}
