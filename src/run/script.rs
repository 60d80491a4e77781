//! The text of a script, whose commands share one shell, and the reading of the marks that it leaves.
//!
//! The generated text holds each command as it is written in the plan. Between two commands it writes a
//! mark into the output: a control character, a number nobody can guess, the command's index, its exit
//! status, the time, and the processes that the shell has in the background, where Linux tells them. What lies
//! between two marks is one command's output, to the byte.
//!
//! Only a script that goes on leaves a mark. A command that stops the script is the one under way when
//! the process ends, so its ending is the process's own, and so is all output that follows (that of an
//! `EXIT` trap, say). The last command needs no mark for the same reason.
//!
//! Must not know how a process is started or where its output is kept.

use std::fmt::Write as _;
use std::time::Duration;

use crate::host::random;

/// Starts every mark, so that a trace of the shell (`set -x`), which shows the text of the command that
/// writes the mark, is not taken for one.
const MARK_START: u8 = 0x1e;

/// The longest rest of a mark after the nonce, in bytes: an index, a status, a time, processes and spaces.
pub(crate) const MARK_REST: usize = 96 + MOST_PROCESSES;

/// The most bytes that a mark has for processes: some twenty of them.
const MOST_PROCESSES: usize = 160;

/// The longest mark, in bytes: its start, the nonce and a blank, and the rest.
pub(crate) const LONGEST_MARK: usize = 1 + 32 + 1 + MARK_REST;

/// The language that a script is written in, as far as it makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Has descriptors above 9, which commands in plans hardly use.
    Bash,
    /// Has descriptors up to 9 only.
    Posix,
}

/// Which exit statuses let a script go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum GoOn {
    /// 0, or whatever the script's own `set +e` allows.
    Zero,
    /// Anything but 0.
    NonZero,
    /// Anything that proves a failure: not 0, and not 126 or 127, with which a shell says that it found no program.
    ProvenFailure,
    /// Just this.
    Exactly(i32),
    /// Anything.
    Any,
}

/// One command of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    /// Its text.
    pub command: &'a str,
    /// Which exit statuses let the script go on.
    pub go_on: GoOn,
}

/// A number that a script's commands cannot guess, as 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nonce(String);

impl Nonce {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self(format!("{:016x}{:016x}", random(), random()))
    }

    /// The bytes with which each mark begins.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        let mut prefix = vec![MARK_START];
        prefix.extend(self.0.as_bytes());
        prefix.push(b' ');
        prefix
    }
}

/// The text of a script. `own_shell` says that the user named the shell, so that `-e` is not among its
/// arguments and must be set in the text.
///
/// A command whose failure is expected runs under `set +e`, because the shell would end at the failure
/// otherwise; if it has several lines, only the last one decides.
pub(crate) fn text(pieces: &[Piece], language: Language, own_shell: bool, nonce: &Nonce) -> String {
    let (marks, stderr, builtin) = match language {
        Language::Bash => (87, 86, "builtin"),
        Language::Posix => (9, 8, "command"),
    };
    let nonce = &nonce.0;
    let mut text = String::new();
    if own_shell {
        text.push_str("set -e\n");
    }
    // The functions are one line each, so that line numbers in messages of the shell stay near the plan's.
    // Standard error is thrown away around each call to keep a trace clean. Before the shell is left from
    // within it is put back to what it was at the beginning, because an `EXIT` trap may write to it.
    _ = write!(
        text,
        "exec {marks}>&1 {stderr}>&2; __plan_run_e=\n\
         __plan_run_mark() {{ __plan_run_kids=; \
         {builtin} read -r __plan_run_kids <\"/proc/$$/task/$$/children\" || :; \
         {builtin} printf '\\036%s %s %s %s %.{MOST_PROCESSES}s\\n' {nonce} \"$2\" \"$1\" \"${{EPOCHREALTIME-}}\" \
         \"$__plan_run_kids\" >&{marks}; return \"$1\"; }}\n\
         __plan_run_stop() {{ exec 2>&{stderr}; exit \"$1\"; }}\n\
         __plan_run_loose() {{ set -- \"$?\"; __plan_run_e=; case $- in *e*) __plan_run_e=e; set +e ;; esac; return \"$1\"; }}\n\
         __plan_run_end() {{ set -- \"$?\" \"$@\"; if [ \"$1\" != 0 ]; then case $- in *e*) __plan_run_stop \"$1\" ;; esac; fi; \
         __plan_run_mark \"$1\" \"$2\"; }}\n\
         __plan_run_judge() {{ set -- \"$?\" \"$@\"; \
         case $3:$1 in nonzero:0|proven:0|proven:126|proven:127) set -- \"$1\" \"$2\" no ;; \
         nonzero:*|proven:*|any:*|\"$1:$1\") set -- \"$1\" \"$2\" yes ;; esac; \
         if [ \"$3\" = yes ]; then __plan_run_mark \"$1\" \"$2\" || :; [ -z \"$__plan_run_e\" ] || set -e; return 0; fi; \
         [ -z \"$__plan_run_e\" ] || __plan_run_stop \"$1\"; \
         __plan_run_mark \"$1\" \"$2\"; }}\n"
    );
    let call = |text: &mut String, words: &str| {
        _ = writeln!(text, "{{ {words}; }} 2>/dev/null");
    };
    call(&mut text, "__plan_run_end 0");
    for (index, piece) in pieces.iter().enumerate() {
        if piece.go_on != GoOn::Zero {
            call(&mut text, "__plan_run_loose");
        }
        text.push_str(piece.command);
        text.push('\n');
        if piece.command.ends_with('\\') {
            // The backslash must take this line break and not the mark.
            text.push('\n');
        }
        let after = index + 1;
        if after == pieces.len() {
            break;
        }
        let words = match piece.go_on {
            GoOn::Zero => format!("__plan_run_end {after}"),
            GoOn::NonZero => format!("__plan_run_judge {after} nonzero"),
            GoOn::ProvenFailure => format!("__plan_run_judge {after} proven"),
            GoOn::Exactly(status) => format!("__plan_run_judge {after} {status}"),
            GoOn::Any => format!("__plan_run_judge {after} any"),
        };
        call(&mut text, &words);
    }
    text
}

