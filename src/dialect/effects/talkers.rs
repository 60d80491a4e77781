//! Programs that talk to a person at a terminal, by their arguments.
//!
//! Tables and small functions over one simple command; must not know what runs it.

use std::sync::LazyLock;

use super::risks::{begins, positionals};
use crate::text::Lexicon;

/// A simple command from its program on.
pub(super) struct Line<'a> {
    /// The program without its folder.
    pub(super) base: &'a str,
    pub(super) args: &'a [&'a str],
    /// What stands before the program: variables, wrappers.
    pub(super) set: &'a [&'a str],
    /// Something is fed to it.
    pub(super) fed: bool,
    /// Another command reads what it writes.
    pub(super) read: bool,
}

pub(super) const TYPED: &str = "it waits for a person to type";
const EDITOR: &str = "it is an editor";
const OPENS_EDITOR: &str = "it opens an editor";
const SCREEN: &str = "it draws on the screen until a key ends it";
pub(super) const SHELL: &str = "it opens a shell";
pub(super) const ELSEWHERE: &str = "it opens a shell on another host";
const ASKS: &str = "it asks questions";
const PASSWORD: &str = "it asks for a password";
const SIGNS: &str = "it asks who signs in";

/// What is known of a program that may talk to a person.
#[derive(Clone, Copy)]
enum Talker {
    Editor,
    Pager,
    Screen,
    Chooser,
    Gum,
    Tmux,
    Screens,
    Shell,
    Sudo,
    Su,
    Ssh,
    Client,
    Debugger,
    Interpreter,
    ShellOf,
    Git,
    Crontab,
    Edits,
    Keys,
    Starts,
    SignsIn,
    Password,
    Container,
    Cluster,
}

