//! From a command to the words that are said to a launcher, with the script that reports how the command ended.
//!
//! What a plan says gets into these words as the command alone, and as names and values of variables; whatever a shell
//! on the way reads is quoted for it. The number of the reports stands in two parts in the script and becomes one only
//! when the script runs, so that a launcher that shows what it was told to run reports nothing by that.
//!
//! Must not know which host is chosen, nor how the client is started.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::{Demand, Launcher, Piece, Quoting, Slot, Word};

/// Begins the report that the command begins, with the name of the machine behind it.
pub(super) const BEGUN: u8 = b'<';
/// Begins the report of its exit status; an `s` behind that says that it was a signal.
pub(super) const STATUS: u8 = b'=';
/// Begins the report of what kept it from beginning.
pub(super) const REFUSED: u8 = b'!';
/// Ends each report.
pub(super) const MARK_END: u8 = b';';

/// The variable by which the script knows the processes of the command, wherever they fled.
const MARK: &str = "PLAN_RUN_LAUNCH";

/// A command to be carried elsewhere.
pub(crate) struct Order<'a> {
    /// Its name in the launcher: letters, digits and dashes.
    pub id: &'a str,
    /// The run's own name.
    pub run: &'a str,
    /// The number of its reports, 32 digits.
    pub number: &'a str,
    /// The shell with its arguments, the text last.
    pub argv: &'a [String],
    /// The directory on the other machine.
    pub cwd: &'a str,
    /// Variables that are set for it, the strongest last.
    pub env: &'a [(String, String)],
    /// What it needs of the machine.
    pub demand: Demand,
    /// The host, where the launcher has some.
    pub host: Option<&'a str>,
    /// How long it may take to end when it is asked to.
    pub grace: Duration,
}

/// What is to be known of a job that only stands for a command on another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The number of its reports.
    pub number: String,
    /// The launcher's name, with the host.
    pub by: String,
    /// The command line that ends the command, if there is one.
    pub cancel: Option<Vec<String>>,
    /// Whether the command ends when the client's input does.
    pub guarded: bool,
    /// How long the command may take to begin.
    pub start_within: Duration,
}

/// The words that run a command by a launcher, and what is to be known of it.
pub(crate) fn wrap(launcher: &Launcher, order: &Order<'_>) -> (Vec<String>, Remote) {
    let script = script(launcher, order);
    let fill = |words: &[Word]| words.iter().flat_map(|word| filled(word, launcher, order, &script)).collect();
    let by = match order.host {
        Some(host) => format!("{} on {host}", launcher.name),
        None => launcher.name.clone(),
    };
    let remote = Remote {
        number: order.number.to_owned(),
        by,
        cancel: launcher.cancel.as_deref().map(fill),
        guarded: launcher.guard,
        start_within: launcher.start_within,
    };
    (fill(&launcher.run), remote)
}

/// What becomes of a word: none where something that it has a place for is not there, several where it is repeated.
fn filled(word: &Word, launcher: &Launcher, order: &Order<'_>, script: &str) -> Vec<String> {
    if word.is(Slot::Command) && launcher.quoting != Quoting::String {
        return vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()];
    }
    let variables: Vec<String> = order.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let repeated: &[String] = match (word.has(Slot::Env), word.has(Slot::Args)) {
        (true, _) => &variables,
        (_, true) => &launcher.args,
        _ => &[String::new()],
    };
    let one = |item: &String| {
        let parts = word.0.iter().map(|piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Slot(slot) => {
                let value = match slot {
                    Slot::Id => Some(order.id.to_owned()),
                    Slot::Run => Some(order.run.to_owned()),
                    Slot::Command => return Some(format!("sh -c {}", quoted(script))),
                    Slot::Cwd => Some(order.cwd.to_owned()),
                    // The user's own words are the user's to quote.
                    Slot::Args => return Some(item.clone()),
                    Slot::Env => Some(item.clone()),
                    Slot::Cpus => order.demand.cpus.map(|cpus| cpus.to_string()),
                    Slot::Mem => order.demand.mem.map(|mem| format!("{}M", mem.div_ceil(1 << 20))),
                    Slot::MemBytes => order.demand.mem.map(|mem| mem.to_string()),
                    Slot::Gpus => order.demand.gpus.map(|gpus| gpus.to_string()),
                    // The client takes it for a host, no shell reads it.
                    Slot::Host => return order.host.map(str::to_owned),
                };
                value.map(|value| if launcher.quoting == Quoting::String { quoted(&value) } else { value })
            }
        });
        parts.collect::<Option<String>>()
    };
    repeated.iter().filter_map(one).collect()
}