/// A mark as it was found in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Its first byte.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// How many commands were over.
    pub index: usize,
    /// The status of the last of them.
    pub status: i32,
    /// Time of the wall clock, if the shell knows it.
    pub time: Option<Duration>,
    /// The processes that the shell had in the background, the first ones of many.
    pub background: Vec<u32>,
}

impl Mark {
    /// Reads what stands between a mark's nonce and its line break.
    pub(crate) fn parse(rest: &[u8], start: u64, end: u64) -> Option<Self> {
        let mut words = std::str::from_utf8(rest).ok()?.splitn(4, ' ');
        let index = words.next()?.parse().ok()?;
        let status = words.next()?.parse().ok()?;
        let time = words.next().and_then(seconds);
        let processes = words.next().unwrap_or_default();
        let mut background: Vec<u32> = processes.split(' ').filter_map(|word| word.parse().ok()).collect();
        if processes.len() >= MOST_PROCESSES && !processes.ends_with(' ') {
            // It may have been cut off.
            background.pop();
        }
        Some(Self { start, end, index, status, time, background })
    }
}

/// Reads `1700000000.123456`; some languages of the world have a comma there.
fn seconds(word: &str) -> Option<Duration> {
    let (whole, fraction) = word.split_once(['.', ','])?;
    let micros = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some(Duration::from_secs(whole.parse().ok()?) + Duration::from_micros(micros))
}

/// What is known of one command of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// How it ended.
    pub end: PartEnd,
    /// First byte of its output.
    pub output_start: u64,
    /// One past the last byte of its output.
    pub output_end: u64,
    /// How long it ran.
    pub took: Duration,
}

/// How one command of a script ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartEnd {
    /// With this status, and the script went on.
    Went(i32),
    /// It was under way when the process ended.
    UnderWay,
    /// It was not reached.
    NotReached,
    /// Its marks are not where they should be.
    Unclear,
}

/// Tells the commands of a script apart. `length` is that of the whole output, `took` the time of the whole process.
///
/// Without a single mark the first command counts as under way: the shell did not get far enough to start it.
pub(crate) fn parts(count: usize, marks: &[Mark], length: u64, took: Duration) -> Vec<Part> {
    let in_order = marks.iter().enumerate().take_while(|(at, mark)| mark.index == *at).count();
    let clear = in_order == marks.len() && in_order <= count;
    let begin = marks.first().and_then(|mark| mark.time);
    // Time since the first mark, kept within the process's own time, whatever the wall clock did.
    let since = |mark: &Mark| match (begin, mark.time) {
        (Some(begin), Some(time)) => time.saturating_sub(begin).min(took),
        _ => Duration::ZERO,
    };
    let mut parts = Vec::with_capacity(count);
    let mut spent = Duration::ZERO;
    for index in 0..count {
        let before = if index < in_order { marks.get(index) } else { None };
        let after = if index + 1 < in_order { marks.get(index + 1) } else { None };
        let start = before.map_or(0, |mark| mark.end);
        let part = match (before, after) {
            (Some(_), Some(after)) => {
                let until = since(after).max(spent);
                let part = Part {
                    end: PartEnd::Went(after.status),
                    output_start: start,
                    output_end: after.start,
                    took: until - spent,
                };
                spent = until;
                part
            }
            (None, _) if index > 0 => {
                let end = if clear { PartEnd::NotReached } else { PartEnd::Unclear };
                Part { end, output_start: length, output_end: length, took: Duration::ZERO }
            }
            _ => Part {
                end: if clear { PartEnd::UnderWay } else { PartEnd::Unclear },
                output_start: start,
                output_end: length,
                took: took.saturating_sub(spent),
            },
        };
        parts.push(part);
    }
    parts
}