static TALKERS: LazyLock<Lexicon<Talker>> = LazyLock::new(|| {
    let groups: &[(Talker, &[&'static str])] = &[
        (
            Talker::Editor,
            &["vim", "vi", "nvim", "vimdiff", "nano", "pico", "emacs", "hx", "helix", "micro", "kak", "ed"],
        ),
        (Talker::Pager, &["less", "more", "most", "man"]),
        (
            Talker::Screen,
            &[
                "watch", "top", "htop", "btop", "atop", "nmon", "nvtop", "glances", "iftop", "k9s", "lazygit",
                "lazydocker", "tig", "gitui", "ranger", "nnn", "yazi", "vifm", "ncdu",
            ],
        ),
        (Talker::Chooser, &["fzf", "sk", "peco", "dialog", "whiptail"]),
        (Talker::Gum, &["gum"]),
        (Talker::Tmux, &["tmux", "zellij"]),
        (Talker::Screens, &["screen"]),
        (Talker::Shell, &["sh", "bash", "zsh", "dash", "ksh", "ash", "fish"]),
        (Talker::Sudo, &["sudo", "doas"]),
        (Talker::Su, &["su"]),
        (Talker::Ssh, &["ssh", "autossh", "mosh"]),
        (Talker::Client, &["telnet", "sftp", "ftp"]),
        (Talker::Debugger, &["gdb", "lldb"]),
        (
            Talker::Interpreter,
            &["php", "python", "python3", "bun", "deno", "flask", "clj", "lein", "ocaml", "utop", "swipl"],
        ),
        (Talker::ShellOf, &["nix", "nix-shell", "poetry", "pipenv", "devbox"]),
        (Talker::Git, &["git"]),
        (Talker::Crontab, &["crontab"]),
        (Talker::Edits, &["visudo", "vipw", "sudoedit", "systemctl", "passwd"]),
        (Talker::Keys, &["ssh-keygen", "gpg"]),
        (Talker::Starts, &["npm", "yarn"]),
        (
            Talker::SignsIn,
            &[
                "pnpm", "gh", "glab", "gcloud", "az", "aws", "heroku", "vercel", "netlify", "wrangler", "firebase",
                "fly", "flyctl", "railway", "cargo", "supabase", "expo", "eas", "huggingface-cli", "hf", "wandb",
                "vault", "terraform", "tofu", "pulumi", "doctl", "helm",
            ],
        ),
        (Talker::Password, &["mysql", "mariadb", "mysqldump", "mysqladmin"]),
        (Talker::Container, &["docker", "podman", "nerdctl", "docker-compose", "podman-compose"]),
        (Talker::Cluster, &["kubectl", "oc"]),
    ];
    Lexicon::new(groups.iter().flat_map(|(talker, names)| names.iter().map(|name| (*name, *talker))))
});

impl Line<'_> {
    fn talker(&self) -> Option<Talker> {
        TALKERS.exactly(self.base)
    }

    fn has(&self, wanted: &[&str]) -> bool {
        self.args.iter().any(|arg| wanted.contains(arg) || wanted.contains(&arg.split('=').next().unwrap_or(arg)))
    }

    /// Whether a letter stands among the short flags: `-bn1`.
    fn short(&self, letter: char) -> bool {
        self.args.iter().any(|arg| short(arg).is_some_and(|flags| flags.contains(letter)))
    }

    /// The first words that are no flags.
    fn typed(&self) -> Vec<&str> {
        positionals(self.base, self.args)
    }

    /// Whether a variable is set by which no editor is opened.
    fn edits_itself(&self) -> bool {
        let names = ["GIT_EDITOR=", "GIT_SEQUENCE_EDITOR=", "EDITOR=", "VISUAL=", "KUBE_EDITOR="];
        self.set.iter().any(|word| names.iter().any(|name| word.starts_with(name)))
            || self.args.iter().any(|arg| arg.starts_with("core.editor=") || arg.starts_with("sequence.editor="))
    }
}

/// The letters of short flags: `it` of `-it`.
fn short(arg: &str) -> Option<&str> {
    arg.strip_prefix('-').filter(|flags| !flags.is_empty() && !flags.starts_with('-'))
}

/// What a program does at a terminal that goes on until a person ends it.
pub(super) fn endless(line: &Line) -> Option<&'static str> {
    let (args, typed) = (line.args, || line.typed());
    let says = |is: bool, why: &'static str| is.then_some(why);
    match line.talker()? {
        Talker::Editor if line.base == "ed" => says(!line.fed, EDITOR),
        Talker::Editor => {
            let batch = ["-es", "-Es", "--headless", "--batch", "-batch", "--script", "-script", "--daemon"];
            says(!line.has(&batch), EDITOR)
        }
        Talker::Pager => says(!line.read && !line.has(&["-w", "-k", "-f", "--where", "--path"]), "it is a pager"),
        Talker::Screen => match line.base {
            "top" => says(!line.short('b') && !line.short('l'), SCREEN),
            "ncdu" => says(!line.short('o'), SCREEN),
            "glances" => {
                says(!line.has(&["--stdout", "--stdout-csv", "--stdout-json", "--export", "-w", "-s"]), SCREEN)
            }
            "tig" => says(!line.read, SCREEN),
            "k9s" => says(!matches!(typed().first(), Some(&("version" | "info" | "help"))), SCREEN),
            _ => Some(SCREEN),
        },
        Talker::Chooser => says(!line.has(&["-f", "--filter"]), "it lets a person choose"),
        Talker::Gum => {
            let asks = ["choose", "confirm", "file", "filter", "input", "pager", "write"];
            says(args.first().is_some_and(|verb| asks.contains(verb)), "it lets a person choose")
        }
        Talker::Tmux => {
            let verb = tmux_verb(args);
            let opens = matches!(verb, None | Some("attach" | "attach-session" | "a" | "at"))
                || matches!(verb, Some("new" | "new-session")) && !line.short('d');
            says(opens, SCREEN)
        }
        Talker::Screens => {
            let apart =
                |arg: &&str| ["-d", "-D", "-X", "-Q", "-wipe", "-ls", "-list"].iter().any(|flag| arg.starts_with(flag));
            says(!args.iter().any(apart), SCREEN)
        }
        Talker::Shell => {
            let told = line.short('c') || line.short('s') || line.short('n');
            says(!line.fed && !told && args.iter().all(|arg| arg.starts_with('-')), SHELL)
        }
        Talker::Sudo => says(
            !line.fed && args.iter().all(|arg| matches!(*arg, "-i" | "-s" | "--login" | "--shell")) && !args.is_empty(),
            SHELL,
        ),
        Talker::Su => says(!line.fed && !line.has(&["-c", "--command"]), SHELL),
        Talker::Ssh => {
            let apart = ["-N", "-f", "-fN", "-V", "-G", "-Q", "-O", "-W", "-T"];
            let alone = line.base == "mosh" || behind_host(args).is_none();
            says(!line.fed && alone && !line.has(&apart) && !args.is_empty(), ELSEWHERE)
        }
        Talker::Client => says(!line.fed && !line.has(&["-b"]), TYPED),
        Talker::Debugger => {
            let batch = ["-batch", "--batch", "-b", "quit", "q", "exit"];
            says(!line.fed && !line.has(&batch), TYPED)
        }
        Talker::Interpreter => says(!line.fed && interprets(line), TYPED),
        Talker::ShellOf => match line.base {
            "nix-shell" => says(!line.fed && !line.has(&["--run", "--command"]), SHELL),
            "nix" => {
                let opens = matches!(args.first(), Some(&("develop" | "shell")));
                says(!line.fed && opens && !line.has(&["-c", "--command"]), SHELL)
            }
            _ => says(!line.fed && args == ["shell"], SHELL),
        },
        Talker::Git
        | Talker::Crontab
        | Talker::Edits
        | Talker::Keys
        | Talker::Starts
        | Talker::SignsIn
        | Talker::Password
        | Talker::Container
        | Talker::Cluster => None,
    }
}

