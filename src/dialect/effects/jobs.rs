//! How many processes a command says that it runs side by side.

use crate::dialect::programs::from_program;
use crate::dialect::shell::{Word, lex, simple_commands};

/// Programs of which `-j` says that.
const PROGRAMS: &[&str] = &["make", "gmake", "ninja", "samu", "cargo", "cmake", "ctest"];

/// Flags that say it, by their beginnings.
const FLAGS: &[&str] = &["-j", "--jobs", "--parallel"];

/// The number in `make -j4`, `cargo build --jobs 4`; as many as there can be for `make -j` and `make -j$(nproc)`.
#[must_use]
pub fn own_jobs(command: &str) -> Option<usize> {
    // Hardly any command does, and taking one apart is the dearest part of it.
    if !FLAGS.iter().any(|flag| command.contains(flag)) {
        return None;
    }
    simple_commands(&lex(command).tokens).iter().filter_map(|words| of(words)).max()
}

fn of(words: &[&Word]) -> Option<usize> {
    let words = from_program(words);
    let program = words.first()?.text.rsplit('/').next()?;
    if !PROGRAMS.contains(&program) {
        return None;
    }
    let mut most = None;
    let mut arguments = words[1..].iter().map(|word| word.text.as_str()).take_while(|word| *word != "--").peekable();
    while let Some(argument) = arguments.next() {
        let count = match argument {
            "-j" | "--jobs" | "--parallel" => {
                arguments.next_if(|next| next.starts_with(|first: char| first.is_ascii_digit() || first == '$'))
            }
            _ => ["--jobs=", "--parallel=", "-j"].iter().find_map(|flag| argument.strip_prefix(flag)),
        };
        let flag = argument.starts_with("-j") || argument.starts_with("--jobs") || argument.starts_with("--parallel");
        if flag {
            most = most
                .max(Some(count.and_then(|count| count.parse().ok()).filter(|&count| count > 0).unwrap_or(usize::MAX)));
        }
    }
    most
}