/// One word for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/+,:@%=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The script that runs the command and reports on it. Only a POSIX shell is needed there.
fn script(launcher: &Launcher, order: &Order<'_>) -> String {
    let text = plain_script(launcher, order);
    match launcher.quoting {
        Quoting::Argv | Quoting::String => text,
        // Within braces, so that the shell has read it all before it takes another input.
        Quoting::Encoded => {
            format!("echo {} | base64 -d | sh", STANDARD.encode(format!("{{\n{text}}}\n")))
        }
    }
}

fn plain_script(launcher: &Launcher, order: &Order<'_>) -> String {
    let (first, second) = order.number.split_at(order.number.len() / 2);
    let own = if launcher.passes_env { &[] } else { order.env };
    let assigned = |(name, value): &(String, String)| quoted(&format!("{name}={value}"));
    let (named, odd): (Vec<_>, Vec<_>) = own.iter().cloned().partition(|(name, _)| is_identifier(name));
    let mut words = vec![quoted(&format!("{MARK}={}.", order.id))];
    words.extend(named.iter().map(assigned));
    words.push("--".to_owned());
    if !odd.is_empty() {
        // Names that a shell cannot set.
        words.push("env".to_owned());
        words.extend(odd.iter().map(assigned));
    }
    words.push("\"$s\"".to_owned());
    words.extend(order.argv.iter().skip(1).map(|word| quoted(word)));
    let shell = quoted(order.argv.first().map_or("sh", String::as_str));
    // What is handed on belongs to the client, not to the command.
    let forget = if launcher.passes_env { "unset PLAN_RUN_JOB\n" } else { "" };
    let input = if launcher.guard { "exec 5<&0 </dev/null" } else { "exec </dev/null" };
    // Who fled from the group of the command is found by the mark. Descriptor 3 is the output of the command, 4 its errors, 5 the input that the guard watches; what the shells
    // themselves complain of is not for the command's output.
    let before = format!(
        "{forget}a={first} b={second}\n\
         say() {{ printf '%s%s%s;\\n' \"$a\" \"$b\" \"$1\"; }}\n\
         {input}\n\
         say \"<${{SLURMD_NODENAME:-$(uname -n 2>/dev/null)}}\"\n\
         cd {cwd} 2>/dev/null || {{ say '!directory'; exit 0; }}\n\
         s=$(command -v {shell} 2>/dev/null) || {{ say '!shell'; exit 0; }}\n\
         sweep() {{ for p in $(grep -Fls '{MARK}={id}.' /proc/[0-9]*/environ); do \
         p=${{p#/proc/}}; kill -KILL \"${{p%/environ}}\"; done; }}\n\
         exec 3>&1 4>&2 2>/dev/null\n\
         trap : TERM HUP INT\n",
        cwd = quoted(&dashed(order.cwd)),
        id = order.id,
    );
    // A shell tells in words of its own that a signal ended what it waited for, and here nobody else has its descriptors: a
    // status above 128 alone does not say so. Some shells say nothing in a substitution and need another one within it.
    // Who is asked to end is the command; the shells wait for it.
    let run = format!(
        "set -- {words}\n\
         r='trap : TERM HUP INT; (while [ \"$1\" != -- ]; do export \"$1\"; shift; done; shift; \
         exec \"$@\" >&3 2>&4 3>&- 4>&- 5<&-); echo \":$?\"'\n\
         if [ -n \"${{BASH_VERSION-}}${{KSH_VERSION-}}${{ZSH_VERSION-}}\" ]; then m=$(sh -c \"$r\" sh \"$@\" 2>&1 5<&-); \
         else m=$(exec 2>&1 5<&-; eval \"$r\"); fi\n\
         s=${{m##*:}}\n\
         [ -z \"${{m%:*}}\" ] || s=${{s}}s\n",
        words = words.join(" "),
    );
    if !launcher.guard {
        // The launcher sees to what is left, unless it is being ended in a hurry.
        return format!("{before}t=\ntrap 't=1' TERM HUP INT\n{run}[ -z \"$t\" ] || sweep\nsay \"=$s\"\nexit 0\n");
    }
    // The end of the input means that the connection has ended, or that someone wants the command to end. All in the
    // group are asked then and killed later, this script included.
    let grace = order.grace.as_secs_f64().ceil().clamp(1.0, 3600.0);
    format!(
        "{before}\
         (trap '' TERM HUP INT; while read -r x; do :; done; kill -TERM 0; sleep {grace}; sweep; kill -KILL 0) \
         <&5 >/dev/null 3>&- 4>&- 5<&- &\n\
         w=$!\n\
         {run}\
         kill -KILL \"$w\"\n\
         sweep\n\
         say \"=$s\"\n\
         kill -KILL 0\n",
    )
}

/// Whether a shell can have a variable of a name.
fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// A path that is not taken for an option.
fn dashed(path: &str) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path.to_owned() }
}