/// Whether an interpreter is told to talk to a person, or is given nothing to run.
fn interprets(line: &Line) -> bool {
    match (line.base, line.args) {
        ("php", ["-a"] | ["artisan", "tinker", ..])
        | ("bun" | "deno" | "lein", ["repl", ..])
        | ("flask", ["shell"])
        | ("clj" | "ocaml" | "utop" | "swipl", [])
        | ("python" | "python3", ["-m", "pdb" | "code", ..]) => true,
        ("python" | "python3", ["manage.py", "shell" | "shell_plus" | "dbshell", rest @ ..]) => {
            !rest.iter().any(|arg| arg.starts_with("-c") || arg.starts_with("--command"))
        }
        ("python" | "python3", ["-i", ..]) => true,
        _ => false,
    }
}

fn tmux_verb<'a>(args: &[&'a str]) -> Option<&'a str> {
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match *arg {
            "-L" | "-S" | "-f" => {
                rest.next();
            }
            flag if flag.starts_with('-') => {}
            verb => return Some(verb),
        }
    }
    None
}

/// Where the command begins that `ssh` is to run on the other host.
pub(super) fn behind_host(args: &[&str]) -> Option<usize> {
    const VALUED: &str = "BbcDEeFIiJLlmOopQRSWw";
    let mut at = 0;
    while let Some(flags) = args.get(at).and_then(|arg| short(arg)) {
        // The value may stand right behind its letter.
        let takes = flags.find(|letter| VALUED.contains(letter));
        at += if takes.is_some_and(|place| place + 1 == flags.len()) { 2 } else { 1 };
    }
    (at + 1 < args.len()).then_some(at + 1)
}

/// What a program asks a person before it ends by itself.
pub(super) fn asking(line: &Line) -> Option<&'static str> {
    let says = |is: bool, why: &'static str| is.then_some(why);
    match line.talker()? {
        Talker::Git => git(line),
        Talker::Crontab => says(line.has(&["-e"]) && !line.edits_itself(), OPENS_EDITOR),
        Talker::Edits => match line.base {
            "visudo" => says(!line.short('c') && !line.has(&["--check"]), OPENS_EDITOR),
            "systemctl" => {
                says(line.typed().first() == Some(&"edit") && !line.fed && !line.edits_itself(), OPENS_EDITOR)
            }
            "passwd" => says(!line.fed && !line.has(&["-S", "--status", "-l", "-u", "-d"]), PASSWORD),
            _ => says(!line.edits_itself(), OPENS_EDITOR),
        },
        Talker::Keys => match line.base {
            "gpg" => {
                let asks = ["--gen-key", "--generate-key", "--full-generate-key", "--full-gen-key", "--edit-key"];
                says(line.has(&asks) && !line.has(&["--batch"]), ASKS)
            }
            _ => says(!line.fed && !"NlyRFHeiABDYLQk".chars().any(|letter| line.short(letter)), ASKS),
        },
        Talker::Cluster => says(line.typed().first() == Some(&"edit") && !line.edits_itself(), OPENS_EDITOR),
        Talker::Starts if line.args == ["init"] => says(!line.fed, ASKS),
        Talker::SignsIn if line.base.starts_with("fly") && begins("ssh console", &line.typed()) => {
            says(!line.fed && !line.has(&["-C", "--command"]), ELSEWHERE)
        }
        Talker::Starts | Talker::SignsIn | Talker::Container => says(signs_in(line), SIGNS),
        // Without its value the flag asks for it.
        Talker::Password => {
            says(!line.fed && line.args.iter().any(|arg| matches!(*arg, "-p" | "--password")), PASSWORD)
        }
        _ => None,
    }
}

/// Subcommands by which programs ask who somebody is; those of the last group end at once when they are given a token.
const SIGNING: &[(&[&str], &[&str])] = &[
    (&["npm", "pnpm", "yarn"], &["login", "adduser", "npm login"]),
    (
        &["gh", "glab", "gcloud", "fly", "flyctl", "hf"],
        &["auth login", "auth application-default login", "auth refresh"],
    ),
    (&["doctl"], &["auth init"]),
    (&["aws"], &["sso login", "configure sso"]),
    (&["docker", "podman", "nerdctl", "helm"], &["login", "registry login"]),
    (
        &[
            "az", "heroku", "vercel", "netlify", "wrangler", "firebase", "railway", "supabase", "expo", "eas",
            "huggingface-cli",
        ],
        &["login", "login:ci"],
    ),
    (&["cargo", "wandb", "vault", "terraform", "tofu", "pulumi"], &["login"]),
];

/// What is said to a program so that it need not ask.
const GIVEN: &[&str] = &[
    "--token", "--with-token", "-t", "-p", "--password", "--password-stdin", "--stdin", "--api-key", "--key", "-k",
    "--service-principal", "--identity", "--federated-token", "--cred-file", "--local", "--method", "--get-login",
    "--relogin",
];

fn signs_in(line: &Line) -> bool {
    if line.fed || line.has(GIVEN) {
        return false;
    }
    let typed = line.typed();
    if line.base == "aws" && typed == ["configure"] {
        return true;
    }
    SIGNING.iter().enumerate().any(|(at, (programs, rules))| {
        let takes_token = at + 1 == SIGNING.len();
        programs.contains(&line.base)
            && rules.iter().any(|rule| begins(rule, &typed))
            && !(takes_token && typed.len() > 1)
    })
}

fn git(line: &Line) -> Option<&'static str> {
    let mut rest = line.args;
    while let [first, tail @ ..] = rest
        && first.starts_with('-')
    {
        let valued = matches!(*first, "-C" | "-c" | "--git-dir" | "--work-tree");
        rest = tail.get(usize::from(valued)..).unwrap_or(&[]);
    }
    let (&verb, args) = rest.split_first()?;
    let part = Line { args, ..*line };
    let pieces = part.has(&["--patch", "--interactive"]) || part.short('p');
    let asks = match verb {
        "add" => pieces || part.short('i') || part.short('e') || part.has(&["--edit"]),
        "checkout" | "restore" | "reset" | "stash" | "commit" => pieces,
        _ => false,
    };
    if asks && !line.fed {
        return Some("it asks a person about each change");
    }
    let edits = match verb {
        "rebase" => part.short('i') || part.has(&["--interactive"]),
        "commit" => {
            let message = ["--message", "--file", "--no-edit", "--reuse-message", "--fixup", "--dry-run"];
            !part.has(&message) && !"mFC".chars().any(|letter| part.short(letter))
        }
        "tag" => {
            let signed = part.short('a') || part.short('s') || part.has(&["--annotate", "--sign"]);
            signed && !part.has(&["--message", "--file"]) && !part.short('m') && !part.short('F')
        }
        "config" => part.short('e') || part.has(&["--edit", "edit"]),
        _ => false,
    };
    (edits && !line.edits_itself()).then_some(OPENS_EDITOR)
}

/// A command in a container.
pub(super) struct InContainer {
    /// What it does at a terminal, whatever it runs.
    pub(super) why: Option<&'static str>,
    /// Whether what it runs gets the input and the terminal of the caller.
    pub(super) attached: bool,
    /// Whether what it runs may end by itself nevertheless.
    pub(super) bears: bool,
    /// Where the command begins among the arguments; behind the last of them if there is none.
    pub(super) inner: usize,
}

/// Flags of containers' clients that take no value.
const BARE: &[&str] = &[
    "--detach", "--interactive", "--tty", "--rm", "--init", "--privileged", "--read-only", "--publish-all",
    "--no-healthcheck", "--oom-kill-disable", "--sig-proxy", "--quiet", "--no-deps", "--no-TTY", "--no-tty", "--build",
    "--service-ports", "--use-aliases", "--remove-orphans", "--quiet-pull", "--stdin",
];

/// How a command runs in a container, if this is how it is run.
pub(super) fn in_container(line: &Line) -> Option<InContainer> {
    let cluster = match line.talker()? {
        Talker::Container => false,
        Talker::Cluster => true,
        _ => return None,
    };
    let compose = line.base.ends_with("compose") || line.args.first() == Some(&"compose");
    let verbs: &[&str] = if cluster { &["exec"] } else { &["run", "exec", "attach"] };
    let verb = line.args.iter().take(8).position(|arg| verbs.contains(arg))?;
    let args = line.args;
    if args[verb] == "attach" {
        return Some(InContainer { why: Some(TYPED), attached: true, bears: false, inner: args.len() });
    }
    let (mut tty, mut open) = (false, false);
    let mut at = verb + 1;
    while let Some(flag) = args.get(at).filter(|arg| arg.starts_with('-')) {
        at += 1;
        if *flag == "--" {
            at -= 1;
            break;
        }
        tty |= matches!(*flag, "--tty" | "--tty=true");
        open |= matches!(*flag, "--interactive" | "--stdin");
        let valued = match short(flag) {
            Some(letters) => {
                let bare = letters.chars().take_while(|letter| "ditTPq".contains(*letter)).count();
                tty |= letters.chars().take(bare).any(|letter| letter == 't');
                open |= letters.chars().take(bare).any(|letter| letter == 'i');
                bare + 1 == letters.chars().count()
            }
            None => !flag.contains('=') && !BARE.contains(flag),
        };
        at += usize::from(valued);
    }
    // What runs there may have flags of its own behind the name of a pod.
    let name = at;
    if cluster {
        let dashes = args.iter().position(|arg| *arg == "--");
        let flags = &args[name.min(args.len())..dashes.unwrap_or(args.len()).max(name.min(args.len()))];
        if dashes.is_some() {
            let letters = || flags.iter().filter_map(|arg| short(arg));
            tty |= flags.contains(&"--tty") || letters().any(|letters| matches!(letters, "it" | "ti" | "t"));
        }
        at = dashes.unwrap_or(name);
    }
    let inner = (at + 1).min(args.len());
    // An image of which nothing is said to run, and that reads.
    let reads = open && !cluster && args[verb] == "run" && inner == args.len() && !line.fed;
    let why = if tty { Some("it asks for one by `-t`") } else { reads.then_some(TYPED) };
    Some(InContainer { why, attached: open || compose || args[verb] == "exec", bears: cluster, inner })
}
